// A tool's part as a call and its result, or as an agent that it spawns.

import { NO_TIME } from "../../bytes/instant";
import { internLiteral, stringIs } from "../../bytes/strings";
import { addContentAt, addNote, addPart, addSpawn, beginRow, noteAt, spawnAt } from "../../session/builder";
import {
  FORM_LOOSE,
  FORM_TEXT,
  PART_ABORTED,
  PART_BEGUN,
  PART_CALL,
  PART_DENIED,
  PART_FAILED,
  PART_INTERRUPTED,
  PART_INVALID,
  PART_REJECTED,
  PART_RESULT,
  PART_SPAWNS,
  ROW_CALLS,
  ROW_RESULTS,
} from "../../session/record";
import { fate } from "./compose";
import { keepFact } from "./facts";
import { isTask } from "./family";
import { find } from "./merge";
import * as R from "./records";
import { Happening, Record, happenings, recordAt } from "./records";
import { endAt, home, part, prompt, reply, response, speak } from "./responses";

export function tool(it: Record): void {
  fate(it, 0);
  speak();
  beginRow(it.line);
  const call = addPart(PART_CALL);
  call.id = it.id;
  call.shown = it.model;
  call.name = it.name;
  if (it.inputLength) call.content = addContentAt(it.document, it.inputOffset, it.inputLength, FORM_LOOSE);
  if (isTask(it)) {
    call.flags = PART_SPAWNS;
    call.detail = spawn(it);
  }
  if (response) part(it, it.start);
  else keepFact(ROW_CALLS, it, it.start, prompt, home).directory = reply.directory ? reply.directory : home.directory;
  endAt(it.start);
  if (it.rank < 3) return;
  const end = it.end != NO_TIME ? it.end : it.start;
  endAt(end);
  beginRow(it.line);
  const result = addPart(PART_RESULT);
  result.id = it.id;
  const aborted = (it.flags & (R.EXIT_NULL | R.FAILED)) == R.EXIT_NULL && stringIs(reply.error, "MessageAbortedError");
  const invalid = !(it.flags & R.FAILED) && stringIs(it.name, "invalid");
  if (it.textForm) result.content = addContentAt(it.document, it.textOffset, it.textLength, it.textForm == 1 ? FORM_TEXT : FORM_LOOSE);
  if (isTask(it)) result.detail = it.provider ? it.provider : it.stop;
  if (it.flags & R.BACKGROUND) result.flags |= PART_BEGUN;
  if (it.flags & R.FAILED || aborted || invalid) result.flags |= PART_FAILED;
  if (it.flags & R.REJECTED) result.flags |= PART_REJECTED;
  else if (it.flags & R.DENIED) result.flags |= PART_DENIED;
  else if (it.flags & R.INTERRUPTED || aborted) result.flags |= PART_INTERRUPTED;
  if (aborted) result.flags |= PART_ABORTED;
  let number: u32 = 0;
  const waited = waitedFor(it);
  if (it.code >= 0 || waited >= 0 || invalid) {
    number = addNote();
    const note = noteAt(number);
    note.second = it.code;
    note.third = waited;
    if (invalid) {
      result.flags |= PART_INVALID;
      if (it.promptLength) note.content = addContentAt(it.document, it.promptOffset, it.promptLength, FORM_TEXT);
    }
  }
  keepFact(ROW_RESULTS, it, end, prompt, home).note = number;
}

/** What a task asks for; number + 1. */
function spawn(it: Record): u32 {
  const number = addSpawn();
  const spawn = spawnAt(number);
  spawn.type = it.agent;
  if (!spawn.type) {
    const child = find(R.SESSION_RECORD, it.provider ? it.provider : it.stop);
    for (let at = child ? recordAt(child).first : 0; at && !spawn.type; at = recordAt(at).next) if (recordAt(at).flags & R.ASSISTANT) spawn.type = recordAt(at).agent;
  }
  if (!spawn.type) spawn.type = internLiteral("general");
  if (it.promptLength) spawn.prompt = addContentAt(it.document, it.promptOffset, it.promptLength, FORM_TEXT);
  return number;
}

/** Milliseconds that somebody took to allow a call; -1 if nobody was asked, or did not answer. */
function waitedFor(it: Record): i64 {
  let sum: i64 = -1;
  for (let number = reply.happened; number; number = happenings.at(number - 1).following) {
    const happening = happenings.at(number - 1);
    if (happening.call != it.id) continue;
    const wait = waitOf(happening);
    if (wait >= 0) sum = max<i64>(sum, 0) + wait;
  }
  return sum;
}

export function waitOf(it: Happening): i64 {
  return it.time != NO_TIME && it.answered >= it.time ? (it.answered - it.time) / 1000000 : -1;
}
