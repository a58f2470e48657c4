// A row that differs from an earlier one in nothing but what its string values say: then all of these are where they were, and nothing need be
// read but the few bytes between them. Clients write most of their rows so: pieces of text, a few words each, in the same envelope.

import { equalBytes } from "../bytes/strings";
import { rowBase, rowEnd, rowQuotes, rowQuotesEnd, rowStart } from "./rows";
import { placeOf, put } from "./slices";

/** Values, and bytes between them, that a pattern may have. */
const MOST: u32 = 16;
const ROOM: u32 = 512;

/** What stands before each value and behind the last, one after another. */
const TEXT: usize = memory.data(ROOM);
/** Of each value: u16 bytes before it, u16 its closing quote (bytes of the row's tape), u32 its place. */
const VALUES: usize = memory.data(MOST * 8, 8);
let values: u32 = 0;
let tailLength: usize = 0;
let quoteBytes: usize = 0;

export function forgetPattern(): void {
  values = 0;
}

/** The current row, which is sound, is the pattern; its values are taken into the places (json/slices.ts) where they are now. */
export function learnPattern(): void {
  values = 0;
  let from = rowStart;
  let count: u32 = 0;
  let text = TEXT;
  for (let quote = rowQuotes; quote < rowQuotesEnd; quote += 8) {
    const start = rowBase + load<u32>(quote) + 1;
    const end = rowBase + load<u32>(quote, 4);
    if (isKey(end)) continue;
    const length = start - from;
    if (count == MOST || text + length > TEXT + ROOM) return;
    memory.copy(text, from, length);
    const value = VALUES + (count++ << 3);
    store<u16>(value, <u16>length);
    store<u16>(value, <u16>(quote + 4 - rowQuotes), 2);
    store<u32>(value, <u32>placeOf(start), 4);
    text += length;
    from = end;
  }
  tailLength = rowEnd - from;
  if (text + tailLength > TEXT + ROOM) return;
  memory.copy(text, from, tailLength);
  quoteBytes = rowQuotesEnd - rowQuotes;
  values = count;
}

/** Does a colon follow the quote at `at`? */
function isKey(at: usize): bool {
  do at++;
  while (at < rowEnd && load<u8>(at) <= 0x20);
  return at < rowEnd && load<u8>(at) == 0x3a;
}

/** Is the current row like the pattern? Then it is sound, and its values are in their places. */
export function followsPattern(): bool {
  if (!values || rowQuotesEnd - rowQuotes != quoteBytes) return false;
  let at = rowStart;
  let text = TEXT;
  for (let value = VALUES; value < VALUES + (values << 3); value += 8) {
    const length = <usize>load<u16>(value);
    if (at + length > rowEnd || !equalBytes(at, text, length)) return false;
    at += length;
    text += length;
    // what stood before was the same, so were its quotes: the value's own come next on the tape
    const end = rowBase + load<u32>(rowQuotes + load<u16>(value, 2));
    put(load<u32>(value, 4), at, end);
    at = end;
  }
  return rowEnd - at == tailLength && equalBytes(at, text, tailLength);
}
