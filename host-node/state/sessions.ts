// What the worker remembers of a session between two runs: where it is, how far it had come, whether it has ended. One
// JSON file a session, replaced whole. It judges nothing.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { namesIn, readObject, silent, StateError, type Tell, writeAtomic } from "./files.ts";
import { isSessionId, type Places } from "./paths.ts";

export interface SessionState {
  readonly transcript: string;
  readonly cwd: string;
  /** The name of the event the hook was last told. */
  readonly lastEvent: string;
  readonly ended: boolean;
  /** The signature of the process it was seen to run in. */
  readonly client?: string;
  /** Of the transcript when it was last read. */
  readonly seenSize: number;
  readonly seenMtime: number;
  /** When the transcript was first found unchanged, in milliseconds; 0 while it changes. */
  readonly quietSince: number;
}

const ending = ".json";
const folderOf = (places: Places): string => join(places.state, "sessions");

function pathOf(places: Places, session: string): string {
  if (!isSessionId(session)) throw new StateError(folderOf(places), "no session id");
  return join(folderOf(places), `${session}${ending}`);
}

/** What is known of a session; nothing if it is not known, or what is written there makes no sense. */
export function readSession(places: Places, session: string, tell: Tell = silent): SessionState | undefined {
  if (!isSessionId(session)) return undefined;
  const path = pathOf(places, session);
  const value = readObject(path, tell);
  if (value === undefined) return undefined;
  const { transcript, cwd, lastEvent, ended, client, seenSize, seenMtime, quietSince } = value;
  const isWhole =
    [transcript, cwd, lastEvent].every((each) => typeof each === "string") &&
    typeof ended === "boolean" &&
    [seenSize, seenMtime, quietSince].every((each) => typeof each === "number");
  const seen = typeof client === "string" ? { client } : {};
  if (isWhole) return { transcript, cwd, lastEvent, ended, ...seen, seenSize, seenMtime, quietSince } as SessionState;
  tell(`${path}: is not what it should be, left out`);
  return undefined;
}

export function writeSession(places: Places, session: string, state: SessionState): void {
  writeAtomic(pathOf(places, session), `${JSON.stringify(state)}\n`);
}

/** The ids of all sessions that something is remembered of. */
export function listSessions(places: Places, tell: Tell = silent): string[] {
  return namesIn(folderOf(places), tell)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .filter(isSessionId);
}

export function forgetSession(places: Places, session: string): void {
  if (isSessionId(session)) rmSync(pathOf(places, session), { force: true });
}
