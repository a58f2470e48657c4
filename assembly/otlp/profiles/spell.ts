// Keys and words of profiles, spelled out when they are written: as literals they cost nothing before that. `$` and a letter
// stand for a count of the chat at hand, or for a part's number.

import { asciiAt, asciiLength } from "../../bytes/ascii";
import { writeDecimal } from "../../bytes/decimal";
import { Response } from "../../session/model";
import { Span } from "../../trace/spans";

/** Room for the longest text and its numbers. */
export const SPELLED = 512;

let input: i64 = 0;
let output: i64 = 0;
let read: i64 = 0;
let written: i64 = 0;
let number: u32 = 0;

/** The tokens that texts are about from now on. */
export function countTokens(chat: Span, response: Response): void {
  input = chat.input;
  output = chat.output;
  read = max<i64>(response.cacheRead, 0);
  written = max<i64>(response.cacheWrite, 0);
}

/** The part that keys are about from now on. */
export function countPart(part: u32): void {
  number = part;
}

export function countOf(letter: u8): i64 {
  if (letter == 0x69) return input; // i
  if (letter == 0x6f) return output; // o
  if (letter == 0x72) return read; // r
  if (letter == 0x77) return written; // w
  if (letter == 0x75) return input - read - written; // u, neither read from the cache nor written to it
  return letter == 0x6e ? number : input + output; // n, t
}

/** Writes a text at `at`; answers its length. */
export function spell(text: string, at: usize): usize {
  const length = asciiLength(text);
  let to = at;
  for (let i: u32 = 0; i < length; i++) {
    const c = asciiAt(text, i);
    if (c == 0x24) to = writeDecimal(countOf(asciiAt(text, ++i)), to);
    else store<u8>(to++, c);
  }
  return to - at;
}
