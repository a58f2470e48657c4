// Compactions: where one happened, what came of it, and which responses saw only the summary.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Session } from "../support/session.ts";
import { built, Built, events, texts } from "./built.ts";

const boundary = { compactMetadata: { trigger: "auto", preTokens: 7768, postTokens: 625 } };
const summary = "This session is being continued from a previous conversation. We were looking.";

const compacted = (it: Session): Session =>
  it
    .prompt("one")
    .call("m1", "t1")
    .result("t1")
    .system("compact_boundary", boundary)
    .user(summary, { isCompactSummary: true, promptId: "c" });

test("the summary that follows a compaction stands on its event", () => {
  const session = built((it) => compacted(it).say("m2", "done"));
  assert.deepEqual(events(session.roots[0]!), [
    [
      "spanloom.compaction",
      {
        "spanloom.compaction.trigger": "auto",
        "spanloom.compaction.tokens_before": 7768,
        "spanloom.compaction.tokens_after": 625,
        "spanloom.compaction.summary": summary,
      },
    ],
  ]);
});

test("a compaction ends no turn, and what is answered after it says so", () => {
  const session = built((it) => compacted(it).say("m2", "done").prompt("two").say("m3", "yes"));
  assert.deepEqual(session.outline(), ["turn one", "  chat m1", "  tool t1", "  chat m2", "turn two", "  chat m3"]);
  const said = ["m1", "m2", "m3"].map((id) => session.chat(id).said["gen_ai.conversation.compacted"]);
  assert.deepEqual(said, [undefined, true, true]);
  assert.deepEqual(texts(session.roots[0]!, "input"), ["one"]);
});

test("a compaction between two turns is an event of the one that goes on", () => {
  const session = built((it) =>
    it
      .prompt("one")
      .say("m1", "a")
      .system("compact_boundary", boundary)
      .user(summary, { isCompactSummary: true })
      .prompt("two")
      .say("m2", "b"),
  );
  assert.deepEqual(
    session.roots.map((root) => events(root).map(([name]) => name)),
    [[], ["spanloom.compaction"]],
  );
});

test("without content an event has no summary", () => {
  const it = new Session("s");
  const { spans } = new Built([compacted(it).document()], { content: "metadata" });
  const [[, said] = []] = events(spans[0]!);
  assert.equal(said?.["spanloom.compaction.tokens_before"], 7768);
  assert.equal(said?.["spanloom.compaction.summary"], undefined);
});
