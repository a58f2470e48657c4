// What answers a prompt: the steps of a message are responses, its tools are calls, its error is how the turn went wrong.

import { NO_TIME } from "../../bytes/instant";
import { internLiteral, stringHash, stringIs, stringStarts } from "../../bytes/strings";
import { EVENT_PERMISSION, SKIP_INJECTED, SKIP_SNAPSHOT, SKIP_UNKNOWN } from "../../abi/layout";
import { addContentAt, addHook, addNote, addPart, addSpawn, addUsage, beginRow, hookAt, joinContent, keepRowOf, noteAt, spawnAt, usageAt } from "../../session/builder";
import {
  FORM_LOOSE,
  FORM_TEXT,
  PART_ABORTED,
  PART_BEGUN,
  PART_CALL,
  PART_DENIED,
  PART_FAILED,
  PART_INTERRUPTED,
  PART_INVALID,
  PART_REASONING,
  PART_REJECTED,
  PART_RESULT,
  PART_SPAWNS,
  PART_TEXT,
  ROW_API_ERROR,
  ROW_ASIDE,
  ROW_CALLS,
  ROW_FINAL_ERROR,
  ROW_HOOK,
  ROW_INFERRED_TIME,
  ROW_INTERRUPT,
  ROW_RESPONSE,
  ROW_RESULTS,
  ROW_STARTS,
  Row,
} from "../../session/model";
import { compacted, fate } from "./compose";
import { isTask } from "./family";
import { find } from "./merge";
import { SECOND, closeTimeOfId, timeOfId } from "./ids";
import * as R from "./records";
import { Happening, Record, Tokens, deltas, happenings, recordAt, tokens } from "./records";

/** A row of the model: of this kind, made of this record. */
export function keepFact(kind: u32, source: Record, time: i64, prompt: u64, session: Record): Row {
  const row = keepRowOf(kind, time, source.document, source.line);
  if (source.flags & R.INFERRED) row.flags |= ROW_INFERRED_TIME;
  row.promptId = prompt;
  row.session = session.id;
  row.directory = session.directory;
  row.version = session.name;
  return row;
}

/** The text of a part, with what was added to it behind its last write; 0 if there is none. */
export function textContent(it: Record): u32 {
  let first: u32 = 0;
  let last: u32 = 0;
  if (it.textLength && !(it.flags & R.BLANK && !it.delta)) {
    first = addContentAt(it.document, it.textOffset, it.textLength, FORM_TEXT);
    last = first;
  }
  if (it.type == R.PART_SUBTASK) return first;
  for (let number = it.delta; number; number = deltas.at(number - 1).next) {
    const delta = deltas.at(number - 1);
    const content = addContentAt(it.document, delta.offset, delta.length, FORM_TEXT);
    if (last) joinContent(last, content);
    else first = content;
    last = content;
  }
  return first;
}

// --- times

/** Gives every message and part of a session a time. */
export function settleTimes(session: Record): void {
  let last: i64 = session.start;
  for (let at = session.first; at; at = recordAt(at).next) {
    const message = recordAt(at);
    if (message.start == NO_TIME) message.start = timeOfId(message.id, anyTime(session, message));
    if (message.start == NO_TIME) {
      message.start = last == NO_TIME ? 0 : last;
      message.flags |= R.INFERRED;
    }
    last = message.start;
    const own = timeOfId(message.id, last);
    const tells = own != NO_TIME && own - last <= SECOND && last - own <= SECOND;
    for (let p = message.first; p; p = recordAt(p).next) {
      const part = recordAt(p);
      if (part.start == NO_TIME && tells) part.start = closeTimeOfId(part.id, last);
      if (part.start != NO_TIME) continue;
      part.start = part.end != NO_TIME ? part.end : last;
      if (part.end == NO_TIME) part.flags |= R.INFERRED;
    }
  }
}

