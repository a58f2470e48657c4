// Vectors of one byte each, to load before a loop: V8 makes a constant anew in every turn.

export const QUOTES = memory.data<u64>([0x2222222222222222, 0x2222222222222222]);
export const BACKSLASHES = memory.data<u64>([0x5c5c5c5c5c5c5c5c, 0x5c5c5c5c5c5c5c5c]);
/** The low half of a byte. */
export const LOW_HALVES = memory.data<u64>([0x0f0f0f0f0f0f0f0f, 0x0f0f0f0f0f0f0f0f]);
