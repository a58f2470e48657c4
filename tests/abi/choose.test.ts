// Traces that a host sends while a session goes on: which of them came to an end, and requests that hold only chosen ones.

import assert from "node:assert/strict";
import { test } from "node:test";
import { instantiateCore } from "../../bridge/index.ts";
import { coreBytes } from "../support/core.ts";
import { readJson, spansOf } from "../support/otlp.ts";
import { opencodeFixtures } from "../support/opencode.ts";
import { Stream } from "../support/opencode-stream.ts";
import { id, transcript } from "../support/scenes/scene.ts";
import { type Session, subagent } from "../support/session.ts";

type Inputs = readonly { name: string; bytes: Uint8Array }[];
const module = new WebAssembly.Module(coreBytes());

function finished(inputs: Inputs): ReturnType<typeof instantiateCore> {
  const core = instantiateCore(module);
  core.open({ content: "metadata" });
  for (const { name, bytes } of inputs) {
    core.beginDocument(name);
    core.write(bytes);
    core.endDocument();
  }
  core.finish();
  return core;
}

function encoded(core: ReturnType<typeof instantiateCore>): string[] {
  core.encode("json");
  const requests: string[] = [];
  for (let step = core.next(); step.status !== "done"; step = core.next()) {
    assert.equal(step.status, "batch");
    if (step.status === "batch") requests.push(Buffer.from(step.bytes).toString("utf8"));
  }
  return spansOf(readJson(requests)).map(({ traceId }) => traceId);
}

const settled = (inputs: Inputs): boolean[] => finished(inputs).traces().map((trace) => trace.settled);
const told = (it: Session): Session => it.prompt("one").say("m1", "first").prompt("two").say("m2", "second").prompt("three").call("m3", "t3");

test("requests hold the chosen traces, and all of them again", () => {
  const core = finished([transcript(told)]);
  const all = core.traces().map((trace) => trace.id);
  assert.equal(all.length, 3);
  core.choose([2, 0]);
  assert.deepEqual([...new Set(encoded(core))], [all[0], all[2]]);
  core.choose([1]);
  assert.deepEqual([...new Set(encoded(core))], [all[1]]);
  core.choose();
  assert.deepEqual([...new Set(encoded(core))], all);
  assert.throws(() => core.choose([3]));
});

test("a turn came to an end if its last response asked for nothing, or another one follows", () => {
  assert.deepEqual(settled([transcript(told)]), [true, true, false]);
  assert.deepEqual(settled([transcript((it) => told(it).result("t3", "ok"))]), [true, true, false]);
  assert.deepEqual(settled([transcript((it) => told(it).result("t3", "ok").say("m4", "third"))]), [true, true, true]);
  assert.deepEqual(settled([transcript((it) => it.prompt("nobody answers"))]), [false]);
});

const over = (inputs: Inputs): boolean[] => finished(inputs).traces().map((trace) => trace.over);
const summary = { hookCount: 1, preventedContinuation: false };

test("a turn is over when the hooks at its end have run, it was interrupted, or another one of its session follows", () => {
  const said = (it: Session): Session => it.prompt("one").say("m1", "first");
  assert.deepEqual(over([transcript(said)]), [false]);
  assert.deepEqual(over([transcript((it) => said(it).system("stop_hook_summary", summary))]), [true]);
  assert.deepEqual(over([transcript((it) => said(it).prompt("two").say("m2", "second"))]), [true, false]);
  assert.deepEqual(over([transcript((it) => it.prompt("one").call("m1", "t1").user("[Request interrupted by user]"))]), [true]);
});

test("a turn that a hook makes go on is neither at its end nor over until it answers", () => {
  const blocked = (it: Session): Session => it.prompt("one").say("m1", "first").user("Stop hook feedback:\nmore", { isMeta: true }).system("stop_hook_summary", summary);
  assert.deepEqual(settled([transcript(blocked)]), [false]);
  assert.deepEqual(over([transcript(blocked)]), [false]);
  const on = (it: Session): Session => blocked(it).say("m2", "second");
  assert.deepEqual([settled([transcript(on)]), over([transcript(on)])], [[true], [false]]);
  assert.deepEqual(over([transcript((it) => on(it).system("stop_hook_summary", summary))]), [true]);
});

test("a compaction behind a turn leaves it as it is", () => {
  const compacted = (it: Session): Session => it.prompt("one").say("m1", "first").wait(20).system("compact_boundary", {});
  assert.deepEqual(settled([transcript(compacted)]), [true]);
  assert.deepEqual(settled([transcript((it) => compacted(it).prompt("two"))]), [true, false]);
});

