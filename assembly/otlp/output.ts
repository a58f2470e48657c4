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

/** One byte; room was made. */
// @ts-ignore: decorator
@inline
export function put(byte: u8): void {
  store<u8>(out + outLength++, byte);
}

/** Bytes; makes room. Short runs are copied without a call. */
export function putBytes(from: usize, length: usize): void {
  ensure(length + 16);
  const to = out + outLength;
  if (length <= 64) {
    let i: usize = 0;
    while (i + 8 <= length) {
      store<u64>(to + i, load<u64>(from + i));
      i += 8;
    }
    while (i < length) {
      store<u8>(to + i, load<u8>(from + i));
      i++;
    }
  } else {
    memory.copy(to, from, length);
  }
  outLength += length;
}

/** An ASCII literal; makes room. */
export function putLiteral(text: string): void {
  putBytes(asciiBytes(text), asciiLength(text));
}
