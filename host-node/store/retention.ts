// Keeps the store within days and bytes. What goes is a whole session, the one first in which nothing happened for
// longest, however late it was stored. Sessions just written never go.

import { rmSync } from "node:fs";
import { removeTemporaries, StateError } from "../state/files.ts";
import type { Places } from "../state/paths.ts";
import { readCatalogue } from "./catalogue.ts";
import { type StoredFile, storedFiles, tracesFolder } from "./folder.ts";

export interface Limits {
  /** Sessions in which nothing happened for longer go. */
  readonly days?: number | undefined;
  /** As many go as it takes. */
  readonly bytes?: number | undefined;
}

export interface Pruned {
  /** Ids, in the order they went. */
  readonly sessions: string[];
  readonly bytes: number;
  /** The system's word where the store could not be looked through; empty if it could. */
  readonly detail: string;
}

const dayMs = 86_400_000;

function remove(path: string): boolean {
  try {
    rmSync(path, { force: true });
    return true;
  } catch {
    return false;
  }
}

/** Removes what is beyond the limits; a file that cannot be removed stays and is not counted. */
export function prune(places: Places, limits: Limits, justWritten: readonly string[], now: () => number): Pruned {
  const gone: StoredFile[] = [];
  let detail = "";
  try {
    // What writers left that were killed.
    removeTemporaries(tracesFolder(places), now);
    for (const file of beyond(places, limits, justWritten, now())) if (remove(file.path)) gone.push(file);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    detail = error.reason;
  }
  return { sessions: gone.map(({ session }) => session), bytes: sum(gone), detail };
}

const sum = (files: readonly StoredFile[]): number => files.reduce((total, { size }) => total + size, 0);

/** What is to go, the oldest first. */
function beyond(places: Places, limits: Limits, justWritten: readonly string[], now: number): StoredFile[] {
  const files = storedFiles(places);
  let excess = sum(files) - (limits.bytes ?? Infinity);
  if (limits.days === undefined && excess <= 0) return [];
  const oldest = now - (limits.days ?? Infinity) * dayMs;
  const ends = new Map(readCatalogue(places).entries.map(({ session, end }) => [session, end]));
  // A file without a span is as old as its writing.
  const last = (file: StoredFile): number => ends.get(file.session) ?? file.mtime;
  const going: StoredFile[] = [];
  for (const file of files.sort((a, b) => last(a) - last(b))) {
    if (justWritten.includes(file.session)) continue;
    if (excess <= 0 && last(file) >= oldest) break;
    going.push(file);
    excess -= file.size;
  }
  return going;
}
