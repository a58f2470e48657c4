// One row of a Claude Code transcript to what the session builder understands. Decides what a row is; what rows amount to
// together is decided in session/. Field by field, no value is decoded: names are interned, content stays where it is.
// What is known of the format, and how it is known: FORMAT.md.

import { NO_TIME, instant } from "../../bytes/instant";
import { murmur3 } from "../../bytes/murmur3";
import { internLiteral, stringIs, stringStarts } from "../../bytes/strings";
import { beginRow as beginCursor, enter, keyLength, nextMember, peek, readCount, readString, readTrue, skip, textEnd, textStart } from "../../json/cursor";
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
import { clearBlocks, clearMessage, contentIsString, hasMessage, messageId, messageModel, messageStop, messageUsage, readMessage } from "./blocks";
import { whyBroken } from "./broken";
import {
  isAgentId,
  isAgentName,
  isCompactMetadata,
  isCwd,
  isError,
  isGitBranch,
  isIsApiErrorMessage,
  isIsCompactSummary,
  isIsMeta,
  isIsSidechain,
  isKind,
  isMessage as isMessageKey,
  isOrigin,
  isParentUuid,
  isPostTokens,
  isPreTokens,
  isPromptId,
  isRequestId,
  isRetryAttempt,
  isRetryInMs,
  isSessionId,
  isSnakeAgentId,
  isSubtype,
  isTimestamp,
  isToolUseResult,
  isTrigger,
  isType,
  isUuid,
  isVersion,
} from "./keys";
import { isAside, isCommand, isInjected, isMessage, isMetadataType, isOutput, isWord, saysInterrupted } from "./words";

// The fields of the row at hand. Strings stay where they are until it is known that they are wanted.
let typeStart: usize = 0;
let typeEnd: usize = 0;
let subtypeStart: usize = 0;
let subtypeEnd: usize = 0;
let uuidStart: usize = 0;
let uuidEnd: usize = 0;
let parentStart: usize = 0;
let parentEnd: usize = 0;
let promptIdStart: usize = 0;
let promptIdEnd: usize = 0;
let time: i64 = NO_TIME;
let sessionStart: usize = 0;
let sessionEnd: usize = 0;
let agentStart: usize = 0;
let agentEnd: usize = 0;
let nameStart: usize = 0;
let nameEnd: usize = 0;
let directoryStart: usize = 0;
let directoryEnd: usize = 0;
let branchStart: usize = 0;
let branchEnd: usize = 0;
let versionStart: usize = 0;
let versionEnd: usize = 0;
let originStart: usize = 0;
let originEnd: usize = 0;
let errorStart: usize = 0;
let errorEnd: usize = 0;
let triggerStart: usize = 0;
let triggerEnd: usize = 0;
let resultAgentStart: usize = 0;
let resultAgentEnd: usize = 0;
let resultMember: bool = false;
let anthropicRequest: bool = false;
let sidechain: bool = false;
let meta: bool = false;
let compactSummary: bool = false;
let apiError: bool = false;
let tokensBefore: i64 = -1;
let tokensAfter: i64 = -1;
let attempt: i64 = -1;
let delay: i64 = -1;

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

function clearFields(): void {
  typeStart = 0;
  typeEnd = 0;
  subtypeStart = 0;
  subtypeEnd = 0;
  uuidStart = 0;
  uuidEnd = 0;
  parentStart = 0;
  parentEnd = 0;
  promptIdStart = 0;
  promptIdEnd = 0;
  time = NO_TIME;
  sessionStart = 0;
  sessionEnd = 0;
  agentStart = 0;
  agentEnd = 0;
  nameStart = 0;
  nameEnd = 0;
  directoryStart = 0;
  directoryEnd = 0;
  branchStart = 0;
  branchEnd = 0;
  versionStart = 0;
  versionEnd = 0;
  originStart = 0;
  originEnd = 0;
  errorStart = 0;
  errorEnd = 0;
  triggerStart = 0;
  triggerEnd = 0;
  resultAgentStart = 0;
  resultAgentEnd = 0;
  anthropicRequest = false;
  sidechain = false;
  meta = false;
  compactSummary = false;
  apiError = false;
  tokensBefore = -1;
  tokensAfter = -1;
  attempt = -1;
  delay = -1;
  clearMessage();
}

/** 0 for an empty slice. */
// @ts-ignore: decorator
@inline
function hashSlice(start: usize, end: usize): u64 {
  return end > start ? murmur3(start, <u32>(end - start)) : 0;
}

// @ts-ignore: decorator
@inline
function internSlice(start: usize, end: usize): u32 {
  return internText(start, end);
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
  session = internAgain(session, sessionStart, sessionEnd);
  version = internAgain(version, versionStart, versionEnd);
  noteSession(session, version);
  decide();
  return 0;
}

