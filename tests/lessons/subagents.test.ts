// Sub-agents: one span for a call that spawns one, under whoever made the call, with everything the agent did below it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { id, spawn, transcript, worked } from "../support/scenes/scene.ts";
import { type Session, subagent } from "../support/session.ts";
import { build, failure, texts, tokens } from "./built.ts";

const go = (write: (it: Session) => unknown) => transcript((it) => write(it.prompt("go")));
const answered = (agent: string) => ({ toolUseResult: { agentId: agent } });
const below = (label: string, deep: string): string[] => [`${deep}chat m-${label}-1`, `${deep}tool t-${label}`, `${deep}chat m-${label}-2`];

for (const name of ["Agent", "Task"]) {
  test(`a call of ${name} is one sub-agent, no tool, and carries both its ids`, () => {
    const family = build(
      go((it) => it.call("m-a1", "a1", name, { prompt: "do x1", subagent_type: "Explore" }).result("a1").say("m-end", "end")),
      subagent(id, "x1", worked("x1"), { agentType: "Explore", toolUseId: "a1" }),
    );
    assert.deepEqual(family.outline(), ["turn go", "  chat m-a1", "  agent a1", ...below("x1", "    "), "  chat m-end"]);
    const { name: title, said } = family.agent("x1");
    assert.deepEqual([title, said["gen_ai.tool.call.id"], said["gen_ai.tool.name"]], ["invoke_agent Explore", "a1", name]);
  });
}

test("a sub-agent answers with its own last words, one without transcript with the call's result", () => {
  const family = build(
    go((it) =>
      spawn(spawn(it, "a1"), "a2")
        .result("a1", "result one")
        .result("a2", [{ type: "text", text: "result two" }]),
    ),
    subagent(id, "x1", worked("x1"), { toolUseId: "a1" }),
  );
  assert.deepEqual(
    ["a1", "a2"].map((call) => texts(family.call(call), "output")),
    [["x1 done"], ["result two"]],
  );
  assert.deepEqual(
    ["a1", "a2"].map((call) => texts(family.call(call), "input")),
    [["do a1"], ["do a2"]],
  );
  assert.equal(family.call("a1").said["gen_ai.tool.call.result"], "result one");
});

test("a failed call of a sub-agent keeps its error", () => {
  const family = build(go((it) => spawn(it, "a1").result("a1", "no such agent", { is_error: true }).say("m-end", "end")));
  assert.deepEqual(failure(family.call("a1")), ["tool_error", "no such agent"]);
  assert.equal(family.call("a1").said["gen_ai.tool.call.result"], "no such agent");
  assert.equal(family.call("a1").said["spanloom.agent.join"], "none");
});

test("a sub-agent without metadata is known by the id in its call's result", () => {
  const family = build(
    go((it) => spawn(it, "a1").result("a1", "ok", {}, answered("x1"))),
    subagent(id, "x1", worked("x1")),
  );
  assert.deepEqual(family.outline(), ["turn go", "  chat m-a1", "  agent a1", ...below("x1", "    ")]);
  assert.equal(family.agent("x1").said["spanloom.agent.join"], "result_agent_id");
});

test("a transcript goes to the call its metadata names, not to one that was rejected before", () => {
  const refused = "The user doesn't want to proceed with this tool use.";
  const family = build(
    go((it) =>
      spawn(it, "a1")
        .result("a1", refused, { is_error: true })
        .call("m-a2", "a2", "Agent", { prompt: "do a1", subagent_type: "Explore" })
        .result("a2"),
    ),
    subagent(id, "x1", worked("x1"), { agentType: "Explore", toolUseId: "a2" }),
  );
  assert.deepEqual(family.outline(), ["turn go", "  chat m-a1", "  agent a1", "  chat m-a2", "  agent a2", ...below("x1", "    ")]);
  assert.deepEqual(failure(family.call("a1")), ["rejected", refused]);
});

test("a rejected call takes no transcript by its type", () => {
  const refused = "The user doesn't want to proceed with this tool use.";
  const family = build(
    go((it) => spawn(spawn(it, "a1").result("a1", refused, { is_error: true }), "a2").result("a2")),
    subagent(id, "x1", worked("x1"), { agentType: "Explore" }),
  );
  assert.equal(family.agent("x1").said["gen_ai.tool.call.id"], "a2");
});

