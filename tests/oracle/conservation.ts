// What must hold for any family, told without building anything: nothing lost, nothing twice, nothing from outside the record.
//
// It counts in the documents with JSON.parse alone and knows no rule of the contract beyond what a response, a call and a
// copy are. Which of two rows with one uuid is the copy it does not know: where such rows differ, it claims nothing of what
// they say.

import type { Built, Input } from "./index.ts";
import { misplaced } from "./structure.ts";
import { nanoseconds } from "./time.ts";

interface Record {
  type?: unknown;
  agentName?: unknown;
  teamName?: unknown;
  uuid?: unknown;
  agentId?: unknown;
  sessionId?: unknown;
  timestamp?: unknown;
  data?: { type?: unknown; agentId?: unknown; message?: Record };
  message?: { id?: unknown; model?: unknown; content?: unknown; usage?: { [key: string]: unknown } };
}

interface Counted {
  rows: number;
  responses: Map<string, Record[]>;
  calls: Set<string>;
  times: Set<bigint>;
  /** Ids of responses and calls on rows of which some may be copies of rows that say something else. */
  unsure: Set<string>;
  /** Some names may stand for two things: rows without a uuid are named by session and line, an orphan by its agent id, an
   *  unprompted turn by its response. */
  nameless: boolean;
}

const conversation = new Set<unknown>(["user", "assistant", "system"]);
/** Rows that lend their times, whatever they say. */
const lending = new Set<unknown>([...conversation, "queue-operation"]);
/** Rows whose times can be those of spans. */
const timekeeping = new Set<unknown>([...conversation, "queue-operation", "attachment", "progress", "spanloom-hook"]);

/** As it stands in a span: a lone surrogate is U+FFFD there. */
const idOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? Buffer.from(value, "utf8").toString("utf8") : undefined;

/** Response and calls of an assistant row. */
function idsOn({ type, message }: Record): { response: string | undefined; calls: string[] } {
  if (type !== "assistant" || typeof message !== "object" || message === null || message.model === "<synthetic>")
    return { response: undefined, calls: [] };
  const blocks = Array.isArray(message.content) ? (message.content as { type?: unknown; id?: unknown }[]) : [];
  const calls = blocks.flatMap((block) => (block?.type === "tool_use" ? (idOf(block.id) ?? []) : []));
  return { response: idOf(message.id), calls };
}

/** The rows of a document by line: objects, undefined for what is none, nothing for blank lines. */
function rowsOf({ name, bytes }: Input): [number, Record | undefined][] {
  const decoded = new TextDecoder().decode(bytes);
  const lines = name.endsWith(".meta.json") ? [decoded] : decoded.split("\n");
  const written = lines.map((line, index): [number, string] => [index + 1, line]).filter(([, line]) => !/^[ \t\r\n]*$/.test(line));
  return written.map(([number, line]) => {
    try {
      const record = JSON.parse(line) as Record | null;
      return [number, typeof record === "object" && record !== null ? record : undefined];
    } catch {
      return [number, undefined];
    }
  });
}

function count(inputs: Input[]): Counted {
  const counted: Counted = { rows: 0, responses: new Map(), calls: new Set(), times: new Set(), unsure: new Set(), nameless: false };
  const agents = new Map<string, Set<unknown>>();
  const byUuid = new Map<string, Record[]>();
  const places = new Set<string>();
  for (const input of inputs) {
    const rows = rowsOf(input);
    counted.rows += rows.length;
    if (input.name.endsWith(".meta.json")) continue;
    const session = rows.map(([, record]) => idOf(record?.sessionId)).find((id) => id !== undefined) ?? input.name.replace(/^.*\/|\.[^./]*$/g, "");
    const timed = new Set<bigint>();
    let [untimed, lent] = [false, false];
    for (const [line, outer] of rows) {
      if (outer === undefined) continue;
      let record = outer;
      const note = (timestamp: unknown): void => {
        const time = nanoseconds(typeof timestamp === "string" ? timestamp : undefined);
        if (time === undefined) untimed = true;
        else timed.add(time);
        if (time !== undefined && lending.has(outer.type)) lent = true;
      };
      if (timekeeping.has(outer.type)) note(outer.timestamp);
      if (outer.type === "spanloom-hook") continue;
      // What a progress row repeats of a sub-agent may stand nowhere else.
      if (outer.type === "progress" && outer.data?.type !== "hook_progress") {
        const { data } = outer;
        const told = data?.type === "agent_progress" && typeof data.agentId === "string" && data.agentId !== "" ? data.message : undefined;
        if (typeof told !== "object" || told === null) continue;
        record = told;
        note(record.timestamp);
      } else if (!timekeeping.has(outer.type)) continue;
      const uuid = outer.type === "queue-operation" ? undefined : idOf(record.uuid);
      const place = `${session}:${line}`;
      if (uuid !== undefined) byUuid.set(uuid, [...(byUuid.get(uuid) ?? []), record]);
      else if (places.has(place)) counted.nameless = true;
      else places.add(place);
      const [name, team] = [idOf(record.agentName), idOf(record.teamName)];
      const agent = idOf(outer.data?.agentId ?? record.agentId) ?? (name !== undefined && team !== undefined ? `${name}@${team}` : undefined);
      if (agent !== undefined) agents.set(agent, (agents.get(agent) ?? new Set()).add(session));
      const { response, calls } = idsOn(record);
      if (response !== undefined) counted.responses.set(response, [...(counted.responses.get(response) ?? []), record]);
      for (const call of calls) counted.calls.add(call);
    }
    // A row without a time has that of another, or 0 if there is none.
    if (untimed && !lent) timed.add(0n);
    for (const time of timed) counted.times.add(time);
  }
  if ([...counted.responses.keys()].some((id) => byUuid.has(id))) counted.nameless = true;
  if ([...agents].some(([agent, sessions]) => counted.calls.has(agent) || sessions.size > 1)) counted.nameless = true;
  for (const records of byUuid.values()) {
    if (new Set(records.map(({ type, message }) => JSON.stringify([type, message]))).size === 1) continue;
    for (const { response, calls } of records.map(idsOn))
      for (const id of [response, ...calls]) if (id !== undefined) counted.unsure.add(id);
  }
  return counted;
}

