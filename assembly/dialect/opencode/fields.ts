// The fields of one event, or of one session, message or part, wherever they stand in it: where their strings are, and the few numbers
// and marks. No name means two things, so one set of places holds them all. What the row is, events.ts decides.

import { asciiAt, asciiIs, asciiLength } from "../../bytes/ascii";
import { NO_TIME, instant } from "../../bytes/instant";
import { at, enter, keyLength, mark, nextMember, peek, readCount, readString, readTrue, resume, skip, textEnd, textStart } from "../../json/cursor";
import * as KEY from "./keys";

// The strings, as places in SLICES. First those of an event.
export const EVENT: usize = 0;
export const TYPE: usize = 1;
/** Beside a record; of a permission the id of what was asked. */
export const SESSION: usize = 2;
export const MESSAGE: usize = 3;
export const PART: usize = 4;
export const FIELD: usize = 5;
export const DELTA: usize = 6;
export const REQUEST: usize = 7;
export const PERMISSION: usize = 8;
export const REPLY: usize = 9;
export const STATUS: usize = 10;
// Of a record: a session, a message or a part.
export const ID: usize = 11;
export const KIND: usize = 12;
export const OWN_SESSION: usize = 13;
export const OWN_MESSAGE: usize = 14;
export const PARENT: usize = 15;
export const ROLE: usize = 16;
export const AGENT: usize = 17;
export const MODEL: usize = 18;
export const PROVIDER: usize = 19;
export const STOP: usize = 20;
export const DIRECTORY: usize = 21;
export const VERSION: usize = 22;
export const TITLE: usize = 23;
export const TEXT: usize = 24;
export const TOOL: usize = 25;
export const CALL: usize = 26;
export const STATE: usize = 27;
export const INPUT: usize = 28; // a JSON value
export const OUTPUT: usize = 29; // the same
export const PROMPT: usize = 30;
export const CHILD: usize = 31;
export const TASK: usize = 32;
export const SPAWNED: usize = 33;
export const DESCRIPTION: usize = 34;
export const INNER_ERROR: usize = 35;
export const MIME: usize = 36;
export const URL: usize = 37;
export const ERROR_NAME: usize = 38;
export const ERROR_TEXT: usize = 39;
const COUNT: i32 = 40;

/** Each: u32 address of its first byte, u32 of the one behind its last; zeros if it is not there. */
const SLICES: usize = memory.data(COUNT * 8, 16);

// The times, in nanoseconds; NO_TIME if not recorded.
export let created: i64 = NO_TIME;
export let updated: i64 = NO_TIME;
export let completed: i64 = NO_TIME;
export let start: i64 = NO_TIME;
export let end: i64 = NO_TIME;
/** Beside the record. */
export let beside: i64 = NO_TIME;

// Counts, -1 if not recorded.
export let attempt: i64 = -1;
export let next: i64 = -1;
export let statusCode: i64 = -1;
export let exit: i64 = -1;
export let cost: i64 = -1;
/** total, input, output, reasoning, cache read and write, in this order. */
export const TOKENS: usize = memory.data(48, 8);

// Marks.
export let synthetic: bool = false;
export let ignored: bool = false;
export let summary: bool = false;
export let auto: bool = false;
export let background: bool = false;
export let interrupted: bool = false;
export let exitIsNull: bool = false;
export let timed: bool = false;
/** The row has a member that only events have; it has `data`. */
let likeEvent: bool = false;
let hasData: bool = false;

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

/** Does the string say this? */
export function isWord(slice: usize, word: string): bool {
  return endOf(slice) - startOf(slice) == asciiLength(word) && asciiIs(startOf(slice), word);
}

/** Place of the string, from 1, in a list of words with a space behind each; with `beginning` of the first that it begins with. 0 if there is none. */
export function placeIn(list: string, slice: usize, beginning: bool = false): i32 {
  let at = startOf(slice);
  let place = 1;
  let same = true;
  const length = asciiLength(list);
  for (let i: u32 = 0; i < length; i++) {
    const c = asciiAt(list, i);
    if (c == 0x20) {
      if (same && (beginning || at == endOf(slice))) return place;
      place++;
      at = startOf(slice);
      same = true;
    } else if (same) same = at < endOf(slice) && load<u8>(at++) == c;
  }
  return 0;
}

