// Reads one event, whatever it is wrapped in, into its places (fields.ts), and knows when the row before said the same.

import { NO_TIME } from "../../bytes/instant";
import { equalBytes } from "../../bytes/strings";
import { beginRow, deepRow, enter, mark, nextMember, peek, readCount, resume, skip } from "../../json/cursor";
import { rowEnd } from "../../json/rows";
import { endOf, has, isWord, lengthOf, put, startOf, take } from "../../json/slices";
import { base, origin } from "../../json/window";
import * as F from "./fields";
import { clearFields, setNumber } from "./fields";
import * as KEY from "./keys";
import { readTime } from "./numbers";
import { object, readError, readRecord } from "./record";

/** The row has a member that only events have; it has `data`. */
let likeEvent: bool = false;
let hasData: bool = false;
/** A time stands beside the body. */
let dated: bool = false;
/** How deep the envelope is in which type, id and time stand: the innermost count. */
let deepest: u32 = 0;
/** Where the body begins, and what is behind it. */
let bodyStart: u64 = 0;
let bodyEnd: u64 = 0;

/** Reads the current row from its beginning, if it is an object. */
export function readEvent(): void {
  clear();
  if (peek() == 0x7b) open(1);
  else skip();
  offered = false;
  if (!repeated || endsBehindData()) return;
  // what stands beside the data may say something else
  beginRow(KEY.KEYS);
  readEvent();
}

function clear(): void {
  clearFields();
  likeEvent = false;
  hasData = false;
  dated = false;
  deepest = 0;
  bodyStart = 0;
  repeated = false;
}

/** Was an event read? What hooks were told has a payload, too. */
export function isEvent(): bool {
  if (isWord(F.TYPE, "spanloom-hook")) return false;
  return (cutVersion() || isPointed()) && hasData ? true : likeEvent;
}

/** Is there a point in its type, as in those of all events but the printed ones? */
function isPointed(): bool {
  for (let at = startOf(F.TYPE); at < endOf(F.TYPE); at++) if (load<u8>(at) == 0x2e) return true;
  return false;
}

/** Cuts off what an event's type says of its version: a point and digits. Answers whether it did. */
function cutVersion(): bool {
  const from = startOf(F.TYPE);
  let to = endOf(F.TYPE);
  while (to > from && <u32>load<u8>(to - 1) - 0x30 <= 9) to--;
  if (to == endOf(F.TYPE) || to == from || load<u8>(to - 1) != 0x2e) return false;
  put(F.TYPE, from, to - 1);
  return true;
}

/** Reads the object at hand, whatever is wrapped in it. */
function open(level: u32): void {
  let body: u64 = 0;
  deepest = max(deepest, level);
  enter();
  while (nextMember()) {
    const name = KEY.key();
    if (name == KEY.ID) {
      if (level < deepest) skip();
      else take(F.EVENT);
    } else if (name == KEY.TYPE) {
      if (level < deepest) skip();
      else take(F.TYPE);
    } else if (name == KEY.PROPERTIES) {
      likeEvent = true;
      bodyStart = mark();
      readBody();
      bodyEnd = mark();
    } else if (name == KEY.PAYLOAD || name == KEY.SYNC_EVENT) {
      if (name == KEY.SYNC_EVENT) likeEvent = true;
      if (peek() == 0x7b && level < 4) {
        setNumber(F.BESIDE, NO_TIME);
        open(level + 1);
      } else skip();
    } else if (name == KEY.DATA) {
      hasData = true;
      if (level < deepest) skip();
      else if (!has(F.TYPE)) {
        body = mark();
        skip();
      } else if (!repeats()) readData();
    } else if (name == KEY.PART) readRecord();
    else if (name == KEY.ERROR) readError();
    else if (name == KEY.SESSION_ID) {
      likeEvent = true;
      take(F.SESSION);
    } else if (name == KEY.TIMESTAMP && level == deepest) {
      dated = true;
      setNumber(F.BESIDE, readTime());
    } else skip();
  }
  if (!body || level < deepest) return;
  const behind = mark();
  resume(body);
  readData();
  resume(behind);
}

/** What other events call properties; of a share the record itself. */
function readData(): void {
  if (isWord(F.TYPE, "session") || isWord(F.TYPE, "message") || isWord(F.TYPE, "part")) {
    likeEvent = true;
    readRecord();
  } else readBody();
}

