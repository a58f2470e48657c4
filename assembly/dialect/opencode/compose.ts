// Makes of every session the rows that the model is told: prompts, then what answers them. A row of the model stands where the record that it is
// made of was last written. Everything was read before; here it is put in order.

import { NO_TIME } from "../../bytes/instant";
import { internLiteral, stringHash } from "../../bytes/strings";
import { DOCUMENT_SUBAGENT, DOCUMENT_TRANSCRIPT, JOIN_TITLE, SKIP_COPY, SKIP_INJECTED, SKIP_METADATA, SKIP_NOTICE, SKIP_PROGRESS } from "../../abi/layout";
import { addContentAt, addNote, addPart, beginRow, beginStrand, endStrand, keepRowOf, noteAt, settleRow } from "../../session/builder";
import {
  FORM_TEXT,
  PART_BASE64,
  PART_BINARY,
  PART_TEXT,
  ROW_COMPACTION,
  ROW_PROMPT,
  ROW_SYNTHETIC,
  ROW_UNDER_WAY,
  ROW_UNPROMPTED,
  Row,
  STRAND_COMPOSED,
  STRAND_EVENTS,
  STRAND_STATE,
} from "../../session/record";
import { answer } from "./answers";
import { keepFact, textContent } from "./facts";
import { happen, whenOf } from "./failures";
import { settleTimes } from "./times";
import { joinOf, relate, rootOf } from "./family";
import { clearMerge, find, merge, sessions } from "./merge";
import { closeTimeOfId } from "./ids";
import * as R from "./records";
import { isAnswered } from "./ended";
import { Happening, Record, deltas, happenings, recordAt, records, referenceTo } from "./records";

/** Writes everything that was read into the model. */
export function compose(): void {
  if (!records.rows && !happenings.rows) return;
  merge();
  relate();
  walked = 0;
  for (let i: u32 = 0; i < sessions.rows; i++) settleTimes(recordAt(sessions.at(i).value));
  for (let i: u32 = 0; i < happenings.rows; i++) if (happenings.at(i).kind) attach(i);
  for (let i: u32 = 0; i < sessions.rows; i++) composeSession(recordAt(sessions.at(i).value));
  for (let i: u32 = 0; i < records.rows; i++) {
    const it = records.at(i);
    if (!it.kind || it.flags & (R.REMOVED | R.UNWRITTEN | R.COUNTED) || find(it.kind, it.id) != referenceTo(it)) continue;
    fate(it, (it.kind == R.SESSION_RECORD ? SKIP_METADATA : SKIP_NOTICE) + 1);
  }
  for (let i: u32 = 0; i < happenings.rows; i++) {
    const it = happenings.at(i);
    if (!it.kind) continue;
    const skipped = it.used ? 0 : SKIP_NOTICE + 1;
    if (it.kind != R.HAPPENED_QUESTION) settleRow(it.document, skipped);
    if (it.askedIn) settleRow(it.askedIn - 1, skipped);
    if (it.answeredIn) settleRow(it.answeredIn - 1, skipped);
  }
  clearMerge();
}

/** What becomes of the row in which a record was last written, and of the text added to it, said once. */
export function fate(it: Record, skipped: u32): void {
  if (it.flags & (R.COUNTED | R.UNWRITTEN)) return;
  it.flags |= R.COUNTED;
  settleRow(it.document, skipped);
  for (let number = it.delta; number; number = deltas.at(number - 1).next) settleRow(it.document, skipped ? SKIP_PROGRESS + 1 : 0);
}

/** Puts what happened on the message that it happened to, in the order of time. */
function attach(number: u32): void {
  const it = happenings.at(number);
  let owner = it.call ? find(R.MESSAGE_RECORD, it.message) : 0;
  if (!owner || !(recordAt(owner).flags & R.USER || isAnswer(recordAt(owner)))) {
    owner = workedAt(it);
    it.call = 0;
  }
  if (!owner) return;
  const message = recordAt(owner);
  it.call = callIn(message, it.call);
  let before: u32 = 0;
  let at = message.happened;
  while (at && !isEarlier(number, at - 1)) {
    before = at;
    at = happenings.at(at - 1).following;
  }
  it.following = at;
  if (before) happenings.at(before - 1).following = number + 1;
  else message.happened = number + 1;
}