const launched = { toolUseResult: { isAsync: true, status: "async_launched", agentId: "x1" } };
const spawned = (it: Session): Session => it.prompt("go").call("m1", "a1", "Agent", { prompt: "work" }).result("a1", "launched", {}, launched).say("m2", "it works");

test("a turn waits for its agents in the background", () => {
  const at = (agent: (it: Session) => Session): Inputs => [transcript(spawned), ...subagent(id, "x1", agent, { toolUseId: "a1" })];
  assert.deepEqual(settled(at((it) => it.prompt("work").call("m5", "t5"))), [false]);
  assert.deepEqual(settled(at((it) => it.prompt("work").say("m5", "done"))), [true]);
  const killed = "<task-notification><tool-use-id>a1</tool-use-id><status>killed</status></task-notification>";
  assert.deepEqual(settled([transcript((it) => spawned(it).user(killed).say("m6", "oh"))]), [true, true]);
});

test("a turn waits for an agent that was told to go on after its result", () => {
  const called = (it: Session): Session => it.prompt("go").call("m1", "a1", "Agent", { prompt: "work" }).result("a1", "worked").say("m2", "it did");
  const at = (agent: (it: Session) => Session): Inputs => [transcript(called), ...subagent(id, "x1", agent, { toolUseId: "a1" })];
  const worked = (it: Session): Session => it.prompt("work").say("m5", "done");
  assert.deepEqual(settled(at(worked)), [true]);
  const told = (it: Session): Session => worked(it).wait(60).user("The coordinator sent a message while you were working:\nmore", { isMeta: true, origin: { kind: "coordinator" } });
  assert.deepEqual(settled(at(told)), [false]);
  assert.deepEqual(settled(at((it) => told(it).call("m6", "t6"))), [false]);
  assert.deepEqual(settled(at((it) => told(it).call("m6", "t6").result("t6").say("m7", "more done"))), [true]);
});

/** What is known of the turns of a recording of opencode when so much of its stream was read: each end, and what came then. */
function ends(scenario: string): string[] {
  const [stream] = opencodeFixtures().find((fixture) => fixture.scenario === scenario)?.readings.get("events") ?? [];
  const events = Buffer.from(stream!.bytes).toString("utf8").split("\n\n").filter((event) => /"type":"message/.test(event));
  const known = events.map((_, last) => settled([{ name: stream!.name, bytes: Buffer.from(`${events.slice(0, last + 1).join("\n\n")}\n\n`) }]));
  return known.flatMap((now, at) => {
    const ended = now.flatMap((it, turn) => (it && !known[at - 1]?.[turn] ? [turn] : []));
    const reopened = known[at - 1]?.some((it, turn) => it && !now[turn]) ? ["reopened"] : [];
    return [...ended.map((turn) => `${turn} ${/"completed":\d+}/.test(events[at]!) ? "completed" : "followed"}`), ...reopened];
  });
}

test("a turn of opencode comes to an end when its last answer is complete, or that of a later one begins", () => {
  assert.deepEqual(ends("single-turn"), ["0 completed"]);
  assert.deepEqual(ends("queued-prompts"), ["0 completed", "1 followed", "2 followed", "3 completed"]);
});

test("a turn of opencode is at its end when a call is refused without a word, and goes on when one is said", () => {
  const refused = "The user rejected permission to use this specific tool call";
  const turn = (write: (it: Stream) => unknown): boolean[] => {
    const it = new Stream().prompt("msg_1", "go").begin("msg_2").run("c1").run("c2");
    write(it);
    return settled([it.document()]);
  };
  assert.deepEqual(turn((it) => it.failed("c1", `${refused}.`).failed("c2", `${refused}.`).end("tool-calls")), [true]);
  assert.deepEqual(turn((it) => it.failed("c1", "The user dismissed this question").done("c2").end("tool-calls")), [true]);
  assert.deepEqual(turn((it) => it.failed("c1", `${refused}.`).end("tool-calls")), [false], "another call runs");
  assert.deepEqual(turn((it) => it.failed("c1", `${refused} with the following feedback: elsewhere`).done("c2").end("tool-calls")), [false]);
  assert.deepEqual(turn((it) => it.failed("c1", "The user has specified a rule which prevents you from using this specific tool call.").done("c2").end("tool-calls")), [false]);
  assert.deepEqual(turn((it) => it.failed("c1", `${refused}.`).done("c2").end("tool-calls").begin("msg_3")), [false], "it went on all the same");
});
