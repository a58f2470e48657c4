// Puts the rows of all documents together, in canonical order: which turn or sub-agent each row belongs to, which rows are
// one response, which are copies. Every row passes here once, as a record of facts; content stays in the documents.
// Agents are joined to the calls that spawned them in agents.ts; what everything adds up to is settled in settle.ts.

import { NO_TIME } from "../bytes/instant";
import { intern, stringHash, stringLength, stringPointer } from "../bytes/strings";
import { keep } from "../bytes/arena";
import { writeDecimal } from "../bytes/decimal";
import { DOCUMENT_SUBAGENT, SKIP_ATTACHMENT, SKIP_COPY, SKIP_INJECTED, SKIP_NOTICE, SKIP_PROGRESS } from "../abi/layout";
import { documentOrder, orderDocuments } from "./order";
import { deliverQueue, isDelivered, takeBack } from "./queue";
import { findMembers } from "./teams";
import {
  Document,
  ORIGIN_NOTIFICATION,
  ORIGIN_PERSON,
  ORIGIN_UNPROMPTED,
  PART_CALL,
  PART_COPY,
  PART_REASONING,
  PART_TEXT,
  RESPONSE_COMPACTED,
  RESPONSE_INFERRED_TIME,
  ROW_API_ERROR,
  ROW_ASIDE,
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
  Response,
  Row,
  SCOPE_AGENT,
  SCOPE_INTERRUPTED,
  SCOPE_OWN_SESSION,
  SCOPE_TOLD,
  SCOPE_TURN,
  callOfId,
  calls,
  contents,
  documents,
  inlineScopeOfRow,
  memberOfStem,
  notes,
  parts,
  responseOfMessage,
  responses,
  rowOfText,
  rowOfUuid,
  rows,
  scopeOfAgent,
  scopeOfPrompt,
  scopes,
  usages,
} from "./model";

// Where the reading of the document at hand stands. Scopes and rows are index + 1, 0 is none.
let turn: u32 = 0;
/** A slash command nobody has answered yet, and whether its output was there. */
let command: u32 = 0;
let commandTold: bool = false;
/** Messages that wait for an answer, chained by Row.next. */
let waiting: u32 = 0;
let lastWaiting: u32 = 0;
let compacted: bool = false;
/** The compaction whose summary may follow. */
let compaction: u32 = 0;
/** The sub-agent whose transcript the document is. */
let transcriptOf: u32 = 0;

export function assemble(): void {
  findMembers();
  orderDocuments();
  let progress = false;
  for (let i: u32 = 0; i < documents.rows; i++) progress = walk(documentOrder(i)) || progress;
  if (!progress) return;
  for (let i: u32 = 0; i < documents.rows; i++) walkProgress(documents.at(documentOrder(i)));
}

/** Answers whether the document holds progress of sub-agents, which is read when everything else is known. */
function walk(index: u32): bool {
  const document = documents.at(index);
  turn = 0;
  command = 0;
  waiting = 0;
  compacted = false;
  compaction = 0;
  inferTimes(document);
  transcriptOf = 0;
  if (document.kind == DOCUMENT_SUBAGENT) {
    transcriptOf = scopeWithin(document.agent, document);
    const scope = scopes.at(transcriptOf - 1);
    if (!scope.run) scope.run = document.run;
    if (document.member) scope.flags |= SCOPE_OWN_SESSION;
  } else {
    deliverQueue(document);
  }
  let progress = false;
  for (let i = document.firstRow; i < document.lastRow; i++) {
    if (rows.at(i).flags & ROW_PROGRESS) progress = true;
    else read(document, i);
  }
  dropCommand();
  return progress;
}

/** Progress repeats what an agent's transcript says, or stands in its place. */
function walkProgress(document: Document): void {
  compacted = false;
  compaction = 0;
  for (let i = document.firstRow; i < document.lastRow; i++) {
    const row = rows.at(i);
    if (!(row.flags & ROW_PROGRESS)) continue;
    const agent = agentScope(row.agent, document);
    const scope = scopes.at(agent - 1);
    if (!(scope.flags & SCOPE_TOLD)) scope.spawner = row.parent;
    scope.flags |= SCOPE_TOLD;
    if (row.uuid && rowOfUuid.add(row.uuid, i) != i) {
      row.skipped = SKIP_PROGRESS + 1;
      continue;
    }
    decide(document, i, agent);
    const it = rows.at(i);
    it.transcriptOf = agent;
    if (!scopes.at(agent - 1).name) scopes.at(agent - 1).name = it.name;
  }
}

