// Sessions live long: idle ends a turn and never the session, what comes late is where it belongs, whoever speaks says for
// whom, and one that was never announced is a session like any other.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Stream } from "../../support/opencode-stream.ts";
import { began } from "../../support/session.ts";
import { Built, failure, seconds, tokens } from "../built.ts";
import { both, exported, heard } from "./told.ts";

const twoTurns = (it: Stream): Stream => it.open().turn("msg_1", "one", "msg_2", "a").wait(7200).turn("msg_3", "two", "msg_4", "b");

test("a prompt, its steps, calls and answer are one trace, with its model and all its tokens", () => {
  for (const session of both((it) =>
    it.open().prompt("msg_1", "go").begin("msg_2").say("I look").run("c1").done("c1").end("tool-calls").begin("msg_3").say("Done").end().idle(),
  )) {
    assert.deepEqual(session.outline(), ["turn go", "  chat msg_2", "  tool c1", "  chat msg_3"]);
    assert.equal(new Set(session.spans.map(({ traceId }) => traceId)).size, 1);
    assert.deepEqual(session.spans.map(({ said }) => said["gen_ai.request.model"]), [undefined, "scripted", undefined, "scripted"]);
    assert.deepEqual(tokens(session.roots[0]!), [226, 40]);
    assert.equal(session.call("c1").said["gen_ai.tool.call.result"], "output of c1");
  }
});

test("turns after hours of idle are the same session's, below one span with the sum of all", () => {
  const first = heard((it) => it.open().turn("msg_1", "one", "msg_2", "a"), { shape: "session" });
  for (const session of both(twoTurns, { shape: "session" })) {
    const [root, ...others] = session.roots;
    assert.deepEqual(others, []);
    assert.deepEqual([root!.traceId, root!.spanId], [first.roots[0]!.traceId, first.roots[0]!.spanId]);
    assert.deepEqual(session.below(root!).map(seconds), [[1, 3], [7205, 7207]]);
    assert.deepEqual([seconds(root!), tokens(root!), root!.said["spanloom.session.turns"]], [[1, 7207], [226, 40], 2]);
    assert.equal(root!.said["spanloom.cost.usd"], 0.002);
    assert.equal(failure(root!), undefined);
  }
});

test("what idle follows is the same as what it does not follow", () => {
  const silent = (it: Stream): void => {
    twoTurns(it);
    it.events.splice(0, it.events.length, ...it.events.filter(({ type }) => !/^session\.(idle|status)$/.test(type)));
  };
  const [spoken, unspoken] = [heard(twoTurns), heard(silent)].map((session) => session.spans.map(({ said: _, attributes: __, ...span }) => span));
  assert.deepEqual(unspoken, spoken);
});

test("a call that ends after idle, and after a second idle, ended as it says", () => {
  for (const session of both((it) =>
    it.open().prompt("msg_1", "go").begin("msg_2").run("c1").idle().idle().wait(86_400).done("c1").end().idle(),
  )) {
    assert.deepEqual([failure(session.call("c1")), seconds(session.call("c1"))], [undefined, [3, 86_404]]);
    assert.deepEqual(seconds(session.roots[0]!), [1, 86_404]);
  }
});

test("a prompt that is written again after idle, with a title and a summary, is the same turn", () => {
  const again = (it: Stream): unknown =>
    twoTurns(it).message({ id: "msg_1", role: "user", time: { created: 1_767_323_046_000 }, agent: "build", summary: { title: "Doing one", body: "At length.", diffs: [] } });
  const before = heard(twoTurns);
  for (const session of both(again)) {
    assert.deepEqual(session.outline(), before.outline());
    assert.deepEqual(session.spans.map(({ spanId }) => spanId), before.spans.map(({ spanId }) => spanId));
    assert.ok(!session.outcome.json.join("").includes("Doing one"), "it is neither prompt nor answer");
  }
});

test("sessions that speak in turn do not mix, whoever spoke last", () => {
  const session = heard((it) =>
    it
      .open().in("ses_b").open()
      .in("ses_a").prompt("msg_a1", "a").in("ses_b").prompt("msg_b1", "b")
      .in("ses_a").begin("msg_a2").in("ses_b").begin("msg_b2")
      .in("ses_a").run("c1").in("ses_b").run("c1")
      .in("ses_b").done("c1", "of b").in("ses_a").done("c1", "of a")
      .in("ses_b").end().idle().in("ses_a").end().idle(),
  );
  assert.deepEqual(session.outline(), ["turn a", "  chat msg_a2", "  tool c1", "turn b", "  chat msg_b2", "  tool c1"]);
  for (const { said, traceId } of session.spans) {
    const root = session.roots.find((each) => each.traceId === traceId)!;
    assert.equal(said["session.id"], root.said["session.id"]);
    if (said["gen_ai.tool.call.id"]) assert.equal(said["gen_ai.tool.call.result"], `of ${String(said["session.id"]).at(-1)}`);
  }
});

