// Times of opencode: whole milliseconds, RFC 3339, or what an id says.

import { count, text, type Json } from "../json.ts";
import { nanoseconds } from "../time.ts";

const million = 1000000n;
/** The last whole millisecond whose nanoseconds are a signed number of 64 bits. */
const last = 9223372036854n;
export const day = 86400000n * million;
export const second = 1000n * million;

/** Nanoseconds since 1970. */
export function time(written: Json | undefined): bigint | undefined {
  const milliseconds = count(written);
  if (milliseconds !== undefined) return milliseconds <= last ? milliseconds * million : undefined;
  return nanoseconds(text(written));
}

export const distance = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a);

/** What an id says of when it was made, nearest to another time: milliseconds × 4096 of which the upper digits are lost. */
export function timeOfId(id: string, near: bigint): bigint | undefined {
  const digits = /^[^_]+_([0-9a-f]{12})/.exec(id)?.[1];
  if (digits === undefined) return undefined;
  const round = 1n << 36n;
  const said = BigInt(`0x${digits}`) >> 12n;
  const rounds = near / million / round;
  return [rounds - 1n, rounds, rounds + 1n]
    .map((times) => (times * round + said) * million)
    .filter((candidate) => candidate >= 0n && candidate <= last * million)
    .sort((a, b) => (distance(a, near) < distance(b, near) ? -1 : 1))[0];
}

export const later = (...times: bigint[]): bigint => times.reduce((a, b) => (a > b ? a : b));
