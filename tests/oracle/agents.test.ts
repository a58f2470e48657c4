// Sub-agents known by other things than a transcript of their own, and how calls and agents end, as docs/SPANS.md says.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DOCUMENT_SUBAGENT, DOCUMENT_TRANSCRIPT, SKIP_PROGRESS } from "../../assembly/abi/layout.ts";
import { Session, subagent } from "../support/session.ts";
import { id, other, spawn, transcript, worked } from "../support/scenes/scene.ts";
import { build, type Built, type Span } from "./index.ts";

const said = (span: Span | undefined, key: string): unknown => span?.attributes.find(([name]) => name === key)?.[1];
const agentsOf = (built: Built): Span[] => built.traces.flatMap(({ spans }) => spans.filter(({ kind }) => kind === "agent"));

/** Each sub-agent's id, join and how many spans stand right below it. */
const joins = (built: Built): string[] => {
  const all = built.traces.flatMap(({ spans }) => spans);
  const below = (agent: Span): number => all.filter((span) => span.parentSpanId === agent.spanId).length;
  return agentsOf(built).map((agent) => `${String(said(agent, "spanloom.agent.id"))} ${String(said(agent, "spanloom.agent.join"))} ${below(agent)}`);
};

const rowsOf = (agent: string): Session["rows"] => {
  const it = new Session(id, {}, 100);
  it.label = agent;
  worked(agent)(it);
  return it.rows;
};
const member = (session: string, agentName: string, start: number) => {
  const it = new Session(session, { agentName, teamName: "crew" }, start);
  return it.prompt("p").say(`m-${session}`, "done").document();
};

test("progress alone is a sub-agent, joined by the call it names", () => {
  const built = build([transcript((it) => spawn(it.prompt("go"), "a1").repeats("x1", "a1", rowsOf("x1")).result("a1").say("m-end", "end"))]);
  assert.deepEqual(joins(built), ["x1 tool_use_id 3"]);
  const chat = built.traces[0]?.spans.find((span) => said(span, "gen_ai.response.id") === "m-x1-1");
  assert.equal(said(chat, "spanloom.source.line"), 4n);
});

test("progress beside a transcript adds only what that lacks", () => {
  const lead = transcript((it) => spawn(it.prompt("go"), "a1").repeats("x1", "a1", rowsOf("x1")).result("a1").say("m-end", "end"));
  const whole = build([lead, ...subagent(id, "x1", worked("x1"))]);
  assert.deepEqual(joins(whole), ["x1 tool_use_id 3"]);
  assert.equal(whole.documents[0]?.skippedBy[SKIP_PROGRESS], 4);
  const torn = build([lead, ...subagent(id, "x1", (it) => it.prompt("do x1").call("m-x1-1", "t-x1"))]);
  assert.deepEqual(joins(torn), ["x1 tool_use_id 3"]);
  assert.equal(torn.documents[0]?.skippedBy[SKIP_PROGRESS], 2);
});

test("a member's own session is a sub-agent's transcript once a call names it", () => {
  const lead = transcript((it) =>
    spawn(spawn(it.prompt("go", { teamName: "crew" }), "a1", { name: "ann" }), "a2", { name: "ann" })
      .result("a1", "spawned", {}, { toolUseResult: { agent_id: "ann@crew" } })
      .result("a2", "spawned", {}, { toolUseResult: { agent_id: "ann@crew" } })
      .say("m-end", "end"),
  );
  const built = build([lead, member("s3", "ann", 90), member("s2", "ann", 60), member("s4", "eve", 120)]);
  assert.deepEqual(
    built.documents.map(({ kind }) => kind),
    [DOCUMENT_TRANSCRIPT, DOCUMENT_SUBAGENT, DOCUMENT_SUBAGENT, DOCUMENT_TRANSCRIPT],
  );
  assert.deepEqual(joins(built), ["ann@crew result_agent_id 1", "ann@crew result_agent_id 1"]);
  const [first] = agentsOf(built);
  const chat = built.traces[0]?.spans.find((span) => span.parentSpanId === first?.spanId);
  assert.equal(said(chat, "gen_ai.response.id"), "m-s2", "the first in canonical order has the first call");
  assert.equal(said(chat, "gen_ai.conversation.id"), id);
});

