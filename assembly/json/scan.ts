// One pass over the bytes, 64 at a time: where are the unescaped quotes, the ends of rows, and the backslashes that
// stand before something unusual? Everything after this pass hops from quote to quote.
// Two versions of the block: with SIMD, and one byte at a time, which is the meaning of the other.
// Raw newlines cannot stand inside JSON strings, so a newline ends a row even in the middle of a broken one.

const ODD: u64 = 0xaaaaaaaaaaaaaaaa;

// Masks of the block scanned last; bit i is byte i.
/** Unescaped quotes. */
export let quoteMask: u64 = 0;
/** Line feeds. */
export let newlineMask: u64 = 0;
/** Escaped characters other than a quote, a backslash, n and t: to be looked at by whoever reads the row. */
export let unusualMask: u64 = 0;
/** Does an escape of this block reach into the next one? 0 or 1. */
export let escapeCarry: u64 = 0;

export function resetScan(): void {
  escapeCarry = 0;
}

/** The characters that a backslash escapes, given where backslashes are; after simdjson's algorithm (find_escaped, 2023). */
// @ts-ignore: decorator
@inline
function escapedBy(backslashes: u64): u64 {
  const potential = backslashes & ~escapeCarry;
  const maybe = potential << 1;
  const odd = ((maybe | ODD) - potential) ^ ODD;
  const escaped = odd ^ (backslashes | escapeCarry);
  escapeCarry = (odd & backslashes) >> 63;
  return escaped;
}

// @ts-ignore: decorator
@inline
function mask16(a: v128, b: v128, c: v128, d: v128, byte: v128): u64 {
  return (
    <u64>(<u32>i8x16.bitmask(i8x16.eq(a, byte)) | (<u32>i8x16.bitmask(i8x16.eq(b, byte)) << 16)) |
    (<u64>(<u32>i8x16.bitmask(i8x16.eq(c, byte)) | (<u32>i8x16.bitmask(i8x16.eq(d, byte)) << 16)) << 32)
  );
}

// @ts-ignore: decorator
@inline
function mask16Either(a: v128, b: v128, c: v128, d: v128, one: v128, two: v128): u64 {
  return (
    <u64>(
      <u32>i8x16.bitmask(v128.or(i8x16.eq(a, one), i8x16.eq(a, two))) |
      (<u32>i8x16.bitmask(v128.or(i8x16.eq(b, one), i8x16.eq(b, two))) << 16)
    ) |
    (<u64>(
      <u32>i8x16.bitmask(v128.or(i8x16.eq(c, one), i8x16.eq(c, two))) |
      (<u32>i8x16.bitmask(v128.or(i8x16.eq(d, one), i8x16.eq(d, two))) << 16)
    ) <<
      32)
  );
}

/** Scans the 64 bytes at `at`. */
// @ts-ignore: decorator
@inline
export function scanBlock(at: usize): void {
  if (ASC_FEATURE_SIMD) scanBlockSimd(at);
  else scanBlockScalar(at);
}

// @ts-ignore: decorator
@inline
function scanBlockSimd(at: usize): void {
  const a = v128.load(at);
  const b = v128.load(at, 16);
  const c = v128.load(at, 32);
  const d = v128.load(at, 48);
  let quotes = mask16(a, b, c, d, i8x16.splat(0x22));
  newlineMask = mask16(a, b, c, d, i8x16.splat(0x0a));
  const backslashes = mask16(a, b, c, d, i8x16.splat(0x5c));
  let unusual: u64 = 0;
  if (backslashes | escapeCarry) {
    const escaped = escapedBy(backslashes);
    unusual = escaped & ~(quotes | backslashes | mask16Either(a, b, c, d, i8x16.splat(0x6e), i8x16.splat(0x74)));
    quotes &= ~escaped;
  }
  quoteMask = quotes;
  unusualMask = unusual;
}

/** The meaning of scanBlockSimd, one byte at a time. */
export function scanBlockScalar(at: usize): void {
  let quotes: u64 = 0;
  let newlines: u64 = 0;
  let unusual: u64 = 0;
  let escaped = escapeCarry != 0;
  for (let i: u64 = 0; i < 64; i++) {
    const byte = load<u8>(at + <usize>i);
    if (byte == 0x0a) newlines |= <u64>1 << i;
    if (escaped) {
      if (byte != 0x22 && byte != 0x5c && byte != 0x6e && byte != 0x74) unusual |= <u64>1 << i;
      escaped = false;
    } else if (byte == 0x5c) {
      escaped = true;
    } else if (byte == 0x22) {
      quotes |= <u64>1 << i;
    }
  }
  escapeCarry = escaped ? 1 : 0;
  quoteMask = quotes;
  newlineMask = newlines;
  unusualMask = unusual;
}

/** Only for tests: one block by either version. */
export function scanBlockBy(simd: bool, at: usize): void {
  if (ASC_FEATURE_SIMD && simd) scanBlockSimd(at);
  else scanBlockScalar(at);
}
