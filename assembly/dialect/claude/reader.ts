// One row of a Claude Code transcript to what the session builder understands. Decides what a row is; what rows amount to
// together is decided in session/. Field by field, no value is decoded: names are interned, content stays where it is.
// What is known of the format, and how it is known: FORMAT.md.

import { keep as keepBytes } from "../../bytes/arena";
import { NO_TIME } from "../../bytes/instant";
import { intern, internLiteral, stringIs, stringStarts } from "../../bytes/strings";
import { beginRow as beginCursor, peek, resume, skip } from "../../json/cursor";
import { hashText, internAgain, internText } from "../../json/names";
import { addressOf } from "../../json/rows";
import { isBlank } from "../../json/text";
import {
  SKIP_ATTACHMENT,
  SKIP_INJECTED,
  SKIP_METADATA,
  SKIP_NOTICE,
  SKIP_NOT_A_RECORD,
  SKIP_PROGRESS,
  SKIP_QUEUE,
  SKIP_SNAPSHOT,
  SKIP_SUMMARY,
  SKIP_SYNTHETIC,
  SKIP_UNKNOWN,
} from "../../abi/layout";
import {
  addContent,
  addHashedText,
  addHook,
  addNote,
  addPart,
  beginRow,
  dropRow,
  firstPartOfRow,
  forgetParts,
  hookAt,
  keepRow,
  noteAt,
  noteMember,
  noteSession,
  noteSpeaker,
  noteTime,
  noteTranscript,
  skipRow,
} from "../../session/builder";
import {
  FORM_TEXT,
  PART_BEGUN,
  PART_BINARY,
  PART_DENIED,
  PART_FAILED,
  PART_INTERRUPTED,
  PART_MEMBER,
  PART_REJECTED,
  PART_RESULT,
  PART_RUN,
  PART_TEXT,
  ROW_API_ERROR,
  ROW_ASIDE,
  ROW_COMMAND,
  ROW_COMPACTION,
  ROW_DELIVERED,
  ROW_EMPTIED,
  ROW_FEEDBACK,
  ROW_FINAL_ERROR,
  ROW_HOOK,
  ROW_INTERRUPT,
  ROW_MESSAGE,
  ROW_OF_QUEUE,
  ROW_OUTPUT,
  ROW_PROGRESS,
  ROW_PROMPT,
  ROW_QUEUED,
  ROW_RESPONSE,
  ROW_RESULTS,
  ROW_SIDECHAIN,
  ROW_SKIPPED,
  ROW_SUMMARY,
  ROW_TAKEN,
  Row,
  contents,
  parts,
} from "../../session/model";
import { clearBlocks, contentIsString, hasMessage, messageId, messageModel, messageStop, messageUsage } from "./blocks";
import { whyBroken } from "../../json/broken";
import {
  AGENT,
  BRANCH,
  CALL,
  CONTENT,
  DENIAL,
  DIRECTORY,
  ERROR,
  NAME,
  OPERATION,
  ORIGIN,
  PARENT,
  PARENT_CALL,
  PROMPT_ID,
  REQUEST,
  RESULT_AGENT,
  RESULT_FILE,
  RESULT_RUN,
  SESSION,
  SUBTYPE,
  TEAM,
  TRIGGER,
  TYPE,
  UUID,
  VERSION,
  apiError,
  attempt,
  clearFields,
  compactSummary,
  compactionTime,
  delay,
  endOf,
  errorStatus,
  finalStatus,
  has,
  hooks,
  meta,
  prevented,
  readFields,
  readInnerRow,
  replace,
  resultAsync,
  resultMember,
  resultSize,
  sidechain,
  startOf,
  time,
  tokensAfter,
  tokensBefore,
} from "./fields";
import {
  ABOUT,
  EVENT,
  HOOK,
  INNER_AGENT,
  KIND,
  MODE,
  duration,
  exitCode,
  innerEnd,
  innerRow,
  innerStart,
  readAttachment,
  readProgress,
  readPrompt,
} from "./inner";
import {
  isAside,
  isCommand,
  isInjected,
  isMessage,
  isMetadataType,
  isOutput,
  isWord,
  noticeCallEnd,
  noticeCallStart,
  noticeStatusEnd,
  noticeStatusStart,
  readNotice,
  saysFeedback,
  saysInterrupted,
  startsWith,
} from "./words";

