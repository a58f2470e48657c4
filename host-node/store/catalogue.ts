// Summaries of all stored sessions. They are kept in an index, so that a list does not read every file; an entry counts
// only while its file has the size and time it had when it was read. So nothing depends on the index: missing, torn,
// old or foreign, it is made again from the files.

import { readFileSync } from "node:fs";
import { codeOf, StateError, writeAtomic } from "../state/files.ts";
import type { Places } from "../state/paths.ts";
import { indexPath, type StoredFile, storedFiles } from "./folder.ts";
import type { StoreProblem } from "./requests.ts";
import { type Summary, summarise } from "./summary.ts";

/** Raised when an entry changes, so that older ones are made again. */
const VERSION = 1;

export interface Entry extends Summary {
  readonly size: number;
  readonly mtime: number;
}

export interface Catalogue {
  /** In the order of their ids. */
  readonly entries: Entry[];
  readonly problems: StoreProblem[];
}

const shape: Record<keyof Entry, (value: unknown) => boolean> = (() => {
  const number = Number.isFinite;
  const string = (value: unknown): boolean => typeof value === "string";
  const strings = (value: unknown): boolean => Array.isArray(value) && value.every(string);
  return {
    session: string,
    start: number,
    end: number,
    directories: strings,
    branch: string,
    turns: number,
    chats: number,
    tools: number,
    agents: number,
    failed: number,
    inputTokens: number,
    outputTokens: number,
    prompt: string,
    transcripts: strings,
    size: number,
    mtime: number,
  };
})();

function isEntry(value: unknown): value is Entry {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(shape).every(([key, check]) => check((value as Record<string, unknown>)[key]));
}

function readIndex(path: string): Map<string, Entry> {
  try {
    const { version, sessions } = JSON.parse(readFileSync(path, "utf8")) as { version: unknown; sessions: unknown };
    if (version !== VERSION || !Array.isArray(sessions)) return new Map();
    return new Map(sessions.filter(isEntry).map((entry) => [entry.session, entry]));
  } catch {
    return new Map();
  }
}

function writeIndex(path: string, entries: readonly Entry[]): void {
  const rows = entries.map((entry) => JSON.stringify(entry)).join(",\n");
  try {
    // Lost with the power, it is made again.
    writeAtomic(path, `{"version":${VERSION},"sessions":[\n${rows}\n]}\n`, { sync: false });
  } catch (error) {
    // Without it the next list takes longer.
    if (!(error instanceof StateError)) throw error;
  }
}

/** One session's entry, read from its file. */
export function entryOf(file: StoredFile, problems: StoreProblem[]): Entry | undefined {
  try {
    const summary = summarise(file, (problem) => problems.push(problem));
    return summary && { ...summary, size: file.size, mtime: file.mtime };
  } catch (error) {
    problems.push({ path: file.path, detail: codeOf(error) });
    return undefined;
  }
}

/**
 * All sessions of the store. Files that are new or have changed are read, and the index is written if there were any;
 * one with problems is read each time, so that they are told each time. Throws a StateError if there is no looking at all.
 */
export function readCatalogue(places: Places): Catalogue {
  const path = indexPath(places);
  const known = readIndex(path);
  const catalogue: Catalogue = { entries: [], problems: [] };
  const kept: Entry[] = [];
  let read = 0;
  for (const file of storedFiles(places)) {
    const old = known.get(file.session);
    if (old !== undefined && old.size === file.size && old.mtime === file.mtime) {
      catalogue.entries.push(old);
      kept.push(old);
      continue;
    }
    const before = catalogue.problems.length;
    const entry = entryOf(file, catalogue.problems);
    if (entry === undefined) continue;
    catalogue.entries.push(entry);
    if (catalogue.problems.length > before) continue;
    kept.push(entry);
    read++;
  }
  if (read > 0 || kept.length !== known.size) writeIndex(path, kept);
  return catalogue;
}
