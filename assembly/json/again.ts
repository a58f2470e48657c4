// Stretches of a row that are written as they were in a row before, but for their numbers: a client says in every row whose it is, and the usage
// of every response in the same words. So their bytes are compared, and nothing but the numbers is read.
// It is exact: where a value may stand, the same bytes at the same depth are as sound as they were, and mean the same.

import { equalBytes } from "../bytes/strings";
import { deepRow, depth, malformed, mark, readCount, resume, skip } from "./cursor";
import { rowEnd } from "./rows";

/** Bytes that a stretch may have, and pieces: it is cut where a number stands. */
const ROOM: u32 = 1000;
const MOST: u32 = 10;
/** A stretch: u32 how many pieces it has (0: none is known), u32 its depth; of each piece u16 its offset, u16 bytes, u16 bytes of the tape, u16 what follows; bytes. */
const PIECES: usize = 8;
const TEXT: usize = PIECES + MOST * 8;
export const STRETCH_BYTES: i32 = <i32>(TEXT + ROOM);

/** What follows a piece: a number's place, a value that is passed over, or nothing. */
const VALUE: u32 = 0x100;
const END: u32 = 0x101;

/** Is the stretch that begins at the cursor as it was? Then the cursor is behind it, and numbers are in their places: i64 each, -1 for what is none. */
export function followStretch(stretch: usize, numbers: usize): bool {
  const pieces = load<u32>(stretch);
  if (!pieces || load<u32>(stretch, 4) != depth()) return false;
  const back = mark();
  let piece = stretch + PIECES;
  while (true) {
    const here = mark();
    const at = <usize>(here >> 32);
    const length = <usize>load<u16>(piece, 2);
    const next = <u32>load<u16>(piece, 6);
    // there was no white space before the number, or it is a part of the piece
    if (at + length > rowEnd || !equalBytes(stretch + TEXT + load<u16>(piece), at, length) || (next != END && load<u8>(at + length) <= 0x20)) {
      resume(back);
      return false;
    }
    // the same bytes have the same quotes
    resume(here + ((<u64>length << 32) | <u64>load<u16>(piece, 4)));
    if (next == END) return true;
    if (next == VALUE) skip();
    else store<i64>(numbers + (next << 3), readCount());
    piece += 8;
  }
}

// --- the one that is being read to be known

let learned: usize = 0;
let pieces: u32 = 0;
/** Where it begins, and the piece at hand. */
let start: u64 = 0;
let from: u64 = 0;

/** What is read from here on is the stretch. */
export function beginStretch(stretch: usize): void {
  store<u32>(stretch, 0);
  store<u32>(stretch, depth(), 4);
  learned = stretch;
  pieces = 0;
  start = mark();
  from = start;
}

/** Reads the number at hand, which may be another next time; it has a place then. */
export function readNumber(numbers: usize, place: u32): void {
  endPiece(place);
  store<i64>(numbers + (place << 3), readCount());
  from = mark();
}

/** Passes over the value at hand, which may be another next time. */
export function skipOther(): void {
  endPiece(VALUE);
  skip();
  from = mark();
}

function endPiece(next: u32): void {
  if (pieces == MOST) return;
  const piece = learned + PIECES + (pieces++ << 3);
  const here = mark() - from;
  store<u16>(piece, <u16>((from - start) >> 32));
  store<u16>(piece, <u16>(here >> 32), 2);
  store<u16>(piece, <u16>here, 4);
  store<u16>(piece, <u16>next, 6);
}

/** The stretch ends at the cursor. One that is too long, or not sound, is not known. */
export function endStretch(): void {
  if (pieces == MOST || malformed || deepRow) return;
  endPiece(END);
  const length = <usize>((mark() - start) >> 32);
  if (length > ROOM) return;
  memory.copy(learned + TEXT, <usize>(start >> 32), length);
  store<u32>(learned, pieces);
}
