// Which sessions something happened to since they were last looked at: one small file each, whose content is a token
// that is new each time.
//
// A hook marks, a worker claims. A mark is always a new file under the session's name, and a claim moves that file out
// of the way: what is marked after a claim is pending again and cannot be lost to it. A claim carries its process's
// signature; when that process is dead, what it had claimed is pending again.
//
// Claims are made by whoever has the sweep lock. That is what keeps two workers from one session; of two that claim the
// same mark without it, one gets it.

import { readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { codeOf, ensureFolder, moveNew, namesIn, stateError, StateError, silent, type Tell, writeAtomic } from "./files.ts";
import { isLiving, signature } from "./living.ts";
import { isSessionId, type Places } from "./paths.ts";

export interface Claim {
  readonly session: string;
  /** Of the mark this claims: the same token again means that nothing has happened since. */
  readonly token: string;
  /** All that the mark asked for is done. */
  done(): void;
  /** It is to be taken up another time. A newer mark stays. */
  putBack(): void;
}

const marksOf = (places: Places): string => join(places.state, "pending");
const claimsOf = (places: Places): string => join(places.state, "working");

/** The lock of whoever works on what is pending. After letting it go, its holder looks once more for what is pending. */
export function sweepLock(places: Places): string {
  return join(places.state, "sweep.lock");
}

export function markPending(places: Places, session: string): void {
  if (!isSessionId(session)) throw new StateError(marksOf(places), "no session id");
  // Unlike any other is all it must be, and a good generator would take the hook milliseconds to load.
  const token = `${Date.now().toString(36)}-${process.pid.toString(36)}-${Math.random().toString(36).slice(2)}`;
  writeAtomic(join(marksOf(places), session), token, { sync: false });
}

interface Claimed {
  readonly session: string;
  readonly path: string;
  readonly isDead: boolean;
}

function claimed(places: Places, now: () => number, tell: Tell): Claimed[] {
  const folder = claimsOf(places);
  return namesIn(folder, tell).flatMap((name) => {
    const dot = name.indexOf(".");
    const session = name.slice(0, Math.max(dot, 0));
    return isSessionId(session)
      ? [{ session, path: join(folder, name), isDead: !isLiving(name.slice(dot + 1), now) }]
      : [];
  });
}

/** The sessions that are pending, the longest first; those that dead workers had claimed are among them. */
export function listPending(places: Places, tell: Tell = silent, now: () => number = Date.now): string[] {
  const folder = marksOf(places);
  const marked = namesIn(folder, tell).filter(isSessionId);
  const found = [
    ...marked.map((session) => ({ session, path: join(folder, session) })),
    ...claimed(places, now, tell).filter(({ isDead }) => isDead),
  ];
  const dated = found.map(({ session, path }) => ({
    session,
    at: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity,
  }));
  return [...new Set(dated.sort((a, b) => a.at - b.at).map(({ session }) => session))];
}

function readToken(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** The token of a session's mark, "" if it has none. */
export function pendingToken(places: Places, session: string): string {
  return isSessionId(session) ? readToken(join(marksOf(places), session)) : "";
}

function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw stateError(from, error);
  }
}

/** Takes a session to work on; nothing if it is not pending or a living process has it. */
export function claim(places: Places, session: string, now: () => number = Date.now): Claim | undefined {
  if (!isSessionId(session)) return undefined;
  const others = claimed(places, now, silent).filter((other) => other.session === session);
  if (others.some(({ isDead }) => !isDead)) return undefined;
  const mark = join(marksOf(places), session);
  const mine = join(claimsOf(places), `${session}.${signature(now)}`);
  ensureFolder(claimsOf(places));
  if (moved(mark, mine)) for (const { path } of others) rmSync(path, { force: true });
  else if (!others.some(({ path }) => moved(path, mine))) return undefined;
  return {
    session,
    token: readToken(mine),
    done: () => rmSync(mine, { force: true }),
    putBack() {
      try {
        if (!moveNew(mine, mark)) rmSync(mine, { force: true });
      } catch (error) {
        throw stateError(mark, error);
      }
    },
  };
}
