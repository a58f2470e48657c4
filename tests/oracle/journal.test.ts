// Journals as docs/SPANS.md says: where what hooks were told stands, what it says, and all that it leaves alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DOCUMENT_JOURNAL } from "../../assembly/abi/layout.ts";
import { type Document, run } from "../support/core.ts";
import { attributes, readJson, spansOf } from "../support/otlp.ts";
import { scenes } from "../support/scenes/index.ts";
import { id, journal, transcript } from "../support/scenes/scene.ts";
import type { Session } from "../support/session.ts";

const json = (documents: Document[], content: "full" | "metadata" = "full") =>
  spansOf(readJson(run(documents, { content, formats: ["json"] }).json));

/** The events of each span that has some, by the name of the span. */
const events = (documents: Document[], content?: "full" | "metadata"): [string, Record<string, unknown>[]][] =>
  json(documents, content)
    .filter(({ events: some }) => (some ?? []).length > 0)
    .map((span) => [span.name, span.events!.map((event) => ({ name: event.name, ...attributes(event) }))]);

/** Rows at seconds 0, 1, 2, 13 and 14. */
const work = transcript((it) => it.prompt("one").call("m1", "t1").wait(10).result("t1").say("m2", "done"));
const told = (write: (it: Session) => unknown, start = 5): Document => journal(write, id, start);

test("what a hook was told stands on the call or on the turn, texts only where content is wanted", () => {
  const documents = [
    work,
    told((it) =>
      it
        .told("PermissionRequest", { tool_name: "Bash", tool_input: { command: "rm" }, permission_mode: "default" })
        .told("Notification", { message: "may I?", title: "Permission", notification_type: "permission_prompt" })
        .told("PermissionDenied", { tool_name: "Bash", tool_use_id: "t1", reason: "too risky" }),
    ),
  ];
  const request = { name: "spanloom.permission_request", "gen_ai.tool.name": "Bash", "spanloom.permission.mode": "default" };
  const denied = { name: "spanloom.permission_denied", "gen_ai.tool.name": "Bash" };
  const notified = { name: "spanloom.notification", "spanloom.notification.type": "permission_prompt" };
  assert.deepEqual(events(documents), [
    ["invoke_agent claude-code", [{ ...notified, "spanloom.notification.title": "Permission", "spanloom.notification.message": "may I?" }]],
    ["execute_tool Bash", [request, { ...denied, "spanloom.permission.reason": "too risky" }]],
  ]);
  assert.deepEqual(events(documents, "metadata"), [
    ["invoke_agent claude-code", [notified]],
    ["execute_tool Bash", [request, denied]],
  ]);
});

test("a compaction is one event, whoever told of it, and one that never came is a request", () => {
  const record = transcript((it) => it.prompt("one").say("m1", "yes").wait(20).system("compact_boundary", { compactMetadata: { preTokens: 9 } }));
  const hook = told((it) =>
    it.told("PreCompact", { trigger: "manual", custom_instructions: "keep tests" }).wait(60).told("PreCompact", { trigger: "auto", custom_instructions: "" }),
  );
  const [[, found] = []] = events([record, hook]);
  assert.deepEqual(found, [
    {
      name: "spanloom.compaction",
      "spanloom.compaction.trigger": "manual",
      "spanloom.compaction.tokens_before": 9,
      "spanloom.compaction.instructions": "keep tests",
    },
    { name: "spanloom.compaction_request", "spanloom.compaction.trigger": "auto" },
  ]);
});

test("a compaction that belongs to the next turn is found by what was told before it", () => {
  const record = transcript((it) => it.prompt("one").say("m1", "yes").wait(20).system("compact_boundary").wait(20).prompt("two").say("m2", "no"));
  const hook = told((it) => it.told("PreCompact", { trigger: "manual" }));
  assert.deepEqual(json([record, hook]).filter(({ parentSpanId }) => !parentSpanId).map(({ events: some = [] }) => some.map((event) => ({ name: event.name, ...attributes(event) }))), [
    [],
    [{ name: "spanloom.compaction", "spanloom.compaction.trigger": "manual" }],
  ]);
});

test("no identity, time or status depends on a journal", () => {
  const journals = scenes.filter(({ documents }) => documents.some(({ name }) => name.endsWith(".hooks.jsonl")));
  assert.ok(journals.length >= 7);
  for (const { name, documents } of journals) {
    const record = documents.filter((document) => !document.name.endsWith(".hooks.jsonl"));
    const bare = (of: Document[]) =>
      json(of).map(({ events: some = [], ...span }) => ({
        ...span,
        events: some.filter((event) => ["spanloom.compaction", "spanloom.hook", "spanloom.interrupt", "spanloom.api_error"].includes(event.name)).length,
      }));
    assert.deepEqual(bare(documents), bare(record), name);
  }
});

test("every row is used, skipped for its reason, or broken", () => {
  const hook = told((it) =>
    it
      .told("SessionStart")
      .told("Notification")
      .told("Notification", {}, { timestamp: "1999-01-01T00:00:00Z", sessionId: "another" })
      .told("Notification", {}, { timestamp: undefined })
      .told("Notification", {}, { payload: [] })
      .told(undefined)
      .raw('{"type":"spanloom-hook","event":"Notification","timestamp":"2026-01-02T03:04:20Z","payload":{}}')
      .raw(' {"type":"spanloom-hook","event":"Notification","timestamp":"2026-01-02T03:04:20Z","payload":{}} ')
      .raw("\u0000\u0001garbage")
      .raw('{"type":"spanloom-hook","pay'),
  );
  const { documents, broken } = run([work, hook], { formats: ["json"] });
  const [, it] = documents;
  assert.equal(it?.kind, DOCUMENT_JOURNAL);
  assert.deepEqual([it?.rows, it?.used, it?.skipped, it?.broken], [10, 2, 6, 2]);
  assert.deepEqual(
    broken.map(({ line, reason }) => [line, reason]),
    [
      [9, "syntax"],
      [10, "torn"],
    ],
  );
  const by = run([work, hook], { formats: ["json"] }).counters.skippedBy;
  assert.deepEqual([by.metadata, by.notice, by.unknown, by.copy], [1, 1, 3, 1]);
});

test("a row of many megabytes is a row like any other", () => {
  const message = `${"größer 🙂 \\n ".repeat(400_000)}`;
  const hook = told((it) => it.told("Notification", { message }).raw(`{"type":"spanloom-hook","event":"Notification","payload":"${"x".repeat(3_000_000)}`));
  const [[, [event] = []] = []] = events([work, hook]);
  assert.equal(event?.["spanloom.notification.message"], message);
});
