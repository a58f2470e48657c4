// Broken and odd input: every good row around it is used, every broken one counted with its line, nothing traps, and the
// result is the oracle's. The families stand in oddities/.

import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, inWords } from "../oracle/compare.ts";
import { newCore, run } from "../support/core.ts";
import { attributes, hasProtoc, type OtlpSpan, readByProtoc, readJson, readProto, spansOf } from "../support/otlp.ts";
import { brokenFamilies } from "./oddities/broken.ts";
import { longRow, oddFamilies } from "./oddities/odd.ts";
import type { Oddity } from "./oddities/oddity.ts";

const oddities = [...brokenFamilies, ...oddFamilies];

// One instance for all of them: what one family leaves behind must not reach the next.
const core = newCore();

/** Every attribute as text, and what messages and arguments say when they are read. */
function everythingSaid(spans: OtlpSpan[]): string[] {
  return spans
    .flatMap((span) => Object.values(attributes(span)))
    .flatMap((value) => {
      if (typeof value !== "string") return [];
      const leaves: string[] = [value];
      const visit = (_: string, inner: unknown): unknown => (typeof inner === "string" && leaves.push(inner), inner);
      try {
        JSON.parse(value, visit);
      } catch {
        // Not every attribute is JSON.
      }
      return leaves;
    });
}

function check({ documents, used, broken = [], says = [] }: Oddity): void {
  const outcome = run(documents, { core });
  const { counters } = outcome;
  assert.deepEqual(
    outcome.broken.map(({ line, reason }) => `${line} ${reason}`),
    broken,
  );
  assert.equal(counters.used, used, "rows used");
  assert.equal(counters.used + counters.skipped + counters.broken, counters.rows, "the rows add up");
  const requests = readJson(outcome.json);
  assert.deepEqual(outcome.proto.map(readProto), requests, "protobuf and JSON");
  const said = everythingSaid(spansOf(requests));
  for (const text of says)
    assert.ok(
      said.some((one) => one.includes(text)),
      `the spans say ${JSON.stringify(text)}`,
    );
  for (const window of [1, 7]) {
    if (counters.bytes > 1 << 20) continue;
    const again = run(documents, { core, window });
    assert.deepEqual(again.json, outcome.json, `in pieces of ${window}`);
    assert.deepEqual(again.broken, outcome.broken, `in pieces of ${window}`);
  }
}

for (const oddity of oddities) {
  test(oddity.name, () => check(oddity));
  test(`${oddity.name}: as the oracle`, () => {
    const differences = compare(oddity.documents);
    if (differences.length > 0) assert.fail(inWords(differences));
  });
}

test("what is written is UTF-8 for protoc too", { skip: !hasProtoc && "protoc is not installed" }, () => {
  for (const { name, documents } of oddities) {
    const { json, proto } = run(documents, { core });
    const read = readByProtoc(Buffer.concat(proto));
    assert.deepEqual(spansOf([{ resourceSpans: [], ...read }]), spansOf(readJson(json)), name);
  }
});

const long = longRow(20);
test(long.name, () => check(long));
test(`${long.name}: as the oracle`, () => {
  const differences = compare(long.documents);
  if (differences.length > 0) assert.fail(inWords(differences));
});
