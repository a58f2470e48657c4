// One row of a Claude Code transcript to what the session builder understands. Decides what a row is; what rows amount to
// together is decided in session/. Field by field, no value is decoded: names are interned, content stays where it is.
// What is known of the format, and how it is known: FORMAT.md.

import { NO_TIME } from "../../bytes/instant";
import { murmur3 } from "../../bytes/murmur3";
import { internLiteral, stringIs, stringStarts } from "../../bytes/strings";
import { beginRow as beginCursor, peek, skip } from "../../json/cursor";
import { internAgain, internText } from "../../json/names";
import { addressOf } from "../../json/rows";
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
  addNote,
  beginRow,
  dropRow,
  firstPartOfRow,
  forgetParts,
  keepRow,
  noteAt,
  noteSession,
  noteSpeaker,
  noteTime,
  noteTranscript,
  skipRow,
} from "../../session/builder";
import {
  FORM_TEXT,
  PART_BINARY,
  PART_MEMBER,
  PART_RESULT,
  PART_TEXT,
  ROW_API_ERROR,
  ROW_COMMAND,
  ROW_COMPACTION,
  ROW_FINAL_ERROR,
  ROW_INTERRUPT,
  ROW_MESSAGE,
  ROW_OUTPUT,
  ROW_PROMPT,
  ROW_RESPONSE,
  ROW_RESULTS,
  ROW_SIDECHAIN,
  ROW_SKIPPED,
  Row,
  contents,
  parts,
} from "../../session/model";
import { clearBlocks, contentIsString, hasMessage, messageId, messageModel, messageStop, messageUsage } from "./blocks";
import { whyBroken } from "./broken";
import {
  AGENT,
  BRANCH,
  DIRECTORY,
  ERROR,
  NAME,
  ORIGIN,
  PARENT,
  PROMPT_ID,
  REQUEST,
  RESULT_AGENT,
  SESSION,
  SUBTYPE,
  TRIGGER,
  TYPE,
  UUID,
  VERSION,
  apiError,
  attempt,
  clearFields,
  compactSummary,
  delay,
  endOf,
  has,
  meta,
  readFields,
  resultMember,
  sidechain,
  startOf,
  time,
  tokensAfter,
  tokensBefore,
} from "./fields";
import { isAside, isCommand, isInjected, isMessage, isMetadataType, isOutput, isWord, saysInterrupted } from "./words";

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
  return has(field) ? murmur3(startOf(field), <u32>(endOf(field) - startOf(field))) : 0;
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

/** What the row is. */
function decide(): void {
  if (isField(TYPE, "assistant")) assistant();
  else if (isField(TYPE, "user")) user();
  else if (isField(TYPE, "progress")) pass(SKIP_PROGRESS);
  else if (isField(TYPE, "system")) system();
  else if (isField(TYPE, "attachment")) pass(SKIP_ATTACHMENT);
  else if (isField(TYPE, "queue-operation")) pass(SKIP_QUEUE);
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
  if (isField(TYPE, "system")) noteTranscript();
  else noteSpeaker(agent);
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
  if (sidechain) row.flags |= ROW_SIDECHAIN;
  return row;
}

/** A row of a person, a model or the system that says nothing for the trace. */
function keepSkipped(reason: u32): Row {
  forgetParts();
  const row = keep(ROW_SKIPPED);
  row.skipped = reason + 1;
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
  if (compactSummary) keepSkipped(SKIP_INJECTED);
  else if (text && saysInterrupted(textFrom, textTo)) keep(ROW_INTERRUPT).parts = 0;
  else if ((has(ORIGIN) && !isField(ORIGIN, "human")) || (text && isMessage(textFrom, textTo))) keepWords(ROW_MESSAGE);
  else if (meta) keepSkipped(SKIP_INJECTED);
  else if (!text) {
    if (hasBinary) keepWords(ROW_PROMPT);
    else keepSkipped(SKIP_INJECTED);
  } else if (isOutput(textFrom, textTo)) keepOutput(SKIP_INJECTED);
  else if (isInjected(textFrom, textTo)) keepSkipped(SKIP_INJECTED);
  else keepWords(isCommand(textFrom, textTo) ? ROW_COMMAND : ROW_PROMPT);
}

function keepWords(kind: u32): void {
  keep(kind).identity = internField(UUID);
}

function keepResults(): void {
  const agent = internField(RESULT_AGENT);
  for (let i = firstPartOfRow(); i < parts.rows; i++) {
    const part = parts.at(i);
    if (part.kind != PART_RESULT) continue;
    part.detail = agent;
    if (agent && resultMember) part.flags |= PART_MEMBER;
  }
  keep(ROW_RESULTS);
}

function system(): void {
  if (isField(SUBTYPE, "compact_boundary")) {
    keepNote(ROW_COMPACTION, TRIGGER, tokensBefore, tokensAfter);
  } else if (isField(SUBTYPE, "api_error")) {
    keepNote(ROW_API_ERROR, ERROR, attempt, delay);
  } else {
    if (isField(SUBTYPE, "local_command")) keepOutput(SKIP_NOTICE);
    else keepSkipped(SKIP_NOTICE);
  }
}

function keepNote(kind: u32, name: usize, first: i64, second: i64): void {
  forgetParts();
  const number = addNote();
  const note = noteAt(number);
  note.name = internField(name);
  note.first = first;
  note.second = second;
  keep(kind).note = number;
}
