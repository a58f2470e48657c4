// What holds for whatever happens on a server of opencode (chance/servers.ts): the core says what the oracle says, and neither
// the order of documents, nor how they are cut or framed, nor what was written before the last write changes a span.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Document, newCore, run } from "../../support/core.ts";
import { readJson, spansOf } from "../../support/otlp.ts";
import { cases, property, readAlike, seed, shown } from "../chance/property.ts";
import { script, server } from "../chance/servers.ts";
import { inWords, modes } from "../compare.ts";
import { misplaced } from "../structure.ts";
import { compare } from "./compare.ts";
import { build } from "./index.ts";
import { inLines, played, written } from "./script.ts";

// What one family leaves in an instance must not reach the next.
const core = newCore();

const holds = (name: string, of: (documents: Document[]) => void): void => property(name, server, shown, of);

holds("core and oracle agree", (documents) => {
  for (const mode of modes) assert.equal(inWords(compare(documents, mode)), "");
});

readAlike(server, core);

holds("frames of a stream are lines", (documents) => {
  const framed = documents.map(({ name, bytes }): Document => {
    const text = Buffer.from(bytes).toString("utf8");
    // What is no object may be where the next line goes on, and exports are no streams.
    const whole = name.endsWith(".ndjson") && text.split("\n").every((line) => line === "" || (line.startsWith("{") && line.endsWith("}")));
    return { name, bytes: whole ? Buffer.from(text.replace(/^(?=.)/gm, "data: ")) : bytes };
  });
  const [frames, lines] = [run(framed, { core }), run(documents, { core })];
  assert.deepEqual(frames.json, lines.json);
  assert.deepEqual(frames.counters.skippedBy, lines.counters.skippedBy);
});

holds("spans stand where they belong", (documents) => {
  assert.deepEqual(misplaced(build(documents)), []);
});

/** All but where it stands. */
const told = (documents: readonly Document[]): string[] =>
  spansOf(readJson(run(documents, { core, formats: ["json"] }).json)).map(({ attributes, ...span }) =>
    JSON.stringify({ ...span, attributes: attributes.filter(({ key }) => key !== "spanloom.source.line") }),
  );

property(
  "what a later write replaced says nothing",
  script.filter(({ envelope }) => envelope === "plain"),
  (one) => shown(written(one)),
  (one) => {
    const { log } = played(one);
    const nameOf = (row: unknown): string | undefined => {
      const { type, properties } = row as { type?: string; properties?: { info?: { id?: string }; part?: { id?: string } } };
      // A title says when it came.
      return type?.startsWith("message.") ? (properties?.info?.id ?? properties?.part?.id) : undefined;
    };
    const last = new Map(log.map((row, at) => [nameOf(row), at]));
    const kept = log.filter((row, at) => nameOf(row) === undefined || last.get(nameOf(row)) === at);
    assert.deepEqual(told([inLines("events.ndjson", kept)]), told([inLines("events.ndjson", log)]));
  },
);

test("what happens by chance holds what it is made for", () => {
  const outcomes = fc.sample(server, { numRuns: 1000, seed }).map((documents) => run(documents, { core, formats: ["json"] }));
  const all = spansOf(outcomes.flatMap(({ json }) => readJson(json)));
  const said = new Set(all.flatMap(({ attributes }) => attributes.map(({ key, value }) => `${key} ${JSON.stringify(value)}`)));
  const has = (key: string, value: string): void => assert.ok(said.has(`${key} {"stringValue":"${value}"}`), `${key} ${value}`);
  for (const join of ["result_agent_id", "title", "none", "orphan"]) has("spanloom.agent.join", join);
  for (const error of ["interrupted", "unanswered", "rejected", "denied", "tool_error", "invalid_tool", "APIError"]) has("error.type", error);
  for (const origin of ["unprompted", "synthetic"]) has("spanloom.turn.origin", origin);
  for (const evidence of ["events", "state"]) has("spanloom.evidence", evidence);
  const keys = new Set(all.flatMap(({ attributes }) => attributes.map(({ key }) => key)));
  for (const key of ["spanloom.permission.wait_ms", "spanloom.tool.exit_code", "spanloom.cost.usd", "gen_ai.conversation.compacted", "spanloom.async"]) assert.ok(keys.has(key), key);
  for (const event of ["spanloom.compaction", "spanloom.api_error", "spanloom.interrupt", "spanloom.permission"])
    assert.ok(all.some(({ events }) => events?.some(({ name }) => name === event)), event);
  const skipped = (name: "copy" | "progress" | "injected" | "notice" | "unknown"): number => outcomes.reduce((sum, { counters }) => sum + counters.skippedBy[name], 0);
  for (const name of ["copy", "progress", "injected", "notice", "unknown"] as const) assert.ok(skipped(name) > 0, name);
  assert.ok(outcomes.some(({ broken }) => broken.length > 0), "broken rows");
});
