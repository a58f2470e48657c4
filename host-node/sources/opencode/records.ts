// What opencode keeps in records instead of a file a session: a database, or a folder with a file for each message and
// part. Here is what the rest of the program knows of them; whoever meets one loads the reader, which is a bundle of its
// own, because few builds do and it brings a database engine along.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Nameless } from "../spool.ts";

export type RecordsKind = "database" | "storage";

/** Some sessions of a database or storage folder, which together are one document. Plain data, for other threads. */
export interface Records {
  readonly kind: RecordsKind;
  readonly sessions: readonly string[];
}

/** What is known of a session before its messages are read. */
export interface RecordedSession {
  readonly id: string;
  /** The session that started this one, or "". */
  readonly parent: string;
  /** Where it works, or "". */
  readonly directory: string;
  /** When its first message was made: copies in a fork say the same as their originals. 0 for none. */
  readonly firstMessage: number;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly updated: number;
  /** About as many bytes as its records will give. */
  readonly bytes: number;
}

/** The reader's door (reader.ts). */
export interface RecordsReader {
  /** Nothing if there are no sessions of opencode in it. Throws what the system or the database throws. */
  listSessions(kind: RecordsKind, path: string): RecordedSession[] | undefined;
  /** Writes the records of these sessions to the file, an event a line. */
  writeSessions(path: string, records: Records, descriptor: number): void;
  /** A file to write them to. */
  openNameless(): Nameless;
}

let reader: RecordsReader | undefined;

/** The bundle, beside the program or, where the sources run as they are, in dist/. */
export function recordsReader(): RecordsReader {
  if (reader === undefined) {
    const beside = join(import.meta.dirname, "opencode.cjs");
    const path = existsSync(beside) ? beside : join(import.meta.dirname, "../../../dist/opencode.cjs");
    reader = createRequire(path)(path) as RecordsReader;
  }
  return reader;
}
