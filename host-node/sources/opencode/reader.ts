// The bundle that reads opencode's records: a database engine and what it is used for. Loaded by records.ts when a
// database or a storage folder is met.

import { ftruncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename } from "node:path";
import { type Nameless, nameless } from "../spool.ts";
import { isOpencode, listDatabase, writeDatabaseSession } from "./database.ts";
import type { RecordedSession, Records, RecordsKind } from "./records.ts";
import { EventWriter } from "./rows.ts";
import { readSnapshot } from "./snapshot.ts";
import { listStorage, writeStorageSession } from "./storage.ts";

export function listSessions(kind: RecordsKind, path: string): RecordedSession[] | undefined {
  if (kind === "storage") return listStorage(path);
  return readSnapshot(path, (database) => (isOpencode(database) ? listDatabase(database) : undefined));
}

export function writeSessions(path: string, { kind, sessions }: Records, descriptor: number): void {
  const write = (one: (session: string, writer: EventWriter) => void): void => {
    ftruncateSync(descriptor);
    const writer = new EventWriter(descriptor);
    writer.source(kind, basename(path));
    for (const session of sessions) one(session, writer);
    writer.flush();
  };
  if (kind === "storage") write((session, writer) => writeStorageSession(path, session, writer));
  else readSnapshot(path, (database) => write((session, writer) => writeDatabaseSession(database, session, writer)));
}

export function openNameless(): Nameless {
  return nameless(tmpdir());
}
