// Bytes that live as long as the family: names, ids, agents' words that are needed more than once. Freed whole.

import { allocate, blockBytes, release } from "./heap";

const CHUNK: usize = 65536;
const HEAD: usize = 16; // u32 previous chunk, u32 its size asked for

let chunk: usize = 0;
let next: usize = 0;
let end: usize = 0;

/** `bytes` bytes that stay until clearArena(), 8-byte aligned, contents undefined. */
export function keep(bytes: usize): usize {
  if (next + bytes > end) {
    const size = blockBytes(max(CHUNK, bytes + HEAD));
    const fresh = allocate(size);
    store<u32>(fresh, <u32>chunk);
    store<u32>(fresh, <u32>size, 4);
    chunk = fresh;
    next = fresh + HEAD;
    end = fresh + size;
  }
  const at = next;
  next = (next + bytes + 7) & ~7;
  return at;
}

/** A lasting copy of `length` bytes. */
export function keepCopy(from: usize, length: usize): usize {
  const at = keep(length);
  memory.copy(at, from, length);
  return at;
}

export function clearArena(): void {
  while (chunk) {
    const previous = load<u32>(chunk);
    release(chunk, load<u32>(chunk, 4));
    chunk = previous;
  }
  next = 0;
  end = 0;
}
