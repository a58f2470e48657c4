// Reads a session, a message or a part into its places (fields.ts).

import { at, enter, keyLength, nextMember, peek, readCount, readTrue, skip } from "../../json/cursor";
import { has, put, take } from "../../json/slices";
import * as F from "./fields";
import { fillRecord, setMark, setNumber } from "./fields";
import * as KEY from "./keys";
import { readNano, readTime } from "./numbers";
import * as R from "./records";

/** Takes the value at hand as it is. */
function takeValue(slice: usize): void {
  const from = at;
  skip();
  put(slice, from, at);
}

/** Enters the object at hand; anything else is passed over. */
export function object(): bool {
  if (peek() == 0x7b) {
    enter();
    return true;
  }
  skip();
  return false;
}

/** Reads the record at hand; anything else is passed over. */
export function readRecord(): void {
  if (!object()) return;
  fillRecord();
  while (nextMember()) {
    switch (keyLength) {
      case 2:
        if (KEY.isId()) take(F.ID);
        else skip();
        break;
      case 3:
        if (KEY.isUrl()) take(F.URL);
        else skip();
        break;
      case 4:
        if (KEY.isType()) take(F.KIND);
        else if (KEY.isText()) take(F.TEXT);
        else if (KEY.isTime()) readTimes();
        else if (KEY.isTool()) take(F.TOOL);
        else if (KEY.isCost()) setNumber(F.COST, readNano());
        else if (KEY.isRole()) take(F.ROLE);
        else if (KEY.isPath()) readPath();
        else if (KEY.isMime()) take(F.MIME);
        else if (KEY.isAuto()) setMark(R.AUTO, readTrue());
        else if (KEY.isMode() && !has(F.AGENT)) take(F.AGENT);
        else skip();
        break;
      case 5:
        if (KEY.isState()) readState();
        else if (KEY.isAgent()) take(F.AGENT);
        else if (KEY.isTitle()) take(F.TITLE);
        else if (KEY.isError()) readError();
        else skip();
        break;
      case 6:
        if (KEY.isCallId()) take(F.CALL);
        else if (KEY.isTokens()) readTokens();
        else if (KEY.isFinish() || KEY.isReason()) take(F.STOP);
        else if (KEY.isPrompt()) take(F.PROMPT);
        else skip();
        break;
      case 7:
        if (KEY.isModelId()) take(F.MODEL);
        else if (KEY.isVersion()) take(F.VERSION);
        else if (KEY.isSummary()) setMark(R.SUMMARY, readTrue());
        else if (KEY.isIgnored()) setMark(R.IGNORED, readTrue());
        else if (KEY.isAttempt()) setNumber(F.ATTEMPT, readCount());
        else skip();
        break;
      case 8:
        if (KEY.isParentId()) take(F.PARENT);
        else skip();
        break;
      default:
        if (KEY.isSessionId()) take(F.OWN_SESSION);
        else if (KEY.isMessageId()) take(F.OWN_MESSAGE);
        else if (KEY.isProviderId()) take(F.PROVIDER);
        else if (KEY.isDirectory()) take(F.DIRECTORY);
        else if (KEY.isSynthetic()) setMark(R.SYNTHETIC, readTrue());
        else skip();
    }
  }
}

function readTimes(): void {
  setMark(R.TIMED, peek() == 0x7b);
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isStart()) setNumber(F.START, readTime());
    else if (KEY.isEnd()) setNumber(F.END, readTime());
    else if (KEY.isCreated()) setNumber(F.CREATED, readTime());
    else if (KEY.isUpdated()) setNumber(F.UPDATED, readTime());
    else if (KEY.isCompleted()) setNumber(F.COMPLETED, readTime());
    else skip();
  }
}

function readPath(): void {
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isCwd()) take(F.DIRECTORY);
    else skip();
  }
}

function readState(): void {
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isStatus()) take(F.STATE);
    else if (KEY.isInput()) readInput();
    else if (KEY.isOutput() || KEY.isError()) takeValue(F.OUTPUT);
    else if (KEY.isMetadata()) readMetadata();
    else if (KEY.isTime()) readTimes();
    else skip();
  }
}

/** What a call was given, and what of it says which agent it spawns. */
function readInput(): void {
  const from = at;
  if (object()) {
    while (nextMember()) {
      if (KEY.isSubagentType()) take(F.SPAWNED);
      else if (KEY.isPrompt()) take(F.PROMPT);
      else if (KEY.isDescription()) take(F.DESCRIPTION);
      else if (KEY.isTaskId()) take(F.TASK);
      else if (KEY.isError()) take(F.INNER_ERROR);
      else skip();
    }
  }
  put(F.INPUT, from, at);
}

function readMetadata(): void {
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isCamelSessionId()) take(F.CHILD);
    else if (KEY.isBackground()) setMark(R.BACKGROUND, readTrue());
    else if (KEY.isInterrupted()) setMark(R.INTERRUPTED, readTrue());
    else if (KEY.isExit()) {
      setMark(R.EXIT_NULL, peek() == 0x6e);
      setNumber(F.EXIT, readCount());
    } else skip();
  }
}

function readTokens(): void {
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isTotal()) setNumber(F.TOKENS, readCount());
    else if (KEY.isInput()) setNumber(F.TOKENS + 1, readCount());
    else if (KEY.isOutput()) setNumber(F.TOKENS + 2, readCount());
    else if (KEY.isReasoning()) setNumber(F.TOKENS + 3, readCount());
    else if (KEY.isCache()) readCache();
    else skip();
  }
}

function readCache(): void {
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isRead()) setNumber(F.TOKENS + 4, readCount());
    else if (KEY.isWrite()) setNumber(F.TOKENS + 5, readCount());
    else skip();
  }
}

export function readError(): void {
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isName()) take(F.ERROR_NAME);
    else if (KEY.isData()) readErrorData();
    else skip();
  }
}

function readErrorData(): void {
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isMessage()) take(F.ERROR_TEXT);
    else if (KEY.isStatusCode()) setNumber(F.STATUS_CODE, readCount());
    else skip();
  }
}

