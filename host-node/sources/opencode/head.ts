// Judges whether the first bytes of a file are opencode's: a stream of events in one of its envelopes, as SSE, lines or an
// array, or an export. Of what it names only sessions and their parents are wanted, and what tells a fork; the core
// reads the rest and judges each row.

import type { Head } from "../head.ts";

/** Keys whose values are ids of sessions, in every envelope; a message's parent is a message, and begins otherwise. */
const sessionKeys = /"(?:sessionID|aggregateID|aggregate_id|session_id)"\s*:\s*"([\w-]{1,128})"/g;
const ownIds = /"(?:id|parentID|parent_id|sessionId)"\s*:\s*"(ses_[\w-]{1,128})"/g;
const created = /"created"\s*:\s*(\d{12,14})\b/;
const events = /^(?:session|message|server|permission|question|todo|global|project|plugin|catalog|file|lsp|vcs|installation|custom|spanloom|command)\.[a-z]/;
const printed = /^(?:step_start|step_finish|text|reasoning|tool_use|error)$/;
const shared = /^(?:session|message|part|session_diff|model)$/;
/** An export begins with its session, perhaps after a line of progress. */
const exported = /^(?:[^{\n]*\n)?\s*\{\s*"info"\s*:\s*\{/;

type Row = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Row => typeof value === "object" && value !== null && !Array.isArray(value);

/** What an envelope is about, judged by its keys. */
function isEvent(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { type, properties, payload, sessionID, data, aggregate_id: aggregate } = value;
  if (isObject(payload)) return payload["type"] === "sync" || isEvent(payload);
  if (typeof type !== "string") return false;
  if (isObject(properties)) return events.test(type);
  if (typeof sessionID === "string") return printed.test(type);
  if (typeof aggregate === "string") return events.test(type);
  return isObject(data) && (shared.test(type) || events.test(type));
}

/** A row that does not end within the head is judged by its beginning. */
const begun = /^\{(?:"id"\s*:\s*"[\w-]*"\s*,\s*)?(?:"type"\s*:\s*"(?:session|message)\.|"directory"\s*:\s*"[^"]*"[^{}]*"payload"\s*:\s*\{)/;

function isRow(row: string, isWhole: boolean): boolean {
  if (!row.startsWith("{")) return false;
  try {
    return isEvent(JSON.parse(row));
  } catch {
    return !isWhole && begun.test(row);
  }
}

/** Whether one of the first rows is an event. */
function isStream(text: string, isWhole: boolean): boolean {
  const lines = text.split(/\r\n|\n|\r/);
  return lines.some((line, index) => {
    const row = line.replace(/^data:\s*|^\s+/, "").replace(/,?\s*$/, "");
    return isRow(row, isWhole || index < lines.length - 1);
  });
}

/** An array begins with an event; its objects may go over several lines. */
function isArray(text: string): boolean {
  const first = /^\s*\[\s*\{[^{}]*"type"\s*:\s*"([^"]*)"/.exec(text)?.[1];
  return first !== undefined && (events.test(first) || shared.test(first) || printed.test(first));
}

/** SSE may cut an event over several `data:` lines. */
function isCut(text: string): boolean {
  const first = /^(?:(?:event|id|retry):.*\r?\n|:.*\r?\n|\s*\r?\n)*((?:data:.*\r?\n?)+)/.exec(text)?.[1];
  if (first === undefined) return false;
  return isRow(first.replace(/^data: ?|\r/gm, "").trim(), false);
}

/** What these bytes say, or nothing if they are none of opencode's. */
export function judgeOpencode(bytes: Buffer, isWhole: boolean): Head | undefined {
  const text = bytes.toString("latin1");
  if (!exported.test(text) && !isArray(text) && !isStream(text, isWhole) && !isCut(text)) return undefined;
  const sessions = sessionsNamed(text);
  const isExport = exported.test(text);
  if (isExport && sessions.length === 0) return undefined;
  const first = isExport ? /"messages"\s*:\s*\[[^]*?"created"\s*:\s*(\d{12,14})\b/.exec(text)?.[1] : undefined;
  return {
    kind: "transcript",
    sessions: [...new Set(sessions)],
    rows: first === undefined ? [] : [forkKey(Number(first))],
    team: "",
    member: false,
    timestamp: isoTime(Number(created.exec(text)?.[1] ?? 0)),
    goesOn: !isWhole,
  };
}

/** The sessions these bytes name; cut anywhere, they may name fewer. */
export function sessionsNamed(text: string): string[] {
  return [...text.matchAll(ownIds), ...text.matchAll(sessionKeys)].map((match) => match[1] as string);
}

/** A fork's first message was made when that of its origin was, to the millisecond: a row they share. */
export function forkKey(firstMessage: number): string {
  return `opencode ${firstMessage}`;
}

export function isoTime(milliseconds: number): string {
  return milliseconds > 0 ? new Date(milliseconds).toISOString() : "";
}
