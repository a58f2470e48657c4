// What a hook is told, cut to a bounded size. Of a payload that is not whole only the strings at its beginning are
// taken: the client writes whose session it is, where and which event before anything long.

import { parseObject } from "../state/files.ts";

export interface Payload {
  readonly event: string;
  readonly session: string;
  readonly transcript: string;
  readonly cwd: string;
  /** Everything else, cut. */
  readonly rest: Readonly<Record<string, unknown>>;
}

/** A string of this length may be the beginning of a longer one. */
export const mostOfString = 4096;
const mostTogether = 32768;
const mostDepth = 8;
const ownKeys = new Set(["session_id", "transcript_path", "cwd", "hook_event_name"]);

/** Where the string ends whose first quote stands at `from`: after its last one, or -1. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  return -1;
}

/** The members of an object that are strings, in text that may end anywhere. */
function stringsAtBeginning(text: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  let depth = 0;
  let key: string | undefined;
  let isValue = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") depth--;
    else if (char === '"') {
      const end = endOfString(text, at);
      if (end < 0) break;
      const whole = text.slice(at, end);
      if (depth === 1 && !isValue) key = whole;
      else if (depth === 1) Object.assign(found, parseObject(`{${key}:${whole}}`));
      at = end - 1;
    } else if (depth === 1 && char === ":") isValue = true;
    else if (depth === 1 && char === ",") isValue = false;
  }
  return found;
}

/** A copy whose strings, and all of it together, are bounded; what no longer fits is left out. */
function cut(value: unknown, left: { room: number }, depth = 0): unknown {
  if (typeof value === "string") {
    let length = Math.min(value.length, mostOfString, Math.max(left.room, 0));
    // Not between the halves of a character.
    if (length < value.length && /[\ud800-\udbff]/.test(value.charAt(length - 1))) length--;
    left.room -= length;
    return value.slice(0, length);
  }
  left.room -= 8;
  if (typeof value !== "object" || value === null) return value;
  if (left.room <= 0 || depth >= mostDepth) return null;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) {
      if (left.room <= 0) break;
      items.push(cut(item, left, depth + 1));
    }
    return items;
  }
  const members: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    left.room -= name.length;
    if (left.room <= 0) break;
    Object.defineProperty(members, name, { value: cut(member, left, depth + 1), enumerable: true });
  }
  return members;
}

const wordOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** What the payload says; nothing if it is no object. */
export function readPayload(text: string): Payload | undefined {
  const value = parseObject(text) ?? (text.trimStart().startsWith("{") ? stringsAtBeginning(text) : undefined);
  if (value === undefined) return undefined;
  const rest = Object.fromEntries(Object.entries(value).filter(([key]) => !ownKeys.has(key)));
  return {
    event: wordOf(value.hook_event_name),
    session: wordOf(value.session_id),
    transcript: wordOf(value.transcript_path),
    cwd: wordOf(value.cwd),
    rest: cut(rest, { room: mostTogether }) as Record<string, unknown>,
  };
}
