// The inside of a JSON string to UTF-8. Escapes were judged when the row was read, so every backslash starts a good one.
// A surrogate without its other half becomes U+FFFD. Bytes that are not UTF-8 are passed through and told by isDamaged().

import { validUtf8 } from "../bytes/utf8";

/** Bytes that decodeText may write behind what it answers. It also reads up to 128 bytes behind its input. */
export const TEXT_SLACK: usize = 192;

/** What a simple escape stands for, by the character behind the backslash. */
const SIMPLE: usize = simpleEscapes();

function simpleEscapes(): usize {
  const table = memory.data(256);
  store<u8>(table + 0x22, 0x22);
  store<u8>(table + 0x5c, 0x5c);
  store<u8>(table + 0x2f, 0x2f);
  store<u8>(table + 0x62, 0x08);
  store<u8>(table + 0x66, 0x0c);
  store<u8>(table + 0x6e, 0x0a);
  store<u8>(table + 0x72, 0x0d);
  store<u8>(table + 0x74, 0x09);
  return table;
}

/** Behind the escape that readUnicode() read. */
let behind: usize = 0;

// @ts-ignore: decorator
@inline
function nibble(c: u32): u32 {
  return c <= 0x39 ? c - 0x30 : (c | 0x20) - 0x57;
}

// @ts-ignore: decorator
@inline
function fourDigits(at: usize): u32 {
  return (nibble(load<u8>(at)) << 12) | (nibble(load<u8>(at, 1)) << 8) | (nibble(load<u8>(at, 2)) << 4) | nibble(load<u8>(at, 3));
}

/** Writes the character of the `\u` escape at `from` (one half or a whole pair); answers the address behind it in `to`. */
function writeUnicode(from: usize, end: usize, to: usize): usize {
  let point = fourDigits(from + 2);
  behind = from + 6;
  if (point >= 0xd800 && point < 0xe000) {
    let low: u32 = 0;
    if (point < 0xdc00 && behind + 6 <= end && load<u16>(behind) == 0x755c) low = fourDigits(behind + 2);
    if (low >= 0xdc00 && low < 0xe000) {
      point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
      behind += 6;
    } else {
      point = 0xfffd;
    }
  }
  if (point < 0x80) {
    store<u8>(to, point);
    return to + 1;
  }
  if (point < 0x800) {
    store<u8>(to, 0xc0 | (point >> 6));
    store<u8>(to, 0x80 | (point & 63), 1);
    return to + 2;
  }
  if (point < 0x10000) {
    store<u8>(to, 0xe0 | (point >> 12));
    store<u8>(to, 0x80 | ((point >> 6) & 63), 1);
    store<u8>(to, 0x80 | (point & 63), 2);
    return to + 3;
  }
  store<u8>(to, 0xf0 | (point >> 18));
  store<u8>(to, 0x80 | ((point >> 12) & 63), 1);
  store<u8>(to, 0x80 | ((point >> 6) & 63), 2);
  store<u8>(to, 0x80 | (point & 63), 3);
  return to + 4;
}

/** The escape at `from` (a backslash) written at `to`; where to go on is left in `behind`. */
// @ts-ignore: decorator
@inline
function writeEscape(from: usize, end: usize, to: usize): usize {
  const c = load<u8>(from, 1);
  if (c == 0x75) return writeUnicode(from, end, to);
  behind = from + 2;
  store<u8>(to, load<u8>(SIMPLE + c));
  return to + 1;
}

/**
 * Decodes `length` bytes of a string's inside to `to`, which has room for `length` + TEXT_SLACK; answers the bytes written.
 * Ask isDamaged() whether they are UTF-8.
 */
export function decodeText(from: usize, length: usize, to: usize): usize {
  return ASC_FEATURE_SIMD ? decodeSimd(from, from + length, to) : decodeScalar(from, from + length, to);
}

/** Are the bytes just decoded, or with `unseen` any bytes, something else than valid UTF-8? */
export function isDamaged(from: usize, length: usize, unseen: bool = false): bool {
  if (unseen ? isAscii(from, length) : !sawHighByte) return false;
  return !validUtf8(from, length);
}

