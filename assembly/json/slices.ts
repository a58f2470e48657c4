// The strings of the row at hand that somebody wants, by place: where each lies. One table serves whoever reads rows, since one row is
// read at a time; what stands in which place, a dialect says. Strings are as written, escapes included.

import { asciiAt, asciiBytes, asciiLength } from "../bytes/ascii";
import { equalBytes } from "../bytes/strings";
import { readString, textEnd, textStart } from "./cursor";
import { internText } from "./names";

/** Places that there are. */
const PLACES: i32 = 41;
/** For what nobody wants. */
export const NO_PLACE: usize = 40;
/** Each: u32 address of its first byte, u32 of the one behind its last; zeros if it is not there. */
const SLICES: usize = memory.data(PLACES * 8, 16);

// @ts-ignore: decorator
@inline
export function startOf(slice: usize): usize {
  return load<u32>(SLICES + (slice << 3));
}

// @ts-ignore: decorator
@inline
export function endOf(slice: usize): usize {
  return load<u32>(SLICES + (slice << 3), 4);
}

// @ts-ignore: decorator
@inline
export function lengthOf(slice: usize): usize {
  return endOf(slice) - startOf(slice);
}

/** Both as one number, to be put back. */
// @ts-ignore: decorator
@inline
export function sliceAt(slice: usize): u64 {
  return load<u64>(SLICES + (slice << 3));
}

// @ts-ignore: decorator
@inline
export function setSlice(slice: usize, both: u64): void {
  store<u64>(SLICES + (slice << 3), both);
}

/** Is the string there, and not empty? */
// @ts-ignore: decorator
@inline
export function has(slice: usize): bool {
  return endOf(slice) > startOf(slice);
}

/** Puts a string in a place, or none. */
// @ts-ignore: decorator
@inline
export function put(slice: usize, from: usize, to: usize): void {
  setSlice(slice, <u64>from | (<u64>to << 32));
}

/** Takes the string at hand; anything else is none. */
export function take(slice: usize): void {
  readString();
  put(slice, textStart, textEnd);
}

/** Nothing is in the places from `first` on that come before `end`. */
// @ts-ignore: decorator
@inline
export function clearSlices(first: usize, end: usize): void {
  for (let at = first; at < end; at++) setSlice(at, 0);
}

/** Number of the string; 0 if there is none, or an empty one. */
// @ts-ignore: decorator
@inline
export function nameIn(slice: usize): u32 {
  return internText(startOf(slice), endOf(slice));
}

/** The place of the string that begins at an address; NO_PLACE if it is in none. */
export function placeOf(start: usize): usize {
  let slice: usize = 0;
  while (slice < NO_PLACE && startOf(slice) != start) slice++;
  return slice;
}

/** Does the string say this? */
export function isWord(slice: usize, word: string): bool {
  return lengthOf(slice) == asciiLength(word) && equalBytes(startOf(slice), asciiBytes(word), asciiLength(word));
}

/** Does it begin with this? */
export function begins(slice: usize, word: string): bool {
  return lengthOf(slice) >= asciiLength(word) && equalBytes(startOf(slice), asciiBytes(word), asciiLength(word));
}

/** Place of the string, from 1, in a list of words with a space behind each; with `beginning` of the first that it begins with. 0 if there is none. */
export function placeIn(list: string, slice: usize, beginning: bool = false): i32 {
  let at = startOf(slice);
  let place = 1;
  let same = true;
  const length = asciiLength(list);
  for (let i: u32 = 0; i < length; i++) {
    const c = asciiAt(list, i);
    if (c == 0x20) {
      if (same && (beginning || at == endOf(slice))) return place;
      place++;
      at = startOf(slice);
      same = true;
    } else if (same) same = at < endOf(slice) && load<u8>(at++) == c;
  }
  return 0;
}