export function begins(slice: usize, word: string): bool {
  return endOf(slice) - startOf(slice) >= asciiLength(word) && asciiIs(startOf(slice), word);
}

export function clearFields(): void {
  memory.fill(SLICES, 0, COUNT * 8);
  memory.fill(TOKENS, 0xff, 48);
  created = NO_TIME;
  updated = NO_TIME;
  completed = NO_TIME;
  start = NO_TIME;
  end = NO_TIME;
  beside = NO_TIME;
  attempt = -1;
  next = -1;
  statusCode = -1;
  exit = -1;
  cost = -1;
  synthetic = false;
  ignored = false;
  summary = false;
  auto = false;
  background = false;
  interrupted = false;
  exitIsNull = false;
  timed = false;
  likeEvent = false;
  hasData = false;
  deepest = 0;
}

/** Was an event read? What hooks were told has a payload, too. */
export function isEvent(): bool {
  if (isWord(TYPE, "spanloom-hook")) return false;
  return (cutVersion() || isPointed()) && hasData ? true : likeEvent;
}

/** Is there a point in its type, as in those of all events but the printed ones? */
function isPointed(): bool {
  for (let at = startOf(TYPE); at < endOf(TYPE); at++) if (load<u8>(at) == 0x2e) return true;
  return false;
}

/** Cuts off what an event's type says of its version: a point and digits. Answers whether it did. */
function cutVersion(): bool {
  const from = startOf(TYPE);
  let to = endOf(TYPE);
  while (to > from && <u32>load<u8>(to - 1) - 0x30 <= 9) to--;
  if (to == endOf(TYPE) || to == from || load<u8>(to - 1) != 0x2e) return false;
  put(TYPE, from, to - 1);
  return true;
}

function put(slice: usize, from: usize, to: usize): void {
  store<u32>(SLICES + (slice << 3), <u32>from);
  store<u32>(SLICES + (slice << 3), <u32>to, 4);
}

/** Takes the string at hand; anything else is none. */
function take(slice: usize): void {
  readString();
  put(slice, textStart, textEnd);
}

/** Takes the value at hand as it is. */
function takeValue(slice: usize): void {
  const from = at;
  skip();
  put(slice, from, at);
}

/** Enters the object at hand; anything else is passed over. */
function object(): bool {
  if (peek() == 0x7b) {
    enter();
    return true;
  }
  skip();
  return false;
}

/** Milliseconds since 1970, or an RFC 3339 string. */
function readTime(): i64 {
  if (peek() == 0x22) return readString() ? instant(textStart, <u32>(textEnd - textStart)) : NO_TIME;
  const value = readCount();
  return value < 0 || value >= 9223372036000 ? NO_TIME : value * 1000000;
}

// --- events

/** How deep the envelope is in which type and id stand: the innermost count. 0 of a row that is no object. */
export let deepest: u32 = 0;

/** Reads the object at hand, whatever is wrapped in it. */
export function readEvent(level: u32 = 1): void {
  let body: u64 = 0;
  deepest = max(deepest, level);
  enter();
  while (nextMember()) {
    if (KEY.isPayload() || KEY.isSyncEvent()) {
      if (KEY.isSyncEvent()) likeEvent = true;
      if (peek() == 0x7b && level < 4) readEvent(level + 1);
      else skip();
    } else if (KEY.isProperties()) {
      likeEvent = true;
      readBody();
    } else if (KEY.isData()) {
      hasData = true;
      if (level < deepest) skip();
      else if (has(TYPE)) readData();
      else {
        body = mark();
        skip();
      }
    } else if (KEY.isType()) {
      if (level < deepest) skip();
      else take(TYPE);
    } else if (KEY.isId()) {
      if (level < deepest) skip();
      else take(EVENT);
    } else if (KEY.isPart()) readRecord();
    else if (KEY.isError()) readError();
    else if (KEY.isSessionId()) {
      likeEvent = true;
      take(SESSION);
    } else if (KEY.isTimestamp()) beside = readTime();
    else skip();
  }
  if (!body || level < deepest) return;
  const behind = mark();
  resume(body);
  readData();
  resume(behind);
}

