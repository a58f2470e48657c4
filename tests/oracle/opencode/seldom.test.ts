// What happens seldom and was once told wrong: the core says what the oracle says, and both what docs/SPANS.md does.

import assert from "node:assert/strict";
import { test } from "node:test";
import { idAt } from "../../support/opencode-records.ts";
import { type Outcome, run } from "../../support/core.ts";
import { attributes, type OtlpSpan, readJson, spansOf } from "../../support/otlp.ts";
import { inWords, modes } from "../compare.ts";
import { compare } from "./compare.ts";
import { inLines } from "./script.ts";

type Row = Record<string, unknown>;

const begun = 1_795_220_000_000;
let events = 0;
const event = (type: string, properties: Row): Row => ({ id: idAt("evt", begun + events, events++), type, properties });
const session = (id: string, at: number, more: Row = {}): Row => event("session.created", { info: { id, time: { created: begun + at, updated: begun + at }, ...more } });
const message = (id: string, sessionID: string, role: string, at: number, more: Row = {}): Row => event("message.updated", { info: { id, sessionID, role, time: { created: begun + at }, ...more } });
const part = (id: string, messageID: string, sessionID: string, type: string, more: Row = {}): Row => event("message.part.updated", { part: { id, messageID, sessionID, type, ...more } });
const prompt = (id: string, sessionID: string, at: number): Row[] => [message(id, sessionID, "user", at), part(`prt_of_${id}`, id, sessionID, "text", { text: "Do." })];
const answer = (id: string, sessionID: string, parentID: string, at: number): Row[] => [message(id, sessionID, "assistant", at, { parentID }), part(`prt_of_${id}`, id, sessionID, "text", { text: "Done.", time: { start: begun + at, end: begun + at + 1 } })];
const failed = (sessionID: string): Row => event("session.error", { sessionID, error: { name: "APIError", data: { message: "Overloaded" } } });

function told(rows: Row[]): { outcome: Outcome; spans: OtlpSpan[] } {
  const documents = [inLines("events.ndjson", rows)];
  for (const mode of modes) assert.equal(inWords(compare(documents, mode)), "");
  const outcome = run(documents, { agentName: "opencode", formats: ["json"] });
  return { outcome, spans: spansOf(readJson(outcome.json)) };
}

const said = (spans: OtlpSpan[], key: string): unknown[] => spans.map((span) => attributes(span)[key]);
const chats = (spans: OtlpSpan[]): OtlpSpan[] => spans.filter(({ name }) => name.startsWith("chat"));

const trunk = [session("ses_1", 0), ...prompt("msg_1", "ses_1", 1), ...answer("msg_2", "ses_1", "msg_1", 2)];
const fork = [session("ses_2", 50), ...prompt("msg_3", "ses_2", 1), ...answer("msg_4", "ses_2", "msg_3", 2)];

test("what a fork of a running session copies counts once", () => {
  const more = answer("msg_5", "ses_1", "msg_1", 60);
  const { outcome, spans } = told([...trunk, ...fork, ...more, ...prompt("msg_6", "ses_2", 70), ...answer("msg_7", "ses_2", "msg_6", 71)]);
  assert.equal(chats(spans).length, 3);
  assert.equal(outcome.counters.skippedBy.copy, 4);
  assert.deepEqual(new Set(said(spans, "gen_ai.conversation.id")), new Set(["ses_1"]));
});

test("an event without a type is unknown", () => {
  const { outcome } = told([...trunk, { properties: { sessionID: "ses_1" } }, { id: "evt_1", properties: {} }]);
  assert.equal(outcome.counters.skippedBy.unknown, 2);
});

test("a call that nothing dates but itself does not begin in 1970", () => {
  const { spans } = told([part("prt_x", "msg_x", "ses_1", "tool", { tool: "bash", state: { status: "completed", output: "", time: { start: begun + 5, end: begun + 9 } } })]);
  assert.deepEqual(spans.map(({ startTimeUnixNano }) => Number(BigInt(startTimeUnixNano) / 1000000n)), spans.map(() => begun + 5));
});

