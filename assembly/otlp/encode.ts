// One span for any sink: what is said of it, and in which order, stands here once. First every piece of content that the
// span needs must be present (content.ts); then it is written in one go.

import { asciiBytes, asciiLength } from "../bytes/ascii";
import { allocate, release } from "../bytes/heap";
import { stringIs, stringLength, stringPointer, stringStarts } from "../bytes/strings";
import { repairUtf8, wholeCharacters } from "../bytes/utf8";
import { TEXT_SLACK, decodeText, isDamaged } from "../json/text";
import { firstTextEnd, firstTextStart } from "../json/walk";
import { resultAgent } from "../session/agents";
import {
  EVENT_API_ERROR,
  EVENT_COMPACTION,
  EVENT_HOOK,
  FLAG_ASYNC,
  FLAG_COMPACTED,
  FLAG_ERROR,
  FLAG_INFERRED_TIME,
  FLAG_PARTIAL_USAGE,
  KIND_AGENT,
  KIND_CHAT,
  KIND_SESSION,
  KIND_TOOL,
  KIND_TURN,
} from "../abi/layout";
import {
  Call,
  Hook,
  Note,
  ORIGIN_NOTIFICATION,
  ORIGIN_UNPROMPTED,
  PART_FAILED,
  PART_TEXT,
  ROW_RESPONSE,
  Scope,
  SCOPE_AGENT,
  SCOPE_INTERRUPTED,
  SCOPE_MIXED_PROVIDERS,
  calls,
  documents,
  hooks,
  isTold,
  notes,
  parts,
  responses,
  rows,
  scopes,
  spawns,
  tolds,
} from "../session/model";
import { Span, SpanEvent, spanEvents, spans, traces } from "../trace/spans";
import { closeText, openText, putAscii, putInteger, putSingle, putString, putTrue } from "./attributes";
import { addressOfContent, isPresent, lengthOfContent } from "./content";
import {
  EVENT_ATTRIBUTES,
  EVENT_NAME_FIELD,
  EVENT_TIME_FIELD,
  KIND_CLIENT,
  KIND_INTERNAL,
  SCOPE_SPANS_SPANS,
  SPAN_ATTRIBUTES,
  SPAN_END_TIME,
  SPAN_EVENTS,
  SPAN_KIND_FIELD,
  SPAN_NAME_FIELD,
  SPAN_PARENT_SPAN_ID,
  SPAN_SPAN_ID,
  SPAN_START_TIME,
  SPAN_STATUS,
  SPAN_TRACE_ID,
  STATUS_CODE,
  STATUS_ERROR,
  STATUS_MESSAGE,
} from "./fields";
import { findSaying, hasText, putAsked, putPrompt, putResponse, putResult, putResultAnswer, saysSomething, speaks } from "./messages";
import * as NAME from "./names";
import { putTold, putWords } from "./told";

/** A status message says what failed, not everything about it; in bytes. */
const MESSAGE_LIMIT: usize = 256;

let full: bool = true;
/** The agent of turns. */
let agentName: u32 = 0;
/** Bytes of content in the span at hand, to guess lengths by. */
let contentBytes: usize = 0;
let nextEvent: u32 = 0;

export function beginEncoding(withContent: bool, agent: u32): void {
  full = withContent;
  agentName = agent;
  nextEvent = 0;
}

// --- what content a span needs

function wants(content: u32): bool {
  if (!content) return true;
  contentBytes += lengthOfContent(content);
  return isPresent(content);
}

/** Is all content of the span present? If not, the state block says what is wanted. */
export function isReady(index: u32): bool {
  contentBytes = 0;
  if (!full) return true;
  const span = spans.at(index);
  const kind = span.kind;
  if (!eventsReady(index)) return false;
  if (kind == KIND_CHAT) return rowsReady(responses.at(span.subject - 1).row, false);
  if (kind == KIND_TOOL) return callReady(calls.at(span.subject - 1));
  if (kind == KIND_SESSION) return true;
  if (span.subject) {
    const call = calls.at(span.subject - 1);
    if (!callReady(call)) return false;
    const detail = parts.at(call.part).detail;
    if (detail && !wants(spawns.at(detail - 1).prompt)) return false;
  }
  if (!span.scope) return true;
  const scope = scopes.at(span.scope - 1);
  if (scope.failure && !wants(notes.at(rows.at(scope.failure - 1).note - 1).content)) return false;
  if (!rowsReady(promptOf(span), false)) return false;
  return !scope.lastResponse || rowsReady(responses.at(scope.lastResponse - 1).row, true);
}