function readFields(): void {
  enter();
  while (nextMember()) {
    switch (keyLength) {
      case 3:
        if (isCwd()) {
          if (readString()) {
            directoryStart = textStart;
            directoryEnd = textEnd;
          }
          continue;
        }
        break;
      case 4:
        if (isType()) {
          if (readString()) {
            typeStart = textStart;
            typeEnd = textEnd;
          }
          continue;
        }
        if (isUuid()) {
          if (readString()) {
            uuidStart = textStart;
            uuidEnd = textEnd;
          }
          continue;
        }
        break;
      case 7:
        if (isMessageKey()) {
          clearMessage();
          forgetParts();
          readMessage();
          continue;
        }
        if (isVersion()) {
          if (readString()) {
            versionStart = textStart;
            versionEnd = textEnd;
          }
          continue;
        }
        if (isAgentId()) {
          if (readString()) {
            agentStart = textStart;
            agentEnd = textEnd;
          }
          continue;
        }
        break;
      case 8:
        if (isPromptId()) {
          if (readString()) {
            promptIdStart = textStart;
            promptIdEnd = textEnd;
          }
          continue;
        }
        break;
      case 9:
        if (isTimestamp()) {
          time = readString() ? instant(textStart, <u32>(textEnd - textStart)) : NO_TIME;
          continue;
        }
        if (isSessionId()) {
          if (readString()) {
            sessionStart = textStart;
            sessionEnd = textEnd;
          }
          continue;
        }
        if (isGitBranch()) {
          if (readString()) {
            branchStart = textStart;
            branchEnd = textEnd;
          }
          continue;
        }
        if (isRequestId()) {
          anthropicRequest = readString() && textEnd - textStart > 4 && load<u32>(textStart) == 0x5f716572; // req_
          continue;
        }
        break;
      case 10:
        if (isParentUuid()) {
          if (readString()) {
            parentStart = textStart;
            parentEnd = textEnd;
          }
          continue;
        }
        break;
      case 11:
        if (isIsSidechain()) {
          sidechain = readTrue();
          continue;
        }
        break;
      case 13:
        if (isToolUseResult()) {
          readToolUseResult();
          continue;
        }
        break;
    }
    readRareField();
  }
}

function readRareField(): void {
  if (isSubtype()) {
    if (readString()) {
      subtypeStart = textStart;
      subtypeEnd = textEnd;
    }
  } else if (isAgentName()) {
    if (readString()) {
      nameStart = textStart;
      nameEnd = textEnd;
    }
  } else if (isIsMeta()) meta = readTrue();
  else if (isIsCompactSummary()) compactSummary = readTrue();
  else if (isIsApiErrorMessage()) apiError = readTrue();
  else if (isOrigin() && peek() == 0x7b) {
    enter();
    while (nextMember()) {
      if (!isKind()) skip();
      else if (readString()) {
        originStart = textStart;
        originEnd = textEnd;
      }
    }
  } else if (isError() && peek() == 0x22) {
    if (readString()) {
      errorStart = textStart;
      errorEnd = textEnd;
    }
  } else if (isError() && peek() == 0x7b) readApiError(1);
  else if (isCompactMetadata() && peek() == 0x7b) {
    enter();
    while (nextMember()) {
      if (isTrigger()) {
        if (readString()) {
          triggerStart = textStart;
          triggerEnd = textEnd;
        }
      } else if (isPreTokens()) tokensBefore = readCount();
      else if (isPostTokens()) tokensAfter = readCount();
      else skip();
    }
  } else if (isRetryAttempt()) attempt = readCount();
  else if (isRetryInMs()) delay = readCount();
  else skip();
}

/** The error of a failed request: what the service called it, `error.error.error.type`. */
function readApiError(depth: u32): void {
  enter();
  while (nextMember()) {
    if (isType() && depth == 3) {
      if (readString()) {
        errorStart = textStart;
        errorEnd = textEnd;
      }
    } else if (isError() && peek() == 0x7b && depth < 3) readApiError(depth + 1);
    else skip();
  }
}

/** Of a structured result only what joins agents is wanted; the rest repeats what the model saw. */
function readToolUseResult(): void {
  resultAgentStart = 0;
  resultAgentEnd = 0;
  if (peek() != 0x7b) {
    skip();
    return;
  }
  resultMember = false;
  enter();
  while (nextMember()) {
    // `agentId` of any agent goes before `agent_id` of a team's member
    const member = isSnakeAgentId();
    if (isAgentId() || (member && (!resultAgentStart || resultMember))) {
      if (readString() && textEnd > textStart) {
        resultAgentStart = textStart;
        resultAgentEnd = textEnd;
        resultMember = member;
      }
    } else skip();
  }
}

