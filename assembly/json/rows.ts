// Cuts fed bytes into rows. Holds the window (the bytes not yet read), and per window the tape of unescaped quotes,
// the ends of rows and the escapes worth a second look, all as offsets from the start of the window.
// The window grows only for a row that does not fit, and rows are handed out in place: nothing is copied but the
// unfinished rest of a window.

import { allocate, blockBytes, release } from "../bytes/heap";
import { WINDOW_BYTES } from "../abi/layout";
import { endAt, quoteAt, resetScan, scan, setLists, unusualAt } from "./scan";

const BLOCK: u32 = 64;
/** Bytes after the window that may be read, never relied on: block scans and 16-byte loads run over. */
const SLACK: u32 = 128;
/** Bytes scanned between two looks at the tape's room. */
const STRIDE: u32 = 64 * BLOCK;

// The window.
let base: usize = 0;
let capacity: u32 = 0;
let length: u32 = 0;
let scanned: u32 = 0;
/** Offset of the window's first byte in the document. */
let origin: u64 = 0;

// The tape: u32 offsets of quotes; ends: u32 offset of a newline, u32 quotes before it; unusual: u32 offsets.
let tape: usize = 0;
let tapeRoom: u32 = 0;
let quotes: u32 = 0;
let ends: usize = 0;
let endsRoom: u32 = 0;
let endCount: u32 = 0;
let unusual: usize = 0;
let unusualRoom: u32 = 0;
let unusualCount: u32 = 0;

// How far rows were handed out.
let nextEnd: u32 = 0;
let consumed: u32 = 0;
let consumedQuotes: u32 = 0;
let nextUnusual: u32 = 0;

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
  length = 0;
  origin = 0;
  forgetTape();
}

function forgetTape(): void {
  scanned = 0;
  quotes = 0;
  endCount = 0;
  unusualCount = 0;
  nextEnd = 0;
  consumed = 0;
  consumedQuotes = 0;
  nextUnusual = 0;
  resetScan();
}

/** Room for `size` more bytes behind those in the window: where to write them. */
export function reserveRows(size: u32): usize {
  if (length + size > capacity) {
    const wanted = max<u32>(length + size, WINDOW_BYTES);
    // a long row doubles the window, so that it is copied a constant number of times
    const grown = blockBytes(max<u32>(wanted + SLACK, capacity && length ? capacity << 1 : 0));
    const fresh = allocate(grown);
    memory.copy(fresh, base, length);
    if (base) release(base, capacity + SLACK);
    base = fresh;
    capacity = <u32>grown - SLACK;
  }
  return base + length;
}

/** Takes `size` bytes written at reserveRows(); `last` says that the document ends with them. */
export function pushRows(size: u32, last: bool): void {
  length += size;
  let limit = length & ~(BLOCK - 1);
  if (last && length) {
    // nothing stands behind the last byte: spaces up to a whole block, then they are not part of any row
    memory.fill(base + length, 0x20, BLOCK);
    limit = (length + BLOCK - 1) & ~(BLOCK - 1);
  }
  while (scanned < limit) {
    const stop = min(limit, scanned + STRIDE);
    reserveTape();
    setLists(tape + (<usize>quotes << 2), ends + (<usize>endCount << 3), unusual + (<usize>unusualCount << 2));
    scan(base, scanned, stop, tape);
    quotes = <u32>((quoteAt - tape) >> 2);
    endCount = <u32>((endAt - ends) >> 3);
    unusualCount = <u32>((unusualAt - unusual) >> 2);
    scanned = stop;
  }
}

function reserveTape(): void {
  if (quotes + STRIDE + 4 > tapeRoom) {
    tape = widen(tape, tapeRoom, quotes, 4, quotes + STRIDE + 4);
    tapeRoom = widened;
  }
  if (endCount + STRIDE > endsRoom) {
    ends = widen(ends, endsRoom, endCount, 8, endCount + STRIDE);
    endsRoom = widened;
  }
  if (unusualCount + STRIDE > unusualRoom) {
    unusual = widen(unusual, unusualRoom, unusualCount, 4, unusualCount + STRIDE);
    unusualRoom = widened;
  }
}

let widened: u32 = 0;

/** A list of `width`-byte entries with room for at least `least`; the first `count` are kept. */
function widen(list: usize, room: u32, count: u32, width: u32, least: u32): usize {
  const bytes = blockBytes(<usize>max(least, room << 1) * width);
  const fresh = allocate(bytes);
  memory.copy(fresh, list, <usize>count * width);
  release(list, <usize>room * width);
  widened = <u32>(bytes / width);
  return fresh;
}

/** Makes one row of everything in the window: line feeds become spaces. */
export function joinRows(): void {
  for (let i: u32 = 0; i < endCount; i++) store<u8>(base + load<u32>(ends + (<usize>i << 3)), 0x20);
  endCount = 0;
}

/** The next whole row, or with `last` also what stands after the last newline. False when more bytes are needed. */
export function nextRow(last: bool): bool {
  while (true) {
    let end: u32;
    let endQuotes: u32;
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
    rowBase = base;
    rowStart = base + consumed;
    rowEnd = base + end;
    rowQuotes = tape + (<usize>consumedQuotes << 2);
    rowQuotesEnd = tape + (<usize>endQuotes << 2);
    consumed = end + 1;
    consumedQuotes = endQuotes;
    rowFault = 0;
    if (nextUnusual < unusualCount) judgeUnusual(end);
    return true;
  }
}

/** Looks at what the scan found unusual in the row that ends at offset `end`. */
function judgeUnusual(end: u32): void {
  let quote = rowQuotes;
  while (nextUnusual < unusualCount) {
    const offset = load<u32>(unusual + (<usize>nextUnusual << 2));
    if (offset >= end) return;
    nextUnusual++;
    const at = base + offset;
    if (at < rowStart) continue;
    while (quote < rowQuotesEnd && load<u32>(quote) < offset) quote += 4;
    const inString = ((quote - rowQuotes) & 4) != 0;
    const c = load<u8>(at);
    const good = c < 0x20 ? !inString : goodEscape(at, c); // outside of strings the cursor judges
    if (!good && !rowFault) rowFault = at;
  }
}

/** Is the escaped character one of `/ b f r`, or a `u` before four hexadecimal digits, as far as the row goes? */
function goodEscape(at: usize, c: u8): bool {
  if (c != 0x75) return c == 0x72 || c == 0x2f || c == 0x62 || c == 0x66;
  for (let i: usize = 1; i <= 4 && at + i < rowEnd; i++) {
    const digit = <u32>load<u8>(at + i);
    if (digit - 0x30 > 9 && (digit | 0x20) - 0x61 > 5) return false;
  }
  return true;
}

/** Moves what no row has claimed to the front of the window, once the rows at hand were read. */
export function keepRest(): void {
  if (!consumed) return;
  const from = min(consumed, length);
  const rest = length - from;
  if (rest) memory.copy(base, base + from, rest);
  origin += from;
  length = rest;
  forgetTape();
}

/** Gives back a window that a very long row had made large. */
export function shrinkRows(): void {
  if (capacity <= 4 * WINDOW_BYTES) return;
  release(base, capacity + SLACK);
  base = 0;
  capacity = 0;
  length = 0;
  forgetTape();
}