/** What other events call properties; of a share the record itself. */
function readData(): void {
  if (isWord(TYPE, "session") || isWord(TYPE, "message") || isWord(TYPE, "part")) {
    likeEvent = true;
    readRecord();
  } else readBody();
}

function readBody(): void {
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isInfo() || KEY.isPart()) readRecord();
    else if (KEY.isSessionId()) take(SESSION);
    else if (KEY.isMessageId()) take(MESSAGE);
    else if (KEY.isPartId()) take(PART);
    else if (KEY.isField()) take(FIELD);
    else if (KEY.isDelta()) take(DELTA);
    else if (KEY.isTime()) beside = readTime();
    else if (KEY.isError()) readError();
    else if (KEY.isStatus()) readStatus();
    else if (KEY.isId() || KEY.isRequestId() || KEY.isPermissionId()) take(REQUEST);
    else if (KEY.isPermission()) take(PERMISSION);
    else if (KEY.isType()) {
      if (has(PERMISSION)) skip();
      else take(PERMISSION);
    } else if (KEY.isReply() || KEY.isResponse()) take(REPLY);
    else if (KEY.isCallId()) take(CALL);
    else if (KEY.isTool()) readAbout();
    else skip();
  }
}

/** The call that is asked about. */
function readAbout(): void {
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isMessageId()) take(MESSAGE);
    else if (KEY.isCallId()) take(CALL);
    else skip();
  }
}

function readStatus(): void {
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isType()) take(STATUS);
    else if (KEY.isAttempt()) attempt = readCount();
    else if (KEY.isNext()) next = readCount();
    else skip();
  }
}

// --- records

/** Reads a session, a message or a part; anything else is passed over. */
export function readRecord(): void {
  if (!object()) return;
  while (nextMember()) {
    switch (keyLength) {
      case 2:
        if (KEY.isId()) take(ID);
        else skip();
        break;
      case 3:
        if (KEY.isUrl()) take(URL);
        else skip();
        break;
      case 4:
        if (KEY.isType()) take(KIND);
        else if (KEY.isText()) take(TEXT);
        else if (KEY.isTime()) readTimes();
        else if (KEY.isTool()) take(TOOL);
        else if (KEY.isCost()) cost = readNano();
        else if (KEY.isRole()) take(ROLE);
        else if (KEY.isPath()) readPath();
        else if (KEY.isMime()) take(MIME);
        else if (KEY.isAuto()) auto = readTrue();
        else if (KEY.isMode() && !has(AGENT)) take(AGENT);
        else skip();
        break;
      case 5:
        if (KEY.isState()) readState();
        else if (KEY.isAgent()) take(AGENT);
        else if (KEY.isTitle()) take(TITLE);
        else if (KEY.isError()) readError();
        else skip();
        break;
      case 6:
        if (KEY.isCallId()) take(CALL);
        else if (KEY.isTokens()) readTokens();
        else if (KEY.isFinish() || KEY.isReason()) take(STOP);
        else if (KEY.isPrompt()) take(PROMPT);
        else skip();
        break;
      case 7:
        if (KEY.isModelId()) take(MODEL);
        else if (KEY.isVersion()) take(VERSION);
        else if (KEY.isSummary()) summary = readTrue();
        else if (KEY.isIgnored()) ignored = readTrue();
        else if (KEY.isAttempt()) attempt = readCount();
        else skip();
        break;
      case 8:
        if (KEY.isParentId()) take(PARENT);
        else skip();
        break;
      default:
        if (KEY.isSessionId()) take(OWN_SESSION);
        else if (KEY.isMessageId()) take(OWN_MESSAGE);
        else if (KEY.isProviderId()) take(PROVIDER);
        else if (KEY.isDirectory()) take(DIRECTORY);
        else if (KEY.isSynthetic()) synthetic = readTrue();
        else skip();
    }
  }
}

