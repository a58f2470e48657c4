// The bytes not yet read, and the tape of them: unescaped quotes, the ends of lines and the escapes worth a second look, all as
// offsets from the start of the window. It grows only for what does not fit, and what was read moves out of it.
// As long as a family is short nothing moves: its documents stay one behind the other, and nobody must bring their content again.
// What a row is, and how far rows were handed out, rows.ts knows.

import { allocate, blockBytes, release } from "../bytes/heap";
import { Cell, Table } from "../bytes/table";
import { WINDOW_BYTES } from "../abi/layout";
import { endAt, quoteAt, resetScan, scan, setLists, unusualAt } from "./scan";

const BLOCK: u32 = 64;
/** Bytes after the window that may be read, never relied on: block scans and 16-byte loads run over. */
const SLACK: u32 = 128;
/** Bytes scanned between two looks at the tape's room. */
const STRIDE: u32 = 64 * BLOCK;

/** Where the window begins: the block's beginning, unless documents before this one are kept there. */
export let base: usize = 0;
let block: usize = 0;
let capacity: u32 = 0;
export let length: u32 = 0;
let scanned: u32 = 0;
/** Offset of the window's first byte in the document. */
export let origin: u64 = 0;

// The tape: u32 offsets of quotes; ends: u32 offset of a newline, u32 quotes before it; unusual: u32 offsets.
export let tape: usize = 0;
let tapeRoom: u32 = 0;
export let quotes: u32 = 0;
export let ends: usize = 0;
let endsRoom: u32 = 0;
export let endCount: u32 = 0;
export let unusual: usize = 0;
let unusualRoom: u32 = 0;
export let unusualCount: u32 = 0;

// What is kept: every document of the family from its first byte on, and where in the block each begins; or none.
export let keeping: bool = false;
let mostKept: u32 = 0;
const places = new Table<Cell>();

/** Begins a family: its documents are kept as long as they take at most `bytes` together. */
export function beginKeeping(bytes: u32): void {
  places.clear();
  length = 0;
  base = block;
  mostKept = bytes;
  keeping = bytes > 0;
}

/** Begins a document. */
export function clearWindow(): void {
  if (keeping) {
    // a block beyond its end was filled up
    if (places.rows) base = (base + length + 2 * BLOCK - 1) & ~(BLOCK - 1);
    places.add().value = <u32>(base - block);
  }
  length = 0;
  origin = 0;
  forgetTape();
}

/** Where a document that is kept begins. */
export function placeOf(document: u32): usize {
  return block + places.at(document).value;
}

function forgetTape(): void {
  scanned = 0;
  quotes = 0;
  endCount = 0;
  unusualCount = 0;
  resetScan();
}

/** How far the tape goes. */
// @ts-ignore: decorator
@inline
export function taped(): u32 {
  return min(scanned, length);
}

/** Is there no room for `size` more bytes beside all that is kept? */
// @ts-ignore: decorator
@inline
export function isTooLong(size: u32): bool {
  return keeping && used() + size + SLACK > mostKept;
}

/** Bytes of the block up to the end of the window. */
// @ts-ignore: decorator
@inline
function used(): u32 {
  return <u32>(base - block) + length;
}

/** Room for `size` more bytes behind those in the window: where to write them. */
export function reserveWindow(size: u32): usize {
  const wanted = used() + size;
  // a long row doubles the window, so that it is copied a constant number of times
  if (wanted > capacity) move(max(keeping ? mostKept : max(wanted, WINDOW_BYTES) + SLACK, capacity && length ? capacity << 1 : 0));
  return base + length;
}

/** Moves all to another block, of at least `bytes`. */
function move(bytes: u32): void {
  const room = blockBytes(bytes);
  const fresh = allocate(room);
  memory.copy(fresh, block, used());
  release(block, capacity + SLACK);
  base = fresh + (base - block);
  block = fresh;
  capacity = <u32>room - SLACK;
}

/** Keeps nothing any more but what begins at offset `from`; answers the offset where that is now. */
export function letGo(from: u32): u32 {
  keeping = false;
  const at = dropBefore(from);
  move(max(length, WINDOW_BYTES) + SLACK);
  return at;
}

/** Takes `size` bytes written at reserveWindow(); `last` says that the document ends with them. */
export function pushWindow(size: u32, last: bool): void {
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

/**
 * Moves what begins at offset `from` to the front of the window, with its tape: nothing is scanned twice. Whole blocks go, so that the next one
 * begins where one began; answers the offset where `from` is now. Bytes that are kept stay where they are.
 */
export function dropBefore(from: u32): u32 {
  const gone = keeping ? 0 : from & ~(BLOCK - 1);
  const before = quotes;
  quotes = keepEntries(tape, quotes, 4, from, gone);
  endCount = keepEntries(ends, endCount, 8, from, gone);
  unusualCount = keepEntries(unusual, unusualCount, 4, from, gone);
  for (let i: u32 = 0; i < endCount; i++) {
    const entry = ends + (<usize>i << 3);
    store<u32>(entry, load<u32>(entry, 4) - (before - quotes), 4);
  }
  length -= gone;
  scanned -= gone;
  origin += gone;
  if (!keeping) {
    if (base + gone > block) memory.copy(block, base + gone, length);
    base = block;
  }
  return from - gone;
}

/** Of a list in the order of its offsets, those from `from` on become the first, by `gone` less; answers how many they are. */
function keepEntries(list: usize, count: u32, width: u32, from: u32, gone: u32): u32 {
  const end = list + <usize>count * width;
  let entry = end;
  while (entry > list && load<u32>(entry - width) >= from) entry -= width;
  const kept = end - entry;
  memory.copy(list, entry, kept);
  for (let at = list; at < list + kept; at += width) store<u32>(at, load<u32>(at) - gone);
  return <u32>(kept / width);
}

/** Line feeds become spaces. */
export function joinLines(): void {
  for (let i: u32 = 0; i < endCount; i++) store<u8>(base + load<u32>(ends + (<usize>i << 3)), 0x20);
  endCount = 0;
}

/** Gives back a window that a very long row had made large. Answers whether it did. */
export function shrinkWindow(): bool {
  if (keeping || capacity <= 4 * WINDOW_BYTES) return false;
  release(block, capacity + SLACK);
  block = 0;
  base = 0;
  capacity = 0;
  length = 0;
  forgetTape();
  return true;
}
