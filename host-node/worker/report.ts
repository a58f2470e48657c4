// What a sweep did, for whoever asks later: one small file, replaced whole. Of each destination the last success is kept,
// however long ago.

import { join } from "node:path";
import { readObject, writeAtomic } from "../state/files.ts";
import type { Places } from "../state/paths.ts";
import { type Grown, nothingGrown } from "./growth.ts";
import type { Outcome } from "./session.ts";

export interface DestinationReport {
  readonly name: string;
  /** Requests. */
  accepted: number;
  spooled: number;
  refused: number;
  /** Turns noted as sent. */
  turns: number;
  rejectedSpans: number;
  /** Turns that went on after they were sent, and the spans that were sent of them later; since the first report. */
  grown: Grown;
  /** The backend's words, each once. */
  messages: string[];
  /** Why nothing more was sent, if so. */
  stopped: string | undefined;
  /** Milliseconds since 1970; 0 for never. */
  lastSuccess: number;
}

export interface Report {
  /** Milliseconds since 1970. */
  at: number;
  sessions: number;
  turns: number;
  /** Sessions to be taken up another time. */
  left: number;
  readonly destinations: Record<string, DestinationReport>;
  /** Sessions written to the local store. */
  readonly stored: string[];
  readonly problems: string[];
}

const pathOf = ({ state }: Places): string => join(state, "last-sweep.json");
const messagesAtMost = 20;

const nothingYet = (name: string): DestinationReport => ({
  name,
  accepted: 0,
  spooled: 0,
  refused: 0,
  turns: 0,
  rejectedSpans: 0,
  grown: nothingGrown,
  messages: [],
  stopped: undefined,
  lastSuccess: 0,
});

const sum = (one: Grown, other: Grown): Grown => ({ turns: one.turns + other.turns, spans: one.spans + other.spans });

/** Adds what was done for a session. */
export function tally(report: Report, outcome: Outcome, now: number): void {
  report.sessions++;
  report.turns += outcome.turns;
  report.stored.push(...outcome.stored);
  for (const problem of outcome.problems) if (report.problems.length < messagesAtMost) report.problems.push(problem);
  for (const { destination, summary, grown } of outcome.delivered) {
    const it = (report.destinations[destination.id] ??= nothingYet(destination.name));
    it.accepted += summary.accepted;
    it.spooled += summary.spooled;
    it.refused += summary.refused;
    it.turns += summary.traces;
    it.rejectedSpans += summary.rejectedSpans;
    it.grown = sum(it.grown, grown);
    it.stopped = summary.stopped ?? it.stopped;
    if (summary.accepted > 0) it.lastSuccess = now;
    for (const message of summary.messages)
      if (it.messages.length < messagesAtMost && !it.messages.includes(message)) it.messages.push(message);
  }
}

export function readReport(places: Places): Report | undefined {
  const found = readObject(pathOf(places));
  return found === undefined || typeof found["at"] !== "number" ? undefined : (found as unknown as Report);
}

/** Keeps the report; a destination this sweep had nothing for keeps what is known of it. */
export function keepReport(places: Places, report: Report): void {
  const before = readReport(places)?.destinations ?? {};
  for (const [id, known] of Object.entries(before)) {
    const it = report.destinations[id];
    if (it === undefined) {
      report.destinations[id] = known;
      continue;
    }
    if (it.lastSuccess === 0) it.lastSuccess = known.lastSuccess;
    // A report of an older version knows nothing of it.
    it.grown = sum(it.grown, known.grown ?? nothingGrown);
  }
  writeAtomic(pathOf(places), `${JSON.stringify(report, null, 2)}\n`);
}