function eventsReady(index: u32): bool {
  for (let at = firstEventOf(index); at < spanEvents.rows && spanEvents.at(at).span == index; at++) {
    const event = spanEvents.at(at);
    if (isTold(event.kind)) {
      if (!isToldReady(event.row)) return false;
    } else if (event.kind == EVENT_COMPACTION) {
      const note = notes.at(rows.at(event.row).note - 1);
      if (!wants(note.content) || (note.told && !isToldReady(note.told - 1))) return false;
    }
  }
  return true;
}

function isToldReady(index: u32): bool {
  const told = tolds.at(index);
  return wants(told.title) && wants(told.words);
}

/** Events stand in the order of their spans, and spans are encoded in order. */
function firstEventOf(index: u32): u32 {
  while (nextEvent < spanEvents.rows && spanEvents.at(nextEvent).span < index) nextEvent++;
  return nextEvent;
}

function callReady(call: Call): bool {
  return wants(parts.at(call.part).content) && (!call.result || wants(parts.at(call.result - 1).content));
}

/** First row + 1 of what was asked, for a turn or an orphan; the prompt of a call stands in its arguments. */
function promptOf(span: Span): u32 {
  const first = span.kind == KIND_TURN ? scopes.at(span.scope - 1).prompt : !span.subject && rows.at(span.row - 1).kind != ROW_RESPONSE ? span.row : 0;
  return saysAnything(first) ? first : 0;
}

/** Has one of the rows a part? */
function saysAnything(first: u32): bool {
  for (let at = first; at; at = rows.at(at - 1).next) {
    const row = rows.at(at - 1);
    for (let p = row.firstPart; p < row.firstPart + row.parts; p++) if (speaks(parts.at(p))) return true;
  }
  return false;
}

function rowsReady(first: u32, textsOnly: bool): bool {
  let at = first;
  while (at) {
    const row = rows.at(at - 1);
    for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
      const part = parts.at(p);
      if (speaks(part) && (!textsOnly || part.kind == PART_TEXT) && !wants(part.content)) return false;
    }
    at = row.next;
  }
  return true;
}

// --- the span

/** Writes the span as one item of the list at hand. */
export function encodeSpan<S>(sink: S, index: u32): void {
  const span = spans.at(index);
  const trace = traces.at(span.trace);
  // attributes without content take about 600 bytes
  sink.openItem(SCOPE_SPANS_SPANS, "", contentBytes + 640);
  sink.id(SPAN_TRACE_ID, "traceId", changetype<usize>(trace), 16);
  sink.id(SPAN_SPAN_ID, "spanId", changetype<usize>(span), 8);
  if (span.parent >= 0) sink.id(SPAN_PARENT_SPAN_ID, "parentSpanId", changetype<usize>(spans.at(span.parent)), 8);
  const operation = operationOf(span);
  sink.openText(SPAN_NAME_FIELD, "name", asciiLength(operation) + (span.name ? stringLength(span.name) + 1 : 0));
  sink.plain(asciiBytes(operation), asciiLength(operation));
  const shown = span.kind == KIND_TURN || span.kind == KIND_SESSION ? agentName : span.name;
  if (shown) {
    sink.plain(asciiBytes(NAME.SPACE), 1);
    sink.plain(stringPointer(shown), stringLength(shown));
  }
  sink.closeText();
  sink.enumeration(SPAN_KIND_FIELD, "kind", span.kind == KIND_CHAT ? KIND_CLIENT : KIND_INTERNAL);
  sink.fixed64(SPAN_START_TIME, "startTimeUnixNano", span.start);
  sink.fixed64(SPAN_END_TIME, "endTimeUnixNano", span.end);
  sink.openList("attributes");
  putCommon<S>(sink, span, operation);
  if (span.kind == KIND_CHAT) putChat<S>(sink, span);
  else if (span.kind == KIND_TOOL) putTool<S>(sink, span);
  else putAgent<S>(sink, span);
  sink.closeList();
  putEvents<S>(sink, index);
  if (span.flags & FLAG_ERROR) {
    sink.open(SPAN_STATUS, "status", MESSAGE_LIMIT);
    putStatusMessage<S>(sink, span);
    sink.enumeration(STATUS_CODE, "code", STATUS_ERROR);
    sink.close();
  }
  sink.close();
}

function operationOf(span: Span): usize {
  if (span.kind == KIND_CHAT) return NAME.CHAT;
  if (span.kind == KIND_TOOL) return NAME.EXECUTE_TOOL;
  return span.kind == KIND_SESSION ? NAME.SESSION : NAME.INVOKE_AGENT;
}

