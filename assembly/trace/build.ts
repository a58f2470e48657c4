// The span tree: every turn a trace, or every session one; below a turn its responses and calls in the order they happened.

import { internLiteral } from "../bytes/strings";
import {
  COUNTER_ERRORS,
  COUNTER_SPANS,
  FLAG_ASYNC,
  FLAG_COMPACTED,
  FLAG_ERROR,
  FLAG_INFERRED_TIME,
  FLAG_ORPHAN,
  FLAG_PARTIAL_USAGE,
  KIND_AGENT,
  KIND_CHAT,
  KIND_SESSION,
  KIND_TOOL,
  KIND_TURN,
  SHAPE_SESSION,
} from "../abi/layout";
import { spawnsAgent } from "../session/agents";
import { count } from "../session/counts";
import { documentOrder } from "../session/order";
import {
  Call,
  ITEM_CALL,
  ITEM_RESPONSE,
  JOIN_ORPHAN,
  PART_FAILED,
  PART_INTERRUPTED,
  PART_REJECTED,
  PART_TEXT,
  RESPONSE_COMPACTED,
  RESPONSE_INFERRED_TIME,
  ROW_INFERRED_TIME,
  SCOPE_AGENT,
  SCOPE_INFERRED_TIME,
  SCOPE_INTERRUPTED,
  SCOPE_TURN,
  Scope,
  calls,
  contents,
  documents,
  events,
  items,
  notes,
  parts,
  responses,
  rows,
  scopes,
  spawns,
} from "../session/model";
import { spanId, writeTraceId } from "./ids";
import { Span, Trace, spanEvents, spans, traces } from "./spans";

const TURN_ID: usize = memory.data(16, 8);

let client: u32 = 0;
let turn: u32 = 0;
let trace: u32 = 0;

/** Builds every span of the family. `clientName` is part of every trace id. */
export function buildTraces(shape: i32, clientName: u32): void {
  client = clientName;
  if (shape == SHAPE_SESSION) buildSessions();
  else for (let i: u32 = 0; i < scopes.rows; i++) if (isRoot(i)) buildRoot(i, -1);
  count(COUNTER_SPANS, spans.rows);
  for (let i: u32 = 0; i < spans.rows; i++) if (spans.at(i).flags & FLAG_ERROR) count(COUNTER_ERRORS);
}

/** A turn; or a sub-agent whose session is not here. */
function isRoot(index: u32): bool {
  const scope = scopes.at(index);
  return scope.kind == SCOPE_TURN || !scope.parent;
}

/** Session id of the family's root, else the document's name. */
export function conversationOf(root: u32): u32 {
  const document = documents.at(root);
  return document.session ? document.session : document.name;
}

function rootOf(scope: Scope): u32 {
  return scope.kind == SCOPE_TURN ? scope.root : documents.at(scope.document).root;
}

function openTrace(root: u32): Trace {
  trace = traces.rows;
  const it = traces.add();
  it.firstSpan = spans.rows;
  it.root = root;
  it.conversation = conversationOf(root);
  return it;
}

function closeTrace(): void {
  const it = traces.at(trace);
  it.spans = spans.rows - it.firstSpan;
}

function buildRoot(index: u32, parent: i32): void {
  const scope = scopes.at(index);
  turn = index + 1;
  writeTraceId(scope.kind == SCOPE_TURN ? "turn" : "agent", client, scope.identity, TURN_ID);
  if (parent < 0) {
    const it = openTrace(rootOf(scope));
    it.high = load<u64>(TURN_ID);
    it.low = load<u64>(TURN_ID, 8);
  }
  if (scope.kind == SCOPE_TURN) turnSpan(index, parent);
  else agentSpan(0, index + 1, parent);
  if (parent < 0) closeTrace();
}

