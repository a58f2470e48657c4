// What the first 64 KiB of a file say: whether it is a session at all (or what hooks were told of one), whose, and which rows
// and sessions it names.
// Enough to know what belongs together; the core reads the rest and judges each row.
//
// Keys are searched as bytes, not parsed, because a folder may hold thousands of sessions. A key inside a tool's output
// can at worst bring two sessions into one family. Patterns begin with a capital, which is rare in text: a search for
// them runs several times faster than one for a quote.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { systemWord } from "./document.ts";
import { judgeOpencode } from "./opencode/head.ts";

export const HEAD_BYTES = 65536;
/** Of a sub-agent only its session is wanted, and that stands in its first row. */
const AGENT_BYTES = 8192;

export interface Head {
  /** `database` and `storage` hold sessions as records (opencode/records.ts), if any. */
  readonly kind: "transcript" | "agent" | "journal" | "database" | "storage" | "empty" | "other";
  /** Every session id its rows name, in order; the first is its own. */
  readonly sessions: readonly string[];
  /** Ids of rows it holds or continues: a fork or a resumed copy shares them with its origin; of old clients ids of responses, too. */
  readonly rows: readonly string[];
  readonly team: string;
  /** A member of that team, not its lead. */
  readonly member: boolean;
  /** As written, the first there is. */
  readonly timestamp: string;
  /** Of opencode's files only: whether rows that the head does not hold may name any other session. */
  readonly goesOn?: boolean;
}

/** What came of reading a head: what it says, or the system's word for why it cannot be read. Plain data, as Head is. */
export type HeadRead = (Head & { readonly size: number }) | { readonly unreadable: string };

/** Records of a session that carry neither session id nor row id. */
const bareRecords = new Set(["summary", "file-history-snapshot", "file-history-delta", "fork-context-ref"]);
const sqlite = "SQLite format 3\0";
const nothing: Head = { kind: "other", sessions: [], rows: [], team: "", member: false, timestamp: "" };
const buffer = Buffer.allocUnsafeSlow(HEAD_BYTES);

/** A key whose value is a short string: where to look, and what must stand before the part that is looked for. */
class Key {
  readonly #before: string;
  readonly #patterns: readonly Buffer[];

  constructor(before: string, part: string) {
    this.#before = `"${before}`;
    // Clients write compact JSON; some publish it with a space after the colon.
    this.#patterns = [Buffer.from(`${part}":"`), Buffer.from(`${part}":"`.replaceAll('":', '": '))];
  }

