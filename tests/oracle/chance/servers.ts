// What happens on opencode's servers by chance: mostly plausible, with every hard case of docs/SPANS.md coming up often enough.
//
// Arbitraries of fast-check over the scripts of ../opencode/script.ts.

import fc from "fast-check";
import { type Script, type Step, type Work, written } from "../opencode/script.ts";
import { often, pick, seldom } from "./draw.ts";

type Row = Record<string, unknown>;

const which = fc.nat(7);
const wait = often(6, pick(1, 7, 40), pick(0, 90_000, 100_000_000));

const odd = <T>(usual: fc.Arbitrary<T>, ...unusual: Row[]): fc.Arbitrary<T | Row> => often<T | Row>(4, usual, pick(...unusual));
const none = fc.constant<Row>({});

const toolState = odd(
  none,
  { output: undefined },
  { status: "running", output: undefined, time: { start: 1_795_220_000_100 } },
  { status: "pending", output: undefined, time: undefined },
  { status: "error", error: "The user rejected permission to use this specific tool call." },
  { status: "error", error: "The user has specified a rule which prevents you from using it." },
  { status: "error", error: "Tool execution aborted" },
  { status: "error", error: "no such file" },
  { metadata: { exit: null } },
  { metadata: { exit: 3, interrupted: true } },
  { metadata: {}, output: 'see <task id="ses_e000000000000000000000" state="completed">' },
  { metadata: { background: true, sessionId: "ses_none" } },
  { input: undefined, output: { odd: 1 } },
  { time: {} },
);
const partMore: Record<Work["part"], fc.Arbitrary<Row>> = {
  text: odd(none, { text: " \n" }, { text: undefined }, { synthetic: true }, { ignored: true }, { time: undefined }, { text: 'größer 🙂 "so"', time: { start: 1_795_220_000_050 } }),
  reasoning: odd(none, { text: "" }, { time: undefined }, { synthetic: true }),
  tool: odd(none, { callID: undefined }, { callID: "call_1" }, { tool: "invalid", state: { status: "completed", input: { error: "no such tool" } } }, { tool: "mcp__lab__add" }, { tool: undefined }),
  task: odd(none, { state: { status: "completed", input: { description: "Errand", task_id: "ses_none" }, output: "task_id: ses_none" } }, { callID: undefined }),
  "step-start": none,
  "step-finish": odd(none, { reason: "tool-calls" }, { tokens: undefined, cost: undefined }, { tokens: { input: 7, output: 3 } }, { cost: 1e-10 }, { reason: undefined, tokens: {} }),
  patch: none,
  retry: odd(none, { time: undefined }, { error: undefined, attempt: "2" }),
  file: odd(fc.constant<Row>({ mime: "image/png", url: "data:image/png;base64,iVBORw0K" }), { mime: "text/plain", url: "file:///a" }, {}),
  odd: odd(fc.constant<Row>({ type: "later" }), { type: undefined }, { type: "snapshot" }, { type: "compaction", auto: true }),
};

const work: fc.Arbitrary<Work> = pick<Work["part"]>("text", "text", "reasoning", "tool", "tool", "task", "step-start", "step-start", "step-finish", "step-finish", "patch", "retry", "file", "odd").chain((part) =>
  fc.record({ part: fc.constant(part), more: partMore[part], state: part === "tool" || part === "task" ? toolState : none, streamed: pick("whole" as const, "both" as const, "begun" as const), wait: fc.nat(20) }),
);
const usual = fc.record({ works: fc.array(work, { maxLength: 3 }), finish: fc.boolean() }).map(({ works, finish }): Work[] => {
  const step = (part: Work["part"]): Work => ({ part, more: {}, state: {}, streamed: "whole", wait: 1 });
  return [step("step-start"), ...works, ...(finish ? [step("step-finish")] : [])];
});

const authored = fc.oneof(
  { arbitrary: pick<Row>({ text: "do it" }, { text: "and this" }), weight: 5 },
  {
    arbitrary: pick<Row>(
      { text: "so far", synthetic: true },
      { text: " " },
      { type: "file", mime: "image/png", url: "data:image/png;base64,iVBORw0K" },
      { type: "agent", name: "plan" },
      { type: "subtask", prompt: "look", agent: "general" },
      { type: "compaction", auto: true },
      { type: "compaction", auto: false },
      { type: "step-start" },
      { type: "later" },
    ),
    weight: 3,
  },
);
const messageMore = odd(none, { time: {} }, { error: { name: "UnknownError", data: { message: "no" } } });
const end = fc.oneof(
  { arbitrary: pick<Row>({ finish: "stop" }, { finish: "tool-calls" }, { finish: "stop", summary: true, agent: "compaction" }), weight: 5 },
  {
    arbitrary: pick<Row>(
      {},
      { finish: "length", tokens: { input: 9, output: 4, reasoning: 1, cache: { read: 1, write: 2 } }, cost: 0.5 },
      { error: { name: "MessageAbortedError", data: { message: "Aborted" } } },
      { error: { name: "APIError", data: { message: "Overloaded", statusCode: 529 } } },
      { error: { data: {} } },
    ),
    weight: 4,
  },
);

