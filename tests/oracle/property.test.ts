// What holds for any family, over families made by chance (sessions.ts): the core says what the oracle says, and neither the
// order of documents, nor how they are cut, nor the shape changes a span; nothing is lost.
//
// chance/property.ts says how to try more.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Document, newCore, run } from "../support/core.ts";
import { type OtlpSpan, readJson, spansOf } from "../support/otlp.ts";
import { property, readAlike, seed, shown } from "./chance/property.ts";
import { compare, inWords, modes } from "./compare.ts";
import { losses } from "./conservation.ts";
import { build } from "./index.ts";
import { family } from "./sessions.ts";

// What one family leaves in an instance must not reach the next.
const core = newCore();

const holds = (name: string, of: (documents: Document[]) => void): void => property(name, family, shown, of);

holds("core and oracle agree", (documents) => {
  // The other profiles are tables.
  for (const mode of [...modes, { profile: "openinference" }, { profile: "weave" }]) assert.equal(inWords(compare(documents, mode)), "");
});

readAlike(family, core);

holds("both shapes have the same spans below the turn", (documents) => {
  const spans = (shape: "turns" | "session"): OtlpSpan[] => spansOf(readJson(run(documents, { core, shape, formats: ["json"] }).json));
  const turns = spans("turns");
  const tops = new Set(turns.filter(({ parentSpanId }) => parentSpanId === undefined).map(({ spanId }) => spanId));
  const below = (span: OtlpSpan): unknown => ({ ...span, traceId: "", ...(tops.has(span.spanId) ? { parentSpanId: "" } : {}) });
  const byId = (list: OtlpSpan[]): unknown[] => list.map(below).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  assert.deepEqual(byId(spans("session").filter(({ name }) => !name.startsWith("session "))), byId(turns));
});

holds("nothing is lost and nothing made up", (documents) => {
  assert.deepEqual(losses(documents, build(documents)), []);
});

test("families made by chance hold what they are made for", () => {
  const outcomes = fc.sample(family, { numRuns: 1000, seed }).map((documents) => run(documents, { core, formats: ["json"] }));
  const all = spansOf(outcomes.flatMap(({ json }) => readJson(json)));
  const said = new Set(all.flatMap(({ attributes }) => attributes.map(({ key, value }) => `${key} ${JSON.stringify(value)}`)));
  const counted = (name: "copy" | "injected" | "notice"): number =>
    outcomes.reduce((sum, { counters }) => sum + counters.skippedBy[name], 0);
  for (const join of ["tool_use_id", "result_agent_id", "workflow", "name", "type", "none", "orphan"])
    assert.ok(said.has(`spanloom.agent.join {"stringValue":"${join}"}`), join);
  for (const error of ["interrupted", "unanswered", "rejected", "denied", "tool_error", "rate_limit", "failed", "killed", "stopped"])
    assert.ok(said.has(`error.type {"stringValue":"${error}"}`), error);
  for (const member of ["ann@crew", "bob@crew"]) assert.ok(said.has(`spanloom.agent.id {"stringValue":"${member}"}`), member);
  for (const key of ["spanloom.tool.result.size", "spanloom.workflow.run.id"])
    assert.ok(
      all.some(({ attributes }) => attributes.some((one) => one.key === key)),
      key,
    );
  const summaries = all.flatMap(({ events }) => events ?? []).filter(({ attributes }) => attributes.some(({ key }) => key.endsWith(".summary")));
  assert.ok(summaries.length > 0, "summaries of compactions");
  for (const origin of ["unprompted", "notification"]) assert.ok(said.has(`spanloom.turn.origin {"stringValue":"${origin}"}`), origin);
  for (const event of ["spanloom.compaction", "spanloom.api_error", "spanloom.interrupt", "spanloom.hook"])
    assert.ok(
      all.some(({ events }) => events?.some(({ name }) => name === event)),
      event,
    );
  for (const skipped of ["copy", "injected", "notice"] as const) assert.ok(counted(skipped) > 0, skipped);
  assert.ok(
    outcomes.some(({ broken }) => broken.length > 0),
    "broken rows",
  );
});