function readBody(): void {
  if (!object()) return;
  while (nextMember()) {
    const name = KEY.key();
    if (name == KEY.SESSION_ID) take(F.SESSION);
    else if (name == KEY.PART) readRecord();
    else if (name == KEY.MESSAGE_ID) take(F.MESSAGE);
    else if (name == KEY.PART_ID) take(F.PART);
    else if (name == KEY.FIELD) take(F.FIELD);
    else if (name == KEY.DELTA) take(F.DELTA);
    else if (name == KEY.INFO) readRecord();
    else if (name == KEY.TIME) setNumber(F.BESIDE, readTime());
    else if (name == KEY.ERROR) readError();
    else if (name == KEY.STATUS) readStatus();
    else if (name == KEY.ID || name == KEY.REQUEST_ID || name == KEY.PERMISSION_ID) take(F.REQUEST);
    else if (name == KEY.PERMISSION) take(F.PERMISSION);
    else if (name == KEY.TYPE) {
      if (has(F.PERMISSION)) skip();
      else take(F.PERMISSION);
    } else if (name == KEY.REPLY || name == KEY.RESPONSE) take(F.REPLY);
    else if (name == KEY.CALL_ID) take(F.CALL);
    else if (name == KEY.TOOL) readAbout();
    else skip();
  }
}

/** The call that is asked about. */
function readAbout(): void {
  if (!object()) return;
  while (nextMember()) {
    const name = KEY.key();
    if (name == KEY.MESSAGE_ID) take(F.MESSAGE);
    else if (name == KEY.CALL_ID) take(F.CALL);
    else skip();
  }
}

function readStatus(): void {
  if (!object()) return;
  while (nextMember()) {
    const name = KEY.key();
    if (name == KEY.TYPE) take(F.STATUS);
    else if (name == KEY.ATTEMPT) setNumber(F.ATTEMPT, readCount());
    else if (name == KEY.NEXT) setNumber(F.NEXT, readCount());
    else skip();
  }
}

// --- what the row before said

/** The row is an event that the row before wrote, once more: nothing else of it was read. */
export let repeated: bool = false;
/** The row before can be repeated: where its type and its id are, its body, and where the window was then. */
let offered: bool = false;
let typeStart: usize = 0;
let typeLength: usize = 0;
let eventStart: usize = 0;
let eventLength: usize = 0;
let knownStart: u64 = 0;
let knownEnd: u64 = 0;
let knownBase: usize = 0;
let knownOrigin: u64 = 0;

/** The current row wrote the record in its body, as this event: the next row may be a copy, as every second one is where a server tells all that it does. */
export function offer(): void {
  // a body that nearly went too deep may do so in a copy, which lies deeper
  if (!bodyStart || dated || deepRow || <u64>startOf(F.ID) << 32 < bodyStart) return;
  offered = true;
  typeStart = startOf(F.TYPE);
  typeLength = lengthOf(F.TYPE);
  eventStart = startOf(F.EVENT);
  eventLength = lengthOf(F.EVENT);
  knownStart = bodyStart;
  knownEnd = bodyEnd;
  knownBase = base;
  knownOrigin = origin;
}

/** Forgets it: another document begins. */
export function withdraw(): void {
  offered = false;
}

/** Is the data at hand, byte for byte, that of the same event in the row before? Then it is sound, and known, and passed over. */
function repeats(): bool {
  if (!offered || knownOrigin != origin || knownBase != base || dated) return false;
  const from = <usize>(knownStart >> 32);
  const length = <usize>(knownEnd >> 32) - from;
  const at = <usize>(mark() >> 32);
  if (at + length > rowEnd || lengthOf(F.EVENT) != eventLength || lengthOf(F.TYPE) != typeLength + 2) return false;
  // `.1`: the version
  if (load<u8>(endOf(F.TYPE) - 2) != 0x2e || <u32>load<u8>(endOf(F.TYPE) - 1) - 0x30 > 9) return false;
  if (!equalBytes(startOf(F.EVENT), eventStart, eventLength) || !equalBytes(startOf(F.TYPE), typeStart, typeLength) || !equalBytes(at, from, length)) return false;
  resume(mark() + (knownEnd - knownStart));
  bodyEnd = mark();
  repeated = true;
  return true;
}

/** Does nothing but closing braces follow the data? */
function endsBehindData(): bool {
  for (let at = <usize>(bodyEnd >> 32); at < rowEnd; at++) if (load<u8>(at) != 0x7d && load<u8>(at) != 0x0d) return false;
  return true;
}
