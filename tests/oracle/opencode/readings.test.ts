// One session is told in several ways: the event stream, the global one, exports, a run that prints. The oracle's spans are
// the same for each of them, save what only some can know.
//
// It holds the contract against itself; the core is held against the oracle elsewhere.

import assert from "node:assert/strict";
import { test } from "node:test";
import { opencodeFixtures } from "../../support/opencode.ts";
import { build } from "./index.ts";
import type { Span } from "../index.ts";

/** Known from a stream alone, or of the document itself. */
const apart = /^spanloom\.(source\.|evidence$|permission\.wait_ms$)/;
/** What the server forgot: sessions that were deleted, text of an answer that broke off; a run prints no prompts. */
const less = new Set(["deleted-sessions", "two-hundred", "stream-cut", "one-shot"]);

const told = (value: unknown): string => JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? String(one) : one));

function shown({ events: _, attributes, ...span }: Span): string {
  return told({ ...span, attributes: attributes.filter(([key]) => !apart.test(key)) });
}

for (const { scenario, readings } of opencodeFixtures()) {
  const [first, ...others] = [...readings].map(([name, documents]) => ({ name, spans: build(documents).traces.flatMap(({ spans }) => spans) }));
  for (const { name, spans } of less.has(scenario) ? [] : others)
    test(`${scenario}: ${name} as ${first!.name}`, () => assert.deepEqual(spans.map(shown), first!.spans.map(shown)));
  test(`${scenario}: the order of documents changes nothing`, () => {
    for (const documents of readings.values())
      assert.equal(told(build([...documents].reverse()).traces), told(build(documents).traces));
  });
}

test("what is left of deleted sessions is the same", () => {
  for (const { readings } of opencodeFixtures().filter(({ scenario }) => ["deleted-sessions", "two-hundred"].includes(scenario))) {
    const [all, left] = [readings.get("events")!, readings.get("exports")!].map((documents) => build(documents).traces.flatMap(({ spans }) => spans.map(shown)));
    assert.ok(left!.length > 0 && left!.length < all!.length);
    assert.deepEqual(left!.filter((span) => !all!.includes(span)), []);
  }
});
