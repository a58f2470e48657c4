// What one row says: a session, a message or a part was written, text was added, or something happened that nothing else tells.
// Only the last write of a record is kept. What all of it amounts to is put together when every document was read (compose.ts).

import { asciiIs, asciiLength } from "../../bytes/ascii";
import { NO_TIME } from "../../bytes/instant";
import { internAgain, internText } from "../../json/names";
import { atEnd, beginRow as beginCursor, peek, skip } from "../../json/cursor";
import { whyBroken } from "../../json/broken";
import { offsetOf, rowLine } from "../../json/rows";
import { isBlank } from "../../json/text";
import { ROLE_INFO, ROLE_OTHER, ROLE_PART, ROLE_WHOLE, rowRole } from "../../json/values";
import { currentDocumentIndex, noteSession, noteTime, noteTranscript, settleRow, skipRow } from "../../session/builder";
import { SKIP_COPY, SKIP_METADATA, SKIP_NOTICE, SKIP_NOT_A_RECORD, SKIP_PROGRESS, SKIP_UNKNOWN } from "../../abi/layout";
import { internLiteral, stringHash, stringIs } from "../../bytes/strings";
import * as F from "./fields";
import { begins, endOf, has, isWord, startOf } from "./fields";
import { eventNumber, isBefore, timeOf } from "./ids";
import * as R from "./records";
import { Happening, Record, addDelta, dropDeltas, findIn, happeningOf, happenings, recordAt, recordIn, referenceTo, tokens } from "./records";

/** The latest time of the last row that had one, in the document at hand. */
let clock: i64 = NO_TIME;
let document: u32 = 0;
/** The document is no event stream: it was written from what is left of a session. */
let state: bool = false;
/** The current row is an object. */
let object: bool = false;

// Names of the row before, which are mostly those of the next one too.
let session: u32 = 0;
let message: u32 = 0;
let agent: u32 = 0;
let model: u32 = 0;
let provider: u32 = 0;
let directory: u32 = 0;
let version: u32 = 0;

export function beginEvents(): void {
  clock = NO_TIME;
  document = currentDocumentIndex();
  state = false;
}

export function clearEvents(): void {
  session = 0;
  message = 0;
  agent = 0;
  model = 0;
  provider = 0;
  directory = 0;
  version = 0;
  R.clearRecords();
}

/** Is the current row one of an event stream, or of an export? Leaves its fields read. */
export function isOurs(): bool {
  if (rowRole != ROLE_WHOLE) return true;
  read();
  return !whyBroken() && F.isEvent();
}

function read(): void {
  F.clearFields();
  beginCursor();
  object = peek() == 0x7b;
  if (!object) skip();
  else if (rowRole == ROLE_WHOLE) F.readEvent();
  else if (rowRole == ROLE_OTHER) skip();
  else F.readRecord();
}

/** Reads the current row. Answers 0, or why it is broken (BROKEN_*). */
export function readRow(): u32 {
  read();
  const broken = whyBroken();
  if (broken) return broken;
  noteTranscript();
  const time = max(max(max(F.created, F.updated), max(F.completed, F.beside)), max(F.start, F.end));
  if (time != NO_TIME) {
    clock = time;
    noteTime(time);
  }
  decide();
  return 0;
}

function decide(): void {
  if (rowRole == ROLE_OTHER) skipRow(SKIP_METADATA);
  else if (!object) skipRow(SKIP_NOT_A_RECORD);
  else if (rowRole == ROLE_PART) writePart();
  else if (rowRole == ROLE_INFO) {
    state = true;
    if (has(F.ROLE)) writeMessage();
    else writeSession();
  } else {
    F.isEvent();
    event();
  }
}

const TYPES =
  "message.part.updated message.part.delta message.updated session.updated session.status session.created session.deleted session.error message.removed message.part.removed spanloom.source text reasoning tool_use step_start step_finish part session message error ";

/** What begins the types of events that say nothing here. */
const NOISE = "catalog. command. custom. file. ide. installation. integration. lsp. mcp. message. models permission. plugin. project. pty. question. reference. server. session. todo. tui. vcs. workspace. worktree. ";

