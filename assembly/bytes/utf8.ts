// UTF-8: is it valid, and if not, made valid. What leaves the core is always valid, whatever came in.

/** Bytes of the well-formed sequence at `at`, or 0; `end` bounds it. Overlong forms and surrogates are ill-formed. */
// @ts-ignore: decorator
@inline
function sequence(at: usize, end: usize): u32 {
  const a = <u32>load<u8>(at);
  if (a < 0x80) return 1;
  if (a < 0xc2 || a > 0xf4) return 0;
  if (at + 1 >= end) return 0;
  const b = <u32>load<u8>(at, 1);
  if (a < 0xe0) return (b & 0xc0) == 0x80 ? 2 : 0;
  if (a < 0xf0) {
    const low: u32 = a == 0xe0 ? 0xa0 : 0x80;
    const high: u32 = a == 0xed ? 0x9f : 0xbf;
    if (b < low || b > high || at + 2 >= end) return 0;
    return (load<u8>(at, 2) & 0xc0) == 0x80 ? 3 : 0;
  }
  const low: u32 = a == 0xf0 ? 0x90 : 0x80;
  const high: u32 = a == 0xf4 ? 0x8f : 0xbf;
  if (b < low || b > high || at + 3 >= end) return 0;
  return (load<u8>(at, 2) & 0xc0) == 0x80 && (load<u8>(at, 3) & 0xc0) == 0x80 ? 4 : 0;
}

/** Bytes of the longest part at `at` that could have begun a sequence: what one replacement character stands for. */
function illFormed(at: usize, end: usize): u32 {
  const a = <u32>load<u8>(at);
  if (a < 0xc2 || a > 0xf4 || at + 1 >= end) return 1;
  const b = <u32>load<u8>(at, 1);
  const low: u32 = a == 0xe0 ? 0xa0 : a == 0xf0 ? 0x90 : 0x80;
  const high: u32 = a == 0xed ? 0x9f : a == 0xf4 ? 0x8f : 0xbf;
  if (b < low || b > high) return 1;
  if (a < 0xf0 || at + 2 >= end || (load<u8>(at, 2) & 0xc0) != 0x80) return 2;
  return 3;
}

/** Are the bytes valid UTF-8? */
export function validUtf8(from: usize, length: usize): bool {
  return ASC_FEATURE_SIMD ? validUtf8Simd(from, length) : validUtf8Scalar(from, length);
}

const LAST: usize = memory.data(16, 16);

/**
 * Sixteen bytes at a time, by looking up nibbles of neighbouring bytes: Keiser and Lemire, "Validating UTF-8 In Less Than One
 * Instruction Per Byte" (2021). Each bit of the tables is one way in which two neighbours are wrong.
 */
export function validUtf8Simd(from: usize, length: usize): bool {
  const end = from + length;
  let error = i8x16.splat(0);
  let previous = i8x16.splat(0);
  let incomplete = i8x16.splat(0);
  while (from < end) {
    let input: v128;
    if (from + 16 <= end) {
      input = v128.load(from);
    } else {
      v128.store(LAST, i8x16.splat(0));
      for (let i: usize = 0; from + i < end; i++) store<u8>(LAST + i, load<u8>(from + i));
      input = v128.load(LAST);
    }
    from += 16;
    if (!i8x16.bitmask(input)) {
      error = v128.or(error, incomplete);
      incomplete = i8x16.splat(0);
      previous = input;
      continue;
    }
    const one = i8x16.shuffle(previous, input, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
    const two = i8x16.shuffle(previous, input, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
    const three = i8x16.shuffle(previous, input, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
    const pairs = v128.and(
      v128.and(
        i8x16.swizzle(i8x16(2, 2, 2, 2, 2, 2, 2, 2, -128, -128, -128, -128, 33, 1, 21, 73), i8x16.shr_u(one, 4)),
        i8x16.swizzle(i8x16(-25, -93, -125, -125, -117, -53, -53, -53, -53, -53, -53, -53, -53, -37, -53, -53), v128.and(one, i8x16.splat(15))),
      ),
      i8x16.swizzle(i8x16(1, 1, 1, 1, 1, 1, 1, 1, -26, -82, -70, -70, 1, 1, 1, 1), i8x16.shr_u(input, 4)),
    );
    // third and fourth bytes of a character must be continuations, and only those may follow one
    const wanted = v128.and(
      v128.or(i8x16.sub_sat_u(two, i8x16.splat(<i8>(0xe0 - 0x80))), i8x16.sub_sat_u(three, i8x16.splat(<i8>(0xf0 - 0x80)))),
      i8x16.splat(<i8>0x80),
    );
    error = v128.or(error, v128.xor(wanted, pairs));
    incomplete = i8x16.sub_sat_u(input, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, <i8>0xef, <i8>0xdf, <i8>0xbf));
    previous = input;
  }
  return !v128.any_true(v128.or(error, incomplete));
}

/** The meaning of validUtf8Simd. ASCII is passed over eight bytes at a time. */
export function validUtf8Scalar(from: usize, length: usize): bool {
  const end = from + length;
  while (from < end) {
    while (from + 8 <= end && !(load<u64>(from) & 0x8080808080808080)) from += 8;
    if (from >= end) break;
    const bytes = sequence(from, end);
    if (!bytes) return false;
    from += bytes;
  }
  return true;
}

/** Copies, each ill-formed part replaced by U+FFFD (as the WHATWG decoder does); `to` needs three times `length`. Answers the bytes written. */
export function repairUtf8(from: usize, length: usize, to: usize): usize {
  const first = to;
  const end = from + length;
  while (from < end) {
    const bytes = sequence(from, end);
    if (bytes) {
      for (let i: u32 = 0; i < bytes; i++) store<u8>(to + i, load<u8>(from + i));
      from += bytes;
      to += bytes;
    } else {
      store<u8>(to, 0xef);
      store<u8>(to, 0xbf, 1);
      store<u8>(to, 0xbd, 2);
      to += 3;
      from += illFormed(from, end);
    }
  }
  return to - first;
}

/** The longest length of at most `limit` bytes that does not cut a character. */
export function wholeCharacters(from: usize, length: usize, limit: usize): usize {
  if (length <= limit) return length;
  let cut = limit;
  while (cut > 0 && (load<u8>(from + cut) & 0xc0) == 0x80) cut--;
  return cut;
}
