// Puts the rows of all documents together, in canonical order: which rows are copies, which turn (turns.ts) or sub-agent each
// belongs to, which are one response (responses.ts). Every row passes here once, as a record of facts; content stays in the documents.
// Agents are joined to the calls that spawned them in agents.ts; what everything adds up to is settled in settle.ts.

import { NO_TIME } from "../bytes/instant";
import { stringHash } from "../bytes/strings";
import { DOCUMENT_SUBAGENT, SKIP_COPY, SKIP_INJECTED, SKIP_NOTICE, SKIP_PROGRESS } from "../abi/layout";
import { orderStrands, strandOrder } from "./order";
import { deliverQueue, takeBack } from "./queue";
import { readCalls, readResponse } from "./responses";
import { findMembers } from "./teams";
import { answered, awaitNext, beginTurns, belong, dropCommand, goOnWith, noteOutput, readCommand, readCompaction, readMessage, readPrompt, skip, turn } from "./turns";
import {
  SCOPE_AGENT,
  SCOPE_INTERRUPTED,
  SCOPE_COMPOSED,
  SCOPE_OWN_SESSION,
  SCOPE_TOLD,
  SCOPE_TURN,
  callOf,
  inlineScopeOfRow,
  memberOfStem,
  responseOfMessage,
  responses,
  rowOfUuid,
  scopeOfAgent,
  scopeOfPrompt,
  scopes,
} from "./model";
import {
  PART_CALL,
  ROW_API_ERROR,
  ROW_ASIDE,
  ROW_BETWEEN,
  ROW_CALLS,
  ROW_COMMAND,
  ROW_COMPACTION,
  ROW_FEEDBACK,
  ROW_FINAL_ERROR,
  ROW_HOOK,
  ROW_INFERRED_TIME,
  ROW_INTERRUPT,
  ROW_IS_INPUT,
  ROW_MESSAGE,
  ROW_OF_QUEUE,
  ROW_OUTPUT,
  ROW_PROGRESS,
  ROW_PROMPT,
  ROW_RESPONSE,
  ROW_RESULTS,
  ROW_SIDECHAIN,
  ROW_SUMMARY,
  Row,
  STRAND_COMPOSED,
  Strand,
  documents,
  firstText,
  notes,
  parts,
  rows,
  strands,
  usages,
} from "./record";

// Where the reading of the strand at hand stands. Scopes and rows are index + 1, 0 is none.
let compacted: bool = false;
/** The compaction whose summary may follow. */
let compaction: u32 = 0;
/** The sub-agent whose transcript the document is. */
let transcriptOf: u32 = 0;

export function assemble(): void {
  findMembers();
  orderStrands();
  let progress = false;
  for (let i: u32 = 0; i < strands.rows; i++) progress = walk(strandOrder(i)) || progress;
  publish();
  if (!progress) return;
  for (let i: u32 = 0; i < strands.rows; i++) walkProgress(strands.at(strandOrder(i)));
}

/** A document is what its own strand turned out to be. */
function publish(): void {
  for (let i: u32 = 0; i < documents.rows; i++) {
    const document = documents.at(i);
    document.kind = strands.at(i).kind;
    document.session = strands.at(i).session;
    document.agent = strands.at(i).agent;
  }
}

/** Answers whether the document holds progress of sub-agents, which is read when everything else is known. */
function walk(index: u32): bool {
  const strand = strands.at(index);
  beginTurns();
  compacted = false;
  compaction = 0;
  inferTimes(strand);
  transcriptOf = 0;
  if (strand.kind == DOCUMENT_SUBAGENT) {
    transcriptOf = scopeWithin(strand.agent, strand);
    const scope = scopes.at(transcriptOf - 1);
    if (!scope.run) scope.run = strand.run;
    if (strand.spawner) scope.spawner = strand.spawner;
    scope.how = strand.join;
    scope.told = strand.type;
    if (strand.member) scope.flags |= SCOPE_OWN_SESSION;
    if (strand.traits & STRAND_COMPOSED) scope.flags |= SCOPE_COMPOSED;
  } else {
    deliverQueue(strand);
    if (!(strand.traits & STRAND_COMPOSED)) passHistory(strand);
  }
  let progress = false;
  for (let i = strand.firstRow; i < strand.lastRow; i++) {
    if (rows.at(i).flags & ROW_PROGRESS) progress = true;
    else if (rows.at(i).skipped != SKIP_COPY + 1) read(strand, i);
  }
  dropCommand();
  return progress;
}