/** Part of the first call with this id; 0 if there is none. */
function callIn(message: Record, id: u32): u32 {
  let at = id ? message.first : 0;
  while (at && recordAt(at).model != id) at = recordAt(at).next;
  return at ? recordAt(at).id : 0;
}

/** How far the messages of a session were gone through, and the last answer there, and the prompt behind it: what happened goes on in time. */
let walked: u32 = 0;
let walkedTo: i64 = 0;
let walkedNext: u32 = 0;
let answering: u32 = 0;
let asking: u32 = 0;

/** The message that was worked at when something happened. Its row may stand below: who was away for a while gets to know of messages late. */
function workedAt(it: Happening): u32 {
  const time = whenOf(it);
  const session = find(R.SESSION_RECORD, it.session);
  if (time == NO_TIME || !session) return find(R.MESSAGE_RECORD, it.message);
  if (session != walked || time < walkedTo) {
    walkedNext = recordAt(session).first;
    answering = 0;
    asking = 0;
  }
  walked = session;
  walkedTo = time;
  for (; walkedNext && recordAt(walkedNext).start <= time; walkedNext = recordAt(walkedNext).next) {
    const message = recordAt(walkedNext);
    if (message.flags & R.COPY) continue;
    if (message.flags & R.USER) asking = walkedNext;
    else if (isAnswer(message)) {
      answering = walkedNext;
      asking = 0;
    }
  }
  if (!answering || !asking) return answering | asking;
  // what has ended can fail no more: then it is what was asked last
  const answer = recordAt(answering);
  const isOver = answer.end != NO_TIME ? answer.end <= time : answer.error != 0;
  return isOver ? asking : answering;
}

function isEarlier(a: u32, b: u32): bool {
  const x = happenings.at(a);
  const y = happenings.at(b);
  const time = whenOf(x);
  const other = whenOf(y);
  if (time != other) return time < other;
  return x.kind != y.kind ? x.kind < y.kind : x.code < y.code;
}

// --- sessions

/** The prompts of a session, with what answers each, as lists: message.head to message.tail, by message.link. */
function group(session: Record): u32 {
  let first: u32 = 0;
  let last: u32 = 0;
  let prompt: u32 = 0;
  for (let at = session.first; at; at = recordAt(at).next) {
    const message = recordAt(at);
    if (isCopied(message)) continue;
    let leader: u32 = at;
    if (message.flags & R.USER) prompt = at;
    else {
      if (!isAnswer(message)) continue;
      const asked = find(R.MESSAGE_RECORD, message.owner);
      if (message.owner) leader = asked && isPromptOf(recordAt(asked), session) ? asked : sameOwner(first, message.owner);
      else leader = prompt ? prompt : sameOwner(first, 0);
      if (!leader) leader = at;
      const owner = recordAt(leader);
      if (owner.tail) recordAt(owner.tail).link = at;
      else owner.head = at;
      owner.tail = at;
      if (leader != at) continue;
    }
    if (last) recordAt(last).group = at;
    else first = at;
    last = at;
    recordAt(at).group = 0;
  }
  return first;
}

/** A message that is in the session twice over: skipped, with its parts. */
function isCopied(message: Record): bool {
  if (!(message.flags & R.COPY)) return false;
  fate(message, SKIP_COPY + 1);
  for (let at = message.first; at; at = recordAt(at).next) fate(recordAt(at), SKIP_COPY + 1);
  return true;
}

function isPromptOf(message: Record, session: Record): bool {
  return (message.flags & (R.USER | R.REMOVED | R.COPY)) == R.USER && message.session == session.id;
}