/** Name of the agent a span belongs to. */
function agentOf(span: Span): u32 {
  if (span.kind == KIND_AGENT) return span.name;
  if (span.kind == KIND_TURN || span.kind == KIND_SESSION) return agentName;
  const scope = scopes.at(span.scope - 1);
  return scope.kind == SCOPE_AGENT ? scope.type : agentName;
}

function providerOf(span: Span): u32 {
  if (span.kind == KIND_CHAT) return responses.at(span.subject - 1).provider;
  if (span.kind == KIND_TOOL || span.kind == KIND_SESSION || !span.scope) return 0;
  const scope = scopes.at(span.scope - 1);
  return scope.flags & SCOPE_MIXED_PROVIDERS ? 0 : scope.provider;
}

function putCommon<S>(sink: S, span: Span, operation: usize): void {
  if (span.kind != KIND_SESSION) putAscii<S>(sink, SPAN_ATTRIBUTES, NAME.OPERATION_NAME, operation);
  putString<S>(sink, SPAN_ATTRIBUTES, NAME.PROVIDER_NAME, providerOf(span));
  const conversation = traces.at(span.trace).conversation;
  putString<S>(sink, SPAN_ATTRIBUTES, NAME.CONVERSATION_ID, conversation);
  putString<S>(sink, SPAN_ATTRIBUTES, NAME.SESSION_ID, conversation);
  putString<S>(sink, SPAN_ATTRIBUTES, NAME.AGENT_NAME, agentOf(span));
  putString<S>(sink, SPAN_ATTRIBUTES, NAME.SOURCE_FILE, documents.at(span.document).name);
  putInteger<S>(sink, SPAN_ATTRIBUTES, NAME.SOURCE_LINE, span.line);
  putString<S>(sink, SPAN_ATTRIBUTES, NAME.ERROR_TYPE, span.error);
  if (span.flags & FLAG_INFERRED_TIME) putAscii<S>(sink, SPAN_ATTRIBUTES, NAME.TIME, NAME.INFERRED);
}

function putAgent<S>(sink: S, span: Span): void {
  const call = span.subject ? calls.at(span.subject - 1) : changetype<Call>(0);
  const scope = span.scope ? scopes.at(span.scope - 1) : changetype<Scope>(0);
  if (span.kind != KIND_SESSION) {
    const turn = scopes.at(span.turn - 1);
    putInteger<S>(sink, SPAN_ATTRIBUTES, NAME.TURN_INDEX, turn.index);
  }
  if (span.kind == KIND_TURN) {
    if (scope.origin == ORIGIN_UNPROMPTED) putAscii<S>(sink, SPAN_ATTRIBUTES, NAME.TURN_ORIGIN, NAME.UNPROMPTED);
    else if (scope.origin == ORIGIN_NOTIFICATION) putAscii<S>(sink, SPAN_ATTRIBUTES, NAME.TURN_ORIGIN, NAME.NOTIFICATION);
  } else if (span.kind == KIND_AGENT) {
    if (scope != null && scope.agent) putString<S>(sink, SPAN_ATTRIBUTES, NAME.AGENT_ID, scope.agent);
    else if (call) putString<S>(sink, SPAN_ATTRIBUTES, NAME.AGENT_ID, resultAgent(call));
    putAscii<S>(sink, SPAN_ATTRIBUTES, NAME.AGENT_JOIN, unchecked(NAME.JOINS[scope ? scope.join : 0]));
    if (scope != null) putString<S>(sink, SPAN_ATTRIBUTES, NAME.WORKFLOW_RUN, scope.run);
    if (span.flags & FLAG_ASYNC) putTrue<S>(sink, SPAN_ATTRIBUTES, NAME.ASYNC);
  }
  if (call) {
    putString<S>(sink, SPAN_ATTRIBUTES, NAME.TOOL_NAME, call.name);
    putString<S>(sink, SPAN_ATTRIBUTES, NAME.TOOL_CALL_ID, call.id);
  }
  if (span.kind == KIND_SESSION) {
    putSessionTotals<S>(sink, span);
  } else if (span.input >= 0) {
    putSums<S>(sink, span);
  }
  const row = rows.at(scope != null && scope.row ? scope.row - 1 : span.row - 1);
  putString<S>(sink, SPAN_ATTRIBUTES, NAME.WORKING_DIRECTORY, row.directory);
  if (!stringIs(row.branch, "HEAD")) putString<S>(sink, SPAN_ATTRIBUTES, NAME.BRANCH, row.branch);
  putString<S>(sink, SPAN_ATTRIBUTES, NAME.CLIENT_VERSION, row.version);
  if (full && span.kind != KIND_SESSION) putAskedAndAnswered<S>(sink, span, call, scope);
  if (call) putCallContent<S>(sink, call);
}