// Names of the row before, which are mostly those of the next one too.
let session: u32 = 0;
let version: u32 = 0;
let agent: u32 = 0;
let directory: u32 = 0;
let branch: u32 = 0;

/** Forgets the names of the last row: strings have new numbers. */
export function clearReader(): void {
  session = 0;
  version = 0;
  agent = 0;
  directory = 0;
  branch = 0;
  clearBlocks();
}

// @ts-ignore: decorator
@inline
function isField(field: usize, word: string): bool {
  return isWord(startOf(field), endOf(field), word);
}

// @ts-ignore: decorator
@inline
function internField(field: usize): u32 {
  return internText(startOf(field), endOf(field));
}

/** 0 for a string that is not there. */
// @ts-ignore: decorator
@inline
function hashField(field: usize): u64 {
  return hashText(startOf(field), endOf(field));
}

/** Reads the current row (json/rows.ts), `line` from 1. Answers 0, or why it is broken (BROKEN_*), with nothing kept. */
export function readRow(line: u32): u32 {
  clearFields();
  beginRow(line);
  beginCursor();
  const object = peek() == 0x7b;
  if (object) readFields();
  else skip();
  const broken = whyBroken();
  if (broken) {
    dropRow();
    return broken;
  }
  if (!object) {
    skipRow(SKIP_NOT_A_RECORD);
    return 0;
  }
  if (time != NO_TIME) noteTime(time);
  session = internAgain(session, startOf(SESSION), endOf(SESSION));
  version = internAgain(version, startOf(VERSION), endOf(VERSION));
  noteSession(session, version);
  decide();
  return 0;
}

/** What the row at hand is read as: a row of its own type, or one that the client told of in another way (ROW_ASIDE, ROW_PROGRESS). */
let manner: u32 = 0;

/** What the row is. */
function decide(): void {
  manner = 0;
  if (isField(TYPE, "assistant")) assistant();
  else if (isField(TYPE, "user")) user();
  else if (isField(TYPE, "progress")) progress();
  else if (isField(TYPE, "system")) system();
  else if (isField(TYPE, "attachment")) attached();
  else if (isField(TYPE, "queue-operation")) queue();
  else if (isField(TYPE, "file-history-snapshot") || isField(TYPE, "file-history-delta")) pass(SKIP_SNAPSHOT);
  else if (isField(TYPE, "summary")) pass(SKIP_SUMMARY);
  else if (isMetadataType(startOf(TYPE), endOf(TYPE))) pass(SKIP_METADATA);
  else skipRow(SKIP_UNKNOWN);
}

/** A row of the format that has no place in the trace and no identity to be copied. */
function pass(reason: u32): void {
  noteTranscript();
  skipRow(reason);
}

function keep(kind: u32): Row {
  agent = internAgain(agent, startOf(AGENT), endOf(AGENT));
  directory = internAgain(directory, startOf(DIRECTORY), endOf(DIRECTORY));
  branch = internAgain(branch, startOf(BRANCH), endOf(BRANCH));
  if (manner || isField(TYPE, "system")) noteTranscript();
  else if (noteSpeaker(agent) && !agent && has(NAME) && has(TEAM)) noteMember(memberId());
  const row = keepRow(kind, time);
  row.uuid = hashField(UUID);
  // asked for only where nothing better says whose the row is
  if (sidechain && !agent) {
    row.parent = hashField(PARENT);
    row.identity = internField(UUID);
  }
  if (kind == ROW_PROMPT || kind == ROW_COMMAND) row.promptId = hashField(PROMPT_ID);
  row.session = session;
  row.agent = agent;
  row.name = internField(NAME);
  row.directory = directory;
  row.branch = branch;
  row.version = version;
  row.flags = manner;
  if (sidechain) row.flags |= ROW_SIDECHAIN;
  if (manner != ROW_PROGRESS) return row;
  row.flags |= ROW_SIDECHAIN;
  row.parent = hashField(PARENT_CALL);
  return row;
}

