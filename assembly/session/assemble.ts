// Puts the rows of all documents together, in canonical order: turns, responses, calls, what happened on the way.
// Every row passes here once, as a record of facts; content stays in the documents. Agents are joined to the calls that
// spawned them in agents.ts, ends and sums are settled in settle.ts.

import { NO_TIME } from "../bytes/instant";
import { stringHash, stringIs } from "../bytes/strings";
import {
  COUNTER_EVENTS,
  DOCUMENT_SUBAGENT,
  EVENT_API_ERROR,
  EVENT_COMPACTION,
  EVENT_INTERRUPT,
  SKIP_COPY,
  SKIP_INJECTED,
} from "../abi/layout";
import { count, countSkipped, countUsed, recount } from "./counts";
import { documentOrder, orderDocuments } from "./order";
import {
  Document,
  ITEM_CALL,
  ITEM_RESPONSE,
  ORIGIN_NOTIFICATION,
  ORIGIN_PERSON,
  ORIGIN_UNPROMPTED,
  PART_CALL,
  PART_COPY,
  PART_REASONING,
  PART_RESULT,
  PART_TEXT,
  Part,
  RESPONSE_COMPACTED,
  RESPONSE_INFERRED_TIME,
  ROW_API_ERROR,
  ROW_COMMAND,
  ROW_COMPACTION,
  ROW_FINAL_ERROR,
  ROW_INFERRED_TIME,
  ROW_INPUT,
  ROW_INTERRUPT,
  ROW_PROMPT,
  ROW_RESPONSE,
  ROW_RESULTS,
  ROW_WAKE,
  Response,
  Row,
  SCOPE_AGENT,
  SCOPE_INFERRED_TIME,
  SCOPE_INTERRUPTED,
  SCOPE_TURN,
  Scope,
  callOfId,
  calls,
  contents,
  documents,
  events,
  items,
  partOfResult,
  parts,
  responseOfMessage,
  responses,
  rowOfUuid,
  rows,
  scopeOfAgent,
  scopeOfPrompt,
  scopes,
  usages,
} from "./model";

// Where we are in the document at hand. Scopes are index + 1, rows too; 0 is none.
let scope: u32 = 0;
let command: u32 = 0;
let wake: u32 = 0;
let compaction: u32 = 0;
let compacted: bool = false;
let ofAgent: bool = false;

/** Reads all rows; afterwards every kept row is counted as used or skipped. */
export function assemble(): void {
  orderDocuments();
  const total = documents.rows;
  for (let i: u32 = 0; i < total; i++) walk(documentOrder(i));
}

function walk(index: u32): void {
  const document = documents.at(index);
  scope = 0;
  command = 0;
  wake = 0;
  compaction = 0;
  compacted = false;
  ofAgent = document.kind == DOCUMENT_SUBAGENT;
  inferTimes(document);
  for (let i = document.firstRow; i < document.lastRow; i++) {
    const row = rows.at(i);
    if (row.uuid) {
      const first = rowOfUuid.add(row.uuid, i);
      if (first != i) {
        copy(index, document, i, first);
        continue;
      }
    }
    countUsed(document);
    read(index, i);
  }
  dropCommand(document);
  if (compaction && scope) addEvent(scope, compaction - 1, EVENT_COMPACTION);
}

/** Rows without a time take that of the row before, those at the head that of the first that has one. */
function inferTimes(document: Document): void {
  let last: i64 = document.firstTime == NO_TIME ? 0 : document.firstTime;
  for (let i = document.firstRow; i < document.lastRow; i++) {
    const row = rows.at(i);
    if (row.time == NO_TIME) {
      row.time = last;
      row.flags |= ROW_INFERRED_TIME;
    } else {
      last = row.time;
    }
  }
}

/** A row that was read before: what follows it goes on where the first one stood. */
function copy(index: u32, document: Document, at: u32, first: u32): void {
  countSkipped(document, SKIP_COPY);
  document.copies++;
  const original = rows.at(first);
  rows.at(at).scope = original.scope;
  if (original.document != index && !ofAgent && document.root == index) document.root = documents.at(original.document).root;
  if (!ofAgent && original.scope) scope = original.scope;
  if (original.kind == ROW_COMPACTION) compacted = true;
}

function read(index: u32, at: u32): void {
  const row = rows.at(at);
  const kind = row.kind;
  if (kind == ROW_RESPONSE) readResponse(index, at);
  else if (kind == ROW_RESULTS) readResults(at);
  else if (ofAgent) readInAgent(at);
  else if (kind == ROW_PROMPT) readPrompt(index, at);
  else if (kind == ROW_COMMAND) {
    dropCommand(documents.at(index));
    command = at + 1;
  } else if (kind == ROW_WAKE) {
    wake = at + 1;
    input(row);
  } else if (kind == ROW_INPUT) input(row);
  else readHappening(at);
  rows.at(at).scope = scope;
}

