// Keys as numbers: a key is told by its length, its first eight bytes and its last eight, which no two names of a list may have in common, and
// found by them in a table. So whoever reads an object compares numbers, however many fields there are.

import { asciiBytes, asciiLength } from "../bytes/ascii";
import { keyHead, keyLength, keyTail } from "./cursor";

/** Numbers by hash, 0 for none: a byte each. Full slots follow one another. */
const SLOTS: usize = 256;
/** Behind them, of each name by its number: u64 head, u64 tail, u32 length. Number 0 is the empty key, which nobody wants. */
const ENTRY: usize = 24;

/** Makes a table of a list of names, a space behind each; their numbers count from 1. It is zeros before, 256 bytes and 24 for each name and one more. */
export function makeKeys(table: usize, names: string): void {
  let from = asciiBytes(names);
  const end = from + asciiLength(names);
  let entry = table + SLOTS;
  if (load<u32>(entry + ENTRY, 16)) return; // it was made before
  for (let number: u32 = 1; from < end; number++) {
    entry += ENTRY;
    let head: u64 = 0;
    let tail: u64 = 0;
    let length: u32 = 0;
    for (; load<u8>(from) != 0x20; from++) {
      const c = <u64>load<u8>(from);
      if (length < 8) head |= c << (length << 3);
      tail = (tail >> 8) | (c << 56);
      length++;
    }
    from++;
    if (length <= 8) tail = 0;
    let slot = slotOf(head, tail);
    while (load<u8>(table + slot)) slot = (slot + 1) & (SLOTS - 1);
    store<u8>(table + slot, <u8>number);
    store<u64>(entry, head);
    store<u64>(entry, tail, 8);
    store<u32>(entry, length, 16);
  }
}

// @ts-ignore: decorator
@inline
function slotOf(head: u64, tail: u64): usize {
  return <usize>(((head ^ (tail >> 7)) * 0x9e3779b97f4a7c15) >> 56);
}

/** Number of the cursor's key; 0 if it is none of the names. */
// @ts-ignore: decorator
@inline
export function findKey(table: usize): u32 {
  let slot = slotOf(keyHead, keyTail);
  while (true) {
    const number = <u32>load<u8>(table + slot);
    const entry = table + SLOTS + <usize>number * ENTRY;
    if (!number || (load<u64>(entry) == keyHead && load<u64>(entry, 8) == keyTail && load<u32>(entry, 16) == keyLength)) return number;
    slot = (slot + 1) & (SLOTS - 1);
  }
}
