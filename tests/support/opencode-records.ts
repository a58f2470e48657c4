// Sessions of opencode made up for tests, and the places opencode keeps them in: a database in the schema of a version,
// storage folders, an export. The rows are those of the export, so that what is read back can be compared.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import sqlite, { type Database } from "node-sqlite3-wasm";

type Value = Record<string, unknown>;

export interface ExportedMessage {
  info: Value & { id: string; sessionID: string };
  parts: (Value & { id: string })[];
}

export interface Exported {
  info: Value & { id: string };
  messages: ExportedMessage[];
}

const start = 1_795_220_000_000;

/** The id opencode makes at that millisecond. */
export function idAt(prefix: string, at: number, count = 0): string {
  const hex = ((BigInt(at) * 4096n + BigInt(count)) & 0xffffffffffffn).toString(16).padStart(12, "0");
  return `${prefix}_${hex}${String(count).padStart(14, "A")}`;
}

export interface Made {
  readonly id: string;
  readonly parent?: string;
  /** Milliseconds after an instant all sessions share. */
  readonly at?: number;
  readonly turns?: number;
  readonly says?: string;
  /** The session this one is a copy of: messages have its times. */
  readonly forkOf?: number;
}

/** A session of so many turns, each a prompt, a tool's run and an answer. */
export function made({ id, parent, at = 0, turns = 1, says = "done", forkOf }: Made): Exported {
  const created = start + at;
  const messages: ExportedMessage[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const time = start + (forkOf ?? at) + 1000 + turn * 10_000;
    const ids = created + 1000 + turn * 10_000;
    const user = idAt("msg", ids);
    const answer = idAt("msg", ids, 1);
    const part = (name: string, n: number, rest: Value): Value & { id: string } => ({ id: idAt("prt", ids, n), sessionID: id, messageID: name, ...rest });
    const tokens = { total: 130, input: 100, output: 20, reasoning: 10, cache: { read: 0, write: 0 } };
    messages.push({
      info: { id: user, sessionID: id, role: "user", time: { created: time }, agent: "build", model: { providerID: "lab", modelID: "scripted" } },
      parts: [part(user, 2, { type: "text", text: `prompt ${turn} "quoted"\nof ${id}` })],
    });
    messages.push({
      info: {
        id: answer,
        sessionID: id,
        role: "assistant",
        parentID: user,
        mode: "build",
        agent: "build",
        path: { cwd: "/home/dev/project", root: "/" },
        cost: 0.001,
        tokens,
        modelID: "scripted",
        providerID: "lab",
        time: { created: time + 100, completed: time + 900 },
        finish: "stop",
      },
      parts: [
        part(answer, 3, { type: "step-start" }),
        part(answer, 4, {
          type: "tool",
          callID: `call_${turn}`,
          tool: "bash",
          state: { status: "completed", input: { command: "ls" }, output: "file\n", title: "ls", metadata: { exit: 0 }, time: { start: time + 200, end: time + 300 } },
        }),
        part(answer, 5, { type: "text", text: says, time: { start: time + 400, end: time + 800 } }),
        part(answer, 6, { type: "step-finish", reason: "stop", cost: 0.001, tokens }),
      ],
    });
  }
  return {
    info: {
      id,
      slug: "quiet-river",
      projectID: "global",
      directory: "/home/dev/project",
      ...(parent === undefined ? {} : { parentID: parent }),
      title: "A session",
      agent: "build",
      model: { id: "scripted", providerID: "lab" },
      version: "1.18.33",
      summary: { additions: 1, deletions: 0, files: 1 },
      cost: 0.001 * turns,
      tokens: { input: 100 * turns, output: 20 * turns, reasoning: 10 * turns, cache: { read: 0, write: 0 } },
      time: { created, updated: created + turns * 10_000 },
    },
    messages,
  };
}

/** What the rows of a session should be, in order. */
export const rowsOf = ({ info, messages }: Exported): unknown[] => [info, ...messages.flatMap((message) => [message.info, ...message.parts])];

