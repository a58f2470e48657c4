// What options change and what they leave alone: the session's shape, metadata without content, names of the host's own.
// And what no option changes: rows add up.

import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../support/core.ts";
import { type Fixture, fixtures, rowsOf } from "../support/fixture.ts";
import { attributes, type KeyValue, type OtlpSpan, readJson, readProto, spansOf } from "../support/otlp.ts";

/** Names of content attributes; without content there are none. */
const content = [
  "gen_ai.input.messages",
  "gen_ai.output.messages",
  "gen_ai.tool.call.arguments",
  "gen_ai.tool.call.result",
  "spanloom.tool.result.file",
  "spanloom.compaction.summary",
];

/** Names of things, which spans may have: everything else in a message is somebody's words. */
const names = new Set(["type", "media_type", "subagent_type", "to", "recipient"]);

function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (names.has(key) ? [] : strings(inner)));
}

/** Everything that was said, asked, given and answered in a recording, in pieces: what metadata must not hold. */
function* contents({ documents, truth }: Fixture): Generator<string> {
  for (const { row } of rowsOf(documents)) {
    if (row["type"] !== "user" && row["type"] !== "assistant") continue;
    const said: unknown = row["message"].content;
    if (typeof said === "string") yield said;
    for (const block of Array.isArray(said) ? (said as Record<string, unknown>[]) : []) {
      for (const key of ["text", "thinking", "input", "content"]) yield* strings(block[key]);
    }
  }
  for (const { label } of truth) if (label !== null) yield label;
}

/** Every string of a request but the keys. */
const values = (spans: readonly OtlpSpan[]): string[] =>
  spans.flatMap((span) => [
    ...Object.values(attributes(span)).flatMap(strings),
    ...strings([span.name, span.status?.message]),
    ...(span.events ?? []).flatMap((event) => strings([event.name, ...Object.values(attributes(event))])),
  ]);

/** A short text may be part of an innocent one ("one" of "none"), so it counts only on its own. */
const holds = (value: string, text: string): boolean => (text.length < 8 ? value === text : value.includes(text));

const withoutParent = (span: OtlpSpan): unknown => ({ ...span, traceId: "", parentSpanId: "" });

for (const fixture of fixtures()) {
  const { name, documents } = fixture;
  const outcome = run(documents);
  const spans = spansOf(readJson(outcome.json));

  test(`${name}: rows used, skipped and broken add up`, () => {
    const { counters, documents: rows } = outcome;
    assert.equal(counters.used + counters.skipped + counters.broken, counters.rows);
    assert.equal(
      Object.values(counters.skippedBy).reduce((sum, count) => sum + count, 0),
      counters.skipped,
    );
    assert.equal(counters.broken, outcome.broken.length);
    for (const one of rows) assert.equal(one.used + one.skipped + one.broken, one.rows, one.name);
    for (const key of ["rows", "used", "skipped", "broken"] as const)
      assert.equal(
        rows.reduce((sum, one) => sum + one[key], 0),
        counters[key],
        key,
      );
    assert.equal(
      rows.reduce((sum, one) => sum + one.copies, 0),
      counters.skippedBy.copy,
    );
    assert.equal(
      counters.bytes,
      documents.reduce((sum, { bytes }) => sum + bytes.length, 0),
    );
  });

  test(`${name}: in the session's shape the same spans below the session`, () => {
    const whole = spansOf(readJson(run(documents, { shape: "session" }).json));
    const sessions = whole.filter(({ parentSpanId }) => parentSpanId === undefined);
    const below = whole.filter(({ parentSpanId }) => parentSpanId !== undefined);
    assert.deepEqual(below.map(withoutParent), spans.map(withoutParent));
    const roots = new Set(sessions.map(({ spanId }) => spanId));
    below.forEach((span, index) => {
      const parent = spans[index]!.parentSpanId;
      // A turn hangs on its session, everything else where it hung before.
      if (parent === undefined) assert.ok(roots.has(span.parentSpanId!), `${span.name} hangs on a session`);
      else assert.equal(span.parentSpanId, parent);
    });
    assert.equal(sessions.length, outcome.counters.sessions);
    for (const session of sessions) {
      assert.match(session.name, /^session /);
      const own = below.filter(({ traceId }) => traceId === session.traceId);
      const least = own.reduce((time, span) => (BigInt(span.startTimeUnixNano) < time ? BigInt(span.startTimeUnixNano) : time), 1n << 63n);
      const most = own.reduce((time, span) => (BigInt(span.endTimeUnixNano) > time ? BigInt(span.endTimeUnixNano) : time), 0n);
      assert.equal(session.startTimeUnixNano, String(least));
      assert.equal(session.endTimeUnixNano, String(most));
      const tokens = (span: OtlpSpan): number =>
        span.name.startsWith("chat") ? Number(attributes(span)["gen_ai.usage.output_tokens"] ?? 0) : 0;
      assert.equal(
        attributes(session)["gen_ai.usage.output_tokens"],
        own.reduce((sum, span) => sum + tokens(span), 0),
      );
    }
  });

  test(`${name}: metadata holds no content`, () => {
    const bare = run(documents, { content: "metadata" });
    assert.equal(bare.needs, 0, "nothing is read again");
    const read = spansOf(readJson(bare.json));
    assert.deepEqual(spansOf(bare.proto.map(readProto)), read);
    const said = values(read);
    for (const text of contents(fixture)) {
      for (const value of said) assert.ok(text === "" || !holds(value, text), `${JSON.stringify(value)} holds ${JSON.stringify(text)}`);
    }
    // And it differs in nothing else: the same spans with the same attributes but those.
    const bared = (list: readonly KeyValue[]): KeyValue[] => list.filter(({ key }) => !content.includes(key));
    const kept = spans.map((span) => ({
      ...span,
      attributes: bared(span.attributes),
      ...(span.events ? { events: span.events.map((event) => ({ ...event, attributes: bared(event.attributes) })) } : {}),
      status: span.status?.code,
    }));
    assert.deepEqual(
      read.map((span) => ({ ...span, status: span.status?.code })),
      kept,
    );
  });

  test(`${name}: names of the host's own change names alone`, () => {
    const given = { agentName: "robot", resource: { "deployment.environment": "test", "service.name": "mine", "host.name": "é 🚀" } };
    const named = readJson(run(documents, { ...given, formats: ["json"] }).json);
    const resource = named[0]!.resourceSpans[0]!.resource.attributes.map(({ key, value }) => [key, value.stringValue]);
    assert.deepEqual(resource, [
      ["service.name", "mine"],
      ["deployment.environment", "test"],
      ["host.name", "é 🚀"],
    ]);
    const ours = spansOf(named);
    assert.deepEqual(
      ours.map(({ spanId }) => spanId),
      spans.map(({ spanId }) => spanId),
      "ids do not depend on names",
    );
    for (const span of ours) if (span.parentSpanId === undefined) assert.equal(span.name, "invoke_agent robot");
    assert.ok(ours.every((span) => attributes(span)["gen_ai.agent.name"] !== "claude-code"));
  });
}
