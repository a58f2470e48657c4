// What the hook was told of a session, in the order it was told: one JSON object a line, one file a session. Some of it
// (permissions, compactions, the end) stands nowhere else.
//
// It grows with a session, so it is bounded: a record by the hook (host-node/hook/payload.ts), a file here. Beyond that
// a record says that something happened, and no longer what.

import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { appendRecord, parseObject, readLines, silent, StateError, type Tell } from "./files.ts";
import { isSessionId, type Places } from "./paths.ts";

export interface JournalRecord {
  /** Milliseconds since 1970, when the hook was told. */
  readonly at: number;
  readonly event: string;
  readonly session: string;
  readonly transcript: string;
  readonly cwd: string;
  /** The signature of the process that had the hook run. */
  readonly client?: string;
  /** The event's own keys, long values cut. */
  readonly payload: Readonly<Record<string, unknown>>;
}

const mostBytes = 16 * 1024 * 1024;

function pathOf(places: Places, session: string): string {
  const folder = join(places.state, "sessions");
  if (!isSessionId(session)) throw new StateError(folder, "no session id");
  return join(folder, `${session}.jsonl`);
}

export function appendJournal(places: Places, record: JournalRecord): void {
  const path = pathOf(places, record.session);
  const isLong = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > mostBytes;
  appendRecord(path, JSON.stringify(isLong ? { ...record, payload: {} } : record));
}

function recordOf(line: string): JournalRecord | undefined {
  const { at, event, session, transcript, cwd, client, payload } = parseObject(line) ?? {};
  if (typeof at !== "number" || typeof event !== "string" || typeof session !== "string") return undefined;
  if (typeof transcript !== "string" || typeof cwd !== "string") return undefined;
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return undefined;
  return { at, event, session, transcript, cwd, ...(typeof client === "string" && { client }), payload: payload as Record<string, unknown> };
}

/** All records of a session in their order; what is none is left out, and told as a number. */
export function readJournal(places: Places, session: string, tell: Tell = silent): JournalRecord[] {
  if (!isSessionId(session)) return [];
  const path = pathOf(places, session);
  const lines = readLines(path, tell);
  const records = lines.map(recordOf).filter((record) => record !== undefined);
  const others = lines.length - records.length;
  if (others > 0) tell(`${path}: ${others} of ${lines.length} lines are no records, left out`);
  return records;
}

export function removeJournal(places: Places, session: string): void {
  if (isSessionId(session)) rmSync(pathOf(places, session), { force: true });
}
