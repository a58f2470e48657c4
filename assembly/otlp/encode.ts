// One span for any sink: what is said of it, and in which order, stands here once. First every piece of content that the
// span needs must be present (ready.ts); then it is written in one go.

import { asciiBytes, asciiLength } from "../bytes/ascii";
import { stringIs, stringLength, stringPointer, stringStarts } from "../bytes/strings";
import { resultAgent } from "../session/agents";
import {
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
import { Call, ORIGIN_NOTIFICATION, ORIGIN_SYNTHETIC, ORIGIN_UNPROMPTED, Scope, calls, responses, scopes } from "../session/model";
import { STRAND_EVENTS, STRAND_STATE, documents, notes, parts, rows, strands } from "../session/record";
import { Span, spans, traces } from "../trace/spans";
import { closeText, openText, putAscii, putBillionths, putInteger, putSingle, putString, putTrue } from "./attributes";
import { lengthOfContent } from "./content";
import { putEvents } from "./events";
import { agentOf, askedOf, isRequested, promptOf, providerOf, shownId } from "./facts";
import {
  KIND_CLIENT,
  KIND_INTERNAL,
  SCOPE_SPANS_SPANS,
  SPAN_ATTRIBUTES,
  SPAN_END_TIME,
  SPAN_KIND_FIELD,
  SPAN_NAME_FIELD,
  SPAN_PARENT_SPAN_ID,
  SPAN_SPAN_ID,
  SPAN_START_TIME,
  SPAN_TRACE_ID,
} from "./fields";
import { holds, putAsked, putPrompt, putResponse } from "./messages";
import { putResult, putResultAnswer, saysSomething } from "./results";
import { putJson } from "./values";
import { agentName, full, profile, traits } from "./mode";
import * as NAME from "./names";
import { putProfile } from "./profiles/profile";
import { SUMS_APART } from "./profiles/table";
import { contentBytes } from "./ready";
import * as sink from "./sink";
import { putStatus } from "./status";

/** Writes the span as one item of the list at hand. */
export function encodeSpan(index: u32): void {
  const span = spans.at(index);
  const trace = traces.at(span.trace);
  // attributes without content take about 600 bytes
  sink.openItem(SCOPE_SPANS_SPANS, contentBytes + 640);
  sink.id(SPAN_TRACE_ID, "traceId", changetype<usize>(trace), 16);
  sink.id(SPAN_SPAN_ID, "spanId", changetype<usize>(span), 8);
  if (span.parent >= 0) sink.id(SPAN_PARENT_SPAN_ID, "parentSpanId", changetype<usize>(spans.at(span.parent)), 8);
  const operation = operationOf(span);
  sink.openText(SPAN_NAME_FIELD, "name", asciiLength(operation) + (span.name ? stringLength(span.name) + 1 : 0));
  sink.plain(asciiBytes(operation), asciiLength(operation));
  const shown = agentName && (span.kind == KIND_TURN || span.kind == KIND_SESSION) ? agentName : span.name;
  if (shown) {
    sink.plain(asciiBytes(NAME.SPACE), 1);
    sink.plain(stringPointer(shown), stringLength(shown));
  }
  sink.closeText();
  sink.enumeration(SPAN_KIND_FIELD, "kind", span.kind == KIND_CHAT ? KIND_CLIENT : KIND_INTERNAL);
  sink.fixed64(SPAN_START_TIME, "startTimeUnixNano", span.start);
  sink.fixed64(SPAN_END_TIME, "endTimeUnixNano", span.end);
  sink.openList("attributes");
  putCommon(span, operation);
  if (span.kind == KIND_CHAT) putChat(span);
  else if (span.kind == KIND_TOOL) putTool(span);
  else putAgent(span);
  if (profile) putProfile(span, index);
  sink.closeList();
  putEvents(index);
  if (span.flags & FLAG_ERROR) putStatus(span);
  sink.close();
}

function operationOf(span: Span): string {
  if (span.kind == KIND_CHAT) return NAME.CHAT;
  if (span.kind == KIND_TOOL) return NAME.EXECUTE_TOOL;
  return span.kind == KIND_SESSION ? NAME.SESSION : NAME.INVOKE_AGENT;
}

function putCommon(span: Span, operation: string): void {
  if (span.kind != KIND_SESSION) putAscii(SPAN_ATTRIBUTES, NAME.OPERATION_NAME, operation);
  putString(SPAN_ATTRIBUTES, NAME.PROVIDER_NAME, providerOf(span));
  const conversation = traces.at(span.trace).conversation;
  putString(SPAN_ATTRIBUTES, NAME.CONVERSATION_ID, conversation);
  putString(SPAN_ATTRIBUTES, NAME.SESSION_ID, conversation);
  putString(SPAN_ATTRIBUTES, NAME.AGENT_NAME, agentOf(span));
  putString(SPAN_ATTRIBUTES, NAME.SOURCE_FILE, documents.at(span.document).name);
  putInteger(SPAN_ATTRIBUTES, NAME.SOURCE_LINE, span.line);
  putString(SPAN_ATTRIBUTES, NAME.ERROR_TYPE, span.error);
  if (span.flags & FLAG_INFERRED_TIME) putAscii(SPAN_ATTRIBUTES, NAME.TIME, NAME.INFERRED);
}

function putAgent(span: Span): void {
  const call = span.subject ? calls.at(span.subject - 1) : changetype<Call>(0);
  const scope = span.scope ? scopes.at(span.scope - 1) : changetype<Scope>(0);
  if (span.kind != KIND_SESSION) {
    const turn = scopes.at(span.turn - 1);
    putInteger(SPAN_ATTRIBUTES, NAME.TURN_INDEX, turn.index);
  }
  if (span.kind == KIND_TURN) {
    if (scope.origin == ORIGIN_UNPROMPTED) putAscii(SPAN_ATTRIBUTES, NAME.TURN_ORIGIN, NAME.UNPROMPTED);
    else if (scope.origin == ORIGIN_NOTIFICATION) putAscii(SPAN_ATTRIBUTES, NAME.TURN_ORIGIN, NAME.NOTIFICATION);
    else if (scope.origin == ORIGIN_SYNTHETIC) putAscii(SPAN_ATTRIBUTES, NAME.TURN_ORIGIN, NAME.SYNTHETIC);
  } else if (span.kind == KIND_AGENT) {
    if (scope != null && scope.agent) putString(SPAN_ATTRIBUTES, NAME.AGENT_ID, scope.agent);
    else if (call) putString(SPAN_ATTRIBUTES, NAME.AGENT_ID, resultAgent(call));
    putAscii(SPAN_ATTRIBUTES, NAME.AGENT_JOIN, unchecked(NAME.JOINS[scope ? scope.join : 0]));
    if (scope != null) putString(SPAN_ATTRIBUTES, NAME.WORKFLOW_RUN, scope.run);
    if (span.flags & FLAG_ASYNC) putTrue(SPAN_ATTRIBUTES, NAME.ASYNC);
  }
  if (call) {
    putString(SPAN_ATTRIBUTES, NAME.TOOL_NAME, call.name);
    putString(SPAN_ATTRIBUTES, NAME.TOOL_CALL_ID, shownId(call));
  }
  if (span.kind == KIND_SESSION) {
    putSessionTotals(span);
  } else if (span.input >= 0) {
    putSums(span);
  }
  if (span.kind != KIND_SESSION && scope != null) putCost(scope.cost);
  const row = rows.at(scope != null && scope.row ? scope.row - 1 : span.row - 1);
  putString(SPAN_ATTRIBUTES, NAME.WORKING_DIRECTORY, row.directory);
  if (!stringIs(row.branch, "HEAD")) putString(SPAN_ATTRIBUTES, NAME.BRANCH, row.branch);
  putString(SPAN_ATTRIBUTES, NAME.CLIENT_VERSION, row.version);
  const known = strands.at(row.strand).traits & (STRAND_EVENTS | STRAND_STATE);
  if (known) putAscii(SPAN_ATTRIBUTES, NAME.EVIDENCE, known & STRAND_EVENTS ? NAME.EVENTS : NAME.STATE);
  if (full && span.kind != KIND_SESSION) putAskedAndAnswered(span, call, scope);
  if (call) putCallContent(call);
}

function putSums(span: Span): void {
  const apart = traits & SUMS_APART;
  putInteger(SPAN_ATTRIBUTES, apart ? NAME.SUM_INPUT : NAME.INPUT_TOKENS, span.input);
  putInteger(SPAN_ATTRIBUTES, apart ? NAME.SUM_OUTPUT : NAME.OUTPUT_TOKENS, span.output);
}

function putCost(cost: i64): void {
  if (cost >= 0) putBillionths(SPAN_ATTRIBUTES, NAME.COST, cost);
}

/** What all spans below a session amount to. */
function putSessionTotals(session: Span): void {
  let turns = 0;
  let chats = 0;
  let tools = 0;
  let agents = 0;
  let errors = 0;
  let cost: i64 = -1;
  const trace = traces.at(session.trace);
  for (let i = trace.firstSpan + 1; i < trace.firstSpan + trace.spans; i++) {
    const span = spans.at(i);
    if (span.flags & FLAG_ERROR) errors++;
    if (span.kind == KIND_TURN) turns++;
    else if (span.kind == KIND_TOOL) tools++;
    else if (span.kind == KIND_AGENT) agents++;
    else {
      chats++;
      const own = responses.at(span.subject - 1).cost;
      if (own >= 0) cost = max<i64>(cost, 0) + own;
    }
  }
  if (session.input >= 0) putSums(session);
  putCost(cost);
  putInteger(SPAN_ATTRIBUTES, NAME.SESSION_TURNS, turns);
  putInteger(SPAN_ATTRIBUTES, NAME.SESSION_CHATS, chats);
  putInteger(SPAN_ATTRIBUTES, NAME.SESSION_TOOL_CALLS, tools);
  putInteger(SPAN_ATTRIBUTES, NAME.SESSION_AGENTS, agents);
  putInteger(SPAN_ATTRIBUTES, NAME.SESSION_ERRORS, errors);
}

function putAskedAndAnswered(span: Span, call: Call, scope: Scope): void {
  const asked = call ? askedOf(call) : 0;
  const prompt = promptOf(span);
  if (asked || prompt) {
    openText(SPAN_ATTRIBUTES, NAME.INPUT_MESSAGES, contentBytes + 64);
    if (asked) putAsked(asked);
    else putPrompt(prompt);
    closeText();
  }
  if (scope != null && scope.lastResponse && holds(responses.at(scope.lastResponse - 1).row, true)) {
    openText(SPAN_ATTRIBUTES, NAME.OUTPUT_MESSAGES, contentBytes + 64);
    putResponse(scope.lastResponse - 1, true);
    closeText();
  } else if (call != null && call.result && parts.at(call.result - 1).content) {
    const result = parts.at(call.result - 1);
    if (!saysSomething(result.content)) return;
    openText(SPAN_ATTRIBUTES, NAME.OUTPUT_MESSAGES, lengthOfContent(result.content) + 64);
    putResultAnswer(result.content, (span.flags & FLAG_ERROR) != 0);
    closeText();
  }
}

function putCallContent(call: Call): void {
  if (full) putGivenAndResult(call);
  const number = call.result ? rows.at(call.resultRow - 1).note : 0;
  if (!number) return;
  const kept = notes.at(number - 1);
  if (kept.first >= 0) putInteger(SPAN_ATTRIBUTES, NAME.RESULT_SIZE, kept.first);
  if (kept.second >= 0) putInteger(SPAN_ATTRIBUTES, NAME.EXIT_CODE, kept.second);
  if (kept.third >= 0) putInteger(SPAN_ATTRIBUTES, NAME.PERMISSION_WAIT, kept.third);
  if (full) putString(SPAN_ATTRIBUTES, NAME.RESULT_FILE, kept.name);
}

function putGivenAndResult(call: Call): void {
  const given = parts.at(call.part).content;
  if (given) {
    openText(SPAN_ATTRIBUTES, NAME.TOOL_ARGUMENTS, lengthOfContent(given));
    putJson(given);
    closeText();
  }
  if (!call.result) return;
  const result = parts.at(call.result - 1).content;
  if (!result) return;
  openText(SPAN_ATTRIBUTES, NAME.TOOL_RESULT, lengthOfContent(result));
  putResult(result);
  closeText();
}

function putTool(span: Span): void {
  const call = calls.at(span.subject - 1);
  putString(SPAN_ATTRIBUTES, NAME.TOOL_NAME, call.name);
  putString(SPAN_ATTRIBUTES, NAME.TOOL_CALL_ID, shownId(call));
  putAscii(SPAN_ATTRIBUTES, NAME.TOOL_TYPE, NAME.FUNCTION);
  if (stringStarts(call.name, "mcp__")) putAscii(SPAN_ATTRIBUTES, NAME.MCP_METHOD, NAME.TOOLS_CALL);
  putCallContent(call);
}

function putChat(span: Span): void {
  const response = responses.at(span.subject - 1);
  putString(SPAN_ATTRIBUTES, isRequested(response) ? NAME.REQUEST_MODEL : NAME.RESPONSE_MODEL, response.model);
  if (rows.at(response.row - 1).message) putString(SPAN_ATTRIBUTES, NAME.RESPONSE_ID, response.id);
  putSingle(SPAN_ATTRIBUTES, NAME.FINISH_REASONS, response.stop);
  if (response.hasUsage) {
    const cacheWrite = max<i64>(response.cacheWrite, 0);
    putInteger(SPAN_ATTRIBUTES, NAME.INPUT_TOKENS, span.input);
    putInteger(SPAN_ATTRIBUTES, NAME.OUTPUT_TOKENS, span.output);
    putInteger(SPAN_ATTRIBUTES, NAME.CACHE_READ_TOKENS, max<i64>(response.cacheRead, 0));
    putInteger(SPAN_ATTRIBUTES, NAME.CACHE_CREATION_TOKENS, cacheWrite);
    putInteger(SPAN_ATTRIBUTES, NAME.CACHE_WRITE_TOKENS, cacheWrite);
  }
  if (response.reasoning >= 0) putInteger(SPAN_ATTRIBUTES, NAME.REASONING_TOKENS, response.reasoning);
  putCost(response.cost);
  if (span.flags & FLAG_COMPACTED) putTrue(SPAN_ATTRIBUTES, NAME.CONVERSATION_COMPACTED);
  if (span.flags & FLAG_PARTIAL_USAGE) putTrue(SPAN_ATTRIBUTES, NAME.USAGE_PARTIAL);
  if (!full) return;
  openText(SPAN_ATTRIBUTES, NAME.OUTPUT_MESSAGES, contentBytes + 96);
  putResponse(span.subject - 1, false);
  closeText();
}
