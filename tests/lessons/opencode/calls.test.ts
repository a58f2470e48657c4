// Calls of opencode's tools: one span a call from its beginning to its end, whoever was asked about it and whenever its end is told.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Stream } from "../../support/opencode-stream.ts";
import { events, failure, seconds } from "../built.ts";
import { both, heard } from "./told.ts";

const begun = (it: Stream): Stream => it.open().prompt("msg_1", "go").begin("msg_2");

test("a call that is asked for, runs, tells how far it is and ends is one span, with its last words", () => {
  for (const session of both((it) => begun(it).ask("c1").run("c1").run("c1", {}, { time: { start: 1_767_323_049_000 }, metadata: { output: "half" } }).done("c1", "whole").end("tool-calls"))) {
    assert.deepEqual(session.outline(), ["turn go", "  chat msg_2", "  tool c1"]);
    assert.equal(session.call("c1").said["gen_ai.tool.call.result"], "whole");
    assert.deepEqual(seconds(session.call("c1")), [4, 6]);
  }
});

for (const [state, write] of [
  ["asked for", (it: Stream): unknown => begun(it).ask("c1")],
  ["running", (it: Stream): unknown => begun(it).run("c1")],
] as const) {
  test(`a call that is still ${state} at the end is there, unanswered`, () => {
    for (const session of both(write)) {
      assert.deepEqual(session.outline(), ["turn go", "  chat msg_2", "  tool c1"]);
      assert.deepEqual(failure(session.call("c1")), ["unanswered", "no result was recorded"]);
      assert.equal(session.call("c1").said["gen_ai.tool.call.result"], undefined);
    }
  });
}

test("calls of one name for the model in two messages and sessions are two", () => {
  for (const session of both((it) => {
    begun(it).run("c1").done("c1", "one").end("tool-calls").begin("msg_3").run("c1").done("c1", "two").end();
    return it.in("ses_b").open().prompt("msg_b1", "other").begin("msg_b2").run("c1").done("c1", "three").end();
  })) {
    const calls = session.spans.filter(({ said }) => said["gen_ai.tool.call.id"] === "c1");
    assert.deepEqual(calls.map(({ said }) => said["gen_ai.tool.call.result"]), ["one", "two", "three"]);
    assert.equal(new Set(calls.map(({ traceId, spanId }) => traceId + spanId)).size, 3);
  }
});

test("an exit of a shell that is not 0 is told and is no failure, a tool nobody knows is one", () => {
  for (const session of both((it) =>
    begun(it).run("c1").done("c1", "no such file", { metadata: { exit: 2 } }).run("c2").done("c2", "The arguments are wrong", { input: { tool: "bsh", error: "bsh is unknown" } }, { tool: "invalid" }).end(),
  )) {
    assert.deepEqual([failure(session.call("c1")), session.call("c1").said["spanloom.tool.exit_code"]], [undefined, 2]);
    assert.deepEqual(failure(session.call("c2")), ["invalid_tool", "bsh is unknown"]);
  }
});

for (const [what, error, type] of [
  ["a person refused", "The user rejected permission to use this specific tool call.", "rejected"],
  ["a rule forbids", "The user has specified a rule which prevents you from using this specific tool call.", "denied"],
  ["was aborted", "Tool execution aborted", "interrupted"],
  ["failed by itself", "ENOENT", "tool_error"],
] as const) {
  test(`a call that ${what} is ${type}, and its answer and its turn did not fail by it`, () => {
    for (const session of both((it) => begun(it).run("c1").failed("c1", error).end("tool-calls"))) {
      assert.equal(failure(session.call("c1"))?.[0], type);
      assert.deepEqual([failure(session.chat("msg_2")), failure(session.roots[0]!)], [undefined, undefined]);
    }
  });
}

const ask = (it: Stream, id: string, call: string): Stream => it.wait(1).event("permission.asked", { id, permission: "bash", patterns: [], tool: { messageID: "msg_2", callID: call } });
/** Events have no time but that of their ids. */
const timed = (it: Stream): void => {
  const first = 1_767_323_045_000;
  it.events.forEach((event, at) => Object.assign(event, { id: `evt_${((BigInt(first + at * 1000) * 4096n) & 0xffffffffffffn).toString(16).padStart(12, "0")}AAAAAAAAAAAAAA` }));
};