/**
 * Some clients wrote the history of a resumed session again, in another one, with new uuids and the time of resuming; but responses kept
 * their message ids. Such rows are copies, and what stands below them goes on with the turn they end in.
 */
function passHistory(strand: Strand): void {
  let end: u32 = 0;
  let last: u32 = 0;
  let time: i64 = 0;
  for (let i = strand.firstRow; i < strand.lastRow; i++) {
    const row = rows.at(i);
    if (row.message) {
      const known = responseOfMessage.get(stringHash(row.message));
      if (known < 0 || rowOfUuid.get(row.uuid) >= 0 || scopes.at(responses.at(known).scope - 1).kind != SCOPE_TURN || makesCall(row)) break;
      if (row.usage && usages.at(row.usage - 1).output > responses.at(known).output) break;
      last = responses.at(known).row;
    } else if (<u64>(row.time - time) > 1_000_000 || row.flags & (ROW_ASIDE | ROW_INFERRED_TIME | ROW_PROGRESS)) continue;
    time = row.time;
    end = i + 1;
  }
  if (!last) return;
  const first = rows.at(last - 1);
  goOnWith(first.scope);
  if (strand.root == strand.session) strand.root = strands.at(first.strand).root;
  for (let i = strand.firstRow; i < end; i++) {
    const row = rows.at(i);
    if (row.kind == ROW_RESULTS || row.flags & (ROW_OF_QUEUE | ROW_PROGRESS)) continue;
    if (row.kind == ROW_COMPACTION) compacted = true;
    if (row.uuid) rowOfUuid.add(row.uuid, last - 1);
    row.skipped = SKIP_COPY + 1;
  }
}

/** Does the row make a call that was not read before? */
function makesCall(row: Row): bool {
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    const part = parts.at(p);
    if (part.kind == PART_CALL && callOf(part) < 0) return true;
  }
  return false;
}

/** Progress repeats what an agent's transcript says, or stands in its place. */
function walkProgress(strand: Strand): void {
  compacted = false;
  compaction = 0;
  for (let i = strand.firstRow; i < strand.lastRow; i++) {
    const row = rows.at(i);
    if (!(row.flags & ROW_PROGRESS)) continue;
    const agent = agentScope(row.agent, strand);
    const scope = scopes.at(agent - 1);
    if (!(scope.flags & SCOPE_TOLD)) scope.spawner = row.parent;
    scope.flags |= SCOPE_TOLD;
    if (row.uuid && rowOfUuid.add(row.uuid, i) != i) {
      row.skipped = SKIP_PROGRESS + 1;
      continue;
    }
    decide(strand, i, agent);
    const it = rows.at(i);
    it.transcriptOf = agent;
    if (!scopes.at(agent - 1).name) scopes.at(agent - 1).name = it.name;
  }
}

/**
 * Rows without a time take that of the row above, those at the head that of the first that has one. Words that waited in a
 * queue bear the time at which they were typed; they came when the row above had been written.
 */
