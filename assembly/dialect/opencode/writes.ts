// What a row writes: a session, a message or a part, more text of a part, or that something is gone. It takes the place of what the record of
// that id was before; how calls are written is said in tools.ts.

import { NO_TIME } from "../../bytes/instant";
import { stringIs } from "../../bytes/strings";
import { internText } from "../../json/names";
import { offsetOf, rowLine } from "../../json/rows";
import { begins, endOf, has, isWord, lengthOf, nameIn, placeIn, startOf } from "../../json/slices";
import { isBlank } from "../../json/text";
import { noteSession, settleRow, skipRow } from "../../session/builder";
import { SKIP_COPY, SKIP_NOTICE, SKIP_PROGRESS, SKIP_UNKNOWN } from "../../abi/layout";
import { offer } from "./envelope";
import * as F from "./fields";
import { marks, numberOf } from "./fields";
import { eventNumber, isBefore } from "./ids";
import * as R from "./records";
import { Record, addDelta, dropDeltas, findIn, recordAt, recordIn, referenceTo, tokens } from "./records";
import { document, isState } from "./source";
import { writeTool } from "./tools";

// What the last rows were about: a session and a part, and their records in the document; 0 if they were not looked for.
let session: u32 = 0;
let sessionRecord: u32 = 0;
let part: u32 = 0;
let partRecord: u32 = 0;

/** Nothing is known of the document. */
export function beginWrites(): void {
  sessionRecord = 0;
  partRecord = 0;
}

/** Does a row hold it as it is? */
// @ts-ignore: decorator
@inline
function isWritten(it: Record): bool {
  return it.kind != 0 && !(it.flags & (R.REMOVED | R.UNWRITTEN));
}

/** The record that the row writes, emptied, or null if the row is none or older than what is known. */
function write(kind: u32): Record | null {
  const id = nameIn(F.ID);
  if (!id) {
    skipRow(SKIP_UNKNOWN);
    return null;
  }
  const event = eventNumber(startOf(F.EVENT), endOf(F.EVENT));
  const it = recordIn(kind, id, document);
  if (event && it.event >= event) {
    settleRow(document, SKIP_COPY + 1);
    return null;
  }
  if (isWritten(it)) {
    skipRow(SKIP_PROGRESS);
    for (let i = dropDeltas(it); i; i--) skipRow(SKIP_PROGRESS);
  }
  const head = it.head;
  const tail = it.tail;
  const counted = it.tokens;
  const streamed = it.flags & R.FROM_EVENTS;
  for (let at = offsetof<Record>("cost"); at < offsetof<Record>(); at += 8) store<u64>(changetype<usize>(it) + at, 0);
  it.kind = kind;
  it.flags = streamed;
  it.id = id;
  it.document = document;
  it.head = head;
  it.tail = tail;
  it.event = event;
  it.line = rowLine;
  it.near = numberOf(F.BESIDE);
  it.start = NO_TIME;
  it.end = NO_TIME;
  it.code = -1;
  it.cost = numberOf(F.COST);
  it.agent = nameIn(F.AGENT);
  it.directory = nameIn(F.DIRECTORY);
  if (has(F.ERROR_NAME)) {
    it.error = nameIn(F.ERROR_NAME);
    it.code = numberOf(F.STATUS_CODE);
    place(it, F.ERROR_TEXT, 1);
  }
  it.tokens = counted;
  takeTokens(it);
  if (event) offer();
  return it;
}

function takeTokens(it: Record): void {
  let any = false;
  for (let place: usize = 0; place < 6; place++) if (numberOf(F.TOKENS + place) >= 0) any = true;
  if (!any && !it.tokens) return;
  if (!it.tokens) {
    tokens.add();
    it.tokens = tokens.rows;
  }
  const to = changetype<usize>(tokens.at(it.tokens - 1));
  for (let place: usize = 0; place < 6; place++) store<i64>(to + (place << 3), numberOf(F.TOKENS + place));
}

/** Notes where the text stands. */
function place(it: Record, slice: usize, form: u32): void {
  it.textOffset = offsetOf(startOf(slice));
  it.textLength = <u32>lengthOf(slice);
  it.textForm = form;
}

export function writeSession(): void {
  const it = write(R.SESSION_RECORD);
  if (!it) return;
  it.session = nameIn(F.PARENT);
  it.start = numberOf(F.CREATED);
  it.end = numberOf(F.UPDATED);
  it.name = nameIn(F.VERSION);
  if (has(F.TITLE)) {
    if (it.session) it.description = internText(startOf(F.TITLE), beforeAgent());
    if (!begins(F.TITLE, "New session - ") && !begins(F.TITLE, "Child session - ")) it.flags |= R.TITLED;
  }
  if (!isState) it.flags |= R.FROM_EVENTS;
  noteSession(it.id, it.name);
}

/** Where a title says which agent works: what stands before is what it was asked for. */
function beforeAgent(): usize {
  for (let at = endOf(F.TITLE) - 3; at > startOf(F.TITLE); at--) if ((load<u32>(at) & 0xffffff) == 0x402820 /* " (@" */) return at;
  return endOf(F.TITLE);
}