test("a failure before the answer is not how the turn ended", () => {
  const rows = [session("ses_1", 0), ...prompt("msg_1", "ses_1", 1), failed("ses_1")];
  assert.deepEqual(said(told(rows).spans, "error.type"), ["APIError"]);
  assert.deepEqual(said(told([...rows, ...answer("msg_2", "ses_1", "msg_1", 90)]).spans, "error.type"), [undefined, undefined]);
});

test("a fork of what was compacted is compacted, too", () => {
  const compaction = (id: string): Row => part(`prt_0_${id}`, id, id === "msg_1" ? "ses_1" : "ses_2", "compaction", { auto: true });
  const { spans } = told([...trunk, compaction("msg_1"), ...fork, compaction("msg_3"), ...prompt("msg_6", "ses_2", 70), ...answer("msg_7", "ses_2", "msg_6", 71)]);
  assert.deepEqual(said(chats(spans), "gen_ai.conversation.compacted"), [undefined, true]);
});

test("an orphan of a fork is of the conversation that was forked", () => {
  const { spans } = told([...trunk, ...fork, session("ses_3", 80, { parentID: "ses_2" }), ...answer("msg_8", "ses_3", "msg_none", 81)]);
  assert.deepEqual(new Set(said(spans, "gen_ai.conversation.id")), new Set(["ses_1"]));
});

test("a call that a fork copied spawns no second agent", () => {
  const task = (id: string, of: string, sessionID: string): Row => part(id, of, sessionID, "tool", { tool: "task", callID: "call_1", state: { status: "completed", output: "", metadata: { sessionId: "ses_3" }, time: { start: begun + 3, end: begun + 40 } } });
  const { outcome, spans } = told([...trunk, task("prt_t1", "msg_2", "ses_1"), session("ses_3", 4, { parentID: "ses_1" }), ...fork, task("prt_t2", "msg_4", "ses_2"), ...answer("msg_8", "ses_3", "msg_none", 10)]);
  assert.equal(outcome.counters.agents, 1);
  assert.deepEqual(said(spans, "spanloom.agent.join").filter(Boolean), ["result_agent_id"]);
});

test("a question about a call that is nowhere stands on the turn, and is as old as it if nothing dates it", () => {
  const question = { type: "permission.asked", properties: { id: "per_1", sessionID: "ses_1", permission: "bash", tool: { messageID: "msg_none", callID: "call_none" } } };
  const { spans } = told([...trunk, question]);
  assert.deepEqual(spans[0]!.events!.map(({ name }) => name), ["spanloom.permission"]);
  const beside = [inLines("a.ndjson", trunk), inLines("b.ndjson", [{ ...question, properties: { ...question.properties, tool: { messageID: "msg_2", callID: "call_none" } } }])];
  for (const mode of modes) assert.equal(inWords(compare(beside, mode)), "");
});

test("a row that was printed does not make the events above it a state", () => {
  const { spans } = told([...trunk, { type: "error", timestamp: begun + 500, sessionID: "ses_none", error: { name: "APIError" } }, session("ses_1", 0)]);
  assert.equal(said(spans, "spanloom.evidence")[0], "events");
});

test("a prompt in another session than its answer leaves no empty message", () => {
  const { spans } = told([...prompt("msg_1", "ses_2", 1), ...answer("msg_2", "ses_1", "msg_1", 2)]);
  assert.ok(said(spans, "gen_ai.input.messages").every((value) => !String(value).includes('"parts":[]')));
});

const times = (at: number, end: number): Row => ({ start: begun + at, end: begun + end });
const called = (id: string, messageID: string, tool: string, state: Row): Row => part(id, messageID, "ses_1", "tool", { tool, callID: "call_1", state: { time: times(3, 9), ...state } });
const asks = (id: string, more: Row = {}): Row => ({ id, sessionID: "ses_1", permission: "bash", tool: { messageID: "msg_2", callID: "call_1" }, ...more });
const questions = (spans: OtlpSpan[]): Row[] => spans.flatMap((span) => span.events ?? []).map((one) => attributes(one as unknown as OtlpSpan));

