// The fields of one row, wherever they stand in it: where their strings are, and the few numbers and marks. Strings are not
// looked at here; what the row is, its readers decide.

import { NO_TIME, instant } from "../../bytes/instant";
import { enter, keyLength, mark, nextMember, peek, readCount, readString, readTrue, skip, textEnd, textStart } from "../../json/cursor";
import { clearSlices, has, put, setSlice, sliceAt, take } from "../../json/slices";
import { forgetParts } from "../../session/builder";
import { clearMessage, readMessage } from "./message";
import {
  isAgentId,
  isAgentName,
  isApiErrorStatus,
  isAttachment,
  isCompactMetadata,
  isContent,
  isCwd,
  isData,
  isDurationMs,
  isError,
  isEvent,
  isGitBranch,
  isHookCount,
  isIsApiErrorMessage,
  isIsAsync,
  isIsCompactSummary,
  isIsMeta,
  isIsSidechain,
  isKind,
  isMessage,
  isOperation,
  isOrigin,
  isParentToolUseId,
  isParentUuid,
  isPayload,
  isPersistedOutputPath,
  isPersistedOutputSize,
  isPostTokens,
  isPreTokens,
  isPreventedContinuation,
  isPromptId,
  isRequestId,
  isRetryAttempt,
  isRetryInMs,
  isRunId,
  isSessionId,
  isSnakeAgentId,
  isStatus,
  isSubtype,
  isTeamName,
  isTimestamp,
  isToolDenialKind,
  isToolUseResult,
  isTrigger,
  isType,
  isUpperToolUseId,
  isUuid,
  isVersion,
} from "./keys";

// The strings, as places of json/slices.ts.
export const TYPE: usize = 0;
export const SUBTYPE: usize = 1;
export const UUID: usize = 2;
export const PARENT: usize = 3;
export const PROMPT_ID: usize = 4;
export const SESSION: usize = 5;
export const AGENT: usize = 6;
export const NAME: usize = 7;
export const DIRECTORY: usize = 8;
export const BRANCH: usize = 9;
export const VERSION: usize = 10;
export const ORIGIN: usize = 11;
export const ERROR: usize = 12;
export const TRIGGER: usize = 13;
/** Agent that a structured result names. */
export const RESULT_AGENT: usize = 14;
export const REQUEST: usize = 15;
export const TEAM: usize = 16;
/** What was done with the queue, and the words that were put into it. */
export const OPERATION: usize = 17;
export const CONTENT: usize = 18;
/** The call that a row of progress is about. */
export const CALL: usize = 19;
export const PARENT_CALL: usize = 20;
/** Why a tool did not run. */
export const DENIAL: usize = 21;
/** Where the client kept the whole of a result. */
export const RESULT_FILE: usize = 22;
/** The run of a workflow that a structured result names. */
export const RESULT_RUN: usize = 23;
/** What a hook was told of. */
export const EVENT: usize = 24;
/** Behind them are those of inner.ts. */
export const COUNT: usize = 25;

export let time: i64 = NO_TIME;
export let sidechain: bool = false;
export let meta: bool = false;
export let compactSummary: bool = false;
export let apiError: bool = false;
/** RESULT_AGENT is the member of a team. */
export let resultMember: bool = false;
/** The result says only that work began. */
export let resultAsync: bool = false;
/** Counts, -1 if not recorded. */
export let tokensBefore: i64 = -1;
export let tokensAfter: i64 = -1;
export let attempt: i64 = -1;
export let delay: i64 = -1;
/** HTTP status of a failed request: as the service answered, and as the client wrote it in the model's place. */
export let errorStatus: i64 = -1;
export let finalStatus: i64 = -1;
/** Milliseconds that a compaction took. */
export let compactionTime: i64 = -1;
/** Bytes of the result that was kept apart. */
export let resultSize: i64 = -1;
export let hooks: i64 = -1;
export let prevented: bool = false;
/** Where the object of an attachment, or the data of progress, is to be read (cursor.ts, resume); 0 if there is none. */
export let attachment: u64 = 0;
export let data: u64 = 0;
/** The same, of what a hook was told. */
export let payload: u64 = 0;

export function clearFields(): void {
  clearSlices(0, COUNT);
  time = NO_TIME;
  sidechain = false;
  meta = false;
  compactSummary = false;
  apiError = false;
  resultMember = false;
  resultAsync = false;
  tokensBefore = -1;
  tokensAfter = -1;
  attempt = -1;
  delay = -1;
  errorStatus = -1;
  finalStatus = -1;
  compactionTime = -1;
  resultSize = -1;
  hooks = -1;
  prevented = false;
  attachment = 0;
  data = 0;
  payload = 0;
  clearMessage();
}

