// How sub-agents end: with their call, long after it, or badly; and who is told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { id, spawn, transcript, worked } from "../support/scenes/scene.ts";
import { type Session, subagent } from "../support/session.ts";
import { build, events, failure, seconds } from "./built.ts";

const go = (write: (it: Session) => unknown) => transcript((it) => write(it.prompt("go")));

test("a sub-agent lasts until its last own result, also after its call was answered and its turn ended", () => {
  const family = build(
    go((it) => spawn(it, "a1").result("a1", "launched").say("m-end", "end").prompt("next").say("m3", "yes")),
    subagent(id, "x1", (it) => it.prompt("do a1").call("m-x1", "t-x1").wait(50).result("t-x1"), { toolUseId: "a1" }),
  );
  assert.deepEqual(seconds(family.agent("x1")), [1, 152]);
  assert.equal(family.agent("x1").said["spanloom.async"], true);
  assert.deepEqual(seconds(family.roots[0]!), [0, 3]);
  assert.equal(family.chat("m-x1").parentSpanId, family.agent("x1").spanId);
});

test("a sub-agent that ends with its call is not async", () => {
  const family = build(
    go((it) => spawn(it, "a1").wait(200).result("a1").say("m-end", "end")),
    subagent(id, "x1", worked("x1"), { toolUseId: "a1" }),
  );
  assert.deepEqual(seconds(family.agent("x1")), [1, 202]);
  assert.equal(family.agent("x1").said["spanloom.async"], undefined);
});

test("an agent in the background that failed says so by the notification of it", () => {
  const notice = "<task-notification>\n<tool-use-id>a1</tool-use-id>\n<status>failed</status>\n</task-notification>";
  const family = build(
    go((it) => spawn(it, "a1").result("a1", "launched").say("m-end", "end").wait(200).user(notice).say("m3", "I see")),
    subagent(id, "x1", worked("x1"), { toolUseId: "a1" }),
  );
  assert.deepEqual(failure(family.agent("x1")), ["failed", "the agent failed"]);
  assert.equal(family.roots[1]!.said["spanloom.turn.origin"], "notification");
});

test("an agent that was interrupted failed, and its turn only if it was interrupted too", () => {
  const family = build(
    go((it) => spawn(it, "a1").wait(200).result("a1", "ok").say("m-end", "end")),
    subagent(id, "x1", (it) => it.prompt("do a1").call("m-x1", "t-x1").user("[Request interrupted by user]"), { toolUseId: "a1" }),
  );
  assert.deepEqual(failure(family.agent("x1")), ["interrupted", "interrupted by the user"]);
  assert.deepEqual(events(family.agent("x1")), [["spanloom.interrupt", {}]]);
  assert.equal(failure(family.roots[0]!), undefined);
});