  values(bytes: Buffer, spaced: boolean, most = Infinity): string[] {
    const pattern = this.#patterns[Number(spaced)] as Buffer;
    const found: string[] = [];
    for (let at = bytes.indexOf(pattern); at >= 0 && found.length < most; at = bytes.indexOf(pattern, at)) {
      const before = bytes.toString("latin1", Math.max(0, at - this.#before.length), at);
      at += pattern.length;
      if (before !== this.#before) continue;
      const end = bytes.indexOf(0x22, at);
      if (end < 0) break;
      if (end > at && end - at <= 128) found.push(bytes.toString("latin1", at, end));
    }
    return found;
  }
}

const sessionKey = new Key("session", "Id");
const parentKey = new Key("parent", "Uuid");
const rowKey = new Key("", "uuid");
const versionKey = new Key("", "version");
const responseKey = new Key("", 'message":{"id');
const teamKey = new Key("team", "Name");
const memberKey = new Key("agent", "Name");
const agentKey = new Key("agent", "Id");
const timeKey = new Key("", "timestamp");

function isRecord(row: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch {
    return false;
  }
  if (typeof value !== "object" || value === null) return false;
  const { type, sessionId, uuid, parentUuid } = value as Record<string, unknown>;
  if (typeof type !== "string") return false;
  return (
    typeof sessionId === "string" || (typeof uuid === "string" && parentUuid !== undefined) || bareRecords.has(type)
  );
}

/** The first row of a session, or nothing; a row that does not end within the head is judged by its keys. */
function sessionRow(bytes: Buffer, whole: boolean): string | undefined {
  for (let from = 0; from < bytes.length;) {
    const newline = bytes.indexOf(10, from);
    const end = newline < 0 ? bytes.length : newline;
    // One byte a character: quick, and every key and id is ASCII.
    const row = bytes.toString("latin1", from, end);
    if (newline < 0 && !whole) {
      return row.trimStart().startsWith("{") && /"(?:sessionId|parentUuid)"\s*:/.test(row) ? row : undefined;
    }
    if (isRecord(row)) return row;
    from = end + 1;
  }
  return undefined;
}

/** Ids of responses: all that a resumed copy shares with its origin, where the client gave rows new ids (before 1.0.90). */
function responsesIn(bytes: Buffer, spaced: boolean): string[] {
  return /^[01]\./.test(versionKey.values(bytes, spaced, 1)[0] ?? "") ? responseKey.values(bytes, spaced) : [];
}

/** Judges the first bytes of a file; `whole` says that there are no more. */
export function judge(name: string, head: Buffer, whole: boolean): Head {
  const bytes = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? head.subarray(3) : head;
  if (bytes.toString("latin1", 0, sqlite.length) === sqlite) return { ...nothing, kind: "database" };
  const row = sessionRow(bytes, whole);
  if (row === undefined) {
    if (whole && bytes.toString("latin1").trim() === "") return { ...nothing, kind: "empty" };
    return judgeOpencode(bytes, whole) ?? nothing;
  }
  const spaced = !row.includes('"type":"');
  if (/^\s*\{\s*"type"\s*:\s*"spanloom-hook"/.test(row)) {
    // What it quotes of the client's is nobody's.
    return { ...nothing, kind: "journal", sessions: sessionKey.values(bytes, spaced, 1), timestamp: timeKey.values(bytes, spaced, 1)[0] ?? "" };
  }
  const side = bytes.indexOf('Sidechain":');
  const isSide =
    side < 0
      ? undefined
      : bytes
          .toString("latin1", side + 11, side + 16)
          .trimStart()
          .startsWith("true");
  const isAgent = isSide === undefined ? /^agent-/.test(name) : isSide && agentKey.values(bytes, spaced, 1).length > 0;
  const team = isAgent ? "" : (teamKey.values(bytes, spaced, 1)[0] ?? "");
  const sessions = sessionKey.values(bytes, spaced, isAgent ? 1 : Infinity);
  return {
    kind: isAgent ? "agent" : "transcript",
    sessions: sessions.length > 1 ? [...new Set(sessions)] : sessions,
    // Rows name the row before them, so parents are the ids of nearly all rows; the first rows may have no child yet.
    rows: isAgent ? [] : [...rowKey.values(bytes, spaced, 2), ...parentKey.values(bytes, spaced), ...responsesIn(bytes, spaced)],
    team,
    member: team !== "" && memberKey.values(bytes, spaced, 1).length > 0,
    timestamp: timeKey.values(bytes, spaced, 1)[0] ?? "",
  };
}

function fill(descriptor: number, from: number, to: number): number {
  let length = from;
  while (length < to) {
    const read = readSync(descriptor, buffer, length, to - length, length);
    if (read === 0) break;
    length += read;
  }
  return length;
}

/** Reads and judges the head of a file; answers its size, too. Throws what the system throws. */
export function readHead(path: string, descriptor?: number): Head & { size: number } {
  const fd = descriptor ?? openSync(path, "r");
  const name = basename(path);
  try {
    const stat = fstatSync(fd);
    const { size } = stat;
    if (stat.isDirectory()) return { ...nothing, kind: "storage", size };
    let length = 0;
    if (name.startsWith("agent-") && size > AGENT_BYTES) {
      length = fill(fd, 0, AGENT_BYTES);
      const head = judge(name, buffer.subarray(0, length), false);
      if (head.kind === "agent" && head.sessions.length > 0 && head.timestamp !== "") return { ...head, size };
    }
    const most = Math.min(size, HEAD_BYTES);
    length = fill(fd, length, most);
    return { ...judge(name, buffer.subarray(0, length), length >= size || length < most), size };
  } finally {
    if (descriptor === undefined) closeSync(fd);
  }
}

/** Reads and judges the head of a file. */
export function tryHead(path: string): HeadRead {
  try {
    return readHead(path);
  } catch (error) {
    return { unreadable: systemWord(error) };
  }
}
