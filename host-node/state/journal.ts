// What the hook was told of a session, in the order it was told: one JSON object a line, one file a session. Some of it
// (permissions, compactions, the end) stands nowhere else, so the core reads it beside the record: docs/SPANS.md says what
// becomes of it.
//
// It grows with a session, so it is bounded: a record by the hook (host-node/hook/payload.ts), a file here. Beyond that
// a record says that something happened, and no longer what.

import { accessSync, constants, rmSync, statSync } from "node:fs";
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
  return join(folder, journalName(session));
}

/** Unlike that of any transcript: both may be documents of one family. */
export const journalName = (session: string): string => `${session}.hooks.jsonl`;

/** What the core knows a row by. It stands first, so that whoever looks for a session sees at once that this is none. */
const type = "spanloom-hook";

export function appendJournal(places: Places, { at, event, session, transcript, cwd, client, payload }: JournalRecord): void {
  const path = pathOf(places, session);
  const isLong = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > mostBytes;
  const row = { type, timestamp: new Date(at).toISOString(), sessionId: session, event, transcript, cwd, client, payload: isLong ? {} : payload };
  appendRecord(path, JSON.stringify(row));
}

function recordOf(line: string): JournalRecord | undefined {
  const { type: kind, timestamp, sessionId: session, event, transcript, cwd, client, payload } = parseObject(line) ?? {};
  const at = typeof timestamp === "string" ? Date.parse(timestamp) : NaN;
  if (kind !== type || Number.isNaN(at) || typeof event !== "string" || typeof session !== "string") return undefined;
  if (typeof transcript !== "string" || typeof cwd !== "string") return undefined;
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return undefined;
  return { at, event, session, transcript, cwd, ...(typeof client === "string" && { client }), payload: payload as Record<string, unknown> };
}

/** Where the journal of a session is, and its size; nothing if there is none that can be read. */
export function findJournal(places: Places, session: string): { readonly path: string; readonly size: number } | undefined {
  if (!isSessionId(session)) return undefined;
  const path = pathOf(places, session);
  try {
    accessSync(path, constants.R_OK);
    const stat = statSync(path);
    return stat.isFile() ? { path, size: stat.size } : undefined;
  } catch {
    return undefined;
  }
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
