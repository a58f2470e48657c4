// One pass over the bytes, 64 at a time: where are the unescaped quotes, the ends of rows, and the backslashes that
// stand before something unusual? Everything after this pass hops from quote to quote.
// Two versions: with SIMD, and one byte at a time, which is the meaning of the other.
// Raw newlines cannot stand inside JSON strings, so a newline ends a row even in the middle of a broken one.

import { BACKSLASHES, LAST_CONTROLS, QUOTES, isControl } from "../bytes/vectors";

const ODD: u64 = 0xaaaaaaaaaaaaaaaa;

// Where the next entry of each list goes; the caller sees to room. Offsets are from the base given to scan().
/** u32 offset of an unescaped quote. */
export let quoteAt: usize = 0;
/** u32 offset of a line feed, u32 quotes before it (bytes of the quote list / 4). */
export let endAt: usize = 0;
/**
 * u32 offset of what whoever reads the row must look at: an escaped character other than a quote, a backslash, n and t, or a
 * control character other than a line feed.
 */
export let unusualAt: usize = 0;
/** Does an escape of the last block reach into the next one? 0 or 1. */
let carry: u64 = 0;

export function resetScan(): void {
  carry = 0;
}

export function setLists(quotes: usize, ends: usize, unusual: usize): void {
  quoteAt = quotes;
  endAt = ends;
  unusualAt = unusual;
}

/** Scans whole blocks from offset `at` to `stop`; `quotes` is the start of the quote list. Writes up to two entries more than it counts. */
export function scan(base: usize, at: u32, stop: u32, quotes: usize): void {
  if (ASC_FEATURE_SIMD) scanSimd(base, at, stop, quotes);
  else scanScalar(base, at, stop, quotes);
}

// To load before the loop, as those of vectors.ts.
const LETTER_N = memory.data<u64>([0x6e6e6e6e6e6e6e6e, 0x6e6e6e6e6e6e6e6e]);
const LETTER_T = memory.data<u64>([0x7474747474747474, 0x7474747474747474]);

// @ts-ignore: decorator
@inline
function bits(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    <u64>(<u32>i8x16.bitmask(a) | (<u32>i8x16.bitmask(b) << 16)) | (<u64>(<u32>i8x16.bitmask(c) | (<u32>i8x16.bitmask(d) << 16)) << 32)
  );
}

export function scanSimd(base: usize, at: u32, stop: u32, quotes: usize): void {
  const q = v128.load(QUOTES);
  const s = v128.load(BACKSLASHES);
  const n = v128.load(LETTER_N);
  const t = v128.load(LETTER_T);
  const last = v128.load(LAST_CONTROLS);
  let quote = quoteAt;
  let escapeCarry = carry;
  while (at < stop) {
    const p = base + at;
    const a = v128.load(p);
    const b = v128.load(p, 16);
    const c = v128.load(p, 32);
    const d = v128.load(p, 48);
    let mask = bits(i8x16.eq(a, q), i8x16.eq(b, q), i8x16.eq(c, q), i8x16.eq(d, q));
    const backslashes = bits(i8x16.eq(a, s), i8x16.eq(b, s), i8x16.eq(c, s), i8x16.eq(d, s));
    // The characters that backslashes escape; after simdjson's algorithm (find_escaped, 2023). Half of the blocks hold a backslash:
    // a branch for those without costs more in wrong guesses than it saves.
    const potential = backslashes & ~escapeCarry;
    const odd = (((potential << 1) | ODD) - potential) ^ ODD;
    const escaped = odd ^ (backslashes | escapeCarry);
    escapeCarry = (odd & backslashes) >> 63;
    let unusual =
      escaped &
      ~(
        mask |
        backslashes |
        bits(
          v128.or(i8x16.eq(a, n), i8x16.eq(a, t)),
          v128.or(i8x16.eq(b, n), i8x16.eq(b, t)),
          v128.or(i8x16.eq(c, n), i8x16.eq(c, t)),
          v128.or(i8x16.eq(d, n), i8x16.eq(d, t)),
        )
      );
    mask &= ~escaped;
    if (i8x16.bitmask(isControl(i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d)), last))) {
      const newline = i8x16.splat(0x0a);
      let lines = bits(i8x16.eq(a, newline), i8x16.eq(b, newline), i8x16.eq(c, newline), i8x16.eq(d, newline));
      unusual |= bits(isControl(a, last), isControl(b, last), isControl(c, last), isControl(d, last)) & ~lines;
      while (lines) {
        const bit = ctz(lines);
        store<u32>(endAt, at + <u32>bit);
        store<u32>(endAt, <u32>((quote - quotes) >> 2) + <u32>popcnt(mask & (((<u64>1) << bit) - 1)), 4);
        endAt += 8;
        lines &= lines - 1;
      }
    }
    if (unusual) {
      do {
        store<u32>(unusualAt, at + <u32>ctz(unusual));
        unusualAt += 4;
        unusual &= unusual - 1;
      } while (unusual);
    }
    // most blocks hold at most two quotes: those are written without asking how many there are
    const next = quote + (<usize>popcnt(mask) << 2);
    store<u32>(quote, at + <u32>ctz(mask));
    mask &= mask - 1;
    store<u32>(quote, at + <u32>ctz(mask), 4);
    quote += 8;
    if (quote < next) {
      do {
        mask &= mask - 1;
        store<u32>(quote, at + <u32>ctz(mask));
        quote += 4;
      } while (quote < next);
    }
    quote = next;
    at += 64;
  }
  quoteAt = quote;
  carry = escapeCarry;
}

/** The meaning of scanSimd, one byte at a time. */
export function scanScalar(base: usize, at: u32, stop: u32, quotes: usize): void {
  let escaped = carry != 0;
  for (; at < stop; at++) {
    const c = load<u8>(base + at);
    if (c == 0x0a) {
      store<u32>(endAt, at);
      store<u32>(endAt, <u32>((quoteAt - quotes) >> 2), 4);
      endAt += 8;
    }
    if (escaped ? c != 0x22 && c != 0x5c && c != 0x6e && c != 0x74 : c < 0x20 && c != 0x0a) {
      store<u32>(unusualAt, at);
      unusualAt += 4;
    }
    if (escaped) {
      escaped = false;
    } else if (c == 0x5c) {
      escaped = true;
    } else if (c == 0x22) {
      store<u32>(quoteAt, at);
      quoteAt += 4;
    }
  }
  carry = escaped ? 1 : 0;
}
