// Reads one row forward, hopping from quote to quote on the tape: a string costs the same however long it is.
// Strict about structure, literals and numbers everywhere, also in what is skipped, so that a row is either JSON or
// broken whatever anybody wanted of it. Escapes were judged by the scan (rows.ts). It does not decode: text.ts does.

import { DEPTH_LIMIT } from "../abi/layout";
import { NO_KEYS, findKey } from "./keys";
import { rowBase, rowEnd, rowQuotes, rowQuotesEnd, rowStart } from "./rows";

/** The next byte to read. */
export let at: usize = 0;
let quote: usize = 0;
let quoteEnd: usize = 0;
/** Objects and arrays the cursor is in, besides those being skipped. */
let entered: u32 = 0;
/** Something was not JSON; everything read since is void. */
export let malformed: bool = false;
/** It was nested too deep to be followed; one level more would be. */
export let tooDeep: bool = false;
export let deepRow: bool = false;

/** Key of the member that nextMember() found: where it stands, and its number among those that whoever reads the row looks for, 0 if it is none. */
export let key: u32 = 0;
export let keyStart: usize = 0;
export let keyLength: u32 = 0;
let keys: usize = NO_KEYS;

/** Inside of the string that readString() found, still escaped. */
export let textStart: usize = 0;
export let textEnd: usize = 0;

const STACK: usize = memory.data(DEPTH_LIMIT);

/** Starts at the first byte of the current row; keys are looked up in a table (keys.ts). */
export function beginRow(table: usize = NO_KEYS): void {
  keys = table;
  at = rowStart;
  quote = rowQuotes;
  quoteEnd = rowQuotesEnd;
  malformed = false;
  tooDeep = false;
  deepRow = false;
  entered = 0;
  space();
}

/** Where it went wrong; rowEnd if the row ended too early. */
export let failedAt: usize = 0;

// @ts-ignore: decorator
@inline
function fail(): void {
  if (!malformed) failedAt = at;
  malformed = true;
  at = rowEnd;
  quote = quoteEnd;
}

// @ts-ignore: decorator
@inline
function space(): void {
  let c = load<u8>(at);
  while (c <= 0x20 && (c == 0x20 || c == 0x0a || c == 0x0d || c == 0x09) && at < rowEnd) c = load<u8>(++at);
}

/** First byte of the value at hand; 0 at the end of the row. */
// @ts-ignore: decorator
@inline
export function peek(): u8 {
  return at < rowEnd ? load<u8>(at) : 0;
}

/** Is anything left of the row but white space? */
export function atEnd(): bool {
  space();
  return at >= rowEnd;
}

/** How many objects and arrays it is in. */
// @ts-ignore: decorator
@inline
export function depth(): u32 {
  return entered;
}

/** Where the cursor stands, to come back to with resume(): the next byte, and the next quote's place on the tape. */
// @ts-ignore: decorator
@inline
export function mark(): u64 {
  return (<u64>at << 32) | <u64>quote;
}

// @ts-ignore: decorator
@inline
export function resume(mark: u64): void {
  at = <usize>(mark >> 32);
  quote = <usize>(mark & 0xffffffff);
}

/** Enters an object or an array, whose first byte is at hand. */
// @ts-ignore: decorator
@inline
export function enter(): void {
  at++;
  entered++;
}

/** Does nothing but white space stand between the cursor and the brace or bracket that it entered by? No value ends in one of these. */
function isFirst(): bool {
  let before = at - 1;
  while (load<u8>(before) <= 0x20) before--;
  return (load<u8>(before) | 0x20) == 0x7b;
}

/** Moves past the string at hand; false if there is none. */
// @ts-ignore: decorator
@inline
function hop(): bool {
  const p = at;
  const q = quote;
  if (q + 4 >= quoteEnd || p != rowBase + load<u32>(q)) return hopless();
  const end = rowBase + load<u32>(q, 4);
  textStart = p + 1;
  textEnd = end;
  quote = q + 8;
  at = end + 1;
  return true;
}

/** There is no string, or one that is not closed: that ends the row too early. */
function hopless(): bool {
  if (quote < quoteEnd && at == rowBase + load<u32>(quote)) at = rowEnd;
  fail();
  return false;
}