function inferTimes(strand: Strand): void {
  let last: i64 = 0;
  for (let i = strand.firstRow; i < strand.lastRow; i++) {
    if (rows.at(i).time == NO_TIME || rows.at(i).flags & ROW_PROGRESS) continue;
    last = rows.at(i).time;
    break;
  }
  for (let i = strand.firstRow; i < strand.lastRow; i++) {
    const row = rows.at(i);
    if (row.time == NO_TIME) {
      row.time = last;
      row.flags |= ROW_INFERRED_TIME;
    } else if (!(row.flags & ROW_PROGRESS)) {
      if (isQueuedCommand(row)) row.time = max(row.time, last);
      last = row.time;
    }
  }
}

/** Was it written for a hook alone? A row of the system that tells of hooks is a row like any other. */
export function isHookRecord(row: Row): bool {
  return row.kind == ROW_HOOK && (row.flags & ROW_ASIDE) != 0;
}

function isQueuedCommand(row: Row): bool {
  return (row.flags & (ROW_ASIDE | ROW_OF_QUEUE)) == ROW_ASIDE && row.kind != ROW_HOOK;
}

function read(strand: Strand, at: u32): void {
  const row = rows.at(at);
  const agent = transcriptOf ? transcriptOf : row.flags & ROW_SIDECHAIN ? inlineAgent(strand, row) : 0;
  if (row.kind == ROW_COMPACTION) {
    compacted = true;
    compaction = 0;
  }
  if (row.uuid) {
    const first = rowOfUuid.add(row.uuid, at);
    if (first != at) {
      copy(strand, at, first, agent);
      return;
    }
  }
  if (row.flags & ROW_OUTPUT) noteOutput();
  decide(strand, at, agent);
  const it = rows.at(at);
  it.turnAfter = agent ? 0 : turn;
  it.transcriptOf = agent;
  if (!agent || it.flags & ROW_OF_QUEUE) return;
  const scope = scopes.at(agent - 1);
  if (!scope.name) scope.name = it.name;
  if (!isHookRecord(it) && !scope.rows++ && it.kind == ROW_PROMPT) scope.prompt = at + 1;
}

/** A copy adds nothing, but it says where the record stands: what follows continues the turn of the row it copies. */
function copy(strand: Strand, at: u32, first: u32, agent: u32): void {
  takeBack(at);
  rows.at(at).skipped = SKIP_COPY + 1;
  const original = rows.at(first);
  const from = strands.at(original.strand);
  if (rows.at(at).kind == ROW_COMPACTION && original.kind == ROW_COMPACTION && !original.skipped) compaction = first + 1;
  if (original.strand != rows.at(at).strand && from.kind != DOCUMENT_SUBAGENT && strand.kind != DOCUMENT_SUBAGENT) {
    if (strand.root == strand.session) strand.root = from.root;
  }
  if (!agent) {
    if (original.turnAfter) goOnWith(original.turnAfter);
    if (original.flags & ROW_BETWEEN) awaitNext(first);
  } else if (original.transcriptOf && original.transcriptOf != agent) {
    const scope = scopes.at(agent - 1);
    if (!scope.rows && !scope.continues) scope.continues = original.transcriptOf;
  }
}

function decide(strand: Strand, at: u32, agent: u32): void {
  const row = rows.at(at);
  if (row.kind == ROW_SUMMARY) {
    takeSummary(row);
    return;
  }
  if (row.skipped) return;
  const kind = row.kind;
  if (row.promptId && !agent && strand.traits & STRAND_COMPOSED && kind != ROW_PROMPT) goOnWith(scopeOfPrompt.get(row.promptId) + 1);
  if (kind == ROW_RESPONSE) readResponse(strand, at, agent, compacted);
  else if (kind == ROW_RESULTS) return; // paired when all calls are known
  else if (kind == ROW_HOOK) row.scope = agent ? agent : turn; // it has its place when all calls are known
  else if (kind == ROW_INTERRUPT) readHappening(at, agent ? agent : turn);
  else if (kind == ROW_COMPACTION) {
    readHappening(at, agent ? agent : turn);
    if (!row.scope) return;
    compaction = at + 1;
    if (agent || strand.traits & STRAND_COMPOSED) row.flags |= ROW_IS_INPUT;
    else readCompaction(at);
  }  else if (kind == ROW_API_ERROR) {
    const answers = (row.flags & ROW_FINAL_ERROR) != 0;
    readHappening(at, agent ? agent : answers ? answered(strand) : turn);
  } else if (kind == ROW_CALLS) {
    const owner = agent ? agent : turn;
    belong(at, owner);
    readCalls(0, owner, at);
  } else if (agent) {
    row.flags |= ROW_IS_INPUT;
    belong(at, agent);
  } else if (kind == ROW_FEEDBACK) {
    if (turn) {
      row.flags |= ROW_IS_INPUT;
      belong(at, turn);
    } else skip(row, SKIP_INJECTED);
  } else if (kind == ROW_MESSAGE) readMessage(at);
  else if (kind == ROW_COMMAND) readCommand(at);
  else if (kind == ROW_PROMPT) readPrompt(strand, at);
}

