// Damaged recordings of opencode: whatever is in them, the core neither traps nor hangs nor loses a row, what it hands out can be read,
// and another cutting, another order and the build without SIMD give the same.
//
// SPANLOOM_CASES says how many are tried, SPANLOOM_SEED which.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../bench/session/random.ts";
import { assertSame } from "../golden/same.ts";
import { type Document, newCore, run, shuffled } from "../support/core.ts";
import { opencodeFixtures } from "../support/opencode.ts";
import { readJson, readProto, spansOf } from "../support/otlp.ts";
import { mutations, named } from "./mutate.ts";

const cases = Number(process.env["SPANLOOM_CASES"] ?? 150);
const seed = Number(process.env["SPANLOOM_SEED"] ?? 1);

/** Frames as lines, which the changes know how to take apart; exports stay as they are. */
function lines({ name, bytes }: Document): Document {
  const text = Buffer.from(bytes).toString("utf8");
  if (!text.startsWith("data:") && !text.startsWith("event:")) return { name, bytes };
  const rows = text.split("\n").filter((line) => line.startsWith("data:"));
  return { name: name.replace(/sse$/, "ndjson"), bytes: Buffer.from(rows.map((line) => `${line.slice(5).trimStart()}\n`).join("")) };
}

const large = 120_000;
const families = opencodeFixtures()
  .flatMap(({ readings }) => [...readings.values(), [...readings.values()].flat()])
  .filter((documents) => documents.reduce((sum, { bytes }) => sum + bytes.length, 0) < large);

const core = newCore();
const scalar = newCore("scalar");

function tried(random: Random): number {
  const frames = random.chance(0.2);
  const documents = random.pick(families).map((document) => (frames ? { ...document } : lines(document)));
  if (random.chance(0.1)) for (const document of random.pick(families).map(lines)) documents.push({ ...document, name: named(document.name, documents) });
  for (let count = 1 + random.below(6); count > 0; count--) random.pick(mutations)(random, documents);
  const given = { shape: random.pick(["turns", "session"] as const), content: random.pick(["full", "full", "metadata"] as const) };
  const outcome = run(documents, { ...given, core });
  const { counters } = outcome;
  assert.equal(counters.used + counters.skipped + counters.broken, counters.rows);
  assert.equal(Object.values(counters.skippedBy).reduce((sum, count) => sum + count, 0), counters.skipped);
  for (const { name, rows, used, skipped, broken } of outcome.documents) assert.equal(used + skipped + broken, rows, name);
  const spans = spansOf(readJson(outcome.json));
  assert.deepEqual(spansOf(outcome.proto.map((bytes) => readProto(bytes))), spans);
  const known = new Map(spans.map((span) => [span.spanId, span]));
  for (const span of spans) {
    assert.ok(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano), span.name);
    if (span.parentSpanId !== undefined) assert.equal(known.get(span.parentSpanId)?.traceId, span.traceId, span.name);
  }
  const order = shuffled(documents.length, random.below(1000));
  const window = random.pick([3, 7, 61, 1000, 4096]);
  // Two documents of one name and the same bytes in another order are nobody's to tell apart.
  if (new Set(documents.map(({ name }) => name)).size === documents.length) assertSame(run(documents, { ...given, core, window, order }), outcome, `pieces of ${window}, order ${order.join(" ")}`);
  assertSame(run(documents, { ...given, core: scalar, window: 61 }), outcome, "scalar");
  return spans.length;
}

test(`${cases} damaged families, from seed ${seed}`, () => {
  let spans = 0;
  for (let at = 0; at < cases; at++) {
    try {
      spans += tried(new Random(seed + at));
    } catch (error) {
      throw new Error(`seed ${seed + at}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  assert.ok(spans > cases, "what is damaged is still mostly read");
});