for (const reply of ["once", "always", "reject"]) {
  test(`a question that is answered with ${reply} says so on its call, with the time somebody waited`, () => {
    const session = heard((it) => {
      ask(begun(it).run("c1"), "per_1", "c1").event("todo.updated").event("permission.replied", { requestID: "per_1", reply }).done("c1").end();
      timed(it);
    });
    const waited = { "spanloom.permission.name": "bash", "spanloom.permission.reply": reply, "spanloom.permission.wait_ms": 2000 };
    assert.deepEqual(events(session.call("c1")), [["spanloom.permission", waited]]);
    assert.equal(session.call("c1").said["spanloom.permission.wait_ms"], 2000);
  });
}

test("a question that came before its call ran, and one nobody answered, are on their calls", () => {
  const session = heard((it) => ask(ask(begun(it).ask("c1").run("c2"), "per_1", "c1"), "per_2", "c2").run("c1").event("permission.replied", { requestID: "per_1", reply: "once" }).done("c1").idle());
  const replies = ["c1", "c2"].map((call) => events(session.call(call)).map(([, said]) => said["spanloom.permission.reply"]));
  assert.deepEqual(replies, [["once"], [undefined]]);
  assert.equal(session.call("c2").said["spanloom.permission.wait_ms"], undefined);
});

test("a question in the words of older versions is the same question", () => {
  const session = heard((it) =>
    begun(it).run("c1").event("permission.updated", { id: "per_1", type: "bash", messageID: "msg_2", callID: "c1" }).event("permission.replied", { permissionID: "per_1", response: "always" }).done("c1").end(),
  );
  const [[name, said]] = events(session.call("c1")) as [[string, Record<string, unknown>]];
  assert.deepEqual([name, said["spanloom.permission.name"], said["spanloom.permission.reply"]], ["spanloom.permission", "bash", "always"]);
});

test("a session of thousands of calls has every one of them", () => {
  const many = 6000;
  const session = heard((it) => {
    begun(it);
    for (let n = 0; n < many; n++) it.done(`c${n}`);
  });
  assert.equal(session.spans.length, many + 2);
});

test("a child that its call names in words alone, or not at all, is found; a call without a child is an agent without one", () => {
  const task = { tool: "task" };
  const input = { description: "Look", prompt: "look around", subagent_type: "explore" };
  const child = (it: Stream, id: string, title: string): Stream => it.in(id).open({ parentID: "ses_a", title }).turn(`msg_${id}1`, "look around", `msg_${id}2`, "seen").in("ses_a");
  for (const session of both((it) => {
    begun(it).run("c1", task, { input });
    child(it, "ses_b", "Child session - now").done("c1", "task_id: ses_b (for resuming)\n\nseen").run("c2", task, { input });
    child(it, "ses_c", "Look (@explore subagent)").failed("c2", "It failed").run("c3", task, { input }).failed("c3", "Unknown agent type").end();
  })) {
    assert.deepEqual(session.outline(), ["turn go", "  chat msg_2", "  agent c1", "    chat msg_ses_b2", "  agent c2", "    chat msg_ses_c2", "  agent c3"]);
    assert.deepEqual(["c1", "c2", "c3"].map((call) => session.call(call).said["spanloom.agent.join"]), ["result_agent_id", "title", "none"]);
  }
});

test("a child that is asked again goes on below the call that asked again", () => {
  const task = (it: Stream, call: string): Stream => it.run(call, { tool: "task" }, { input: { description: "d", prompt: call, task_id: "ses_b" }, metadata: { sessionId: "ses_b" } });
  for (const session of both((it) => {
    task(begun(it), "c1").in("ses_b").open({ parentID: "ses_a" }).turn("msg_b1", "one", "msg_b2", "a");
    task(it.in("ses_a").done("c1").end("tool-calls").prompt("msg_3", "more").begin("msg_4"), "c2").in("ses_b").turn("msg_b3", "two", "msg_b4", "b").in("ses_a").done("c2").end();
  }))
    assert.deepEqual(session.outline(), ["turn go", "  chat msg_2", "  agent c1", "    chat msg_b2", "turn more", "  chat msg_4", "  agent c2", "    chat msg_b4"]);
});