function input(row: Row): void {
  if (scope) scopes.at(scope - 1).lastInput = max(scopes.at(scope - 1).lastInput, row.time);
}

// --- prompts and turns

function readPrompt(index: u32, at: u32): void {
  dropCommand(documents.at(index));
  wake = 0;
  const row = rows.at(at);
  if (row.promptId) {
    const known = scopeOfPrompt.get(row.promptId);
    if (known >= 0) {
      scope = known + 1;
      addPromptRow(scopes.at(known), at);
      input(row);
      return;
    }
  }
  openTurn(index, at, ORIGIN_PERSON);
  if (row.promptId) scopeOfPrompt.add(row.promptId, scope - 1);
}

/** A slash command that the model never answered was an echo. */
function dropCommand(document: Document): void {
  if (!command) return;
  command = 0;
  recount(document, SKIP_INJECTED);
}

function openTurn(index: u32, at: u32, origin: u32): void {
  const row = rows.at(at);
  const turn = openScope(SCOPE_TURN, at);
  turn.origin = origin;
  turn.identity = row.identity ? row.identity : row.message;
  turn.root = documents.at(index).root;
  const root = documents.at(turn.root);
  turn.index = root.turns++;
  if (origin != ORIGIN_UNPROMPTED) addPromptRow(turn, at);
  scope = scopes.rows;
  if (compaction) {
    addEvent(scope, compaction - 1, EVENT_COMPACTION);
    compaction = 0;
  }
}

function openScope(kind: u32, at: u32): Scope {
  const row = rows.at(at);
  const it = scopes.add();
  it.kind = kind;
  it.document = row.document;
  it.line = row.line;
  it.row = at + 1;
  it.start = row.time;
  it.end = row.time;
  it.lastInput = row.time;
  if (row.flags & ROW_INFERRED_TIME) it.flags |= SCOPE_INFERRED_TIME;
  return it;
}

function addPromptRow(it: Scope, at: u32): void {
  if (it.promptEnd) rows.at(it.promptEnd - 1).next = at + 1;
  else it.prompt = at + 1;
  it.promptEnd = at + 1;
}

// --- sub-agents' transcripts

function enterAgent(at: u32): void {
  const row = rows.at(at);
  const agent = row.agent ? row.agent : documents.at(row.document).agent;
  scope = scopeOfAgent.add(stringHash(agent), scopes.rows) + 1;
  if (scope <= scopes.rows) return;
  const it = openScope(SCOPE_AGENT, at);
  it.agent = agent;
  it.identity = agent;
}

function readInAgent(at: u32): void {
  enterAgent(at);
  const row = rows.at(at);
  const kind = row.kind;
  const it = scopes.at(scope - 1);
  if (kind == ROW_INTERRUPT || kind == ROW_API_ERROR || kind == ROW_COMPACTION) {
    readHappening(at);
    return;
  }
  if (!it.prompt) addPromptRow(it, at);
  it.lastInput = max(it.lastInput, row.time);
  it.start = min(it.start, row.time);
}

// --- responses and calls

function readResponse(index: u32, at: u32): void {
  const row = rows.at(at);
  const known = row.message ? responseOfMessage.get(stringHash(row.message)) : -1;
  if (known >= 0) {
    continueResponse(<u32>known, at);
    return;
  }
  if (ofAgent) enterAgent(at);
  else chooseTurn(index, at);
  const it = scopes.at(scope - 1);
  const number = responses.rows;
  const response = responses.add();
  response.id = row.message ? row.message : row.identity;
  response.scope = scope;
  response.row = at + 1;
  response.lastRow = at + 1;
  response.start = min(it.lastInput, row.time);
  response.end = row.time;
  response.reasoning = -1;
  if (compacted) response.flags |= RESPONSE_COMPACTED;
  if (row.message) responseOfMessage.add(stringHash(row.message), number);
  addItem(it, ITEM_RESPONSE, number);
  it.lastResponse = number + 1;
  it.failure = 0;
  if (row.flags & ROW_INFERRED_TIME) response.flags |= RESPONSE_INFERRED_TIME;
  addFacts(response, row);
  readCalls(number, at);
  it.lastInput = max(it.lastInput, row.time);
}

/** The turn a response belongs to: that of a slash command or a wake-up waiting for it, or the current one. */
function chooseTurn(index: u32, at: u32): void {
  if (command) {
    const prompt = command - 1;
    command = 0;
    openTurn(index, prompt, ORIGIN_PERSON);
    const promptId = rows.at(prompt).promptId;
    if (promptId) scopeOfPrompt.add(promptId, scope - 1);
  } else if (wake && isIdle()) {
    openTurn(index, wake - 1, ORIGIN_NOTIFICATION);
  } else if (!scope) {
    openTurn(index, at, ORIGIN_UNPROMPTED);
  }
  wake = 0;
}

/** Has the current turn said its last word? */
function isIdle(): bool {
  if (!scope) return true;
  const last = scopes.at(scope - 1).lastResponse;
  return last != 0 && stringIs(responses.at(last - 1).stop, "end_turn");
}

