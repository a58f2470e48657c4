// What a destination was given of each turn: which spans, and in what state. A turn can go on after it was accepted; this is
// how the spans that came later are told from those that are there. One file a destination and conversation, a line each
// time something of a turn is given; the lines of one turn add up.
//
// It keeps nothing from being sent: that is the ledger's. A turn that is not here (its line was torn, or the file is gone) is
// taken to be there as it is.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { appendRecords, namesIn, parseObject, readLines } from "./files.ts";
import { destinationName, isSessionId, type Places } from "./paths.ts";

export interface Given {
  /** Span ids, 16 hex digits each. */
  readonly spans: ReadonlySet<string>;
  /** A digest of what these spans said when they were last looked at. */
  readonly state: string;
}

export interface GivenRecord {
  readonly trace: string;
  readonly spans: readonly string[];
  readonly state: string;
}

const folderOf = (places: Places): string => join(places.state, "given");

function pathOf(places: Places, destination: string, conversation: string): string {
  return join(folderOf(places), destinationName(destination), `${conversation}.jsonl`);
}

/** By trace id. */
export function readGiven(places: Places, destination: string, conversation: string): Map<string, Given> {
  const found = new Map<string, Given>();
  if (!isSessionId(conversation)) return found;
  for (const line of readLines(pathOf(places, destination, conversation))) {
    const { trace, spans, state } = parseObject(line) ?? {};
    if (typeof trace !== "string" || typeof spans !== "string" || typeof state !== "string") continue;
    found.set(trace, { spans: new Set([...(found.get(trace)?.spans ?? []), ...(spans.match(/[0-9a-f]{16}/g) ?? [])]), state });
  }
  return found;
}

/** Throws a StateError if it cannot be written. */
export function noteGiven(places: Places, destination: string, conversation: string, records: readonly GivenRecord[]): void {
  if (!isSessionId(conversation)) return;
  const lines = records.map(({ trace, spans, state }) => JSON.stringify({ trace, spans: spans.join(""), state }));
  appendRecords(pathOf(places, destination, conversation), lines);
}

/** Forgets a conversation at all destinations. */
export function forgetGiven(places: Places, conversation: string): void {
  if (!isSessionId(conversation)) return;
  for (const destination of namesIn(folderOf(places))) rmSync(join(folderOf(places), destination, `${conversation}.jsonl`), { force: true });
}
