// The spans of one turn: its own, and below it responses, calls and sub-agents in the order they happened, at any depth.
// Where a span stands and when it was is decided here.

import { NO_TIME } from "../bytes/instant";
import { internLiteral } from "../bytes/strings";
import {
  FLAG_ASYNC,
  FLAG_COMPACTED,
  FLAG_ERROR,
  FLAG_INFERRED_TIME,
  FLAG_ORPHAN,
  FLAG_PARTIAL_USAGE,
  KIND_AGENT,
  KIND_CHAT,
  KIND_TOOL,
  KIND_TURN,
} from "../abi/layout";
import { callType, spawnsAgent } from "../session/agents";
import {
  ITEM_CALL,
  ITEM_RESPONSE,
  JOIN_ORPHAN,
  RESPONSE_COMPACTED,
  RESPONSE_INFERRED_TIME,
  SCOPE_ALONE,
  calls,
  events,
  isTold,
  items,
  orderOfEvent,
  responses,
  scopes,
} from "../session/model";
import { ROW_INFERRED_TIME, contents, firstText, parts, rows, spawns, strands, tolds } from "../session/record";
import { inputTokens } from "../session/settle";
import { identityOf } from "../session/turns";
import { callFailure, failureOf, laterFailure } from "./failures";
import { spanId, writeTraceId } from "./ids";
import { Span, spanEvents, spans, traces } from "./spans";

/** The trace id that span ids are made of: that of the turn at hand, in either shape. Sixteen bytes. */
export const TRACE_ID: usize = memory.data(16, 8);
/** Who wrote the record of the turn at hand. */
export let client: u32 = 0;
let defaultClient: u32 = 0;
/** Scope + 1 of the turn at hand. */
let turn: u32 = 0;
let orphanType: u32 = 0;

/** Before the first turn of a family: `clientName` is the client where nothing says who it was. */
export function beginTree(clientName: u32): void {
  defaultClient = clientName;
  orphanType = internLiteral("agent");
}

/** From now on, spans are of the turn `index`, and their ids made of the trace id of (role, its client, identity). */
export function beginSpans(role: string, index: u32, identity: u32): void {
  turn = index + 1;
  const name = strands.at(rows.at(scopes.at(index).row - 1).strand).client;
  client = name ? name : defaultClient;
  writeTraceId(role, client, identity, TRACE_ID);
}

/** A span of the trace opened last, whose first row of evidence is `row`; answers its index. */
export function addSpan(kind: u32, parent: i32, role: string, id: u32, row: u32): i32 {
  const span = spans.add();
  span.id = spanId(TRACE_ID, role, id);
  span.kind = kind;
  span.parent = parent;
  span.trace = traces.rows - 1;
  span.turn = turn;
  span.input = -1;
  span.output = -1;
  span.row = row + 1;
  span.document = rows.at(row).document;
  span.line = rows.at(row).line;
  if (rows.at(row).flags & ROW_INFERRED_TIME) span.flags |= FLAG_INFERRED_TIME;
  return spans.rows - 1;
}

function fail(span: Span, type: u32): void {
  if (!type) return;
  span.flags |= FLAG_ERROR;
  span.error = type;
}

export function turnSpan(index: u32, parent: i32): void {
  const scope = scopes.at(index);
  const at = addSpan(KIND_TURN, parent, "turn", scope.identity, scope.row - 1);
  const span = spans.at(at);
  span.name = client;
  span.start = rows.at(scope.row - 1).time;
  span.end = max(span.start, scope.lastTime);
  fromScope(span, index);
  addEvents(at, scope.firstEvent, 0);
  fail(span, failureOf(scope));
  fill(index, at);
  if (scope.flags & SCOPE_ALONE) spanAlone(at);
}

/** A turn that is there for a sub-agent only lasts as long as that does. */
function spanAlone(at: i32): void {
  const span = spans.at(at);
  for (let i = <u32>at + 1; i < spans.rows; i++) {
    const child = spans.at(i);
    if (child.parent != at) continue;
    span.end = max(span.end, child.end);
    child.flags &= ~FLAG_ASYNC;
  }
}

function fromScope(span: Span, index: u32): void {
  const scope = scopes.at(index);
  span.scope = index + 1;
  if (scope.chats) {
    span.input = scope.input;
    span.output = scope.output;
  }
  if (scope.prompt) showContent(span, firstText(rows.at(scope.prompt - 1)));
}

/** The events of a scope and of a call (the first of each + 1), in the order of their rows. */
function addEvents(at: i32, ofScope: u32, ofCall: u32): void {
  while (ofScope || ofCall) {
    const callFirst = ofCall != 0 && (!ofScope || orderOfEvent(events.at(ofCall - 1)) < orderOfEvent(events.at(ofScope - 1)));
    const event = events.at((callFirst ? ofCall : ofScope) - 1);
    if (callFirst) ofCall = event.next;
    else ofScope = event.next;
    const it = spanEvents.add();
    it.span = at;
    it.kind = event.kind;
    it.row = event.row;
    it.time = isTold(event.kind) ? tolds.at(event.row).time : rows.at(event.row).time;
  }
}

