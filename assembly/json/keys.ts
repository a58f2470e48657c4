// Keys as numbers: a key is found by its first eight bytes and its last eight in a table of names, and told by all of them. So whoever reads
// an object compares numbers, however many fields there are.

import { asciiBytes, asciiLength } from "../bytes/ascii";
import { equalBytes } from "../bytes/strings";

/** Numbers by hash, 0 for none: a byte each. Full slots follow one another. */
const SLOTS: usize = 256;
/** Behind them, of each name by its number, from 1: u64 head, u64 tail, u32 length, u32 address. */
const ENTRY: usize = 24;

/** A table of no names. */
export const NO_KEYS: usize = memory.data(256);

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
    store<u32>(entry, <u32>from, 20);
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

/** First eight bytes of a text, zeros behind a shorter one. Bytes behind it may be read. */
// @ts-ignore: decorator
@inline
export function headOf(from: usize, length: usize): u64 {
  const head = load<u64>(from);
  return length < 8 ? head & (((<u64>1) << (<u64>length << 3)) - 1) : head;
}

/** Last eight bytes of a longer text, else 0. */
// @ts-ignore: decorator
@inline
export function tailOf(from: usize, length: usize): u64 {
  return length > 8 ? load<u64>(from + length - 8) : 0;
}

/** A place among 256 for a text. */
// @ts-ignore: decorator
@inline
export function slotOf(head: u64, tail: u64): usize {
  return <usize>(((head ^ (tail >> 9)) * 0x9e3779b97f4a7c15) >> 56);
}

/** Number of a key; 0 if it is none of the names. */
// @ts-ignore: decorator
@inline
export function findKey(table: usize, from: usize, length: u32): u32 {
  const head = headOf(from, length);
  const tail = tailOf(from, length);
  const slot = slotOf(head, tail);
  const number = <u32>load<u8>(table + slot);
  if (!number) return 0;
  // mostly it is the first one looked at, without a loop and a call; what is longer than both ends is looked at whole
  const entry = table + SLOTS + <usize>number * ENTRY;
  const differs = (load<u64>(entry) ^ head) | (load<u64>(entry, 8) ^ tail) | <u64>(load<u32>(entry, 16) ^ length);
  return !differs && length <= 16 ? number : findFrom(table, slot, from, length);
}

function findFrom(table: usize, slot: usize, from: usize, length: u32): u32 {
  while (true) {
    const number = <u32>load<u8>(table + slot);
    const entry = table + SLOTS + <usize>number * ENTRY;
    if (!number || (load<u32>(entry, 16) == length && equalBytes(load<u32>(entry, 20), from, length))) return number;
    slot = (slot + 1) & (SLOTS - 1);
  }
}
