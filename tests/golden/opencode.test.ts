// What becomes of opencode's recordings: as blessed, the same however they go in, and the same from an event stream as from
// exports, save what only one of them knows. No row is lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Document, newCore, type Outcome, run, shuffled } from "../support/core.ts";
import { changed, opencodeGoldens } from "../support/goldens.ts";
import { opencodeFixtures } from "../support/opencode.ts";
import { readJson, spansOf } from "../support/otlp.ts";
import { assertSame } from "./same.ts";

const shared = newCore();
const scalar = newCore("scalar");
const all = opencodeFixtures();
const recording = (name: string): Map<string, Document[]> => all.find(({ scenario }) => scenario === name)!.readings;

for (const golden of opencodeGoldens()) {
  test(`${golden.file}: as blessed`, () => {
    const words = changed(golden);
    if (words !== "") assert.fail(words);
  });
}

function assertWhole({ counters, documents }: Outcome): void {
  assert.equal(counters.used + counters.skipped + counters.broken, counters.rows);
  assert.equal(Object.values(counters.skippedBy).reduce((sum, count) => sum + count, 0), counters.skipped);
  for (const { name, rows, used, skipped, broken } of documents) assert.equal(used + skipped + broken, rows, name);
}

for (const { scenario, readings } of all.filter(({ scenario }) => scenario !== "two-hundred")) {
  test(`${scenario}: any cutting, any order`, () => {
    for (const [reading, documents] of readings) {
      const expected = run(documents, { core: shared });
      assertWhole(expected);
      for (const [index, window] of [1, 7, 4096].entries()) {
        if (window === 1 && reading !== "events") continue;
        const order = shuffled(documents.length, index + 1);
        assertSame(run(documents, { core: shared, window, order }), expected, `${reading}, pieces of ${window}`);
      }
      assertSame(run(documents, { core: scalar, window: 61 }), expected, `${reading}, scalar`);
    }
  });

  test(`${scenario}: everything at once, in any order`, () => {
    const documents = [...readings.values()].flat();
    const expected = run(documents, { core: shared });
    assertWhole(expected);
    for (const seed of [1, 2, 3]) assertSame(run(documents, { core: shared, order: shuffled(documents.length, seed) }), expected, `order ${seed}`);
  });
}

/** What a stream alone knows, and what a document says of itself. */
const apart = /^spanloom\.(source\.|evidence$|permission\.wait_ms$)/;
const shown = (outcome: Outcome): string[] =>
  spansOf(readJson(outcome.json)).map(({ events: _, attributes, ...span }) =>
    JSON.stringify({ ...span, attributes: attributes.filter(({ key }) => !apart.test(key)) }),
  );

// Sessions that were deleted have no export, and the text of an answer that broke off was never written down.
const less = new Set(["deleted-sessions", "two-hundred", "stream-cut", "one-shot"]);
for (const { scenario, readings } of all.filter(({ scenario }) => !less.has(scenario))) {
  test(`${scenario}: every reading says the same`, () => {
    const [first, ...others] = [...readings.values()].map((documents) => shown(run(documents, { core: shared })));
    for (const spans of others) assert.deepEqual(spans, first);
  });
}

// --- how events and exports may be written

const multiTurn = (): { info: object; messages: object[] } => JSON.parse(Buffer.from(recording("multi-turn").get("exports")![0]!.bytes).toString("utf8"));
const events = (): { id: string; type: string; properties: object }[] =>
  Buffer.from(recording("subagents").get("events")![0]!.bytes)
    .toString("utf8")
    .split("\n")
    .filter((line) => line.startsWith("data:"))
    .map((line) => JSON.parse(line.slice(5)));
const built = (text: string, window?: number): Outcome => run([{ name: "one", bytes: Buffer.from(text) }], { core: shared, window });

test("an export is the same however it is spread over lines, and whatever stands before it", () => {
  const whole = multiTurn();
  const expected = shown(built(JSON.stringify(whole, null, 2)));
  const pretty = JSON.stringify(whole, null, "\t");
  for (const text of [JSON.stringify(whole), pretty, pretty.replaceAll("\n", "\r\n"), `\ufeff${pretty}`, `Exporting session: one\n${pretty}`]) {
    for (const window of [undefined, 5]) assert.deepEqual(shown(built(text, window)), expected);
  }
});

test("events are the same in every envelope and every frame", () => {
  const expected = shown(built(events().map((event) => JSON.stringify(event)).join("\n")));
  const lines = (each: (event: { id: string; type: string; properties: object }) => unknown): string => events().map((event) => JSON.stringify(each(event))).join("\n");
  const frames = (each: (text: string) => string): string => events().map((event) => `event: message\nid: 1\n${each(JSON.stringify(event, null, 1))}\n`).join("\n");
  const dresses = {
    "without ids": lines(({ id: _, ...event }) => event),
    global: lines((payload) => ({ directory: "/d", payload })),
    "as the database keeps them": lines(({ id, type, properties }) => ({ id, aggregate_id: "a", seq: 1, type: `${type}.1`, data: properties })),
    list: JSON.stringify(events()),
    "list over lines": JSON.stringify(events(), null, 2),
    "frames of many lines": frames((text) => text.split("\n").map((line) => `data: ${line}`).join("\n")),
    "frames without blanks": events().map((event) => `data:${JSON.stringify(event)}`).join("\r\n"),
  };
  for (const [dress, text] of Object.entries(dresses)) {
    for (const window of [undefined, 3]) assert.deepEqual(shown(built(text, window)), expected, `${dress}, pieces of ${String(window)}`);
  }
});

test("a doubled event adds nothing", () => {
  const doubled = events().flatMap((event) => [event, { payload: { type: "sync", syncEvent: { id: event.id, type: `${event.type}.1`, seq: 1, data: event.properties } } }]);
  const once = built(events().map((event) => JSON.stringify(event)).join("\n"));
  const twice = built(doubled.map((event) => JSON.stringify(event)).join("\n"));
  assert.deepEqual(shown(twice), shown(once));
  assert.ok(twice.counters.skippedBy.copy >= once.counters.used);
});

test("of an export that is cut off there is what is whole in it, and one broken row", () => {
  const text = JSON.stringify(multiTurn(), null, 2);
  let spans = 0;
  for (let end = 1; end < text.length; end += 211) {
    const outcome = built(text.slice(0, end), 64);
    assertWhole(outcome);
    assert.equal(outcome.counters.broken, 1, `cut at ${end}`);
    assert.ok(outcome.counters.spans >= spans, `cut at ${end}`);
    spans = outcome.counters.spans;
  }
  assert.ok(spans > 10);
});

test("an export behind one that is cut off is whole", () => {
  const text = JSON.stringify(multiTurn(), null, 2);
  for (const end of [2, 100, 5000, text.length - 3]) assert.deepEqual(shown(built(`${text.slice(0, end)}\n${text}`)).length, shown(built(text)).length, `cut at ${end}`);
});

test("a stream that ends in the middle of an answer has the answer so far", () => {
  const lines = Buffer.from(recording("stream-cut").get("events")![0]!.bytes).toString("utf8").split("\n\n");
  const last = lines.map((line) => line.includes('"message.part.delta"')).lastIndexOf(true);
  assert.match(built(lines.slice(0, last + 1).join("\n\n")).json.join(""), /This answer breaks off in the middle of a word because the line is cut/);
});