/** The most output tokens its rows say, if all of them say a plain number. */
function mostOutput(records: readonly Record[]): number | undefined {
  const said = records.map(({ message }) => {
    const usage: unknown = message?.usage;
    return typeof usage === "object" && usage !== null ? ((usage as { output_tokens?: unknown }).output_tokens ?? 0) : 0;
  });
  // Numbers this large may have been written with an exponent, which is no count.
  return said.every((one) => typeof one === "number" && Number.isInteger(one) && one >= 0 && one < 1e9)
    ? Math.max(...(said as number[]))
    : undefined;
}

/** Every claim that does not hold, in words; empty if all do. `built` may be the oracle's or the core's. */
export function losses(inputs: Input[], built: Pick<Built, "traces" | "documents">): string[] {
  const found: string[] = [];
  const claim = (holds: boolean, words: () => string): void => {
    if (!holds) found.push(words());
  };
  const counted = count(inputs);
  const sum = (of: (document: Built["documents"][number]) => number): number =>
    built.documents.reduce((all, document) => all + of(document), 0);
  claim(sum((document) => document.rows) === counted.rows, () => `${sum((document) => document.rows)} rows, counted ${counted.rows}`);

  const spans = built.traces.flatMap((trace) => trace.spans);
  const attribute = (span: (typeof spans)[number], key: string) => span.attributes.find(([name]) => name === key)?.[1];
  const tally = (of: (span: (typeof spans)[number]) => unknown): Map<unknown, number> => {
    const times = new Map<unknown, number>();
    for (const span of spans) times.set(of(span), (times.get(of(span)) ?? 0) + 1);
    times.delete(undefined);
    return times;
  };
  const chats = tally((span) => (span.kind === "chat" ? attribute(span, "gen_ai.response.id") : undefined));
  const once = (times: number | undefined, id: string): boolean => times === 1 || (times === undefined && counted.unsure.has(id));
  for (const id of counted.responses.keys()) claim(once(chats.get(id), id), () => `response ${id}: ${chats.get(id) ?? 0} chats`);
  for (const id of chats.keys()) claim(counted.responses.has(String(id)), () => `chat ${String(id)} is not in the record`);
  const calls = tally((span) => (span.kind === "chat" ? undefined : attribute(span, "gen_ai.tool.call.id")));
  for (const id of counted.calls) claim(once(calls.get(id), id), () => `call ${id}: ${calls.get(id) ?? 0} spans`);
  for (const id of calls.keys()) claim(counted.calls.has(String(id)), () => `call ${String(id)} is not in the record`);

  for (const [id, records] of counted.responses) {
    const chat = spans.find((span) => span.kind === "chat" && attribute(span, "gen_ai.response.id") === id);
    const most = mostOutput(records);
    if (chat && most !== undefined && !counted.unsure.has(id))
      claim(Number(attribute(chat, "gen_ai.usage.output_tokens") ?? 0) === most, () => `response ${id}: not ${most} output tokens`);
  }

  for (const span of spans)
    for (const time of [span.start, span.end, ...span.events.map((event) => event.time)])
      claim(counted.times.has(time), () => `${span.name} ${span.spanId}: ${time} is not in the record`);
  return [...found, ...misplaced(built, !counted.nameless)];
}
