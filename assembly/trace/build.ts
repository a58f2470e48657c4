// The span tree: every turn a trace, or every session one; below a turn its responses and calls in the order they happened.
// Where a span stands, when it was and how it failed is decided here; what else is said of it, in otlp/encode.ts.

import { NO_TIME } from "../bytes/instant";
import { internLiteral } from "../bytes/strings";
import { Cell, Table } from "../bytes/table";
import {
  COUNTER_AGENTS,
  COUNTER_CALLS,
  COUNTER_ERRORS,
  COUNTER_EVENTS,
  COUNTER_INPUT_TOKENS,
  COUNTER_OUTPUT_TOKENS,
  COUNTER_RESPONSES,
  COUNTER_SESSIONS,
  COUNTER_SPANS,
  COUNTER_TURNS,
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
import { callType, spawnsAgent } from "../session/agents";
import { identityOf } from "../session/turns";
import { howSettled } from "./settled";
import { count } from "../session/counts";
import {
  Call,
  ITEM_CALL,
  ITEM_RESPONSE,
  JOIN_ORPHAN,
  PART_DENIED,
  PART_FAILED,
  PART_INTERRUPTED,
  PART_INVALID,
  PART_REJECTED,
  PART_TEXT,
  RESPONSE_COMPACTED,
  RESPONSE_INFERRED_TIME,
  ROW_INFERRED_TIME,
  SCOPE_ALONE,
  SCOPE_INTERRUPTED,
  Scope,
  calls,
  contents,
  events,
  isTold,
  items,
  notes,
  orderOfEvent,
  parts,
  responses,
  rows,
  scopes,
  spawns,
  strands,
  tolds,
} from "../session/model";
import { inputTokens, rootOf, turns } from "../session/settle";
import { spanId, writeTraceId } from "./ids";
import { Span, Trace, spanEvents, spans, traces } from "./spans";

const TURN_ID: usize = memory.data(16, 8);

let client: u32 = 0;
let defaultClient: u32 = 0;
let turn: u32 = 0;
let trace: u32 = 0;
const roots = new Table<Cell>();

// Words for error.type.
let interrupted: u32 = 0;
let unanswered: u32 = 0;
let rejected: u32 = 0;
let denied: u32 = 0;
let toolError: u32 = 0;
let invalid: u32 = 0;
let apiError: u32 = 0;
let orphanType: u32 = 0;
// How an agent in the background can have failed, in the client's words.
let failed: u32 = 0;
let killed: u32 = 0;
let stopped: u32 = 0;

/** Builds every span of the family. The client is part of every trace id: `clientName`, where nothing says who it was. */
export function buildTraces(shape: i32, clientName: u32): void {
  defaultClient = clientName;
  interrupted = internLiteral("interrupted");
  unanswered = internLiteral("unanswered");
  rejected = internLiteral("rejected");
  denied = internLiteral("denied");
  toolError = internLiteral("tool_error");
  invalid = internLiteral("invalid_tool");
  failed = internLiteral("failed");
  killed = internLiteral("killed");
  stopped = internLiteral("stopped");
  apiError = internLiteral("api_error");
  orphanType = internLiteral("agent");
  findRoots();
  // the most there can be: references to spans hold while others are added
  spans.reserve(scopes.rows + responses.rows + calls.rows + roots.rows);
  if (shape == SHAPE_SESSION) for (let i: u32 = 0; i < roots.rows; i++) sessionTrace(roots.at(i).value);
  else for (let i: u32 = 0; i < turns.rows; i++) turnTrace(turns.at(i).value);
  countSpans();
}

/** Root sessions in the order of their first turns. */
function findRoots(): void {
  roots.clear();
  for (let i: u32 = 0; i < turns.rows; i++) {
    const scope = scopes.at(turns.at(i).value);
    if (!scope.index) roots.add().value = rootOf(scope);
  }
}

function openTrace(conversation: u32): Trace {
  trace = traces.rows;
  const it = traces.add();
  it.firstSpan = spans.rows;
  it.conversation = conversation;
  it.high = load<u64>(TURN_ID);
  it.low = load<u64>(TURN_ID, 8);
  return it;
}

function closeTrace(): void {
  const it = traces.at(trace);
  it.spans = spans.rows - it.firstSpan;
}

function turnTrace(index: u32): void {
  beginTurn(index);
  openTrace(rootOf(scopes.at(index)));
  turnSpan(index, -1);
  closeTrace();
  traces.at(trace).settled = howSettled(index);
}

/** From now on, span ids are of this turn. */
function beginTurn(index: u32): void {
  turn = index + 1;
  client = clientOf(index);
  writeTraceId("turn", client, scopes.at(index).identity, TURN_ID);
}

/** Who wrote the record of a turn. */
function clientOf(index: u32): u32 {
  const name = strands.at(rows.at(scopes.at(index).row - 1).strand).client;
  return name ? name : defaultClient;
}

function sessionTrace(root: u32): void {
  let top: i32 = -1;
  for (let i: u32 = 0; i < turns.rows; i++) {
    const index = turns.at(i).value;
    if (rootOf(scopes.at(index)) != root) continue;
    if (top < 0) {
      client = clientOf(index);
      writeTraceId("session", client, root, TURN_ID);
      openTrace(root);
      top = sessionSpan(root, index);
    }
    beginTurn(index);
    turnSpan(index, top);
  }
  widenSession(top);
  closeTrace();
}

function sessionSpan(root: u32, first: u32): i32 {
  turn = first + 1;
  const at = add(KIND_SESSION, -1, "session", root, scopes.at(first).row - 1);
  const span = spans.at(at);
  span.scope = first + 1;
  span.name = client;
  span.start = rows.at(scopes.at(first).row - 1).time;
  span.end = span.start;
  span.input = 0;
  span.output = 0;
  return at;
}

/** The session covers all its turns and what they cost. */
function widenSession(top: i32): void {
  const session = spans.at(top);
  let chats = 0;
  for (let i = <u32>top + 1; i < spans.rows; i++) {
    const span = spans.at(i);
    session.start = min(session.start, span.start);
    session.end = max(session.end, span.end);
    if (span.kind == KIND_TURN) session.flags |= span.flags & FLAG_INFERRED_TIME;
    if (span.kind != KIND_CHAT) continue;
    chats++;
    session.input += max<i64>(span.input, 0);
    session.output += max<i64>(span.output, 0);
  }
  if (chats) return;
  session.input = -1;
  session.output = -1;
}

/** A span whose first row of evidence is `row`; answers its index. */
function add(kind: u32, parent: i32, role: string, id: u32, row: u32): i32 {
  const span = spans.add();
  span.id = spanId(TURN_ID, role, id);
  span.kind = kind;
  span.parent = parent;
  span.trace = trace;
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

/** How a turn or sub-agent failed: it was interrupted, or an API error was the last thing in it. */
function failureOf(scope: Scope): u32 {
  if (scope.flags & SCOPE_INTERRUPTED) return interrupted;
  if (!scope.failure || scope.failure != scope.last) return 0;
  const name = notes.at(rows.at(scope.failure - 1).note - 1).name;
  return name ? name : apiError;
}

/** How a call failed. */
function callFailure(call: Call): u32 {
  if (!call.result) return scopes.at(call.scope - 1).flags & SCOPE_INTERRUPTED ? interrupted : unanswered;
  const flags = parts.at(call.result - 1).flags;
  if (!(flags & PART_FAILED)) return 0;
  if (flags & PART_INVALID) return invalid;
  return flags & PART_REJECTED ? rejected : flags & PART_INTERRUPTED ? interrupted : flags & PART_DENIED ? denied : toolError;
}

/** How the agent of a call failed after the call had its result, if a message says so. */
function laterFailure(call: Call): u32 {
  return call.ended == failed || call.ended == killed || call.ended == stopped ? call.ended : 0;
}

// --- turns and agents

function turnSpan(index: u32, parent: i32): void {
  const scope = scopes.at(index);
  const at = add(KIND_TURN, parent, "turn", scope.identity, scope.row - 1);
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
  if (scope.prompt) showText(span, scope.prompt - 1);
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

/** Where the first text of a prompt stands. */
function showText(span: Span, at: u32): void {
  const row = rows.at(at);
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    const part = parts.at(p);
    if (part.kind != PART_TEXT || !part.content) continue;
    showContent(span, part.content);
    return;
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
  const at = add(KIND_AGENT, parent, "agent", agentId(call, scope, row), row);
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
  const span = spans.at(add(KIND_CHAT, parent, "chat", response.id, response.row - 1));
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
  const at = add(KIND_TOOL, parent, "tool", call.id, call.row);
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

function countSpans(): void {
  count(COUNTER_SESSIONS, roots.rows);
  count(COUNTER_SPANS, spans.rows);
  count(COUNTER_EVENTS, spanEvents.rows);
  for (let i: u32 = 0; i < spans.rows; i++) {
    const span = spans.at(i);
    if (span.flags & FLAG_ERROR) count(COUNTER_ERRORS);
    if (span.kind == KIND_TURN) count(COUNTER_TURNS);
    else if (span.kind == KIND_TOOL) count(COUNTER_CALLS);
    else if (span.kind == KIND_AGENT) count(COUNTER_AGENTS);
    else if (span.kind == KIND_CHAT) {
      count(COUNTER_RESPONSES);
      count(COUNTER_INPUT_TOKENS, max<i64>(span.input, 0));
      count(COUNTER_OUTPUT_TOKENS, max<i64>(span.output, 0));
    }
  }
}
