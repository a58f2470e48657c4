// What a sweep did, for whoever asks later: one small file, replaced whole. Of each destination the last success and the last
// refusal are kept, however long ago.

import { join } from "node:path";
import { readObject, writeAtomic } from "../state/files.ts";
import type { Places } from "../state/paths.ts";
import { type Grown, nothingGrown, sumGrown } from "./growth.ts";
import type { Delivered } from "./outgoing.ts";
import type { Outcome } from "./session.ts";

export interface DestinationReport {
  readonly name: string;
  /** Requests. */
  accepted: number;
  /** In the spool, to be sent later. */
  waiting: number;
  refused: number;
  /** Sent again because nobody lived to hear whether they were taken; since the first report. */
  repeated: number;
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
  /** What was last refused or rejected for good, when and in whose words. */
  lastRefusal?: { readonly at: number; readonly message: string };
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
  waiting: 0,
  refused: 0,
  repeated: 0,
  turns: 0,
  rejectedSpans: 0,
  grown: nothingGrown,
  messages: [],
  stopped: undefined,
  lastSuccess: 0,
});

export const newReport = (at: number): Report => ({ at, sessions: 0, turns: 0, left: 0, destinations: {}, stored: [], problems: [] });

/** Adds what was done for a session. */
export function tally(report: Report, outcome: Outcome): void {
  report.sessions++;
  report.turns += outcome.turns;
  report.stored.push(...outcome.stored);
  for (const problem of outcome.problems) if (report.problems.length < messagesAtMost) report.problems.push(problem);
}

/** Adds what became of all that was on its way. Where that was nothing, what is known from before stays. */
export function tallyDelivered(report: Report, delivered: readonly Delivered[], now: number): void {
  for (const { destination, summary, grown } of delivered) {
    const { accepted, waiting, refused, repeated, rejectedSpans, traces, stopped } = summary;
    if (accepted + waiting + refused + traces + grown.turns === 0 && summary.messages.length === 0) continue;
    const messages = summary.messages.slice(0, messagesAtMost);
    const it = nothingYet(destination.name);
    report.destinations[destination.id] = Object.assign(it, { accepted, waiting, refused, repeated, rejectedSpans, turns: traces, grown, stopped, messages });
    if (accepted > 0) it.lastSuccess = now;
    if (refused + rejectedSpans > 0) it.lastRefusal = { at: now, message: messages.join("; ") };
  }
}

export function readReport(places: Places): Report | undefined {
  const found = readObject(pathOf(places));
  return found === undefined || typeof found["at"] !== "number" ? undefined : (found as unknown as Report);
}

/** Keeps the report; a destination this sweep had nothing for keeps what is known of it. */
export function keepReport(places: Places, report: Report): void {
  const destinations = { ...readReport(places)?.destinations };
  for (const [id, it] of Object.entries(report.destinations)) {
    const known = destinations[id];
    const lastSuccess = it.lastSuccess || (known?.lastSuccess ?? 0);
    const lastRefusal = it.lastRefusal ?? known?.lastRefusal;
    const repeated = it.repeated + (known?.repeated ?? 0);
    // A report of an older version knows nothing of it.
    const grown = sumGrown(it.grown, known?.grown ?? nothingGrown);
    destinations[id] = { ...it, lastSuccess, repeated, grown, ...(lastRefusal && { lastRefusal }) };
  }
  writeAtomic(pathOf(places), `${JSON.stringify({ ...report, destinations }, null, 2)}\n`);
}