/** A time near which the message was made. */
function anyTime(session: Record, message: Record): i64 {
  for (let at = message.first; at; at = recordAt(at).next) {
    if (recordAt(at).start != NO_TIME) return recordAt(at).start;
  }
  if (session.start != NO_TIME) return session.start;
  if (message.near != NO_TIME) return message.near;
  for (let at = message.first; at; at = recordAt(at).next) if (recordAt(at).near != NO_TIME) return recordAt(at).near;
  return NO_TIME;
}

// --- messages

/** Is anything said in it? */
function says(it: Record): bool {
  if (it.type != R.PART_TEXT && it.type != R.PART_REASONING) return false;
  return !(it.flags & (R.SYNTHETIC | R.IGNORED)) && (it.delta != 0 || !(it.flags & R.BLANK));
}

let reply: Record = changetype<Record>(0);
let home: Record = changetype<Record>(0);
let prompt: u64 = 0;
/** The response at hand, 0 outside of one; whether its beginning and its end were written. */
let response: u32 = 0;
/** It has no word and no call so far, by which to know when it ended. */
let silent: bool = false;
let begun: bool = false;
let finished: bool = false;
let chats: u32 = 0;
/** The ends of its steps say what tokens there were, and what it cost. */
let stepsCount: bool = false;
let stepsCost: bool = false;
/** When everything so far had ended. */
let ended: i64 = 0;

/** How many responses the message is. */
function countChats(message: Record): u32 {
  let count: u32 = 0;
  let said = message.tokens != 0 && !isZero(tokens.at(message.tokens - 1));
  begun = false;
  finished = false;
  stepsCount = false;
  stepsCost = false;
  for (let at = message.first; at; at = recordAt(at).next) {
    const it = recordAt(at);
    if (says(it)) said = true;
    if (it.type == R.PART_FINISH && it.tokens && isKnown(tokens.at(it.tokens - 1))) stepsCount = true;
    if (it.type == R.PART_FINISH && it.cost >= 0) stepsCost = true;
    if ((it.type == R.PART_START || it.type == R.PART_FINISH) && opens(it.type)) count++;
  }
  return count ? count : said ? 1 : 0;
}

/** Does a step begin with this start or end of one? */
function opens(type: u32): bool {
  const first = !begun && !finished;
  const is = first || finished || (type == R.PART_START && begun);
  if (is) finished = false;
  begun = type == R.PART_START;
  if (type == R.PART_FINISH) {
    begun = true;
    finished = true;
  }
  return is;
}

/** Writes an answer's rows. */
export function answer(session: Record, message: Record, to: u64): void {
  reply = message;
  home = session;
  prompt = to;
  chats = countChats(message);
  begun = false;
  finished = false;
  ended = message.start;
  response = 0;
  let count: u32 = 0;
  if (chats) {
    respond(message, message.id, message.start, ++count == chats);
  } else if (!(message.flags & R.UNWRITTEN)) beginRow(message.line);
  fate(message, 0);
  let opened: u32 = 0;
  for (let at = message.first; at; at = recordAt(at).next) {
    const it = recordAt(at);
    if (it.type == R.PART_START || it.type == R.PART_FINISH) {
      if (opens(it.type) && opened++) {
        endSilent();
        respond(it, it.id, ended, ++count == chats);
      }
      step(it, count == chats);
    } else if (it.type == R.PART_TOOL) tool(it);
    else if (it.type == R.PART_TEXT || it.type == R.PART_REASONING) say(it);
    else if (it.type == R.PART_RETRY) failedAttempt(it);
    else fate(it, (it.type == R.PART_PATCH ? SKIP_SNAPSHOT : it.type == R.PART_UNKNOWN ? SKIP_UNKNOWN : SKIP_INJECTED) + 1);
  }
  endSilent();
  happen(session, message, to, message);
  if (message.error) wrong(message);
}

/** A row of the response at hand. */
function part(it: Record, time: i64): Row {
  const row = keepFact(ROW_RESPONSE, it, time, prompt, home);
  row.message = response;
  if (reply.directory) row.directory = reply.directory;
  return row;
}

