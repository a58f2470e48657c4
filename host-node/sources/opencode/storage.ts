// The folders older versions of opencode kept their sessions in: a JSON file for each session, message and part. Two
// layouts are known, told apart by their folders' names:
//
//   storage/session/<project>/<session>.json, storage/message/<session>/<message>.json, storage/part/<message>/<part>.json
//   project/<directory>/storage/session/{info/<session>.json, message/<session>/<message>.json, part/<session>/<message>/<part>.json}
//
// Files were written in place, so one that is empty or torn was being written: it is left out. Ids that a file lacks are
// those of its path.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { RecordedSession } from "./records.ts";
import type { EventWriter } from "./rows.ts";

type Content = Readonly<Record<string, unknown>>;

/** The names in a folder, sorted; none if there is no such folder. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

const ending = ".json";
const recordsIn = (folder: string): string[] => namesIn(folder).filter((name) => name.endsWith(ending));
const idOf = (name: string): string => basename(name, ending);

function contentOf(path: string): Content | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Content) : undefined;
  } catch {
    return undefined;
  }
}

interface Layout {
  /** Where the sessions' own files lie, each by its id. */
  readonly sessions: Map<string, string>;
  readonly messages: (session: string) => string;
  readonly parts: (session: string, message: string) => string;
}

function layoutOf(storage: string): Layout {
  const session = join(storage, "session");
  const info = join(session, "info");
  const isOld = statSync(info, { throwIfNoEntry: false })?.isDirectory() === true;
  const folders = isOld ? [info] : namesIn(session).map((project) => join(session, project));
  const files = folders.flatMap((folder) => recordsIn(folder).map((name) => [idOf(name), join(folder, name)] as const));
  const top = isOld ? session : storage;
  return {
    sessions: new Map(files),
    messages: (id) => join(top, "message", id),
    parts: (id, message) => (isOld ? join(top, "part", id, message) : join(top, "part", message)),
  };
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number => (typeof value === "number" ? value : 0);
const timeOf = (content: Content | undefined): Content => (content?.["time"] ?? {}) as Content;

export function listStorage(storage: string): RecordedSession[] {
  const layout = layoutOf(storage);
  return [...layout.sessions].flatMap(([id, path]) => {
    const info = contentOf(path);
    if (info === undefined) return [];
    const folder = layout.messages(id);
    const messages = recordsIn(folder);
    const first = messages[0] === undefined ? undefined : contentOf(join(folder, messages[0]));
    const { created, updated } = timeOf(info);
    return {
      id,
      parent: text(info["parentID"]),
      directory: text(info["directory"]),
      firstMessage: number(timeOf(first)["created"]),
      created: number(created),
      updated: number(updated) || number(created),
      // Looking at each part would take as long as reading them.
      bytes: messages.length * 4096,
    };
  });
}

/** One session: itself, then its messages, each with its parts behind it. */
export function writeStorageSession(storage: string, session: string, writer: EventWriter): void {
  const layout = layoutOf(storage);
  const info = contentOf(layout.sessions.get(session) ?? "");
  if (info === undefined) return;
  writer.session({ id: session, ...info });
  const folder = layout.messages(session);
  for (const name of recordsIn(folder)) {
    const message = contentOf(join(folder, name));
    if (message === undefined) continue;
    const messageID = idOf(name);
    writer.message(JSON.stringify({ id: messageID, sessionID: session, ...message }));
    const parts = layout.parts(session, messageID);
    for (const part of recordsIn(parts)) {
      const content = contentOf(join(parts, part));
      if (content !== undefined) writer.part(JSON.stringify({ id: idOf(part), sessionID: session, messageID, ...content }));
    }
  }
}
