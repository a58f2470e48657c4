// Where a rule of docs/SPANS.md ends: what it is still said of, beside what it is not. No recording comes so near.

import assert from "node:assert/strict";
import { test } from "node:test";
import { idAt } from "../../support/opencode-records.ts";
import { attributes, type OtlpSpan } from "../../support/otlp.ts";
import { answer, begun, chats, event, failed, message, part, prompt, type Row, said, session, told, trunk } from "./by-hand.ts";

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

const again = (sessionID: string, made: number | undefined, id: string, at: number, role = "user"): Row[] => [session(sessionID, 0, { time: made === undefined ? {} : { created: begun + made } }), message(id, sessionID, role, at), part(`prt_of_${id}`, id, sessionID, "text", { text: "Do." })];
const copies = (...rows: Row[]): number => told(rows).outcome.counters.skippedBy.copy;

test("only what is older than its session, and told by another one, is a copy", () => {
  assert.equal(copies(...trunk, ...again("ses_2", 2, "msg_3", 1)), 2);
  assert.equal(copies(...trunk, ...again("ses_2", 1, "msg_3", 1)), 0);
  assert.equal(copies(...trunk, ...again("ses_2", undefined, "msg_3", 1)), 0);
  assert.equal(copies(...trunk, ...again("ses_2", 2, "msg_3", 1, "assistant")), 0);
  assert.equal(copies(...trunk, ...again("ses_2", 2, "msg_3", 1, "system")), 0);
  assert.equal(copies(...again("ses_2", 9, "msg_3", 1), message("msg_4", "ses_2", "user", 1)), 0);
});

test("of copies without what they copy the first session's counts", () => {
  for (const [one, other, first] of [[8, 9, "ses_2"], [9, 8, "ses_3"], [9, 9, "ses_2"]] as const)
    for (const rows of [[...again("ses_2", one, "msg_3", 1), ...again("ses_3", other, "msg_2", 1)], [...again("ses_3", other, "msg_2", 1), ...again("ses_2", one, "msg_3", 1)]]) {
      const { outcome, spans } = told([...rows, ...answer("msg_5", "ses_2", "msg_3", 20), ...answer("msg_6", "ses_3", "msg_2", 21)]);
      assert.equal(outcome.counters.skippedBy.copy, 2);
      assert.deepEqual(new Set(said(spans, "gen_ai.conversation.id")), new Set([first]));
    }
});

test("a share says what events say, and that it is what is left", () => {
  const shared = trunk.map(({ type, properties }) => ({ type: String(type).replace(/^message\.part\..*/, "part").replace(/\..*/, ""), data: (properties as Row)["info"] ?? (properties as Row)["part"] }));
  const [events, share] = [told(trunk), told(shared)];
  assert.deepEqual(share.spans.map(({ name, spanId }) => [name, spanId]), events.spans.map(({ name, spanId }) => [name, spanId]));
  assert.deepEqual([events, share].map(({ spans }) => said(spans, "spanloom.evidence")[0]), ["events", "state"]);
});

test("a failure that nothing dates is of the last answer above it, or of what was asked since that failed", () => {
  const undated = (rows: Row[]): Row[] => JSON.parse(JSON.stringify(rows), (key, value: unknown) => (key === "time" ? {} : value)).map(({ type, properties }: Row) => ({ type, properties })) as Row[];
  const fails = { error: { name: "APIError" } };
  const at = (...rows: Row[]): unknown[] => said(told(undated([session("ses_1", 0), ...rows, failed("ses_1")])).spans.filter(({ name }) => name.startsWith("invoke_agent")), "error.type");
  const [one, two, first] = [prompt("msg_1", "ses_1", 1), prompt("msg_3", "ses_1", 3), answer("msg_2", "ses_1", "msg_1", 2)];
  assert.deepEqual(at(...one), ["APIError"]);
  assert.deepEqual(at(...one, ...first, ...two), ["APIError", undefined]);
  assert.deepEqual(at(...one, message("msg_2", "ses_1", "assistant", 2, { parentID: "msg_1", error: { name: "Other" } }), ...two), ["Other", "APIError"]);
  assert.equal(at(...one, message("msg_2", "ses_1", "assistant", 2, { parentID: "msg_1", error: { name: "Other" } })).length, 1);
  assert.deepEqual(at(...two, ...one, message("msg_2", "ses_1", "assistant", 2, { parentID: "msg_1", ...fails })), ["APIError", "APIError"]);
});

test("a question is answered by a word, an answer or a rejection, and by nothing else", () => {
  const about = (type: string, more: Row): Row => event(type, { sessionID: "ses_1", requestID: "que_1", ...more });
  const replies = (...rows: Row[]): unknown[] => questions(told([...trunk, event("question.asked", { id: "que_1", sessionID: "ses_1" }), ...rows]).spans).map((one) => one["spanloom.permission.reply"]);
  assert.deepEqual(replies(about("question.rejected", {})), ["rejected"]);
  assert.deepEqual(replies(about("question.replied", {})), ["answered"]);
  assert.deepEqual(replies(about("question.replied", { reply: "always" })), ["always"]);
  assert.deepEqual(replies(about("question.forgotten", {}), event("question.replied", { sessionID: "ses_1" }), event("question.asked", { sessionID: "ses_1" })), [undefined]);
});

