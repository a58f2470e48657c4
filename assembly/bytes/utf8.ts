// UTF-8: is it valid, and if not, made valid. What leaves the core is always valid, whatever came in.

import { LOW_HALVES } from "./vectors";

/**
 * Bytes of the character at `at`, which `end` bounds. Less than none if it is ill-formed, as overlong forms and surrogates are: as many
 * bytes as could have begun a character, which is what one replacement character stands for.
 */
function character(at: usize, end: usize): i32 {
  const a = load<u8>(at);
  if (a < 0x80) return 1;
  if (a < 0xc2 || a > 0xf4 || at + 1 >= end) return -1;
  const b = load<u8>(at, 1);
  const low: u8 = a == 0xe0 ? 0xa0 : a == 0xf0 ? 0x90 : 0x80;
  const high: u8 = a == 0xed ? 0x9f : a == 0xf4 ? 0x8f : 0xbf;
  if (b < low || b > high) return -1;
  const bytes = a < 0xe0 ? 2 : a < 0xf0 ? 3 : 4;
  for (let held = 2; held < bytes; held++) if (at + held >= end || (load<u8>(at + held) & 0xc0) != 0x80) return -held;
  return bytes;
}

/** Are the bytes valid UTF-8? */
export function validUtf8(from: usize, length: usize): bool {
  return ASC_FEATURE_SIMD ? validUtf8Simd(from, length) : validUtf8Scalar(from, length);
}

const LAST: usize = memory.data(16, 16);
// By the high and by the low half of a byte, and by the high half of the next one. Each bit is one way in which two neighbours are wrong.
const FIRST_HIGH = memory.data<u8>([2, 2, 2, 2, 2, 2, 2, 2, 128, 128, 128, 128, 33, 1, 21, 73]);
const FIRST_LOW = memory.data<u8>([231, 163, 131, 131, 139, 203, 203, 203, 203, 203, 203, 203, 203, 219, 203, 203]);
const SECOND_HIGH = memory.data<u8>([1, 1, 1, 1, 1, 1, 1, 1, 230, 174, 186, 186, 1, 1, 1, 1]);
/** The greatest bytes that may stand last: what begins a character of more bytes may not. */
const GREATEST_LAST = memory.data<u64>([0xffffffffffffffff, 0xbfdfefffffffffff]);

/**
 * Sixteen bytes at a time, by looking up nibbles of neighbouring bytes: Keiser and Lemire, "Validating UTF-8 In Less Than One
 * Instruction Per Byte" (2021). ASCII is passed over 64 bytes at a time.
 */
export function validUtf8Simd(from: usize, length: usize): bool {
  const end = from + length;
  const none = i8x16.splat(0);
  const firstHigh = v128.load(FIRST_HIGH);
  const firstLow = v128.load(FIRST_LOW);
  const secondHigh = v128.load(SECOND_HIGH);
  const lowHalf = v128.load(LOW_HALVES);
  const greatestLast = v128.load(GREATEST_LAST);
  let error = none;
  let previous = none;
  let incomplete = none;
  while (from < end) {
    let input: v128;
    if (from + 16 <= end) {
      input = v128.load(from);
    } else {
      v128.store(LAST, none);
      memory.copy(LAST, from, end - from);
      input = v128.load(LAST);
    }
    from += 16;
    if (!i8x16.bitmask(input)) {
      error = v128.or(error, incomplete);
      incomplete = none;
      previous = none;
      while (from + 64 <= end && !i8x16.bitmask(v128.or(v128.or(v128.load(from), v128.load(from, 16)), v128.or(v128.load(from, 32), v128.load(from, 48))))) from += 64;
      continue;
    }
    const one = i8x16.shuffle(previous, input, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
    const two = i8x16.shuffle(previous, input, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
    const three = i8x16.shuffle(previous, input, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
    const pairs = v128.and(
      v128.and(
        i8x16.swizzle(firstHigh, v128.and(i32x4.shr_u(one, 4), lowHalf)),
        i8x16.swizzle(firstLow, v128.and(one, lowHalf)),
      ),
      i8x16.swizzle(secondHigh, v128.and(i32x4.shr_u(input, 4), lowHalf)),
    );
    // third and fourth bytes of a character must be continuations, and only those may follow one
    const wanted = v128.and(
      v128.or(i8x16.sub_sat_u(two, i8x16.splat(<i8>(0xe0 - 0x80))), i8x16.sub_sat_u(three, i8x16.splat(<i8>(0xf0 - 0x80)))),
      i8x16.splat(<i8>0x80),
    );
    error = v128.or(error, v128.xor(wanted, pairs));
    incomplete = i8x16.sub_sat_u(input, greatestLast);
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
    const bytes = character(from, end);
    if (bytes < 0) return false;
    from += bytes;
  }
  return true;
}

/** Copies, each ill-formed part replaced by U+FFFD (as the WHATWG decoder does); `to` needs three times `length`. Answers the bytes written. */
export function repairUtf8(from: usize, length: usize, to: usize): usize {
  const first = to;
  const end = from + length;
  while (from < end) {
    const bytes = character(from, end);
    if (bytes > 0) {
      for (const next = from + bytes; from < next; from++) store<u8>(to++, load<u8>(from));
    } else {
      store<u8>(to, 0xef);
      store<u8>(to, 0xbf, 1);
      store<u8>(to, 0xbd, 2);
      to += 3;
      from -= bytes;
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
