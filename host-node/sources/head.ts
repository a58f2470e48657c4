// What the first 64 KiB of a file say: whether it is a session at all, whose, and which rows and sessions it names.
// Enough to know what belongs together; the core reads the rest and judges each row.
//
// Keys are searched as bytes, not parsed: a folder may hold thousands of sessions, and each key a client writes stands
// in its rows as it does here. A key inside a tool's output can at worst bring two sessions into one family.

import { closeSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";

export const HEAD_BYTES = 65536;

export interface Head {
  readonly kind: "transcript" | "agent" | "empty" | "other";
  /** Every session id its rows name, in order; the first is its own. */
  readonly sessions: readonly string[];
  /** Ids of its rows: a fork or a resumed copy shares them with its origin. */
  readonly rows: readonly string[];
  readonly team: string;
  /** As written, the first there is. */
  readonly timestamp: string;
}

/** Records of a session that carry neither session id nor row id. */
const bareRecords = new Set(["summary", "file-history-snapshot", "file-history-delta", "fork-context-ref"]);
const buffer = Buffer.allocUnsafe(HEAD_BYTES);
const nothing: Head = { kind: "other", sessions: [], rows: [], team: "", timestamp: "" };

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
  return typeof sessionId === "string" || (typeof uuid === "string" && parentUuid !== undefined) || bareRecords.has(type);
}

/** True if any row is one of a session's; a row that does not end within the head is judged by its keys. */
function isSession(text: string, whole: boolean): boolean {
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf("\n", from);
    if (newline < 0 && !whole) {
      const start = text.slice(from, from + 64).trimStart();
      return start.startsWith("{") && /"(?:sessionId|parentUuid)"\s*:/.test(text.slice(from));
    }
    const end = newline < 0 ? text.length : newline;
    if (isRecord(text.slice(from, end))) return true;
    from = end + 1;
  }
  return false;
}

/** Every value of a key whose values are short plain strings. */
function values(text: string, key: string, colon: string, most = Infinity): string[] {
  const found: string[] = [];
  const pattern = `"${key}"${colon}"`;
  for (let at = text.indexOf(pattern); at >= 0 && found.length < most; at = text.indexOf(pattern, at)) {
    at += pattern.length;
    const end = text.indexOf('"', at);
    if (end < 0) break;
    if (end > at && end - at <= 128) found.push(text.slice(at, end));
  }
  return found;
}

/** Judges the first bytes of a file; `whole` says that there are no more. */
export function judge(name: string, bytes: Buffer, whole: boolean): Head {
  const bom = bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  // One byte a character: quick, and every key and id is ASCII.
  const text = bytes.toString("latin1", bom);
  if (whole && text.trim() === "") return { ...nothing, kind: "empty" };
  if (!isSession(text, whole)) return nothing;
  // Clients write compact JSON; some publish it with a space after the colon.
  const colon = text.includes('"type":"') ? ":" : ": ";
  const sidechain = text.indexOf(`"isSidechain"${colon}`);
  const isSidechain = sidechain < 0 ? undefined : text.startsWith("true", sidechain + 13 + colon.length);
  const isAgent = isSidechain === undefined ? /^agent-/.test(name) : isSidechain && text.includes(`"agentId"${colon}"`);
  return {
    kind: isAgent ? "agent" : "transcript",
    sessions: [...new Set(values(text, "sessionId", colon))],
    rows: values(text, "uuid", colon),
    team: values(text, "teamName", colon, 1)[0] ?? "",
    timestamp: values(text, "timestamp", colon, 1)[0] ?? "",
  };
}

/** Reads and judges the head of a file. Throws what the system throws. */
export function readHead(path: string, size: number, descriptor?: number): Head {
  const fd = descriptor ?? openSync(path, "r");
  try {
    let length = 0;
    while (length < HEAD_BYTES) {
      const read = readSync(fd, buffer, length, HEAD_BYTES - length, length);
      if (read === 0) break;
      length += read;
      if (length >= size) break;
    }
    return judge(basename(path), buffer.subarray(0, length), length >= size || length < HEAD_BYTES);
  } finally {
    if (descriptor === undefined) closeSync(fd);
  }
}
