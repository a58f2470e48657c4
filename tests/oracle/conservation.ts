// What must hold for any family, told without building anything: nothing lost, nothing twice, nothing from outside the record.
//
// It counts in the documents with JSON.parse alone and knows no rule of the contract beyond what a response and a call are.

import type { Built, Input } from "./index.ts";
import { nanoseconds } from "./time.ts";

interface Record {
  type?: unknown;
  uuid?: unknown;
  timestamp?: unknown;
  data?: { type?: unknown; agentId?: unknown; message?: Record };
  message?: { id?: unknown; model?: unknown; content?: unknown; usage?: { [key: string]: unknown } };
}

interface Counted {
  rows: number;
  responses: Map<string, Record[]>;
  calls: Set<string>;
  times: Set<bigint>;
}

function count(inputs: Input[]): Counted {
  const counted: Counted = { rows: 0, responses: new Map(), calls: new Set(), times: new Set() };
  for (const { name, bytes } of inputs) {
    const decoded = new TextDecoder().decode(bytes);
    for (const line of name.endsWith(".meta.json") ? [decoded] : decoded.split("\n")) {
      if (line.trim() === "") continue;
      counted.rows++;
      let record: Record | undefined;
      const note = (timestamp: unknown): void => {
        const time = nanoseconds(typeof timestamp === "string" ? timestamp : undefined);
        if (time !== undefined) counted.times.add(time);
      };
      try {
        record = JSON.parse(line) as Record;
      } catch {
        continue;
      }
      note(record?.timestamp);
      // What a progress row repeats of a sub-agent may stand nowhere else.
      if (record?.type === "progress") {
        const { data } = record;
        record = data?.type === "agent_progress" && typeof data.agentId === "string" && data.agentId !== "" ? data.message : undefined;
        note(record?.timestamp);
      }
      const message = record?.message;
      if (record?.type !== "assistant" || typeof message !== "object" || message === null || message.model === "<synthetic>") continue;
      if (typeof message.id === "string" && message.id !== "")
        counted.responses.set(message.id, [...(counted.responses.get(message.id) ?? []), record]);
      for (const block of Array.isArray(message.content) ? (message.content as { type?: unknown; id?: unknown }[]) : [])
        if (block?.type === "tool_use" && typeof block.id === "string" && block.id !== "") counted.calls.add(block.id);
    }
  }
  return counted;
}

/** Every claim that does not hold, in words; empty if all do. `built` may be the oracle's or the core's. */
export function losses(inputs: Input[], built: Pick<Built, "traces" | "documents">): string[] {
  const found: string[] = [];
  const claim = (holds: boolean, words: () => string): void => {
    if (!holds) found.push(words());
  };
  const counted = count(inputs);
  const sum = (of: (document: Built["documents"][number]) => number): number => built.documents.reduce((all, document) => all + of(document), 0);
  claim(sum((document) => document.rows) === counted.rows, () => `${sum((document) => document.rows)} rows, counted ${counted.rows}`);
  for (const { name, rows, used, skipped, broken } of built.documents)
    claim(used + skipped + broken.length === rows, () => `${name}: ${used} used, ${skipped} skipped, ${broken.length} broken of ${rows}`);

  const spans = built.traces.flatMap((trace) => trace.spans);
  const attribute = (span: (typeof spans)[number], key: string) => span.attributes.find(([name]) => name === key)?.[1];
  const tally = (of: (span: (typeof spans)[number]) => unknown): Map<unknown, number> => {
    const times = new Map<unknown, number>();
    for (const span of spans) times.set(of(span), (times.get(of(span)) ?? 0) + 1);
    times.delete(undefined);
    return times;
  };
  const chats = tally((span) => (span.kind === "chat" ? attribute(span, "gen_ai.response.id") : undefined));
  for (const id of counted.responses.keys()) claim(chats.get(id) === 1, () => `response ${id}: ${chats.get(id) ?? 0} chats`);
  for (const id of chats.keys()) claim(counted.responses.has(String(id)), () => `chat ${String(id)} is not in the record`);
  const calls = tally((span) => (span.kind === "chat" ? undefined : attribute(span, "gen_ai.tool.call.id")));
  for (const id of counted.calls) claim(calls.get(id) === 1, () => `call ${id}: ${calls.get(id) ?? 0} spans`);
  for (const id of calls.keys()) claim(counted.calls.has(String(id)), () => `call ${String(id)} is not in the record`);

  for (const [id, records] of counted.responses) {
    const chat = spans.find((span) => span.kind === "chat" && attribute(span, "gen_ai.response.id") === id);
    const most = Math.max(...records.map((record) => Number(record.message?.usage?.["output_tokens"] ?? 0)));
    if (chat) claim(Number(attribute(chat, "gen_ai.usage.output_tokens") ?? 0) === most, () => `response ${id}: not ${most} output tokens`);
  }

  const ids = tally((span) => `${span.spanId}`);
  for (const [id, times] of ids) claim(times === 1, () => `span ${String(id)} stands ${times} times`);
  for (const trace of built.traces) {
    const before = new Map<string, (typeof spans)[number]>();
    for (const span of trace.spans) {
      claim(span.traceId === trace.traceId, () => `${span.name}: in the wrong trace`);
      claim(span.end >= span.start, () => `${span.name} ${span.spanId}: ends before it starts`);
      for (const time of [span.start, span.end, ...span.events.map((event) => event.time)])
        claim(counted.times.has(time) || counted.times.size === 0, () => `${span.name} ${span.spanId}: ${time} is not in the record`);
      const parent = span.parentSpanId === undefined ? undefined : before.get(span.parentSpanId);
      claim(span.parentSpanId === undefined ? before.size === 0 : parent !== undefined, () => `${span.name} ${span.spanId}: no parent before it`);
      if (parent && parent.kind !== "session") {
        const free = span.kind === "agent" && attribute(span, "spanloom.async") === true;
        claim(span.start >= parent.start && (free || span.end <= parent.end), () => `${span.name} ${span.spanId}: outside ${parent.name}`);
      }
      before.set(span.spanId, span);
    }
  }
  return found;
}
