// The sessions of a database or storage folder as sources, each as if it were a file of its own, so that families are found
// among them and all other files in one way.

import { closeSync, openSync, readSync } from "node:fs";
import type { Source } from "../families.ts";
import type { Candidate } from "../walk.ts";
import { forkKey, isoTime, sessionsNamed } from "./head.ts";
import { recordsReader, type RecordsKind } from "./records.ts";

/** Nothing if it holds no sessions of opencode. Throws what the system or the database throws. */
export function recordedSources(candidate: Candidate, kind: RecordsKind): Source[] | undefined {
  return recordsReader()
    .listSessions(kind, candidate.path)
    ?.map(({ id, parent, directory, firstMessage, created, updated, bytes }) => ({
      candidate,
      head: {
        kind: "transcript",
        sessions: parent === "" ? [id] : [id, parent],
        rows: firstMessage === 0 ? [] : [forkKey(firstMessage)],
        team: "",
        member: false,
        timestamp: isoTime(created),
      },
      size: bytes,
      records: { kind, sessions: [id] },
      changed: isoTime(updated),
      ...(directory === "" ? {} : { directory }),
    }));
}

const chunkBytes = 1024 * 1024;
/** As long as a key and an id can be. */
const overlap = 256;

/** Every session a file names. */
function sessionsIn(path: string): string[] {
  const found = new Set<string>();
  const buffer = Buffer.allocUnsafe(overlap + chunkBytes);
  const descriptor = openSync(path, "r");
  try {
    for (let kept = 0; ; ) {
      const read = readSync(descriptor, buffer, kept, chunkBytes, null);
      if (read === 0) return [...found];
      const bytes = buffer.subarray(0, kept + read);
      for (const session of sessionsNamed(bytes.toString("latin1"))) found.add(session);
      kept = Math.min(overlap, bytes.length);
      buffer.copyWithin(0, bytes.length - kept, bytes.length);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** An event stream holds any mix of sessions, so where there are others beside it all of it is searched for them. */
export function withAllSessions(sources: readonly Source[]): readonly Source[] {
  const others = sources.filter(({ head, records }) => head.goesOn !== undefined || records !== undefined);
  if (others.length < 2) return sources;
  return sources.map((source) => {
    const { head, candidate, descriptor } = source;
    if (head.goesOn !== true || descriptor !== undefined) return source;
    return { ...source, head: { ...head, sessions: [...new Set([...head.sessions, ...sessionsIn(candidate.path)])] } };
  });
}

/** Without what storage folders still hold of sessions that were taken over into a database. */
export function withoutLeftOvers(sources: readonly Source[]): Source[] {
  const kept = new Set(sources.flatMap(({ records }) => (records?.kind === "database" ? records.sessions : [])));
  return sources.filter(({ records }) => records?.kind !== "storage" || !records.sessions.some((id) => kept.has(id)));
}