/** What a team calls a member that has a session of its own. */
function memberId(): u32 {
  const name = endOf(NAME) - startOf(NAME);
  const team = endOf(TEAM) - startOf(TEAM);
  const id = keepBytes(<u32>(name + 1 + team));
  memory.copy(id, startOf(NAME), name);
  store<u8>(id + name, 0x40);
  memory.copy(id + name + 1, startOf(TEAM), team);
  return intern(id, <u32>(name + 1 + team));
}

/** A row of a person, a model or the system that says nothing for the trace. */
function keepSkipped(reason: u32): Row {
  forgetParts();
  const row = keep(ROW_SKIPPED);
  row.skipped = (manner == ROW_ASIDE ? SKIP_ATTACHMENT : manner == ROW_PROGRESS ? SKIP_PROGRESS : reason) + 1;
  return row;
}

/** What a slash command printed: the client answered it itself. */
function keepOutput(reason: u32): void {
  const row = keepSkipped(reason);
  row.flags |= ROW_OUTPUT;
}

function assistant(): void {
  if (!hasMessage) {
    keepSkipped(SKIP_UNKNOWN);
    return;
  }
  if (stringIs(messageModel, "<synthetic>")) {
    if (apiError) finalError();
    else keepSkipped(SKIP_SYNTHETIC);
    return;
  }
  const row = keep(ROW_RESPONSE);
  row.message = messageId;
  row.model = messageModel;
  row.stop = messageStop;
  row.usage = messageUsage;
  if (!messageId) row.identity = internField(UUID);
  if (stringStarts(messageId, "msg_bdrk_")) row.provider = internLiteral("aws.bedrock");
  else if (stringStarts(messageId, "msg_vrtx_")) row.provider = internLiteral("gcp.vertex_ai");
  else if (endOf(REQUEST) - startOf(REQUEST) > 4 && load<u32>(startOf(REQUEST)) == 0x5f716572 /* req_ */) row.provider = internLiteral("anthropic");
}

/** An API error that was given up on, which the client wrote in the model's place. */
function finalError(): void {
  const text = firstText(false);
  const from = textFrom;
  const to = textTo;
  forgetParts();
  const number = addNote();
  const note = noteAt(number);
  note.name = internField(ERROR);
  note.third = finalStatus;
  note.content = text ? addContent(from, to, FORM_TEXT) : 0;
  const row = keep(ROW_API_ERROR);
  row.parts = 0;
  row.note = number;
  row.flags |= ROW_FINAL_ERROR;
}

// The first text of the row's parts, without quotes.
let textFrom: usize = 0;
let textTo: usize = 0;
let hasBinary: bool = false;

/** Finds the text that decides what the row is; in a list, `besideAsides` passes over notes of the editor and the client. */
function firstText(besideAsides: bool): bool {
  hasBinary = false;
  let found = false;
  for (let i = firstPartOfRow(); i < parts.rows; i++) {
    const part = parts.at(i);
    if (part.kind == PART_BINARY) hasBinary = true;
    if (found || part.kind != PART_TEXT || !part.content) continue;
    const content = contents.at(part.content - 1);
    const from = addressOf(content.offset);
    if (besideAsides && !contentIsString && isAside(from, from + content.length)) continue;
    textFrom = from;
    textTo = from + content.length;
    found = true;
  }
  return found;
}

