// The inside of a JSON string to UTF-8. Escapes were judged when the row was read, so every backslash starts a good one.
// A surrogate without its other half becomes U+FFFD. Bytes that are not UTF-8 are passed through and told by isDamaged().

import { validUtf8 } from "../bytes/utf8";
import { BACKSLASHES } from "../bytes/vectors";

/** What the letters from b to t stand for behind a backslash. */
const LETTERS = memory.data<u8>([0x08, 0, 0, 0, 0x0c, 0, 0, 0, 0, 0, 0, 0, 0x0a, 0, 0, 0, 0x0d, 0, 0x09]);

/** Behind the escape that was written. */
let behind: usize = 0;

/** The number that four hexadecimal digits are: first what each of them is, then two and two, then all of them. */
function fourDigits(at: usize): u32 {
  const digits = load<u32>(at);
  const each = (digits & 0x0f0f0f0f) + ((digits >> 6) & 0x01010101) * 9;
  const two = ((each << 4) | (each >> 8)) & 0x00ff00ff;
  return ((two << 8) | (two >> 16)) & 0xffff;
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
  const more: u32 = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  for (let at = to + more; at > to; at--) {
    store<u8>(at, 0x80 | (point & 63));
    point >>= 6;
  }
  // as many bits as there are bytes
  store<u8>(to, (-128 >> more) | point);
  return to + more + 1;
}

/** What a character other than u stands for behind a backslash: what is no letter, for itself. */
// @ts-ignore: decorator
@inline
function simple(c: u8): u8 {
  return c < 0x62 ? c : load<u8>(LETTERS + c - 0x62);
}

/** The escape at `from` (a backslash) written at `to`; where to go on is left in `behind`. */
// @ts-ignore: decorator
@inline
function writeEscape(from: usize, end: usize, to: usize): usize {
  const c = load<u8>(from, 1);
  if (c == 0x75) return writeUnicode(from, end, to);
  behind = from + 2;
  store<u8>(to, simple(c));
  return to + 1;
}

/** Decodes `length` bytes of a string's inside to `to`, which has room for as many; answers the bytes written. Ask isDamaged() whether they are UTF-8. */
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

/** Bits that a letter's place in LESS is told by: what is no letter lacks the upper one, and its place is beyond the table. */
const LETTER = memory.data<u64>([0x4f4f4f4f4f4f4f4f, 0x4f4f4f4f4f4f4f4f]);
/**
 * What to take from n, f, t and r, each by what its low half lacks to 15, to have what they stand for behind a backslash. From a
 * backslash, u and b more is taken than there is.
 */
const LESS = memory.data<u8>([0, 0x64, 0, 0x80, 0, 0, 0, 0, 0, 0x5a, 0x80, 0x6b, 0, 0x65, 0, 0]);
/** Of eight bytes, by a mask of those that are dropped: the places of the others in eight bytes, then the same plus eight. */
const KEPT: usize = memory.data(256 * 16, 16);
if (ASC_FEATURE_SIMD) {
  for (let mask: usize = 0; mask < 256; mask++) {
    let at = KEPT + (mask << 4);
    for (let place: usize = 0; place < 8; place++) {
      store<u8>(at, <u8>place);
      store<u8>(at, <u8>place + 8, 8);
      at += ((mask >> place) & 1) ^ 1;
    }
  }
}

/** Sixteen bytes, what follows a backslash replaced by what it stands for: with the sign bit changed where that is not so simple. */
// @ts-ignore: decorator
@inline
function unescaped(bytes: v128, escaped: v128, letter: v128, less: v128): v128 {
  return i8x16.sub(bytes, v128.and(escaped, i8x16.swizzle(less, v128.andnot(letter, bytes))));
}

/** Writes sixteen bytes at `to` without those of a mask. */
// @ts-ignore: decorator
@inline
function storeKept(bytes: v128, dropped: u32, to: usize): void {
  const low = <usize>(dropped & 255);
  const places = v128.load64_lane(<usize>((dropped >> 8) << 4), v128.load64_zero(low << 4, KEPT), 1, KEPT + 8);
  const kept = i8x16.swizzle(bytes, places);
  v128.store(to, kept);
  v128.store64_lane(to - <usize>popcnt(<u32>low), kept, 1, 8);
}

/**
 * Translates and drops backslashes without asking where they are: there is one in every second turn, and a branch would be guessed
 * wrong as often. Only where a backslash, a number or something rare is escaped, the loop is left.
 */
export function decodeSimd(from: usize, end: usize, to: usize): usize {
  const first = to;
  const backslash = v128.load(BACKSLASHES);
  const letter = v128.load(LETTER);
  const less = v128.load(LESS);
  const none = i8x16.splat(0);
  let high = none;
  // the backslashes of the sixteen bytes before
  let before = none;
  while (from + 32 <= end) {
    let a: v128;
    let b: v128;
    let backslashesA: v128;
    let backslashesB: v128;
    let changedA: v128;
    let changedB: v128;
    let isOdd: bool;
    do {
      a = v128.load(from);
      b = v128.load(from, 16);
      backslashesA = i8x16.eq(a, backslash);
      backslashesB = i8x16.eq(b, backslash);
      const escapedA = i8x16.shuffle(before, backslashesA, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
      const escapedB = i8x16.shuffle(backslashesA, backslashesB, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
      before = backslashesB;
      high = v128.or(high, v128.or(a, b));
      const meantA = unescaped(a, escapedA, letter, less);
      const meantB = unescaped(b, escapedB, letter, less);
      const droppedA = <u32>i8x16.bitmask(backslashesA);
      const droppedB = <u32>i8x16.bitmask(backslashesB);
      storeKept(meantA, droppedA, to);
      const middle = to - <usize>popcnt(droppedA);
      storeKept(meantB, droppedB, middle + 16);
      changedA = v128.xor(a, meantA);
      changedB = v128.xor(b, meantB);
      isOdd = i8x16.bitmask(v128.or(changedA, changedB)) != 0;
      if (isOdd) break;
      from += 32;
      to = middle - <usize>popcnt(droppedB) + 32;
    } while (from + 32 <= end);
    if (isOdd) {
      const place = ctz(both(changedA, changedB));
      to += <usize>(place - popcnt(both(backslashesA, backslashesB) & ((1 << place) - 1)));
      to = writeEscape(from + place - 1, end, to);
      from = behind;
      before = none;
    }
  }
  // a backslash that was the last byte is read again
  from += <isize>i8x16.extract_lane_s(before, 15);
  to += decodeScalar(from, end, to);
  sawHighByte = sawHighByte || v128.any_true(v128.and(high, i8x16.splat(<i8>0x80)));
  return to - first;
}

// @ts-ignore: decorator
@inline
function both(a: v128, b: v128): u32 {
  return <u32>i8x16.bitmask(a) | (<u32>i8x16.bitmask(b) << 16);
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
    let c: u32 = load<u8>(from++);
    if (c == 0x5c) {
      c = load<u8>(from++);
      if (c == 0x75) {
        c = fourDigits(from);
        from += 4;
      } else {
        c = simple(<u8>c);
      }
    }
    if (c != 0x20 && c != 0x09 && c != 0x0a && c != 0x0d) return false;
  }
  return true;
}
