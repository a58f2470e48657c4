// What the rows add up to, once it is known who belongs to whom. A second way through the used rows, in canonical order:
// results find their calls, every scope gets what it did, in order, and when it did it; then sums.

import { NO_TIME } from "../bytes/instant";
import { EVENT_API_ERROR, EVENT_COMPACTION, EVENT_INTERRUPT, SKIP_COPY, SKIP_NOTICE } from "../abi/layout";
import { isHookRecord } from "./assemble";
import { memberType } from "./agents";
import { countFate } from "./counts";
import {
  ITEM_CALL,
  ITEM_RESPONSE,
  SCOPE_INTERRUPTED,
  SCOPE_MIXED_PROVIDERS,
  SCOPE_UNDER_WAY,
  Call,
  Scope,
  callOf,
  callOfId,
  calls,
  events,
  items,
  orderOf,
  responses,
  scopes,
} from "./model";
import {
  PART_CALL,
  PART_COPY,
  PART_RESULT,
  ROW_API_ERROR,
  ROW_CALLS,
  ROW_COMPACTION,
  ROW_HOOK,
  ROW_INTERRUPT,
  ROW_IS_INPUT,
  ROW_MESSAGE,
  ROW_PROGRESS,
  ROW_RESPONSE,
  ROW_RESULTS,
  ROW_STARTS,
  STRAND_COMPOSED,
  Row,
  documents,
  hooks,
  notes,
  parts,
  rows,
  strands,
} from "./record";
import { orderTurns } from "./homes";
import { strandOrder } from "./order";
import { skip } from "./turns";

/** Gives every call its first result, and every row of results, and of a hook, its fate. */
export function pairResults(): void {
  for (let pass = 0; pass < 2; pass++) {
    for (let d: u32 = 0; d < strands.rows; d++) {
      const strand = strands.at(strandOrder(d));
      for (let i = strand.firstRow; i < strand.lastRow; i++) {
        const row = rows.at(i);
        if (row.skipped || !isOfPass(row, pass)) continue;
        if (row.kind == ROW_RESULTS) pairRow(i, row);
        else if (row.kind == ROW_HOOK) placeHook(row);
      }
    }
    if (!pass) noteProgress();
    if (!progress) return;
  }
}

/** Rows of progress come behind all others. */
// @ts-ignore: decorator
@inline
function isOfPass(row: Row, pass: i32): bool {
  return ((row.flags & ROW_PROGRESS) != 0) == (pass != 0);
}

/** Is there any? */
let progress: bool = false;

function noteProgress(): void {
  progress = false;
  for (let i: u32 = 0; i < rows.rows && !progress; i++) progress = (rows.at(i).flags & ROW_PROGRESS) != 0;
}

/** A hook stands on the call that it names, else where it ran. */
function placeHook(row: Row): void {
  const hook = hooks.at(row.note - 1);
  if (!row.scope && !(hook.call && callOfId.get(hook.call) >= 0)) row.skipped = hook.skip + 1;
}

function pairRow(at: u32, row: Row): void {
  let used = false;
  let known = false;
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    const part = parts.at(p);
    const number = part.kind == PART_RESULT ? callOf(part) : -1;
    if (number < 0) continue;
    known = true;
    const call = calls.at(number);
    if (call.result) continue;
    call.result = p + 1;
    call.resultRow = at + 1;
    used = true;
    const scope = scopes.at(call.scope - 1);
    if (!scope.last || orderOf(scope.last - 1) < orderOf(at)) scope.last = at + 1;
  }
  if (!used) skip(row, known ? SKIP_COPY : SKIP_NOTICE);
}

export function settle(): void {
  for (let i: u32 = 0; i < scopes.rows; i++) {
    scopes.at(i).lastTime = NO_TIME;
    scopes.at(i).lastInput = NO_TIME;
    scopes.at(i).cost = -1;
  }
  takeFromFollowers();
  const passes = progress ? 2 : 1;
  for (let pass = 0; pass < passes; pass++) {
    for (let d: u32 = 0; d < strands.rows; d++) {
      const strand = strands.at(strandOrder(d));
      for (let i = strand.firstRow; i < strand.lastRow; i++) {
        const row = rows.at(i);
        if (!isOfPass(row, pass)) continue;
        if (!(strand.traits & STRAND_COMPOSED)) countFate(documents.at(row.document), row.skipped);
        if (!row.skipped) take(i);
      }
    }
  }
  sumResponses();
  orderTurns();
}

/** What a transcript that another one stands for knew of itself. */
function takeFromFollowers(): void {
  for (let i: u32 = 0; i < scopes.rows; i++) scopes.at(i).type = memberType(scopes.at(i));
  for (let i: u32 = 0; i < scopes.rows; i++) {
    const scope = scopes.at(i);
    if (scope.leader == i + 1) continue;
    const leader = scopes.at(scope.leader - 1);
    leader.flags |= scope.flags & (SCOPE_INTERRUPTED | SCOPE_UNDER_WAY);
    if (scope.failure && (!leader.failure || orderOf(leader.failure - 1) < orderOf(scope.failure - 1))) leader.failure = scope.failure;
    if (scope.last && (!leader.last || orderOf(leader.last - 1) < orderOf(scope.last - 1))) leader.last = scope.last;
    if (!leader.agent) leader.agent = scope.agent;
    if (!leader.member) leader.member = scope.member;
    if (!leader.type) leader.type = memberType(scope);
    if (!leader.run) leader.run = scope.run;
  }
}

