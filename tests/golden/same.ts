// Two outcomes are the same: byte for byte in both formats, and in everything counted.

import assert from "node:assert/strict";
import type { DocumentRow } from "../../bridge/index.ts";
import type { Outcome } from "../support/core.ts";

/** The first request that differs, from a little before the place where it does. */
function where(ours: readonly Uint8Array[], theirs: readonly Uint8Array[]): string {
  for (const [index, bytes] of ours.entries()) {
    const other = theirs[index];
    if (other === undefined || Buffer.compare(bytes, other) === 0) continue;
    let at = 0;
    while (bytes[at] === other[at]) at++;
    const around = (of: Uint8Array): string => JSON.stringify(Buffer.from(of.subarray(Math.max(0, at - 80), at + 80)).toString("utf8"));
    return `request ${index} differs at byte ${at}:\n  ${around(bytes)}\n  ${around(other)}`;
  }
  return `${ours.length} requests and ${theirs.length}`;
}

const equal = (ours: readonly Uint8Array[], theirs: readonly Uint8Array[]): boolean =>
  ours.length === theirs.length && ours.every((bytes, index) => Buffer.compare(bytes, theirs[index]!) === 0);

const byName = (documents: readonly DocumentRow[]): DocumentRow[] => [...documents].sort((a, b) => (a.name < b.name ? -1 : 1));

export function assertSame(outcome: Outcome, expected: Outcome, words: string): void {
  const lines = (of: Outcome): Buffer[] => of.json.map((line) => Buffer.from(line));
  assert.ok(equal(lines(outcome), lines(expected)), `${words}: JSON, ${where(lines(outcome), lines(expected))}`);
  assert.ok(equal(outcome.proto, expected.proto), `${words}: protobuf, ${where(outcome.proto, expected.proto)}`);
  assert.deepEqual(outcome.counters, expected.counters, `${words}: counters`);
  assert.deepEqual(byName(outcome.documents), byName(expected.documents), `${words}: documents`);
  const broken = (of: Outcome): string[] => of.broken.map(({ document, line, reason }) => `${document}:${line} ${reason}`).sort();
  assert.deepEqual(broken(outcome), broken(expected), `${words}: broken rows`);
}
