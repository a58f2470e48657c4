// Whose a span is: the conversation, the client, the agent; and the same ids however often it is built.

import assert from "node:assert/strict";
import { test } from "node:test";
import { id, other, spawn, transcript, worked } from "../support/scenes/scene.ts";
import { began, type Session, subagent } from "../support/session.ts";
import { build, Built, events, seconds } from "./built.ts";

const documents = [
  transcript((it) => spawn(it.prompt("go"), "a1").result("a1").call("m2", "t2").result("t2").say("m-end", "end")),
  ...subagent(id, "x1", worked("x1"), { toolUseId: "a1" }),
];

test("every span names its conversation, also where its root is lost", () => {
  const { spans } = build(documents);
  assert.equal(spans.length, 9);
  for (const { name, said } of spans) assert.deepEqual([said["gen_ai.conversation.id"], said["session.id"]], [id, id], name);
});

test("turns and sub-agents carry the client's version", () => {
  const family = build(documents);
  for (const { said } of [...family.roots, family.agent("x1")]) assert.equal(said["spanloom.client.version"], "2.1.197");
});

test("a fork shares the conversation of the session it was taken from, and so does a fork of the fork", () => {
  // Each begins with the rows of the one before, uuids and all.
  const session = (name: string, ...words: string[]) =>
    transcript((it) => {
      it.label = "shared";
      words.forEach((word, index) => it.prompt(word).say(`m-${index}`, `${word} done`));
    }, name);
  const family = build(session(id, "one"), session(other, "one", "two"), session("third", "one", "two", "three"));
  assert.deepEqual(family.outline(), ["turn one", "  chat m-0", "turn two", "  chat m-1", "turn three", "  chat m-2"]);
  assert.deepEqual(new Set(family.spans.map(({ said }) => said["gen_ai.conversation.id"])), new Set([id]));
  assert.deepEqual(
    family.roots.map(({ said }) => said["spanloom.turn.index"]),
    [0, 1, 2],
  );
});

test("another name for the agent names turns and the service, not sub-agents, and changes no id", () => {
  const [named, usual] = [new Built(documents, { agentName: "robot" }), build(documents)];
  assert.equal(named.roots[0]!.name, "invoke_agent robot");
  assert.equal(named.call("t2").said["gen_ai.agent.name"], "robot");
  assert.equal(named.agent("x1").name, "invoke_agent Explore");
  assert.equal(named.call("t-x1").said["gen_ai.agent.name"], "Explore");
  assert.match(named.outcome.json[0]!, /"service\.name","value":\{"stringValue":"robot"\}/);
  assert.deepEqual(
    named.spans.map(({ spanId }) => spanId),
    usual.spans.map(({ spanId }) => spanId),
  );
});

test("a session that grew keeps the ids of what was there", () => {
  const early = build(transcript((it) => it.prompt("one").call("m1", "t1")));
  const late = build(transcript((it) => it.prompt("one").call("m1", "t1").result("t1").say("m2", "a").prompt("two").say("m3", "b")));
  const ids = (family: Built): string[] => family.spans.map(({ traceId, spanId }) => `${traceId} ${spanId}`);
  assert.deepEqual(ids(late).slice(0, 3), ids(early));
  assert.equal(late.spans.length, 6);
});

/** A session that was resumed by a client that wrote its history again, under new uuids and at the time of resuming. */
const rewritten = (history: (it: Session) => unknown, write: (it: Session) => unknown, session = other, start = 100) =>
  transcript((it) => {
    it.label = session;
    history(it);
    const timestamp = new Date(began + start * 1000).toISOString();
    it.rows.forEach((row, at) => (it.rows[at] = { ...(row as Record<string, unknown>), timestamp }));
    write(it);
  }, session, start);

test("a history that was written again under new uuids counts once, with all its prompts, and its session goes on", () => {
  const history = (it: Session): unknown => it.prompt("one").call("m1", "t1").result("t1").say("m2", "done").prompt("cut off").user("[Request interrupted by user]");
  const more = (it: Session): unknown => it.prompt("two").say("m3", "yes");
  const last = (it: Session): unknown => it.prompt("three").say("m4", "no");
  const family = build(
    transcript((it) => history(it)),
    rewritten(history, more),
    rewritten((it) => (history(it), more(it)), last, "third", 200),
  );
  assert.deepEqual(family.outline(), ["turn one", "  chat m1", "  tool t1", "  chat m2", "turn cut off", "turn two", "  chat m3", "turn three", "  chat m4"]);
  assert.deepEqual(new Set(family.spans.map(({ said }) => said["gen_ai.conversation.id"])), new Set([id]));
  assert.deepEqual(
    family.roots.map(({ said }) => said["spanloom.turn.index"]),
    [0, 1, 2, 3],
  );
  assert.deepEqual(seconds(family.chat("m2")), [2, 3], "a copy lengthens nothing");
});

test("an API error in a history that was written again is no second one", () => {
  const history = (it: Session): unknown =>
    it.prompt("one").call("m1", "t1").result("t1").response("e", [{ type: "text", text: "API Error" }], { isApiErrorMessage: true }, { model: "<synthetic>" });
  const family = build(transcript(history), rewritten(history, (it) => it.prompt("two").say("m2", "yes")));
  assert.deepEqual(family.outline(), ["turn one", "  chat m1", "  tool t1", "turn two", "  chat m2"]);
  assert.equal(events(family.roots[0]!).length, 1);
});
