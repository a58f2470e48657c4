// Memory in blocks of a few sizes: what one table or window gives back, another takes.
// The compiler's stub runtime only ever bumps; freed blocks wait here, one list a size.
// Deliberately no headers: whoever allocates remembers the size.

/** Sizes between one power of two and the next: at most an eighth of a small block is lost. */
const STEPS: u32 = 8;
const LISTS: usize = memory.data(32 * 8 * 4, 16);

/** From here on only powers of two: large blocks are few, and with many sizes each would wait for its own. */
const LARGE: usize = 65536;

/** Bytes that a block asked for as `bytes` really has: 64, then eight sizes up to each next power of two, large ones powers of two. */
export function blockBytes(bytes: usize): usize {
  if (bytes <= 64) return 64;
  const power = 31 - clz<u32>(<u32>bytes - 1);
  if (bytes > LARGE) return (<usize>2) << power;
  const step = max<u32>(power, 6) - 3;
  return (((bytes - 1) >> step) + 1) << step;
}

/** List of blocks of a size that blockBytes() answers. */
// @ts-ignore: decorator
@inline
function listOf(size: usize): usize {
  const power = 31 - clz<u32>(<u32>size);
  return LISTS + (((power * STEPS) + (<u32>(size >> (power - 3)) & (STEPS - 1))) << 2);
}

/** A block of at least `bytes` bytes, 16-byte aligned, contents undefined. Traps when memory cannot grow. */
export function allocate(bytes: usize): usize {
  const size = blockBytes(bytes);
  const free = take(listOf(size));
  if (free) return free;
  if (size > LARGE || (rest + size > restEnd && !cutLarge())) return heap.alloc(size);
  const block = rest;
  rest += (size + 15) & ~15;
  return block;
}

// @ts-ignore: decorator
@inline
function take(list: usize): usize {
  const free = load<u32>(list);
  if (free) store<u32>(list, load<u32>(free));
  return free;
}

/** What is left of the large block that small ones are cut from. */
let rest: usize = 0;
let restEnd: usize = 0;

/**
 * Takes the largest block that nobody uses, to cut small ones from it: one row of megabytes makes the window large for
 * a moment, and what it leaves would otherwise lie idle for as long as facts are kept. False if there is none.
 */
function cutLarge(): bool {
  for (let power: u32 = 31; power > 16; power--) {
    const size = (<usize>1) << power;
    const free = take(listOf(size));
    if (!free) continue;
    rest = free;
    restEnd = free + size;
    return true;
  }
  return false;
}

/** Gives back a block together with the size it was asked for. */
export function release(block: usize, bytes: usize): void {
  if (!block) return;
  const list = listOf(blockBytes(bytes));
  store<u32>(block, load<u32>(list));
  store<u32>(list, <u32>block);
}
