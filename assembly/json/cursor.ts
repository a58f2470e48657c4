// Reads one row forward, hopping from quote to quote on the tape: a string costs the same however long it is.
// Strict about structure, literals and numbers everywhere, also in what is skipped, so that a row is either JSON or
// broken whatever anybody wanted of it. Escapes were judged by the scan (rows.ts). It does not decode: text.ts does.

import { DEPTH_LIMIT } from "../abi/layout";
import { rowBase, rowEnd, rowQuotes, rowQuotesEnd, rowStart } from "./rows";

/** The next byte to read. */
export let at: usize = 0;
let quote: usize = 0;
let quoteEnd: usize = 0;
let fresh: bool = false;
/** Objects and arrays the cursor is in, besides those being skipped. */
let entered: u32 = 0;
/** Something was not JSON; everything read since is void. */
export let malformed: bool = false;
/** It was nested too deep to be followed; one level more would be. */
export let tooDeep: bool = false;
export let deepRow: bool = false;

/** Key of the member that nextMember() found: its length, its first eight bytes and its last eight (0 if it is no longer than eight). */
export let keyLength: u32 = 0;
export let keyHead: u64 = 0;
export let keyTail: u64 = 0;
export let keyStart: usize = 0;

/** Inside of the string that readString() found, still escaped. */
export let textStart: usize = 0;
export let textEnd: usize = 0;

const STACK: usize = memory.data(DEPTH_LIMIT);

/** Starts at the first byte of the current row. */
export function beginRow(): void {
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

/** Where the cursor stands, to come back to with resume(). */
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
  fresh = true;
  entered++;
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
  // Written without white space, as the client does, a member is a comma, a quote, the key, a quote and a colon; everything else
  // takes the way round. What stands behind the row matches none of them.
  let p = at;
  let c = load<u8>(p);
  if (c == 0x2c && !fresh) c = load<u8>(++p);
  else if (c == 0x7d) {
    at = p + 1;
    fresh = false;
    entered--;
    return false;
  } else if (!fresh) return nextMemberSpaced();
  const q = quote;
  if (c != 0x22 || q + 4 >= quoteEnd || p != rowBase + load<u32>(q)) return nextMemberSpaced();
  const end = rowBase + load<u32>(q, 4);
  if (load<u8>(end, 1) != 0x3a || load<u8>(end, 2) <= 0x20) return nextMemberSpaced();
  quote = q + 8;
  fresh = false;
  at = end + 2;
  noteKey(p + 1, end);
  return true;
}

/** The same, with white space anywhere, and for what is no member. */
function nextMemberSpaced(): bool {
  space();
  const c = peek();
  if (c == 0x7d) {
    at++;
    fresh = false;
    entered--;
    return false;
  }
  if (fresh) {
    fresh = false;
  } else {
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

// @ts-ignore: decorator
@inline
function noteKey(start: usize, end: usize): void {
  const length = <u32>(end - start);
  keyLength = length;
  keyStart = start;
  // bytes of the row lie before and behind a key, so both loads are inside the window
  const head = load<u64>(start);
  keyHead = length >= 8 ? head : head & ((<u64>1 << (length << 3)) - 1);
  keyTail = length > 8 ? load<u64>(end - 8) : 0;
}

/** The next element of the array entered, with the cursor at it. False behind the closing bracket. */
export function nextElement(): bool {
  space();
  const c = peek();
  if (c == 0x5d) {
    at++;
    fresh = false;
    entered--;
    return false;
  }
  if (fresh) {
    fresh = false;
    return c != 0 || stop();
  }
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
  let p = at;
  let value: i64 = 0;
  const first = p;
  while (<u32>load<u8>(p) - 0x30 <= 9 && p - first <= 18) value = value * 10 + (load<u8>(p++) - 0x30);
  if (p - first <= 18 && p > first && (load<u8>(first) != 0x30 || p == first + 1) && endsPlain(p)) {
    at = p;
    return value;
  }
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
      if (!depth) {
        fresh = false;
        return;
      }
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
