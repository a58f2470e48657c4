// Responses and results by chance: several rows of one response, calls that spawn, results in and out of their place.

import fc from "fast-check";
import { binary, png } from "../../support/scenes/scene.ts";
import type { Block, Ref, What } from "../script.ts";
import { names, often, pick, ref, seldom, types } from "./draw.ts";

type Row = Record<string, unknown>;

const spawning = fc.record(
  {
    prompt: pick<unknown>("do this", "", 5),
    subagent_type: pick<unknown>(...types, 5),
    name: pick(...names),
    description: fc.constant("d"),
  },
  { requiredKeys: ["description"] },
);
const call: fc.Arbitrary<Block> = fc.oneof(
  fc.record({
    block: fc.constant("call" as const),
    ref: often(6, fc.constant<Ref>({}), ref),
    tool: pick("Bash", "Read", "mcp__lab__add", ""),
    input: pick<Row>({ command: "ls" }, {}),
  }),
  fc.record({
    block: fc.constant("call" as const),
    ref: often(6, fc.constant<Ref>({}), ref),
    tool: pick("Agent", "Agent", "Task"),
    input: spawning,
  }),
);
const asIs = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<Block> => arbitrary.map((value) => ({ block: "as is", value }));
const block = fc.oneof(
  {
    arbitrary: asIs(
      pick({ type: "text", text: "said" }, { type: "text", text: "said again" }, { type: "thinking", thinking: "hm", signature: "s" }),
    ),
    weight: 4,
  },
  { arbitrary: call, weight: 5 },
  {
    arbitrary: asIs(
      pick<unknown>(
        { type: "redacted_thinking", data: "x" },
        { type: "text", text: " " },
        { type: "thinking", thinking: "" },
        { type: "server_tool_use", id: "st" },
        { type: "tool_use", name: "Nameless" },
        binary("image", png),
        { text: "no type" },
        null,
      ),
    ),
    weight: 1,
  },
);
const usage = pick<unknown>(
  { input_tokens: 5, cache_read_input_tokens: 100, cache_creation_input_tokens: 20, output_tokens: 7 },
  { output_tokens: 1 },
  { input_tokens: 3, output_tokens: 9, output_tokens_details: { thinking_tokens: 4 } },
  { cache_creation_input_tokens: 0, cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 } },
  { input_tokens: -1, output_tokens: "7" },
  null,
);
export const response: fc.Arbitrary<What> = fc.record({
  step: fc.constant("response" as const),
  ref: often<Ref | undefined>(9, ref, fc.constant(undefined)),
  content: often<Block[] | string>(9, fc.array(block, { minLength: 1, maxLength: 3 }), pick("a string", "")),
  message: fc.record(
    {
      stop_reason: pick<unknown>("end_turn", "tool_use", "max_tokens", null),
      usage,
      model: pick<unknown>("claude-sonnet-4-5", "claude-haiku-4-5", "", null),
    },
    { requiredKeys: [] },
  ),
  more: often<Row>(6, fc.constant({}), pick<Row>({ requestId: undefined }, { requestId: "other" })),
});
export const synthetic: fc.Arbitrary<What> = fc.record({
  step: fc.constant("response" as const),
  ref,
  content: fc.constant<Block[]>([{ block: "as is", value: { type: "text", text: "API Error: 529" } }]),
  message: fc.constant({ model: "<synthetic>", stop_reason: "stop_sequence" }),
  more: pick<Row>({ isApiErrorMessage: true, error: "rate_limit" }, { isApiErrorMessage: true }, { isApiErrorMessage: false }),
});

export const results: fc.Arbitrary<What> = fc.record({
  step: fc.constant("results" as const),
  results: fc.array(
    fc.record(
      {
        to: fc.oneof(
          { arbitrary: fc.constant("open" as const), weight: 8 },
          { arbitrary: pick("any" as const, "coming" as const, "unknown" as const), weight: 2 },
        ),
        at: fc.nat(5),
        content: pick<unknown>(
          "fine",
          [{ type: "text", text: "fine" }, binary("image", png, "image/png")],
          "The user doesn't want to proceed with this tool use. Stop.",
          "[Request interrupted by user for tool use]",
          "Permission to use Bash has been denied.",
          [{ type: "text", text: "PreToolUse:Bash hook error" }],
          undefined,
          { odd: 1 },
        ),
        failed: pick(true, false),
      },
      { requiredKeys: ["to", "at", "content"] },
    ),
    { minLength: 1, maxLength: 2 },
  ),
  agent: seldom(2, fc.nat(3)),
  key: pick("agentId" as const, "agentId" as const, "agent_id" as const),
  said: often<Row>(
    2,
    fc.constant({}),
    pick<Row>(
      { agent_id: "ann@crew" },
      { agent_id: "bob@crew" },
      { runId: "wf_1" },
      { runId: "wf_2" },
      { isAsync: true },
      { persistedOutputPath: "/tmp/all.txt", persistedOutputSize: 70000 },
      { persistedOutputSize: -1 },
    ),
  ),
  more: often<Row>(8, fc.constant({}), pick<Row>({ toolDenialKind: "rule" }, { toolDenialKind: "" }, { toolUseResult: "a string" })),
});