/** The next member of the object entered: its key, with the cursor at its value. False behind the closing brace. */
export function nextMember(): bool {
  // Written without white space, as the client does, a member is a quote, the key, a quote and a colon, behind a comma if it is not the
  // first; everything else takes the way round. What stands behind the row matches none of them.
  let start = at;
  const c = load<u8>(start);
  if (c == 0x7d) {
    at = start + 1;
    entered--;
    return false;
  }
  const first = load<u8>(start - 1) == 0x7b;
  const comma = c == 0x2c;
  start += comma;
  const q = quote;
  if (comma == first || load<u8>(start) != 0x22 || q + 4 >= quoteEnd) return nextMemberSpaced();
  const end = rowBase + load<u32>(q, 4);
  const behind = <u32>load<u16>(end, 1);
  if ((behind & 0xff) != 0x3a || behind <= 0x20ff) return nextMemberSpaced();
  quote = q + 8;
  at = end + 2;
  noteKey(start + 1, end);
  return true;
}

// @ts-ignore: decorator
@inline
function noteKey(start: usize, end: usize): void {
  const length = <u32>(end - start);
  keyStart = start;
  keyLength = length;
  key = findKey(keys, start, length);
}

/** The same, with white space anywhere, and for what is no member. */
function nextMemberSpaced(): bool {
  const first = isFirst();
  space();
  const c = peek();
  if (c == 0x7d) {
    at++;
    entered--;
    return false;
  }
  if (!first) {
    if (c != 0x2c) return stop();
    at++;
    space();
  }
  if (!hop()) return false;
  noteKey(textStart, textEnd);
  space();
  if (peek() != 0x3a) return stop();
  at++;
  space();
  return true;
}

/** The next element of the array entered, with the cursor at it. False behind the closing bracket. */
export function nextElement(): bool {
  const first = isFirst();
  space();
  const c = peek();
  if (c == 0x5d) {
    at++;
    entered--;
    return false;
  }
  if (first) return c != 0 || stop();
  if (c != 0x2c) return stop();
  at++;
  space();
  return true;
}

function stop(): bool {
  fail();
  return false;
}

/** Reads the string at hand into textStart and textEnd. False, both 0 and the value skipped, if it is something else. */
// @ts-ignore: decorator
@inline
export function readString(): bool {
  if (peek() == 0x22) return hop();
  skip();
  textStart = 0;
  textEnd = 0;
  return false;
}

/** Reads `true`; everything else is false. */
export function readTrue(): bool {
  const is = peek() == 0x74;
  skip();
  return is && !malformed;
}

/** Reads a count: whole digits, what follows a decimal point cut off; -1 for everything else, exponents and more than 18 digits included. */
export function readCount(): i64 {
  const first = at;
  // up to seven digits at once, a byte each; the high bit says what is none
  const eight = load<u64>(first) ^ 0x3030303030303030;
  const others = (eight | (eight + 0x7676767676767676)) & 0x8080808080808080;
  const digits = <usize>ctz(others) >> 3;
  if (others && digits && (digits == 1 || (eight & 0xff) != 0) && endsPlain(first + digits)) {
    at = first + digits;
    // with zeros before them they are a number of eight: its pairs, its halves, and the whole
    const all = eight << ((8 - digits) << 3);
    const pairs = (all * 10 + (all >> 8)) & 0x00ff00ff00ff00ff;
    const halves = pairs * 100 + (pairs >> 16);
    return <i64>((halves & 0xffff) * 10000 + ((halves >> 32) & 0xffff));
  }
  return readOtherCount();
}

/** The same, of any length and with whatever behind: what readCount() means. */
export function readOtherCount(): i64 {
  let p = at;
  let value: i64 = 0;
  const first = p;
  while (<u32>load<u8>(p) - 0x30 <= 9 && p - first <= 18) value = value * 10 + (load<u8>(p++) - 0x30);
  skip();
  if (p - first > 18) return -1;
  if (malformed || p == first) return -1;
  if (load<u8>(p) == 0x2e) do p++; while (<u32>load<u8>(p) - 0x30 <= 9);
  return (load<u8>(p) | 0x20) == 0x65 ? -1 : value;
}

