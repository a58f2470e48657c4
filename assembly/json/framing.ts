// How the rows of a document are written: as lines, as the data of Server-Sent Events, or within one value. Its beginning says.
// What the rows are about is not looked at here.

import { asciiIs, asciiLength } from "../bytes/ascii";
import { claimRow, consumed, cutRow, firstEnd, firstQuote, nextRow, passOver, rowEnd, rowStart } from "./rows";
import { enterValue, inValues, leaveValues, nextInValue } from "./values";
import { base, endCount, ends, length, quotes, tape } from "./window";

const OPEN: u32 = 0; // nobody knows yet
const LINES: u32 = 1;
const EVENTS: u32 = 2; // Server-Sent Events

let framing: u32 = OPEN;
/** No byte of the document was read yet: a byte order mark may come. */
let atStart: bool = true;

export function beginFraming(): void {
  framing = OPEN;
  atStart = true;
  leaveValues();
}

/** The rows of the document are lines, whatever else it may look like. */
export function settleLines(): void {
  if (framing == OPEN) framing = LINES;
}

/** The next row; false when more bytes are needed. With `last`, no more come. */
export function nextFramed(last: bool): bool {
  if (atStart) {
    if (length < 3 && !last) return false;
    atStart = false;
    skipByteOrderMark();
  }
  while (true) {
    if (inValues()) {
      if (nextInValue(last)) return true;
      if (inValues()) return false;
      leaveValues();
    }
    if (framing == OPEN) {
      const known = look(last);
      if (known < 0) return false;
      if (known > 0) continue;
    }
    if (framing != EVENTS) return nextRow(last);
    const is = frame(last);
    if (is < 0) return false;
    if (is > 0) return true;
  }
}

function skipByteOrderMark(): void {
  if (length >= 3 && (load<u32>(base) & 0xffffff) == 0xbfbbef) passOver(3);
}

/** Looks at the beginning of a line. 1: a value was entered; 0: read on by lines; below 0: more bytes are needed. */
function look(last: bool): i32 {
  leaveValues();
  const field = skipBlank();
  if (field + 6 > length && !last) return -1;
  // a comment could be anything
  if (isData(field) || (isField(field) && !startsWith(field, ":"))) {
    framing = EVENTS;
    return 0;
  }
  return enterValue(last);
}

function skipBlank(): u32 {
  let at = consumed;
  while (at < length && load<u8>(base + at) <= 0x20) at++;
  return at;
}

function startsWith(at: u32, word: string): bool {
  return at + asciiLength(word) <= length && asciiIs(base + at, word);
}

// --- Server-Sent Events

/** The next line: 1 a row, 0 none, below 0 more bytes are needed. */
function frame(last: bool): i32 {
  const end = nextLineEnd(firstEnd());
  if (end < 0 && !last) return -1;
  const start = consumed;
  if (!isData(start)) {
    if (!nextRow(last)) return -1;
    return rowEnd > rowStart && !isField(start) ? 1 : 0;
  }
  if (end >= 0) {
    // data on the next line, too, may belong to it
    if (<u32>end + 6 > length && !last) return -1;
    if (isData(<u32>end + 1)) {
      const joined = join(start + 5, last);
      if (joined) return joined;
    }
  }
  if (!nextRow(last)) return -1;
  cutRow(5);
  // a blank line ends an event
  if (nextLineEnd(firstEnd()) == <i32>consumed) passOver(consumed + 1);
  return 1;
}

// @ts-ignore: decorator
@inline
function isData(at: u32): bool {
  return at + 5 <= length && load<u32>(base + at) == 0x61746164 && load<u8>(base + at, 4) == 0x3a;
}

function isField(at: u32): bool {
  return startsWith(at, ":") || startsWith(at, "event:") || startsWith(at, "id:") || startsWith(at, "retry:");
}

/** Offset of the line end at this place of the list; below 0 if it is not there yet. */
// @ts-ignore: decorator
@inline
function nextLineEnd(place: u32): i32 {
  const end = place < endCount ? load<u32>(ends + (<usize>place << 3)) : length;
  return end < length ? <i32>end : -1;
}

/** Makes one row of the data from `from` on and that of the following lines, until it is whole. 0 if it is whole on its own line. */
function join(from: u32, last: bool): i32 {
  let place = firstEnd();
  let end = <u32>nextLineEnd(place);
  let open = openedIn(from, end, firstQuote());
  if (open <= 0) return 0;
  while (open > 0) {
    if (end + 6 > length && !last) return -1;
    if (!isData(end + 1)) break;
    const next = nextLineEnd(++place);
    if (next < 0 && !last) return -1;
    const start = end + 6;
    end = next < 0 ? length : <u32>next;
    open += openedIn(start, end, quoteNext);
  }
  for (let i = firstEnd(); i < place; i++) {
    const line = base + load<u32>(ends + (<usize>i << 3));
    for (let at = line; at < line + 6; at++) store<u8>(at, 0x20);
  }
  claimRow(from, end);
  return 1;
}

/** Behind the quotes that openedIn() passed. */
let quoteNext: u32 = 0;

/** How many more objects and lists begin than end in a stretch of a line, whose first quote is at this place of the tape. */
function openedIn(at: u32, end: u32, quote: u32): i32 {
  let open = 0;
  while (at < end) {
    const stop = quote < quotes ? min(load<u32>(tape + (<usize>quote << 2)), end) : end;
    for (; at < stop; at++) {
      const c = load<u8>(base + at);
      if (c == 0x7b || c == 0x5b) open++;
      else if (c == 0x7d || c == 0x5d) open--;
    }
    if (stop == end) break;
    at = quote + 1 < quotes ? load<u32>(tape + (<usize>(quote + 1) << 2)) + 1 : end;
    quote += 2;
  }
  quoteNext = quote;
  return open;
}