/** Reads the row's object, which is at hand. By length first: most keys of a row are told apart by it. */
export function readFields(): void {
  enter();
  while (nextMember()) {
    switch (keyLength) {
      case 3:
        if (isCwd()) take(DIRECTORY);
        else skip();
        break;
      case 4:
        if (isType()) take(TYPE);
        else if (isUuid()) take(UUID);
        else if (isData()) data = markObject();
        else skip();
        break;
      case 7:
        if (isMessage()) readOnlyMessage();
        else if (isVersion()) take(VERSION);
        else if (isAgentId()) take(AGENT);
        else if (isSubtype()) take(SUBTYPE);
        else if (isContent()) take(CONTENT);
        else if (isPayload()) payload = markObject();
        else skip();
        break;
      case 8:
        if (isPromptId()) take(PROMPT_ID);
        else if (isTeamName()) take(TEAM);
        else skip();
        break;
      case 9:
        if (isTimestamp()) time = readString() ? instant(textStart, <u32>(textEnd - textStart)) : NO_TIME;
        else if (isSessionId()) take(SESSION);
        else if (isGitBranch()) take(BRANCH);
        else if (isRequestId()) take(REQUEST);
        else if (isAgentName()) take(NAME);
        else if (isUpperToolUseId()) take(CALL);
        else if (isOperation()) take(OPERATION);
        else if (isHookCount()) hooks = readCount();
        else if (isRetryInMs()) delay = readCount();
        else skip();
        break;
      case 10:
        if (isParentUuid()) take(PARENT);
        else if (isAttachment()) attachment = markObject();
        else skip();
        break;
      case 11:
        if (isIsSidechain()) sidechain = readTrue();
        else skip();
        break;
      case 13:
        if (isToolUseResult()) readToolUseResult();
        else skip();
        break;
      default:
        readRareField();
    }
  }
}

/** Takes the row that stands at hand inside the row, with its own members but the outer row's session, folder, branch, version and call. */
export function readInnerRow(): void {
  const outer = time;
  for (let i = 0; i < OUTER.length; i++) store<u64>(KEPT + (<usize>i << 3), sliceAt(unchecked(OUTER[i])));
  clearFields();
  forgetParts();
  readFields();
  for (let i = 0; i < OUTER.length; i++) setSlice(unchecked(OUTER[i]), load<u64>(KEPT + (<usize>i << 3)));
  if (time == NO_TIME) time = outer;
}

const OUTER: StaticArray<usize> = [SESSION, DIRECTORY, BRANCH, VERSION, PARENT_CALL];
const KEPT: usize = memory.data(5 * 8, 8);

/** Of two messages in one row the last counts, as of any member. */
function readOnlyMessage(): void {
  clearMessage();
  forgetParts();
  readMessage();
}

function readRareField(): void {
  if (isIsMeta()) meta = readTrue();
  else if (isIsCompactSummary()) compactSummary = readTrue();
  else if (isIsApiErrorMessage()) apiError = readTrue();
  else if (isRetryAttempt()) attempt = readCount();
  else if (isApiErrorStatus()) finalStatus = readCount();
  else if (isOrigin() && peek() == 0x7b) readOrigin();
  else if (isError() && peek() == 0x7b) readApiError(1);
  else if (isError()) take(ERROR);
  else if (isCompactMetadata() && peek() == 0x7b) readCompaction();
  else if (isParentToolUseId()) take(PARENT_CALL);
  else if (isPreventedContinuation()) prevented = readTrue();
  else if (isToolDenialKind()) take(DENIAL);
  else if (isEvent()) take(EVENT);
  else skip();
}

/** Where the object at hand stands; it is read later, if the row is of a type that has one. */
function markObject(): u64 {
  const here = peek() == 0x7b ? mark() : 0;
  skip();
  return here;
}

function readOrigin(): void {
  enter();
  while (nextMember()) {
    if (isKind()) take(ORIGIN);
    else skip();
  }
}

function readCompaction(): void {
  enter();
  while (nextMember()) {
    if (isTrigger()) take(TRIGGER);
    else if (isPreTokens()) tokensBefore = readCount();
    else if (isPostTokens()) tokensAfter = readCount();
    else if (isDurationMs()) compactionTime = readCount();
    else skip();
  }
}

/** The error of a failed request: what the service called it, `error.error.error.type`, and the status it came with. */
function readApiError(depth: u32): void {
  enter();
  while (nextMember()) {
    if (isType() && depth == 3) take(ERROR);
    else if (isStatus() && depth == 1) errorStatus = readCount();
    else if (isError() && peek() == 0x7b && depth < 3) readApiError(depth + 1);
    else skip();
  }
}

/** Of a structured result only what joins agents is wanted, and where the whole of it is; the rest repeats what the model saw. */
function readToolUseResult(): void {
  put(RESULT_AGENT, 0, 0);
  put(RESULT_RUN, 0, 0);
  put(RESULT_FILE, 0, 0);
  resultMember = false;
  resultAsync = false;
  resultSize = -1;
  if (peek() != 0x7b) {
    skip();
    return;
  }
  enter();
  while (nextMember()) {
    // `agentId` of any agent goes before `agent_id` of a team's member
    const member = isSnakeAgentId();
    if (isAgentId() || (member && (resultMember || !has(RESULT_AGENT)))) {
      if (!readString() || textEnd == textStart) continue;
      put(RESULT_AGENT, textStart, textEnd);
      resultMember = member;
    } else if (isIsAsync()) resultAsync = readTrue();
    else if (isRunId()) take(RESULT_RUN);
    else if (isPersistedOutputPath()) take(RESULT_FILE);
    else if (isPersistedOutputSize()) resultSize = readCount();
    else skip();
  }
}