/** Where content + 1 stands, for hosts that want to show it. */
function showContent(span: Span, number: u32): void {
  if (!number) return;
  const content = contents.at(number - 1);
  span.textDocument = content.document;
  span.textOffset = content.offset;
  span.textLength = content.length;
}

/** The kind of agent: its metadata's word, else the call's. */
function agentType(scope: u32, call: u32): u32 {
  if (scope && scopes.at(scope - 1).type) return scopes.at(scope - 1).type;
  return call ? callType(calls.at(call - 1)) : orphanType;
}

/** `call` + 1 and `scope` + 1; one of them may be 0: an orphan, or a call whose transcript is not here. */
function agentSpan(call: u32, scope: u32, parent: i32): void {
  const row = call ? calls.at(call - 1).row : scopes.at(scope - 1).row - 1;
  const at = addSpan(KIND_AGENT, parent, "agent", agentId(call, scope, row), row);
  const span = spans.at(at);
  const above = spans.at(parent);
  span.subject = call;
  span.name = agentType(scope, call);
  span.start = max(rows.at(row).time, above.start);
  let last: i64 = NO_TIME;
  if (scope) {
    const it = scopes.at(scope - 1);
    it.type = span.name;
    last = it.lastTime;
    fromScope(span, scope - 1);
    if (it.join == JOIN_ORPHAN) span.flags |= FLAG_ORPHAN;
  }
  addEvents(at, scope ? scopes.at(scope - 1).firstEvent : 0, call ? calls.at(call - 1).firstEvent : 0);
  let failure: u32 = 0;
  if (call) {
    const it = calls.at(call - 1);
    const detail = parts.at(it.part).detail;
    if (detail) showContent(span, spawns.at(detail - 1).prompt);
    failure = callFailure(it);
    if (it.result) {
      const result = rows.at(it.resultRow - 1);
      last = max(last, result.time);
      if (result.flags & ROW_INFERRED_TIME) span.flags |= FLAG_INFERRED_TIME;
      fail(span, failure);
    }
  }
  span.end = max(span.start, last != NO_TIME ? last : call ? above.end : span.start);
  if (!span.error && scope) fail(span, failureOf(scopes.at(scope - 1)));
  if (!span.error) fail(span, failure);
  if (!span.error && call) fail(span, laterFailure(calls.at(call - 1)));
  if (span.end > above.end) span.flags |= FLAG_ASYNC;
  if (scope) fill(scope - 1, at);
}

function agentId(call: u32, scope: u32, row: u32): u32 {
  if (call) return calls.at(call - 1).id;
  const agent = scopes.at(scope - 1).agent;
  return agent ? agent : identityOf(strands.at(rows.at(row).strand), row);
}

/** What a turn or sub-agent did, below its span. */
function fill(index: u32, parent: i32): void {
  for (let i = scopes.at(index).firstItem; i; i = items.at(i - 1).next) {
    const item = items.at(i - 1);
    if (item.kind == ITEM_RESPONSE) chatSpan(item.index, parent);
    else if (item.kind != ITEM_CALL) agentSpan(0, item.index + 1, parent);
    else if (spawnsAgent(calls.at(item.index))) agentSpan(item.index + 1, calls.at(item.index).agent, parent);
    else toolSpan(item.index, parent);
  }
}

// --- responses and calls

function chatSpan(index: u32, parent: i32): void {
  const response = responses.at(index);
  const span = spans.at(addSpan(KIND_CHAT, parent, "chat", response.id, response.row - 1));
  const above = spans.at(parent);
  span.scope = response.scope;
  span.subject = index + 1;
  span.name = response.model;
  span.start = max(response.start, above.start);
  span.end = max(response.end, span.start);
  if (response.hasUsage) {
    span.input = inputTokens(response.uncached, response.cacheRead, response.cacheWrite);
    span.output = max<i64>(response.output, 0);
  }
  if (response.flags & RESPONSE_COMPACTED) span.flags |= FLAG_COMPACTED;
  if (response.flags & RESPONSE_INFERRED_TIME) span.flags |= FLAG_INFERRED_TIME;
  if (!response.stop) span.flags |= FLAG_PARTIAL_USAGE;
  above.flags |= span.flags & FLAG_INFERRED_TIME;
}

function toolSpan(index: u32, parent: i32): void {
  const call = calls.at(index);
  const at = addSpan(KIND_TOOL, parent, "tool", call.id, call.row);
  const span = spans.at(at);
  addEvents(at, 0, call.firstEvent);
  const above = spans.at(parent);
  span.scope = call.scope;
  span.subject = index + 1;
  span.name = call.name;
  span.start = max(rows.at(call.row).time, above.start);
  span.end = max(span.start, call.result ? rows.at(call.resultRow - 1).time : above.end);
  if (call.result && rows.at(call.resultRow - 1).flags & ROW_INFERRED_TIME) span.flags |= FLAG_INFERRED_TIME;
  showContent(span, parts.at(call.part).content);
  above.flags |= span.flags & FLAG_INFERRED_TIME;
  fail(span, callFailure(call));
}