/** What an event is. From `text` on, other forms: as `run --format json` prints them, and as sessions are shared. */
function event(): void {
  const type = F.placeIn(TYPES, F.TYPE);
  if (type >= 11) state = true;
  switch (type) {
    case 1:
    case 12:
    case 13:
    case 14:
    case 15:
    case 16:
    case 17:
      writePart();
      break;
    case 2:
      add();
      break;
    case 3:
    case 19:
      writeMessage();
      break;
    case 4:
    case 6:
    case 7:
    case 18:
      writeSession();
      break;
    case 9:
      remove(R.MESSAGE_RECORD, F.MESSAGE);
      break;
    case 10:
      remove(R.PART_RECORD, F.PART);
      break;
    case 8:
      fail();
      break;
    case 20:
      if (has(F.SESSION)) fail();
      else skipRow(SKIP_UNKNOWN);
      break;
    case 5:
      if (isWord(F.STATUS, "retry")) retry();
      else skipRow(SKIP_NOTICE);
      break;
    case 11:
      skipRow(SKIP_METADATA);
      break;
    default:
      if (begins(F.TYPE, "permission.") || begins(F.TYPE, "question.")) ask();
      else skipRow(F.placeIn(NOISE, F.TYPE, true) ? SKIP_NOTICE : SKIP_UNKNOWN);
  }
}

// --- writes

// @ts-ignore: decorator
@inline
function intern(slice: usize): u32 {
  return internText(startOf(slice), endOf(slice));
}

/** Does a row hold it as it is? */
// @ts-ignore: decorator
@inline
function isWritten(it: Record): bool {
  return it.kind != 0 && !(it.flags & (R.REMOVED | R.UNWRITTEN));
}

/** The record that the row writes, emptied, or null if the row is none or older than what is known. */
function write(kind: u32): Record | null {
  const id = intern(F.ID);
  if (!id) {
    skipRow(SKIP_UNKNOWN);
    return null;
  }
  const event = eventNumber(startOf(F.EVENT), endOf(F.EVENT));
  const it = recordIn(kind, id, document);
  if (isWritten(it)) {
    if (event && it.event >= event) {
      settleRow(document, SKIP_COPY + 1);
      return null;
    }
    skipRow(SKIP_PROGRESS);
    for (let i = dropDeltas(it); i; i--) skipRow(SKIP_PROGRESS);
  }
  const head = it.head;
  const tail = it.tail;
  const written = it.tokens;
  memory.fill(changetype<usize>(it) + offsetof<Record>("cost"), 0, offsetof<Record>() - offsetof<Record>("cost"));
  it.kind = kind;
  it.id = id;
  it.document = document;
  it.head = head;
  it.tail = tail;
  it.event = event;
  it.line = rowLine;
  it.near = F.beside;
  it.start = NO_TIME;
  it.end = NO_TIME;
  it.code = -1;
  it.cost = F.cost;
  it.agent = agent = internAgain(agent, startOf(F.AGENT), endOf(F.AGENT));
  it.directory = directory = internAgain(directory, startOf(F.DIRECTORY), endOf(F.DIRECTORY));
  if (has(F.ERROR_NAME)) {
    it.error = intern(F.ERROR_NAME);
    it.code = F.statusCode;
    place(it, F.ERROR_TEXT, 1);
  }
  it.tokens = written;
  takeTokens(it);
  return it;
}

function takeTokens(it: Record): void {
  let any = false;
  for (let at: usize = 0; at < 48; at += 8) if (load<i64>(F.TOKENS + at) >= 0) any = true;
  if (!any && !it.tokens) return;
  if (!it.tokens) {
    tokens.add();
    it.tokens = tokens.rows;
  }
  memory.copy(changetype<usize>(tokens.at(it.tokens - 1)), F.TOKENS, 48);
}

/** Notes where the text stands. */
function place(it: Record, slice: usize, form: u32): void {
  it.textOffset = offsetOf(startOf(slice));
  it.textLength = <u32>(endOf(slice) - startOf(slice));
  it.textForm = form;
}

function writeSession(): void {
  const it = write(R.SESSION_RECORD);
  if (!it) return;
  it.session = intern(F.PARENT);
  it.start = F.created;
  it.end = F.updated;
  it.name = version = internAgain(version, startOf(F.VERSION), endOf(F.VERSION));
  if (has(F.TITLE)) {
    if (it.session) it.description = internText(startOf(F.TITLE), beforeAgent());
    if (!begins(F.TITLE, "New session - ") && !begins(F.TITLE, "Child session - ")) it.flags |= R.TITLED;
  }
  if (!state) it.flags |= R.FROM_EVENTS;
  noteSession(it.id, it.name);
}