let sawHighByte: bool = false;

/** The meaning of decodeSimd. */
export function decodeScalar(from: usize, end: usize, to: usize): usize {
  const first = to;
  let high: u8 = 0;
  while (from < end) {
    const c = load<u8>(from);
    if (c == 0x5c) {
      to = writeEscape(from, end, to);
      from = behind;
    } else {
      high |= c;
      store<u8>(to++, c);
      from++;
    }
  }
  sawHighByte = high >= 0x80;
  return to - first;
}

export function decodeSimd(from: usize, end: usize, to: usize): usize {
  const first = to;
  const backslash = i8x16.splat(0x5c);
  let high = i8x16.splat(0);
  while (from + 64 <= end) {
    const a = v128.load(from);
    const b = v128.load(from, 16);
    const c = v128.load(from, 32);
    const d = v128.load(from, 48);
    high = v128.or(high, v128.or(v128.or(a, b), v128.or(c, d)));
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
    let mask =
      <u64>(<u32>i8x16.bitmask(i8x16.eq(a, backslash)) | (<u32>i8x16.bitmask(i8x16.eq(b, backslash)) << 16)) |
      (<u64>(<u32>i8x16.bitmask(i8x16.eq(c, backslash)) | (<u32>i8x16.bitmask(i8x16.eq(d, backslash)) << 16)) << 32);
    if (!mask) {
      from += 64;
      to += 64;
      continue;
    }
    // Behind every escape the next 64 bytes are copied whole, however near the next escape is: what is too much is
    // written over. That is cheaper than asking how long the stretch is.
    let start: usize = 0;
    do {
      const stop = <usize>ctz(mask);
      to += stop - start;
      const escape = load<u8>(from + stop, 1);
      if (escape == 0x75) {
        to = writeUnicode(from + stop, end, to);
        start = behind - from;
        if (start >= 64) break;
        mask &= ~(<u64>0) << (<u64>start);
      } else {
        store<u8>(to++, load<u8>(SIMPLE + escape));
        start = stop + 2;
        // the backslash and what it escapes, which may be a backslash: both bits go
        mask &= ~((<u64>3) << (<u64>stop));
      }
      const next = from + start;
      const e = v128.load(next);
      const f = v128.load(next, 16);
      const g = v128.load(next, 32);
      const h = v128.load(next, 48);
      v128.store(to, e);
      v128.store(to, f, 16);
      v128.store(to, g, 32);
      v128.store(to, h, 48);
    } while (mask);
    if (start < 64) {
      to += 64 - start;
      from += 64;
    } else {
      from += start;
    }
  }
  to += decodeScalar(from, end, to);
  sawHighByte = sawHighByte || v128.any_true(v128.and(high, i8x16.splat(<i8>0x80)));
  return to - first;
}

function isAscii(from: usize, length: usize): bool {
  const end = from + length;
  if (ASC_FEATURE_SIMD) {
    let high = i8x16.splat(0);
    while (from + 64 <= end) {
      high = v128.or(high, v128.or(v128.or(v128.load(from), v128.load(from, 16)), v128.or(v128.load(from, 32), v128.load(from, 48))));
      from += 64;
    }
    if (v128.any_true(v128.and(high, i8x16.splat(<i8>0x80)))) return false;
  }
  let rest: u64 = 0;
  while (from + 8 <= end) {
    rest |= load<u64>(from);
    from += 8;
  }
  while (from < end) rest |= <u64>load<u8>(from++);
  return (rest & 0x8080808080808080) == 0;
}

/** Is the string's inside nothing but spaces, tabs and line breaks? */
export function isBlank(from: usize, end: usize): bool {
  while (from < end) {
    const c = load<u8>(from);
    if (c == 0x5c) {
      const e = load<u8>(from, 1);
      if (e == 0x75) {
        const point = fourDigits(from + 2);
        if (point != 0x20 && point != 0x09 && point != 0x0a && point != 0x0d) return false;
        from += 6;
        continue;
      }
      if (e != 0x6e && e != 0x72 && e != 0x74) return false;
      from += 2;
    } else if (c == 0x20) {
      from++;
    } else {
      return false;
    }
  }
  return true;
}
