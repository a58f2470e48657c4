// Rows of a document that is one value over many lines, or one long line: the elements of an array, and of an object with
// `info` and lists of such objects or of parts, each value by itself. So a document larger than memory is read like any other, and one
// that is cut off is read up to there. What a row says is not looked at here, only where it ends.

import { asciiIs, asciiLength } from "../bytes/ascii";
import { beginsLine, claimRow, consumed, firstEnd, firstQuote, passOver } from "./rows";
import { base, endCount, ends, length, quotes, tape, taped } from "./window";

// What the current row is.
export const ROLE_WHOLE: u32 = 0; // a line, or an element of an array
export const ROLE_INFO: u32 = 1; // the value of `info`
export const ROLE_PART: u32 = 2; // an element of `parts`
export const ROLE_OTHER: u32 = 3; // the value of any other member
export const ROLE_LOST: u32 = 4; // no value: the one that holds the rows goes wrong here

export let rowRole: u32 = 0;

// What the place at hand is in, innermost last: a bit each, as nothing is entered that is deeper.
const OBJECT: u8 = 1;
const LIST: u8 = 2; // of objects that are entered, or of rows
const PARTS: u8 = 3; // of rows alone
const STACK: usize = memory.data(8);
let depth: u32 = 0;
/** Nothing stands before the next member or element; a comma was read. */
let fresh: bool = false;
let comma: bool = false;

export function leaveValues(): void {
  depth = 0;
  rowRole = ROLE_WHOLE;
}

/** Is a value being read? */
export function inValues(): bool {
  return depth != 0;
}

// @ts-ignore: decorator
@inline
function space(at: u32, end: u32): u32 {
  while (at < end && load<u8>(base + at) <= 0x20) at++;
  return at;
}

function enter(kind: u8, at: u32): void {
  store<u8>(STACK + depth++, kind);
  fresh = true;
  comma = false;
  passOver(at + 1);
}

/** More bytes are needed to know. */
const WAIT: i32 = -1;

/**
 * Does a value whose elements are rows begin at the next byte that is no white space? 1 if so, and it is entered; 0 if not, WAIT (below 0)
 * if more bytes are needed to know.
 */
export function enterValue(last: bool): i32 {
  // what has no tape yet cannot be passed over
  const end = taped();
  const at = space(consumed, end);
  const more = last ? 0 : WAIT;
  if (at >= end) return more;
  const open = load<u8>(base + at);
  if (open == 0x7b) {
    const is = isEntered(at, end, last);
    if (is > 0) enter(OBJECT, at);
    return is;
  }
  if (open != 0x5b) return 0;
  const element = space(at + 1, end);
  if (element >= end) return more;
  if (load<u8>(base + element) != 0x7b) return 0;
  const key = space(element + 1, end);
  if (key + 12 > end && !last) return WAIT;
  // what events begin with; any other list is a row like any other
  if (!keyIs(key, end, "id") && !keyIs(key, end, "type") && !keyIs(key, end, "properties") && !keyIs(key, end, "directory") && !keyIs(key, end, "payload") && isEntered(element, end, last) <= 0) return 0;
  enter(LIST, at);
  return 1;
}

/** Is the first member of the object at `at` one that is looked into? 1, 0 or WAIT. */
function isEntered(at: u32, end: u32, last: bool): i32 {
  const key = space(at + 1, end);
  if (key + 11 > end && !last) return key >= end || load<u8>(base + key) == 0x22 ? WAIT : 0;
  return keyIs(key, end, "info") || keyIs(key, end, "messages") || keyIs(key, end, "parts") ? 1 : 0;
}

/** Does this key stand at `at`, quotes included? */
function keyIs(at: u32, end: u32, key: string): bool {
  const bytes = asciiLength(key);
  if (at + bytes + 2 > end || load<u8>(base + at) != 0x22 || load<u8>(base + at + bytes + 1) != 0x22) return false;
  return asciiIs(base + at + 1, key);
}

/** The next row of the value at hand. False when it has ended (inValues() is false then), or when more bytes are needed. */
export function nextInValue(last: bool): bool {
  while (depth) {
    const end = taped();
    const at = space(consumed, end);
    if (at >= end) return last && lose(at, last) > 0;
    const kind = load<u8>(STACK + depth - 1);
    const c = load<u8>(base + at);
    if (c == (kind == OBJECT ? 0x7d : 0x5d) && !comma) {
      depth--;
      fresh = false;
      passOver(at + 1);
      continue;
    }
    if (!fresh && !comma) {
      if (c != 0x2c) return lose(at, last) > 0;
      comma = true;
      passOver(at + 1);
      continue;
    }
    const found = kind == OBJECT ? member(at, end, last) : element(at, end, last, kind);
    if (found) return found > 0;
  }
  return false;
}

