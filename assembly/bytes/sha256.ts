// SHA-256 (FIPS 180-4): trace ids, and the fingerprint of binary content that is left out.

const K: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
  0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
  0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
  0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
  0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
  0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
/** The words of a block, then those that follow from them. */
const WORDS: usize = memory.data(64 * 4, 16);
/** Four words with their constants, for four rounds. */
const SUMS: usize = memory.data(4 * 4, 16);
const START: usize = memory.data<u32>([0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]);
const HASH: usize = memory.data(8 * 4, 16);
const LAST: usize = memory.data(128, 16);

/** One round; the caller renames the variables instead of moving them. Rotations within rotations need fewer copies. */
// @ts-ignore: decorator
@inline
function mix1(e: u32, f: u32, g: u32, h: u32, sum: u32): u32 {
  return h + sum + (g ^ (e & (f ^ g))) + rotr<u32>(rotr<u32>(rotr<u32>(e, 14) ^ e, 5) ^ e, 6);
}

/** `ab` is a ^ b, and `bc` b ^ c, which was `ab` in the round before. */
// @ts-ignore: decorator
@inline
function mix2(a: u32, b: u32, ab: u32, bc: u32): u32 {
  return rotr<u32>(rotr<u32>(rotr<u32>(a, 9) ^ a, 11) ^ a, 2) + (b ^ (ab & bc));
}

// @ts-ignore: decorator
@inline
function copySimd(at: usize): void {
  for (let i: usize = 0; i < 64; i += 16) {
    const words = v128.load(at + i);
    v128.store(WORDS + i, i8x16.shuffle(words, words, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
  }
}

/** The meaning of copySimd. */
// @ts-ignore: decorator
@inline
function copyScalar(at: usize): void {
  for (let i: usize = 0; i < 64; i += 4) store<u32>(WORDS + i, bswap<u32>(load<u32>(at + i)));
}

/** Of each half, what two words back counts for: both of its words are the same, so that shifting the half rotates one. */
// @ts-ignore: decorator
@inline
function sigma1(words: v128): v128 {
  const sums = v128.xor(v128.xor(i32x4.shr_u(words, 10), i64x2.shr_u(words, 17)), i64x2.shr_u(words, 19));
  return i32x4.shuffle(sums, sums, 0, 2, 0, 2);
}

/** Four words behind the sixteen at `at`; the last two follow from the first two. */
// @ts-ignore: decorator
@inline
function followSimd(at: usize): void {
  const a = v128.load(at);
  const c = v128.load(at, 32);
  const d = v128.load(at, 48);
  const x = i8x16.shuffle(a, v128.load(at, 16), 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
  const s0 = v128.xor(
    v128.xor(v128.xor(i32x4.shr_u(x, 7), i32x4.shl(x, 25)), v128.xor(i32x4.shr_u(x, 18), i32x4.shl(x, 14))),
    i32x4.shr_u(x, 3),
  );
  const sums = i32x4.add(i32x4.add(a, s0), i8x16.shuffle(c, d, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19));
  const first = i32x4.add(sums, sigma1(i32x4.shuffle(d, d, 2, 2, 3, 3)));
  const last = i32x4.add(sums, sigma1(i32x4.shuffle(first, first, 0, 0, 1, 1)));
  v128.store(at, i32x4.shuffle(first, last, 0, 1, 6, 7), 64);
}

/** The meaning of followSimd. */
// @ts-ignore: decorator
@inline
function followScalar(at: usize): void {
  for (const end = at + 16; at < end; at += 4) {
    const x = load<u32>(at, 4);
    const y = load<u32>(at, 56);
    const s0 = rotr<u32>(x, 7) ^ rotr<u32>(x, 18) ^ (x >> 3);
    const s1 = rotr<u32>(y, 17) ^ rotr<u32>(y, 19) ^ (y >> 10);
    store<u32>(at, load<u32>(at) + s0 + load<u32>(at, 36) + s1, 64);
  }
}

/** Mixes a block into HASH. One a call: before V8 has made good code of this, a rotation is a call of its own. */
// @ts-ignore: decorator
@inline
function mix(at: usize, simd: bool): void {
  let a = load<u32>(HASH, 0);
  let b = load<u32>(HASH, 4);
  let c = load<u32>(HASH, 8);
  let d = load<u32>(HASH, 12);
  let e = load<u32>(HASH, 16);
  let f = load<u32>(HASH, 20);
  let g = load<u32>(HASH, 24);
  let h = load<u32>(HASH, 28);
  if (ASC_FEATURE_SIMD && simd) copySimd(at);
  else copyScalar(at);
  let bc = b ^ c;
  for (let i: usize = 0; i < 256; i += 16) {
    if (ASC_FEATURE_SIMD && simd) v128.store(SUMS, i32x4.add(v128.load(WORDS + i), v128.load(K + i)));
    else for (let word: usize = 0; word < 16; word += 4) store<u32>(SUMS + word, load<u32>(WORDS + i + word) + load<u32>(K + i + word));
    if (i < 192) {
      if (ASC_FEATURE_SIMD && simd) followSimd(WORDS + i);
      else followScalar(WORDS + i);
    }
    h = mix1(e, f, g, h, load<u32>(SUMS, 0));
    d += h;
    let ab = a ^ b;
    h += mix2(a, b, ab, bc);
    g = mix1(d, e, f, g, load<u32>(SUMS, 4));
    c += g;
    bc = h ^ a;
    g += mix2(h, a, bc, ab);
    f = mix1(c, d, e, f, load<u32>(SUMS, 8));
    b += f;
    ab = g ^ h;
    f += mix2(g, h, ab, bc);
    e = mix1(b, c, d, e, load<u32>(SUMS, 12));
    a += e;
    bc = f ^ g;
    e += mix2(f, g, bc, ab);
    // after four rounds the halves have changed places
    let half = a;
    a = e;
    e = half;
    half = b;
    b = f;
    f = half;
    half = c;
    c = g;
    g = half;
    half = d;
    d = h;
    h = half;
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

function mixSimd(at: usize): void {
  mix(at, true);
}

/** The meaning of mixSimd. */
function mixScalar(at: usize): void {
  mix(at, false);
}

// @ts-ignore: decorator
@inline
function mixBlocks(at: usize, end: usize, simd: bool): void {
  for (; at < end; at += 64) {
    if (simd) mixSimd(at);
    else mixScalar(at);
  }
}

/** SHA-256 of `length` bytes at `from`, 32 bytes written at `to`. */
export function sha256(from: usize, length: usize, to: usize): void {
  digest(from, length, to, ASC_FEATURE_SIMD);
}

/** The meaning of sha256. */
export function sha256Scalar(from: usize, length: usize, to: usize): void {
  digest(from, length, to, false);
}

// @ts-ignore: decorator
@inline
function digest(from: usize, length: usize, to: usize, simd: bool): void {
  memory.copy(HASH, START, 32);
  const whole = from + (length & ~63);
  mixBlocks(from, whole, simd);
  const rest = length & 63;
  const padded: usize = rest < 56 ? 64 : 128;
  memory.fill(LAST, 0, padded);
  memory.copy(LAST, whole, rest);
  store<u8>(LAST + rest, 0x80);
  store<u64>(LAST + padded - 8, bswap<u64>(<u64>length << 3));
  mixBlocks(LAST, LAST + padded, simd);
  for (let i: usize = 0; i < 8; i++) store<u32>(to + (i << 2), bswap<u32>(load<u32>(HASH + (i << 2))));
}
