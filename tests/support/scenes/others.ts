// Scenes of what happens elsewhere: agents known by their progress, teams, workflows, agents in the background, and
// results that were denied or kept apart.

import { Session, subagent } from "../session.ts";
import { family, id, other, scene, type Scene, spawn, transcript, worked } from "./scene.ts";

/** The rows an agent's transcript would have, without what a progress row leaves out. */
const repeated = (agent: string, write: (it: Session) => unknown, start = 100): Session["rows"] => {
  const it = new Session(id, {}, start);
  it.label = agent;
  write(it);
  return it.rows.map((row) => {
    const { type, uuid, timestamp, requestId, message, toolUseResult } = row as Record<string, unknown>;
    return { type, uuid, timestamp, requestId, message, toolUseResult };
  });
};
const third = "00000000-0000-4000-8000-000000000003";
const fourth = "00000000-0000-4000-8000-000000000004";

/** The session of a team's member. */
const member = (session: string, agentName: string, write: (it: Session) => unknown, start = 100) => {
  const it = new Session(session, { agentName, teamName: "crew" }, start);
  write(it);
  return it.document();
};
const joins = (agent: string): Record<string, unknown> => ({ toolUseResult: { status: "teammate_spawned", agent_id: agent, name: agent } });
const workflow = (it: Session, call: string, run: string): Session =>
  it.call(`m-${call}`, call, "Workflow", { name: "w" }).result(call, "launched", {}, { toolUseResult: { runId: run, status: "async_launched" } });
const inRun = (run: string, agent: string, metadata?: Record<string, unknown>, start = 100) =>
  subagent(id, agent, worked(agent), metadata, start).map(({ name, bytes }) => ({ name: name.replace("subagents/", `subagents/workflows/${run}/`), bytes }));
const ended = (call: string, status: string): string =>
  `<task-notification>\n<task-id>x</task-id>\n<tool-use-id>${call}</tool-use-id>\n<status>${status}</status>\n<result><status>other</status></result>\n</task-notification>`;

