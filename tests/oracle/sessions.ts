// Claude Code families by chance: mostly plausible, with every hard case of docs/SPANS.md coming up often enough.
//
// Arbitraries of fast-check over the scripts of script.ts. What is written here as a list of examples is what a client is
// known to write, or might write once it is damaged.

import fc from "fast-check";
import { response, results, synthetic } from "./chance/answers.ts";
import { aside } from "./chance/asides.ts";
import { names, often, pick, seldom, types } from "./chance/draw.ts";
import { message, prompt, user } from "./chance/prompts.ts";
import { told } from "./chance/told.ts";
import { type AgentScript, type CopyScript, type Script, type Step, type What, written } from "./script.ts";

type Row = Record<string, unknown>;

// --- what happens

const system: fc.Arbitrary<What> = fc.oneof(
  fc.record({
    step: fc.constant("system" as const),
    subtype: fc.constant("compact_boundary"),
    more: pick<Row>({ compactMetadata: { trigger: "auto", preTokens: 100, postTokens: 10 } }, {}),
  }),
  fc.record({
    step: fc.constant("system" as const),
    subtype: fc.constant("api_error"),
    more: pick<Row>(
      { error: { error: { error: { type: "overloaded_error" } } }, retryAttempt: 2, retryInMs: 1033.7 },
      { error: "flat" },
      {},
    ),
  }),
  fc.record({
    step: fc.constant("system" as const),
    subtype: fc.constant("stop_hook_summary"),
    more: pick<Row>({ hookCount: 2, preventedContinuation: true }, { hookCount: 1 }),
  }),
  fc.record({
    step: fc.constant("system" as const),
    subtype: pick("local_command", "turn_duration", undefined),
    more: fc.constant<Row>({ content: "<local-command-stdout>x" }),
  }),
);
const raw: fc.Arbitrary<What> = fc.record({
  step: fc.constant("raw" as const),
  row: pick<Row | string>(
    { type: "queue-operation", operation: "remove", timestamp: "2026-01-02T03:04:11.000Z" },
    { type: "progress", uuid: "s0-0001", timestamp: "2026-01-02T03:04:06.000Z", data: { type: "agent_progress" } },
    { type: "file-history-snapshot", messageId: "s0-0000" },
    { type: "summary", summary: "s", leafUuid: "s0-0000" },
    { type: "last-prompt", sessionId: "00000000-0000-4000-8000-000000000000" },
    { type: "never-seen" },
    { no: "type" },
    "[1]",
    "null",
    "",
    '{"type":"user","message"',
    '{"type":"assistant"} {"type":"assistant"}',
  ),
});

const what = fc.oneof(
  { arbitrary: prompt, weight: 4 },
  { arbitrary: response, weight: 8 },
  { arbitrary: results, weight: 6 },
  { arbitrary: user, weight: 3 },
  { arbitrary: message, weight: 2 },
  { arbitrary: system, weight: 2 },
  { arbitrary: synthetic, weight: 1 },
  { arbitrary: aside, weight: 4 },
  { arbitrary: raw, weight: 1 },
);
const step: fc.Arbitrary<Step> = fc.record({
  what,
  wait: often(5, fc.nat(3), pick(-20, -1, 0, 60)),
  time: seldom(15, pick("none" as const, "bad" as const)),
  uuid: seldom(20, pick("none" as const, "again" as const)),
  side: seldom(15, fc.nat(2)),
  sideAgent: fc.boolean(),
  more: seldom(
    12,
    pick<Row>(
      { cwd: "/other", gitBranch: "HEAD", version: "2.1.200" },
      { cwd: undefined, gitBranch: "", version: undefined },
      { sessionId: "00000000-0000-4000-8000-000000000001" },
      { agentName: "ann" },
      { agentId: "x1" },
    ),
  ),
});
const steps = (most: number): fc.Arbitrary<Step[]> => fc.array(step, { maxLength: most, size: "max" });
const toldSteps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ what: told, wait: often(3, fc.nat(3), pick(-20, 60)), time: seldom(15, pick("none" as const, "bad" as const)), uuid: fc.constant("none" as const) }),
  { maxLength: 8, size: "max" },
);

// --- families

const start = pick(0, 5, 30, 100, 1000);
const metadata = fc.option(
  fc.record({
    call: fc.option(fc.nat(4), { nil: undefined }),
    more: fc.record(
      { agentType: pick<unknown>(...types, 5), name: pick(...names), toolUseId: pick("t0", "t-unknown") },
      { requiredKeys: [] },
    ),
  }),
  { nil: undefined },
);
const agent: fc.Arbitrary<AgentScript> = fc.record({
  steps: steps(8),
  start,
  id: fc.nat(3),
  session: often(5, fc.constant(0), fc.constant(1)),
  folder: pick("subagents", "subagents", "beside", "deeper", "workflow", "other workflow", "own", "own"),
  metadata,
  own: often<Row>(4, fc.constant({}), pick<Row>({ agentName: "ann" }, { isSidechain: false })),
});
const copy: fc.Arbitrary<CopyScript> = fc.record({
  steps: steps(6),
  start,
  of: fc.nat(5),
  rows: fc.nat(12),
  newUuids: often(3, fc.constant(false), fc.constant(true)),
  session: pick("its" as const, "new" as const),
  agent: seldom(2, fc.nat(4)),
  metadata,
});

const script: fc.Arbitrary<Script> = fc.record({
  sessions: fc.array(fc.record({ steps: steps(14), start }), { minLength: 1, maxLength: 2 }),
  journals: fc.array(fc.record({ steps: toldSteps, start }), { maxLength: 2 }),
  agents: fc.array(agent, { maxLength: 3 }),
  copies: fc.array(copy, { maxLength: 2 }),
  damage: often(
    3,
    fc.constant<Script["damage"]>([]),
    fc.array(
      fc.record({
        document: fc.nat(5),
        row: fc.nat(20),
        how: pick("cut" as const, "dropped" as const, "repeated" as const, "swapped" as const, "nonsense" as const),
      }),
      { maxLength: 2 },
    ),
  ),
});

/** A family's documents. */
export const family = script.map(written);
