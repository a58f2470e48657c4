// Hooks and compactions as docs/SPANS.md says: which span their events stand on, and what they say.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SKIP_ATTACHMENT, SKIP_INJECTED, SKIP_NOTICE, SKIP_PROGRESS } from "../../assembly/abi/layout.ts";
import { type Session, subagent } from "../support/session.ts";
import { id, spawn, transcript } from "../support/scenes/scene.ts";
import { build, type Input, type Span } from "./index.ts";

const spansOf = (documents: Input[]): Span[] => build(documents).traces.flatMap(({ spans }) => spans);
const read = (write: (it: Session) => unknown): Span[] => spansOf([transcript(write)]);

/** The events of a span, each as its name and values. */
const events = (span: Span | undefined): string[] => (span?.events ?? []).map(({ name, attributes }) => [name, ...attributes.map(([, value]) => String(value))].join(" "));

const running = { type: "hook_progress", hookEvent: "PreToolUse", hookName: "PreToolUse:Bash" };

test("a hook stands on the call it names, above or below, else on what is current", () => {
  const [turn, , tool] = read((it) =>
    it
      .prompt("one")
      .progress(running, { toolUseID: "t1" })
      .call("m1", "t1")
      .attachment({ type: "hook_success", hookEvent: "PostToolUse", hookName: "PostToolUse:Bash", toolUseID: "t1", exitCode: 0, durationMs: 7.9 })
      .result("t1")
      .wait(60)
      .attachment({ type: "hook_blocking_error", hookEvent: "Stop", toolUseID: "nobody", exitCode: 2 }),
  );
  assert.deepEqual(events(tool), ["spanloom.hook PreToolUse PreToolUse:Bash", "spanloom.hook PostToolUse PostToolUse:Bash success 0 7"]);
  assert.deepEqual(tool?.events[1]?.attributes.map(([key]) => key), [
    "spanloom.hook.event",
    "spanloom.hook.name",
    "spanloom.hook.outcome",
    "spanloom.hook.exit_code",
    "spanloom.hook.duration_ms",
  ]);
  assert.deepEqual(events(turn), ["spanloom.hook Stop blocking_error 2"]);
  assert.equal(turn?.end, tool?.end, "a hook does not lengthen its turn");
});

test("a hook before the first turn is skipped by its type", () => {
  const { documents } = build([
    transcript((it) =>
      it.attachment({ type: "hook_success" }).progress(running).system("stop_hook_summary", { hookCount: 1 }).prompt("one").say("m1", "yes"),
    ),
  ]);
  const by = documents[0]?.skippedBy;
  assert.deepEqual([by?.[SKIP_ATTACHMENT], by?.[SKIP_PROGRESS], by?.[SKIP_NOTICE]], [1, 1, 1]);
});

test("hooks within a sub-agent, and what the stop hooks summed up", () => {
  const [, , agent] = spansOf([
    transcript((it) => spawn(it.prompt("go"), "a1").attachment({ type: "hook_success", toolUseID: "a1" }).result("a1").say("m-end", "end")),
    ...subagent(
      id,
      "x1",
      (it) =>
        it
          .prompt("do it")
          .say("m1", "x")
          .system("stop_hook_summary", { hookCount: 2, preventedContinuation: true })
          .system("stop_hook_summary", { preventedContinuation: "true" }),
      { toolUseId: "a1" },
    ),
  ]);
  assert.deepEqual(events(agent), ["spanloom.hook success", "spanloom.hook Stop prevented_continuation 2", "spanloom.hook Stop"]);
});

test("a summary is content of the event of its compaction, the first one only", () => {
  const document = transcript((it) =>
    it
      .user("no compaction yet", { isCompactSummary: true })
      .prompt("one")
      .say("m1", "yes")
      .system("compact_boundary", { compactMetadata: { trigger: "auto" } })
      .user([{ type: "text", text: "what we did" }], { isCompactSummary: true })
      .user("again", { isCompactSummary: true }),
  );
  const built = build([document]);
  assert.deepEqual(events(built.traces[0]?.spans[0]), ["spanloom.compaction auto what we did"]);
  assert.equal(built.documents[0]?.skippedBy[SKIP_INJECTED], 2);
  const without = build([document], { content: "metadata" });
  assert.deepEqual(events(without.traces[0]?.spans[0]), ["spanloom.compaction auto"]);
});

const compact = (it: Session): Session => it.wait(20).system("compact_boundary", { compactMetadata: { trigger: "manual" } }).user("what we did", { isCompactSummary: true });
const ofTurns = (write: (it: Session) => unknown): string[][] => read(write).filter(({ parentSpanId }) => parentSpanId === undefined).map(events);

test("a compaction behind a finished turn belongs to what goes on", () => {
  const first = (it: Session): Session => it.prompt("one").say("m1", "yes");
  const compaction = "spanloom.compaction manual what we did";
  assert.deepEqual(ofTurns((it) => compact(first(it))), [[compaction]]);
  assert.deepEqual(ofTurns((it) => compact(first(it)).wait(5).prompt("two").say("m2", "no")), [[], [compaction]]);
  assert.deepEqual(ofTurns((it) => compact(first(it)).say("m2", "more").prompt("two").say("m3", "no")), [[compaction], []]);
  assert.deepEqual(ofTurns((it) => compact(it.prompt("one").call("m1", "t1")).prompt("two").say("m2", "no")), [[compaction], []]);
  assert.deepEqual(ofTurns((it) => compact(it.prompt("one").call("m1", "t1").user("[Request interrupted by user]")).prompt("two")), [["spanloom.interrupt"], [compaction]]);
});

test("a compaction behind a finished turn moves neither turn, and a copy of it stands for it", () => {
  const whole = (it: Session): Session => compact(it.prompt("one").say("m1", "yes")).wait(5).prompt("two").say("m2", "no");
  const [one, , two, chat] = read(whole);
  const [event] = two?.events ?? [];
  assert.ok(event && one && two && one.end < event.time && event.time < two.start);
  assert.equal(chat?.start, two.start);
  const snapshot = transcript((it) => compact(it.prompt("one").say("m1", "yes")));
  assert.deepEqual(spansOf([snapshot, transcript(whole)]).filter(({ parentSpanId }) => parentSpanId === undefined).map(events), [events(one), events(two)]);
});
