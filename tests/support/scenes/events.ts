// Scenes of events that hooks and compactions leave: records that become events, on calls, turns and sub-agents.

import { Session, subagent } from "../session.ts";
import { family, id, scene, type Scene, spawn, transcript } from "./scene.ts";

const hook = (type: string, call?: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  type,
  hookName: "PostToolUse:Bash",
  hookEvent: "PostToolUse",
  toolUseID: call,
  ...more,
});
const ran = { exitCode: 0, durationMs: 12.7, command: "lint", stdout: "" };
const running = { type: "hook_progress", hookEvent: "PreToolUse", hookName: "PreToolUse:Bash", command: "callback" };
const boundary = { compactMetadata: { trigger: "auto", preTokens: 100 } };
const summary = { isCompactSummary: true, isVisibleInTranscriptOnly: true };
const continued = "This session is being continued from a previous conversation. We did this and that.";

export const eventScenes: Scene[] = [
  scene("hooks on calls", (it) =>
    it
      .prompt("one")
      .progress(running, { toolUseID: "t1", parentToolUseID: "t1" })
      .call("m1", "t1")
      .result("t1")
      .attachment(hook("hook_success", "t1", ran))
      .attachment(hook("hook_additional_context", "t1"))
      .attachment(hook("hook_non_blocking_error", "nobody", { ...ran, exitCode: 2 }))
      .say("m2", "end")
      .prompt("two")
      .attachment(hook("hook_blocking_error", "t1", { exitCode: -1, durationMs: "5", hookName: "" })),
  ),
  scene("hooks on turns", (it) =>
    it
      .attachment(hook("hook_success", undefined, { hookEvent: "SessionStart", hookName: "SessionStart:startup" }))
      .progress({ ...running, hookEvent: "SessionStart" }, { toolUseID: "s" })
      .system("stop_hook_summary", { hookCount: 1 })
      .prompt("one")
      .attachment(hook("hook_", 5 as unknown as string, { hookEvent: 7 }))
      .attachment(hook("hook"))
      .say("m1", "yes")
      .wait(100)
      .progress({ ...running, hookEvent: "Stop", hookName: "Stop" }, { toolUseID: "s" })
      .system("stop_hook_summary", { hookCount: 2, preventedContinuation: true, toolUseID: "s" })
      .system("stop_hook_summary", { hookCount: 1, preventedContinuation: false })
      .say("m2", "on"),
  ),
  family(
    "hooks of and in a sub-agent",
    transcript((it) =>
      spawn(it.prompt("go"), "a1")
        .progress(running, { toolUseID: "a1" })
        .progress(running, { toolUseID: "t-x1" })
        .result("a1")
        .attachment(hook("hook_success", "a1", ran))
        .say("m-end", "end"),
    ),
    subagent(
      id,
      "x1",
      (it) =>
        it
          .attachment(hook("hook_additional_context", undefined, { hookEvent: "SubagentStart" }))
          .prompt("do it")
          .call("m-x1", "t-x1")
          .attachment(hook("hook_success", "t-x1", ran))
          .result("t-x1")
          .system("stop_hook_summary", { hookCount: 3 })
          .say("m-x2", "done"),
      { toolUseId: "a1" },
    ),
    subagent(id, "x2", (it) => it.attachment(hook("hook_success")).prompt("first a hook").say("m-y", "done")),
  ),
  scene("hooks that are copied, and times from hooks", (it) =>
    it
      .prompt("one")
      .attachment(hook("hook_success"), { uuid: "same" })
      .attachment(hook("hook_success"), { uuid: "same" })
      .progress(running, { uuid: "same" })
      .wait(5)
      .progress(running)
      .say("m1", "when?", { timestamp: undefined })
      .attachment({ type: "other" })
      .progress({ type: "bash_progress" })
      .say("m2", "then", { timestamp: undefined })
      .queue("dequeue")
      .say("m3", "later", { timestamp: undefined }),
  ),
  scene("summaries of compactions", (it) =>
    it
      .user(continued, summary)
      .prompt("one")
      .system("compact_boundary", boundary)
      .user(" \n", summary)
      .user(continued, summary)
      .user("a second one", summary)
      .say("m1", "on")
      .system("compact_boundary", boundary)
      .user([{ type: "image" }, { type: "text", text: continued }, { type: "text", text: "more" }], summary)
      .say("m2", "on"),
  ),
  scene("a summary whose compaction made no event", (it) =>
    it.system("compact_boundary", boundary).user(continued, summary).prompt("one").say("m1", "yes"),
  ),
  (() => {
    const whole = new Session(id);
    whole.prompt("one").say("m1", "yes").system("compact_boundary", boundary).user(continued, summary).prompt("two").say("m2", "on");
    const early = new Session(id);
    for (const row of whole.rows.slice(0, 3)) early.raw(row);
    return family("a summary below a copied compaction", early.document(), whole.document("later.jsonl"));
  })(),
  family(
    "a compaction within a sub-agent",
    transcript((it) => spawn(it.prompt("go"), "a1").result("a1").say("m-end", "end")),
    subagent(id, "x1", (it) => it.prompt("long").say("m-1", "x").system("compact_boundary", boundary).user(continued, summary).say("m-2", "y"), {
      toolUseId: "a1",
    }),
  ),
];