function putSums<S>(sink: S, span: Span): void {
  putInteger<S>(sink, SPAN_ATTRIBUTES, NAME.INPUT_TOKENS, span.input);
  putInteger<S>(sink, SPAN_ATTRIBUTES, NAME.OUTPUT_TOKENS, span.output);
}

/** What all spans below a session amount to. */
function putSessionTotals<S>(sink: S, session: Span): void {
  let turns = 0;
  let chats = 0;
  let tools = 0;
  let agents = 0;
  let errors = 0;
  const trace = traces.at(session.trace);
  for (let i = trace.firstSpan + 1; i < trace.firstSpan + trace.spans; i++) {
    const span = spans.at(i);
    if (span.flags & FLAG_ERROR) errors++;
    if (span.kind == KIND_TURN) turns++;
    else if (span.kind == KIND_TOOL) tools++;
    else if (span.kind == KIND_AGENT) agents++;
    else chats++;
  }
  if (session.input >= 0) putSums<S>(sink, session);
  putInteger<S>(sink, SPAN_ATTRIBUTES, NAME.SESSION_TURNS, turns);
  putInteger<S>(sink, SPAN_ATTRIBUTES, NAME.SESSION_CHATS, chats);
  putInteger<S>(sink, SPAN_ATTRIBUTES, NAME.SESSION_TOOL_CALLS, tools);
  putInteger<S>(sink, SPAN_ATTRIBUTES, NAME.SESSION_AGENTS, agents);
  putInteger<S>(sink, SPAN_ATTRIBUTES, NAME.SESSION_ERRORS, errors);
}

function putAskedAndAnswered<S>(sink: S, span: Span, call: Call, scope: Scope): void {
  const detail = call ? parts.at(call.part).detail : 0;
  const asked = detail ? spawns.at(detail - 1).prompt : 0;
  const prompt = promptOf(span);
  if (asked || prompt) {
    openText<S>(sink, SPAN_ATTRIBUTES, NAME.INPUT_MESSAGES, contentBytes + 64);
    if (asked) putAsked<S>(sink, asked);
    else putPrompt<S>(sink, prompt);
    closeText<S>(sink);
  }
  if (scope != null && scope.lastResponse && hasText(scope.lastResponse - 1)) {
    openText<S>(sink, SPAN_ATTRIBUTES, NAME.OUTPUT_MESSAGES, contentBytes + 64);
    putResponse<S>(sink, scope.lastResponse - 1, true);
    closeText<S>(sink);
  } else if (call != null && call.result && parts.at(call.result - 1).content) {
    const result = parts.at(call.result - 1);
    if (!saysSomething(result.content)) return;
    openText<S>(sink, SPAN_ATTRIBUTES, NAME.OUTPUT_MESSAGES, lengthOfContent(result.content) + 64);
    putResultAnswer<S>(sink, result.content, (span.flags & FLAG_ERROR) != 0);
    closeText<S>(sink);
  }
}

function putCallContent<S>(sink: S, call: Call): void {
  if (full) putGivenAndResult<S>(sink, call);
  const number = call.result ? rows.at(call.resultRow - 1).note : 0;
  if (!number) return;
  const kept = notes.at(number - 1);
  if (kept.first >= 0) putInteger<S>(sink, SPAN_ATTRIBUTES, NAME.RESULT_SIZE, kept.first);
  if (full) putString<S>(sink, SPAN_ATTRIBUTES, NAME.RESULT_FILE, kept.name);
}

function putGivenAndResult<S>(sink: S, call: Call): void {
  const given = parts.at(call.part).content;
  if (given) {
    openText<S>(sink, SPAN_ATTRIBUTES, NAME.TOOL_ARGUMENTS, lengthOfContent(given));
    sink.json(addressOfContent(given), lengthOfContent(given));
    closeText<S>(sink);
  }
  if (!call.result) return;
  const result = parts.at(call.result - 1).content;
  if (!result) return;
  openText<S>(sink, SPAN_ATTRIBUTES, NAME.TOOL_RESULT, lengthOfContent(result));
  putResult<S>(sink, result);
  closeText<S>(sink);
}

