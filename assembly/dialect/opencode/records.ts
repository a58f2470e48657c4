// Sessions, messages and parts as they were last written, by id: facts and positions, no content. A document is kept apart from
// the others until all were read, since their order does not matter (merge.ts).

import { NO_TIME } from "../../bytes/instant";
import { Map64 } from "../../bytes/map";
import { stringHash } from "../../bytes/strings";
import { Table } from "../../bytes/table";

export const SESSION_RECORD: u32 = 1;
export const MESSAGE_RECORD: u32 = 2;
export const PART_RECORD: u32 = 3;

// Kinds of parts. From a file to a compaction it is users who write them, and of a compaction nobody.
export const PART_TEXT: u32 = 1;
export const PART_REASONING: u32 = 2;
export const PART_TOOL: u32 = 3;
export const PART_START: u32 = 4;
export const PART_FINISH: u32 = 5;
export const PART_FILE: u32 = 6;
export const PART_AGENT: u32 = 7;
export const PART_SUBTASK: u32 = 8;
export const PART_COMPACTION: u32 = 9;
export const PART_RETRY: u32 = 10;
export const PART_PATCH: u32 = 11; // or a snapshot
export const PART_UNKNOWN: u32 = 12;

// What is said of a record.
export const SYNTHETIC: u32 = 1;
export const IGNORED: u32 = 2;
export const BLANK: u32 = 4; // a text without a visible character
export const STOPS: u32 = 8; // a tool that somebody refused without a word to go on with
export const SUMMARY: u32 = 16;
export const AUTO: u32 = 32;
export const BACKGROUND: u32 = 64;
export const INTERRUPTED: u32 = 128;
export const EXIT_NULL: u32 = 256;
export const TIMED: u32 = 512; // a part with a `time`
export const USER: u32 = 1024;
export const ASSISTANT: u32 = 2048;
export const TITLED: u32 = 4096; // a session with a title of its own
export const FROM_EVENTS: u32 = 8192;
export const REMOVED: u32 = 16384;
export const FAILED: u32 = 32768; // a tool that ended in an error
export const BASE64: u32 = 65536;
export const IMAGE: u32 = 131072;
export const UNWRITTEN: u32 = 262144; // a session of which only messages were written, a message of which only parts
export const COUNTED: u32 = 524288; // what becomes of its row is known
export const REJECTED: u32 = 1048576; // a tool that somebody refused, that the rules forbid
export const DENIED: u32 = 2097152;
export const COPY: u32 = 8388608;
export const INFERRED: u32 = 16777216; // its time is that of something else
export const COMPACTED: u32 = 33554432; // an answer behind a compaction of its session
export const TASK: u32 = 4194304; // a tool that spawns an agent

@unmanaged
export class Record {
  /** Hash of the event's id as a number; 0 if there is none. */
  event: u64;
  /** When it was made or started, and when it was ended; of a session when it was updated. NO_TIME if unknown. */
  start: i64;
  end: i64;
  /** A time that stands beside it. */
  near: i64;
  /** HTTP status of an error, exit code, attempt. */
  code: i64;
  cost: i64;
  kind: u32;
  /** Kind of part. */
  type: u32;
  flags: u32;
  /** How far it got: the more finished of two is the later. */
  rank: u32;
  id: u32;
  /** Session that it is of; of a session its parent. */
  session: u32;
  /** Message that a part is of; that a message answers. */
  owner: u32;
  line: u32;
  document: u32;
  agent: u32;
  /** Model; call. */
  model: u32;
  /** Provider; child session of a task. */
  provider: u32;
  /** Finish reason; session that a task resumes. */
  stop: u32;
  directory: u32;
  /** Client version; tool, type of a file. */
  name: u32;
  /** Description of a task; what the title of its session says of it. */
  description: u32;
  error: u32;
  /** Tokens + 1. */
  tokens: u32;
  /** Text; a call's result, an error's message. */
  textOffset: u64;
  inputOffset: u64;
  promptOffset: u64;
  textLength: u32;
  textForm: u32;
  inputLength: u32;
  promptLength: u32;
  /** First and last delta behind the write, + 1. */
  delta: u32;
  lastDelta: u32;
  /** References to records, 0 for none: the next of the same session or message, and the first and last of those below: messages of a session, parts of a message. */
  next: u32;
  first: u32;
  last: u32;
  /** A second list: of a session the calls that name it, of a prompt its answers. While documents are read: of a session the last answer, and the last prompt. */
  link: u32;
  head: u32;
  tail: u32;
  /** The next prompt of the session. */
  group: u32;
  /** The message that it repeats. */
  copyOf: u32;
  /** What happened to a message: the first happening + 1. */
  happened: u32;
}

