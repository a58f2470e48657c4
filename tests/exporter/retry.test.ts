// Waiting: how long, for whom, and never past the deadline.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outcome } from "../../host-node/exporter/outcome.ts";
import { backoffMs, retry, retryAfterMs } from "../../host-node/exporter/retry.ts";
import { QuickClock } from "./parts.ts";

const later: Outcome = { kind: "later", message: "not now" };
const accepted: Outcome = { kind: "accepted", rejectedSpans: 0, message: "" };

/** Retries over these outcomes, the last again and again. */
async function over(outcomes: readonly Outcome[], ms: number): Promise<{ outcome: Outcome; tries: number; slept: number[] }> {
  const clock = new QuickClock();
  let tries = 0;
  const attempt = async (): Promise<Outcome> => outcomes[Math.min(tries++, outcomes.length - 1)]!;
  const outcome = await retry(attempt, clock.now() + ms, clock);
  return { outcome, tries, slept: clock.slept };
}

test("waits double, up to half a minute, and chance adds up to as much again", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6].map((failure) => backoffMs(failure, 0)), [500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  assert.equal(backoffMs(2, 0.5), 3000);
  assert.ok(backoffMs(20, 0.999) < 30_000);
});

test("Retry-After is seconds or a date; anything else is none", () => {
  const now = Date.parse("2026-01-02T03:04:05Z");
  const said: [string | undefined, number | undefined][] = [
    ["120", 120_000],
    [" 7 ", 7000],
    ["Fri, 02 Jan 2026 03:04:35 GMT", 30_000],
    ["Friday, 02-Jan-26 03:04:35 GMT", 30_000],
    ["Fri, 02 Jan 2026 03:04:00 GMT", undefined],
    ["0", undefined],
    ["-5", undefined],
    ["1.5", undefined],
    ["soon", undefined],
    ["Soon", undefined],
    ["", undefined],
    [undefined, undefined],
  ];
  for (const [value, wait] of said) assert.equal(retryAfterMs(value, now), wait, value);
  assert.ok(Number.isSafeInteger(retryAfterMs("9".repeat(400), now)));
});

test("what is final is not tried again", async () => {
  const refused: Outcome = { kind: "refused", status: 400, message: "", stop: false };
  for (const outcome of [accepted, refused]) assert.deepEqual(await over([outcome], 60_000), { outcome, tries: 1, slept: [] });
});

test("tries again with growing waits until it is final", async () => {
  assert.deepEqual(await over([later, later, later, accepted], 60_000), { outcome: accepted, tries: 4, slept: [500, 1000, 2000] });
});

test("no try begins after the deadline, and no wait reaches past it", async () => {
  const { outcome, tries, slept } = await over([later], 10_000);
  assert.deepEqual([outcome, tries, slept], [later, 5, [500, 1000, 2000, 4000]]);
  assert.equal((await over([accepted], 0)).tries, 0);
  assert.equal((await over([accepted], 0)).outcome.kind, "later");
});

test("the backend's own time is waited for, if the deadline allows it", async () => {
  const asked: Outcome = { kind: "later", message: "busy", retryAfterMs: 20_000 };
  assert.deepEqual((await over([asked, accepted], 30_000)).slept, [20_000]);
  assert.deepEqual(await over([asked, accepted], 20_000), { outcome: asked, tries: 1, slept: [] });
});

test("an attempt is told what time is left", async () => {
  const clock = new QuickClock();
  const lefts: number[] = [];
  const attempt = async (left: number): Promise<Outcome> => (lefts.push(left), lefts.length < 2 ? later : accepted);
  await retry(attempt, clock.now() + 5000, clock);
  assert.ok(lefts[0]! > 4900 && lefts[0]! <= 5000 && lefts[1]! > 4400 && lefts[1]! <= 4500, String(lefts));
});
