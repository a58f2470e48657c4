// What the client writes beside the conversation, by chance: its queue, its hooks, what it tells of sub-agents at work.
//
// Calls are named as script.ts names them, so that most of what names one finds it.

import fc from "fast-check";
import type { What } from "../script.ts";
import { often, pick, seldom } from "./draw.ts";
import { told } from "./told.ts";

type Row = Record<string, unknown>;

const call = often(
  6,
  fc.nat(4).map((number) => `t${number}`),
  pick<unknown>(undefined, "t-unknown", "", 5),
);

/** What became of work in the background, as the client tells the model. */
export const notification = fc
  .record({ call, status: pick("completed", "failed", "killed", "stopped", undefined) })
  .map(
    ({ call: about, status }) =>
      `<task-notification>\n<tool-use-id>${String(about)}</tool-use-id>\n${status === undefined ? "" : `<status>${status}</status>\n`}</task-notification>`,
  );

const typed = fc.oneof(
  { arbitrary: pick<unknown>("typed ahead", "typed later", "do it", "größer 🙂"), weight: 5 },
  { arbitrary: notification, weight: 1 },
  {
    arbitrary: pick<unknown>("<command-name>/review</command-name>", "<system-reminder>r", "Stop hook feedback:\n- no", " ", undefined, ["a list"]),
    weight: 2,
  },
);
const queue: fc.Arbitrary<What> = fc.oneof(
  { arbitrary: fc.record({ step: fc.constant("queue" as const), operation: fc.constant("enqueue"), content: typed }), weight: 5 },
  {
    arbitrary: fc.record({
      step: fc.constant("queue" as const),
      operation: pick("remove", "remove", "remove", "dequeue", "popAll", "other"),
      content: fc.constant(undefined),
    }),
    weight: 5,
  },
);

const row = (type: string, more: fc.Arbitrary<Row>): fc.Arbitrary<What> =>
  fc.record({ step: fc.constant("row" as const), type: fc.constant(type), more });

const queuedCommand = row(
  "attachment",
  fc
    .record(
      {
        prompt: fc.oneof(
          typed,
          pick<unknown>(
            [{ type: "text", text: "typed ahead" }],
            [{ type: "tool_result", tool_use_id: "t0", content: "x" }],
            [{ type: "text", text: "[Request interrupted by user]" }],
          ),
        ),
        commandMode: pick("prompt", "task-notification", "bash", ""),
      },
      { requiredKeys: ["prompt"] },
    )
    .map((said) => ({ attachment: { type: "queued_command", ...said } })),
);
const hook = row(
  "attachment",
  fc
    .record(
      {
        type: pick("hook_success", "hook_blocking_error", "hook_additional_context", "hook_", "other"),
        toolUseID: call,
        hookEvent: pick<unknown>("PreToolUse", "Stop", 7),
        hookName: fc.constant("PreToolUse:Bash"),
        exitCode: pick<unknown>(0, 2, -1),
        durationMs: pick<unknown>(12.5, "5"),
      },
      { requiredKeys: ["type"] },
    )
    .map((attachment) => ({ attachment })),
);
const hookProgress = row(
  "progress",
  call.map((toolUseID) => ({ toolUseID, data: { type: "hook_progress", hookEvent: "PreToolUse", hookName: "PreToolUse:Bash" } })),
);

/** Rows of a sub-agent: some are those of its transcript, which has the same uuids. */
const repeated: fc.Arbitrary<unknown> = fc.oneof(
  {
    arbitrary: fc.record(
      {
        type: pick("user", "assistant", "assistant", "system"),
        uuid: fc.tuple(fc.nat(2), fc.nat(4)).map(([agent, number]) => `a${agent}-000${number}`),
        timestamp: pick("2026-01-02T03:04:20.000Z", "bad"),
        requestId: fc.constant("req_1"),
        toolUseResult: pick<unknown>({ agentId: "x1" }, { agent_id: "ann@crew" }, { runId: "wf_1" }),
        message: fc.record(
          {
            id: pick("m-a0-0", "m-a0-1", "m-p"),
            model: pick("claude-sonnet-4-5", "<synthetic>"),
            content: pick<unknown>(
              "do this",
              "[Request interrupted by user]",
              "Stop hook feedback:\n- no",
              [{ type: "text", text: "said" }],
              [{ type: "tool_use", id: "t-p", name: "Bash", input: {} }],
              [{ type: "tool_use", id: "t-p2", name: "Agent", input: { prompt: "go" } }],
              [{ type: "tool_result", tool_use_id: "t-p", content: "fine" }],
              [{ type: "tool_result", tool_use_id: "t0", content: "fine" }],
            ),
            stop_reason: fc.constant("end_turn"),
          },
          { requiredKeys: ["content"] },
        ),
      },
      { requiredKeys: ["type"] },
    ),
    weight: 8,
  },
  { arbitrary: pick<unknown>(null, "a string", []), weight: 1 },
);
const agentProgress = row(
  "progress",
  fc
    .record({ agent: seldom(1, fc.nat(3)), message: repeated, parentToolUseID: call })
    .map(({ agent, message, parentToolUseID }) => ({
      parentToolUseID,
      data: { type: "agent_progress", ...(agent === undefined ? {} : { agentId: `x${agent}` }), message },
    })),
);

const summary: fc.Arbitrary<What> = fc.record({
  step: fc.constant("user" as const),
  content: pick<unknown>("so far", [{ type: "text", text: "so far" }, { type: "text", text: "and on" }], " ", []),
  more: fc.constant({ isCompactSummary: true }),
  promptId: fc.constant(undefined),
});

export const aside: fc.Arbitrary<What> = fc.oneof(
  { arbitrary: queue, weight: 5 },
  { arbitrary: queuedCommand, weight: 2 },
  { arbitrary: hook, weight: 2 },
  { arbitrary: hookProgress, weight: 1 },
  { arbitrary: agentProgress, weight: 4 },
  { arbitrary: summary, weight: 1 },
  { arbitrary: told, weight: 1 },
);
