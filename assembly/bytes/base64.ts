// Base64 (RFC 4648, standard alphabet, padding optional) to bytes, to say how large a left-out image was and which one.

import { LOW_HALVES } from "./vectors";

/** Decodes `length` characters at `from` to `to` (room for `length` + 16); answers the number of bytes, -1 if it is no base64. */
export function decodeBase64(from: usize, length: usize, to: usize): i32 {
  const bare = withoutPadding(from, length);
  if (bare < 0) return -1;
  const end = from + bare;
  const first = to;
  if (ASC_FEATURE_SIMD) {
    const whole = decodeWhole(from, end, to);
    from += whole << 4;
    to += whole * 12;
  }
  const rest = decodeBare(from, end, to);
  return rest < 0 ? -1 : <i32>(to - first) + rest;
}

/** The meaning of decodeBase64. */
export function decodeBase64Scalar(from: usize, length: usize, to: usize): i32 {
  const bare = withoutPadding(from, length);
  return bare < 0 ? -1 : decodeBare(from, from + bare, to);
}

/** Length without padding, -1 if no base64 is that long. */
function withoutPadding(from: usize, length: usize): i32 {
  let bare = length;
  while (bare && length - bare < 2 && load<u8>(from + bare - 1) == 0x3d) bare--;
  return (bare & 3) == 1 || (bare != length && length & 3) ? -1 : <i32>bare;
}

function decodeBare(from: usize, end: usize, to: usize): i32 {
  const first = to;
  let bits: u32 = 0;
  let held: u32 = 0;
  while (from < end) {
    const c = <u32>load<u8>(from++);
    let six: u32 = 0;
    if (c - 0x41 < 26) six = c - 0x41;
    else if (c - 0x61 < 26) six = c - 0x61 + 26;
    else if (c - 0x30 < 10) six = c - 0x30 + 52;
    else if (c == 0x2b) six = 62;
    else if (c == 0x2f) six = 63;
    else return -1;
    bits = (bits << 6) | six;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    store<u8>(to++, <u8>(bits >> held));
  }
  return <i32>(to - first);
}

// By the low and by the high half of a character, bits of which both have one where it is not of the alphabet; and by the high half,
// a slash counting as one less, what makes six bits of it. Wojciech Mula and Daniel Lemire, "Faster Base64 Encoding and Decoding
// Using AVX2 Instructions" (2018).
const LOW = memory.data<u8>([0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a]);
const HIGH = memory.data<u8>([0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10]);
const MORE = memory.data<u8>([0, 16, 19, 4, 191, 191, 185, 185, 0, 0, 0, 0, 0, 0, 0, 0]);
const SLASH = memory.data<u64>([0x2f2f2f2f2f2f2f2f, 0x2f2f2f2f2f2f2f2f]);

/** Decodes sixteen characters to twelve bytes (sixteen are written) as long as all are of the alphabet; answers how often. */
function decodeWhole(from: usize, end: usize, to: usize): usize {
  const lows = v128.load(LOW);
  const highs = v128.load(HIGH);
  const more = v128.load(MORE);
  const lowHalf = v128.load(LOW_HALVES);
  const slash = v128.load(SLASH);
  const first = from;
  for (; from + 16 <= end; from += 16) {
    const v = v128.load(from);
    const high = v128.and(i32x4.shr_u(v, 4), lowHalf);
    if (v128.any_true(v128.and(i8x16.swizzle(lows, v128.and(v, lowHalf)), i8x16.swizzle(highs, high)))) break;
    const six = i8x16.add(v, i8x16.swizzle(more, i8x16.add(high, i8x16.eq(v, slash))));
    // four times six bits, first character lowest, to 24 bits, first character highest
    const twelve = v128.or(i16x8.shr_u(i16x8.shl(six, 8), 2), i16x8.shr_u(six, 8));
    const joined = v128.or(i32x4.shr_u(i32x4.shl(twelve, 16), 4), i32x4.shr_u(twelve, 16));
    v128.store(to, i8x16.shuffle(joined, joined, 2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 0, 0, 0, 0));
    to += 12;
  }
  return (from - first) >> 4;
}