function user(): void {
  if (!hasMessage) {
    keepSkipped(SKIP_UNKNOWN);
    return;
  }
  for (let i = firstPartOfRow(); i < parts.rows; i++) {
    if (parts.at(i).kind == PART_RESULT) {
      keepResults();
      return;
    }
  }
  const text = firstText(true);
  if (compactSummary) keepSummary();
  else if (text && saysInterrupted(textFrom, textTo)) keep(ROW_INTERRUPT).parts = 0;
  else if ((has(ORIGIN) && !isField(ORIGIN, "human")) || (text && isMessage(textFrom, textTo))) keepWords(ROW_MESSAGE);
  else if (text && saysFeedback(textFrom, textTo)) keep(ROW_FEEDBACK);
  else if (meta) keepSkipped(SKIP_INJECTED);
  else if (!text) {
    if (hasBinary) keepWords(ROW_PROMPT);
    else keepSkipped(SKIP_INJECTED);
  } else if (isOutput(textFrom, textTo)) keepOutput(SKIP_INJECTED);
  else if (isInjected(textFrom, textTo)) keepSkipped(SKIP_INJECTED);
  else keepWords(isCommand(textFrom, textTo) ? ROW_COMMAND : ROW_PROMPT);
}

function keepWords(kind: u32): void {
  const number = kind == ROW_MESSAGE ? notice(textFrom, textTo) : 0;
  const row = keep(kind);
  row.identity = internField(UUID);
  row.note = number;
}

/** What a message says of the end of something that ran in the background; note + 1, 0 if nothing. */
function notice(from: usize, end: usize): u32 {
  if (!readNotice(from, end)) return 0;
  const number = addNote();
  const note = noteAt(number);
  note.name = noticeStatusEnd > noticeStatusStart ? internText(noticeStatusStart, noticeStatusEnd) : 0;
  note.first = hashText(noticeCallStart, noticeCallEnd);
  return number;
}

/** What a compaction left of the conversation: of interest if the compaction is. */
function keepSummary(): void {
  if (manner) {
    keepSkipped(SKIP_INJECTED);
    return;
  }
  const row = keep(ROW_SUMMARY);
  row.skipped = SKIP_INJECTED + 1;
}

function keepResults(): void {
  const agent = internField(RESULT_AGENT);
  const run = agent ? 0 : internField(RESULT_RUN);
  for (let i = firstPartOfRow(); i < parts.rows; i++) {
    const part = parts.at(i);
    if (part.kind != PART_RESULT) continue;
    part.detail = agent | run;
    if (agent && resultMember) part.flags |= PART_MEMBER;
    if (run) part.flags |= PART_RUN;
    if (run || resultAsync) part.flags |= PART_BEGUN;
    if (has(DENIAL) && part.flags & PART_FAILED && !(part.flags & (PART_REJECTED | PART_INTERRUPTED))) part.flags |= PART_DENIED;
  }
  let number: u32 = 0;
  if (has(RESULT_FILE) || resultSize >= 0) {
    number = addNote();
    const note = noteAt(number);
    note.name = internField(RESULT_FILE);
    note.first = resultSize;
  }
  keep(ROW_RESULTS).note = number;
}

function system(): void {
  if (isField(SUBTYPE, "compact_boundary")) {
    keepNote(ROW_COMPACTION, TRIGGER, tokensBefore, tokensAfter, compactionTime);
  } else if (isField(SUBTYPE, "api_error")) {
    keepNote(ROW_API_ERROR, ERROR, attempt, delay, errorStatus);
  } else if (isField(SUBTYPE, "stop_hook_summary")) {
    const hook = hookAt(keepHook(SKIP_NOTICE));
    hook.event = internLiteral("Stop");
    hook.outcome = prevented ? internLiteral("prevented_continuation") : 0;
    hook.count = hooks;
  } else {
    if (isField(SUBTYPE, "local_command")) keepOutput(SKIP_NOTICE);
    else keepSkipped(SKIP_NOTICE);
  }
}

function keepNote(kind: u32, name: usize, first: i64, second: i64, third: i64): void {
  forgetParts();
  const number = addNote();
  const note = noteAt(number);
  note.name = internField(name);
  note.first = first;
  note.second = second;
  note.third = third;
  keep(kind).note = number;
}

// --- what the client tells in other ways

/** Keeps a row of a hook; answers its number + 1. */
function keepHook(skip: u32): u32 {
  forgetParts();
  const number = addHook();
  hookAt(number).skip = skip;
  keep(ROW_HOOK).note = number;
  return number;
}

