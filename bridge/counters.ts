// The core's tallies under names, and the reasons rows were skipped or broken. Numbers only; how they are worded for
// people is the hosts' business.

import * as layout from "../assembly/abi/layout.ts";

/** Why rows were skipped, in the order of `SKIP_*`. */
export const SKIP_NAMES = [
  "copy",
  "progress",
  "snapshot",
  "metadata",
  "queue",
  "injected",
  "attachment",
  "notice",
  "summary",
  "not-a-record",
  "unknown",
  "synthetic",
] as const;

export type SkipName = (typeof SKIP_NAMES)[number];

const brokenNames = {
  [layout.BROKEN_SYNTAX]: "syntax",
  [layout.BROKEN_TORN]: "torn",
  [layout.BROKEN_ESCAPE]: "escape",
  [layout.BROKEN_TRAILING]: "trailing",
  [layout.BROKEN_DEEP]: "deep",
} as const;

export type BrokenName = (typeof brokenNames)[keyof typeof brokenNames] | "unknown";

/** The name of a `BROKEN_*` reason. */
export function brokenName(reason: number): BrokenName {
  return (brokenNames as Record<number, BrokenName>)[reason] ?? "unknown";
}

/** How sub-agents were joined to their calls, as spans say it, in the order of `JOIN_*`. */
export const JOIN_NAMES = ["none", "tool_use_id", "result_agent_id", "name", "type", "orphan", "workflow", "task_id", "title", "prompt"] as const;

export type JoinName = (typeof JOIN_NAMES)[number];

/** What turns begin with, in the order of `ORIGIN_*`: a person's prompt, nothing, a machine's message, words of the client. */
export const ORIGIN_NAMES = ["person", "unprompted", "notification", "synthetic"] as const;

export type OriginName = (typeof ORIGIN_NAMES)[number];

const places = {
  documents: layout.COUNTER_DOCUMENTS,
  bytes: layout.COUNTER_BYTES,
  rows: layout.COUNTER_ROWS,
  used: layout.COUNTER_USED,
  skipped: layout.COUNTER_SKIPPED,
  broken: layout.COUNTER_BROKEN,
  sessions: layout.COUNTER_SESSIONS,
  turns: layout.COUNTER_TURNS,
  responses: layout.COUNTER_RESPONSES,
  calls: layout.COUNTER_CALLS,
  agents: layout.COUNTER_AGENTS,
  events: layout.COUNTER_EVENTS,
  spans: layout.COUNTER_SPANS,
  errors: layout.COUNTER_ERRORS,
  inputTokens: layout.COUNTER_INPUT_TOKENS,
  outputTokens: layout.COUNTER_OUTPUT_TOKENS,
} as const;

type CounterName = keyof typeof places;

/** What a family consisted of: `used`, `skipped` and `broken` add up to `rows`; `skippedBy` adds up to `skipped`. */
export type Counters = Record<CounterName, number> & { skippedBy: Record<SkipName, number> };

/** Names each counter, whatever `at` reads it from. */
export function nameCounters(at: (counter: number) => number): Counters {
  const named = { skippedBy: {} } as Counters;
  for (const name of Object.keys(places) as CounterName[]) named[name] = at(places[name]);
  SKIP_NAMES.forEach((name, reason) => (named.skippedBy[name] = at(layout.COUNTER_SKIPPED_BY + reason)));
  return named;
}

/** Counters of nothing. */
export function noCounters(): Counters {
  return nameCounters(() => 0);
}

/** Adds `more` to `sum`, in place. */
export function addCounters(sum: Counters, more: Counters): void {
  for (const name of Object.keys(places) as CounterName[]) sum[name] += more[name];
  for (const name of SKIP_NAMES) sum.skippedBy[name] += more.skippedBy[name];
}
