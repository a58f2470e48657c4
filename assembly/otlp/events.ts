// The events of a span: compactions, errors of the API, hooks, permissions, interrupts, and what hooks were told (told.ts).

import { asciiBytes, asciiLength } from "../bytes/ascii";
import { EVENT_API_ERROR, EVENT_COMPACTION, EVENT_HOOK, EVENT_PERMISSION } from "../abi/layout";
import { isTold } from "../session/model";
import { Hook, Note, hooks, notes, rows, tolds } from "../session/record";
import { SpanEvent, spanEvents } from "../trace/spans";
import { putAscii, putInteger, putString } from "./attributes";
import { lengthOfContent } from "./content";
import { EVENT_ATTRIBUTES, EVENT_NAME_FIELD, EVENT_TIME_FIELD, SPAN_EVENTS } from "./fields";
import { full } from "./mode";
import * as NAME from "./names";
import * as sink from "./sink";
import { putTold, putWords, wordsOfTold } from "./told";

let nextEvent: u32 = 0;

/** Begins again with the first span. */
export function beginEvents(): void {
  nextEvent = 0;
}

/** Events stand in the order of their spans, and spans are encoded in order. */
export function firstEventOf(index: u32): u32 {
  while (nextEvent < spanEvents.rows && spanEvents.at(nextEvent).span < index) nextEvent++;
  return nextEvent;
}

/** The content of the record that it needs, or 0. */
export function contentOfEvent(event: SpanEvent): u32 {
  return event.kind == EVENT_COMPACTION ? notes.at(rows.at(event.row).note - 1).content : 0;
}

/** What a hook was told of it, Told + 1; 0 for nothing. */
export function toldOfEvent(event: SpanEvent): u32 {
  if (isTold(event.kind)) return event.row + 1;
  return event.kind == EVENT_COMPACTION ? notes.at(rows.at(event.row).note - 1).told : 0;
}

export function putEvents(index: u32): void {
  let at = firstEventOf(index);
  if (at == spanEvents.rows || spanEvents.at(at).span != index) return;
  sink.openList("events");
  for (; at < spanEvents.rows && spanEvents.at(at).span == index; at++) putEvent(spanEvents.at(at));
  sink.closeList();
}

function putEvent(event: SpanEvent): void {
  const number = isTold(event.kind) ? 0 : rows.at(event.row).note;
  const note = number && event.kind != EVENT_HOOK && event.kind != EVENT_PERMISSION ? notes.at(number - 1) : changetype<Note>(0);
  const told = toldOfEvent(event);
  const name = unchecked(NAME.EVENT_NAMES[event.kind]);
  sink.openItem(SPAN_EVENTS, 64 + (full && note != null && note.content ? lengthOfContent(note.content) : 0) + (full && told ? wordsOfTold(tolds.at(told - 1)) : 0));
  sink.fixed64(EVENT_TIME_FIELD, "timeUnixNano", event.time);
  sink.whole(EVENT_NAME_FIELD, "name", asciiBytes(name), asciiLength(name));
  sink.openList("attributes");
  if (event.kind == EVENT_HOOK) putHook(hooks.at(number - 1));
  else if (event.kind == EVENT_COMPACTION) putCompaction(note);
  else if (event.kind == EVENT_API_ERROR) putApiError(note);
  else if (event.kind == EVENT_PERMISSION) putPermission(hooks.at(number - 1));
  else if (told) putTold(event.kind, tolds.at(told - 1));
  else if (note != null) putInterrupt(note);
  sink.closeList();
  sink.close();
}

function putCompaction(note: Note): void {
  putString(EVENT_ATTRIBUTES, NAME.COMPACTION_TRIGGER, note.name || !note.told ? note.name : tolds.at(note.told - 1).name);
  putKnown(NAME.COMPACTION_BEFORE, note.first);
  putKnown(NAME.COMPACTION_AFTER, note.second);
  putKnown(NAME.COMPACTION_DURATION, note.third);
  if (note.told) putWords(NAME.COMPACTION_INSTRUCTIONS, tolds.at(note.told - 1).words);
  putWords(NAME.COMPACTION_SUMMARY, note.content);
}

function putPermission(question: Hook): void {
  putString(EVENT_ATTRIBUTES, NAME.PERMISSION_NAME, question.name);
  putString(EVENT_ATTRIBUTES, NAME.PERMISSION_REPLY, question.outcome);
  putKnown(NAME.PERMISSION_WAIT, question.duration);
}

function putInterrupt(note: Note): void {
  putString(EVENT_ATTRIBUTES, NAME.INTERRUPT_RESPONSE, note.name);
  if (note.first >= 0) putAscii(EVENT_ATTRIBUTES, NAME.INTERRUPT_TITLE, note.first ? NAME.DONE : NAME.PENDING);
}

function putApiError(note: Note): void {
  if (note.name) putString(EVENT_ATTRIBUTES, NAME.ERROR_TYPE, note.name);
  else putAscii(EVENT_ATTRIBUTES, NAME.ERROR_TYPE, NAME.API_ERROR);
  putKnown(NAME.STATUS_CODE, note.third);
  putKnown(NAME.RETRY_ATTEMPT, note.first);
  putKnown(NAME.RETRY_DELAY, note.second);
}

function putHook(hook: Hook): void {
  putString(EVENT_ATTRIBUTES, NAME.HOOK_EVENT, hook.event);
  putString(EVENT_ATTRIBUTES, NAME.HOOK_NAME, hook.name);
  putString(EVENT_ATTRIBUTES, NAME.HOOK_OUTCOME, hook.outcome);
  putKnown(NAME.HOOK_EXIT_CODE, hook.exitCode);
  putKnown(NAME.HOOK_DURATION, hook.duration);
  putKnown(NAME.HOOK_COUNT, hook.count);
}

/** A count of an event, if it was recorded. */
function putKnown(key: string, value: i64): void {
  if (value >= 0) putInteger(EVENT_ATTRIBUTES, key, value);
}