/** In the order of the fields: total, input, output, reasoning, cache read and write; -1 if not recorded. */
@unmanaged
export class Tokens {
  total: i64;
  input: i64;
  output: i64;
  reasoning: i64;
  cacheRead: i64;
  cacheWrite: i64;
}

/** More text of a part. */
@unmanaged
export class Delta {
  offset: u64;
  length: u32;
  next: u32;
}

export const HAPPENED_ERROR: u32 = 1;
export const HAPPENED_RETRY: u32 = 2;
export const HAPPENED_QUESTION: u32 = 3;

/** What only events tell. */
@unmanaged
export class Happening {
  time: i64;
  /** When the answer came. */
  answered: i64;
  /** Hash of the id of the event, or of what is asked; 0 if there is none. */
  key: u64;
  /** HTTP status, attempt. */
  code: i64;
  next: i64;
  errorOffset: u64;
  kind: u32;
  errorLength: u32;
  session: u32;
  message: u32;
  /** Call that is asked about; once the message is known, its part. */
  call: u32;
  name: u32;
  reply: u32;
  line: u32;
  document: u32;
  /** Documents of question and answer, + 1. */
  askedIn: u32;
  answeredIn: u32;
  /** Had the session a title then? 1 no, 2 yes, 0 nobody knows. */
  titled: u32;
  /** The next one of the same message, + 1. */
  following: u32;
  /** It has a place in a span. */
  used: u32;
}

export const records = new Table<Record>();
export const tokens = new Table<Tokens>();
export const deltas = new Table<Delta>();
export const happenings = new Table<Happening>();
/** Records of the documents that were read, by document, kind and id; happenings by document and their own id. */
const recordOf = new Map64();
export const happeningOf = new Map64();
/** Deltas that are free again, + 1. */
let free: u32 = 0;

export function clearRecords(): void {
  records.clear();
  tokens.clear();
  deltas.clear();
  happenings.clear();
  recordOf.clear();
  happeningOf.clear();
  free = 0;
}

// @ts-ignore: decorator
@inline
function keyOf(kind: u32, id: u32, document: u32): u64 {
  return stringHash(id) ^ ((<u64>document << 2) + kind) * 0x9e3779b97f4a7c15;
}

/** The record of an id in a document; a new one has kind 0. */
export function recordIn(kind: u32, id: u32, document: u32): Record {
  const number = recordOf.add(keyOf(kind, id, document), records.rows);
  if (number != records.rows) return records.at(number);
  const record = records.add();
  record.id = id;
  record.document = document;
  record.start = NO_TIME;
  record.end = NO_TIME;
  record.near = NO_TIME;
  return record;
}

/** The record at a reference: its address, since records stay where they are. */
// @ts-ignore: decorator
@inline
export function recordAt(reference: u32): Record {
  return changetype<Record>(<usize>reference);
}

// @ts-ignore: decorator
@inline
export function referenceTo(record: Record): u32 {
  return <u32>changetype<usize>(record);
}

/** The record of an id in a document; 0 if it was not written there. */
export function findIn(kind: u32, id: u32, document: u32): u32 {
  const number = id ? recordOf.get(keyOf(kind, id, document)) : -1;
  return number < 0 ? 0 : referenceTo(records.at(number));
}

/** One more piece of text behind a part. */
export function addDelta(part: Record, offset: u64, length: u32): void {
  let number = free;
  if (number) free = deltas.at(number - 1).next;
  else {
    deltas.add();
    number = deltas.rows;
  }
  const delta = deltas.at(number - 1);
  delta.offset = offset;
  delta.length = length;
  delta.next = 0;
  if (part.delta) deltas.at(part.lastDelta - 1).next = number;
  else part.delta = number;
  part.lastDelta = number;
}

/** A new write holds the whole text: the pieces are free. Answers how many there were. */
export function dropDeltas(part: Record): u32 {
  let count: u32 = 0;
  for (let number = part.delta; number; number = deltas.at(number - 1).next) count++;
  if (part.delta) {
    deltas.at(part.lastDelta - 1).next = free;
    free = part.delta;
  }
  part.delta = 0;
  return count;
}
