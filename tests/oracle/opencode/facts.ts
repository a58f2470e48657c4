// What is known of one message: its steps, its calls, its usage, its cost.
//
// Shapes, and questions that one message or part answers by itself.

import { count, isTrue, member, name, text, type Json } from "../json.ts";
import { isBlank } from "../prompt.ts";
import type { Row } from "./rows.ts";
import type { Message, Part, Session } from "./state.ts";
import { time } from "./times.ts";

export interface Happened {
  name: string;
  row: Row;
  time: bigint;
  attributes: [string, string | bigint][];
  summary?: string;
  /** Among the events of its span: compared member by member. */
  place: (string | number | bigint)[];
}

export function inPlace(a: Happened, b: Happened): number {
  for (const [at, ours] of a.place.entries()) if (ours !== b.place[at]) return ours < b.place[at]! ? -1 : 1;
  return a.row.order - b.row.order;
}

export interface Call {
  part: Part;
  id: string;
  tool: string | undefined;
  owner: Owner;
  start: bigint;
  /** Undefined without a result. */
  end: bigint | undefined;
  inferred: boolean;
  waited: bigint | undefined;
  events: Happened[];
}

export interface Step {
  start: Part | undefined;
  finish: Part | undefined;
  parts: Part[];
}

export interface Chat {
  message: Message;
  /** In its message. */
  index: number;
  step: Step;
  /** It is the only one, or the last one, of its message. */
  only: boolean;
  last: boolean;
  calls: Call[];
  start: bigint;
  end: bigint;
  inferred: boolean;
  compacted: boolean;
}

export interface Failing {
  message: Message;
  name: string;
  row: Row;
  time: bigint;
  /** When the work was over, if the message says so: the same in every reading, where the event is a little earlier or later. */
  end: bigint | undefined;
  error: Json;
  /** Of the message itself, not told by an event alone. */
  own: boolean;
}

/** A turn, or one piece of work of a sub-agent. */
export interface Owner {
  kind: "turn" | "agent";
  session: Session;
  /** User messages, in order. */
  inputs: Message[];
  answers: Message[];
  chats: Chat[];
  calls: Call[];
  /** Chats and calls in their order. */
  work: (Chat | Call)[];
  events: Happened[];
  failures: Failing[];
  identity: string;
  origin: string | undefined;
  /** What it is known by first. */
  row: Row;
  start: bigint;
  inferred: boolean;
}

export const isAuthored = (part: Part): boolean => {
  if (part.type === "text") return !isHidden(part) && !isBlank(wordsOf(part));
  return ["file", "agent", "subtask"].includes(part.type);
};

export const isHidden = (part: Part): boolean => isTrue(member(part.value, "synthetic")) || isTrue(member(part.value, "ignored"));

/** The text of a part as it was written, with what was added to it. */
export function written(part: Part): string | undefined {
  const last = member(part.value, "text");
  const added = time(member(part.value, "time", "end")) !== undefined ? [] : part.deltas.map((delta) => delta.text);
  const all = [...(last?.kind === "string" ? [last] : []), ...added];
  return all.length === 0 ? undefined : `"${all.map(({ raw }) => raw.slice(1, -1)).join("")}"`;
}

/** The same as words. */
export function wordsOf(part: Part): string | undefined {
  const raw = written(part);
  return raw === undefined ? undefined : text({ kind: "string", raw });
}

export const saysSomething = (part: Part): boolean => ["text", "reasoning"].includes(part.type) && !isBlank(wordsOf(part)) && !isHidden(part);

