// Texts with numbers in them: `$` and a letter stand for a count of the chat at hand, or for a part's number.

import { asciiBytes, asciiLength } from "../../bytes/ascii";
import { writeDecimal } from "../../bytes/decimal";
import { Response } from "../../session/model";
import { Span } from "../../trace/spans";

/** Room for the longest text and its numbers, laid out like a fixed name. */
const EXPANDED: usize = memory.data(512);

let input: i64 = 0;
let output: i64 = 0;
let read: i64 = 0;
let written: i64 = 0;

/** The tokens that texts are about from now on. */
export function countTokens(chat: Span, response: Response): void {
  input = chat.input;
  output = chat.output;
  read = max<i64>(response.cacheRead, 0);
  written = max<i64>(response.cacheWrite, 0);
}

export function countOf(letter: u8): i64 {
  if (letter == 0x69) return input; // i
  if (letter == 0x6f) return output; // o
  if (letter == 0x72) return read; // r
  if (letter == 0x77) return written; // w
  if (letter == 0x75) return input - read - written; // u, neither read from the cache nor written to it
  return input + output; // t
}

/** A fixed name with its numbers filled in, `number` for `$n`; good until the next call. */
export function expanded(text: usize, number: u32 = 0): usize {
  const end = asciiBytes(text) + asciiLength(text);
  let to = asciiBytes(EXPANDED);
  for (let at = asciiBytes(text); at < end; at++) {
    let c = load<u8>(at);
    if (c != 0x24) store<u8>(to++, c);
    else {
      c = load<u8>(++at);
      to = writeDecimal(c == 0x6e ? number : countOf(c), to);
    }
  }
  store<u32>(EXPANDED, <u32>(to - asciiBytes(EXPANDED)));
  return EXPANDED;
}
