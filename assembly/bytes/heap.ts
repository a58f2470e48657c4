// Memory in blocks of a power of two: what one table or window gives back, another takes.
// The compiler's stub runtime only ever bumps; freed blocks wait here, one list a size.
// Deliberately no headers: whoever allocates remembers the size.

const LISTS: usize = memory.data(32 * 4, 16);

/** Size class that holds `bytes`: the exponent of the next power of two, at least 64 bytes. */
// @ts-ignore: decorator
@inline
function classOf(bytes: usize): u32 {
  return bytes <= 64 ? 6 : 32 - clz<u32>(<u32>bytes - 1);
}

/** Bytes that a block asked for as `bytes` really has. */
export function blockBytes(bytes: usize): usize {
  return <usize>1 << classOf(bytes);
}

/** A block of at least `bytes` bytes, 16-byte aligned, contents undefined. Traps when memory cannot grow. */
export function allocate(bytes: usize): usize {
  const list = LISTS + (classOf(bytes) << 2);
  const free = load<u32>(list);
  if (free) {
    store<u32>(list, load<u32>(free));
    return free;
  }
  return heap.alloc(blockBytes(bytes));
}

/** Gives back a block together with the size it was asked for. */
export function release(block: usize, bytes: usize): void {
  if (!block) return;
  const list = LISTS + (classOf(bytes) << 2);
  store<u32>(block, load<u32>(list));
  store<u32>(list, <u32>block);
}