/** Of a response that said nothing and has no end of its own the message says when it was over. */
function endSilent(): void {
  if (!response || !silent || reply.end == NO_TIME) return;
  beginRow(reply.line);
  part(reply, reply.end);
  ended = max(ended, reply.end);
}

/** Begins a response, the last one of its message or not. */
function respond(it: Record, id: u32, start: i64, last: bool): void {
  response = id;
  silent = true;
  beginRow(it.line);
  const row = part(it, start);
  row.flags |= ROW_STARTS | compacted;
  row.model = reply.model;
  row.provider = provider(reply.provider);
  if (last) row.stop = reply.stop;
  if (chats == 1) row.usage = usage(reply, true);
}

function provider(id: u32): u32 {
  if (stringIs(id, "google")) return internLiteral("gcp.gemini");
  if (stringStarts(id, "google-vertex")) return internLiteral("gcp.vertex_ai");
  if (stringIs(id, "amazon-bedrock")) return internLiteral("aws.bedrock");
  if (stringIs(id, "azure")) return internLiteral("azure.ai.openai");
  if (stringIs(id, "mistral")) return internLiteral("mistral_ai");
  return stringIs(id, "xai") ? internLiteral("x_ai") : id;
}

/** The start or the end of a step. */
function step(it: Record, last: bool): void {
  fate(it, 0);
  if (it.type == R.PART_START) return;
  beginRow(it.line);
  // the end comes when the tools have ended, so it says nothing of the model's, unless there is nothing else
  const row = part(it, silent ? it.start : reply.start);
  silent = false;
  row.stop = it.stop ? it.stop : last ? reply.stop : 0;
  row.usage = usage(it, false);
  ended = max(ended, it.start);
}

function say(it: Record): void {
  if (it.flags & (R.SYNTHETIC | R.IGNORED) || !response) {
    fate(it, SKIP_INJECTED + 1);
    return;
  }
  fate(it, 0);
  silent = false;
  const end = it.end != NO_TIME ? it.end : it.start;
  beginRow(it.line);
  if (says(it)) addPart(it.type == R.PART_TEXT ? PART_TEXT : PART_REASONING).content = textContent(it);
  part(it, end);
  ended = max(ended, end);
}

/** What a step or a message cost, as a usage of the model; 0 if it does not say. */
function usage(it: Record, isMessage: bool): u32 {
  const cost = isMessage && (stepsCost || !it.cost) ? -1 : it.cost;
  const known = it.tokens && !(isMessage && (stepsCount || isZero(tokens.at(it.tokens - 1)))) ? it.tokens : 0;
  if (!known && cost < 0) return 0;
  const number = addUsage();
  const to = usageAt(number);
  to.cost = cost;
  to.uncached = -1;
  to.output = -1;
  to.cacheRead = -1;
  to.cacheWrite = -1;
  if (!known) return number;
  const from = tokens.at(known - 1);
  to.uncached = from.input;
  to.cacheRead = from.cacheRead;
  to.cacheWrite = from.cacheWrite;
  to.reasoning = from.reasoning;
  to.output = from.output;
  // older versions count reasoning as output already
  const without = max<i64>(from.input, 0) + max<i64>(from.output, 0) + max<i64>(from.cacheRead, 0) + max<i64>(from.cacheWrite, 0);
  if (from.total >= 0 && from.total != without && from.reasoning > 0) to.output = max<i64>(from.output, 0) + from.reasoning;
  return number;
}

function isKnown(it: Tokens): bool {
  return (it.input & it.output & it.reasoning & it.cacheRead & it.cacheWrite) != -1;
}

/** Of a message that did not come to an end nothing is known. */
function isZero(it: Tokens): bool {
  return it.input <= 0 && it.output <= 0 && it.reasoning <= 0 && it.cacheRead <= 0 && it.cacheWrite <= 0;
}