test("a call that names no tool, and failed on top of it, failed like any other", () => {
  const state = { input: { tool: "bush", error: "No such tool" }, output: "x", error: "x" };
  const { spans } = told([...trunk, called("prt_1", "msg_2", "invalid", { status: "error", ...state }), called("prt_2", "msg_2", "invalid", { status: "completed", ...state })]);
  assert.deepEqual(said(spans, "error.type").filter(Boolean), ["tool_error", "invalid_tool"]);
});

test("a question that nothing dates is as old as its answer, and nobody knows how long it waited", () => {
  const question = { type: "permission.asked", properties: asks("per_1") };
  const reply = event("permission.replied", { sessionID: "ses_1", requestID: "per_1", reply: "once" });
  for (const call of [[called("prt_1", "msg_2", "bash", { status: "completed", output: "" })], []]) {
    const { spans } = told([question, ...trunk, ...call, ...prompt("msg_5", "ses_1", 40), reply]);
    assert.deepEqual(questions(spans), [{ "spanloom.permission.name": "bash", "spanloom.permission.reply": "once" }]);
    assert.deepEqual(said(spans, "spanloom.permission.wait_ms").filter((waited) => waited !== undefined), []);
  }
});

test("of two calls with one id the first was asked about, and waited", () => {
  const call = (id: string): Row => called(id, "msg_2", "bash", { status: "completed", output: "" });
  const asked = event("permission.asked", asks("per_1"));
  const { spans } = told([...trunk, call("prt_2"), call("prt_1"), asked, event("permission.replied", { sessionID: "ses_1", requestID: "per_1", reply: "once" })]);
  assert.deepEqual(spans.filter(({ name }) => name === "execute_tool bash").map((span) => [span.events?.length ?? 0, attributes(span)["spanloom.permission.wait_ms"] !== undefined]), [[1, true], [0, false]]);
});

test("a message of which only what users write is there is none, unless something in it has a time", () => {
  for (const type of ["text", "file", "agent", "subtask", "compaction"]) {
    const only = (more: Row): Row[] => [...trunk, part("prt_x", "msg_x", "ses_1", type, more)];
    const without = told(only({ text: "Do." }));
    assert.equal(without.outcome.counters.skippedBy.notice, 1, type);
    const dated = told(only({ text: "Do.", time: times(5, 6) }));
    assert.equal(dated.outcome.counters.skippedBy.notice, 0, type);
  }
});

test("a sub-agent is of the type that its first answer with one says", () => {
  const task = (name: string): Row => part("prt_t1", "msg_2", "ses_1", "tool", { tool: "task", callID: "call_1", state: { status: "completed", output: "", metadata: { sessionId: name }, time: times(3, 40) } });
  const child = [session("ses_3", 4, { parentID: "ses_1" }), ...answer("msg_8", "ses_3", "msg_none", 10), message("msg_9", "ses_3", "assistant", 11, { agent: "explore", parentID: "msg_none" }), message("msg_a", "ses_3", "assistant", 12, { agent: "build", parentID: "msg_none" })];
  for (const name of ["ses_3", "ses_none"]) assert.ok(said(told([...trunk, task(name), ...child]).spans, "gen_ai.agent.name").includes("explore"), name);
});

