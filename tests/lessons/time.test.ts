// Time: all of it from the record, none from the clock of who builds; where the record has none, the spans say so.

import assert from "node:assert/strict";
import { test } from "node:test";
import { id, spawn, transcript, worked } from "../support/scenes/scene.ts";
import { subagent } from "../support/session.ts";
import { build, built, seconds } from "./built.ts";

test("calls and sub-agents last as long as the record says", () => {
  const family = build(
    transcript((it) => spawn(it.prompt("go"), "a1").wait(300).result("a1").say("m-end", "end")),
    subagent(id, "x1", worked("x1"), { toolUseId: "a1" }),
  );
  assert.deepEqual(seconds(family.agent("x1")), [1, 302]);
  assert.deepEqual(seconds(family.call("t-x1")), [101, 102]);
  assert.deepEqual(family.spans.map(({ said }) => said["spanloom.time"]).filter(Boolean), []);
});

test("a call and a sub-agent without any evidence of an end last no longer than their turn", () => {
  const session = built((it) => spawn(it.prompt("go"), "a1").call("m2", "t2").wait(7).say("m3", "done"));
  assert.deepEqual([session.call("a1"), session.call("t2"), session.roots[0]!].map(seconds), [
    [1, 10],
    [2, 10],
    [0, 10],
  ]);
});

test("a record without times has none, and says so, instead of the time it was built", () => {
  const none = { timestamp: undefined };
  const { spans } = built((it) => it.prompt("go", none).call("m1", "t1", "Bash", {}, none).result("t1", "ok", {}, none));
  assert.equal(spans.length, 3);
  for (const { name, startTimeUnixNano, endTimeUnixNano, said } of spans)
    assert.deepEqual([startTimeUnixNano, endTimeUnixNano, said["spanloom.time"]], ["0", "0", "inferred"], name);
});

test("a row without a time has that of its neighbour, and only what it touches is inferred", () => {
  const session = built((it) => it.prompt("go").call("m1", "t1").result("t1", "ok", {}, { timestamp: undefined }).say("m2", "done"));
  assert.deepEqual(seconds(session.call("t1")), [1, 1]);
  assert.deepEqual(
    session.spans.map(({ said }) => said["spanloom.time"]),
    ["inferred", undefined, "inferred", undefined],
  );
});

test("a response older than its prompt has no length below zero and does not begin before its turn", () => {
  const session = built((it) => it.wait(50).prompt("go").wait(-30).say("m1", "early"));
  assert.deepEqual(seconds(session.chat("m1")), [50, 50]);
  assert.deepEqual(seconds(session.roots[0]!), [50, 50]);
});
