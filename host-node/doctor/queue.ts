// What is on its way: sessions that wait for a sweep, and for each destination what was sent, what waits and what became
// of the rest, as earlier runs have left it. `status` shows it, `doctor` judges it.

import { statSync } from "node:fs";
import { join } from "node:path";
import { readBatchName } from "../state/batch.ts";
import { namesIn } from "../state/files.ts";
import { openLedger } from "../state/ledger.ts";
import { lockHolder } from "../state/lock.ts";
import type { Places } from "../state/paths.ts";
import { listPending, sweepLock } from "../state/pending.ts";
import { type Dropped, openSpool } from "../state/spool.ts";
import { type DestinationReport, readReport, type Report } from "../worker/report.ts";

export interface Queue {
  readonly id: string;
  readonly name: string;
  /** Requests that wait, their bytes, and since when the first does (milliseconds since 1970). */
  readonly requests: number;
  readonly bytes: number;
  readonly oldest: number | undefined;
  readonly dropped: Dropped;
  /** Turns in the ledger. */
  readonly sent: number;
  /** What could not be read of ledger and spool. */
  readonly unreadable: readonly string[];
  readonly report: DestinationReport | undefined;
}

export interface Work {
  readonly pending: readonly string[];
  /** When the first of them was marked. */
  readonly oldest: number | undefined;
  readonly working: number | undefined;
  readonly report: Report | undefined;
}

export function readWork(places: Places): Work {
  const pending = listPending(places);
  const marks = pending.map((session) => statSync(join(places.state, "pending", session), { throwIfNoEntry: false })?.mtimeMs ?? Infinity);
  const oldest = marks.length === 0 ? undefined : Math.min(...marks);
  return {
    pending,
    oldest: oldest === Infinity ? undefined : oldest,
    working: lockHolder(sweepLock(places))?.pid,
    report: readReport(places),
  };
}

export function readQueue(places: Places, { id, name }: { readonly id: string; readonly name: string }): Queue {
  const unreadable: string[] = [];
  const tell = (words: string): void => void unreadable.push(words);
  const spool = openSpool(places, id, { tell });
  const entries = spool.list();
  return {
    id,
    name,
    requests: entries.length,
    bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
    oldest: entries[0] && readBatchName(entries[0].batch)?.at,
    dropped: spool.dropped(),
    sent: openLedger(places, id, tell).size,
    unreadable,
    report: readReport(places)?.destinations[id],
  };
}

/** What waits for destinations that are no longer among those given, and so would wait for ever. */
export function forgottenQueues(places: Places, known: readonly { readonly id: string }[]): Queue[] {
  const names = namesIn(join(places.state, "spool")).filter((id) => /^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$/.test(id));
  const others = names.filter((name) => known.every(({ id }) => id !== name));
  return others.map((id) => readQueue(places, { id, name: id })).filter(({ requests }) => requests > 0);
}

/** What was dropped is lost for good; after a week it is history. */
const dropMatters = 7 * 86_400_000;

/** Whether something needs a person's eye. */
export function isStuck({ requests, dropped, report }: Queue, now: number): boolean {
  const { stopped, refused = 0, rejectedSpans = 0 } = report ?? {};
  return stopped !== undefined || requests + refused + rejectedSpans > 0 || (dropped.requests > 0 && now - dropped.at < dropMatters);
}

/** A sweep that is there finds a mark in seconds; one that nobody takes up for so long is left. */
const markMatters = 600_000;

export function isLeft({ oldest, working }: Work, now: number): boolean {
  return oldest !== undefined && working === undefined && now - oldest > markMatters;
}
