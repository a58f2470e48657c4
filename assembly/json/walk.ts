// Walks over JSON that is known to be sound, without a tape: for the few lists that are looked into when they are written.
// Addresses in, addresses out; nothing is decoded.

import { asciiIs, asciiLength } from "../bytes/ascii";
import { QUOTES } from "../bytes/vectors";

/** Behind the value at `at`. */
export function endOfValue(at: usize, end: usize): usize {
  let depth = 0;
  while (at < end) {
    const c = load<u8>(at);
    if (c == 0x22) at = endOfString(at, end);
    else if (c == 0x7b || c == 0x5b) {
      depth++;
      at++;
    } else if (c == 0x7d || c == 0x5d) {
      depth--;
      at++;
      if (depth < 0) return at - 1;
    } else if (c == 0x2c || c == 0x3a || c <= 0x20) {
      if (!depth) return at;
      at++;
      continue;
    } else {
      do at++;
      while (at < end && isPlain(load<u8>(at)));
    }
    if (!depth) return at;
  }
  return end;
}

// @ts-ignore: decorator
@inline
function isPlain(c: u8): bool {
  return c != 0x2c && c != 0x5d && c != 0x7d && c != 0x3a && c > 0x20;
}

/** Behind the string whose opening quote is at `at`. */
export function endOfString(at: usize, end: usize): usize {
  at++;
  if (ASC_FEATURE_SIMD) {
    const quote = v128.load(QUOTES);
    for (; at + 16 <= end; at += 16) {
      for (let quotes = i8x16.bitmask(i8x16.eq(v128.load(at), quote)); quotes; quotes &= quotes - 1) {
        const place = at + ctz<usize>(quotes);
        if (!isEscaped(place)) return place + 1;
      }
    }
  }
  for (; at < end; at++) if (load<u8>(at) == 0x22 && !isEscaped(at)) return at + 1;
  return end;
}

/** Does an odd number of backslashes stand before a byte of a string? */
// @ts-ignore: decorator
@inline
function isEscaped(at: usize): bool {
  let is = false;
  while (load<u8>(--at) == 0x5c) is = !is;
  return is;
}

/** The first byte at or behind `at` that is not white space. */
export function skipSpace(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) <= 0x20) at++;
  return at;
}

// The member that nextPair() found.
export let pairKey: usize = 0;
export let pairKeyEnd: usize = 0;
export let pairValue: usize = 0;
export let pairValueEnd: usize = 0;

/** Finds the next member of an object; `at` is behind its brace or behind the last value. Answers where to go on, 0 at the end. */
export function nextPair(at: usize, end: usize): usize {
  at = skipSpace(at, end);
  if (at < end && load<u8>(at) == 0x2c) at = skipSpace(at + 1, end);
  if (at >= end || load<u8>(at) != 0x22) return 0;
  pairKey = at + 1;
  at = endOfString(at, end);
  pairKeyEnd = at - 1;
  at = skipSpace(at, end) + 1; // the colon
  pairValue = skipSpace(at, end);
  pairValueEnd = endOfValue(pairValue, end);
  return pairValueEnd;
}

/** Is the last pair's key this ASCII literal? */
export function pairIs(text: string): bool {
  return pairKeyEnd - pairKey == asciiLength(text) && asciiIs(pairKey, text);
}

// --- lists of blocks

/** First element of the list whose bracket is at `from`; what is there may be the closing bracket. */
// @ts-ignore: decorator
@inline
export function firstInList(from: usize, end: usize): usize {
  return skipSpace(from + 1, end);
}

/** The element behind the one that ends at `at`. */
// @ts-ignore: decorator
@inline
export function nextInList(at: usize, end: usize): usize {
  at = skipSpace(at, end);
  return at < end && load<u8>(at) == 0x2c ? skipSpace(at + 1, end) : at;
}

/** Is there an element at `at`? */
// @ts-ignore: decorator
@inline
export function inList(at: usize, end: usize): bool {
  return at < end && load<u8>(at) != 0x5d;
}

/** Inside of the text that textOfBlock() or findFirstText() found, quotes excluded. */
export let firstTextStart: usize = 0;
export let firstTextEnd: usize = 0;

export function setFirstText(start: usize, end: usize): void {
  firstTextStart = start;
  firstTextEnd = end;
}

/** Finds the text of a text block. */
export function textOfBlock(at: usize, end: usize): bool {
  if (load<u8>(at) != 0x7b) return false;
  let isText = false;
  let found = false;
  let next = at + 1;
  while ((next = nextPair(next, end))) {
    if (pairIs("type")) isText = pairValueEnd - pairValue == 6 && load<u32>(pairValue + 1) == 0x74786574;
    else if (pairIs("text")) {
      found = load<u8>(pairValue) == 0x22;
      firstTextStart = pairValue + 1;
      firstTextEnd = pairValueEnd - 1;
    }
  }
  return isText && found;
}

/** Finds the first text block of a list; false if the value at `from` is none or has none. */
export function findFirstText(from: usize, end: usize): bool {
  if (load<u8>(from) != 0x5b) return false;
  let at = firstInList(from, end);
  while (inList(at, end)) {
    const stop = endOfValue(at, end);
    if (textOfBlock(at, stop)) return true;
    at = nextInList(stop, end);
  }
  return false;
}