test("a result says in words which session it is about, why it failed, and nothing if it did not fail", () => {
  const named = (output: string): boolean => said(told([...trunk, called("prt_1", "msg_2", "task", { status: "completed", output }), session("ses_3Az09", 4, { parentID: "ses_1" }), ...answer("msg_8", "ses_3Az09", "msg_none", 10)]).spans, "spanloom.agent.join").includes("result_agent_id");
  for (const output of ['<task id="ses_3Az09">', "task_id: ses_3Az09", "sessionID: ses_3Az09", "ses_none task_id: ses_3Az09."]) assert.equal(named(output), !output.endsWith('"'), output);
  for (const output of ["ses_3Az09", "task_id:ses_3Az09", "session: ses_3Az09", "task_id: ses_3Az0", "task_id: ses_3Az09x"]) assert.equal(named(output), false, output);
  const why = (state: Row): unknown => said(told([...trunk, called("prt_1", "msg_2", "bash", state)]).spans, "error.type").find(Boolean);
  const words = { "The user rejected permission to use": "rejected", "The user dismissed this question": "rejected", "The user has specified a rule which prevents you": "denied", "Tool execution aborted": "interrupted", "Task cancelled": "interrupted" };
  for (const [word, type] of Object.entries(words)) {
    assert.equal(why({ status: "error", error: word }), type);
    assert.equal(why({ status: "error", error: word.slice(0, -1) }), "tool_error");
    assert.equal(why({ status: "completed", output: word }), undefined);
  }
});

test("an answer without a word and a step is a chat if it took any tokens", () => {
  const took = (tokens: Row): number => chats(told([session("ses_1", 0), ...prompt("msg_1", "ses_1", 1), message("msg_2", "ses_1", "assistant", 2, { parentID: "msg_1", tokens })]).spans).length;
  for (const tokens of [{ input: 1 }, { output: 1 }, { reasoning: 1 }, { cache: { read: 1 } }, { cache: { write: 1 } }]) assert.equal(took(tokens), 1, JSON.stringify(tokens));
  for (const tokens of [{}, { total: 1 }, { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } }]) assert.equal(took(tokens), 0, JSON.stringify(tokens));
});