/** Passes over the value at hand, whatever it is. */
export function skip(): void {
  const c = peek();
  if (c == 0x22) {
    hop();
    return;
  }
  if (c != 0x7b && c != 0x5b) {
    skipPlain(c);
    return;
  }
  skipNested();
}

function skipNested(): void {
  let depth: u32 = 0;
  while (true) {
    // at a value
    let c = peek();
    if (c == 0x22) {
      if (!hop()) return;
    } else if (c == 0x7b || c == 0x5b) {
      if (depth + entered >= <u32>DEPTH_LIMIT - 1) {
        deepRow = true;
        if (depth + entered >= <u32>DEPTH_LIMIT) {
          tooDeep = true;
          fail();
          return;
        }
      }
      store<u8>(STACK + depth, c);
      depth++;
      at++;
      space();
      if (peek() != c + 2) {
        if (c == 0x7b && !skipKey()) return;
        continue;
      }
      at++;
      depth--;
    } else {
      skipPlain(c);
      if (malformed) return;
    }
    // behind a value
    while (true) {
      if (!depth) return;
      space();
      c = peek();
      const open = load<u8>(STACK + depth - 1);
      if (c == 0x2c) {
        at++;
        space();
        if (open == 0x7b && !skipKey()) return;
        break;
      }
      if (c != open + 2) {
        fail();
        return;
      }
      at++;
      depth--;
    }
  }
}

// @ts-ignore: decorator
@inline
function skipKey(): bool {
  if (!hop()) return false;
  space();
  if (peek() != 0x3a) return stop();
  at++;
  space();
  return true;
}

/** Does what comes behind a value within an object or an array stand here? */
// @ts-ignore: decorator
@inline
function endsPlain(p: usize): bool {
  const after = load<u8>(p);
  return p < rowEnd && (after == 0x2c || after == 0x7d || after == 0x5d);
}

/** Passes over a number or a literal. */
function skipPlain(c: u8): void {
  // most are plain digits, perhaps with decimals, or true, false and null
  let p = at;
  if (<u32>c - 0x30 <= 9) {
    do p++; while (<u32>load<u8>(p) - 0x30 <= 9);
    if (c != 0x30 || p == at + 1) {
      const point = p;
      if (load<u8>(p) == 0x2e) do p++; while (<u32>load<u8>(p) - 0x30 <= 9);
      if (p != point + 1 && endsPlain(p)) {
        at = p;
        return;
      }
    }
  } else if (at + 5 < rowEnd) {
    const four = load<u32>(p);
    if (four == 0x65757274 || four == 0x6c6c756e) {
      at = p + 4;
      return;
    }
    if (c == 0x66 && load<u32>(p, 1) == 0x65736c61) {
      at = p + 5;
      return;
    }
  }
  if (c == 0x74) word(0x65757274);
  else if (c == 0x6e) word(0x6c6c756e);
  else if (c == 0x66) {
    at++;
    word(0x65736c61);
  } else skipNumber();
}

/** Passes over these four bytes; stops at the first that is another. */
function word(bytes: u32): void {
  for (let i = 0; i < 4; i++) {
    if (at >= rowEnd || load<u8>(at) != <u8>bytes) {
      fail();
      return;
    }
    at++;
    bytes >>= 8;
  }
}

// @ts-ignore: decorator
@inline
function digit(): bool {
  return at < rowEnd && <u32>load<u8>(at) - 0x30 <= 9;
}

function skipNumber(): void {
  if (peek() == 0x2d) at++;
  if (!digit()) {
    fail();
    return;
  }
  if (load<u8>(at) == 0x30) {
    at++;
  } else {
    while (digit()) at++;
  }
  if (peek() == 0x2e) {
    at++;
    if (!digit()) {
      fail();
      return;
    }
    while (digit()) at++;
  }
  if ((peek() | 0x20) == 0x65) {
    at++;
    if (peek() == 0x2b || peek() == 0x2d) at++;
    if (!digit()) {
      fail();
      return;
    }
    while (digit()) at++;
  }
}
