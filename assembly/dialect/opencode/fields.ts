// What one event, or one session, message or part, says, wherever it stands in it: strings (places of json/slices.ts), numbers and marks.
// No name means two things, so one set of places holds them all. Readers fill them (envelope.ts, record.ts); what the row is, events.ts decides.

import { NO_TIME } from "../../bytes/instant";
import { clearSlices } from "../../json/slices";

// The strings. First those of an event.
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
// Of an event or of a record.
export const CALL: usize = 11;
export const ERROR_NAME: usize = 12;
export const ERROR_TEXT: usize = 13;
// Of a record: a session, a message or a part. Up to URL in the order of their names in keys.ts.
export const ID: usize = 14;
export const KIND: usize = 15;
export const OWN_SESSION: usize = 16;
export const OWN_MESSAGE: usize = 17;
export const PARENT: usize = 18;
export const ROLE: usize = 19;
export const AGENT: usize = 20;
export const MODEL: usize = 21;
export const PROVIDER: usize = 22;
export const STOP: usize = 23;
export const DIRECTORY: usize = 24;
export const VERSION: usize = 25;
export const TITLE: usize = 26;
export const TEXT: usize = 27;
export const TOOL: usize = 28;
export const PROMPT: usize = 29;
export const MIME: usize = 30;
export const URL: usize = 31;
export const STATE: usize = 32;
export const INPUT: usize = 33; // a JSON value
export const OUTPUT: usize = 34; // the same
export const CHILD: usize = 35;
export const TASK: usize = 36;
export const SPAWNED: usize = 37;
export const DESCRIPTION: usize = 38;
export const INNER_ERROR: usize = 39;
const COUNT: usize = 40;

// The numbers. Of an event: a time beside the record (in nanoseconds, as all times), and counts.
export const BESIDE: usize = 0;
export const ATTEMPT: usize = 1;
export const NEXT: usize = 2;
export const STATUS_CODE: usize = 3;
// Of a record: times and counts.
export const CREATED: usize = 4;
export const UPDATED: usize = 5;
export const COMPLETED: usize = 6;
export const START: usize = 7;
export const END: usize = 8;
export const EXIT: usize = 9;
export const COST: usize = 10;
/** total, input, output, reasoning, cache read and write, in this order. */
export const TOKENS: usize = 11;
const NUMBERS: usize = memory.data(17 * 8, 8);

/** NO_TIME, or -1, if it is not recorded. */
// @ts-ignore: decorator
@inline
export function numberOf(place: usize): i64 {
  return load<i64>(NUMBERS + (place << 3));
}

// @ts-ignore: decorator
@inline
export function setNumber(place: usize, value: i64): void {
  store<i64>(NUMBERS + (place << 3), value);
}

/** What is said of a record: flags of records.ts. */
export let marks: u32 = 0;

/** The last word counts. */
export function setMark(mark: u32, is: bool): void {
  marks = is ? marks | mark : marks & ~mark;
}

/** Something may stand in the places of a record. */
let filled: bool = true;

/** Something stands in them, or may: of another reader's row. */
export function fillRecord(): void {
  filled = true;
}

export function isFilled(): bool {
  return filled;
}

export function clearFields(): void {
  clearSlices(0, ID);
  setNumber(BESIDE, NO_TIME);
  setNumber(ATTEMPT, -1);
  setNumber(NEXT, -1);
  setNumber(STATUS_CODE, -1);
  // most rows are pieces of text, which have no record
  if (!filled) return;
  filled = false;
  clearSlices(ID, COUNT);
  for (let place = CREATED; place <= END; place++) setNumber(place, NO_TIME);
  for (let place = EXIT; place < TOKENS + 6; place++) setNumber(place, -1);
  marks = 0;
}