// --- sub-agents

// @ts-ignore: decorator
@inline
function keyOfAgent(agent: u32, session: u32): u64 {
  return stringHash(agent) ^ (stringHash(session) * 0x9e3779b97f4a7c15);
}

/** The sub-agent of an id in a session, scope + 1; 0 if there is none. */
export function findAgent(agent: u32, session: u32): u32 {
  return scopeOfAgent.get(keyOfAgent(agent, session)) + 1;
}

/** The sub-agent of an id in a session, scope + 1. */
function agentScope(agent: u32, strand: Strand): u32 {
  const scope = scopeOfAgent.add(keyOfAgent(agent, strand.session) ^ strand.spawner, scopes.rows);
  if (scope == scopes.rows) addAgent(agent, strand.session);
  return scope + 1;
}

/** The same, of one whose rows stand in the document, which may have metadata beside it. */
function scopeWithin(agent: u32, strand: Strand): u32 {
  const scope = agentScope(agent, strand);
  const it = scopes.at(scope - 1);
  if (!it.member) it.member = memberOfStem.get(stringHash(strand.stem)) + 1;
  return scope;
}

function addAgent(agent: u32, session: u32): void {
  const it = scopes.add();
  it.kind = SCOPE_AGENT;
  it.agent = agent;
  it.session = session;
  it.leader = scopes.rows;
}

/** Sidechain rows inside a transcript are one agent's if they name it, or hang together by their parents. */
function inlineAgent(strand: Strand, row: Row): u32 {
  const salt = stringHash(strand.name);
  let scope: u32 = 0;
  if (row.agent) scope = scopeWithin(row.agent, strand);
  else if (row.parent) scope = inlineScopeOfRow.get(row.parent ^ salt) + 1;
  if (!scope) {
    addAgent(0, strand.session);
    scope = scopes.rows;
  }
  if (row.uuid) inlineScopeOfRow.add(row.uuid ^ salt, scope - 1);
  return scope;
}

// --- what happened on the way

/** An event of a turn or sub-agent (scope + 1); without one the row has no place in the trace. */
function readHappening(at: u32, owner: u32): void {
  const row = rows.at(at);
  if (!owner) {
    skip(row, SKIP_NOTICE);
    return;
  }
  row.scope = owner;
  const it = scopes.at(owner - 1);
  if (row.kind == ROW_INTERRUPT) it.flags |= SCOPE_INTERRUPTED;
  if (row.flags & ROW_FINAL_ERROR) it.failure = at + 1;
  if (row.kind == ROW_INTERRUPT || row.flags & ROW_FINAL_ERROR) it.last = at + 1;
}

/** The summary of a compaction stands on its event. */
function takeSummary(row: Row): void {
  if (!compaction) return;
  const note = notes.at(rows.at(compaction - 1).note - 1);
  if (note.content) return;
  note.content = firstText(row);
  if (note.content) row.skipped = 0;
}