/** The first answer without a prompt in the record that answers the same one. */
function sameOwner(first: u32, owner: u32): u32 {
  for (let at = first; at; at = recordAt(at).group) {
    const it = recordAt(at);
    if (!(it.flags & R.USER) && it.owner == owner) return at;
  }
  return 0;
}

/** Is it of the model? One of which only parts were written is told by these. */
function isAnswer(message: Record): bool {
  if (message.flags & R.ASSISTANT) return true;
  if (!(message.flags & R.UNWRITTEN)) return false;
  for (let at = message.first; at; at = recordAt(at).next) {
    const type = recordAt(at).type;
    const either = type == R.PART_TEXT || type - R.PART_FILE <= R.PART_COMPACTION - R.PART_FILE;
    if (!either || recordAt(at).flags & R.TIMED) return true;
  }
  return false;
}

/** Notes which answers stand behind a compaction: a fork's is mostly a copy, and calls that share a child share what is left of it. */
function findCompacted(session: Record): void {
  let compacted: u32 = 0;
  for (let at = session.first; at; at = recordAt(at).next) {
    const message = recordAt(at);
    for (let answer = message.head; answer; answer = recordAt(answer).link) recordAt(answer).flags |= compacted;
    if (!(message.flags & R.USER) || !(message.flags & R.COPY || isPlaced(message))) continue;
    for (let p = message.first; p; p = recordAt(p).next) if (recordAt(p).type == R.PART_COMPACTION) compacted = R.COMPACTED;
  }
}

function composeSession(session: Record): void {
  const first = group(session);
  findCompacted(session);
  if (!session.session) {
    strand(session, first, 0, 0);
    return;
  }
  // a call that names the child has what was asked in it since then
  const calls = session.head;
  if (!calls) strand(session, first, 0, 0);
  for (let call = calls; call; call = recordAt(call).link) strand(session, first, call, calls);
}

/** Rows of a session, or of that part of it which one of several calls asked for. */
function strand(session: Record, first: u32, call: u32, calls: u32): void {
  let begun = false;
  for (let at = first; at; at = recordAt(at).group) {
    if (call && callOf(recordAt(at), calls) != call) continue;
    if (!isPlaced(recordAt(at))) {
      drop(recordAt(at));
      continue;
    }
    if (!begun) begin(session, call, recordAt(at));
    begun = true;
    composeGroup(session, at);
  }
  if (!begun) return;
  fate(session, 0);
  endStrand();
}

/** The last of the calls that started no later than the message was made; else the first. */
function callOf(message: Record, calls: u32): u32 {
  let last = calls;
  for (let call = calls; call; call = recordAt(call).link) if (recordAt(call).start <= message.start) last = call;
  return last;
}

function begin(session: Record, call: u32, message: Record): void {
  const name = session.id;
  const it = beginStrand(name, name);
  const root = rootOf(session.id);
  it.client = internLiteral("opencode");
  it.traits = STRAND_COMPOSED | (session.flags & R.FROM_EVENTS ? STRAND_EVENTS : STRAND_STATE);
  it.session = root;
  it.root = conversation(root);
  it.firstTime = session.start != NO_TIME ? session.start : message.start;
  it.kind = DOCUMENT_TRANSCRIPT;
  it.settled = 1;
  if (!session.session) return;
  it.kind = DOCUMENT_SUBAGENT;
  it.agent = session.id;
  if (!call) {
    for (let at = session.first; at && !it.type; at = recordAt(at).next) if (recordAt(at).flags & R.ASSISTANT) it.type = recordAt(at).agent;
    return;
  }
  it.spawner = stringHash(recordAt(call).id);
  it.join = joinOf(recordAt(call));
}

/** The conversation that a fork's first copy was made of, else the session itself. */
function conversation(root: u32): u32 {
  const number = find(R.SESSION_RECORD, root);
  for (let at = number ? recordAt(number).first : 0; at; at = recordAt(at).next) {
    const message = recordAt(at);
    if (message.flags & R.COPY) return conversation(recordAt(message.copyOf).session);
  }
  return root;
}

// --- prompts

