// Turns: a person's prompt opens one, and only that; what was never answered, broke off or failed is still there and says so.

import assert from "node:assert/strict";
import { test } from "node:test";
import { id, other, transcript } from "../support/scenes/scene.ts";
import { build, built, events, failure, seconds, texts, tokens } from "./built.ts";

const interrupt = "[Request interrupted by user]";
const command = "<command-name>/review</command-name>\n<command-message>review</command-message>";
const apiError = [{ isApiErrorMessage: true, error: "overloaded" }, { model: "<synthetic>" }];

for (const [what, content, more] of [
  ["a skill's body", "Base directory for this skill: /skills/review", { isMeta: true }],
  ["what a hook said at the start", "<session-start-hook>be brief</session-start-hook>", {}],
  ["what a hook said of a prompt", "<user-prompt-submit-hook>be brief</user-prompt-submit-hook>", {}],
  ["a system reminder", "<system-reminder>be brief</system-reminder>", {}],
  [
    "a tool result with text beside it",
    [
      { type: "tool_result", tool_use_id: "t1", content: "ok" },
      { type: "text", text: "and this" },
    ],
    {},
  ],
  ["a compaction's summary", "This session is being continued from a previous conversation", { isCompactSummary: true }],
  ["the output of a local command", "<local-command-stdout>done</local-command-stdout>", {}],
  ["an inline sidechain's prompt", "look around", { isSidechain: true, parentUuid: null }],
] as const) {
  test(`${what} between two responses opens no turn`, () => {
    const session = built((it) => it.prompt("go").call("m1", "t1").user(content, more).say("m2", "done"));
    assert.deepEqual(
      session.roots.map((root) => texts(root, "input")),
      [["go"]],
    );
    assert.equal(session.chat("m2").parentSpanId, session.roots[0]!.spanId);
  });
}

test("a skill's command is the prompt, not the body it loads", () => {
  const session = built((it) =>
    it.user(command).user("Base directory for this skill: /skills/review", { isMeta: true }).say("m1", "reviewed"),
  );
  assert.deepEqual(
    session.roots.map((root) => texts(root, "input")),
    [[command]],
  );
});

test("a prompt that was never answered is a turn with its text and nothing below", () => {
  const session = built((it) => it.prompt("one").prompt("two").say("m1", "yes"));
  const [one] = session.roots;
  assert.deepEqual(session.outline(), ["turn one", "turn two", "  chat m1"]);
  assert.deepEqual(tokens(one!), [undefined, undefined]);
  assert.equal(one!.said["gen_ai.output.messages"], undefined);
  assert.equal(one!.said["gen_ai.provider.name"], undefined);
});

test("a turn and its first response begin with the prompt, not with what was before it", () => {
  const session = built((it) => it.prompt("go").wait(40).say("m1", "a").wait(100).prompt("more").say("m2", "b"));
  assert.deepEqual(session.roots.map(seconds), [
    [0, 41],
    [142, 143],
  ]);
  assert.deepEqual(seconds(session.chat("m1")), [0, 41]);
});

test("turns are counted from 0, and none has what belongs to another", () => {
  const session = built((it) =>
    it.prompt("one").call("m1", "t1").result("t1").say("m2", "a").prompt("two").call("m3", "t3").result("t3").say("m4", "b"),
  );
  assert.deepEqual(session.outline(), [
    "turn one",
    "  chat m1",
    "  tool t1",
    "  chat m2",
    "turn two",
    "  chat m3",
    "  tool t3",
    "  chat m4",
  ]);
  assert.deepEqual(
    session.roots.map(({ said }) => said["spanloom.turn.index"]),
    [0, 1],
  );
});

test("an interrupted turn failed, and what it said is not said again in the next", () => {
  const session = built((it) => it.prompt("one").call("m1", "t1").user(interrupt).prompt("two").say("m2", "yes"));
  const [one, two] = session.roots;
  assert.deepEqual(failure(one!), ["interrupted", "interrupted by the user"]);
  assert.deepEqual(events(one!), [["spanloom.interrupt", {}]]);
  assert.equal(failure(two!), undefined);
  assert.deepEqual(session.outline(), ["turn one", "  chat m1", "  tool t1", "turn two", "  chat m2"]);
});