// --- calls

function tool(it: Record): void {
  fate(it, 0);
  silent = false;
  beginRow(it.line);
  const call = addPart(PART_CALL);
  call.id = it.id;
  call.shown = it.model;
  call.name = it.name;
  if (it.inputLength) call.content = addContentAt(it.document, it.inputOffset, it.inputLength, FORM_LOOSE);
  if (isTask(it)) {
    call.flags = PART_SPAWNS;
    call.detail = spawn(it);
  }
  if (response) part(it, it.start);
  else keepFact(ROW_CALLS, it, it.start, prompt, home).directory = reply.directory ? reply.directory : home.directory;
  ended = max(ended, it.start);
  if (it.rank < 3) return;
  const end = it.end != NO_TIME ? it.end : it.start;
  ended = max(ended, end);
  beginRow(it.line);
  const result = addPart(PART_RESULT);
  result.id = it.id;
  const aborted = (it.flags & (R.EXIT_NULL | R.FAILED)) == R.EXIT_NULL && stringIs(reply.error, "MessageAbortedError");
  const invalid = !(it.flags & R.FAILED) && stringIs(it.name, "invalid");
  if (it.textLength || it.textForm) result.content = addContentAt(it.document, it.textOffset, it.textLength, it.textForm == 1 ? FORM_TEXT : FORM_LOOSE);
  if (isTask(it)) result.detail = it.provider ? it.provider : it.stop;
  if (it.flags & R.BACKGROUND) result.flags |= PART_BEGUN;
  if (it.flags & R.FAILED || aborted || invalid) result.flags |= PART_FAILED;
  if (it.flags & R.REJECTED) result.flags |= PART_REJECTED;
  else if (it.flags & R.DENIED) result.flags |= PART_DENIED;
  else if (it.flags & R.INTERRUPTED || aborted) result.flags |= PART_INTERRUPTED;
  if (aborted) result.flags |= PART_ABORTED;
  let number: u32 = 0;
  const waited = waitedFor(it);
  if (it.code >= 0 || waited >= 0 || invalid) {
    number = addNote();
    const note = noteAt(number);
    note.second = it.code;
    note.third = waited;
    if (invalid) {
      result.flags |= PART_INVALID;
      if (it.promptLength) note.content = addContentAt(it.document, it.promptOffset, it.promptLength, FORM_TEXT);
    }
  }
  keepFact(ROW_RESULTS, it, end, prompt, home).note = number;
}

/** What a task asks for; number + 1. */
function spawn(it: Record): u32 {
  const number = addSpawn();
  const spawn = spawnAt(number);
  spawn.type = it.agent;
  if (!spawn.type) {
    const child = find(R.SESSION_RECORD, it.provider ? it.provider : it.stop);
    for (let at = child ? recordAt(child).first : 0; at && !spawn.type; at = recordAt(at).next) if (recordAt(at).flags & R.ASSISTANT) spawn.type = recordAt(at).agent;
  }
  if (!spawn.type) spawn.type = internLiteral("general");
  spawn.description = it.description;
  if (it.promptLength) spawn.prompt = addContentAt(it.document, it.promptOffset, it.promptLength, FORM_TEXT);
  return number;
}

/** Milliseconds that somebody took to allow a call; -1 if nobody was asked, or did not answer. */
function waitedFor(it: Record): i64 {
  let sum: i64 = -1;
  for (let number = reply.happened; number; number = happenings.at(number - 1).following) {
    const happening = happenings.at(number - 1);
    if (happening.kind == R.HAPPENED_QUESTION && happening.call == it.model && it.model) {
      const wait = waitOf(happening);
      if (wait >= 0) sum = max<i64>(sum, 0) + wait;
    }
  }
  return sum;
}

function waitOf(it: Happening): i64 {
  return it.askedIn && it.answeredIn && it.time != NO_TIME && it.answered >= it.time ? (it.answered - it.time) / 1000000 : -1;
}