test("a title joins a sub-agent to the one call that asked for it, and was under way", () => {
  const task = (id: string, description: unknown, more: Row = {}): Row => part(id, "msg_2", "ses_1", "tool", { tool: "task", callID: id, state: { status: "completed", input: { description }, output: "", time: times(3, 40), ...more } });
  const child = (at: number | undefined, title: unknown): Row[] => [session("ses_3", at ?? 0, { parentID: "ses_1", title, ...(at === undefined && { time: {} }) }), ...answer("msg_8", "ses_3", "msg_none", 10)];
  const joined = (...rows: Row[]): unknown[] => said(told([...trunk, ...rows]).spans, "spanloom.agent.join").filter(Boolean).sort();
  const titled = "Look at it (@explore subagent)";
  assert.deepEqual(joined(task("prt_1", "Look at it"), ...child(4, titled)), ["title"]);
  for (const at of [3, 40]) assert.deepEqual(joined(task("prt_1", "Look at it"), ...child(at, titled)), ["title"], String(at));
  for (const at of [2, 41, undefined]) assert.deepEqual(joined(task("prt_1", "Look at it"), ...child(at, titled)), ["none", "orphan"], String(at));
  assert.deepEqual(joined(task("prt_1", "Look at it", { status: "running", time: { start: begun + 3 } }), ...child(90, titled)), ["title"]);
  assert.deepEqual(joined(task("prt_1", "Look away"), ...child(4, titled)), ["none", "orphan"]);
  assert.deepEqual(joined(task("prt_1", undefined), ...child(4, undefined)), ["none", "orphan"]);
  assert.deepEqual(joined(task("prt_1", "Look at it"), task("prt_2", "Look at it"), ...child(4, titled)), ["none", "none", "orphan"]);
  assert.deepEqual(joined(task("prt_1", "Look at it", { metadata: { sessionId: "ses_none" } }), ...child(4, titled)), ["none", "orphan"]);
  assert.deepEqual(joined(called("prt_1", "msg_2", "bash", { status: "completed", input: { description: "Look at it" }, output: "" }), ...child(4, titled)), ["orphan"]);
});

test("a message as old as its session is no copy, nor is one of the other side", () => {
  for (const [at, role, copies] of [[1, "user", 2], [2, "user", 0], [1, "assistant", 0]] as const) {
    const again = [session("ses_2", 2), message("msg_3", "ses_2", role, at), part("prt_3", "msg_3", "ses_2", "text", { text: "Do." })];
    assert.equal(told([...trunk, ...again]).outcome.counters.skippedBy.copy, copies, `${at} ${role}`);
  }
});

test("an attempt tells how long it waits if the next one lies ahead", () => {
  const retry = (id: string, next: number): Row => ({ id, type: "session.status", properties: { sessionID: "ses_1", status: { type: "retry", attempt: 1, next: begun + next } } });
  const rows = [retry(idAt("evt", begun + 50, 1), 49), retry(idAt("evt", begun + 51, 2), 51), retry(idAt("evt", begun + 52, 3), 1052)];
  const { spans } = told([...trunk, ...rows, { type: "session.status", properties: { sessionID: "ses_none", status: { type: "retry", next: 1 } } }]);
  assert.deepEqual(questions(spans).map((one) => one["spanloom.retry.delay_ms"]), [undefined, 0, 1000]);
});

test("what has the id of no event is told as often as it is", () => {
  for (const id of ["evt_1", "evt_1fb8g00001abAAAAAAAAAAAA", "ses_1fb800001abcAAAAAAAAAAAA"]) {
    const retry = { id, type: "session.status", properties: { sessionID: "ses_1", status: { type: "retry" } } };
    assert.equal(questions(told([...trunk, retry, retry]).spans).length, 2, id);
  }
});

const info = { id: "ses_1", time: { created: begun } };
const whole = JSON.stringify({ info, messages: [{ info: { id: "msg_1", sessionID: "ses_1", role: "user", time: { created: begun } }, parts: [{ id: "prt_1", messageID: "msg_1", sessionID: "ses_1", type: "text", text: "Do." }] }] });
const exports: Record<string, string> = {
  "info that is no object": '{"info":7,"messages":[]}',
  "elements that are no messages": whole.replace('"messages":[', '"messages":[7,null,"x",[1],'),
  "a part without a type": JSON.stringify({ info, messages: [{ parts: [{ id: "prt_1", messageID: "msg_none", sessionID: "ses_1" }] }] }),
  "one behind one that is cut off": `${whole.slice(0, 150)}\n${whole}\n`,
  "cut off in its first key": '{"inf',
  "frames below a line": '{"properties":{}}\ndata: {"id":"evt_1","type":"plugin.added","properties":{}}\n',
};
for (const [name, written] of Object.entries(exports))
  test(`an odd document: ${name}`, () => {
    assert.equal(inWords(compare([{ name: "export.json", bytes: Buffer.from(written) }])), "");
  });
