// The fields of one row, wherever they stand in it: where their strings are, and the few numbers and marks. Strings are not
// looked at here; what the row is, its readers decide.

import { NO_TIME, instant } from "../../bytes/instant";
import { STRETCH_BYTES, beginStretch, endStretch, followStretch } from "../../json/again";
import { at, enter, key, mark, nextMember, peek, readCount, readString, readTrue, resume, skip, textEnd, textStart } from "../../json/cursor";
import { clearSlices, has, nameIn, put, setSlice, sliceAt, take } from "../../json/slices";
import { forgetParts } from "../../session/builder";
import { clearMessage, readMessage } from "./message";
import * as KEY from "./keys";

// The strings, as places of json/slices.ts. Up to EVENT in the order of their names in keys.ts.
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
export const REQUEST: usize = 11;
export const TEAM: usize = 12;
/** What was done with the queue, and the words that were put into it. */
export const OPERATION: usize = 13;
export const CONTENT: usize = 14;
/** The call that a row of progress is about. */
export const CALL: usize = 15;
export const PARENT_CALL: usize = 16;
/** Why a tool did not run. */
export const DENIAL: usize = 17;
/** What a hook was told of. */
export const EVENT: usize = 18;
export const ORIGIN: usize = 19;
export const ERROR: usize = 20;
export const TRIGGER: usize = 21;
/** Agent that a structured result names. */
export const RESULT_AGENT: usize = 22;
/** Where the client kept the whole of a result. */
export const RESULT_FILE: usize = 23;
/** The run of a workflow that a structured result names. */
export const RESULT_RUN: usize = 24;
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
  writer = 0;
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

/** Reads the row's object, which is at hand. */
export function readFields(): void {
  enter();
  while (nextMember()) {
    if (key - 1 <= <u32>EVENT) take(key - 1);
    else if (key == KEY.MESSAGE) readOnlyMessage();
    else if (key == KEY.IS_SIDECHAIN) sidechain = readTrue();
    else if (key == KEY.USER_TYPE) readWriter();
    else if (key == KEY.TIMESTAMP) time = readString() ? instant(textStart, <u32>(textEnd - textStart)) : NO_TIME;
    else if (!key) skip();
    else if (key == KEY.TOOL_USE_RESULT) readToolUseResult();
    else readRareField();
  }
}

/** What is said of the writer, from the kind of user on. */
const WRITER: usize = memory.data(STRETCH_BYTES, 8);
/** Of each place from SESSION to VERSION: what stands there, from the beginning of that; 0 if it says nothing of it. */
const SAID: usize = memory.data(6 * 8, 8);

/** Where that begins in the row at hand, in both halves as slices are; 0 if the row does not say it so. */
let writer: u64 = 0;
/** Of each place: the name that it says; 0 if nobody asked yet. */
const NAMED: usize = memory.data(6 * 4, 4);

/** Strings have new numbers. */
export function forgetWriter(): void {
  memory.fill(NAMED, 0, 6 * 4);
}

/** Number of the string at a place from SESSION to VERSION: of a row that says it like the one before, as it was. */
export function writerIn(place: usize): u32 {
  const index = place - SESSION;
  if (sliceAt(place) != writer + load<u64>(SAID + (index << 3))) return nameIn(place);
  let name = load<u32>(NAMED + (index << 2));
  if (!name) {
    name = nameIn(place);
    store<u32>(NAMED + (index << 2), name);
  }
  return name;
}

/** Reads who wrote the row, where, and of which session: that is the same in nearly all rows of a file, and written one behind the other. */
function readWriter(): void {
  const start = <u64>at * 0x100000001;
  writer = start;
  if (followStretch(WRITER, 0)) {
    for (let place = SESSION; place <= VERSION; place++) {
      const said = load<u64>(SAID + ((place - SESSION) << 3));
      if (said) setSlice(place, start + said);
    }
    return;
  }
  memory.fill(SAID, 0, 6 * 8);
  forgetWriter();
  beginStretch(WRITER);
  skip();
  while (peek() == 0x2c) {
    const back = mark();
    if (!nextMember()) break;
    const place = <usize>key - 1;
    const isPlace = place >= SESSION && place <= VERSION;
    if (peek() != 0x22 || !(isPlace || key == KEY.ENTRYPOINT || key == KEY.SLUG)) {
      resume(back);
      break;
    }
    if (!isPlace) {
      skip();
      continue;
    }
    take(place);
    store<u64>(SAID + ((place - SESSION) << 3), sliceAt(place) - start);
  }
  endStretch();
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
  if (key == KEY.IS_META) meta = readTrue();
  else if (key == KEY.IS_COMPACT_SUMMARY) compactSummary = readTrue();
  else if (key == KEY.IS_API_ERROR_MESSAGE) apiError = readTrue();
  else if (key == KEY.RETRY_ATTEMPT) attempt = readCount();
  else if (key == KEY.RETRY_IN_MS) delay = readCount();
  else if (key == KEY.API_ERROR_STATUS) finalStatus = readCount();
  else if (key == KEY.HOOK_COUNT) hooks = readCount();
  else if (key == KEY.PREVENTED_CONTINUATION) prevented = readTrue();
  else if (key == KEY.ATTACHMENT) attachment = markObject();
  else if (key == KEY.DATA) data = markObject();
  else if (key == KEY.PAYLOAD) payload = markObject();
  else if (key == KEY.ERROR && peek() != 0x7b) take(ERROR);
  else if (peek() != 0x7b) skip();
  else if (key == KEY.ORIGIN) readOrigin();
  else if (key == KEY.ERROR) readApiError(1);
  else if (key == KEY.COMPACT_METADATA) readCompaction();
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
    if (key == KEY.KIND) take(ORIGIN);
    else skip();
  }
}

function readCompaction(): void {
  enter();
  while (nextMember()) {
    if (key == KEY.TRIGGER) take(TRIGGER);
    else if (key == KEY.PRE_TOKENS) tokensBefore = readCount();
    else if (key == KEY.POST_TOKENS) tokensAfter = readCount();
    else if (key == KEY.DURATION_MS) compactionTime = readCount();
    else skip();
  }
}

/** The error of a failed request: what the service called it, `error.error.error.type`, and the status it came with. */
function readApiError(depth: u32): void {
  enter();
  while (nextMember()) {
    if (key == KEY.TYPE && depth == 3) take(ERROR);
    else if (key == KEY.STATUS && depth == 1) errorStatus = readCount();
    else if (key == KEY.ERROR && peek() == 0x7b && depth < 3) readApiError(depth + 1);
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
    const member = key == KEY.SNAKE_AGENT_ID;
    if (key == KEY.AGENT_ID || (member && (resultMember || !has(RESULT_AGENT)))) {
      if (!readString() || textEnd == textStart) continue;
      put(RESULT_AGENT, textStart, textEnd);
      resultMember = member;
    } else if (key == KEY.IS_ASYNC) resultAsync = readTrue();
    else if (key == KEY.RUN_ID) take(RESULT_RUN);
    else if (key == KEY.PERSISTED_OUTPUT_PATH) take(RESULT_FILE);
    else if (key == KEY.PERSISTED_OUTPUT_SIZE) resultSize = readCount();
    else skip();
  }
}
