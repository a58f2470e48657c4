// What the rows of the record amount to: turns and sub-agents, responses, calls, and what happened, put together by assemble.ts
// and settle.ts. Knows no client.

import { Map64 } from "../bytes/map";
import { stringHash } from "../bytes/strings";
import { Table } from "../bytes/table";
import { EVENT_PERMISSION_REQUEST } from "../abi/layout";
import { Part, ROW_PROGRESS, clearRecord, rows, strands, tolds } from "./record";

export const SCOPE_TURN: u32 = 1;
export const SCOPE_AGENT: u32 = 2;

export { JOIN_NAME, JOIN_NONE, JOIN_ORPHAN, JOIN_PROMPT, JOIN_RESULT, JOIN_TOOL_USE, JOIN_TYPE, JOIN_WORKFLOW, ORIGIN_NOTIFICATION, ORIGIN_PERSON, ORIGIN_SYNTHETIC, ORIGIN_UNPROMPTED } from "../abi/layout";

/** A turn, or a sub-agent: who asks the model and calls tools. */
@unmanaged
export class Scope {
  kind: u32;
  flags: u32;
  /** First row of evidence + 1; of an agent its first used row. */
  row: u32;
  /** First and last row of the prompt, + 1; of an agent the first row, if that is a prompt. */
  prompt: u32;
  promptEnd: u32;
  identity: u32;
  origin: u32;
  index: u32;
  // --- of a sub-agent
  agent: u32;
  session: u32;
  /** A member's name, from its rows. */
  name: u32;
  type: u32;
  /** Member + 1. */
  member: u32;
  /** Hash of the call that its first row of progress names, or its strand, and how that is known (JOIN_*, 0 for the usual way). */
  spawner: u64;
  how: u32;
  /** Kind of agent, by its strand. */
  told: u32;
  run: u32;
  /** Call + 1 that began the run, beside which it stands. */
  host: u32;
  /** Rows read that are no copies. */
  rows: u32;
  /** Scope + 1 of the agent at whose rows its transcript begins. */
  continues: u32;
  /** Scope + 1 that stands for it: several transcripts may be one agent. */
  leader: u32;
  /** Call + 1 that spawned it, and how that is known. */
  call: u32;
  join: u32;
  // --- what it did
  /** Row + 1 of the last thing it did, and of the last API error. */
  last: u32;
  failure: u32;
  lastResponse: u32;
  provider: u32;
  chats: u32;
  firstItem: u32;
  lastItem: u32;
  firstEvent: u32;
  lastEvent: u32;
  /** Compactions recorded behind its end that went to another turn: row + 1, chained by Row.next. */
  passedOn: u32;
  input: i64;
  output: i64;
  /** -1 if nothing says what it cost. */
  cost: i64;
  /** When its last response, result, interrupt or error was; NO_TIME if there was none. */
  lastTime: i64;
  /** When the last input of the next response was there; NO_TIME if there was none. */
  lastInput: i64;
}

export const SCOPE_INTERRUPTED: u32 = 1;
export const SCOPE_MIXED_PROVIDERS: u32 = 2;
export const SCOPE_ALONE: u32 = 8; // a turn that is there for a sub-agent only
export const SCOPE_TOLD: u32 = 32; // progress told of it
export const SCOPE_UNDER_WAY: u32 = 64; // its last prompt is
export const SCOPE_OWN_SESSION: u32 = 16; // the member of a team, with a session of its own
export const SCOPE_COMPOSED: u32 = 128; // its dialect looked for the call that spawned it

@unmanaged
export class Response {
  id: u32;
  scope: u32;
  model: u32;
  stop: u32;
  provider: u32;
  flags: u32;
  /** First and last row + 1, chained by Row.next. */
  row: u32;
  lastRow: u32;
  /** Calls it made, known or not. */
  made: u32;
  hasUsage: u32;
  uncached: i64;
  output: i64;
  cacheRead: i64;
  cacheWrite: i64;
  reasoning: i64;
  cost: i64;
  start: i64;
  end: i64;
}

export const RESPONSE_COMPACTED: u32 = 1;
export const RESPONSE_INFERRED_TIME: u32 = 2;

@unmanaged
export class Call {
  id: u32;
  name: u32;
  scope: u32;
  row: u32;
  part: u32;
  /** Row and part of its result, + 1. */
  resultRow: u32;
  result: u32;
  /** Scope + 1 of the agent it spawned. */
  agent: u32;
  /** How what it began in the background is said to have ended. */
  ended: u32;
  firstEvent: u32;
  lastEvent: u32;
}

export const ITEM_RESPONSE: u32 = 1;
export const ITEM_CALL: u32 = 2;
export const ITEM_AGENT: u32 = 3; // an orphan's scope

/** What a scope did, in order. */
@unmanaged
export class Item {
  kind: u32;
  index: u32;
  /** Item + 1. */
  next: u32;
}

@unmanaged
export class Event {
  /** Row that says it; of what a hook was told, Told. */
  row: u32;
  kind: u32;
  /** Event + 1. */
  next: u32;
}

export const scopes = new Table<Scope>();
export const responses = new Table<Response>();
export const calls = new Table<Call>();
export const items = new Table<Item>();
export const events = new Table<Event>();

export const scopeOfPrompt = new Map64();
export const scopeOfAgent = new Map64();
export const responseOfMessage = new Map64();
export const callOfId = new Map64();
export const rowOfUuid = new Map64();
export const rowOfText = new Map64();
export const memberOfStem = new Map64();
export const inlineScopeOfRow = new Map64();

export function clearModel(): void {
  clearRecord();
  scopes.clear();
  responses.clear();
  calls.clear();
  items.clear();
  events.clear();
  scopeOfPrompt.clear();
  scopeOfAgent.clear();
  responseOfMessage.clear();
  callOfId.clear();
  rowOfUuid.clear();
  rowOfText.clear();
  memberOfStem.clear();
  inlineScopeOfRow.clear();
}

/** The call that the part makes or answers; -1 if there is none. */
export function callOf(part: Part): i32 {
  return part.id ? callOfId.get(stringHash(part.id)) : -1;
}

/** Was it a hook that was told of the event? */
// @ts-ignore: decorator
@inline
export function isTold(event: u32): bool {
  return <i32>event >= EVENT_PERMISSION_REQUEST;
}

/** Place of what says an event: journals come behind all strands, and behind progress. */
export function orderOfEvent(event: Event): u64 {
  if (!isTold(event.kind)) return orderOf(event.row);
  return (<u64>1 << 63) | (<u64>strands.at(tolds.at(event.row).strand).rank << 32) | <u64>event.row;
}

/** Place of a row in the whole family: canonical order of strands, then their own; progress behind everything else. */
export function orderOf(row: u32): u64 {
  const it = rows.at(row);
  return (<u64>(it.flags & ROW_PROGRESS) << 57) | (<u64>strands.at(it.strand).rank << 32) | <u64>row;
}