test("a sub-agent's sub-agent is below it, in a flat folder and of the same type", () => {
  const family = build(
    go((it) => spawn(it, "a1").result("a1", "ok", {}, answered("x1")).say("m-end", "end")),
    subagent(id, "x1", (it) => spawn(it.prompt("outer"), "a2").result("a2", "ok", {}, answered("x2")).say("m-x1", "outer done")),
    subagent(id, "x2", worked("x2"), undefined, 105),
  );
  assert.deepEqual(family.outline(), [
    "turn go",
    "  chat m-a1",
    "  agent a1",
    "    chat m-a2",
    "    agent a2",
    ...below("x2", "      "),
    "    chat m-x1",
    "  chat m-end",
  ]);
  assert.deepEqual(
    ["x1", "x2"].map((agent) => tokens(family.agent(agent))),
    [
      [250, 14],
      [250, 14],
    ],
  );
});

test("calls of one type with one prompt are not told apart by guessing", () => {
  const call = go((it) => {
    for (const each of ["a1", "a2"]) spawn(it, each, { prompt: "look around" });
    it.result("a1").result("a2").wait(300).say("m-end", "end");
  });
  const [one, two] = ["x1", "x2"].map((agent) =>
    subagent(id, agent, (it) => it.prompt("look around").say(`m-${agent}`, "looked"), { agentType: "Explore" }),
  );
  for (const [family, agents] of [
    [build(call, one!), ["x1"]],
    [build(call, one!, two!), ["x1", "x2"]],
  ] as const) {
    for (const a of ["a1", "a2"]) assert.equal(family.call(a).said["spanloom.agent.join"], "none");
    for (const agent of agents) {
      assert.equal(family.agent(agent).said["spanloom.agent.join"], "orphan");
      assert.equal(family.chat(`m-${agent}`).parentSpanId, family.agent(agent).spanId);
    }
  }
});

test("ids join sub-agents to calls, prompts do not, be they as long as they will", () => {
  const long = "x".repeat(70_000);
  const family = build(
    go((it) =>
      spawn(spawn(it, "a1", { prompt: `${long}1` }), "a2", { prompt: `${long}2` })
        .result("a1")
        .result("a2"),
    ),
    subagent(id, "x1", (it) => it.prompt(`${long}2`).say("m-x1", "x"), { toolUseId: "a1" }),
    subagent(id, "x2", (it) => it.prompt(`${long}1`).say("m-x2", "y"), { toolUseId: "a2" }, 200),
  );
  assert.deepEqual(
    ["a1", "a2"].map((call) => family.call(call).said["spanloom.agent.id"]),
    ["x1", "x2"],
  );
  assert.deepEqual(texts(family.agent("x1"), "input"), [`${long}1`]);
});

test("a transcript whose first row is very long is read, and its prompt with it", () => {
  const injected = `${"context ".repeat(40_000)}now look`;
  const family = build(
    go((it) => it.wait(300).say("m1", "a")),
    subagent(id, "x1", (it) => it.prompt(injected).say("m-x1", "x"), { agentType: "Explore" }),
  );
  assert.deepEqual(texts(family.agent("x1"), "input"), [injected]);
});

test("a name in the call's arguments is no type", () => {
  const family = build(
    go((it) =>
      spawn(spawn(it, "a1", { name: "scout" }), "a2", { name: "clerk", subagent_type: undefined })
        .result("a1")
        .result("a2"),
    ),
    subagent(id, "x1", worked("x1"), { toolUseId: "a1" }),
  );
  assert.deepEqual(
    ["a1", "a2"].map((call) => family.call(call).name),
    ["invoke_agent Explore", "invoke_agent general-purpose"],
  );
});

test("what an agent did is said once, be it in its transcript, in two, or repeated in the session as progress", () => {
  const [own] = subagent(id, "x1", worked("x1")) as [ReturnType<typeof transcript>];
  const progress = Buffer.from(own.bytes)
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .map((row) => ({
      type: "progress",
      sessionId: id,
      parentToolUseID: "a1",
      data: { type: "agent_progress", agentId: "x1", message: row },
    }));
  const session = transcript((it) => {
    spawn(it.prompt("go"), "a1");
    progress.forEach((row) => it.raw(row));
    it.result("a1", "ok", {}, answered("x1"));
  });
  const outline = ["turn go", "  chat m-a1", "  agent a1", ...below("x1", "    ")];
  for (const more of [[], [own], [own, { ...own, name: "elsewhere/agent-x1.jsonl" }]]) {
    const family = build(session, more);
    assert.deepEqual(family.outline(), outline, `${more.length} transcripts`);
    assert.deepEqual(tokens(family.agent("x1")), [250, 14]);
  }
});

