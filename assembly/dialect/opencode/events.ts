// What one row says: a session, a message or a part was written, text was added, or something happened that nothing else tells.
// Only the last write of a record is kept. What all of it amounts to is put together when every document was read (compose.ts).

import { NO_TIME } from "../../bytes/instant";
import { beginRow as beginCursor, peek, skip } from "../../json/cursor";
import { whyBroken } from "../../json/broken";
import { followsPattern, forgetPattern, learnPattern } from "../../json/pattern";
import { rowFault } from "../../json/rows";
import { begins, has, isWord, placeIn } from "../../json/slices";
import { ROLE_INFO, ROLE_OTHER, ROLE_PART, ROLE_WHOLE, rowRole } from "../../json/values";
import { noteTime, noteTranscript, settleRow, skipRow } from "../../session/builder";
import { SKIP_COPY, SKIP_METADATA, SKIP_NOTICE, SKIP_NOT_A_RECORD, SKIP_UNKNOWN } from "../../abi/layout";
import { isEvent, readEvent, repeated, withdraw } from "./envelope";
import * as F from "./fields";
import { clearFields, fillRecord, isFilled, numberOf } from "./fields";
import { ask, fail, retry } from "./happenings";
import { KEYS, readyKeys } from "./keys";
import { readRecord } from "./record";
import * as R from "./records";
import { beginSource, document, noteState, setClock } from "./source";
import { add, beginWrites, remove, writeMessage, writePart, writeSession } from "./writes";

/** The current row is an object. */
let isObject: bool = false;

export function beginEvents(): void {
  beginSource();
  beginWrites();
  withdraw();
  forgetPattern();
}

export function clearEvents(): void {
  readyKeys();
  R.clearRecords();
}

/** Is the current row one of an event stream, or of an export? Leaves its fields read. */
export function isOurs(): bool {
  // the row before was read by another, into the same places
  fillRecord();
  if (rowRole != ROLE_WHOLE) return true;
  read();
  return !whyBroken() && isEvent();
}

function read(): void {
  beginCursor(KEYS);
  isObject = peek() == 0x7b;
  if (rowRole == ROLE_WHOLE) {
    readEvent();
    return;
  }
  clearFields();
  if (rowRole == ROLE_OTHER || !isObject) skip();
  else readRecord();
}

/** Reads the current row. Answers 0, or why it is broken (BROKEN_*). */
export function readRow(): u32 {
  if (isPiece()) {
    add();
    return 0;
  }
  read();
  const broken = whyBroken();
  if (broken) return broken;
  noteTranscript();
  if (rowRole == ROLE_WHOLE && repeated) {
    settleRow(document, SKIP_COPY + 1);
    return 0;
  }
  let time = numberOf(F.BESIDE);
  for (let place = F.CREATED; place <= F.END; place++) time = max(time, numberOf(place));
  if (time != NO_TIME) {
    setClock(time);
    noteTime(time);
  }
  decide();
  return 0;
}

/** Is the row another piece of text, written as one before? Its fields are read then. */
function isPiece(): bool {
  if (rowRole != ROLE_WHOLE || rowFault || !followsPattern() || !is(PIECE)) return false;
  withdraw();
  return true;
}

function decide(): void {
  if (rowRole == ROLE_OTHER) skipRow(SKIP_METADATA);
  else if (!isObject) skipRow(SKIP_NOT_A_RECORD);
  else if (rowRole == ROLE_PART) writePart();
  else if (rowRole == ROLE_INFO) {
    noteState();
    if (has(F.ROLE)) writeMessage();
    else writeSession();
  } else {
    isEvent();
    event();
  }
}

const PIECE = "message.part.delta";

/** Types of other forms: as `run --format json` prints events, and as sessions are shared. */
const OTHER_TYPES = "text reasoning tool_use step_start step_finish part session message error spanloom.source ";

/** What begins the types of events that say nothing here. */
const NOISE = "session. server. message. file. plugin. todo. catalog. command. custom. ide. installation. integration. lsp. mcp. models permission. project. pty. question. reference. tui. vcs. workspace. worktree. ";

// @ts-ignore: decorator
@inline
function is(type: string): bool {
  return isWord(F.TYPE, type);
}

/** What happens most comes first. */
function event(): void {
  if (is(PIECE)) {
    add();
    if (isPlainPiece()) learnPattern();
  } else if (is("message.part.updated")) writePart();
  else if (is("message.updated")) writeMessage();
  else if (is("session.updated") || is("session.created") || is("session.deleted")) writeSession();
  else if (is("message.removed")) remove(R.MESSAGE_RECORD, F.MESSAGE);
  else if (is("message.part.removed")) remove(R.PART_RECORD, F.PART);
  else if (is("session.error")) fail();
  else if (is("session.status")) {
    if (isWord(F.STATUS, "retry")) retry();
    else skipRow(SKIP_NOTICE);
  } else if (begins(F.TYPE, "permission.") || begins(F.TYPE, "question.")) ask();
  else if (placeIn(NOISE, F.TYPE, true)) skipRow(SKIP_NOTICE);
  else other(placeIn(OTHER_TYPES, F.TYPE));
}

/** Does the row tell of a piece of text, and of nothing else? */
function isPlainPiece(): bool {
  return has(F.PART) && has(F.FIELD) && has(F.DELTA) && numberOf(F.BESIDE) == NO_TIME && !isFilled();
}

function other(type: i32): void {
  if (!type) {
    skipRow(SKIP_UNKNOWN);
    return;
  }
  noteState();
  if (type <= 6) writePart();
  else if (type == 7) writeSession();
  else if (type == 8) writeMessage();
  else if (type == 10) skipRow(SKIP_METADATA);
  else if (has(F.SESSION)) fail();
  else skipRow(SKIP_UNKNOWN);
}