function continueResponse(number: u32, at: u32): void {
  const response = responses.at(number);
  const row = rows.at(at);
  rows.at(response.lastRow - 1).next = at + 1;
  response.lastRow = at + 1;
  if (!ofAgent) scope = response.scope;
  markCopies(response, at);
  addFacts(response, row);
  readCalls(number, at);
  response.end = max(response.end, row.time);
  response.start = min(response.start, row.time);
  const it = scopes.at(response.scope - 1);
  it.lastInput = max(it.lastInput, row.time);
}

function addFacts(response: Response, row: Row): void {
  if (row.model && !response.model) response.model = row.model;
  if (row.stop) response.stop = row.stop;
  if (row.provider && !response.provider) response.provider = row.provider;
  if (!row.usage) return;
  const usage = usages.at(row.usage - 1);
  response.hasUsage = 1;
  response.input = max(response.input, usage.input);
  response.output = max(response.output, usage.output);
  response.cacheRead = max(response.cacheRead, usage.cacheRead);
  response.cacheWrite = max(response.cacheWrite, usage.cacheWrite);
  response.reasoning = max(response.reasoning, usage.reasoning);
}

/** Marks parts of a row that the response holds already: history written again under new row ids. */
function markCopies(response: Response, at: u32): void {
  const row = rows.at(at);
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    const part = parts.at(p);
    if ((part.kind != PART_TEXT && part.kind != PART_REASONING) || !part.content) continue;
    let r = response.row;
    while (r != at + 1) {
      const earlier = rows.at(r - 1);
      if (earlier.time == row.time && holds(earlier, part)) {
        part.flags |= PART_COPY;
        break;
      }
      r = earlier.next;
    }
  }
}

function holds(row: Row, wanted: Part): bool {
  const content = contents.at(wanted.content - 1);
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    const part = parts.at(p);
    if (part.kind != wanted.kind || !part.content) continue;
    const other = contents.at(part.content - 1);
    if (other.hash == content.hash && other.length == content.length) return true;
  }
  return false;
}

function readCalls(number: u32, at: u32): void {
  const row = rows.at(at);
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    const part = parts.at(p);
    if (part.kind != PART_CALL) continue;
    if (part.id && callOfId.add(stringHash(part.id), calls.rows) != calls.rows) {
      part.flags |= PART_COPY;
      continue;
    }
    const response = responses.at(number);
    const call = calls.add();
    call.id = part.id;
    call.name = part.name;
    call.scope = response.scope;
    call.response = number;
    call.row = at;
    call.part = p;
    call.start = row.time;
    call.end = row.time;
    addItem(scopes.at(response.scope - 1), ITEM_CALL, calls.rows - 1);
  }
}

function readResults(at: u32): void {
  const row = rows.at(at);
  if (ofAgent) enterAgent(at);
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    const part = parts.at(p);
    if (part.kind != PART_RESULT || !part.id) continue;
    // the row is found again through the part: results are few to a row
    if (partOfResult.add(stringHash(part.id), p) != p) part.flags |= PART_COPY;
    else part.name = at + 1;
    const call = callOfId.get(stringHash(part.id));
    if (!scope) continue;
    if (call >= 0 && calls.at(call).scope != scope) continue;
    const it = scopes.at(scope - 1);
    it.lastInput = max(it.lastInput, row.time);
    it.failure = 0;
  }
}

// --- what happened on the way

function readHappening(at: u32): void {
  const row = rows.at(at);
  if (row.kind == ROW_COMPACTION) {
    compacted = true;
    // between two turns it is the next one that feels it
    if (!scope || (!ofAgent && isIdle())) compaction = at + 1;
    else addEvent(scope, at, EVENT_COMPACTION);
    return;
  }
  if (!scope) return;
  const it = scopes.at(scope - 1);
  if (row.kind == ROW_INTERRUPT) {
    it.flags |= SCOPE_INTERRUPTED;
    addEvent(scope, at, EVENT_INTERRUPT);
  } else {
    addEvent(scope, at, EVENT_API_ERROR);
    if (row.flags & ROW_FINAL_ERROR) it.failure = at + 1;
  }
  it.end = max(it.end, row.time);
}

function addEvent(owner: u32, at: u32, kind: u32): void {
  const event = events.add();
  event.row = at;
  event.kind = kind;
  const it = scopes.at(owner - 1);
  if (it.lastEvent) events.at(it.lastEvent - 1).next = events.rows;
  else it.firstEvent = events.rows;
  it.lastEvent = events.rows;
  count(COUNTER_EVENTS);
}

/** Adds to what a scope did. */
export function addItem(it: Scope, kind: u32, index: u32): void {
  const item = items.add();
  item.kind = kind;
  item.index = index;
  if (it.lastItem) items.at(it.lastItem - 1).next = items.rows;
  else it.firstItem = items.rows;
  it.lastItem = items.rows;
}