test("a sub-agent nobody called is a span of its own, and what it did stands below that, not below the turn", () => {
  const family = build(
    go((it) => it.wait(300).say("m1", "a")),
    subagent(id, "x1", worked("x1"), { agentType: "Explore" }),
  );
  assert.deepEqual(family.outline(), ["turn go", "  chat m1", "  agent x1", ...below("x1", "    ")]);
  assert.equal(family.agent("x1").said["spanloom.agent.join"], "orphan");
});

test("a sub-agent nobody called stands in the turn of its time, not in the last one", () => {
  const family = build(
    transcript((it) => it.prompt("one").wait(300).say("m1", "a").prompt("two").say("m2", "b")),
    subagent(id, "x1", worked("x1")),
  );
  assert.equal(family.agent("x1").parentSpanId, family.roots[0]!.spanId);
});

test("chats and calls name the agent that made them", () => {
  const family = build(
    go((it) => spawn(it, "a1").result("a1").call("m2", "t2").result("t2")),
    subagent(id, "x1", worked("x1"), { toolUseId: "a1" }),
  );
  const names = [family.chat("m-a1"), family.call("t2"), family.agent("x1"), family.chat("m-x1-1"), family.call("t-x1")].map(
    ({ said }) => said["gen_ai.agent.name"],
  );
  assert.deepEqual(names, ["claude-code", "claude-code", "Explore", "Explore", "Explore"]);
});

test("an inline sidechain is a sub-agent, and its prompt no turn", () => {
  const family = build(
    go((it) =>
      spawn(it, "a1")
        .user("do a1", { isSidechain: true, agentId: "x1" })
        .say("m-x1", "looked", { isSidechain: true, agentId: "x1" })
        .result("a1", "ok", {}, answered("x1"))
        .say("m-end", "end"),
    ),
  );
  assert.deepEqual(family.outline(), ["turn go", "  chat m-a1", "  agent a1", "    chat m-x1", "  chat m-end"]);
});

/** An agent's rows as clients up to 2.0.0 wrote them: within the session, without any id of the agent's. */
const side = (it: Session, label: string, prompt: string): Session => {
  const rows = [`${label}-1`, `${label}-2`];
  it.user(prompt, { isSidechain: true, parentUuid: null, uuid: rows[0] });
  return it.say(`m-${label}`, `${label} done`, { isSidechain: true, parentUuid: rows[0], uuid: rows[1] });
};

test("inline agents at work at the same time go to the calls that asked for what they were asked", () => {
  const family = build(
    go((it) => {
      spawn(spawn(spawn(it, "a1"), "a2"), "a3");
      side(it, "x2", "do a2").result("a2");
      side(it, "x3", "do a3").result("a3", "the agent failed", { is_error: true });
      side(it, "x1", "do a1").result("a1").say("m-end", "end");
    }),
  );
  const chats = [1, 2, 3].flatMap((one) => [`  chat m-a${one}`, `  agent a${one}`, `    chat m-x${one}`]);
  assert.deepEqual(family.outline(), ["turn go", ...chats, "  chat m-end"]);
  for (const call of ["a1", "a2", "a3"]) assert.equal(family.call(call).said["spanloom.agent.join"], "prompt");
  assert.deepEqual(failure(family.call("a3")), ["tool_error", "the agent failed"]);
});

test("of inline agents asked for the same, each goes to the call that is answered below it", () => {
  const family = build(
    go((it) => {
      for (const call of ["a1", "a2", "a3"]) spawn(it, call, { prompt: "do it" });
      it.result("a2", "no such agent", { is_error: true });
      side(it, "x3", "do it").result("a3");
      side(it, "x1", "do it").result("a1").say("m-end", "end");
    }),
  );
  assert.equal(family.chat("m-x1").parentSpanId, family.call("a1").spanId);
  assert.equal(family.chat("m-x3").parentSpanId, family.call("a3").spanId);
  assert.equal(family.call("a2").said["spanloom.agent.join"], "none");
});

test("transcripts of agents that were cut off, whose calls nothing answers, are known by what they were asked", () => {
  const family = build(
    go((it) => spawn(spawn(it, "a1"), "a2")),
    subagent(id, "x9", (it) => it.prompt("Warmup").say("m-x9", "warm")),
    subagent(id, "x2", (it) => it.prompt("do a2").say("m-x2", "two")),
    subagent(id, "x1", (it) => it.prompt("do a1").say("m-x1", "one")),
  );
  assert.deepEqual(family.outline(), ["turn go", "  chat m-a1", "  agent a1", "    chat m-x1", "  chat m-a2", "  agent a2", "    chat m-x2", "  agent x9", "    chat m-x9"]);
});
