// A server's sessions on disk: of each the events as they came, a line each, in a file that grows, and beside it what has
// been done with them. A killed process leaves whole lines and perhaps a torn last one, and of the rest the old or the new.
//
// Lines are in the system's hands as soon as `append` comes back, which outlives this process; before a turn is sent
// they are on the disk (`sync`), which outlives the power. What is lost with the power in between the server still has.

import { closeSync, fdatasyncSync, openSync, rmSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { appendRecords, namesIn, readObject, type Tell, writeAtomic } from "../state/files.ts";

/** What is remembered of a session between two runs. */
export interface Kept {
  /** The session that started it, or "". */
  readonly parent: string;
  readonly directory: string;
  /** When it was made, and its first message, in milliseconds; 0 if nobody said. A fork's message is older than itself. */
  readonly created: number;
  readonly first: number;
  /** Deleted: nothing more comes. */
  readonly ended: boolean;
  /** The server was at work on it. */
  readonly busy: boolean;
  /** Bytes of its events by which all that was due was brought where it belongs. */
  readonly done: number;
}

export const nothingKept: Kept = { parent: "", directory: "", created: 0, first: 0, ended: false, busy: false, done: 0 };

const events = ".jsonl";
const state = ".json";

/** Ids come from outside; whatever is in them, each is another file's name. */
const nameOf = (session: string): string => session.replace(/[^0-9A-Za-z_-]/gu, (char) => Buffer.from(char).toString("hex").replace(/../g, "%$&"));
const idOf = (name: string): string => name.replace(/(?:%[0-9a-f]{2})+/g, (coded) => Buffer.from(coded.replaceAll("%", ""), "hex").toString());

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

export class Shelf {
  constructor(
    readonly folder: string,
    readonly tell: Tell,
  ) {}

  path(session: string): string {
    return join(this.folder, nameOf(session) + events);
  }

  /** Bytes of events; 0 if there are none. */
  size(session: string): number {
    return statOf(this.path(session))?.size ?? 0;
  }

  /** When it last grew, in milliseconds. */
  grown(session: string): number {
    return statOf(this.path(session))?.mtimeMs ?? 0;
  }

  /** Throws a StateError. */
  append(session: string, lines: readonly string[]): void {
    appendRecords(this.path(session), lines);
  }

  sync(session: string): void {
    let descriptor: number;
    try {
      descriptor = openSync(this.path(session), "r+");
    } catch {
      return;
    }
    try {
      fdatasyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  read(session: string): Kept | undefined {
    const found = readObject(join(this.folder, nameOf(session) + state), this.tell);
    if (found === undefined) return undefined;
    const kept: Record<string, unknown> = { ...nothingKept };
    for (const [key, value] of Object.entries(found)) if (typeof value === typeof kept[key]) kept[key] = value;
    return kept as unknown as Kept;
  }

  write(session: string, kept: Kept): void {
    // Lost with the power, work is done again.
    writeAtomic(join(this.folder, nameOf(session) + state), `${JSON.stringify(kept)}\n`, { sync: false });
  }

  remove(session: string): void {
    for (const ending of [events, state]) rmSync(join(this.folder, nameOf(session) + ending), { force: true });
  }

  /** All sessions there are events of. */
  list(): string[] {
    return namesIn(this.folder, this.tell)
      .filter((name) => name.endsWith(events))
      .map((name) => idOf(name.slice(0, -events.length)));
  }
}
