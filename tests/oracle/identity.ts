// Trace and span ids, as docs/SPANS.md gives the recipe. MurmurHash3 x64 128 is written out, so that anyone can follow.

import { createHash } from "node:crypto";

const mask = (1n << 64n) - 1n;
const rotate = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (64n - by))) & mask;
const mix = (value: bigint): bigint => {
  let k = value ^ (value >> 33n);
  k = (k * 0xff51afd7ed558ccdn) & mask;
  k ^= k >> 33n;
  k = (k * 0xc4ceb9fe1a85ec53n) & mask;
  return k ^ (k >> 33n);
};

/** Both halves of MurmurHash3 x64 128 with seed 0. */
export function murmur3(data: Uint8Array): [bigint, bigint] {
  const c1 = 0x87c37b91114253d5n;
  const c2 = 0x4cf5ad432745937fn;
  const word = (from: number): bigint => {
    let read = 0n;
    for (let i = 7; i >= 0; i--) read = (read << 8n) | BigInt(data[from + i] ?? 0);
    return read;
  };
  const first = (k: bigint): bigint => (rotate((k * c1) & mask, 31n) * c2) & mask;
  const second = (k: bigint): bigint => (rotate((k * c2) & mask, 33n) * c1) & mask;
  let h1 = 0n;
  let h2 = 0n;
  const whole = data.length - (data.length % 16);
  for (let at = 0; at < whole; at += 16) {
    h1 = rotate(h1 ^ first(word(at)), 27n);
    h1 = (((h1 + h2) & mask) * 5n + 0x52dce729n) & mask;
    h2 = rotate(h2 ^ second(word(at + 8)), 31n);
    h2 = (((h2 + h1) & mask) * 5n + 0x38495ab5n) & mask;
  }
  // The tail reads as if zero bytes followed: a half that is all zero leaves its hash as it is.
  h1 ^= first(word(whole));
  h2 ^= second(word(whole + 8));
  const length = BigInt(data.length);
  h1 ^= length;
  h2 ^= length;
  h1 = (h1 + h2) & mask;
  h2 = (h2 + h1) & mask;
  h1 = mix(h1);
  h2 = mix(h2);
  h1 = (h1 + h2) & mask;
  h2 = (h2 + h1) & mask;
  return [h1, h2];
}

/** Sixteen bytes: SHA-256 over the length-prefixed tuple, cut. */
export function traceId(role: "turn" | "session", identity: string, client = "claude-code"): Buffer {
  const hash = createHash("sha256");
  for (const part of ["spanloom.trace.v1", role, client, identity]) {
    const bytes = Buffer.from(part, "utf8");
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest().subarray(0, 16);
}

/** Eight bytes: the first half of the hash, or the second if the first is all zero. */
export function spanId(trace: Buffer, role: "turn" | "session" | "chat" | "tool" | "agent", id: string): Buffer {
  const [h1, h2] = murmur3(Buffer.concat([trace, Buffer.from(`${role}\0${id}`, "utf8")]));
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(h1 === 0n ? h2 : h1);
  return bytes;
}
