// Cuts the window into rows: lines, mostly. Rows are handed out in place; nothing is copied but the unfinished rest of a window.

import {
  base,
  clearWindow,
  dropBefore,
  endCount,
  ends,
  isTooLong,
  joinLines,
  length,
  letGo,
  origin,
  quotes,
  reserveWindow,
  shrinkWindow,
  tape,
  unusual,
  unusualCount,
} from "./window";

export { pushWindow as pushRows } from "./window";

// How far rows were handed out: offsets from the start of the window, and of the tape's lists.
export let consumed: u32 = 0;
let nextEnd: u32 = 0;
let consumedQuotes: u32 = 0;
let nextUnusual: u32 = 0;
/** Lines that have left the window, and the last byte that did; a document begins as a line does. */
let linesBefore: u32 = 0;
let byteBefore: u8 = 0x0a;

// The current row.
/** Address of its first byte, and of the byte behind its last (a newline, or where one would be). */
export let rowStart: usize = 0;
export let rowEnd: usize = 0;
/** Its part of the tape: addresses of u32 offsets from `rowBase`. */
export let rowQuotes: usize = 0;
export let rowQuotesEnd: usize = 0;
export let rowBase: usize = 0;
/** Did a newline end it? */
export let rowTerminated: bool = false;
/** Address of the first character that JSON does not have there, behind a backslash or a raw control character in a string; 0 if there is none. */
export let rowFault: usize = 0;
/** The line on which it begins, from 1. */
export let rowLine: u32 = 0;

/** Offset in the document of an address in the current row. */
// @ts-ignore: decorator
@inline
export function offsetOf(address: usize): u64 {
  return origin + <u64>(address - base);
}

/** Address of an offset of the document that lies in the current row. */
// @ts-ignore: decorator
@inline
export function addressOf(offset: u64): usize {
  return base + <usize>(offset - origin);
}

export function beginRows(): void {
  clearWindow();
  linesBefore = 0;
  byteBefore = 0x0a;
  forgetPlace();
}

function forgetPlace(): void {
  nextEnd = 0;
  consumed = 0;
  consumedQuotes = 0;
  nextUnusual = 0;
}

/** Where to write `size` more bytes of the document. */
export function reserveRows(size: u32): usize {
  if (isTooLong(size)) consumed = letGo(consumed);
  return reserveWindow(size);
}

/** Makes one row of everything in the window: line feeds become spaces. */
export function joinRows(): void {
  joinLines();
}

/** The next whole row, or with `last` also what stands after the last newline. False when more bytes are needed. */
export function nextRow(last: bool): bool {
  let end: u32;
  let endQuotes: u32;
  rowLine = linesBefore + nextEnd + 1;
  if (nextEnd < endCount && load<u32>(ends + (<usize>nextEnd << 3)) < length) {
    const entry = ends + (<usize>(nextEnd++) << 3);
    end = load<u32>(entry);
    endQuotes = load<u32>(entry, 4);
    rowTerminated = true;
  } else if (last && consumed < length) {
    end = length;
    endQuotes = quotes;
    rowTerminated = false;
  } else {
    return false;
  }
  takeRow(consumed, end, consumedQuotes, endQuotes);
  consumed = end + 1;
  consumedQuotes = endQuotes;
  return true;
}

/** The row between two offsets, whose quotes are these. */
// @ts-ignore: decorator
@inline
function takeRow(start: u32, end: u32, firstQuote: u32, endQuote: u32): void {
  rowBase = base;
  rowStart = base + start;
  rowEnd = base + end;
  rowQuotes = tape + (<usize>firstQuote << 2);
  rowQuotesEnd = tape + (<usize>endQuote << 2);
  rowFault = 0;
  if (nextUnusual < unusualCount) judgeUnusual(end);
}

/** Looks at what the scan found unusual in the row that ends at offset `end`. */
function judgeUnusual(end: u32): void {
  let next = nextUnusual;
  let quote = rowQuotes;
  for (; next < unusualCount; next++) {
    const offset = load<u32>(unusual + (<usize>next << 2));
    if (offset >= end) break;
    const at = base + offset;
    if (at < rowStart || rowFault) continue;
    const c = load<u8>(at);
    if (c >= 0x20) {
      if (!goodEscape(at, c)) rowFault = at;
      continue;
    }
    // outside of strings the cursor judges
    while (quote < rowQuotesEnd && load<u32>(quote) < offset) quote += 4;
    if ((quote - rowQuotes) & 4) rowFault = at;
  }
  nextUnusual = next;
}

/** Is the escaped character one of `/ b f r`, or a `u` before four hexadecimal digits, as far as the row goes? */
// @ts-ignore: decorator
@inline
function goodEscape(at: usize, c: u8): bool {
  if (c != 0x75) return c == 0x72 || c == 0x2f || c == 0x62 || c == 0x66;
  // All four at once, a byte each, since which digits they are cannot be guessed. A high bit says: 10 or more; 7 or more; 0.
  const four = load<u32>(at, 1);
  const digit = four ^ 0x30303030;
  const letter = (four | 0x20202020) ^ 0x60606060;
  const bad = (four | ((digit + 0x76767676) & ((letter + 0x79797979) | (0x80808080 - letter)))) & 0x80808080;
  return !bad || at + 1 + (ctz(bad) >> 3) >= rowEnd;
}

/** Moves what no row has claimed to the front of the window, once the rows at hand were read. */
export function keepRest(): void {
  if (!consumed) return;
  linesBefore += nextEnd;
  const from = min(consumed, length);
  byteBefore = load<u8>(base + from - 1);
  forgetPlace();
  consumed = dropBefore(from);
}

/** Gives back a window that a very long row had made large. */
export function shrinkRows(): void {
  if (shrinkWindow()) forgetPlace();
}

// --- rows that are not lines

/** Does a line begin at this offset? */
export function beginsLine(at: u32): bool {
  return (at ? load<u8>(base + at - 1) : byteBefore) == 0x0a;
}

/** What stands before offset `to` is no part of any row to come. */
export function passOver(to: u32): void {
  consumed = to;
  while (consumedQuotes < quotes && load<u32>(tape + (<usize>consumedQuotes << 2)) < to) consumedQuotes++;
  while (nextEnd < endCount && load<u32>(ends + (<usize>nextEnd << 3)) < to) nextEnd++;
}

/** First quote, and first line end, at or behind `consumed`: places in the lists. */
// @ts-ignore: decorator
@inline
export function firstQuote(): u32 {
  return consumedQuotes;
}

// @ts-ignore: decorator
@inline
export function firstEnd(): u32 {
  return nextEnd;
}

/** The stretch from `start` to `end` is the row; what stands before it is none. */
export function claimRow(start: u32, end: u32): void {
  passOver(start);
  rowLine = linesBefore + nextEnd + 1;
  const first = consumedQuotes;
  passOver(end);
  rowTerminated = true;
  takeRow(start, end, first, consumedQuotes);
}

/** The row begins `bytes` further on. */
// @ts-ignore: decorator
@inline
export function cutRow(bytes: u32): void {
  rowStart += bytes;
}