test("the next prompt ends a turn nobody interrupted, which did not fail by that", () => {
  const session = built((it) => it.prompt("one").call("m1", "t1").wait(60).prompt("two").say("m2", "yes"));
  assert.equal(failure(session.roots[0]!), undefined);
  assert.deepEqual(failure(session.call("t1")), ["unanswered", "no result was recorded"]);
  assert.deepEqual(seconds(session.roots[0]!), [0, 1]);
});

test("the same words twice are two turns, each with its own answer", () => {
  const session = built((it) => it.prompt("again").say("m1", "first").prompt("again").say("m2", "second"));
  assert.deepEqual(
    session.roots.map((root) => texts(root, "output")),
    [["first"], ["second"]],
  );
});

test("prompt rows with one prompt id are one turn, also with another between them", () => {
  const session = built((it) =>
    it
      .prompt("one", { promptId: "p" })
      .say("m1", "a")
      .prompt("two", { promptId: "q" })
      .say("m2", "b")
      .prompt("half", { promptId: "p" })
      .say("m3", "c"),
  );
  assert.deepEqual(session.outline(), ["turn one + half", "  chat m1", "  chat m3", "turn two", "  chat m2"]);
});

test("a prompt row written twice opens one turn", () => {
  const session = built((it) => it.prompt("one", { uuid: "u" }).prompt("one", { uuid: "u" }).say("m1", "a"));
  assert.deepEqual(session.outline(), ["turn one", "  chat m1"]);
});

test("a resumed session without a new prompt adds no turn", () => {
  const history = transcript((it) => it.prompt("one").say("m1", "a"));
  const resumed = transcript((it) => ((it.label = id), it.prompt("one").say("m1", "a").row("mode")), other);
  assert.deepEqual(build(history, resumed).spans, build(history).spans);
});

test("a turn that ends with an API error failed with its words, and keeps what it had", () => {
  const session = built((it) =>
    it
      .prompt("go")
      .response("m1", [
        { type: "text", text: "I look" },
        { type: "tool_use", id: "t1", name: "Bash", input: {} },
      ])
      .result("t1")
      .response("e1", [{ type: "text", text: "API Error: 529 Overloaded" }], ...apiError),
  );
  const [turn] = session.roots;
  assert.deepEqual(failure(turn!), ["overloaded", "API Error: 529 Overloaded"]);
  assert.deepEqual(session.outline(), ["turn go", "  chat m1", "  tool t1"]);
  assert.deepEqual(tokens(turn!), [125, 7]);
  assert.deepEqual(texts(turn!, "output"), ["I look"]);
});

test("an API error that was got over is an event, not a failure", () => {
  const session = built((it) =>
    it
      .prompt("go")
      .response("e1", [{ type: "text", text: "API Error" }], ...apiError)
      .say("m1", "there"),
  );
  assert.equal(failure(session.roots[0]!), undefined);
  assert.deepEqual(events(session.roots[0]!), [["spanloom.api_error", { "error.type": "overloaded" }]]);
});

test("a record that ends in mid-turn has its root, with text, usage and calls so far", () => {
  const session = built((it) =>
    it.prompt("go").response("m1", [
      { type: "text", text: "I look" },
      { type: "tool_use", id: "t1", name: "Bash", input: {} },
    ]),
  );
  assert.deepEqual(session.outline(), ["turn go", "  chat m1", "  tool t1"]);
  assert.deepEqual(texts(session.roots[0]!, "output"), ["I look"]);
  assert.deepEqual(tokens(session.roots[0]!), [125, 7]);
  assert.equal(failure(session.roots[0]!), undefined);
});

test("a record that begins in mid-turn has a root that says so", () => {
  const session = built((it) => it.result("t0").say("m1", "a").prompt("go").say("m2", "b"));
  assert.deepEqual(session.outline(), ["turn unprompted", "  chat m1", "turn go", "  chat m2"]);
});