/** Where a title says which agent works: what stands before is what it was asked for. */
function beforeAgent(): usize {
  for (let at = endOf(F.TITLE) - 3; at > startOf(F.TITLE); at--) if ((load<u32>(at) & 0xffffff) == 0x402820 /* " (@" */) return at;
  return endOf(F.TITLE);
}

/** The session of the document that a message or a part names. */
function sessionOf(): u32 {
  const slice = has(F.OWN_SESSION) ? F.OWN_SESSION : F.SESSION;
  session = internAgain(session, startOf(slice), endOf(slice));
  if (session) {
    noteSession(session, 0);
    // a session of which nothing but messages is written
    const owner = recordIn(R.SESSION_RECORD, session, document);
    if (!owner.kind) {
      owner.kind = R.SESSION_RECORD;
      owner.flags = R.UNWRITTEN | (state ? 0 : R.FROM_EVENTS);
    }
  }
  return session;
}

function writeMessage(): void {
  const it = write(R.MESSAGE_RECORD);
  if (!it) return;
  it.session = sessionOf();
  it.owner = intern(F.PARENT);
  it.flags = (isWord(F.ROLE, "user") ? R.USER : isWord(F.ROLE, "assistant") ? R.ASSISTANT : 0) | (F.summary ? R.SUMMARY : 0);
  it.start = F.created;
  it.end = F.completed;
  it.model = model = internAgain(model, startOf(F.MODEL), endOf(F.MODEL));
  it.provider = provider = internAgain(provider, startOf(F.PROVIDER), endOf(F.PROVIDER));
  it.stop = intern(F.STOP);
  it.rank = F.completed != NO_TIME || it.error ? 2 : 1;
  if (!it.session) return;
  const owner = recordIn(R.SESSION_RECORD, it.session, document);
  const number = referenceTo(it);
  if (!state) it.flags |= R.FROM_EVENTS | (owner.flags & R.TITLED);
  if (it.flags & R.ASSISTANT) owner.head = number;
  else if (it.flags & R.USER && (!owner.tail || isBefore(recordAt(owner.tail).id, it.id))) owner.tail = number;
}

function writePart(): void {
  if (!has(F.OWN_MESSAGE) && !has(F.MESSAGE)) {
    skipRow(SKIP_UNKNOWN);
    return;
  }
  const it = write(R.PART_RECORD);
  if (!it) return;
  it.session = sessionOf();
  const slice = has(F.OWN_MESSAGE) ? F.OWN_MESSAGE : F.MESSAGE;
  it.owner = message = internAgain(message, startOf(slice), endOf(slice));
  it.type = typeOfPart();
  it.flags = (F.synthetic ? R.SYNTHETIC : 0) | (F.ignored ? R.IGNORED : 0) | (F.auto ? R.AUTO : 0) | (F.timed ? R.TIMED : 0);
  it.start = F.start != NO_TIME ? F.start : F.created;
  it.end = F.end;
  it.rank = F.end != NO_TIME ? 2 : 1;
  if (it.type == R.PART_TOOL) writeTool(it);
  else if (it.type == R.PART_FILE) writeFile(it);
  else if (it.type == R.PART_RETRY) it.code = F.attempt;
  else {
    it.stop = intern(F.STOP);
    const slice = it.type == R.PART_SUBTASK ? F.PROMPT : F.TEXT;
    place(it, slice, 1);
    if (isBlank(startOf(slice), endOf(slice))) it.flags |= R.BLANK;
  }
}

/** In the order of the kinds of parts (PART_*); snapshots are as patches. */
const KINDS = "text reasoning tool step-start step-finish file agent subtask compaction retry patch snapshot ";

function typeOfPart(): u32 {
  const place = F.placeIn(KINDS, F.KIND);
  return !place ? R.PART_UNKNOWN : min<u32>(place, R.PART_PATCH);
}