/** Did somebody write this part? */
function isAuthored(part: Record): bool {
  const type = part.type;
  if (type == R.PART_TEXT) return !(part.flags & (R.SYNTHETIC | R.IGNORED | R.BLANK));
  return type - R.PART_FILE <= R.PART_SUBTASK - R.PART_FILE;
}

function hasAuthored(message: Record): bool {
  for (let at = message.first; at; at = recordAt(at).next) if (isAuthored(recordAt(at))) return true;
  return false;
}

function isPlaced(message: Record): bool {
  return !(message.flags & R.USER) || message.head != 0 || hasAuthored(message);
}

function drop(message: Record): void {
  fate(message, SKIP_INJECTED + 1);
  for (let at = message.first; at; at = recordAt(at).next) fate(recordAt(at), SKIP_INJECTED + 1);
}

function composeGroup(session: Record, number: u32): void {
  const message = recordAt(number);
  const asked = (message.flags & R.USER) != 0;
  const name = asked ? message.id : nameOf(message);
  const prompt = stringHash(name);
  beginRow(message.line);
  if (asked) addPrompt(message);
  const row = keepFact(ROW_PROMPT, message, message.start, prompt, session);
  row.identity = name;
  if (!isAnswered(message)) row.flags |= ROW_UNDER_WAY;
  if (!asked) row.flags |= ROW_UNPROMPTED;
  else if (!hasAuthored(message)) row.flags |= message.first ? ROW_SYNTHETIC : ROW_UNPROMPTED;
  if (asked) {
    fate(message, 0);
    for (let at = message.first; at; at = recordAt(at).next) {
      const part = recordAt(at);
      if (part.type != R.PART_COMPACTION) fate(part, isAuthored(part) ? 0 : part.type == R.PART_UNKNOWN ? 11 : SKIP_INJECTED + 1);
    }
  }
  for (let at = message.head; at; at = recordAt(at).link) answer(session, recordAt(at), prompt);
  if (!asked) return;
  for (let at = message.first; at; at = recordAt(at).next) if (recordAt(at).type == R.PART_COMPACTION) compact(session, message, recordAt(at), prompt);
  happen(session, message, prompt, null);
}

/** What a turn without a prompt is called: as its prompt is, wherever that may be. */
function nameOf(message: Record): u32 {
  const asked = find(R.MESSAGE_RECORD, message.owner);
  if (asked && recordAt(asked).flags & R.COPY) return recordAt(recordAt(asked).copyOf).id;
  return message.owner ? message.owner : message.id;
}

/** The authored parts, as the message's own. */
function addPrompt(message: Record): void {
  for (let at = message.first; at; at = recordAt(at).next) {
    const it = recordAt(at);
    if (!isAuthored(it) || it.type == R.PART_AGENT) continue;
    if (it.type == R.PART_FILE) {
      const file = addPart(PART_BINARY);
      file.detail = internLiteral(it.flags & R.IMAGE ? "image" : "file");
      file.name = it.name;
      file.flags = PART_BASE64;
      if (it.flags & R.BASE64) file.content = addContentAt(it.document, it.textOffset, it.textLength, FORM_TEXT);
    } else {
      const content = textContent(it);
      if (content) addPart(PART_TEXT).content = content;
    }
  }
}

/** A compaction, with what it left: the answer. */
function compact(session: Record, message: Record, part: Record, prompt: u64): void {
  const number = addNote();
  noteAt(number).name = internLiteral(part.flags & R.AUTO ? "auto" : "manual");
  for (let at = message.head; at && !noteAt(number).content; at = recordAt(at).link) {
    if (!(recordAt(at).flags & R.SUMMARY)) continue;
    for (let p = recordAt(at).first; p && !noteAt(number).content; p = recordAt(p).next) if (recordAt(p).type == R.PART_TEXT) noteAt(number).content = textContent(recordAt(p));
  }
  const time = part.start;
  beginRow(part.line);
  keepFact(ROW_COMPACTION, part, time, prompt, session).note = number;
  fate(part, 0);
}
