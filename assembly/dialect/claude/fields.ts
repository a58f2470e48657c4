// The fields of one row, wherever they stand in it: where their strings are, and the few numbers and marks. Strings are not
// looked at here; what the row is, reader.ts decides.

import { NO_TIME, instant } from "../../bytes/instant";
import { enter, keyLength, nextMember, peek, readCount, readString, readTrue, skip, textEnd, textStart } from "../../json/cursor";
import { forgetParts } from "../../session/builder";
import { clearMessage, readMessage } from "./blocks";
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
  isSubtype,
  isTimestamp,
  isToolUseResult,
  isTrigger,
  isType,
  isUuid,
  isVersion,
} from "./keys";

// The strings, as places in SLICES.
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
const COUNT: i32 = 16;

/** Inside of each string: u32 address of its first byte, u32 of the one behind its last; zeros if it is not there. */
const SLICES: usize = memory.data(COUNT * 8, 16);

export let time: i64 = NO_TIME;
export let sidechain: bool = false;
export let meta: bool = false;
export let compactSummary: bool = false;
export let apiError: bool = false;
/** RESULT_AGENT is the member of a team. */
export let resultMember: bool = false;
/** Counts, -1 if not recorded. */
export let tokensBefore: i64 = -1;
export let tokensAfter: i64 = -1;
export let attempt: i64 = -1;
export let delay: i64 = -1;

// @ts-ignore: decorator
@inline
export function startOf(slice: usize): usize {
  return load<u32>(SLICES + (slice << 3));
}

// @ts-ignore: decorator
@inline
export function endOf(slice: usize): usize {
  return load<u32>(SLICES + (slice << 3), 4);
}

/** Is the string there, and not empty? */
// @ts-ignore: decorator
@inline
export function has(slice: usize): bool {
  return endOf(slice) > startOf(slice);
}

export function clearFields(): void {
  for (let at: usize = 0; at < <usize>COUNT * 8; at += 8) store<u64>(SLICES + at, 0);
  time = NO_TIME;
  sidechain = false;
  meta = false;
  compactSummary = false;
  apiError = false;
  resultMember = false;
  tokensBefore = -1;
  tokensAfter = -1;
  attempt = -1;
  delay = -1;
  clearMessage();
}

/** Takes the string at hand; anything else is passed over. */
function take(slice: usize): void {
  if (!readString()) return;
  store<u32>(SLICES + (slice << 3), <u32>textStart);
  store<u32>(SLICES + (slice << 3), <u32>textEnd, 4);
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
        else skip();
        break;
      case 7:
        if (isMessage()) readOnlyMessage();
        else if (isVersion()) take(VERSION);
        else if (isAgentId()) take(AGENT);
        else if (isSubtype()) take(SUBTYPE);
        else skip();
        break;
      case 8:
        if (isPromptId()) take(PROMPT_ID);
        else skip();
        break;
      case 9:
        if (isTimestamp()) time = readString() ? instant(textStart, <u32>(textEnd - textStart)) : NO_TIME;
        else if (isSessionId()) take(SESSION);
        else if (isGitBranch()) take(BRANCH);
        else if (isRequestId()) take(REQUEST);
        else if (isAgentName()) take(NAME);
        else if (isRetryInMs()) delay = readCount();
        else skip();
        break;
      case 10:
        if (isParentUuid()) take(PARENT);
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
  else if (isOrigin() && peek() == 0x7b) readOrigin();
  else if (isError() && peek() == 0x7b) readApiError(1);
  else if (isError()) take(ERROR);
  else if (isCompactMetadata() && peek() == 0x7b) readCompaction();
  else skip();
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
    else skip();
  }
}

/** The error of a failed request: what the service called it, `error.error.error.type`. */
function readApiError(depth: u32): void {
  enter();
  while (nextMember()) {
    if (isType() && depth == 3) take(ERROR);
    else if (isError() && peek() == 0x7b && depth < 3) readApiError(depth + 1);
    else skip();
  }
}

/** Of a structured result only what joins agents is wanted; the rest repeats what the model saw. */
function readToolUseResult(): void {
  store<u64>(SLICES + (RESULT_AGENT << 3), 0);
  resultMember = false;
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
      store<u32>(SLICES + (RESULT_AGENT << 3), <u32>textStart);
      store<u32>(SLICES + (RESULT_AGENT << 3), <u32>textEnd, 4);
      resultMember = member;
    } else skip();
  }
}