export const otherScenes: Scene[] = [
  scene("an agent known by its progress only", (it) =>
    spawn(it.prompt("go"), "a1")
      .repeats("x1", "a1", repeated("x1", worked("x1"), 4))
      .result("a1")
      .say("m-end", "end"),
  ),
  family(
    "an agent's progress beside its transcript",
    transcript((it) => spawn(it.prompt("go"), "a1").repeats("x1", "a1", repeated("x1", worked("x1"))).say("m-end", "end")),
    subagent(id, "x1", worked("x1"), { agentType: "Explore" }),
  ),
  family(
    "progress that goes on where the transcript ends",
    transcript((it) => spawn(it.prompt("go"), "a1").repeats("x1", "a1", repeated("x1", worked("x1"))).result("a1").say("m-end", "end")),
    subagent(id, "x1", (it) => it.prompt("do x1").call("m-x1-1", "t-x1")),
  ),
  scene("progress of an agent within an agent, and of nobody", (it) =>
    spawn(it.prompt("go"), "a1")
      .repeats(
        "x1",
        "a1",
        repeated("x1", (agent) => spawn(agent.prompt("outer"), "a2").result("a2", "inner", {}, { toolUseResult: { agentId: "x2" } })),
      )
      .repeats("x2", undefined, repeated("x2", worked("x2")))
      .repeats("x3", "nobody", repeated("x3", worked("x3"), 300))
      .result("a1")
      .say("m-end", "end"),
  ),
  scene("progress that is odd", (it) => {
    spawn(it.prompt("go"), "a1").system("compact_boundary");
    it.progress({ type: "agent_progress", agentId: "x1" }, { parentToolUseID: "a1" })
      .progress({ type: "agent_progress", agentId: "x1", message: { type: "system", uuid: "s" } })
      .progress({ type: "agent_progress", agentId: "", message: { type: "user", message: { content: "no agent" } } })
      .progress({ type: "agent_progress", agentId: "x1", message: { type: "user" } })
      .progress({ type: "agent_progress", agentId: "x1", message: { type: "user", message: { content: "meta" }, isMeta: true } })
      .progress({ type: "agent_progress", agentId: "x1", message: { type: "user", timestamp: "never", cwd: "/x", message: { content: "a prompt" } } })
      .progress(
        { type: "agent_progress", agentId: "x1", message: { type: "assistant", message: { id: "m-x", content: [{ type: "text", text: "x" }] } } },
        { timestamp: undefined },
      )
      .repeats("x1", "a1", [{ type: "user", message: { content: [{ type: "tool_result", tool_use_id: "none" }] } }])
      .result("a1")
      .say("m-end", "end");
  }),
  (() => {
    const whole = new Session(id);
    spawn(whole.prompt("go"), "a1").repeats("x1", "a1", repeated("x1", worked("x1"), 4)).result("a1").say("m-end", "end");
    const early = new Session(id);
    for (const row of whole.rows.slice(0, 4)) early.raw(row);
    return family("two snapshots with progress", early.document(), whole.document("later.jsonl"));
  })(),
  family(
    "a team whose members have sessions of their own",
    transcript((it) =>
      spawn(spawn(it.prompt("go", { teamName: "crew" }), "a1", { name: "ann" }), "a2", { name: "bob" })
        .result("a1", "spawned", {}, joins("ann@crew"))
        .result("a2", "spawned", {}, joins("bob@crew"))
        .say("m-end", "end"),
    ),
    member(other, "ann", (it) => it.user("<teammate-message teammate_id='lead'>go</teammate-message>").call("m-a", "t-a").result("t-a").say("m-a2", "done")),
    member(third, "bob", (it) => it.prompt("help").queue("enqueue", "more").queue("remove").say("m-b", "done"), 50),
    member(fourth, "eve", (it) => it.prompt("nobody spawned me").say("m-e", "done"), 80),
  ),
  family(
    "a member that was spawned twice",
    transcript((it) =>
      spawn(spawn(it.prompt("go"), "a1", { name: "ann" }), "a2", { name: "ann" })
        .result("a1", "spawned", {}, joins("ann@crew"))
        .result("a2", "spawned", {}, joins("ann@crew"))
        .say("m-end", "end"),
    ),
    member(other, "ann", (it) => it.prompt("first").say("m-1", "one"), 20),
    member(third, "ann", (it) => it.prompt("second").say("m-2", "two"), 40),
    member(fourth, "ann", (it) => it.prompt("third").say("m-3", "three"), 60),
  ),
  family(
    "a workflow of two agents",
    transcript((it) => workflow(it.prompt("go"), "w1", "wf_1").say("m-end", "end")),
    inRun("wf_1", "x1", { agentType: "workflow-subagent" }),
    inRun("wf_1", "x2", undefined, 200),
    inRun("wf_9", "x9", undefined, 300),
  ),
  family(
    "a workflow that an agent started, and two calls of one run",
    transcript((it) => workflow(workflow(spawn(it.prompt("go"), "a1"), "w1", "wf_1"), "w2", "wf_1").result("a1").say("m-end", "end")),
    subagent(id, "y1", (it) => workflow(it.prompt("inner"), "w3", "wf_2").say("m-y", "y"), { toolUseId: "a1" }, 20),
    inRun("wf_1", "x1", { agentType: "w" }),
    inRun("wf_2", "x2", { agentType: "w" }),
    inRun("wf_2", "x3", { agentType: "w", toolUseId: "a1" }),
  ),
  scene("calls that were denied", (it) =>
    it
      .prompt("one")
      .call("m1", "t1")
      .result("t1", "Permission to use Bash has been denied.", { is_error: true })
      .call("m2", "t2")
      .result("t2", [{ type: "text", text: "Claude requested permissions to write, but you haven't granted it yet." }], { is_error: true })
      .call("m3", "t3")
      .result("t3", "no words known", { is_error: true }, { toolDenialKind: "hook" })
      .call("m4", "t4")
      .result("t4", "no words known", { is_error: true }, { toolDenialKind: "" })
      .call("m5", "t5")
      .result("t5", "The user doesn't want to proceed with this tool use.", { is_error: true }, { toolDenialKind: "user" })
      .call("m6", "t6")
      .result("t6", "[Request interrupted by user for tool use]", { is_error: true }, { toolDenialKind: "user" })
      .call("m7", "t7")
      .result("t7", "Permission to use Bash is fine", {}, { toolDenialKind: "hook" })
      .say("m8", "end"),
  ),
  scene("results kept apart", (it) =>
    spawn(it.prompt("one"), "a1")
      .result("a1", "short", {}, { toolUseResult: { persistedOutputPath: "/r/a1.txt", persistedOutputSize: 70000 } })
      .call("m1", "t1")
      .result("t1", "preview", {}, { toolUseResult: { persistedOutputPath: "", persistedOutputSize: 1.5 } })
      .call("m2", "t2")
      .result("t2", undefined, { content: undefined }, { toolUseResult: { persistedOutputPath: "/r/t2.txt", persistedOutputSize: "7" } })
      .say("m3", "end"),
  ),
  scene("agents that ended badly in the background", (it) => {
    it.prompt("go");
    for (const call of ["a1", "a2", "a3", "a4", "a5"]) spawn(it, call).result(call, "launched");
    it.say("m1", "all launched")
      .user(ended("a1", "failed"))
      .user(ended("a1", "completed"))
      .user(ended("a2", "completed"))
      .user([{ type: "text", text: ended("a2", "failed") }], { origin: { kind: "task-notification" } })
      .attachment({ type: "queued_command", prompt: ended("a3", "killed"), commandMode: "task-notification" })
      .queue("enqueue", ended("a4", "stopped"))
      .queue("remove")
      .user(`said: ${ended("a5", "failed")}`, { origin: { kind: "channel" } })
      .say("m2", "I see");
  }),
  family(
    "a notification against what is known otherwise",
    transcript((it) => {
      spawn(spawn(spawn(it.prompt("go"), "a1"), "a2"), "a3");
      it.call("m1", "t1")
        .result("a1", "it broke", { is_error: true })
        .result("a3", "launched")
        .result("t1")
        .user(ended("a1", "killed"))
        .user(ended("a2", "killed"))
        .user(ended("a3", "killed"))
        .user(ended("t1", "killed"))
        .user("<task-notification><tool-use-id>a3</tool-use-id></task-notification>")
        .say("m2", "end");
    }),
    subagent(id, "x1", worked("x1"), { toolUseId: "a3" }),
  ),
];
