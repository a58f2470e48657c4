// UTF-8 to the inside of a JSON string, the other way than text.ts: quotes, backslashes and control characters are escaped.
// Two versions: with SIMD, and one byte at a time, which is the meaning of the other. That the bytes are UTF-8 is not looked at.

import { writeHex } from "../bytes/decimal";
import { BACKSLASHES, LAST_CONTROLS, QUOTES, isControl } from "../bytes/vectors";

/** Bytes that escaping `length` bytes may need; some more than the longest escape times their number. */
// @ts-ignore: decorator
@inline
export function roomForEscaped(length: usize): usize {
  return length * 6 + 16;
}

/** Escapes the bytes between two addresses to `to`; answers the address behind. */
export function escapeText(from: usize, end: usize, to: usize): usize {
  return ASC_FEATURE_SIMD ? escapeSimd(from, end, to) : escapeScalar(from, end, to);
}

/** What a control character lacks to the letter that stands for it behind a backslash: b, t, n, f and r. */
const LACKED = memory.data<u8>([0, 0, 0, 0, 0, 0, 0, 0, 0x5a, 0x6b, 0x64, 0, 0x5a, 0x65, 0, 0]);

function escapeByte(from: usize, to: usize): usize {
  const c = load<u8>(from);
  const lacked = c < 16 ? load<u8>(LACKED + c) : 0;
  if (c >= 0x20 && c != 0x22 && c != 0x5c) {
    store<u8>(to, c);
    return to + 1;
  }
  store<u8>(to, 0x5c);
  if (c >= 0x20 || lacked) {
    store<u8>(to, c + lacked, 1);
    return to + 2;
  }
  store<u8>(to, 0x75, 1);
  store<u16>(to, 0x3030, 2);
  return writeHex(from, 1, to + 4);
}

/** The meaning of escapeSimd. */
export function escapeScalar(from: usize, end: usize, to: usize): usize {
  for (; from < end; from++) to = escapeByte(from, to);
  return to;
}

/** Of eight bytes and a backslash behind them, by a mask of those to escape: the places, a backslash before each of these. */
const PLACES: usize = memory.data(256 * 16, 16);
if (ASC_FEATURE_SIMD) {
  for (let mask: usize = 0; mask < 256; mask++) {
    let at = PLACES + (mask << 4);
    for (let place: usize = 0; place < 8; place++) {
      store<u8>(at, 8);
      at += (mask >> place) & 1;
      store<u8>(at++, <u8>place);
    }
  }
}

/** Without asking where there is something to escape, but for what needs a number: JSON has a quote in every second turn. */
export function escapeSimd(from: usize, end: usize, to: usize): usize {
  const quote = v128.load(QUOTES);
  const backslash = v128.load(BACKSLASHES);
  const lastControl = v128.load(LAST_CONTROLS);
  const lacked = v128.load(LACKED);
  while (from < end) {
    while (from + 16 <= end) {
      const bytes = v128.load(from);
      const mask = <u32>(
        i8x16.bitmask(v128.or(isControl(bytes, lastControl), v128.or(i8x16.eq(bytes, quote), i8x16.eq(bytes, backslash))))
      );
      const letters = i8x16.add(bytes, i8x16.swizzle(lacked, bytes));
      if (i8x16.bitmask(isControl(letters, lastControl))) break;
      const low = i8x16.shuffle(letters, backslash, 0, 1, 2, 3, 4, 5, 6, 7, 16, 16, 16, 16, 16, 16, 16, 16);
      v128.store(to, i8x16.swizzle(low, v128.load(<usize>((mask & 255) << 4), PLACES)));
      const high = i8x16.shuffle(letters, backslash, 8, 9, 10, 11, 12, 13, 14, 15, 16, 16, 16, 16, 16, 16, 16, 16);
      v128.store(to + <usize>popcnt(mask & 255), i8x16.swizzle(high, v128.load(<usize>((mask >> 8) << 4), PLACES)), 8);
      to += 16 + <usize>popcnt(mask);
      from += 16;
    }
    const next = min(end, from + 16);
    to = escapeScalar(from, next, to);
    from = next;
  }
  return to;
}