function buildSessions(): void {
  for (let d: u32 = 0; d < documents.rows; d++) {
    const root = documentOrder(d);
    let opened = false;
    let top: u32 = 0;
    for (let i: u32 = 0; i < scopes.rows; i++) {
      if (!isRoot(i) || rootOf(scopes.at(i)) != root) continue;
      if (!opened) {
        opened = true;
        top = sessionSpan(root, i);
      }
      buildRoot(i, top);
    }
    if (!opened) continue;
    widenSession(top);
    closeTrace();
  }
}

function sessionSpan(root: u32, first: u32): u32 {
  const it = openTrace(root);
  writeTraceId("session", client, it.conversation, TURN_ID);
  it.high = load<u64>(TURN_ID);
  it.low = load<u64>(TURN_ID, 8);
  turn = first + 1;
  const scope = scopes.at(first);
  const span = add(KIND_SESSION, -1, "session", it.conversation);
  span.scope = first + 1;
  span.name = client;
  span.start = scope.start;
  span.end = scope.end;
  span.input = 0;
  span.output = 0;
  span.document = scope.document;
  span.line = scope.line;
  return spans.rows - 1;
}

/** The session covers all its turns and what they cost. */
function widenSession(top: u32): void {
  const session = spans.at(top);
  for (let i = top + 1; i < spans.rows; i++) {
    const span = spans.at(i);
    session.start = min(session.start, span.start);
    session.end = max(session.end, span.end);
    if (span.kind != KIND_CHAT) continue;
    session.input += max<i64>(span.input, 0);
    session.output += max<i64>(span.output, 0);
  }
}

function add(kind: u32, parent: i32, role: string, id: u32): Span {
  const span = spans.add();
  span.id = spanId(TURN_ID, role, id);
  span.kind = kind;
  span.parent = parent;
  span.trace = trace;
  span.turn = turn;
  span.input = -1;
  span.output = -1;
  return span;
}

function fail(span: Span, type: u32): void {
  span.flags |= FLAG_ERROR;
  span.error = type;
}

// --- turns and agents

function turnSpan(index: u32, parent: i32): void {
  const scope = scopes.at(index);
  const span = add(KIND_TURN, parent, "turn", scope.identity);
  span.name = client;
  fromScope(span, index);
  if (scope.flags & SCOPE_INTERRUPTED) fail(span, internLiteral("interrupted"));
  else if (scope.failure) {
    const name = notes.at(rows.at(scope.failure - 1).note - 1).name;
    fail(span, name ? name : internLiteral("api_error"));
  }
  fillItems(index, spans.rows - 1);
}

function fromScope(span: Span, index: u32): void {
  const scope = scopes.at(index);
  span.scope = index + 1;
  span.start = scope.start;
  span.end = scope.end;
  span.document = scope.document;
  span.line = scope.line;
  if (scope.flags & SCOPE_INFERRED_TIME) span.flags |= FLAG_INFERRED_TIME;
  if (scope.chats) {
    span.input = scope.input;
    span.output = scope.output;
  }
  if (scope.prompt) {
    const row = rows.at(scope.prompt - 1);
    for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
      const part = parts.at(p);
      if (part.kind != PART_TEXT || !part.content) continue;
      const content = contents.at(part.content - 1);
      span.textDocument = content.document;
      span.textOffset = content.offset;
      span.textLength = content.length;
      break;
    }
  }
  let e = scope.firstEvent;
  while (e) {
    const event = events.at(e - 1);
    const it = spanEvents.add();
    it.span = spans.rows - 1;
    it.kind = event.kind;
    it.row = event.row;
    it.time = rows.at(event.row).time;
    e = event.next;
  }
}

/** The kind of agent: its metadata's word, else the call's, else the client's default. */
function agentType(scope: u32, call: u32): u32 {
  if (scope && scopes.at(scope - 1).type) return scopes.at(scope - 1).type;
  if (!call) return internLiteral("agent");
  const detail = parts.at(calls.at(call - 1).part).detail;
  const type = detail ? spawns.at(detail - 1).type : 0;
  return type ? type : internLiteral("general-purpose");
}

