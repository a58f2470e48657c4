// What a server knows of a session and its file does not: written as the events that were missed. What is the same in both
// is not written again, and what events have said while the server was asked is newer than its answer.

import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { LineFile } from "../store/lines.ts";
import { eventLine, readEvent, type ServerEvent, textOf, valueOf } from "./event.ts";
import type { Message } from "./server.ts";

/** What a file says last of each thing, as a fingerprint of it; parts under their messages. */
export interface Known {
  /** "" for none. */
  session: string;
  readonly things: Map<string, string>;
  readonly parts: Map<string, Set<string>>;
}

/** The same for the same content, whatever the order of its members. */
function fingerprint(value: unknown): string {
  const sorted = JSON.stringify(value, (_, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
  return createHash("sha1").update(sorted).digest("base64");
}

function note(known: Known, { type, properties }: ServerEvent): void {
  const info = valueOf(properties, "info");
  const part = valueOf(properties, "part");
  if (type === "session.created" || type === "session.updated") known.session = fingerprint(info);
  else if (type === "message.updated") {
    const id = textOf(info, "id");
    known.things.set(id, fingerprint(info));
    if (!known.parts.has(id)) known.parts.set(id, new Set());
  } else if (type === "message.part.updated") {
    const [id, message] = [textOf(part, "id"), textOf(part, "messageID")];
    known.things.set(id, fingerprint(part));
    known.parts.set(message, (known.parts.get(message) ?? new Set()).add(id));
  } else if (type === "message.part.removed") {
    known.things.delete(textOf(properties, "partID"));
    known.parts.get(textOf(properties, "messageID"))?.delete(textOf(properties, "partID"));
  } else if (type === "message.removed") {
    const id = textOf(properties, "messageID");
    for (const each of known.parts.get(id) ?? []) known.things.delete(each);
    known.things.delete(id);
    known.parts.delete(id);
  }
}

/** Reads a session's file; `told` hears each of its events. */
export function readKnown(path: string, told: (event: ServerEvent) => void = () => {}): Known {
  const known: Known = { session: "", things: new Map(), parts: new Map() };
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return known;
  const file = new LineFile(path);
  try {
    for (const { bytes } of file.lines()) {
      const event = readEvent(bytes.toString());
      if (event === undefined) continue;
      note(known, event);
      told(event);
    }
  } finally {
    file.close();
  }
  return known;
}

/** The session itself, if the file says otherwise. */
export function missedSession(known: Known, session: string, info: object): string[] {
  return fingerprint(info) === known.session ? [] : [eventLine("session.updated", { sessionID: session, info })];
}

/** Of messages the server has, what the file lacks; `seen` collects their ids. */
export function missedMessages(known: Known, session: string, messages: readonly Message[], touched: ReadonlySet<string>, seen: Set<string>): string[] {
  const lines: string[] = [];
  const isNew = (id: string, thing: unknown): boolean => !touched.has(id) && known.things.get(id) !== fingerprint(thing);
  for (const { info, parts } of messages) {
    const id = textOf(info, "id");
    seen.add(id);
    if (isNew(id, info)) lines.push(eventLine("message.updated", { sessionID: session, info }));
    const ids = new Set(parts.map((part) => textOf(part, "id")));
    for (const part of parts) if (isNew(textOf(part, "id"), part)) lines.push(eventLine("message.part.updated", { sessionID: session, part }));
    for (const partID of known.parts.get(id) ?? [])
      if (!ids.has(partID) && !touched.has(partID)) lines.push(eventLine("message.part.removed", { sessionID: session, messageID: id, partID }));
  }
  return lines;
}

/** Messages the file has and the server no longer. */
export function missedRemovals(known: Known, session: string, seen: ReadonlySet<string>, touched: ReadonlySet<string>): string[] {
  return [...known.parts.keys()]
    .filter((id) => known.things.has(id) && !seen.has(id) && !touched.has(id))
    .map((messageID) => eventLine("message.removed", { sessionID: session, messageID }));
}
