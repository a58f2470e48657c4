// Strings of the record as names: decoded, made valid UTF-8, and interned.

import { allocate, release } from "../bytes/heap";
import { murmur3 } from "../bytes/murmur3";
import { equalBytes, intern, stringHash, strings } from "../bytes/strings";
import { repairUtf8 } from "../bytes/utf8";
import { headOf, slotOf, tailOf } from "./keys";
import { decodeText, isDamaged } from "./text";

/** Names asked for lately, by a hash of their ends: most come again soon, and are found without a hash of all of them. */
const LATELY: usize = memory.data(256 * 4, 4);

/** Strings have new numbers. */
export function forgetNames(): void {
  memory.fill(LATELY, 0, 256 * 4);
}

/** Number of the string whose inside, as written, lies between two addresses; 0 for an empty one. */
export function internText(from: usize, end: usize): u32 {
  const length = end - from;
  if (!length) return 0;
  const place = LATELY + (slotOf(headOf(from, length), tailOf(from, length)) << 2);
  const last = load<u32>(place);
  const row = strings.at(last);
  if (<usize>row.length == length && !row.escaped && equalBytes(row.pointer, from, length)) return last;
  const name = isPlain(from, end) ? intern(from, <u32>length) : internUnusual(from, length);
  store<u32>(place, name);
  return name;
}

/** Is every byte ASCII, and none a backslash? */
function isPlain(at: usize, end: usize): bool {
  let found: u64 = 0;
  for (; at + 8 <= end; at += 8) {
    // the high bit of what is no ASCII, and of a byte that a backslash makes zero (and then perhaps of the next one)
    const word = load<u64>(at);
    const zero = word ^ 0x5c5c5c5c5c5c5c5c;
    found |= word | ((zero - 0x0101010101010101) & ~zero);
  }
  if (found & 0x8080808080808080) return false;
  for (; at < end; at++) if (load<u8>(at) == 0x5c || load<u8>(at) >= 0x80) return false;
  return true;
}

/** The hash that the string has or would have: most ids are only compared, and need no number. 0 for an empty one. */
export function hashText(from: usize, end: usize): u64 {
  if (from == end) return 0;
  return isPlain(from, end) ? murmur3(from, <u32>(end - from)) : stringHash(internUnusual(from, end - from));
}

function internUnusual(from: usize, length: usize): u32 {
  const text = allocate(length);
  const written = decodeText(from, length, text);
  let id: u32;
  if (isDamaged(text, written)) {
    const repaired = allocate(written * 3);
    id = intern(repaired, <u32>repairUtf8(text, written, repaired));
    release(repaired, written * 3);
  } else {
    id = intern(text, <u32>written);
  }
  release(text, length);
  strings.at(id).escaped = 1;
  return id;
}
