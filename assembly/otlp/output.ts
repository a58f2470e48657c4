// The output window: bytes of the request at hand, growing as needed. Positions are offsets, because growing moves it.

import { asciiBytes, asciiLength } from "../bytes/ascii";
import { allocate, blockBytes, release } from "../bytes/heap";

/** Address of the output window. */
export let out: usize = 0;
/** Bytes written. */
export let outLength: usize = 0;
let capacity: usize = 0;
/** Its first size: what is not yet written to takes no memory, and to grow there in steps would take three times as much. */
const LEAST: usize = 1 << 20;

/** Makes room for `bytes` more. */
// @ts-ignore: decorator
@inline
export function ensure(bytes: usize): void {
  if (outLength + bytes > capacity) growOutput(bytes);
}

function growOutput(bytes: usize): void {
  const size = blockBytes(max<usize>(outLength + bytes, capacity ? capacity + 1 : LEAST));
  const fresh = allocate(size);
  memory.copy(fresh, out, outLength);
  release(out, capacity);
  out = fresh;
  capacity = size;
}

// @ts-ignore: decorator
@inline
export function setLength(length: usize): void {
  outLength = length;
}

// @ts-ignore: decorator
@inline
export function addLength(bytes: usize): void {
  outLength += bytes;
}

/** What was written ends at an address. */
// @ts-ignore: decorator
@inline
export function setEnd(at: usize): void {
  outLength = at - out;
}

/** One byte; room was made. */
// @ts-ignore: decorator
@inline
export function put(byte: u8): void {
  store<u8>(out + outLength++, byte);
}

/** One byte; makes room. */
export function putByte(byte: u8): void {
  ensure(1);
  put(byte);
}

/** Bytes; makes room. */
export function putBytes(from: usize, length: usize): void {
  ensure(length);
  copyBytes(out + outLength, from, length);
  outLength += length;
}

/** Copies bytes; short runs without a call of memory.copy, whose last words may overlap the ones before. */
export function copyBytes(to: usize, from: usize, length: usize): void {
  if (length > 64) {
    memory.copy(to, from, length);
  } else if (length >= 16) {
    const last = length - 16;
    for (let i: usize = 0; i < last; i += 16) {
      store<u64>(to + i, load<u64>(from + i));
      store<u64>(to + i, load<u64>(from + i, 8), 8);
    }
    store<u64>(to + last, load<u64>(from + last));
    store<u64>(to + last, load<u64>(from + last, 8), 8);
  } else if (length >= 8) {
    const last = length - 8;
    store<u64>(to, load<u64>(from));
    store<u64>(to + last, load<u64>(from + last));
  } else if (length >= 4) {
    const last = length - 4;
    store<u32>(to, load<u32>(from));
    store<u32>(to + last, load<u32>(from + last));
  } else {
    for (let i: usize = 0; i < length; i++) store<u8>(to + i, load<u8>(from + i));
  }
}

/** An ASCII literal; makes room. */
export function putLiteral(text: string): void {
  putBytes(asciiBytes(text), asciiLength(text));
}
