// Tool calls: one span a call, as long as it took, in the turn that asked; failed, refused or never answered, it says which.

import assert from "node:assert/strict";
import { test } from "node:test";
import { transcript } from "../support/scenes/scene.ts";
import { build, built, events, failure, seconds } from "./built.ts";

const failed = { is_error: true };
const refused = "The user doesn't want to proceed with this tool use. The tool use was rejected.";

test("a failed call has its error as result and as message", () => {
  const tool = built((it) => it.prompt("go").call("m1", "t1").result("t1", "ENOENT: no such file", failed).say("m2", "so it is")).call(
    "t1",
  );
  assert.deepEqual(failure(tool), ["tool_error", "ENOENT: no such file"]);
  assert.equal(tool.said["gen_ai.tool.call.result"], "ENOENT: no such file");
});

test("a call that failed fails no turn", () => {
  const session = built((it) => it.prompt("go").call("m1", "t1").result("t1", "no", failed).say("m2", "another way then"));
  assert.equal(failure(session.roots[0]!), undefined);
  assert.equal(failure(session.chat("m1")), undefined);
});

for (const [what, type, text, more] of [
  ["a person refused", "rejected", refused, {}],
  ["a person interrupted", "interrupted", "[Request interrupted by user for tool use]", {}],
  ["a rule denied", "denied", "Permission to use Bash has been denied.", {}],
  ["nobody could be asked for", "denied", "Claude requested permissions to use Bash, but you haven't granted it yet.", {}],
  ["the client says was denied, in whatever words", "denied", "Not here.", { toolDenialKind: "rule" }],
] as const) {
  test(`a call that ${what} is ${type}`, () => {
    const tool = built((it) => it.prompt("go").call("m1", "t1").result("t1", text, failed, more)).call("t1");
    assert.deepEqual(failure(tool), [type, text]);
  });
}

test("a call that ran and failed was not denied, whatever was denied beside it", () => {
  const session = built((it) =>
    it
      .prompt("go")
      .call("m1", "t1")
      .call("m1", "t2")
      .result("t2", "Permission to use Bash has been denied.", failed)
      .result("t1", "exit 1", failed),
  );
  assert.deepEqual([failure(session.call("t1")), failure(session.call("t2"))?.[0]], [["tool_error", "exit 1"], "denied"]);
});

test("a call nobody answered is unanswered, not denied, and ends with its turn", () => {
  const session = built((it) => it.prompt("go").call("m1", "t1").wait(8).say("m2", "never mind").prompt("next").say("m3", "yes"));
  assert.deepEqual(failure(session.call("t1")), ["unanswered", "no result was recorded"]);
  assert.deepEqual(seconds(session.call("t1")), [1, 10]);
  assert.equal(session.call("t1").said["gen_ai.tool.call.result"], undefined);
});

test("a call that was running when its turn was interrupted was interrupted", () => {
  const session = built((it) => it.prompt("go").call("m1", "t1").wait(5).user("[Request interrupted by user]"));
  assert.deepEqual(failure(session.call("t1")), ["interrupted", "interrupted by the user"]);
  assert.deepEqual(seconds(session.call("t1")), [1, 7]);
});

test("a result that comes in a later turn belongs to the turn that called, which lasts as long", () => {
  const session = built((it) =>
    it.prompt("one").call("m1", "t1").prompt("two").say("m2", "yes").result("t1", "late").prompt("three").say("m3", "yes"),
  );
  assert.deepEqual(session.outline(), ["turn one", "  chat m1", "  tool t1", "turn two", "  chat m2", "turn three", "  chat m3"]);
  assert.equal(session.call("t1").said["gen_ai.tool.call.result"], "late");
  assert.deepEqual([session.call("t1"), ...session.roots.slice(0, 2)].map(seconds), [
    [1, 4],
    [0, 4],
    [2, 3],
  ]);
});

test("a result after the turn's last response is within the turn", () => {
  const session = built((it) => it.prompt("go").call("m1", "t1").say("m2", "done").wait(49).result("t1"));
  assert.deepEqual(seconds(session.call("t1")), [1, 52]);
  assert.deepEqual(seconds(session.roots[0]!), [0, 52]);
});

test("a call written twice is one span, and its first result counts", () => {
  const session = built((it) =>
    it
      .prompt("one")
      .call("m1", "t1")
      .result("t1", "first")
      .result("t1", "second", failed)
      .say("m2", "a")
      .prompt("two")
      .call("m1", "t1")
      .say("m3", "b"),
  );
  assert.deepEqual(session.outline(), ["turn one", "  chat m1", "  tool t1", "  chat m2", "turn two", "  chat m3"]);
  assert.equal(session.call("t1").said["gen_ai.tool.call.result"], "first");
  assert.equal(failure(session.call("t1")), undefined);
});

test("a call written again after its turn opens none", () => {
  const session = built((it) => it.prompt("one").call("m1", "t1").result("t1").say("m2", "a").call("m1", "t1"));
  assert.deepEqual(session.outline(), ["turn one", "  chat m1", "  tool t1", "  chat m2"]);
});

test("parallel calls each have their own result and time, in whatever order the results come", () => {
  const session = built((it) =>
    it.prompt("go").call("m1", "t1").call("m1", "t2").call("m1", "t3").result("t3").result("t1").result("t2").say("m2", "done"),
  );
  const calls = ["t1", "t2", "t3"].map((id) => session.call(id));
  assert.deepEqual(calls.map(seconds), [
    [1, 5],
    [2, 6],
    [3, 4],
  ]);
  for (const call of calls) assert.equal(call.said["gen_ai.tool.call.result"], `result of ${String(call.said["gen_ai.tool.call.id"])}`);
  assert.deepEqual(seconds(session.chat("m1")), [0, 3]);
});

test("a background call answered in another document keeps its turn", () => {
  const family = build(
    transcript((it) => it.prompt("one").call("m1", "t1").say("m2", "started").prompt("two").say("m3", "yes")),
    transcript((it) => it.prompt("resumed").result("t1", "late").say("m4", "yes"), "other", 50),
  );
  assert.deepEqual(family.outline(), [
    "turn one",
    "  chat m1",
    "  tool t1",
    "  chat m2",
    "turn two",
    "  chat m3",
    "turn resumed",
    "  chat m4",
  ]);
  assert.equal(family.call("t1").said["gen_ai.tool.call.result"], "late");
});

test("a hook is an event of the call it names, and of the turn if it names none", () => {
  const hook = { type: "hook_success", hookEvent: "PreToolUse", hookName: "PreToolUse:Bash", exitCode: 0, durationMs: 12 };
  const session = built((it) =>
    it
      .prompt("go")
      .call("m1", "t1")
      .row("attachment", { attachment: { ...hook, toolUseID: "t1" } })
      .result("t1")
      .say("m2", "done")
      .system("stop_hook_summary", { hookCount: 2 }),
  );
  assert.deepEqual(events(session.call("t1")), [
    [
      "spanloom.hook",
      {
        "spanloom.hook.event": "PreToolUse",
        "spanloom.hook.name": "PreToolUse:Bash",
        "spanloom.hook.outcome": "success",
        "spanloom.hook.exit_code": 0,
        "spanloom.hook.duration_ms": 12,
      },
    ],
  ]);
  assert.deepEqual(events(session.roots[0]!), [["spanloom.hook", { "spanloom.hook.event": "Stop", "spanloom.hook.count": 2 }]]);
});