function readTimes(): void {
  timed = peek() == 0x7b;
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isStart()) start = readTime();
    else if (KEY.isEnd()) end = readTime();
    else if (KEY.isCreated()) created = readTime();
    else if (KEY.isUpdated()) updated = readTime();
    else if (KEY.isCompleted()) completed = readTime();
    else skip();
  }
}

function readPath(): void {
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isCwd()) take(DIRECTORY);
    else skip();
  }
}

function readState(): void {
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isStatus()) take(STATE);
    else if (KEY.isInput()) readInput();
    else if (KEY.isOutput() || KEY.isError()) takeValue(OUTPUT);
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
      if (KEY.isSubagentType()) take(SPAWNED);
      else if (KEY.isPrompt()) take(PROMPT);
      else if (KEY.isDescription()) take(DESCRIPTION);
      else if (KEY.isTaskId()) take(TASK);
      else if (KEY.isError()) take(INNER_ERROR);
      else skip();
    }
  }
  put(INPUT, from, at);
}

function readMetadata(): void {
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isCamelSessionId()) take(CHILD);
    else if (KEY.isBackground()) background = readTrue();
    else if (KEY.isInterrupted()) interrupted = readTrue();
    else if (KEY.isExit()) {
      exitIsNull = peek() == 0x6e;
      exit = readCount();
    } else skip();
  }
}

function readTokens(): void {
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isTotal()) store<i64>(TOKENS, readCount());
    else if (KEY.isInput()) store<i64>(TOKENS, readCount(), 8);
    else if (KEY.isOutput()) store<i64>(TOKENS, readCount(), 16);
    else if (KEY.isReasoning()) store<i64>(TOKENS, readCount(), 24);
    else if (KEY.isCache()) readCache();
    else skip();
  }
}

function readCache(): void {
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isRead()) store<i64>(TOKENS, readCount(), 32);
    else if (KEY.isWrite()) store<i64>(TOKENS, readCount(), 40);
    else skip();
  }
}

function readError(): void {
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isName()) take(ERROR_NAME);
    else if (KEY.isData()) readErrorData();
    else skip();
  }
}

function readErrorData(): void {
  if (!object()) return;
  while (nextMember()) {
    if (KEY.isMessage()) take(ERROR_TEXT);
    else if (KEY.isStatusCode()) statusCode = readCount();
    else skip();
  }
}

/** A number that is not negative in billionths, what is beyond rounded; -1 for anything else, and from a billion on. */
function readNano(): i64 {
  let p = at;
  skip();
  let value: i64 = 0;
  let scale = 9;
  let point = false;
  let rest: u8 = 0;
  if (<u32>load<u8>(p) - 0x30 > 9) return -1;
  for (; p < at; p++) {
    const c = load<u8>(p);
    if (c == 0x2e) {
      point = true;
      continue;
    }
    const digit = <u32>c - 0x30;
    if (digit > 9) break;
    if (value < 100000000000000000) {
      value = value * 10 + digit;
      if (point) scale--;
    } else {
      // more digits than count: the first of them rounds
      if (!rest) rest = <u8>digit + 1;
      if (!point) scale++;
    }
  }
  if (p < at) {
    const minus = load<u8>(++p) == 0x2d;
    if (minus || load<u8>(p) == 0x2b) p++;
    let exponent = 0;
    for (; p < at && exponent < 1000; p++) exponent = exponent * 10 + (load<u8>(p) - 0x30);
    scale += minus ? -exponent : exponent;
  }
  if (!value) return 0;
  for (; scale > 0; scale--) {
    if (value >= 1000000000000000000 / 10) return -1;
    value *= 10;
  }
  let last: i64 = rest > 5 ? 5 : 0;
  for (; scale < 0 && value; scale++) {
    last = value % 10;
    value /= 10;
  }
  if (scale < 0) return 0;
  if (last >= 5) value++;
  return value >= 1000000000000000000 ? -1 : value;
}