/** 1: a row; 0: something was entered; WAIT. */
function member(at: u32, end: u32, last: bool): i32 {
  const quote = firstQuote();
  if (load<u8>(base + at) != 0x22) return lose(at, last);
  if (quote + 1 >= quotes) return last ? lose(at, last) : WAIT;
  const colon = space(load<u32>(tape + (<usize>(quote + 1) << 2)) + 1, end);
  const value = space(colon + 1, end);
  if (value >= end) return last ? lose(at, last) : WAIT;
  if (load<u8>(base + colon) != 0x3a) return lose(at, last);
  const list = load<u8>(base + value) == 0x5b;
  if (list && depth < 4 && keyIs(at, end, "messages")) enter(LIST, value);
  else if (list && keyIs(at, end, "parts")) enter(PARTS, value);
  else return claim(value, end, last, keyIs(at, end, "info") ? ROLE_INFO : ROLE_OTHER, quote + 2);
  return 0;
}

function element(at: u32, end: u32, last: bool, kind: u8): i32 {
  if (kind == LIST && load<u8>(base + at) == 0x7b && depth < 6) {
    const is = isEntered(at, end, last);
    if (is < 0) return WAIT;
    if (is) {
      enter(OBJECT, at);
      return 0;
    }
  }
  return claim(at, end, last, kind == PARTS ? ROLE_PART : ROLE_WHOLE, firstQuote());
}

/** The value at `at` is the row. What does not end is one up to the end of its line, or of the document. */
function claim(at: u32, end: u32, last: bool, role: u32, quote: u32): i32 {
  if (load<u8>(base + at) == 0x7b && beginsLine(at)) {
    // the one at hand is cut off, another begins
    const another = isEntered(at, end, last);
    if (another) return another < 0 ? WAIT : lose(at, last);
  }
  const stop = endOfValue(at, end, quote, last);
  if (!stop && !torn && !last) return WAIT;
  if (!stop) {
    depth = 0;
    claimRow(at, torn ? torn : end);
  } else {
    fresh = false;
    comma = false;
    claimRow(at, stop);
  }
  rowRole = role;
  return 1;
}

/** The line end that stands in a string, as it cannot, or before a line with which another value begins. */
let torn: u32 = 0;

/** Behind the value at `at`, whose first quote is at this place of the tape; 0 if it does not end. */
function endOfValue(at: u32, end: u32, quote: u32, last: bool): u32 {
  let open = 0;
  let line = firstEnd();
  torn = 0;
  const start = at;
  while (true) {
    const stop = quote < quotes ? min(load<u32>(tape + (<usize>quote << 2)), end) : end;
    for (; at < stop; at++) {
      const c = load<u8>(base + at);
      if (c == 0x7b || c == 0x5b) {
        if (c == 0x7b && at > start && load<u8>(base + at - 1) == 0x0a) {
          const another = isEntered(at, end, last);
          if (another > 0) torn = at - 1;
          if (another) return 0;
        }
        open++;
      } else if (c == 0x7d || c == 0x5d) {
        // a bare value ends before what closes the list that it is in
        if (!open) return at;
        if (!--open) return at + 1;
      } else if (!open && at > start && (c == 0x2c || c <= 0x20)) return at;
    }
    if (stop >= end) return 0;
    const close = quote + 1 < quotes ? load<u32>(tape + (<usize>(quote + 1) << 2)) : end;
    while (line < endCount && load<u32>(ends + (<usize>line << 3)) < at) line++;
    if (line < endCount && load<u32>(ends + (<usize>line << 3)) < close) {
      torn = load<u32>(ends + (<usize>line << 3));
      return 0;
    }
    if (close >= end) return 0;
    at = close + 1;
    if (!open) return at;
    quote += 2;
  }
}

/** The value goes wrong at `at`: what stands there, up to the end of the line, is a row that is none. */
function lose(at: u32, last: bool): i32 {
  let line = firstEnd();
  while (line < endCount && load<u32>(ends + (<usize>line << 3)) < at) line++;
  // what begins another value is no part of this one
  const another = at < taped() && load<u8>(base + at) == 0x7b && beginsLine(at);
  if (!another && line == endCount && !last) return WAIT;
  depth = 0;
  const end = another ? at : line < endCount ? load<u32>(ends + (<usize>line << 3)) : taped();
  claimRow(min(at, end), end);
  rowRole = ROLE_LOST;
  return 1;
}
