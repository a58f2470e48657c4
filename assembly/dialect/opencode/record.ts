// Reads a session, a message or a part into its places (fields.ts).

import { at, enter, nextMember, peek, readCount, readTrue, skip } from "../../json/cursor";
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
    const name = KEY.key();
    if (name - KEY.ID <= KEY.URL - KEY.ID) take(F.ID + (name - KEY.ID));
    else readOther(name);
  }
}

/** What is no string, or may have another name. */
function readOther(name: u32): void {
  if (name == KEY.TIME) readTimes();
  else if (name == KEY.STATE) readState();
  else if (name == KEY.TOKENS) readTokens();
  else if (name == KEY.COST) setNumber(F.COST, readNano());
  else if (name == KEY.CALL_ID) take(F.CALL);
  else if (name == KEY.REASON) take(F.STOP);
  else if (name == KEY.MODE && !has(F.AGENT)) take(F.AGENT);
  else if (name == KEY.PATH) readPath();
  else if (name == KEY.ERROR) readError();
  else if (name == KEY.SUMMARY) setMark(R.SUMMARY, readTrue());
  else if (name == KEY.SYNTHETIC) setMark(R.SYNTHETIC, readTrue());
  else if (name == KEY.IGNORED) setMark(R.IGNORED, readTrue());
  else if (name == KEY.AUTO) setMark(R.AUTO, readTrue());
  else if (name == KEY.ATTEMPT) setNumber(F.ATTEMPT, readCount());
  else skip();
}

function readTimes(): void {
  setMark(R.TIMED, peek() == 0x7b);
  if (!object()) return;
  while (nextMember()) {
    const name = KEY.key();
    if (name == KEY.START) setNumber(F.START, readTime());
    else if (name == KEY.END) setNumber(F.END, readTime());
    else if (name == KEY.CREATED) setNumber(F.CREATED, readTime());
    else if (name == KEY.UPDATED) setNumber(F.UPDATED, readTime());
    else if (name == KEY.COMPLETED) setNumber(F.COMPLETED, readTime());
    else skip();
  }
}

function readPath(): void {
  if (!object()) return;
  while (nextMember()) {
    const name = KEY.key();
    if (name == KEY.CWD) take(F.DIRECTORY);
    else skip();
  }
}

function readState(): void {
  if (!object()) return;
  while (nextMember()) {
    const name = KEY.key();
    if (name == KEY.STATUS) take(F.STATE);
    else if (name == KEY.INPUT) readInput();
    else if (name == KEY.OUTPUT || name == KEY.ERROR) takeValue(F.OUTPUT);
    else if (name == KEY.METADATA) readMetadata();
    else if (name == KEY.TIME) readTimes();
    else skip();
  }
}

/** What a call was given, and what of it says which agent it spawns. */
function readInput(): void {
  const from = at;
  if (object()) {
    while (nextMember()) {
      const name = KEY.key();
      if (name == KEY.SUBAGENT_TYPE) take(F.SPAWNED);
      else if (name == KEY.PROMPT) take(F.PROMPT);
      else if (name == KEY.DESCRIPTION) take(F.DESCRIPTION);
      else if (name == KEY.TASK_ID) take(F.TASK);
      else if (name == KEY.ERROR) take(F.INNER_ERROR);
      else skip();
    }
  }
  put(F.INPUT, from, at);
}

function readMetadata(): void {
  if (!object()) return;
  while (nextMember()) {
    const name = KEY.key();
    if (name == KEY.CAMEL_SESSION_ID) take(F.CHILD);
    else if (name == KEY.BACKGROUND) setMark(R.BACKGROUND, readTrue());
    else if (name == KEY.INTERRUPTED) setMark(R.INTERRUPTED, readTrue());
    else if (name == KEY.EXIT) {
      setMark(R.EXIT_NULL, peek() == 0x6e);
      setNumber(F.EXIT, readCount());
    } else skip();
  }
}

function readTokens(): void {
  if (!object()) return;
  while (nextMember()) {
    const name = KEY.key();
    if (name == KEY.TOTAL) setNumber(F.TOKENS, readCount());
    else if (name == KEY.INPUT) setNumber(F.TOKENS + 1, readCount());
    else if (name == KEY.OUTPUT) setNumber(F.TOKENS + 2, readCount());
    else if (name == KEY.REASONING) setNumber(F.TOKENS + 3, readCount());
    else if (name == KEY.CACHE) readCache();
    else skip();
  }
}

function readCache(): void {
  if (!object()) return;
  while (nextMember()) {
    const name = KEY.key();
    if (name == KEY.READ) setNumber(F.TOKENS + 4, readCount());
    else if (name == KEY.WRITE) setNumber(F.TOKENS + 5, readCount());
    else skip();
  }
}

export function readError(): void {
  if (!object()) return;
  while (nextMember()) {
    const name = KEY.key();
    if (name == KEY.NAME) take(F.ERROR_NAME);
    else if (name == KEY.DATA) readErrorData();
    else skip();
  }
}

function readErrorData(): void {
  if (!object()) return;
  while (nextMember()) {
    const name = KEY.key();
    if (name == KEY.MESSAGE) take(F.ERROR_TEXT);
    else if (name == KEY.STATUS_CODE) setNumber(F.STATUS_CODE, readCount());
    else skip();
  }
}