function writeTool(it: Record): void {
  const failed = isWord(F.STATE, "error");
  const done = failed || isWord(F.STATE, "completed");
  it.rank = done ? 3 : isWord(F.STATE, "running") ? 2 : 1;
  if (failed) it.flags |= R.FAILED;
  if (F.background) it.flags |= R.BACKGROUND;
  if (F.interrupted) it.flags |= R.INTERRUPTED;
  if (F.exitIsNull) it.flags |= R.EXIT_NULL;
  it.code = F.exit;
  it.name = intern(F.TOOL);
  it.model = intern(F.CALL);
  it.inputOffset = offsetOf(startOf(F.INPUT));
  it.inputLength = <u32>(endOf(F.INPUT) - startOf(F.INPUT));
  if (done && has(F.OUTPUT)) {
    const string = load<u8>(startOf(F.OUTPUT)) == 0x22;
    it.textOffset = offsetOf(startOf(F.OUTPUT)) + (string ? 1 : 0);
    it.textLength = <u32>(endOf(F.OUTPUT) - startOf(F.OUTPUT)) - (string ? 2 : 0);
    it.textForm = string ? 1 : 2;
  }
  if (stringIs(it.name, "invalid")) {
    it.promptOffset = offsetOf(startOf(F.INNER_ERROR));
    it.promptLength = <u32>(endOf(F.INNER_ERROR) - startOf(F.INNER_ERROR));
  }
  judge(it);
  if (!stringIs(it.name, "task")) return;
  it.flags |= R.TASK;
  it.promptOffset = offsetOf(startOf(F.PROMPT));
  it.promptLength = <u32>(endOf(F.PROMPT) - startOf(F.PROMPT));
  it.agent = intern(F.SPAWNED);
  it.description = intern(F.DESCRIPTION);
  it.provider = has(F.CHILD) ? intern(F.CHILD) : namedChild();
  it.stop = intern(F.TASK);
}

/** Bytes of a refusal before what the person said with it, if anything: "The user rejected permission to use this specific tool call". */
const TOLD: u32 = 59;

/** Why a tool failed, by its words. */
function judge(it: Record): void {
  const from = startOf(F.OUTPUT) + 1;
  if (!(it.flags & R.FAILED) || !has(F.OUTPUT)) return;
  if (starts(from, "The user rejected permission to use")) it.flags |= starts(from + TOLD, " with") ? R.REJECTED : R.REJECTED | R.STOPS;
  else if (starts(from, "The user dismissed this question")) it.flags |= R.REJECTED | R.STOPS;
  else if (starts(from, "The user has specified a rule which prevents you")) it.flags |= R.DENIED;
  else if (starts(from, "Tool execution aborted") || starts(from, "Task cancelled")) it.flags |= R.INTERRUPTED;
}

function starts(at: usize, word: string): bool {
  return at + asciiLength(word) <= endOf(F.OUTPUT) && asciiIs(at, word);
}

/** The session that a result names; 0 if it names none. */
function namedChild(): u32 {
  const end = endOf(F.OUTPUT);
  for (let at = startOf(F.OUTPUT); at + 4 < end; at++) {
    if (load<u32>(at) != 0x5f736573 /* ses_ */) continue;
    if (!ends(at, 'task id=\\"') && !ends(at, "task_id: ") && !ends(at, "sessionID: ")) continue;
    let to = at + 4;
    while (to < end && isLetter(load<u8>(to))) to++;
    return internText(at, to);
  }
  return 0;
}

function isLetter(c: u8): bool {
  return <u32>c - 0x30 <= 9 || (<u32>c | 0x20) - 0x61 < 26;
}

/** Do these words stand before an address in the result? */
function ends(at: usize, word: string): bool {
  const from = at - asciiLength(word);
  return from >= startOf(F.OUTPUT) && starts(from, word);
}

function writeFile(it: Record): void {
  it.name = intern(F.MIME);
  if (begins(F.MIME, "image/")) it.flags |= R.IMAGE;
  if (!begins(F.URL, "data:")) return;
  let comma = startOf(F.URL);
  while (comma < endOf(F.URL) && load<u8>(comma) != 0x2c) comma++;
  if (comma == endOf(F.URL) || comma - startOf(F.URL) < 7 || load<u32>(comma - 4) != 0x34366573 /* se64 */) return;
  it.flags |= R.BASE64;
  it.textOffset = offsetOf(comma + 1);
  it.textLength = <u32>(endOf(F.URL) - comma - 1);
}

function add(): void {
  const number = findIn(R.PART_RECORD, intern(F.PART), document);
  const it = number ? recordAt(number) : null;
  if (!it || !has(F.DELTA) || !isWord(F.FIELD, "text") || it.end != NO_TIME || (it.type != R.PART_TEXT && it.type != R.PART_REASONING)) skipRow(SKIP_PROGRESS);
  else addDelta(it, offsetOf(startOf(F.DELTA)), <u32>(endOf(F.DELTA) - startOf(F.DELTA)));
}