test("a session that failed in one turn is none that failed, and neither is another beside it", () => {
  for (const session of both((it) =>
    it
      .open().prompt("msg_1", "one").begin("msg_2").fail("APIError", "overloaded").idle()
      .in("ses_b").open().turn("msg_b1", "other", "msg_b2", "yes")
      .in("ses_a").turn("msg_3", "two", "msg_4", "yes"),
    { shape: "session" },
  )) {
    assert.deepEqual(session.roots.map(failure), [undefined, undefined]);
    const turns = session.roots.flatMap((root) => session.below(root));
    assert.deepEqual(turns.map(failure), [["APIError", "overloaded"], undefined, undefined]);
    assert.deepEqual(session.roots.map(({ said }) => said["spanloom.session.errors"]), [1, 0]);
  }
});

test("a session that was deleted is whole, and what is still said of it opens nothing", () => {
  const session = heard((it) =>
    it
      .open().turn("msg_1", "one", "msg_2", "a")
      .event("session.deleted", { info: { id: "ses_a" } })
      .again().idle().event("session.status", { status: { type: "retry", attempt: 1, message: "Failed query", next: 0 } }),
  );
  assert.deepEqual(session.outline(), ["turn one", "  chat msg_2"]);
  assert.equal(failure(session.roots[0]!), undefined);
});

test("a known message that is told again after all opens no turn, a new one does", () => {
  const session = heard((it) => {
    twoTurns(it);
    it.events.push(...it.events.filter(({ type }) => type === "message.updated"));
    return it.turn("msg_5", "three", "msg_6", "c");
  });
  assert.deepEqual(session.outline(), ["turn one", "  chat msg_2", "turn two", "  chat msg_4", "turn three", "  chat msg_6"]);
});

test("a session nobody announced is there from its first message or part on", () => {
  const session = heard((it) => it.turn("msg_1", "one", "msg_2", "a"), { shape: "session" });
  assert.deepEqual(session.outline().slice(1), ["  turn one", "    chat msg_2"]);
  const [root] = session.roots;
  assert.deepEqual([root!.said["gen_ai.conversation.id"], root!.said["spanloom.client.version"]], ["ses_a", undefined]);
  const part = heard((it) => it.part("msg_2", "t", { type: "tool", tool: "bash", callID: "c1", state: { status: "completed", input: {}, output: "ok" } }));
  assert.deepEqual(part.outline(), ["turn unprompted", "  tool c1"]);
});

test("sub-sessions are below the session that started them, at any depth, in whatever order they are met", () => {
  const task = (it: Stream, call: string, child: string): Stream => it.run(call, { tool: "task" }, { input: { description: child, prompt: `do ${child}`, subagent_type: "explore" }, metadata: { sessionId: child } });
  const write = (it: Stream): Stream => {
    task(it.open().prompt("msg_a1", "go").begin("msg_a2"), "c1", "ses_b");
    task(it.in("ses_b").open({ parentID: "ses_a" }).prompt("msg_b1", "do ses_b").begin("msg_b2"), "c2", "ses_c");
    it.in("ses_c").open({ parentID: "ses_b" }).turn("msg_c1", "do ses_c", "msg_c2", "deep");
    return it.in("ses_b").done("c2", "deep", {}, { tool: "task" }).end().idle().in("ses_a").done("c1", "well", {}, { tool: "task" }).end().idle();
  };
  const expected = ["turn go", "  chat msg_a2", "  agent c1", "    chat msg_b2", "    agent c2", "      chat msg_c2"];
  for (const session of both(write)) {
    assert.deepEqual(session.outline(), expected);
    assert.deepEqual(session.spans.map(({ said }) => said["gen_ai.conversation.id"]), expected.map(() => "ses_a"));
    assert.equal(session.agent("ses_c").said["gen_ai.agent.name"], "explore");
  }
  const backwards = heard((it) => {
    write(it);
    it.events.reverse();
  });
  assert.deepEqual([...backwards.outline()].sort(), [...expected].sort());
  assert.equal(exported(write, { order: [2, 0, 1] }).spans.length, expected.length);
});

test("children nobody called stand in the order in which they were made, those of one instant in that of their ids", () => {
  const write = (it: Stream): void => {
    it.open().turn("msg_1", "go", "msg_2", "a");
    const made = { ses_d: 60, ses_b: 90, ses_c: 90 };
    for (const [child, at] of Object.entries(made)) it.in(child).open({ parentID: "ses_a", time: { created: began + at * 1000 } });
    for (const child of ["ses_c", "ses_d", "ses_b"]) it.in(child).turn(`msg_${child}1`, child, `msg_${child}2`, "yes");
  };
  const agents = (session: Built): unknown[] => session.spans.filter(({ said }) => said["spanloom.agent.join"] === "orphan").map(({ said }) => said["spanloom.agent.id"]);
  assert.deepEqual(agents(heard(write)), ["ses_d", "ses_b", "ses_c"]);
  for (const order of [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]]) assert.deepEqual(agents(exported(write, { order })), ["ses_d", "ses_b", "ses_c"]);
});
