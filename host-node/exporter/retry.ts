// When to try again: exponential waits with jitter, or what the backend asks for, and never past the deadline.
//
// It knows outcomes and time, and nothing of networks.

import type { Outcome } from "./outcome.ts";

/** Time and chance, so that a test can have its own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 up to, not including, 1. */
  random(): number;
  sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  now: Date.now,
  random: Math.random,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

const firstWait = 1000;
const longestWait = 30_000;
/** With less time another try says only that there was none, in the place of what the backend said. */
const shortestTry = 250;

/** The wait after the nth failure (from 0): doubled each time; the upper half of it is left to chance, so that many clients part. */
export function backoffMs(failure: number, random: number): number {
  const wait = Math.min(firstWait * 2 ** failure, longestWait);
  return wait / 2 + (wait / 2) * random;
}

/**
 * Retry-After in milliseconds from now: seconds or an HTTP date. Undefined if there is none, if it is neither, or if it
 * names no time to come: then our own waits hold.
 */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  const said = value?.trim() ?? "";
  const wait = /^\d+$/.test(said) ? Number(said) * 1000 : /^[A-Z][a-z]{2}/.test(said) ? Date.parse(said) - now : NaN;
  return wait > 0 ? Math.min(wait, Number.MAX_SAFE_INTEGER) : undefined;
}

/**
 * Tries until the outcome is final or the next try could not begin before the deadline. An attempt gets the time that is
 * left to it.
 */
export async function retry(attempt: (leftMs: number) => Promise<Outcome>, deadline: number, clock: Clock): Promise<Outcome> {
  let last: Outcome = { kind: "later", message: "there was no time left to send" };
  for (let failure = 0; ; failure++) {
    const left = deadline - clock.now();
    if (left <= 0) return last;
    last = await attempt(left);
    if (last.kind !== "later") return last;
    const wait = last.retryAfterMs ?? backoffMs(failure, clock.random());
    if (clock.now() + wait + shortestTry >= deadline) return last;
    await clock.sleep(wait);
  }
}