const recent = `
CREATE TABLE session (id text PRIMARY KEY, project_id text NOT NULL, workspace_id text, parent_id text, slug text NOT NULL, directory text NOT NULL, path text, title text NOT NULL, version text NOT NULL, share_url text, summary_additions integer, summary_deletions integer, summary_files integer, summary_diffs text, metadata text, cost real DEFAULT 0 NOT NULL, tokens_input integer DEFAULT 0 NOT NULL, tokens_output integer DEFAULT 0 NOT NULL, tokens_reasoning integer DEFAULT 0 NOT NULL, tokens_cache_read integer DEFAULT 0 NOT NULL, tokens_cache_write integer DEFAULT 0 NOT NULL, revert text, permission text, agent text, model text, time_created integer NOT NULL, time_updated integer NOT NULL, time_compacting integer, time_archived integer);
CREATE TABLE message (id text PRIMARY KEY, session_id text NOT NULL, time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);
CREATE TABLE part (id text PRIMARY KEY, message_id text NOT NULL, session_id text NOT NULL, time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);
CREATE INDEX part_message_id_id_idx ON part (message_id, id);
CREATE TABLE credential (id text PRIMARY KEY, label text, value text);
INSERT INTO credential VALUES ('1', 'key', 'a-secret-of-somebody');
CREATE TABLE session_share (session_id text PRIMARY KEY, id text, secret text, url text);
INSERT INTO session_share VALUES ('1', '1', 'a-secret-of-somebody', '');`;
/** Without what later versions added, and with a column none of them has. */
const older = `
CREATE TABLE session (id text PRIMARY KEY, parent_id text, directory text NOT NULL, title text NOT NULL, version text NOT NULL, mood text, time_created integer NOT NULL, time_updated integer NOT NULL);
CREATE TABLE message (id text PRIMARY KEY, session_id text NOT NULL, data text NOT NULL);
CREATE TABLE part (id text PRIMARY KEY, message_id text NOT NULL, data text NOT NULL);`;

/** Columns of the older schema and what they are in an export. */
export const olderKeys = ["id", "parentID", "directory", "title", "version", "time"];

function columnsOf({ info }: Exported): Value {
  const { summary, tokens, time, model } = info as unknown as Record<"summary" | "tokens" | "time" | "model", Value>;
  const cache = tokens["cache"] as Value;
  return {
    id: info.id,
    project_id: info["projectID"],
    parent_id: info["parentID"] ?? null,
    slug: info["slug"],
    directory: info["directory"],
    title: info["title"],
    version: info["version"],
    summary_additions: summary["additions"],
    summary_deletions: summary["deletions"],
    summary_files: summary["files"],
    cost: info["cost"],
    tokens_input: tokens["input"],
    tokens_output: tokens["output"],
    tokens_reasoning: tokens["reasoning"],
    tokens_cache_read: cache["read"],
    tokens_cache_write: cache["write"],
    agent: info["agent"],
    model: JSON.stringify(model),
    time_created: time["created"],
    time_updated: time["updated"],
  };
}

/** Adds what the table has columns for. */
function insert(database: Database, table: string, values: Value): void {
  const columns = new Set(database.all(`PRAGMA table_info(${table})`).map(({ name }) => String(name)));
  const entries = Object.entries(values).filter(([name]) => columns.has(name));
  const names = entries.map(([name]) => name).join(", ");
  const places = entries.map(() => "?").join(", ");
  database.run(`INSERT OR REPLACE INTO ${table} (${names}) VALUES (${places})`, entries.map(([, value]) => value as string));
}

export function addSession(database: Database, session: Exported): void {
  insert(database, "session", columnsOf(session));
  for (const { info, parts } of session.messages) {
    const { id, sessionID, ...data } = info;
    const times = { time_created: 1, time_updated: 1 };
    insert(database, "message", { id, session_id: sessionID, ...times, data: JSON.stringify(data) });
    for (const { id: partId, sessionID: _, messageID: __, ...rest } of parts) {
      insert(database, "part", { id: partId, message_id: id, session_id: sessionID, ...times, data: JSON.stringify(rest) });
    }
  }
}

/** Opens a new database that writes ahead, as opencode's does; to be closed by the caller. */
export function openDatabase(path: string, schema: "recent" | "older" = "recent"): Database {
  mkdirSync(dirname(path), { recursive: true });
  const database = new sqlite.Database(path);
  database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
  database.exec(schema === "recent" ? recent : older);
  return database;
}

export function writeDatabase(path: string, sessions: readonly Exported[], schema: "recent" | "older" = "recent"): void {
  const database = openDatabase(path, schema);
  for (const session of sessions) addSession(database, session);
  database.close();
}

function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(value));
}

/** The folders before there was a database; the older ones lie below a project's folder. */
export function writeStorage(storage: string, { info, messages }: Exported, isOld = false): void {
  const session = join(storage, "session");
  writeJson(isOld ? join(session, "info", `${info.id}.json`) : join(session, "global", `${info.id}.json`), info);
  for (const { info: message, parts } of messages) {
    const top = isOld ? session : storage;
    // Ids that stand in the path may be missing.
    const { id, sessionID, ...rest } = message;
    writeJson(join(top, "message", sessionID, `${id}.json`), isOld ? rest : message);
    for (const part of parts) writeJson(isOld ? join(top, "part", sessionID, id, `${part.id}.json`) : join(top, "part", id, `${part.id}.json`), part);
  }
}