/** The session of the document that a message or a part names. */
function sessionOf(): u32 {
  const slice = has(F.OWN_SESSION) ? F.OWN_SESSION : F.SESSION;
  const id = nameIn(slice);
  if (id == session && sessionRecord) return id;
  session = id;
  sessionRecord = 0;
  if (!id) return 0;
  noteSession(id, 0);
  // a session of which nothing but messages is written
  const owner = recordIn(R.SESSION_RECORD, id, document);
  if (!owner.kind) {
    owner.kind = R.SESSION_RECORD;
    owner.flags = R.UNWRITTEN | (isState ? 0 : R.FROM_EVENTS);
  }
  sessionRecord = referenceTo(owner);
  return id;
}

export function writeMessage(): void {
  const it = write(R.MESSAGE_RECORD);
  if (!it) return;
  it.session = sessionOf();
  it.owner = nameIn(F.PARENT);
  it.flags = (isWord(F.ROLE, "user") ? R.USER : isWord(F.ROLE, "assistant") ? R.ASSISTANT : 0) | (marks & R.SUMMARY);
  it.start = numberOf(F.CREATED);
  it.end = numberOf(F.COMPLETED);
  it.model = nameIn(F.MODEL);
  it.provider = nameIn(F.PROVIDER);
  it.stop = nameIn(F.STOP);
  it.rank = it.end != NO_TIME || it.error ? 2 : 1;
  if (!it.session) return;
  const owner = recordAt(sessionRecord);
  const number = referenceTo(it);
  if (!isState) it.flags |= R.FROM_EVENTS | (owner.flags & R.TITLED);
  if (it.flags & R.ASSISTANT) owner.head = number;
  else if (it.flags & R.USER && (!owner.tail || isBefore(recordAt(owner.tail).id, it.id))) owner.tail = number;
}

export function writePart(): void {
  if (!has(F.OWN_MESSAGE) && !has(F.MESSAGE)) {
    skipRow(SKIP_UNKNOWN);
    return;
  }
  const it = write(R.PART_RECORD);
  if (!it) return;
  it.session = sessionOf();
  const slice = has(F.OWN_MESSAGE) ? F.OWN_MESSAGE : F.MESSAGE;
  it.owner = nameIn(slice);
  it.type = typeOfPart();
  it.flags = marks & (R.SYNTHETIC | R.IGNORED | R.AUTO | R.TIMED);
  it.start = numberOf(F.START) != NO_TIME ? numberOf(F.START) : numberOf(F.CREATED);
  it.end = numberOf(F.END);
  it.rank = it.end != NO_TIME ? 2 : 1;
  if (it.type == R.PART_TOOL) writeTool(it);
  else if (it.type == R.PART_FILE) writeFile(it);
  else if (it.type == R.PART_RETRY) it.code = numberOf(F.ATTEMPT);
  else {
    it.stop = nameIn(F.STOP);
    const slice = it.type == R.PART_SUBTASK ? F.PROMPT : F.TEXT;
    place(it, slice, 1);
    if (isBlank(startOf(slice), endOf(slice))) it.flags |= R.BLANK;
  }
}

/** In the order of the kinds of parts (PART_*); snapshots are as patches. */
const KINDS = "text reasoning tool step-start step-finish file agent subtask compaction retry patch snapshot ";

function typeOfPart(): u32 {
  const place = placeIn(KINDS, F.KIND);
  return !place ? R.PART_UNKNOWN : min<u32>(place, R.PART_PATCH);
}

function writeFile(it: Record): void {
  it.name = nameIn(F.MIME);
  if (begins(F.MIME, "image/")) it.flags |= R.IMAGE;
  if (!begins(F.URL, "data:")) return;
  let comma = startOf(F.URL);
  while (comma < endOf(F.URL) && load<u8>(comma) != 0x2c) comma++;
  if (comma == endOf(F.URL) || comma - startOf(F.URL) < 12 || load<u64>(comma - 8) >> 8 != 0x3436657361623b /* ;base64 */) return;
  it.flags |= R.BASE64;
  it.textOffset = offsetOf(comma + 1);
  it.textLength = <u32>(endOf(F.URL) - comma - 1);
}

export function add(): void {
  const id = nameIn(F.PART);
  if (id != part || !partRecord) partRecord = findIn(R.PART_RECORD, id, document);
  part = id;
  const it = partRecord ? recordAt(partRecord) : null;
  if (!it || !endOf(F.DELTA) || !isWord(F.FIELD, "text") || it.end != NO_TIME || (it.type != R.PART_TEXT && it.type != R.PART_REASONING)) skipRow(SKIP_PROGRESS);
  else {
    if (it.flags & R.BLANK && !isBlank(startOf(F.DELTA), endOf(F.DELTA))) it.flags &= ~R.BLANK;
    addDelta(it, offsetOf(startOf(F.DELTA)), <u32>lengthOf(F.DELTA));
  }
}

export function remove(kind: u32, slice: usize): void {
  skipRow(SKIP_NOTICE);
  const id = nameIn(slice);
  if (!id) return;
  const it = recordIn(kind, id, document);
  if (isWritten(it)) skipRow(SKIP_NOTICE);
  for (let i = dropDeltas(it); i; i--) skipRow(SKIP_PROGRESS);
  it.kind = kind;
  it.flags = R.REMOVED;
}

