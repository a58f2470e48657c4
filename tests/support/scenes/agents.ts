// Scenes of sub-agents: every way to join one to its call, none, and what becomes of those nobody spawned.

import { subagent } from "../session.ts";
import { family, id, scene, type Scene, spawn, transcript, worked } from "./scene.ts";

export const agentScenes: Scene[] = [
  family(
    "joined by tool use id, anywhere",
    transcript((it) => spawn(it.prompt("go"), "a1").result("a1", "ok").say("m-end", "end")),
    subagent(id, "x1", worked("x1"), { agentType: "Explore", toolUseId: "a1" }),
  ),
  family(
    "joined by the result's agent id",
    transcript((it) =>
      spawn(it.prompt("go"), "a1")
        .result("a1", "ok", {}, { toolUseResult: { agentId: "x1" } })
        .say("m-end", "end"),
    ),
    subagent(id, "x1", worked("x1")),
  ),
  family(
    "joined by name",
    transcript((it) =>
      spawn(spawn(it.prompt("go"), "a1", { name: "bob" }), "a2", { name: "ann" })
        .result("a1")
        .result("a2")
        .say("m-end", "end"),
    ),
    subagent(id, "x1", worked("x1"), { name: "ann" }),
    subagent(id, "x2", worked("x2"), { agentType: "bob" }),
  ),
  family(
    "joined by type where each is the only one",
    transcript((it) =>
      spawn(spawn(it.prompt("go"), "a1"), "a2", { subagent_type: "Plan" })
        .result("a1")
        .result("a2")
        .say("m-end", "end"),
    ),
    subagent(id, "x1", worked("x1"), { agentType: "Plan" }),
  ),
  family(
    "not joined by type where there are two",
    transcript((it) =>
      spawn(spawn(it.prompt("go"), "a1"), "a2")
        .result("a1")
        .result("a2")
        .say("m-end", "end"),
    ),
    subagent(id, "x1", worked("x1"), { agentType: "Explore" }),
  ),
  family(
    "an orphan under the turn of its time",
    transcript((it) => it.prompt("one").say("m1", "a").prompt("two").wait(300).say("m2", "b").prompt("three").say("m3", "c")),
    subagent(id, "x1", worked("x1")),
  ),
  family(
    "an orphan without a turn",
    subagent(id, "x1", worked("x1"), { agentType: "Explore" }),
    subagent(id, "x2", worked("x2"), undefined, 200),
  ),
  family(
    "an orphan that was interrupted",
    transcript((it) => it.prompt("one").say("m1", "a")),
    subagent(id, "x1", (it) => it.prompt("p").call("m-x", "t-x").user("[Request interrupted by user]")),
  ),
  family(
    "a call without transcript",
    transcript((it) =>
      spawn(spawn(it.prompt("go"), "a1"), "a2", { subagent_type: undefined })
        .result("a1", "no such agent", { is_error: true })
        .say("m-end", "end"),
    ),
  ),
  family(
    "two transcripts of one call",
    transcript((it) => spawn(it.prompt("go"), "a1").result("a1").say("m-end", "end")),
    subagent(id, "x1", worked("x1"), { toolUseId: "a1" }),
    subagent(id, "x2", worked("x2"), { toolUseId: "a1" }, 200),
  ),
  family(
    "an agent that outlives its turn",
    transcript((it) => spawn(it.prompt("go"), "a1").result("a1", "launched").say("m-end", "end")),
    subagent(id, "x1", worked("x1"), { toolUseId: "a1" }, 500),
  ),
  family(
    "an agent within an agent",
    transcript((it) => spawn(it.prompt("go"), "a1").result("a1").say("m-end", "end")),
    subagent(id, "x1", (it) => spawn(it.prompt("outer"), "a2").result("a2", "inner said", {}, { toolUseResult: { agent_id: "x2" } }), {
      toolUseId: "a1",
    }),
    subagent(id, "x2", worked("x2")),
  ),
  family(
    "an agent that would be below itself",
    transcript((it) => it.prompt("go").say("m1", "a")),
    subagent(id, "x1", (it) => spawn(it.prompt("p"), "a1").result("a1"), { toolUseId: "a1" }),
  ),
  family(
    "an agent that ended with an API error",
    transcript((it) => spawn(it.prompt("go"), "a1").result("a1").say("m-end", "end")),
    subagent(
      id,
      "x1",
      (it) =>
        it
          .prompt("p")
          .response("e", [{ type: "text", text: "API Error" }], { isApiErrorMessage: true, error: "rate_limit" }, { model: "<synthetic>" }),
      { toolUseId: "a1" },
    ),
  ),
  family(
    "metadata that is odd",
    transcript((it) => spawn(it.prompt("go"), "a1").result("a1").say("m-end", "end")),
    subagent(id, "x1", worked("x1")),
    { name: `${id}/subagents/agent-x1.meta.json`, bytes: Buffer.from('\ufeff{\n  "agentType": "Explore",\n  "toolUseId": "a1"\n}\n') },
    { name: `${id}/subagents/agent-x9.meta.json`, bytes: Buffer.from("[1]") },
    { name: `${id}/subagents/agent-x8.meta.json`, bytes: Buffer.from('{"torn":') },
  ),
  scene("sidechains in a transcript", (it) => {
    spawn(it.prompt("go"), "a1");
    it.user("do a1", { isSidechain: true, parentUuid: null, uuid: "s1" })
      .say("m-s1", "side", { isSidechain: true, parentUuid: "s1", uuid: "s2" })
      .user("other", { isSidechain: true, parentUuid: null, uuid: "s3" })
      .say("m-s2", "other side", { isSidechain: true, parentUuid: "s3", uuid: "s4" });
    it.user("by id", { isSidechain: true, agentId: "z" }).say("m-s3", "third", { isSidechain: true, agentId: "z" });
    it.result("a1").say("m-end", "end");
  }),
];