/** `call` + 1 and `scope` + 1; one of them may be 0: an orphan, or a call whose transcript is not here. */
function agentSpan(call: u32, scope: u32, parent: i32): void {
  const span = add(KIND_AGENT, parent, "agent", call ? calls.at(call - 1).id : scopes.at(scope - 1).identity);
  const at = spans.rows - 1;
  span.subject = call;
  span.name = agentType(scope, call);
  if (scope) {
    scopes.at(scope - 1).type = span.name;
    fromScope(span, scope - 1);
    if (scopes.at(scope - 1).join == JOIN_ORPHAN) span.flags |= FLAG_ORPHAN;
  }
  if (call) {
    const it = calls.at(call - 1);
    const row = rows.at(it.row);
    span.start = scope ? min(span.start, it.start) : it.start;
    span.end = max(span.end, it.end);
    span.document = row.document;
    span.line = row.line;
    if (row.flags & ROW_INFERRED_TIME) span.flags |= FLAG_INFERRED_TIME;
    failCall(span, it);
  }
  if (scope && !span.error && scopes.at(scope - 1).flags & SCOPE_INTERRUPTED) fail(span, internLiteral("interrupted"));
  if (parent >= 0 && spans.at(parent).end < span.end) span.flags |= FLAG_ASYNC;
  if (scope) fillItems(scope - 1, at);
}

function fillItems(index: u32, parent: i32): void {
  let i = scopes.at(index).firstItem;
  while (i) {
    const item = items.at(i - 1);
    const next = item.next;
    if (item.kind == ITEM_RESPONSE) chatSpan(item.index, parent);
    else if (item.kind == ITEM_CALL) {
      const call = calls.at(item.index);
      if (call.agent || spawnsAgent(call)) agentSpan(item.index + 1, call.agent, parent);
      else toolSpan(item.index, parent);
    } else agentSpan(0, item.index + 1, parent);
    i = next;
  }
}

// --- responses and calls

function chatSpan(index: u32, parent: i32): void {
  const response = responses.at(index);
  const span = add(KIND_CHAT, parent, "chat", response.id);
  span.scope = response.scope;
  span.subject = index + 1;
  span.name = response.model;
  span.start = response.start;
  span.end = response.end;
  if (response.hasUsage) {
    span.input = response.input;
    span.output = response.output;
  }
  if (response.flags & RESPONSE_COMPACTED) span.flags |= FLAG_COMPACTED;
  if (response.flags & RESPONSE_INFERRED_TIME) span.flags |= FLAG_INFERRED_TIME;
  if (!response.stop) span.flags |= FLAG_PARTIAL_USAGE;
  const row = rows.at(response.row - 1);
  span.document = row.document;
  span.line = row.line;
}

function toolSpan(index: u32, parent: i32): void {
  const call = calls.at(index);
  const span = add(KIND_TOOL, parent, "tool", call.id);
  span.scope = call.scope;
  span.subject = index + 1;
  span.name = call.name;
  span.start = call.start;
  span.end = call.end;
  const row = rows.at(call.row);
  span.document = row.document;
  span.line = row.line;
  if (row.flags & ROW_INFERRED_TIME) span.flags |= FLAG_INFERRED_TIME;
  failCall(span, call);
}

function failCall(span: Span, call: Call): void {
  if (call.result) {
    const flags = parts.at(call.result - 1).flags;
    if (rows.at(call.resultRow - 1).flags & ROW_INFERRED_TIME) span.flags |= FLAG_INFERRED_TIME;
    if (!(flags & PART_FAILED)) return;
    if (flags & PART_REJECTED) fail(span, internLiteral("rejected"));
    else if (flags & PART_INTERRUPTED) fail(span, internLiteral("interrupted"));
    else fail(span, internLiteral("tool_error"));
  } else if (scopes.at(call.scope - 1).flags & SCOPE_INTERRUPTED) {
    fail(span, internLiteral("interrupted"));
  } else {
    fail(span, internLiteral("unanswered"));
  }
}