test("agents of a workflow stand below who started it", () => {
  const inRun = (agent: string, start: number) =>
    subagent(id, agent, worked(agent), undefined, start).map(({ name, bytes }) => ({ name: name.replace("agent-", "workflows/wf_1/agent-"), bytes }));
  const built = build([
    transcript((it) => it.prompt("go").call("m1", "w1", "Workflow").result("w1", "launched", {}, { toolUseResult: { runId: "wf_1" } }).say("m2", "end")),
    transcript((it) => it.prompt("elsewhere").say("m3", "x"), other, 50),
    ...inRun("x1", 100),
    ...inRun("x2", 200),
  ]);
  assert.deepEqual(joins(built), ["x1 workflow 3", "x2 workflow 3"]);
  for (const agent of agentsOf(built)) {
    assert.equal(agent.parentSpanId, built.traces[0]?.spans[0]?.spanId);
    assert.equal(said(agent, "spanloom.workflow.run.id"), "wf_1");
    assert.equal(said(agent, "gen_ai.tool.call.id"), undefined);
  }
});

test("the last notification says how an agent ended", () => {
  const ended = (call: string, status: string): string => `<task-notification><tool-use-id>${call}</tool-use-id><status>${status}</status></task-notification>`;
  const built = build([
    transcript((it) => {
      it.prompt("go");
      for (const call of ["a1", "a2", "a3"]) spawn(it, call).result(call, "launched");
      it.user(ended("a1", "failed")).user(ended("a1", "completed")).user(ended("a2", "completed")).user(ended("a2", "killed"));
      it.attachment({ type: "queued_command", prompt: ended("a3", "stopped"), commandMode: "task-notification" }).say("m1", "I see");
    }),
  ]);
  assert.deepEqual(
    agentsOf(built).map((agent) => [said(agent, "error.type"), agent.error?.message]),
    [
      [undefined, undefined],
      ["killed", "the agent was killed"],
      ["stopped", "the agent was stopped"],
    ],
  );
});

test("calls that were denied, and results kept apart", () => {
  const documents = [
    transcript((it) =>
      it
        .prompt("go")
        .call("m1", "t1")
        .result("t1", "Permission to use Bash has been denied.", { is_error: true })
        .call("m2", "t2")
        .result("t2", "a hook said no", { is_error: true }, { toolDenialKind: "hook" })
        .call("m3", "t3")
        .result("t3", "preview", {}, { toolDenialKind: "hook", toolUseResult: { persistedOutputPath: "/r/t3.txt", persistedOutputSize: 70000 } }),
    ),
  ];
  const tools = (content: "full" | "metadata"): Span[] => build(documents, { content }).traces[0]!.spans.filter(({ kind }) => kind === "tool");
  assert.deepEqual(tools("full").map((span) => said(span, "error.type")), ["denied", "denied", undefined]);
  const [, , kept] = tools("full");
  assert.deepEqual(kept?.attributes.slice(-3).map(([key]) => key), ["gen_ai.tool.call.result", "spanloom.tool.result.size", "spanloom.tool.result.file"]);
  assert.deepEqual(kept?.attributes.slice(-2).map(([, value]) => value), [70000n, "/r/t3.txt"]);
  assert.deepEqual(tools("metadata")[2]?.attributes.at(-1), ["spanloom.tool.result.size", 70000n]);
});

test("sums of tokens, and what a session has", () => {
  const built = build(
    [
      transcript((it) => spawn(it.prompt("go"), "a1").result("a1", "no", { is_error: true }).call("m1", "t1").result("t1").say("m2", "end")),
      ...subagent(id, "x1", worked("x1"), { toolUseId: "a1" }),
    ],
    { shape: "session" },
  );
  const [session, turn] = built.traces[0]!.spans;
  const from = (span: Span | undefined, key: string, count: number) => {
    const at = span?.attributes.findIndex(([name]) => name === key) ?? -1;
    return span?.attributes.slice(at, at + count);
  };
  // Which part of the input came from a cache is said of each chat, once.
  assert.deepEqual(from(turn, "gen_ai.usage.output_tokens", 2), [
    ["gen_ai.usage.output_tokens", 21n],
    ["process.working_directory", "/w"],
  ]);
  assert.deepEqual(from(session, "spanloom.session.turns", 6), [
    ["spanloom.session.turns", 1n],
    ["spanloom.session.chats", 5n],
    ["spanloom.session.tool_calls", 2n],
    ["spanloom.session.agents", 1n],
    ["spanloom.session.errors", 1n],
    ["process.working_directory", "/w"],
  ]);
});
