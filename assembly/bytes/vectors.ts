// Vectors of one byte each, to load before a loop: V8 makes a constant anew in every turn.

export const QUOTES = memory.data<u64>([0x2222222222222222, 0x2222222222222222]);
export const BACKSLASHES = memory.data<u64>([0x5c5c5c5c5c5c5c5c, 0x5c5c5c5c5c5c5c5c]);
/** The last control character of ASCII. */
export const LAST_CONTROLS = memory.data<u64>([0x1f1f1f1f1f1f1f1f, 0x1f1f1f1f1f1f1f1f]);
/** The low half of a byte. */
export const LOW_HALVES = memory.data<u64>([0x0f0f0f0f0f0f0f0f, 0x0f0f0f0f0f0f0f0f]);

/** Which bytes are control characters; `last` is LAST_CONTROLS. */
// @ts-ignore: decorator
@inline
export function isControl(bytes: v128, last: v128): v128 {
  return i8x16.eq(i8x16.min_u(bytes, last), bytes);
}