/** The same, for a hook that the object inside the row is about. */
function keepInnerHook(skip: u32): u32 {
  const number = keepHook(skip);
  const hook = hookAt(number);
  hook.event = internText(innerStart(EVENT), innerEnd(EVENT));
  hook.name = internText(innerStart(HOOK), innerEnd(HOOK));
  return number;
}

function attached(): void {
  manner = ROW_ASIDE;
  if (!readAttachment()) {
    pass(SKIP_ATTACHMENT);
  } else if (isWord(innerStart(KIND), innerEnd(KIND), "queued_command")) {
    readPrompt();
    if (innerEnd(MODE) > innerStart(MODE) && !isWord(innerStart(MODE), innerEnd(MODE), "prompt")) replace(ORIGIN, innerStart(MODE), innerEnd(MODE));
    user();
  } else if (startsWith(innerStart(KIND), innerEnd(KIND), "hook_")) {
    const hook = hookAt(keepInnerHook(SKIP_ATTACHMENT));
    hook.outcome = internText(innerStart(KIND) + 5, innerEnd(KIND));
    hook.call = hashText(innerStart(ABOUT), innerEnd(ABOUT));
    hook.exitCode = exitCode;
    hook.duration = duration;
  } else {
    pass(SKIP_ATTACHMENT);
  }
}

function progress(): void {
  if (!readProgress()) {
    pass(SKIP_PROGRESS);
  } else if (isWord(innerStart(KIND), innerEnd(KIND), "hook_progress")) {
    manner = ROW_ASIDE;
    hookAt(keepInnerHook(SKIP_PROGRESS)).call = hashField(CALL);
  } else if (isWord(innerStart(KIND), innerEnd(KIND), "agent_progress") && innerRow && innerEnd(INNER_AGENT) > innerStart(INNER_AGENT)) {
    manner = ROW_PROGRESS;
    resume(innerRow);
    readInnerRow();
    replace(AGENT, innerStart(INNER_AGENT), innerEnd(INNER_AGENT));
    if (isField(TYPE, "assistant")) assistant();
    else if (isField(TYPE, "user")) user();
    else pass(SKIP_PROGRESS);
  } else {
    pass(SKIP_PROGRESS);
  }
}

function queue(): void {
  manner = ROW_ASIDE;
  forgetParts();
  if (isField(OPERATION, "enqueue")) keepQueued();
  else if (isField(OPERATION, "remove")) keepQueue(ROW_DELIVERED);
  else if (isField(OPERATION, "dequeue")) keepQueue(ROW_TAKEN);
  else if (isField(OPERATION, "popAll")) keepQueue(ROW_EMPTIED);
  else keepQueue(ROW_SKIPPED);
}

function keepQueue(kind: u32): Row {
  const row = keep(kind);
  row.skipped = SKIP_QUEUE + 1;
  row.flags = ROW_ASIDE | ROW_OF_QUEUE;
  row.uuid = 0;
  return row;
}

/** Words that were put into the queue, and what they would be as a row of their own. */
function keepQueued(): void {
  const from = startOf(CONTENT);
  const end = endOf(CONTENT);
  let number: u32 = 0;
  if (!isBlank(from, end)) {
    const kind = kindOfWords(from, end);
    addPart(PART_TEXT).content = addHashedText(from, end);
    number = kind == ROW_MESSAGE ? notice(from, end) : 0;
    if (!number) number = addNote();
    noteAt(number).second = kind;
  }
  keepQueue(ROW_QUEUED).note = number;
}

/** What a text without any other sign is; 0 if nothing for the trace. */
function kindOfWords(from: usize, end: usize): u32 {
  if (saysInterrupted(from, end)) return 0;
  if (isMessage(from, end)) return ROW_MESSAGE;
  if (isOutput(from, end) || isInjected(from, end) || saysFeedback(from, end)) return 0;
  return isCommand(from, end) ? ROW_COMMAND : ROW_PROMPT;
}
