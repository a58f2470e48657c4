// What happens seldom and was once told wrong: the core says what the oracle says, and both what docs/SPANS.md does.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inWords, modes } from "../compare.ts";
import { answer, begun, chats, failed, fork, part, prompt, type Row, said, session, told, trunk } from "./by-hand.ts";
import { compare } from "./compare.ts";
import { inLines } from "./script.ts";

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