/** What the row is. */
function decide(): void {
  if (isWord(typeStart, typeEnd, "assistant")) assistant();
  else if (isWord(typeStart, typeEnd, "user")) user();
  else if (isWord(typeStart, typeEnd, "progress")) pass(SKIP_PROGRESS);
  else if (isWord(typeStart, typeEnd, "system")) system();
  else if (isWord(typeStart, typeEnd, "attachment")) pass(SKIP_ATTACHMENT);
  else if (isWord(typeStart, typeEnd, "queue-operation")) pass(SKIP_QUEUE);
  else if (isWord(typeStart, typeEnd, "file-history-snapshot") || isWord(typeStart, typeEnd, "file-history-delta")) pass(SKIP_SNAPSHOT);
  else if (isWord(typeStart, typeEnd, "summary")) pass(SKIP_SUMMARY);
  else if (isMetadataType(typeStart, typeEnd)) pass(SKIP_METADATA);
  else skipRow(SKIP_UNKNOWN);
}

/** A row of the format that has no place in the trace and no identity to be copied. */
function pass(reason: u32): void {
  noteTranscript();
  skipRow(reason);
}

function keep(kind: u32): Row {
  agent = internAgain(agent, agentStart, agentEnd);
  directory = internAgain(directory, directoryStart, directoryEnd);
  branch = internAgain(branch, branchStart, branchEnd);
  if (isWord(typeStart, typeEnd, "system")) noteTranscript();
  else noteSpeaker(agent);
  const row = keepRow(kind, time);
  row.uuid = hashSlice(uuidStart, uuidEnd);
  // asked for only where nothing better says whose the row is
  if (sidechain && !agent) row.parent = hashSlice(parentStart, parentEnd);
  if (kind == ROW_PROMPT || kind == ROW_COMMAND) row.promptId = hashSlice(promptIdStart, promptIdEnd);
  row.session = session;
  row.agent = agent;
  row.name = internSlice(nameStart, nameEnd);
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
  if (!messageId) row.identity = internSlice(uuidStart, uuidEnd);
  if (stringStarts(messageId, "msg_bdrk_")) row.provider = internLiteral("aws.bedrock");
  else if (stringStarts(messageId, "msg_vrtx_")) row.provider = internLiteral("gcp.vertex_ai");
  else if (anthropicRequest) row.provider = internLiteral("anthropic");
}

/** An API error that was given up on, which the client wrote in the model's place. */
function finalError(): void {
  const text = firstText(false);
  const from = textFrom;
  const to = textTo;
  forgetParts();
  const number = addNote();
  const note = noteAt(number);
  note.name = internSlice(errorStart, errorEnd);
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
  else if ((originEnd > originStart && !isWord(originStart, originEnd, "human")) || (text && isMessage(textFrom, textTo))) keepWords(ROW_MESSAGE);
  else if (meta) keepSkipped(SKIP_INJECTED);
  else if (!text) {
    if (hasBinary) keepWords(ROW_PROMPT);
    else keepSkipped(SKIP_INJECTED);
  } else if (isOutput(textFrom, textTo)) keepOutput(SKIP_INJECTED);
  else if (isInjected(textFrom, textTo)) keepSkipped(SKIP_INJECTED);
  else keepWords(isCommand(textFrom, textTo) ? ROW_COMMAND : ROW_PROMPT);
}

function keepWords(kind: u32): void {
  keep(kind).identity = internSlice(uuidStart, uuidEnd);
}

function keepResults(): void {
  const agent = internSlice(resultAgentStart, resultAgentEnd);
  for (let i = firstPartOfRow(); i < parts.rows; i++) {
    const part = parts.at(i);
    if (part.kind != PART_RESULT) continue;
    part.detail = agent;
    if (agent && resultMember) part.flags |= PART_MEMBER;
  }
  keep(ROW_RESULTS);
}

function system(): void {
  if (isWord(subtypeStart, subtypeEnd, "compact_boundary")) {
    keepNote(ROW_COMPACTION, triggerStart, triggerEnd, tokensBefore, tokensAfter);
  } else if (isWord(subtypeStart, subtypeEnd, "api_error")) {
    keepNote(ROW_API_ERROR, errorStart, errorEnd, attempt, delay);
  } else {
    if (isWord(subtypeStart, subtypeEnd, "local_command")) keepOutput(SKIP_NOTICE);
    else keepSkipped(SKIP_NOTICE);
  }
}

function keepNote(kind: u32, from: usize, end: usize, first: i64, second: i64): void {
  forgetParts();
  const number = addNote();
  const note = noteAt(number);
  note.name = internSlice(from, end);
  note.first = first;
  note.second = second;
  keep(kind).note = number;
}
