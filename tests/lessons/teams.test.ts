// Teams: a member may write a session of its own, and may do so several times; its work still stands once, below the call that
// spawned it, in the conversation of the lead.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Document } from "../support/core.ts";
import { id, spawn, transcript, worked } from "../support/scenes/scene.ts";
import { Session, subagent } from "../support/session.ts";
import { build, failure, texts, tokens } from "./built.ts";

const spawned = (it: Session, call: string, member = "ann"): Session =>
  spawn(it, call, { name: member, team_name: "red" }).result(call, "Spawned.", {}, { toolUseResult: { agent_id: `${member}@red` } });

/** A session that a member wrote; `label` is what its rows' uuids begin with. */
function member(session: string, write: (it: Session) => unknown, start = 100, name = "ann", label = session): Document {
  const it = new Session(session, { agentName: name, teamName: "red" }, start);
  it.label = label;
  write(it);
  return it.document();
}

const told = (words: string): string => `<teammate-message teammate_id="lead">${words}</teammate-message>`;
const lead = transcript((it) => spawned(it.prompt("go"), "a1").say("m-end", "end"));
const below = (label: string): string[] => [`    chat m-${label}-1`, `    tool t-${label}`, `    chat m-${label}-2`];

test("a member's own session is no trace of its own but the work of the call that spawned it", () => {
  const family = build(lead, member("own", worked("own")));
  assert.deepEqual(family.outline(), ["turn go", "  chat m-a1", "  agent a1", ...below("own"), "  chat m-end"]);
  assert.equal(family.call("a1").said["spanloom.agent.id"], "ann@red");
  assert.deepEqual(new Set(family.spans.map(({ said }) => said["gen_ai.conversation.id"])), new Set([id]));
});

test("a session of a team that no call names is a session like any other", () => {
  const family = build(lead, member("own", worked("own"), 100, "bob"));
  assert.deepEqual(
    family.roots.map((root) => texts(root, "input")),
    [["go"], ["do own"]],
  );
});

test("two spawns of one name take its two sessions one after another", () => {
  const family = build(
    transcript((it) => spawned(spawned(it.prompt("go"), "a1"), "a2").say("m-end", "end")),
    member("late", worked("late"), 200),
    member("early", worked("early"), 100),
  );
  assert.deepEqual(family.outline(), [
    "turn go",
    "  chat m-a1",
    "  agent a1",
    ...below("early"),
    "  chat m-a2",
    "  agent a2",
    ...below("late"),
    "  chat m-end",
  ]);
});

test("a member that is woken again says each response once, in one span", () => {
  const woken = (it: Session): Session => it.user(told("first")).say("m-1", "one").user(told("second")).say("m-2", "two");
  const family = build(lead, member("own", woken));
  assert.deepEqual(family.outline(), ["turn go", "  chat m-a1", "  agent a1", "    chat m-1", "    chat m-2", "  chat m-end"]);
  assert.deepEqual(texts(family.call("a1"), "output"), ["two"]);
});

test("of two transcripts of a member one of which holds the other, all counts once", () => {
  const [short] = subagent(id, "x1", worked("x1"), undefined) as [Document];
  const longer = subagent(id, "x1", (it) => worked("x1")(it).say("m-more", "more")).map((document) => ({
    ...document,
    name: `again/${document.name}`,
  }));
  const call = transcript((it) => spawn(it.prompt("go"), "a1").result("a1", "ok", {}, { toolUseResult: { agentId: "x1" } }));
  for (const family of [build(call, short, longer), build(call, longer, short)]) {
    assert.deepEqual(family.outline(), ["turn go", "  chat m-a1", "  agent a1", ...below("x1"), "    chat m-more"]);
    assert.deepEqual(tokens(family.agent("x1")), [375, 21]);
  }
});

test("a transcript found under two names is read once", () => {
  const own = member("own", worked("own"));
  const family = build(lead, own, { ...own, name: "elsewhere/own.jsonl" });
  assert.deepEqual(family.outline(), build(lead, own).outline());
  assert.deepEqual(tokens(family.agent("ann@red")), [250, 14]);
});

test("a named call that never proves to be a member is an ordinary sub-agent", () => {
  const family = build(
    transcript((it) =>
      spawn(spawn(it.prompt("go"), "a1", { name: "ann" }), "a2", { name: "bob" })
        .result("a1", "one")
        .result("a2", "two"),
    ),
    subagent(id, "x2", worked("x2"), { name: "bob" }),
  );
  assert.deepEqual(
    ["a1", "a2"].map((call) => family.call(call).said["spanloom.agent.join"]),
    ["none", "name"],
  );
  assert.deepEqual(texts(family.call("a1"), "output"), ["one"]);
  assert.equal(failure(family.call("a1")), undefined);
});

test("a sub-agent of a member is a sub-agent, below the member", () => {
  const spawning = (it: Session): Session => spawn(it.prompt("do a1"), "a2").result("a2").say("m-own", "done");
  const family = build(lead, member("own", spawning), subagent("own", "x2", worked("x2"), { agentType: "Explore", toolUseId: "a2" }, 103));
  assert.deepEqual(family.outline(), [
    "turn go",
    "  chat m-a1",
    "  agent a1",
    "    chat m-a2",
    "    agent a2",
    ...below("x2").map((line) => `  ${line}`),
    "    chat m-own",
    "  chat m-end",
  ]);
  assert.equal(family.call("a2").said["spanloom.agent.id"], "x2");
});

test("a member that works on after the lead's turn stays open until it is done", () => {
  const family = build(
    lead,
    member("own", (it) => it.prompt("do a1").wait(500).say("m-own", "done")),
  );
  assert.equal(family.agent("ann@red").said["spanloom.async"], true);
  assert.ok(BigInt(family.agent("ann@red").endTimeUnixNano) > BigInt(family.roots[0]!.endTimeUnixNano));
});
