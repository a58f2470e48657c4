// The traces of a family: one for every turn, or one for every session; what they cover, and how many spans of each kind there are.
// What stands below a turn, tree.ts knows; what is said of a span, otlp/encode.ts.

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
  FLAG_ERROR,
  FLAG_INFERRED_TIME,
  KIND_AGENT,
  KIND_CHAT,
  KIND_SESSION,
  KIND_TOOL,
  KIND_TURN,
  SHAPE_SESSION,
} from "../abi/layout";
import { count } from "../session/counts";
import { rootOf, turns } from "../session/homes";
import { calls, responses, scopes } from "../session/model";
import { rows } from "../session/record";
import { internFailures } from "./failures";
import { howSettled } from "./settled";
import { Trace, spanEvents, spans, traces } from "./spans";
import { TRACE_ID, addSpan, beginSpans, beginTree, client, turnSpan } from "./tree";

const roots = new Table<Cell>();

/** Builds every span of the family. The client is part of every trace id: `clientName`, where nothing says who it was. */
export function buildTraces(shape: i32, clientName: u32): void {
  beginTree(clientName);
  internFailures();
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
  const it = traces.add();
  it.firstSpan = spans.rows;
  it.conversation = conversation;
  it.high = load<u64>(TRACE_ID);
  it.low = load<u64>(TRACE_ID, 8);
  return it;
}

function closeTrace(): Trace {
  const it = traces.at(traces.rows - 1);
  it.spans = spans.rows - it.firstSpan;
  return it;
}

function turnTrace(index: u32): void {
  const turn = scopes.at(index);
  beginSpans("turn", index, turn.identity);
  openTrace(rootOf(turn));
  turnSpan(index, -1);
  closeTrace().settled = howSettled(index);
}

function sessionTrace(root: u32): void {
  let top: i32 = -1;
  for (let i: u32 = 0; i < turns.rows; i++) {
    const index = turns.at(i).value;
    const turn = scopes.at(index);
    if (rootOf(turn) != root) continue;
    if (top < 0) {
      beginSpans("session", index, root);
      openTrace(root);
      top = sessionSpan(root, index);
    }
    beginSpans("turn", index, turn.identity);
    turnSpan(index, top);
  }
  widenSession(top);
  closeTrace();
}

function sessionSpan(root: u32, first: u32): i32 {
  const at = addSpan(KIND_SESSION, -1, "session", root, scopes.at(first).row - 1);
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