function remove(kind: u32, slice: usize): void {
  skipRow(SKIP_NOTICE);
  const id = intern(slice);
  if (!id) return;
  const it = recordIn(kind, id, document);
  if (isWritten(it)) skipRow(SKIP_NOTICE);
  for (let i = dropDeltas(it); i; i--) skipRow(SKIP_PROGRESS);
  it.kind = kind;
  it.flags = R.REMOVED;
}

// --- what happened

/** The row tells something that nothing else does: a new one, or null if the document told it before. */
function happen(kind: u32, key: u64): Happening | null {
  if (key && happeningOf.add(inDocument(key), happenings.rows) != happenings.rows) {
    settleRow(document, SKIP_COPY + 1);
    return null;
  }
  const it = happenings.add();
  it.key = key;
  it.kind = kind;
  it.line = rowLine;
  it.document = document;
  it.time = eventTime();
  it.answered = NO_TIME;
  it.code = -1;
  it.next = -1;
  it.session = intern(F.SESSION);
  it.titled = state ? 0 : 1;
  const number = findIn(R.SESSION_RECORD, it.session, document);
  if (!number) return it;
  const owner = recordAt(number);
  if (owner.flags & R.TITLED) it.titled <<= 1;
  const current = owner.head ? recordAt(owner.head) : null;
  const asked = owner.tail ? recordAt(owner.tail) : null;
  // what has ended can fail no more: then it is what was asked last
  if (current && (!asked || current.rank < 2 || isBefore(asked.id, current.id))) it.message = current.id;
  else if (asked) it.message = asked.id;
  return it;
}

// @ts-ignore: decorator
@inline
function inDocument(key: u64): u64 {
  return key ^ ((<u64>document + 1) * 0x9e3779b97f4a7c15);
}

function eventTime(): i64 {
  const time = timeOf(startOf(F.EVENT), endOf(F.EVENT), clock);
  return time == NO_TIME ? clock : time;
}

function eventKey(): u64 {
  return has(F.EVENT) ? stringHash(intern(F.EVENT)) : 0;
}

function fail(): void {
  if (!has(F.ERROR_NAME)) {
    skipRow(SKIP_NOTICE);
    return;
  }
  const it = happen(R.HAPPENED_ERROR, eventKey());
  if (!it) return;
  it.name = intern(F.ERROR_NAME);
  it.code = F.statusCode;
  it.errorOffset = offsetOf(startOf(F.ERROR_TEXT));
  it.errorLength = <u32>(endOf(F.ERROR_TEXT) - startOf(F.ERROR_TEXT));
}

function retry(): void {
  const it = happen(R.HAPPENED_RETRY, eventKey());
  if (!it) return;
  it.code = F.attempt;
  if (it.time != NO_TIME && F.next * 1000000 >= it.time) it.next = F.next - it.time / 1000000;
}

/** Somebody is asked, or answers; the document in which either stands does not matter. */
function ask(): void {
  const answers = endsWith("replied") || endsWith("rejected");
  if (!has(F.REQUEST) || (!answers && !endsWith("asked") && !endsWith("updated"))) {
    skipRow(SKIP_NOTICE);
    return;
  }
  const key = stringHash(intern(F.REQUEST));
  let number = happeningOf.get(inDocument(key));
  if (number < 0) {
    if (!happen(R.HAPPENED_QUESTION, key)) return;
    number = happenings.rows - 1;
    if (answers) happenings.at(number).time = NO_TIME;
  } else if (answers ? happenings.at(number).answeredIn : happenings.at(number).askedIn) {
    settleRow(document, SKIP_COPY + 1);
    return;
  }
  const it = happenings.at(number);
  if (answers) {
    it.answered = eventTime();
    it.answeredIn = document + 1;
    it.reply = endsWith("rejected") ? internLiteral("rejected") : has(F.REPLY) ? intern(F.REPLY) : begins(F.TYPE, "question.") ? internLiteral("answered") : 0;
    return;
  }
  it.time = eventTime();
  it.name = begins(F.TYPE, "question.") ? internLiteral("question") : intern(F.PERMISSION);
  it.line = rowLine;
  it.askedIn = document + 1;
  if (!has(F.MESSAGE)) return;
  it.message = intern(F.MESSAGE);
  it.call = intern(F.CALL);
}

function endsWith(word: string): bool {
  const from = endOf(F.TYPE) - asciiLength(word);
  return from >= startOf(F.TYPE) && asciiIs(from, word);
}
