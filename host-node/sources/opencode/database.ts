// opencode's database: sessions listed and written out as events. It reads three tables and no other, because some hold
// secrets, and names columns that are there, because each version has others.

import type { Database } from "node-sqlite3-wasm";
import type { RecordedSession } from "./records.ts";
import { type EventWriter, joined } from "./rows.ts";

type Row = Readonly<Record<string, unknown>>;
type Table = "session" | "message" | "part";

/** The columns of a table; none if there is no such table. */
function columnsOf(database: Database, table: Table): Set<string> {
  return new Set((database.all(`PRAGMA table_info(${table})`) as Row[]).map(({ name }) => String(name)));
}

const needed: Readonly<Record<Table, readonly string[]>> = {
  session: ["id"],
  message: ["id", "session_id", "data"],
  part: ["id", "message_id", "data"],
};

export function isOpencode(database: Database): boolean {
  return (Object.keys(needed) as Table[]).every((table) => {
    const columns = columnsOf(database, table);
    return needed[table].every((column) => columns.has(column));
  });
}

/** Of the columns of the export those that this database has. */
const sessionColumns = [
  "id",
  "slug",
  "project_id",
  "workspace_id",
  "directory",
  "path",
  "parent_id",
  "title",
  "agent",
  "model",
  "version",
  "summary_additions",
  "summary_deletions",
  "summary_files",
  "summary_diffs",
  "cost",
  "tokens_input",
  "tokens_output",
  "tokens_reasoning",
  "tokens_cache_read",
  "tokens_cache_write",
  "metadata",
  "revert",
  "permission",
  "time_created",
  "time_updated",
  "time_compacting",
  "time_archived",
];

function* rowsOf(database: Database, sql: string, values: string[]): Generator<Row> {
  const statement = database.prepare(sql);
  try {
    yield* statement.iterate(values) as Iterable<Row>;
  } finally {
    statement.finalize();
  }
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number => (typeof value === "number" || typeof value === "bigint" ? Number(value) : 0);

/** The time a message says it was made. */
function madeAt(data: unknown): number {
  try {
    return number((JSON.parse(text(data)) as { time?: { created?: unknown } }).time?.created);
  } catch {
    return 0;
  }
}

export function listDatabase(database: Database): RecordedSession[] {
  const columns = columnsOf(database, "session");
  const wanted = ["id", "parent_id", "directory", "time_created", "time_updated"].filter((column) => columns.has(column));
  const messages = new Map<string, number>();
  const counts = "SELECT session_id AS id, COUNT(*) AS count FROM message GROUP BY session_id";
  for (const row of rowsOf(database, counts, [])) messages.set(text(row["id"]), number(row["count"]));
  const pragma = (name: string): number => number((database.get(`PRAGMA ${name}`) as Row | null)?.[name]);
  const all = [...messages.values()].reduce((sum, count) => sum + count, 0);
  const share = (pragma("page_count") * pragma("page_size")) / Math.max(all, 1);
  const first = database.prepare("SELECT data FROM message WHERE session_id = ? ORDER BY id LIMIT 1");
  try {
    return [...rowsOf(database, `SELECT ${wanted.join(", ")} FROM session ORDER BY id`, [])].map((row) => {
      const id = text(row["id"]);
      const created = number(row["time_created"]);
      return {
        id,
        parent: text(row["parent_id"]),
        directory: text(row["directory"]),
        firstMessage: madeAt((first.get([id]) as Row | null)?.["data"]),
        created,
        updated: number(row["time_updated"]) || created,
        // Adding up what its rows hold would take as long as reading them.
        bytes: Math.round((messages.get(id) ?? 0) * share),
      };
    });
  } finally {
    first.finalize();
  }
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string" || value === "") return undefined;
  try {
    return JSON.parse(value);
  } catch {
    // An older version kept some of them as plain words.
    return value;
  }
}

/** Without what is absent; nothing if that is all. */
function present(object: Row): Row | undefined {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined && value !== null);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The session as an export has it. */
export function sessionOf(row: Row): object {
  const tokens = present({ input: row["tokens_input"], output: row["tokens_output"], reasoning: row["tokens_reasoning"] });
  const cache = present({ read: row["tokens_cache_read"], write: row["tokens_cache_write"] });
  const info = present({
    id: row["id"],
    slug: row["slug"],
    projectID: row["project_id"],
    workspaceID: row["workspace_id"],
    directory: row["directory"],
    path: row["path"],
    parentID: row["parent_id"],
    title: row["title"],
    agent: row["agent"],
    model: parsed(row["model"]),
    version: row["version"],
    summary: present({
      additions: row["summary_additions"],
      deletions: row["summary_deletions"],
      files: row["summary_files"],
      diffs: parsed(row["summary_diffs"]),
    }),
    cost: row["cost"],
    tokens: tokens && present({ ...tokens, cache }),
    metadata: parsed(row["metadata"]),
    revert: parsed(row["revert"]),
    permission: parsed(row["permission"]),
    time: present({
      created: row["time_created"],
      updated: row["time_updated"],
      compacting: row["time_compacting"],
      archived: row["time_archived"],
    }),
  });
  return info ?? {};
}

/** One session: itself, then its messages, each with its parts behind it. One row is in memory at a time. */
export function writeDatabaseSession(database: Database, session: string, writer: EventWriter): void {
  const columns = columnsOf(database, "session");
  const wanted = sessionColumns.filter((column) => columns.has(column)).join(", ");
  const row = database.get(`SELECT ${wanted} FROM session WHERE id = ?`, [session]) as Row | null;
  // Deleted since it was listed.
  if (row === null) return;
  writer.session(sessionOf(row));
  for (const message of rowsOf(database, "SELECT id, data FROM message WHERE session_id = ? ORDER BY id", [session])) {
    const messageID = text(message["id"]);
    writer.message(joined({ id: messageID, sessionID: session }, text(message["data"])));
    for (const part of rowsOf(database, "SELECT id, data FROM part WHERE message_id = ? ORDER BY id", [messageID])) {
      writer.part(joined({ id: text(part["id"]), sessionID: session, messageID }, text(part["data"])));
    }
  }
}
