// Scenes of journals: what hooks were told, beside the record and in it.

import { subagent } from "../session.ts";
import { family, id, journal, other, type Scene, spawn, transcript, worked } from "./scene.ts";

const bash = { tool_name: "Bash", permission_mode: "default" };
const boundary = { compactMetadata: { preTokens: 100 } };

/** Rows at seconds 0 to 6: prompt, call, result, a pause, answer, prompt, answer. */
const work = transcript((it) => it.prompt("one").call("m1", "t1").result("t1").wait(2).say("m2", "done").prompt("two").say("m3", "yes"));

const compacted = transcript((it) =>
  it
    .prompt("one")
    .say("m1", "yes")
    .wait(8)
    .system("compact_boundary", boundary)
    .say("m2", "on")
    .wait(8)
    .system("compact_boundary", { compactMetadata: { trigger: "auto" } })
    .prompt("two")
    .say("m3", "on"),
);

const agents = [
  transcript((it) => spawn(spawn(it.prompt("go"), "a1"), "a2").wait(20).result("a1").result("a2").say("m-end", "end")),
  ...subagent(id, "x1", worked("a1"), { toolUseId: "a1" }, 3),
  ...subagent(id, "x2", worked("a2"), { toolUseId: "a2" }, 3),
  ...subagent(id, "x3", worked("a3"), {}, 4),
];

export const journalScenes: Scene[] = [
  family(
    "permission: on the call it names, on the only one of its tool, on the turn",
    transcript((it) =>
      it.prompt("one").call("m1", "t1").call("m1", "t2", "Read").call("m1", "t3").wait(5).result("t1").result("t2").result("t3").wait(5).say("m2", "yes"),
    ),
    journal(
      (it) =>
        it
          .told("PermissionRequest", { ...bash, tool_input: { command: "rm" } })
          .told("PermissionRequest", { ...bash, tool_name: "Read" })
          .told("PermissionRequest", { ...bash, tool_name: "Write" })
          .told("PermissionDenied", { ...bash, tool_use_id: "t3", reason: 'no \u00e9 \ud83d\ude80 "quoted"' })
          .told("PermissionDenied", { ...bash, tool_use_id: "nobody", reason: " \n" })
          .wait(10)
          .told("PermissionRequest", bash),
      id,
      4,
    ),
  ),
  family(
    "a journal row of every shape",
    work,
    journal((it) =>
      it
        .told("SessionStart", { source: "startup" })
        .told("Notification", { notification_type: "permission_prompt", title: "t", message: "may I?" })
        .told("Notification", { notification_type: 7, title: "", message: "\\u0000\ud83d" })
        .told("Notification", "none")
        .told("Notification", {}, { timestamp: undefined })
        .told("Notification", {}, { sessionId: undefined })
        .told("Notification", {}, { sessionId: other })
        .told("Stop")
        .told("Unheard")
        .told(undefined)
        .told(["Notification"])
        .told("PermissionRequest", { tool_name: ["Bash"] })
        .raw('  {"type":"spanloom-hook","event":"Notification","timestamp":"2026-01-02T03:04:09Z","payload":{"message":"spaced"}} \r')
        .raw('{"type":"spanloom-hook","event":"Notification","timestamp":"2026-01-02T03:04:09Z","payload":{"message":"spaced"}}')
        .raw('{"type":"spanloom-hook","event":"Notification","timestamp":"2026-01-02T03:04:09Z", "payload":{"message":"spaced"}}')
        .raw("garbage")
        .raw("[1]")
        .raw('{"type":"spanloom-hook","event":"Notif'),
    ),
  ),
  family(
    "before the first turn, between two, after the last",
    transcript((it) => it.wait(5).prompt("one").say("m1", "yes").wait(60).prompt("two").say("m2", "yes")),
    journal((it) =>
      it.told("Notification", { message: "early" }).wait(20).told("Notification", { message: "idle" }).wait(100).told("Notification", { message: "late" }),
    ),
  ),
  family(
    "a compaction that a hook was told of is one event",
    compacted,
    journal(
      (it) =>
        it
          .told("PreCompact", { trigger: "manual", custom_instructions: "given up" })
          .told("PreCompact", { trigger: "manual", custom_instructions: "keep the tests" })
          .wait(10)
          .told("PreCompact", { trigger: "manual", custom_instructions: null })
          .wait(20)
          .told("PreCompact", { trigger: "auto", custom_instructions: "nothing came of it" }),
      id,
      4,
    ),
  ),
  family(
    "within sub-agents",
    ...agents,
    journal(
      (it) =>
        it
          .told("PermissionRequest", { ...bash, agent_id: "x1" })
          .told("PermissionRequest", { ...bash, agent_id: "x2", tool_name: "Write" })
          .told("Notification", { agent_id: "x3", notification_type: "permission_prompt" })
          .told("Notification", { agent_id: "x9", notification_type: "permission_prompt" })
          .told("PermissionDenied", { tool_use_id: "a2", tool_name: "Agent" })
          .told("PreCompact", { agent_id: "x1", trigger: "auto" })
          .told("SubagentStop", { agent_id: "x1" }),
      id,
      4,
    ),
  ),
  family(
    "a compaction within a sub-agent",
    transcript((it) => spawn(it.prompt("go"), "a1").result("a1").say("m-end", "end")),
    ...subagent(id, "x1", (it) => it.prompt("long").say("m-1", "x").wait(9).system("compact_boundary", boundary).say("m-2", "y"), { toolUseId: "a1" }, 3),
    journal((it) => it.told("PreCompact", { agent_id: "x1", trigger: "auto", custom_instructions: "short" }), id, 6),
  ),
  (() => {
    const first = journal((it) => it.told("PermissionRequest", bash).told("Notification", { message: "waits" }), id, 1);
    const fork = transcript((it) => it.wait(10).prompt("three").say("m4", "yes"), other);
    const both = Buffer.concat([work.bytes, fork.bytes]);
    return family(
      "a fork and a copy of the journal",
      work,
      { name: "fork.jsonl", bytes: both },
      first,
      { name: "again.hooks.jsonl", bytes: first.bytes },
      journal((it) => it.told("Notification", { message: "of the fork" }), other, 12),
    );
  })(),
  family("rows of a journal in a transcript", transcript((it) => it.told("Notification", { message: "x" }).prompt("one").told("PermissionRequest", bash).say("m1", "yes"))),
  family("a journal alone", journal((it) => it.told("Notification", { message: "x" }).told("Stop"))),
];
