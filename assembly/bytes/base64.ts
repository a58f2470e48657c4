// Base64 (RFC 4648, standard alphabet, padding optional) to bytes, to say how large a left-out image was and which one.

/** Decodes `length` characters at `from` to `to` (room for `length` + 16); answers the number of bytes, -1 if it is no base64. */
export function decodeBase64(from: usize, length: usize, to: usize): i32 {
  const bare = withoutPadding(from, length);
  if (bare < 0) return -1;
  const end = from + bare;
  const first = to;
  if (ASC_FEATURE_SIMD) {
    while (from + 16 <= end && decode16(from, to)) {
      from += 16;
      to += 12;
    }
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

/** Sixteen characters of the standard alphabet to twelve bytes (sixteen are written); false if one is something else. */
// @ts-ignore: decorator
@inline
function decode16(from: usize, to: usize): bool {
  const v = v128.load(from);
  const upper = v128.and(i8x16.gt_s(v, i8x16.splat(0x40)), i8x16.lt_s(v, i8x16.splat(0x5b)));
  const lower = v128.and(i8x16.gt_s(v, i8x16.splat(0x60)), i8x16.lt_s(v, i8x16.splat(0x7b)));
  const digit = v128.and(i8x16.gt_s(v, i8x16.splat(0x2f)), i8x16.lt_s(v, i8x16.splat(0x3a)));
  const plus = i8x16.eq(v, i8x16.splat(0x2b));
  const slash = i8x16.eq(v, i8x16.splat(0x2f));
  if (!i8x16.all_true(v128.or(v128.or(upper, lower), v128.or(digit, v128.or(plus, slash))))) return false;
  const shift = v128.or(
    v128.or(v128.and(upper, i8x16.splat(-65)), v128.and(lower, i8x16.splat(-71))),
    v128.or(v128.and(digit, i8x16.splat(4)), v128.or(v128.and(plus, i8x16.splat(19)), v128.and(slash, i8x16.splat(16)))),
  );
  const six = i8x16.add(v, shift);
  // four times six bits, first character lowest, to 24 bits, first character highest
  const joined = v128.or(
    v128.or(i32x4.shl(v128.and(six, i32x4.splat(0x3f)), 18), i32x4.shl(v128.and(six, i32x4.splat(0x3f00)), 4)),
    v128.or(i32x4.shr_u(v128.and(six, i32x4.splat(0x3f0000)), 10), i32x4.shr_u(six, 24)),
  );
  v128.store(to, i8x16.swizzle(joined, i8x16(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1)));
  return true;
}
