// One row of a Claude Code transcript to what the session builder understands. Decides what a row is; what rows amount to
// together is decided in session/. Field by field, no value is decoded: names are interned, content stays where it is.
// What is known of the format, and how it is known: FORMAT.md.

import { NO_TIME, instant } from "../../bytes/instant";
import { murmur3 } from "../../bytes/murmur3";
import { internLiteral, stringIs, stringStarts } from "../../bytes/strings";
import { internText } from "../../json/names";
import { atEnd, beginRow as beginCursor, enter, malformed, nextMember, peek, readCount, readString, readTrue, skip, textEnd, textStart, tooDeep } from "../../json/cursor";
import { addressOf, rowBadEscape, rowTerminated } from "../../json/rows";
import {
  BROKEN_DEEP,
  BROKEN_ESCAPE,
  BROKEN_SYNTAX,
  BROKEN_TORN,
  BROKEN_TRAILING,
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
import { addNote, beginRow, dropRow, keepRow, kindOf, noteAt, noteKind, noteSession, noteTime, skipRow, addContent, firstPartOfRow, forgetParts } from "../../session/builder";
import {
  FORM_TEXT,
  PART_BACKGROUND,
  PART_BINARY,
  PART_RESULT,
  PART_TEXT,
  ROW_API_ERROR,
  ROW_COMMAND,
  ROW_COMPACTION,
  ROW_FINAL_ERROR,
  ROW_INPUT,
  ROW_INTERRUPT,
  ROW_PROMPT,
  ROW_RESPONSE,
  ROW_RESULTS,
  ROW_SIDECHAIN,
  ROW_WAKE,
  Row,
  contents,
  parts,
} from "../../session/model";
import { clearMessage, contentIsString, hasMessage, messageId, messageModel, messageStop, messageUsage, readMessage } from "./blocks";
import {
  isAgentId,
  isCompactMetadata,
  isContent,
  isCwd,
  isError,
  isGitBranch,
  isIsApiErrorMessage,
  isIsAsync,
  isIsCompactSummary,
  isIsMeta,
  isIsSidechain,
  isKind,
  isMessage,
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
  isStatus,
  isSubtype,
  isTimestamp,
  isToolUseResult,
  isTrigger,
  isType,
  isUuid,
  isVersion,
} from "./keys";
import { isAside, isCommand, isInjected, isNotification, isPeer, isWord, saysInterrupted } from "./words";

// The fields of the row at hand. Strings stay where they are until it is known that they are wanted.
let typeStart: usize = 0;
let typeEnd: usize = 0;
let subtypeStart: usize = 0;
let subtypeEnd: usize = 0;
let uuidStart: usize = 0;
let uuidEnd: usize = 0;
let parent: u64 = 0;
let promptId: u64 = 0;
let time: i64 = NO_TIME;
let sessionStart: usize = 0;
let sessionEnd: usize = 0;
let agentStart: usize = 0;
let agentEnd: usize = 0;
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
let resultLaunched: bool = false;
let anthropicRequest: bool = false;
let sidechain: bool = false;
let meta: bool = false;
let compactSummary: bool = false;
let apiError: bool = false;
let tokensBefore: i64 = -1;
let tokensAfter: i64 = -1;
let attempt: i64 = -1;
let delay: i64 = -1;

function clearFields(): void {
  typeStart = 0;
  typeEnd = 0;
  subtypeStart = 0;
  subtypeEnd = 0;
  uuidStart = 0;
  uuidEnd = 0;
  parent = 0;
  promptId = 0;
  time = NO_TIME;
  sessionStart = 0;
  sessionEnd = 0;
  agentStart = 0;
  agentEnd = 0;
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
  resultLaunched = false;
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

// @ts-ignore: decorator
@inline
function hashString(): u64 {
  return readString() ? murmur3(textStart, <u32>(textEnd - textStart)) : 0;
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
  if (malformed || rowBadEscape) {
    dropRow();
    if (tooDeep) return BROKEN_DEEP;
    if (!rowTerminated) return BROKEN_TORN;
    return malformed ? BROKEN_SYNTAX : BROKEN_ESCAPE;
  }
  if (!atEnd()) {
    dropRow();
    return BROKEN_TRAILING;
  }
  if (!object) {
    skipRow(SKIP_NOT_A_RECORD);
    return 0;
  }
  if (time != NO_TIME) noteTime(time);
  decide();
  return 0;
}

function readFields(): void {
  enter();
  while (nextMember()) {
    if (isType()) {
      if (readString()) {
        typeStart = textStart;
        typeEnd = textEnd;
      }
    } else if (isMessage()) {
      clearMessage();
      forgetParts();
      readMessage();
    } else if (isUuid()) {
      if (readString()) {
        uuidStart = textStart;
        uuidEnd = textEnd;
      }
    } else if (isParentUuid()) parent = hashString();
    else if (isTimestamp()) time = readString() ? instant(textStart, <u32>(textEnd - textStart)) : NO_TIME;
    else if (isSessionId()) {
      if (readString()) {
        sessionStart = textStart;
        sessionEnd = textEnd;
      }
    } else if (isIsSidechain()) sidechain = readTrue();
    else if (isCwd()) {
      if (readString()) {
        directoryStart = textStart;
        directoryEnd = textEnd;
      }
    } else if (isVersion()) {
      if (readString()) {
        versionStart = textStart;
        versionEnd = textEnd;
      }
    } else if (isGitBranch()) {
      if (readString()) {
        branchStart = textStart;
        branchEnd = textEnd;
      }
    } else if (isPromptId()) promptId = hashString();
    else if (isAgentId()) {
      if (readString()) {
        agentStart = textStart;
        agentEnd = textEnd;
      }
    } else if (isRequestId()) {
      anthropicRequest = readString() && textEnd - textStart > 4 && load<u32>(textStart) == 0x5f716572; // req_
    } else if (isToolUseResult()) readToolUseResult();
    else readRareField();
  }
}

function readRareField(): void {
  if (isSubtype()) {
    if (readString()) {
      subtypeStart = textStart;
      subtypeEnd = textEnd;
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
  } else if (isError() && peek() == 0x7b) readApiError();
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

/** The error of a failed request: its innermost `type`. */
function readApiError(): void {
  enter();
  while (nextMember()) {
    if (isType()) {
      if (readString() && !errorStart) {
        errorStart = textStart;
        errorEnd = textEnd;
      }
    } else if (isError() && peek() == 0x7b) {
      errorStart = 0;
      errorEnd = 0;
      readApiError();
    } else skip();
  }
}

/** Of a structured result only what joins agents is wanted; the rest repeats what the model saw. */
function readToolUseResult(): void {
  resultAgentStart = 0;
  resultAgentEnd = 0;
  resultLaunched = false;
  if (peek() != 0x7b) {
    skip();
    return;
  }
  enter();
  while (nextMember()) {
    if (isAgentId() || isSnakeAgentId()) {
      if (readString()) {
        resultAgentStart = textStart;
        resultAgentEnd = textEnd;
      }
    } else if (isIsAsync()) {
      if (readTrue()) resultLaunched = true;
    } else if (isStatus()) {
      if (readString() && isWord(textStart, textEnd, "async_launched")) resultLaunched = true;
    } else skip();
  }
}

/** What the row is. */
function decide(): void {
  if (isWord(typeStart, typeEnd, "assistant")) assistant();
  else if (isWord(typeStart, typeEnd, "user")) user();
  else if (isWord(typeStart, typeEnd, "progress")) skipKnown(SKIP_PROGRESS);
  else if (isWord(typeStart, typeEnd, "system")) system();
  else if (isWord(typeStart, typeEnd, "attachment")) skipKnown(SKIP_ATTACHMENT);
  else if (isWord(typeStart, typeEnd, "queue-operation")) skipKnown(SKIP_QUEUE);
  else if (isWord(typeStart, typeEnd, "file-history-snapshot") || isWord(typeStart, typeEnd, "file-history-delta")) skipKnown(SKIP_SNAPSHOT);
  else if (isWord(typeStart, typeEnd, "summary")) skipKnown(SKIP_SUMMARY);
  else if (isMetadataType()) skipKnown(SKIP_METADATA);
  else skipRow(SKIP_UNKNOWN);
}

function isMetadataType(): bool {
  return (
    isWord(typeStart, typeEnd, "last-prompt") ||
    isWord(typeStart, typeEnd, "permission-mode") ||
    isWord(typeStart, typeEnd, "mode") ||
    isWord(typeStart, typeEnd, "ai-title") ||
    isWord(typeStart, typeEnd, "custom-title") ||
    isWord(typeStart, typeEnd, "agent-name") ||
    isWord(typeStart, typeEnd, "agent-setting") ||
    isWord(typeStart, typeEnd, "agent-color") ||
    isWord(typeStart, typeEnd, "pr-link") ||
    isWord(typeStart, typeEnd, "worktree-state") ||
    isWord(typeStart, typeEnd, "atis-latch") ||
    isWord(typeStart, typeEnd, "tag") ||
    isWord(typeStart, typeEnd, "cost-state") ||
    isWord(typeStart, typeEnd, "bridge-session") ||
    isWord(typeStart, typeEnd, "continued-in") ||
    isWord(typeStart, typeEnd, "relocated") ||
    isWord(typeStart, typeEnd, "frame-link") ||
    isWord(typeStart, typeEnd, "history-suppression") ||
    isWord(typeStart, typeEnd, "fork-context-ref") ||
    isWord(typeStart, typeEnd, "attribution-snapshot") ||
    isWord(typeStart, typeEnd, "content-replacement") ||
    isWord(typeStart, typeEnd, "artifact-autoreact-ledger") ||
    isWord(typeStart, typeEnd, "artifact-comment-monitor") ||
    isWord(typeStart, typeEnd, "ended-by-model") ||
    isWord(typeStart, typeEnd, "isolation-latch")
  );
}

/** A row of the format that has no place in the trace; it may still say whose the document is. */
function skipKnown(reason: u32): void {
  identify();
  skipRow(reason);
}

function identify(): void {
  const agent = internSlice(agentStart, agentEnd);
  noteSession(internSlice(sessionStart, sessionEnd), sidechain ? agent : 0, internSlice(versionStart, versionEnd));
  if (uuidStart || sessionStart) noteKind(kindOf(sidechain, agent));
}

function keep(kind: u32): Row {
  identify();
  const row = keepRow(kind, time);
  row.uuid = uuidStart ? murmur3(uuidStart, <u32>(uuidEnd - uuidStart)) : 0;
  row.parent = parent;
  row.promptId = promptId;
  row.session = internSlice(sessionStart, sessionEnd);
  row.agent = internSlice(agentStart, agentEnd);
  row.directory = internSlice(directoryStart, directoryEnd);
  row.branch = internSlice(branchStart, branchEnd);
  row.version = internSlice(versionStart, versionEnd);
  if (sidechain) row.flags |= ROW_SIDECHAIN;
  return row;
}

function assistant(): void {
  if (!hasMessage) {
    skipKnown(SKIP_UNKNOWN);
    return;
  }
  if (apiError) {
    const text = firstText();
    forgetParts();
    const number = addNote();
    const note = noteAt(number);
    note.name = internSlice(errorStart, errorEnd);
    note.content = text ? addContent(textFrom, textTo, FORM_TEXT) : 0;
    const row = keep(ROW_API_ERROR);
    row.parts = 0;
    row.note = number;
    row.flags |= ROW_FINAL_ERROR;
    return;
  }
  if (stringIs(messageModel, "<synthetic>")) {
    skipKnown(SKIP_SYNTHETIC);
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

// The first text of the row's parts that is not an aside.
let textFrom: usize = 0;
let textTo: usize = 0;
let hasBinary: bool = false;

function firstText(): bool {
  hasBinary = false;
  textFrom = 0;
  textTo = 0;
  const end = parts.rows;
  for (let i = firstPartOfRow(); i < end; i++) {
    const part = parts.at(i);
    if (part.kind == PART_BINARY) hasBinary = true;
    if (part.kind != PART_TEXT || !part.content) continue;
    const content = contents.at(part.content - 1);
    const from = addressOf(content.offset);
    if (!contentIsString && isAside(from, from + content.length)) {
      continue;
    }
    textFrom = from;
    textTo = from + content.length;
    return true;
  }
  return false;
}

function user(): void {
  if (!hasMessage) {
    skipKnown(SKIP_UNKNOWN);
    return;
  }
  let results: u32 = 0;
  for (let i = firstPartOfRow(); i < parts.rows; i++) if (parts.at(i).kind == PART_RESULT) results++;
  if (results) {
    keepResults();
    return;
  }
  const text = firstText();
  if (text && saysInterrupted(textFrom, textTo)) {
    forgetParts();
    keep(ROW_INTERRUPT).parts = 0;
    return;
  }
  if (!text && !hasBinary) {
    skipKnown(SKIP_INJECTED);
    return;
  }
  const ofAgent = sidechain && agentStart != 0;
  const foreign = originStart != 0 && !isWord(originStart, originEnd, "human");
  if (compactSummary) {
    skipKnown(SKIP_INJECTED);
    return;
  }
  let kind = ROW_PROMPT;
  if (text) {
    if (isNotification(textFrom, textTo)) kind = ROW_WAKE;
    else if (isPeer(textFrom, textTo)) kind = ROW_INPUT;
    else if (isInjected(textFrom, textTo) || isAside(textFrom, textTo)) {
      skipKnown(SKIP_INJECTED);
      return;
    } else if (isCommand(textFrom, textTo)) kind = ROW_COMMAND;
  }
  if (meta && !(ofAgent && foreign)) {
    skipKnown(SKIP_INJECTED);
    return;
  }
  if (kind == ROW_PROMPT && foreign) kind = isWord(originStart, originEnd, "task-notification") ? ROW_WAKE : ROW_INPUT;
  const row = keep(kind);
  row.identity = internSlice(uuidStart, uuidEnd);
}

function keepResults(): void {
  const agent = internSlice(resultAgentStart, resultAgentEnd);
  for (let i = firstPartOfRow(); i < parts.rows; i++) {
    const part = parts.at(i);
    if (part.kind != PART_RESULT) continue;
    part.detail = agent;
    if (resultLaunched) part.flags |= PART_BACKGROUND;
  }
  keep(ROW_RESULTS);
}

function system(): void {
  if (isWord(subtypeStart, subtypeEnd, "compact_boundary")) {
    const number = addNote();
    const note = noteAt(number);
    note.name = internSlice(triggerStart, triggerEnd);
    note.first = tokensBefore;
    note.second = tokensAfter;
    keep(ROW_COMPACTION).note = number;
  } else if (isWord(subtypeStart, subtypeEnd, "api_error")) {
    const number = addNote();
    const note = noteAt(number);
    note.name = internSlice(errorStart, errorEnd);
    note.first = attempt;
    note.second = delay;
    keep(ROW_API_ERROR).note = number;
  } else {
    skipKnown(SKIP_NOTICE);
  }
}
