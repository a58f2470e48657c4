// Random JSON on one line, with white space where it may stand; and mutations, which leave it JSON or not.

import { room } from "./bytes";
import { Random } from "./random";

/** The document written last. */
export const documentFrom: usize = room(1 << 16).from;
export let documentLength: usize = 0;

const SCALARS: StaticArray<string> = ["true", "false", "null", "0", "-1", "12.5e-3", "1E9", '""', '"a\\"b"', '"\\\\"', '"x{[,:"', "1234567890123456789012"];

/** Writes a value that holds others to `depth`. */
export function writeDocument(random: Random, depth: u32): void {
  documentLength = 0;
  putValue(random, depth);
}

/** Changes a byte or two, mostly to one that means something, and sometimes cuts the end off. */
export function mutate(random: Random): void {
  for (let change = 1 + random.below(2); change; change--) {
    store<u8>(documentFrom + random.below(<u32>documentLength), random.oneOf('{}[]:,"\\ 01e.-tn'));
  }
  if (random.once(4)) documentLength = 1 + random.below(<u32>documentLength);
}

function put(text: string): void {
  for (let i = 0; i < text.length; i++) store<u8>(documentFrom + documentLength++, <u8>text.charCodeAt(i));
}

function putSpace(random: Random): void {
  while (random.once(6)) store<u8>(documentFrom + documentLength++, random.oneOf(" \t\r"));
}

function putValue(random: Random, depth: u32): void {
  putSpace(random);
  const kind = depth && random.below(3);
  if (!kind) put(unchecked(SCALARS[random.below(SCALARS.length)]));
  else {
    const object = kind == 1;
    put(object ? "{" : "[");
    const members = random.below(4);
    for (let i: u32 = 0; i < members; i++) {
      if (i) put(",");
      putSpace(random);
      if (object) {
        put('"k' + "ey name that is long".substr(0, random.below(20)) + '"');
        putSpace(random);
        put(":");
      }
      putValue(random, depth - 1);
    }
    putSpace(random);
    put(object ? "}" : "]");
  }
  putSpace(random);
}
