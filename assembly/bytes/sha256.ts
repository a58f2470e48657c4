// SHA-256 (FIPS 180-4): trace ids, and the fingerprint of binary content that is left out.

const K: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
  0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
  0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
  0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
  0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
  0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
const WORDS: usize = memory.data(64 * 4, 16);
const HASH: usize = memory.data(8 * 4, 16);
const LAST: usize = memory.data(128, 16);

/** One round; the caller renames the variables instead of moving them. */
// @ts-ignore: decorator
@inline
function mix1(e: u32, f: u32, g: u32, h: u32, word: u32): u32 {
  return h + (rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25)) + (g ^ (e & (f ^ g))) + word;
}

// @ts-ignore: decorator
@inline
function mix2(a: u32, b: u32, c: u32): u32 {
  return (rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22)) + ((a & b) | (c & (a | b)));
}

// @ts-ignore: decorator
@inline
function word(i: usize): u32 {
  return load<u32>(WORDS + (i << 2)) + load<u32>(K + (i << 2));
}

function block(at: usize): void {
  for (let i: usize = 0; i < 16; i++) store<u32>(WORDS + (i << 2), bswap<u32>(load<u32>(at + (i << 2))));
  for (let i: usize = 16; i < 64; i++) {
    const x = load<u32>(WORDS + ((i - 15) << 2));
    const y = load<u32>(WORDS + ((i - 2) << 2));
    const s0 = rotr<u32>(x, 7) ^ rotr<u32>(x, 18) ^ (x >> 3);
    const s1 = rotr<u32>(y, 17) ^ rotr<u32>(y, 19) ^ (y >> 10);
    store<u32>(WORDS + (i << 2), load<u32>(WORDS + ((i - 16) << 2)) + s0 + load<u32>(WORDS + ((i - 7) << 2)) + s1);
  }
  let a = load<u32>(HASH, 0);
  let b = load<u32>(HASH, 4);
  let c = load<u32>(HASH, 8);
  let d = load<u32>(HASH, 12);
  let e = load<u32>(HASH, 16);
  let f = load<u32>(HASH, 20);
  let g = load<u32>(HASH, 24);
  let h = load<u32>(HASH, 28);
  for (let i: usize = 0; i < 64; i += 8) {
    h = mix1(e, f, g, h, word(i + 0));
    d += h;
    h += mix2(a, b, c);
    g = mix1(d, e, f, g, word(i + 1));
    c += g;
    g += mix2(h, a, b);
    f = mix1(c, d, e, f, word(i + 2));
    b += f;
    f += mix2(g, h, a);
    e = mix1(b, c, d, e, word(i + 3));
    a += e;
    e += mix2(f, g, h);
    d = mix1(a, b, c, d, word(i + 4));
    h += d;
    d += mix2(e, f, g);
    c = mix1(h, a, b, c, word(i + 5));
    g += c;
    c += mix2(d, e, f);
    b = mix1(g, h, a, b, word(i + 6));
    f += b;
    b += mix2(c, d, e);
    a = mix1(f, g, h, a, word(i + 7));
    e += a;
    a += mix2(b, c, d);
  }
  store<u32>(HASH, load<u32>(HASH, 0) + a, 0);
  store<u32>(HASH, load<u32>(HASH, 4) + b, 4);
  store<u32>(HASH, load<u32>(HASH, 8) + c, 8);
  store<u32>(HASH, load<u32>(HASH, 12) + d, 12);
  store<u32>(HASH, load<u32>(HASH, 16) + e, 16);
  store<u32>(HASH, load<u32>(HASH, 20) + f, 20);
  store<u32>(HASH, load<u32>(HASH, 24) + g, 24);
  store<u32>(HASH, load<u32>(HASH, 28) + h, 28);
}

/** SHA-256 of `length` bytes at `from`, 32 bytes written at `to`. */
export function sha256(from: usize, length: usize, to: usize): void {
  store<u32>(HASH, 0x6a09e667, 0);
  store<u32>(HASH, 0xbb67ae85, 4);
  store<u32>(HASH, 0x3c6ef372, 8);
  store<u32>(HASH, 0xa54ff53a, 12);
  store<u32>(HASH, 0x510e527f, 16);
  store<u32>(HASH, 0x9b05688c, 20);
  store<u32>(HASH, 0x1f83d9ab, 24);
  store<u32>(HASH, 0x5be0cd19, 28);
  const whole = from + (length & ~63);
  while (from < whole) {
    block(from);
    from += 64;
  }
  const rest = length & 63;
  const padded: usize = rest < 56 ? 64 : 128;
  memory.fill(LAST, 0, padded);
  memory.copy(LAST, from, rest);
  store<u8>(LAST + rest, 0x80);
  store<u64>(LAST + padded - 8, bswap<u64>(<u64>length << 3));
  block(LAST);
  if (padded == 128) block(LAST + 64);
  for (let i: usize = 0; i < 8; i++) store<u32>(to + (i << 2), bswap<u32>(load<u32>(HASH + (i << 2))));
}