// --- what went wrong, and what was asked

/** What happened to a message, besides the failure that it tells itself. */
export function happen(session: Record, message: Record, to: u64, answers: Record | null): void {
  prompt = to;
  home = session;
  for (let number = message.happened; number; number = happenings.at(number - 1).following) {
    const it = happenings.at(number - 1);
    it.used = 1;
    beginRow(it.line);
    if (it.kind == R.HAPPENED_QUESTION) question(message, it);
    else if (it.kind == R.HAPPENED_RETRY) {
      const number = addNote();
      noteAt(number).first = it.code;
      noteAt(number).second = it.next;
      rowOf(ROW_API_ERROR, it).note = number;
    } else if (!answers || message.error != it.name) {
      const row = rowOf(stringIs(it.name, "MessageAbortedError") ? ROW_INTERRUPT : ROW_API_ERROR, it);
      failure(row, it.name, it.code, it.document, it.errorOffset, it.errorLength, answers ? answers.id : 0, it.titled);
      // what was answered after all did not fail
      if (!answers && message.head) row.flags &= ~ROW_FINAL_ERROR;
    }
  }
}

function rowOf(kind: u32, it: Happening): Row {
  const row = keepRowOf(kind, it.time != NO_TIME ? it.time : it.answered != NO_TIME ? it.answered : 0, it.document, it.line);
  row.promptId = prompt;
  row.session = home.id;
  return row;
}

function question(message: Record, it: Happening): void {
  const number = addHook();
  const hook = hookAt(number);
  hook.kind = EVENT_PERMISSION;
  hook.name = it.name;
  hook.outcome = it.reply;
  hook.duration = waitOf(it);
  for (let at = message.first; at && it.call; at = recordAt(at).next) if (recordAt(at).type == R.PART_TOOL && recordAt(at).model == it.call) hook.call = stringHash(recordAt(at).id);
  const row = rowOf(ROW_HOOK, it);
  row.note = number;
  row.flags |= ROW_ASIDE;
}

/** A message's own error; when it was, events know better. */
function wrong(message: Record): void {
  let time = message.end != NO_TIME ? message.end : message.start;
  let titled: u32 = message.flags & R.FROM_EVENTS ? (message.flags & R.TITLED ? 2 : 1) : 0;
  for (let number = message.happened; number; number = happenings.at(number - 1).following) {
    const it = happenings.at(number - 1);
    if (it.kind != R.HAPPENED_ERROR || it.name != message.error) continue;
    if (it.time != NO_TIME) time = it.time;
    titled = it.titled;
    break;
  }
  beginRow(message.line);
  // the message ended later than it was known to fail, and whoever reads what is left of it knows no more
  keepFact(ROW_CALLS, message, message.end != NO_TIME ? message.end : message.start, prompt, home);
  const kind = stringIs(message.error, "MessageAbortedError") ? ROW_INTERRUPT : ROW_API_ERROR;
  failure(keepFact(kind, message, time, prompt, home), message.error, message.code, message.document, message.textOffset, message.textLength, message.id, titled);
}

function failure(row: Row, name: u32, code: i64, document: u32, offset: u64, length: u32, id: u32, titled: u32): void {
  const number = addNote();
  const note = noteAt(number);
  row.note = number;
  if (row.kind == ROW_INTERRUPT) {
    note.name = id;
    note.first = <i64>titled - 1;
    return;
  }
  note.name = name;
  note.third = code;
  row.flags |= ROW_FINAL_ERROR;
  if (length) note.content = addContentAt(document, offset, length, FORM_TEXT);
}

/** A part that tells of an attempt that failed. */
function failedAttempt(it: Record): void {
  fate(it, 0);
  beginRow(it.line);
  const number = addNote();
  const note = noteAt(number);
  note.name = it.error;
  note.first = it.code;
  keepFact(ROW_API_ERROR, it, it.start, prompt, home).note = number;
}
