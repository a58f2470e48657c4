// What happened to a message: failures, retries, and what was asked.

import { NO_TIME } from "../../bytes/instant";
import { stringHash, stringIs } from "../../bytes/strings";
import { EVENT_PERMISSION } from "../../abi/layout";
import { addContentAt, addHook, addNote, beginRow, hookAt, keepRowOf, noteAt } from "../../session/builder";
import { FORM_TEXT, ROW_API_ERROR, ROW_ASIDE, ROW_CALLS, ROW_FINAL_ERROR, ROW_HOOK, ROW_INTERRUPT, Row } from "../../session/record";
import { waitOf } from "./calls";
import { fate } from "./compose";
import { keepFact } from "./facts";
import * as R from "./records";
import { Happening, Record, happenings, recordAt } from "./records";

/** Of the message at hand: the prompt that is answered, and its session. */
let prompt: u64 = 0;
let home: Record = changetype<Record>(0);

/** What happened to a message, besides the failure that it tells itself. */
export function happen(session: Record, message: Record, to: u64, answers: Record | null): void {
  prompt = to;
  home = session;
  for (let number = message.happened; number; number = happenings.at(number - 1).following) {
    const it = happenings.at(number - 1);
    it.used = 1;
    beginRow(it.line);
    if (it.kind == R.HAPPENED_QUESTION) question(message, it);
    else if (it.kind == R.HAPPENED_RETRY) {
      const number = addNote();
      noteAt(number).first = it.code;
      noteAt(number).second = it.next;
      rowOf(ROW_API_ERROR, it, message).note = number;
    } else if (!answers || message.error != it.name) {
      const row = rowOf(stringIs(it.name, "MessageAbortedError") ? ROW_INTERRUPT : ROW_API_ERROR, it, message);
      failure(row, it.name, it.code, it.document, it.errorOffset, it.errorLength, answers ? answers.id : 0, it.titled);
      // what was answered after all did not fail
      if (!answers && message.head) row.flags &= ~ROW_FINAL_ERROR;
    }
  }
}

/** When it was: of a question without a time, or that nobody heard, when it was answered. */
export function whenOf(it: Happening): i64 {
  return it.time != NO_TIME ? it.time : it.answered;
}

function rowOf(kind: u32, it: Happening, message: Record): Row {
  const time = whenOf(it);
  const row = keepRowOf(kind, time != NO_TIME ? time : message.start, it.document, it.line);
  row.promptId = prompt;
  row.session = home.id;
  return row;
}

function question(message: Record, it: Happening): void {
  const number = addHook();
  const hook = hookAt(number);
  hook.kind = EVENT_PERMISSION;
  hook.name = it.name;
  hook.outcome = it.reply;
  hook.duration = waitOf(it);
  if (it.call) hook.call = stringHash(it.call);
  const row = rowOf(ROW_HOOK, it, message);
  row.note = number;
  row.flags |= ROW_ASIDE;
}

/** A message's own error; when it was, events know better. */
export function wrong(session: Record, message: Record, to: u64): void {
  let time = message.end != NO_TIME ? message.end : message.start;
  let titled: u32 = message.flags & R.FROM_EVENTS ? (message.flags & R.TITLED ? 2 : 1) : 0;
  for (let number = message.happened; number; number = happenings.at(number - 1).following) {
    const it = happenings.at(number - 1);
    if (it.kind != R.HAPPENED_ERROR || it.name != message.error) continue;
    if (it.time != NO_TIME) time = it.time;
    titled = it.titled;
    break;
  }
  beginRow(message.line);
  // the message ended later than it was known to fail, and whoever reads what is left of it knows no more
  keepFact(ROW_CALLS, message, message.end != NO_TIME ? message.end : message.start, to, session);
  const kind = stringIs(message.error, "MessageAbortedError") ? ROW_INTERRUPT : ROW_API_ERROR;
  failure(keepFact(kind, message, time, to, session), message.error, message.code, message.document, message.textOffset, message.textLength, message.id, titled);
}

function failure(row: Row, name: u32, code: i64, document: u32, offset: u64, length: u32, id: u32, titled: u32): void {
  const number = addNote();
  const note = noteAt(number);
  row.note = number;
  if (row.kind == ROW_INTERRUPT) {
    note.name = id;
    note.first = <i64>titled - 1;
    return;
  }
  note.name = name;
  note.third = code;
  row.flags |= ROW_FINAL_ERROR;
  if (length) note.content = addContentAt(document, offset, length, FORM_TEXT);
}

/** A part that tells of an attempt that failed. */
export function failedAttempt(session: Record, it: Record, to: u64): void {
  fate(it, 0);
  beginRow(it.line);
  const number = addNote();
  const note = noteAt(number);
  note.name = it.error;
  note.first = it.code;
  keepFact(ROW_API_ERROR, it, it.start, to, session).note = number;
}