function putTool<S>(sink: S, span: Span): void {
  const call = calls.at(span.subject - 1);
  putString<S>(sink, SPAN_ATTRIBUTES, NAME.TOOL_NAME, call.name);
  putString<S>(sink, SPAN_ATTRIBUTES, NAME.TOOL_CALL_ID, call.id);
  putAscii<S>(sink, SPAN_ATTRIBUTES, NAME.TOOL_TYPE, NAME.FUNCTION);
  if (stringStarts(call.name, "mcp__")) putAscii<S>(sink, SPAN_ATTRIBUTES, NAME.MCP_METHOD, NAME.TOOLS_CALL);
  putCallContent<S>(sink, call);
}

function putChat<S>(sink: S, span: Span): void {
  const response = responses.at(span.subject - 1);
  putString<S>(sink, SPAN_ATTRIBUTES, NAME.RESPONSE_MODEL, response.model);
  if (rows.at(response.row - 1).message) putString<S>(sink, SPAN_ATTRIBUTES, NAME.RESPONSE_ID, response.id);
  putSingle<S>(sink, SPAN_ATTRIBUTES, NAME.FINISH_REASONS, response.stop);
  if (response.hasUsage) {
    const cacheWrite = max<i64>(response.cacheWrite, 0);
    putInteger<S>(sink, SPAN_ATTRIBUTES, NAME.INPUT_TOKENS, span.input);
    putInteger<S>(sink, SPAN_ATTRIBUTES, NAME.OUTPUT_TOKENS, span.output);
    putInteger<S>(sink, SPAN_ATTRIBUTES, NAME.CACHE_READ_TOKENS, max<i64>(response.cacheRead, 0));
    putInteger<S>(sink, SPAN_ATTRIBUTES, NAME.CACHE_CREATION_TOKENS, cacheWrite);
    putInteger<S>(sink, SPAN_ATTRIBUTES, NAME.CACHE_WRITE_TOKENS, cacheWrite);
  }
  if (response.reasoning >= 0) putInteger<S>(sink, SPAN_ATTRIBUTES, NAME.REASONING_TOKENS, response.reasoning);
  if (span.flags & FLAG_COMPACTED) putTrue<S>(sink, SPAN_ATTRIBUTES, NAME.CONVERSATION_COMPACTED);
  if (span.flags & FLAG_PARTIAL_USAGE) putTrue<S>(sink, SPAN_ATTRIBUTES, NAME.USAGE_PARTIAL);
  if (!full) return;
  openText<S>(sink, SPAN_ATTRIBUTES, NAME.OUTPUT_MESSAGES, contentBytes + 96);
  putResponse<S>(sink, span.subject - 1, false);
  closeText<S>(sink);
}

// --- events and status

function putEvents<S>(sink: S, index: u32): void {
  let at = firstEventOf(index);
  if (at == spanEvents.rows || spanEvents.at(at).span != index) return;
  sink.openList("events");
  for (; at < spanEvents.rows && spanEvents.at(at).span == index; at++) putEvent<S>(sink, spanEvents.at(at));
  sink.closeList();
}

function putEvent<S>(sink: S, event: SpanEvent): void {
  if (isTold(event.kind)) {
    putTold<S>(sink, event, full);
    return;
  }
  const number = rows.at(event.row).note;
  const note = number && event.kind != EVENT_HOOK ? notes.at(number - 1) : changetype<Note>(0);
  const name = nameOfEvent(event.kind);
  sink.openItem(SPAN_EVENTS, "", 64 + (full && note != null && note.content ? lengthOfContent(note.content) : 0));
  sink.fixed64(EVENT_TIME_FIELD, "timeUnixNano", event.time);
  sink.string(EVENT_NAME_FIELD, "name", asciiBytes(name), asciiLength(name));
  sink.openList("attributes");
  if (event.kind == EVENT_HOOK) putHook<S>(sink, hooks.at(number - 1));
  else if (event.kind == EVENT_COMPACTION) putCompaction<S>(sink, note);
  else if (event.kind == EVENT_API_ERROR) putApiError<S>(sink, note);
  sink.closeList();
  sink.close();
}

function nameOfEvent(kind: u32): usize {
  if (kind == EVENT_COMPACTION) return NAME.EVENT_NAME_COMPACTION;
  if (kind == EVENT_API_ERROR) return NAME.EVENT_NAME_API_ERROR;
  return kind == EVENT_HOOK ? NAME.EVENT_NAME_HOOK : NAME.EVENT_NAME_INTERRUPT;
}

