// MurmurHash3 x64 128 by Austin Appleby (public domain algorithm), seed 0: the hash of span ids and of every map.
// Not cryptographic: trace ids are SHA-256 (sha256.ts).

const C1: u64 = 0x87c37b91114253d5;
const C2: u64 = 0x4cf5ad432745937f;

/** Second half of the last hash; the first is what murmur3() answers. */
export let murmur3High: u64 = 0;

// @ts-ignore: decorator
@inline
function mix(k: u64): u64 {
  k ^= k >> 33;
  k *= 0xff51afd7ed558ccd;
  k ^= k >> 33;
  k *= 0xc4ceb9fe1a85ec53;
  k ^= k >> 33;
  return k;
}

/** The `bytes` bytes before `end`, of which there are eight at least, as a number. */
// @ts-ignore: decorator
@inline
function wordBefore(end: usize, bytes: u32): u64 {
  return load<u64>(end - 8) >> (64 - (bytes << 3));
}

/** First 64 bits (h1) of the 128-bit hash of `length` bytes at `from`; h2 is left in `murmur3High`. */
export function murmur3(from: usize, length: u32): u64 {
  let h1: u64 = 0;
  let h2: u64 = 0;
  const blocksEnd = from + (length & ~15);
  while (from < blocksEnd) {
    h1 ^= rotl<u64>(load<u64>(from) * C1, 31) * C2;
    h1 = (rotl<u64>(h1, 27) + h2) * 5 + 0x52dce729;
    h2 ^= rotl<u64>(load<u64>(from, 8) * C2, 33) * C1;
    h2 = (rotl<u64>(h2, 31) + h1) * 5 + 0x38495ab5;
    from += 16;
  }
  const tail = length & 15;
  if (tail > 8) h2 ^= rotl<u64>(wordBefore(from + tail, tail - 8) * C2, 33) * C1;
  if (tail) {
    let k: u64 = 0;
    if (tail >= 8) k = load<u64>(from);
    else if (length >= 8) k = wordBefore(from + tail, tail);
    else for (let i = tail; i > 0; i--) k = (k << 8) | load<u8>(from + i - 1);
    h1 ^= rotl<u64>(k * C1, 31) * C2;
  }
  h1 ^= length;
  h2 ^= length;
  h1 += h2;
  h2 += h1;
  h1 = mix(h1);
  h2 = mix(h2);
  h1 += h2;
  h2 += h1;
  murmur3High = h2;
  return h1;
}