/**
 * Rows without a time take that of the row above, those at the head that of the first that has one. Words that waited in a
 * queue bear the time at which they were typed; they came when the row above had been written.
 */
function inferTimes(document: Document): void {
  let last: i64 = 0;
  for (let i = document.firstRow; i < document.lastRow; i++) {
    if (rows.at(i).time == NO_TIME || rows.at(i).flags & ROW_PROGRESS) continue;
    last = rows.at(i).time;
    break;
  }
  for (let i = document.firstRow; i < document.lastRow; i++) {
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

function read(document: Document, at: u32): void {
  const row = rows.at(at);
  const agent = transcriptOf ? transcriptOf : row.flags & ROW_SIDECHAIN ? inlineAgent(document, row) : 0;
  if (row.kind == ROW_COMPACTION) {
    compacted = true;
    compaction = 0;
  }
  if (row.uuid) {
    const first = rowOfUuid.add(row.uuid, at);
    if (first != at) {
      copy(document, at, first, agent);
      return;
    }
  }
  if (row.flags & ROW_OUTPUT && command) commandTold = true;
  decide(document, at, agent);
  const it = rows.at(at);
  it.turnAfter = agent ? 0 : turn;
  it.transcriptOf = agent;
  if (!agent || it.flags & ROW_OF_QUEUE) return;
  const scope = scopes.at(agent - 1);
  if (!isHookRecord(it)) scope.rows++;
  if (!scope.name) scope.name = it.name;
}

/** A copy adds nothing, but it says where the record stands: what follows continues the turn of the row it copies. */
function copy(document: Document, at: u32, first: u32, agent: u32): void {
  takeBack(at);
  rows.at(at).skipped = SKIP_COPY + 1;
  const original = rows.at(first);
  const from = documents.at(original.document);
  if (rows.at(at).kind == ROW_COMPACTION && original.kind == ROW_COMPACTION && !original.skipped) compaction = first + 1;
  if (original.document != rows.at(at).document && from.kind != DOCUMENT_SUBAGENT && document.kind != DOCUMENT_SUBAGENT) {
    if (document.root == document.session) document.root = from.root;
  }
  if (!agent) {
    if (original.turnAfter) turn = original.turnAfter;
  } else if (original.transcriptOf && original.transcriptOf != agent) {
    const scope = scopes.at(agent - 1);
    if (!scope.rows && !scope.continues) scope.continues = original.transcriptOf;
  }
}

function decide(document: Document, at: u32, agent: u32): void {
  const row = rows.at(at);
  if (row.kind == ROW_SUMMARY) {
    takeSummary(row);
    return;
  }
  if (row.skipped) return;
  const kind = row.kind;
  if (kind == ROW_RESPONSE) readResponse(document, at, agent);
  else if (kind == ROW_RESULTS) return; // paired when all calls are known
  else if (kind == ROW_HOOK) row.scope = agent ? agent : turn; // it has its place when all calls are known
  else if (kind == ROW_INTERRUPT || kind == ROW_COMPACTION) readHappening(at, agent ? agent : turn);
  else if (kind == ROW_API_ERROR) {
    const answers = (row.flags & ROW_FINAL_ERROR) != 0;
    readHappening(at, agent ? agent : answers ? answered(document) : turn);
  } else if (agent) {
    row.flags |= ROW_IS_INPUT;
    belong(at, agent);
  } else if (kind == ROW_FEEDBACK) {
    if (turn) {
      row.flags |= ROW_IS_INPUT;
      belong(at, turn);
    } else skip(row, SKIP_INJECTED);
  } else if (kind == ROW_MESSAGE) {
    if (commandTold) dropCommand();
    if (waiting) rows.at(lastWaiting - 1).next = at + 1;
    else waiting = at + 1;
    lastWaiting = at + 1;
  } else if (kind == ROW_COMMAND) {
    dropCommand();
    command = at + 1;
    commandTold = false;
  } else if (kind == ROW_PROMPT) readPrompt(document, at);
}

function belong(at: u32, scope: u32): void {
  rows.at(at).scope = scope;
  scopes.at(scope - 1).last = at + 1;
}

/** The row says nothing after all. What the client told in another way is skipped as that; queued words were heard. */
export function skip(row: Row, reason: u32): void {
  if (isDelivered(row)) return;
  row.skipped = (row.flags & ROW_PROGRESS ? SKIP_PROGRESS : row.flags & ROW_ASIDE ? SKIP_ATTACHMENT : reason) + 1;
}

// --- prompts and turns

function dropCommand(): void {
  if (command) skip(rows.at(command - 1), SKIP_INJECTED);
  command = 0;
  commandTold = false;
}

function readPrompt(document: Document, at: u32): void {
  dropCommand();
  const row = rows.at(at);
  if (row.promptId) {
    const known = scopeOfPrompt.get(row.promptId);
    if (known >= 0) {
      turn = known + 1;
      addPrompt(at);
      return;
    }
  }
  openTurn(document, at, ORIGIN_PERSON);
  addPrompt(at);
  namePrompt(row.promptId);
}

function namePrompt(promptId: u64): void {
  if (promptId) scopeOfPrompt.add(promptId, turn - 1);
}

/** One more row of the current turn's prompt. */
function addPrompt(at: u32): void {
  const it = scopes.at(turn - 1);
  if (it.promptEnd) rows.at(it.promptEnd - 1).next = at + 1;
  else it.prompt = at + 1;
  it.promptEnd = at + 1;
  rows.at(at).next = 0;
  rows.at(at).flags |= ROW_IS_INPUT;
  belong(at, turn);
}

function openTurn(document: Document, at: u32, origin: u32): void {
  const it = scopes.add();
  it.kind = SCOPE_TURN;
  it.origin = origin;
  it.row = at + 1;
  it.leader = scopes.rows;
  it.identity = identityOf(document, at);
  if (origin == ORIGIN_UNPROMPTED && rows.at(at).message) it.identity = rows.at(at).message;
  turn = scopes.rows;
}

/** What a row is called: its uuid, or its place if it has none. */
export function identityOf(document: Document, at: u32): u32 {
  const row = rows.at(at);
  if (row.identity) return row.identity;
  const length = stringLength(document.session);
  const name = keep(length + 24);
  memory.copy(name, stringPointer(document.session), length);
  store<u8>(name + length, 0x3a);
  const end = writeDecimal(row.line, name + length + 1);
  return intern(name, <u32>(end - name));
}

/** Has the current turn nothing more to say? */
function isFinished(): bool {
  if (!turn) return true;
  const it = scopes.at(turn - 1);
  if (it.flags & SCOPE_INTERRUPTED) return true;
  return it.lastResponse != 0 && !responses.at(it.lastResponse - 1).made;
}

/** The turn that an answer belongs to: that of a command or of messages waiting for it, or the current one. 0 if there is none. */
function answered(document: Document): u32 {
  const finished = isFinished();
  const first = waiting;
  waiting = 0;
  if (command && (finished || !commandTold)) {
    const at = command - 1;
    command = 0;
    commandTold = false;
    openTurn(document, at, ORIGIN_PERSON);
    addPrompt(at);
    namePrompt(rows.at(at).promptId);
  } else {
    dropCommand();
    if (first && finished) {
      openTurn(document, first - 1, ORIGIN_NOTIFICATION);
      for (let at = first; at; ) {
        const next = rows.at(at - 1).next;
        addPrompt(at - 1);
        at = next;
      }
      return turn;
    }
  }
  if (!turn) return 0;
  for (let at = first; at; ) {
    const row = rows.at(at - 1);
    row.flags |= ROW_IS_INPUT;
    row.scope = turn;
    at = row.next;
    row.next = 0;
  }
  return turn;
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
function agentScope(agent: u32, document: Document): u32 {
  const scope = scopeOfAgent.add(keyOfAgent(agent, document.session), scopes.rows);
  if (scope == scopes.rows) addAgent(agent, document.session);
  return scope + 1;
}

/** The same, of one whose rows stand in the document, which may have metadata beside it. */
function scopeWithin(agent: u32, document: Document): u32 {
  const scope = agentScope(agent, document);
  const it = scopes.at(scope - 1);
  if (!it.member) it.member = memberOfStem.get(stringHash(document.stem)) + 1;
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
function inlineAgent(document: Document, row: Row): u32 {
  const salt = stringHash(document.name);
  let scope: u32 = 0;
  if (row.agent) scope = scopeWithin(row.agent, document);
  else if (row.parent) scope = inlineScopeOfRow.get(row.parent ^ salt) + 1;
  if (!scope) {
    addAgent(0, document.session);
    scope = scopes.rows;
  }
  if (row.uuid) inlineScopeOfRow.add(row.uuid ^ salt, scope - 1);
  return scope;
}

// --- responses and calls

function readResponse(document: Document, at: u32, agent: u32): void {
  const id = rows.at(at).message ? rows.at(at).message : identityOf(document, at);
  const number = responseOfMessage.add(stringHash(id), responses.rows);
  if (number == responses.rows) {
    let owner = agent ? agent : answered(document);
    if (!owner) {
      openTurn(document, at, ORIGIN_UNPROMPTED);
      owner = turn;
    }
    openResponse(id, owner, at);
  } else {
    const response = responses.at(number);
    rows.at(response.lastRow - 1).next = at + 1;
    response.lastRow = at + 1;
  }
  markCopies(number, at);
  const response = responses.at(number);
  rows.at(at).response = number + 1;
  belong(at, response.scope);
  addFacts(response, rows.at(at));
  readCalls(number, at);
}

function openResponse(id: u32, owner: u32, at: u32): void {
  const response = responses.add();
  response.id = id;
  response.scope = owner;
  response.row = at + 1;
  response.lastRow = at + 1;
  response.reasoning = -1;
  if (compacted) response.flags |= RESPONSE_COMPACTED;
  scopes.at(owner - 1).lastResponse = responses.rows;
}

function addFacts(response: Response, row: Row): void {
  if (row.model) response.model = row.model;
  if (row.stop) response.stop = row.stop;
  if (row.provider && !response.provider) response.provider = row.provider;
  if (row.flags & ROW_INFERRED_TIME) response.flags |= RESPONSE_INFERRED_TIME;
  if (!row.usage) return;
  const usage = usages.at(row.usage - 1);
  if ((usage.uncached & usage.output & usage.cacheRead & usage.cacheWrite) != -1) response.hasUsage = 1;
  response.uncached = max(response.uncached, usage.uncached);
  response.output = max(response.output, usage.output);
  response.cacheRead = max(response.cacheRead, usage.cacheRead);
  response.cacheWrite = max(response.cacheWrite, usage.cacheWrite);
  response.reasoning = max(response.reasoning, usage.reasoning);
}

/** Marks parts that the response holds already, written the same at the same time: history written again under new row ids. */
function markCopies(number: u32, at: u32): void {
  const row = rows.at(at);
  if (row.flags & ROW_INFERRED_TIME) return;
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    const part = parts.at(p);
    if ((part.kind != PART_TEXT && part.kind != PART_REASONING) || !part.content) continue;
    const content = contents.at(part.content - 1);
    let key = (<u64>content.hash | (<u64>content.length << 32)) * 0x9e3779b97f4a7c15;
    key = (key ^ (key >> 32) ^ <u64>row.time) * 0xff51afd7ed558ccd;
    key = (key ^ (key >> 32) ^ (<u64>number << 3) ^ part.kind) * 0xc4ceb9fe1a85ec53;
    if (rowOfText.add(key ^ (key >> 32), at) != at) part.flags |= PART_COPY;
  }
}

function readCalls(number: u32, at: u32): void {
  const row = rows.at(at);
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    const part = parts.at(p);
    if (part.kind != PART_CALL) continue;
    const response = responses.at(number);
    response.made++;
    if (!part.id) continue;
    if (callOfId.add(stringHash(part.id), calls.rows) != calls.rows) {
      part.flags |= PART_COPY;
      continue;
    }
    const call = calls.add();
    call.id = part.id;
    call.name = part.name;
    call.scope = response.scope;
    call.response = number;
    call.row = at;
    call.part = p;
  }
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
  if (row.kind == ROW_COMPACTION) {
    compaction = at + 1;
    row.flags |= ROW_IS_INPUT; // what it left is what the model reads next
  }
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
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    const part = parts.at(p);
    if (part.kind != PART_TEXT) continue;
    note.content = part.content;
    break;
  }
  if (note.content) row.skipped = 0;
}