const answer: fc.Arbitrary<Step> = fc.record({
  step: fc.constant("answer" as const),
  in: which,
  to: often<number | "none" | "unknown">(8, pick(0, 0, 0, 1, 2), pick("none" as const, "unknown" as const)),
  work: often(4, usual, fc.array(work, { maxLength: 5 })),
  more: often(5, none, odd(messageMore, { providerID: "google" }, { modelID: undefined, agent: undefined, mode: "plan" }, { path: undefined })),
  end,
  partsFirst: often(8, fc.constant(false), fc.constant(true)),
});
const prompt: fc.Arbitrary<Step> = fc.record({
  step: fc.constant("prompt" as const),
  in: which,
  parts: often<Row[]>(6, fc.array(authored, { minLength: 1, maxLength: 3 }), fc.constant([])),
  more: often(8, none, messageMore),
  partsFirst: often(8, fc.constant(false), fc.constant(true)),
});
const sessionMore = odd(none, { title: "A title" }, { title: "Child session - now" }, { time: {} }, { version: undefined, directory: "" }, { parentID: "ses_unknown" });
const session = fc.record({ step: fc.constant("session" as const), more: sessionMore });
const child = fc.record({ step: fc.constant("child" as const), of: which, call: often<number | undefined>(3, fc.nat(3), fc.constant(undefined)), named: often(2, fc.constant(true), fc.constant(false)), more: often(4, none, sessionMore) });
const fork = fc.record({ step: fc.constant("fork" as const), of: which, messages: fc.nat(6), title: fc.boolean() });
const again = fc.record({
  step: fc.constant("again" as const),
  of: fc.nat(60),
  more: often(2, none, pick<Row>({ title: "Another title" }, { summary: { diffs: [] } }, { text: "said anew" }, { finish: "stop" }, { revert: { messageID: "msg_1" } }, { time: { created: 1_795_220_000_000, updated: 1_795_220_900_000 } })),
});
const removed = pick("removed" as const, "gone" as const).chain((step) => fc.record({ step: fc.constant(step), of: fc.nat(20) }));
const happened = pick<[string, Row]>(
  ["session.error", { error: { name: "MessageAbortedError", data: { message: "Aborted" } } }],
  ["session.error", { error: { name: "APIError", data: { message: "Overloaded", statusCode: 529 } } }],
  ["session.error", {}],
  ["session.status", { status: { type: "retry", attempt: 2, message: "again", next: 1_795_220_400_000 } }],
  ["session.status", { status: { type: "busy" } }],
  ["session.idle", {}],
  ["session.compacted", {}],
  ["message.updated", { info: {} }],
  ["never.seen", {}],
).chain(([type, more]) => fc.record({ step: fc.constant("happened" as const), in: which, type: fc.constant(type), more: fc.constant(more) }));
const asked = fc.record({
  step: fc.constant("asked" as const),
  call: fc.nat(6),
  in: which,
  named: often(4, fc.constant(true), fc.constant(false)),
  question: pick("permission.asked", "permission.updated", "question.asked"),
  reply: often<Row | undefined>(5, pick<Row>({ reply: "once" }, { reply: "reject" }, { answers: [] }), fc.constant(undefined)),
  replyFirst: often(6, fc.constant(false), fc.constant(true)),
});
const raw = fc.record({
  step: fc.constant("raw" as const),
  row: pick<Row | string>(
    { type: "session.deleted", properties: { info: { id: "ses_never", time: { created: 1_795_220_000_000 } } } },
    { properties: { sessionID: "ses_never" } },
    { type: "error", timestamp: 1_795_220_000_500, sessionID: "ses_never", error: { name: "APIError" } },
    "[1]",
    "null",
    '{"type":"message.updated","properties"',
  ),
});

const what = fc.oneof(
  { arbitrary: prompt, weight: 7 },
  { arbitrary: answer, weight: 9 },
  { arbitrary: session, weight: 2 },
  { arbitrary: child, weight: 3 },
  { arbitrary: fork, weight: 2 },
  { arbitrary: fc.record({ step: fc.constant("work" as const), on: fc.nat(12), work: fc.array(work, { minLength: 1, maxLength: 2 }) }), weight: 2 },
  { arbitrary: again, weight: 4 },
  { arbitrary: removed, weight: 1 },
  { arbitrary: happened, weight: 4 },
  { arbitrary: asked, weight: 3 },
  { arbitrary: raw, weight: 1 },
);

export const script: fc.Arbitrary<Script> = fc.record({
  steps: fc.array(fc.record({ what, wait }), { minLength: 1, maxLength: 14, size: "max" }),
  envelope: pick("plain" as const, "plain" as const, "global" as const, "doubled" as const, "without ids" as const),
  cut: seldom(2, fc.nat(80)),
  overlap: often(2, fc.constant(0), fc.nat(30)),
  exports: often<Script["exports"]>(2, fc.constant("none"), fc.constant("instead")),
});

/** The documents of a family. */
export const server = script.map(written);