function putCompaction<S>(sink: S, note: Note): void {
  putString<S>(sink, EVENT_ATTRIBUTES, NAME.COMPACTION_TRIGGER, note.name || !note.told ? note.name : tolds.at(note.told - 1).name);
  putKnown<S>(sink, NAME.COMPACTION_BEFORE, note.first);
  putKnown<S>(sink, NAME.COMPACTION_AFTER, note.second);
  putKnown<S>(sink, NAME.COMPACTION_DURATION, note.third);
  if (full && note.told) putWords<S>(sink, NAME.COMPACTION_INSTRUCTIONS, tolds.at(note.told - 1).words);
  if (full) putWords<S>(sink, NAME.COMPACTION_SUMMARY, note.content);
}

function putApiError<S>(sink: S, note: Note): void {
  if (note.name) putString<S>(sink, EVENT_ATTRIBUTES, NAME.ERROR_TYPE, note.name);
  else putAscii<S>(sink, EVENT_ATTRIBUTES, NAME.ERROR_TYPE, NAME.API_ERROR);
  putKnown<S>(sink, NAME.STATUS_CODE, note.third);
  putKnown<S>(sink, NAME.RETRY_ATTEMPT, note.first);
  putKnown<S>(sink, NAME.RETRY_DELAY, note.second);
}

function putHook<S>(sink: S, hook: Hook): void {
  putString<S>(sink, EVENT_ATTRIBUTES, NAME.HOOK_EVENT, hook.event);
  putString<S>(sink, EVENT_ATTRIBUTES, NAME.HOOK_NAME, hook.name);
  putString<S>(sink, EVENT_ATTRIBUTES, NAME.HOOK_OUTCOME, hook.outcome);
  putKnown<S>(sink, NAME.HOOK_EXIT_CODE, hook.exitCode);
  putKnown<S>(sink, NAME.HOOK_DURATION, hook.duration);
  putKnown<S>(sink, NAME.HOOK_COUNT, hook.count);
}

/** A count of an event, if it was recorded. */
function putKnown<S>(sink: S, key: usize, value: i64): void {
  if (value >= 0) putInteger<S>(sink, EVENT_ATTRIBUTES, key, value);
}

function putStatusMessage<S>(sink: S, span: Span): void {
  const call = span.kind != KIND_TURN && span.subject ? calls.at(span.subject - 1) : changetype<Call>(0);
  if (call != null && call.result && parts.at(call.result - 1).flags & PART_FAILED) {
    const result = parts.at(call.result - 1).content;
    if (full && result && findSaying(result)) putShort<S>(sink, firstTextStart, firstTextEnd - firstTextStart);
    return;
  }
  const scope = span.kind != KIND_TOOL && span.scope ? scopes.at(span.scope - 1) : changetype<Scope>(0);
  if (scope != null && scope.flags & SCOPE_INTERRUPTED) putMessage<S>(sink, "interrupted by the user");
  else if (scope != null && scope.failure && scope.failure == scope.last) {
    const content = notes.at(rows.at(scope.failure - 1).note - 1).content;
    if (full && content) putShort<S>(sink, addressOfContent(content), lengthOfContent(content));
  } else if (call != null && call.result) putMessage<S>(sink, stringIs(span.error, "failed") ? "the agent failed" : stringIs(span.error, "killed") ? "the agent was killed" : "the agent was stopped");
  else if (call != null && scopes.at(call.scope - 1).flags & SCOPE_INTERRUPTED) putMessage<S>(sink, "interrupted by the user");
  else putMessage<S>(sink, "no result was recorded");
}

function putMessage<S>(sink: S, text: string): void {
  sink.openText(STATUS_MESSAGE, "message", text.length);
  sink.literal(text);
  sink.closeText();
}

/** The beginning of a JSON string's inside, decoded. */
function putShort<S>(sink: S, from: usize, length: usize): void {
  const room = length + TEXT_SLACK;
  const text = allocate(room);
  const written = decodeText(from, length, text);
  sink.openText(STATUS_MESSAGE, "message", min(written, MESSAGE_LIMIT));
  if (isDamaged(text, written)) {
    const repaired = allocate(written * 3);
    const size = repairUtf8(text, written, repaired);
    sink.plain(repaired, wholeCharacters(repaired, size, MESSAGE_LIMIT));
    release(repaired, written * 3);
  } else {
    sink.plain(text, wholeCharacters(text, written, MESSAGE_LIMIT));
  }
  sink.closeText();
  release(text, room);
}