export function stepsOf(message: Message): Step[] {
  const steps: Step[] = [];
  let before: Part[] = [];
  for (const part of message.parts) {
    const open = steps.at(-1);
    if (part.type === "step-start") {
      steps.push({ start: part, finish: undefined, parts: before });
      before = [];
    } else if (part.type === "step-finish") {
      if (open && !open.finish) open.finish = part;
      else {
        steps.push({ start: undefined, finish: part, parts: before });
        before = [];
      }
    } else if (open) open.parts.push(part);
    else before.push(part);
  }
  // Without any step the message is one, if a model answered at all.
  const tokens = tokensIn(member(message.value, "tokens"));
  if (steps.length === 0 && ((tokens && !tokens.empty) || before.some(saysSomething))) steps.push({ start: undefined, finish: undefined, parts: before });
  return steps;
}

export interface Tokens {
  input: bigint;
  output: bigint;
  read: bigint;
  write: bigint;
  reasoning: bigint | undefined;
  /** All that is said is 0. */
  empty: boolean;
}

function tokensIn(value: Json | undefined): Tokens | undefined {
  const paths = [["input"], ["output"], ["reasoning"], ["cache", "read"], ["cache", "write"]];
  const found = paths.map((path) => count(member(value, ...path)));
  if (found.every((one) => one === undefined)) return undefined;
  const [input, output, reasoning, read, write] = found.map((one) => one ?? 0n) as [bigint, bigint, bigint, bigint, bigint];
  const total = count(member(value, "total"));
  const apart = total !== undefined && total !== input + output + read + write;
  return { input: input + read + write, output: apart ? output + reasoning : output, read, write, reasoning: found[2], empty: found.every((one) => (one ?? 0n) === 0n) };
}

export function tokensOf({ step, message, only }: Chat): Tokens | undefined {
  const own = tokensIn(member(step.finish?.value, "tokens"));
  if (own || !only) return own;
  const whole = tokensIn(member(message.value, "tokens"));
  return whole?.empty ? undefined : whole;
}

/** Billionths of a dollar. */
export function costIn(value: Json | undefined): bigint | undefined {
  const match = value?.kind === "number" ? /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(value.raw) : null;
  if (!match) return undefined;
  const [whole, fraction, exponent] = [match[1]!, match[2] ?? "", Number(match[3] ?? 0)];
  // A number of this many digits before the point is too much, whatever it is.
  const shift = exponent + 9 - fraction.length;
  const digits = BigInt(whole + fraction);
  if (shift > 40) return digits === 0n ? 0n : undefined;
  const power = shift < -400 ? undefined : 10n ** BigInt(Math.abs(shift));
  const nano = shift >= 0 ? digits * power! : power === undefined ? 0n : (2n * digits + power) / (2n * power);
  return nano >= 10n ** 18n ? undefined : nano;
}

export function costOf({ step, message, only }: Chat): bigint | undefined {
  const own = costIn(member(step.finish?.value, "cost"));
  if (own !== undefined || !only) return own;
  return costIn(member(message.value, "cost")) || undefined;
}

export function stopOf({ step, message, last }: Chat): string | undefined {
  return name(member(step.finish?.value, "reason")) ?? (last ? name(member(message.value, "finish")) : undefined);
}

export const chatId = ({ index, message, step }: Chat): string => (index === 0 ? message.id : (step.start ?? step.finish)!.id);

const providers = new Map([
  ["google", "gcp.gemini"],
  ["amazon-bedrock", "aws.bedrock"],
  ["azure", "azure.ai.openai"],
  ["mistral", "mistral_ai"],
  ["xai", "x_ai"],
]);

export function providerOf({ message }: Chat): string | undefined {
  const id = name(member(message.value, "providerID"));
  return id?.startsWith("google-vertex") ? "gcp.vertex_ai" : (providers.get(id ?? "") ?? id);
}

export const statusOf = (call: Call): string | undefined => text(member(call.part.value, "state", "status"));
export const isAnswered = (call: Call): boolean => ["completed", "error"].includes(statusOf(call) ?? "");
export const state = (call: Call, ...path: string[]): Json | undefined => member(call.part.value, "state", ...path);
export const resultOf = (call: Call): Json | undefined => (isAnswered(call) ? state(call, statusOf(call) === "error" ? "error" : "output") : undefined);
