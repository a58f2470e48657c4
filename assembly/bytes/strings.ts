// Names that repeat (sessions, models, tools, ids) as small numbers: equal bytes, equal number. String 0 is empty.

import { asciiBytes, asciiIs, asciiLength } from "./ascii";
import { clearArena, keepCopy } from "./arena";
import { Map64 } from "./map";
import { murmur3 } from "./murmur3";
import { Strip } from "./table";

@unmanaged
export class StringRow {
  pointer: u32;
  length: u32;
  hash: u64;
  /** It was written with escapes: the same bytes as written mean something else. */
  escaped: u64;
}

export const strings = new Strip<StringRow>();
const byHash = new Map64();

/** Are `length` bytes the same? Most are names, and short: words beat a call of memory.compare. */
export function equalBytes(a: usize, b: usize, length: usize): bool {
  if (length < 8) {
    if (length >= 4) return load<u32>(a) == load<u32>(b) && load<u32>(a + length - 4) == load<u32>(b + length - 4);
    for (let i: usize = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
    return true;
  }
  // the last word may overlap the one before
  const last = a + length - 8;
  const between = b - a;
  while (a + 24 < last) {
    const c = a + between;
    if ((load<u64>(a) ^ load<u64>(c)) | (load<u64>(a, 8) ^ load<u64>(c, 8)) | (load<u64>(a, 16) ^ load<u64>(c, 16)) | (load<u64>(a, 24) ^ load<u64>(c, 24))) return false;
    a += 32;
  }
  for (; a < last; a += 8) if (load<u64>(a) != load<u64>(a + between)) return false;
  return load<u64>(last) == load<u64>(last + between);
}

/** Number of the string of `length` bytes at `from`; its bytes are copied the first time it is seen. */
export function intern(from: usize, length: u32): u32 {
  if (!strings.rows) strings.add();
  if (!length) return 0;
  let key = murmur3(from, length);
  while (true) {
    const found = byHash.add(key, strings.rows);
    if (found == strings.rows) {
      const pointer = keepCopy(from, length);
      const row = strings.add();
      row.pointer = <u32>pointer;
      row.length = length;
      row.hash = key;
      return found;
    }
    const row = strings.at(found);
    if (row.length == length && equalBytes(row.pointer, from, length)) return found;
    key++; // two strings with one hash: walk on, the same way every time
  }
}

/** Number of an ASCII literal. */
export function internLiteral(text: string): u32 {
  return intern(asciiBytes(text), asciiLength(text));
}

// @ts-ignore: decorator
@inline
export function stringPointer(id: u32): usize {
  return id ? <usize>strings.at(id).pointer : 0;
}

// @ts-ignore: decorator
@inline
export function stringLength(id: u32): u32 {
  return id ? strings.at(id).length : 0;
}

/** A key for maps: the same for the same string, whatever the order strings came in. */
// @ts-ignore: decorator
@inline
export function stringHash(id: u32): u64 {
  return strings.at(id).hash;
}

/** Order by bytes: negative, zero or positive. */
export function compareStrings(a: u32, b: u32): i32 {
  if (a == b) return 0;
  const la = stringLength(a);
  const lb = stringLength(b);
  const order = memory.compare(stringPointer(a), stringPointer(b), min(la, lb));
  return order ? order : <i32>la - <i32>lb;
}

/** Does the string begin with an ASCII literal? */
export function stringStarts(id: u32, text: string): bool {
  return stringLength(id) >= asciiLength(text) && asciiIs(stringPointer(id), text);
}

/** Is the string an ASCII literal? */
export function stringIs(id: u32, text: string): bool {
  return stringLength(id) == asciiLength(text) && asciiIs(stringPointer(id), text);
}

export function clearStrings(): void {
  strings.clear();
  byHash.clear();
  clearArena();
}