test("a file has bytes if its address has them", () => {
  const sized = (url: unknown): boolean => JSON.stringify(said(told([session("ses_1", 0), message("msg_1", "ses_1", "user", 1), part("prt_1", "msg_1", "ses_1", "file", { mime: "image/png", url })]).spans, "gen_ai.input.messages")).includes("byte_size");
  for (const url of ["data:image/png;base64,QUJD", "data:;base64,QUJD", "data:base64,QUJD"]) assert.equal(sized(url), url.includes(";"), url);
  for (const url of ["data:image/png,QUJD", "data:image/png;base64", "data:,QUJD", "https://a/;base64,QUJD", "", 7]) assert.equal(sized(url), false, String(url));
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

test("what happened is told of whom it happened to, however late its row stands", () => {
  const retry = (at: number): Row => ({ id: idAt("evt", begun + at, at), type: "session.status", properties: { sessionID: "ses_1", status: { type: "retry", attempt: at } } });
  const later = [...prompt("msg_3", "ses_1", 40), ...answer("msg_4", "ses_1", "msg_3", 50)];
  const { spans } = told([...trunk, ...later, ...[60, 3, 55, 1, 70].map(retry)]);
  const attempts = spans.filter(({ name }) => name.startsWith("invoke_agent")).map((span) => (span.events ?? []).map((one) => attributes(one as unknown as OtlpSpan)["spanloom.retry.attempt"]));
  assert.deepEqual(attempts, [[3, 1], [55, 60, 70]]);
});

test("an answer that was complete at that very time had ended", () => {
  const ended = (at: number): Row => message("msg_2", "ses_1", "assistant", 2, { parentID: "msg_1", time: { created: begun + 2, completed: begun + at } });
  const fails = { id: idAt("evt", begun + 60, 1), type: "session.error", properties: { sessionID: "ses_1", error: { name: "APIError" } } };
  for (const [at, types] of [[59, [undefined, "APIError"]], [60, [undefined, "APIError"]], [61, ["APIError", undefined]]] as const)
    assert.deepEqual(said(told([session("ses_1", 0), ...prompt("msg_1", "ses_1", 1), ended(at), ...prompt("msg_3", "ses_1", 40), fails]).spans.filter(({ name }) => name.startsWith("invoke_agent")), "error.type"), types, String(at));
});

test("of several calls that name one child, what it was asked belongs to the last that had started", () => {
  const task = (id: string, start: number): Row => part(id, "msg_2", "ses_1", "tool", { tool: "task", callID: id, state: { status: "completed", output: "", metadata: { sessionId: "ses_3" }, time: times(start, 90) } });
  const asked = [10, 29, 30, 31].flatMap((at) => [...prompt(`msg_a${at}`, "ses_3", at), ...answer(`msg_b${at}`, "ses_3", `msg_a${at}`, at)]);
  for (const calls of [[task("prt_1", 30), task("prt_2", 5)], [task("prt_2", 5), task("prt_1", 30)]]) {
    const { spans } = told([...trunk, ...calls, session("ses_3", 6, { parentID: "ses_1" }), ...asked]);
    const agents = spans.filter(({ name }) => name.startsWith("invoke_agent")).slice(1);
    assert.deepEqual(agents.map(({ spanId }) => spans.filter(({ parentSpanId }) => parentSpanId === spanId).length), [2, 2]);
  }
  assert.deepEqual(said(told([...trunk, part("prt_1", "msg_2", "ses_1", "tool", { tool: "task", callID: "call_1", state: { status: "completed", output: "", metadata: { sessionId: "ses_2" }, time: times(3, 9) } }), session("ses_2", 4), ...prompt("msg_9", "ses_2", 5)]).spans, "spanloom.agent.join").filter(Boolean), ["none"]);
});

test("only the end of a step says what it took", () => {
  const took = { tokens: { input: 900, output: 9 }, cost: 9 };
  const { spans } = told([session("ses_1", 0), ...prompt("msg_1", "ses_1", 1), message("msg_2", "ses_1", "assistant", 2, { parentID: "msg_1", tokens: { input: 5, output: 6 }, cost: 7 }), part("prt_1", "msg_2", "ses_1", "text", { text: "Done.", ...took }), part("prt_2", "msg_2", "ses_1", "step-start", took)]);
  assert.deepEqual(["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "spanloom.cost.usd"].map((key) => Number(said(chats(spans), key)[0])), [5, 6, 7]);
});

test("the id of a part says when it was made if that of its message says that to a second", () => {
  for (const [off, inferred] of [[1000, undefined], [1001, "inferred"], [-1000, undefined], [-1001, "inferred"]] as const) {
    const id = idAt("msg", begun + 5000 + off, 1);
    const { spans } = told([session("ses_1", 0), message(id, "ses_1", "assistant", 5000), part(idAt("prt", begun + 6000, 2), id, "ses_1", "text", { text: "Done." })]);
    assert.equal(said(chats(spans), "spanloom.time")[0], inferred, String(off));
  }
});

test("a message that nothing dates is as old as the earliest of its parts", () => {
  const { spans } = told([session("ses_1", 0), part("prt_1", "msg_x", "ses_1", "text", { text: "Two.", time: times(9, 10) }), part("prt_2", "msg_x", "ses_1", "text", { text: "One.", time: times(7, 8) })]);
  assert.deepEqual(spans.map(({ startTimeUnixNano }) => Number(BigInt(startTimeUnixNano) / 1000000n) - begun), [7, 7]);
});

test("a text goes on until it has an end, and begins with its first visible letter", () => {
  const delta = (text: string): Row => event("message.part.delta", { sessionID: "ses_1", messageID: "msg_2", partID: "prt_1", field: "text", delta: text });
  const words = (type: string, more: Row, ...added: string[]): unknown => said(chats(told([session("ses_1", 0), ...prompt("msg_1", "ses_1", 1), message("msg_2", "ses_1", "assistant", 2, { parentID: "msg_1" }), part("prt_0", "msg_2", "ses_1", "step-start"), part("prt_1", "msg_2", "ses_1", type, more), ...added.map(delta)]).spans), "gen_ai.output.messages").map((one) => (JSON.parse(String(one)) as [{ parts: Row[] }])[0].parts.map(({ content }) => content))[0];
  assert.deepEqual(words("text", { text: "One" }, ", two"), ["One, two"]);
  assert.deepEqual(words("reasoning", { text: "" }, " ", "two"), [" two"]);
  assert.deepEqual(words("text", { text: "One", time: times(3, 4) }, ", two"), ["One"]);
});

test("who works is the agent; its mode is what older versions call it", () => {
  const type = (more: Row): unknown => said(told([...trunk, session("ses_3", 4, { parentID: "ses_1" }), message("msg_8", "ses_3", "assistant", 10, more), part("prt_8", "msg_8", "ses_3", "text", { text: "Done." })]).spans, "gen_ai.agent.name").at(-1);
  assert.deepEqual([{ mode: "plan" }, { mode: "plan", agent: "explore" }, { agent: "explore", mode: "plan" }].map(type), ["plan", "explore", "explore"]);
});

test("the names that sessions are born with are no titles", () => {
  const title = (name: string): unknown => questions(told([session("ses_1", 0, { title: name }), ...prompt("msg_1", "ses_1", 1), message("msg_2", "ses_1", "assistant", 2, { parentID: "msg_1" }), event("session.error", { sessionID: "ses_1", error: { name: "MessageAbortedError" } })]).spans).find((one) => "spanloom.interrupt.title" in one)?.["spanloom.interrupt.title"];
  assert.deepEqual(["New session - 1", "Child session - 1", "New sessions", "Child sessions", ""].map(title), ["pending", "pending", "done", "done", "pending"]);
});