/** A used row gives its scope what it holds. */
function take(at: u32): void {
  const row = rows.at(at);
  if (row.transcriptOf) {
    const agent = scopes.at(scopes.at(row.transcriptOf - 1).leader - 1);
    if (!agent.row && !isHookRecord(row)) agent.row = at + 1;
  }
  const kind = row.kind;
  if (kind == ROW_RESPONSE) takeResponse(at, row);
  else if (kind == ROW_CALLS) takeLooseCalls(row);
  else if (kind == ROW_RESULTS) takeResults(at, row);
  else if (kind == ROW_HOOK) takeHook(at, row);
  else if (kind == ROW_MESSAGE && row.note) takeNotice(row);
  if (!row.scope || kind == ROW_HOOK) return;
  const scope = scopes.at(scopes.at(row.scope - 1).leader - 1);
  if (row.flags & ROW_IS_INPUT) scope.lastInput = max(scope.lastInput, row.time);
  if (kind == ROW_INTERRUPT) addEvent(scope, at, EVENT_INTERRUPT);
  else if (kind == ROW_API_ERROR) addEvent(scope, at, EVENT_API_ERROR);
  else if (kind == ROW_COMPACTION) addEvent(scope, at, EVENT_COMPACTION);
  if ((kind == ROW_INTERRUPT || kind == ROW_API_ERROR) && !(strands.at(row.strand).traits & STRAND_COMPOSED)) scope.lastTime = max(scope.lastTime, row.time);
}

function takeResponse(at: u32, row: Row): void {
  const number = row.response - 1;
  const response = responses.at(number);
  response.scope = scopes.at(response.scope - 1).leader;
  const scope = scopes.at(response.scope - 1);
  if (response.row == at + 1) {
    // its last input, but never later than itself
    response.start = scope.lastInput == NO_TIME || row.flags & ROW_STARTS ? row.time : min(scope.lastInput, row.time);
    response.end = row.time;
    addItem(scope, ITEM_RESPONSE, number);
    scope.lastResponse = number + 1;
  }
  response.end = max(response.end, row.time);
  scope.lastInput = max(scope.lastInput, row.time);
  scope.lastTime = max(scope.lastTime, row.time);
  takeCalls(row, response.scope);
}

function takeLooseCalls(row: Row): void {
  const leader = scopes.at(row.scope - 1).leader;
  const scope = scopes.at(leader - 1);
  scope.lastTime = max(scope.lastTime, row.time);
  takeCalls(row, leader);
}

/** The calls of a row are things that a scope (+ 1) did. */
function takeCalls(row: Row, number: u32): void {
  const scope = scopes.at(number - 1);
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    const part = parts.at(p);
    if (part.kind != PART_CALL || !part.id || part.flags & PART_COPY) continue;
    const call = callOf(part);
    calls.at(call).scope = number;
    addItem(scope, ITEM_CALL, call);
  }
}

function takeResults(at: u32, row: Row): void {
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    const part = parts.at(p);
    const number = part.kind == PART_RESULT ? callOf(part) : -1;
    if (number < 0 || calls.at(number).result != p + 1) continue;
    const scope = scopes.at(scopes.at(calls.at(number).scope - 1).leader - 1);
    scope.lastInput = max(scope.lastInput, row.time);
    scope.lastTime = max(scope.lastTime, row.time);
  }
}

function takeHook(at: u32, row: Row): void {
  const hook = hooks.at(row.note - 1);
  const number = hook.call ? callOfId.get(hook.call) : -1;
  if (number >= 0) addCallEvent(calls.at(number), at, hook.kind);
  else addEvent(scopes.at(scopes.at(row.scope - 1).leader - 1), at, hook.kind);
}

/** A message can say how the agent of a call has ended; the last word counts. */
function takeNotice(row: Row): void {
  const note = notes.at(row.note - 1);
  const number = callOfId.get(note.first);
  if (number >= 0) calls.at(number).ended = note.name;
}

export function addCallEvent(call: Call, at: u32, kind: u32): void {
  const event = events.add();
  event.row = at;
  event.kind = kind;
  if (call.lastEvent) events.at(call.lastEvent - 1).next = events.rows;
  else call.firstEvent = events.rows;
  call.lastEvent = events.rows;
}

export function addEvent(scope: Scope, at: u32, kind: u32): void {
  const event = events.add();
  event.row = at;
  event.kind = kind;
  if (scope.lastEvent) events.at(scope.lastEvent - 1).next = events.rows;
  else scope.firstEvent = events.rows;
  scope.lastEvent = events.rows;
}

function addItem(scope: Scope, kind: u32, index: u32): void {
  const item = items.add();
  item.kind = kind;
  item.index = index;
  if (scope.lastItem) items.at(scope.lastItem - 1).next = items.rows;
  else scope.firstItem = items.rows;
  scope.lastItem = items.rows;
}

/** The whole prompt of a response in tokens. */
// @ts-ignore: decorator
@inline
export function inputTokens(uncached: i64, cacheRead: i64, cacheWrite: i64): i64 {
  return max<i64>(uncached, 0) + max<i64>(cacheRead, 0) + max<i64>(cacheWrite, 0);
}

function sumResponses(): void {
  for (let i: u32 = 0; i < responses.rows; i++) {
    const response = responses.at(i);
    const scope = scopes.at(response.scope - 1);
    scope.input += inputTokens(response.uncached, response.cacheRead, response.cacheWrite);
    scope.output += max<i64>(response.output, 0);
    if (response.cost >= 0) scope.cost = max<i64>(scope.cost, 0) + response.cost;
    if (!scope.chats) scope.provider = response.provider;
    else if (scope.provider != response.provider) scope.flags |= SCOPE_MIXED_PROVIDERS;
    scope.chats++;
  }
}
