// The events of a span: compactions, errors of the API, hooks, permissions, interrupts, and what hooks were told (told.ts).

import { asciiBytes, asciiLength } from "../bytes/ascii";
import { EVENT_API_ERROR, EVENT_COMPACTION, EVENT_HOOK, EVENT_PERMISSION } from "../abi/layout";
import { Hook, Note, hooks, isTold, notes, rows, tolds } from "../session/model";
import { SpanEvent, spanEvents } from "../trace/spans";
import { putAscii, putInteger, putString } from "./attributes";
import { lengthOfContent } from "./content";
import { EVENT_ATTRIBUTES, EVENT_NAME_FIELD, EVENT_TIME_FIELD, SPAN_EVENTS } from "./fields";
import { full } from "./mode";
import * as NAME from "./names";
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

export function putEvents<S>(sink: S, index: u32): void {
  let at = firstEventOf(index);
  if (at == spanEvents.rows || spanEvents.at(at).span != index) return;
  sink.openList("events");
  for (; at < spanEvents.rows && spanEvents.at(at).span == index; at++) putEvent<S>(sink, spanEvents.at(at));
  sink.closeList();
}

function putEvent<S>(sink: S, event: SpanEvent): void {
  const number = isTold(event.kind) ? 0 : rows.at(event.row).note;
  const note = number && event.kind != EVENT_HOOK && event.kind != EVENT_PERMISSION ? notes.at(number - 1) : changetype<Note>(0);
  const told = toldOfEvent(event);
  const name = unchecked(NAME.EVENT_NAMES[event.kind]);
  sink.openItem(SPAN_EVENTS, "", 64 + (full && note != null && note.content ? lengthOfContent(note.content) : 0) + (full && told ? wordsOfTold(tolds.at(told - 1)) : 0));
  sink.fixed64(EVENT_TIME_FIELD, "timeUnixNano", event.time);
  sink.string(EVENT_NAME_FIELD, "name", asciiBytes(name), asciiLength(name));
  sink.openList("attributes");
  if (event.kind == EVENT_HOOK) putHook<S>(sink, hooks.at(number - 1));
  else if (event.kind == EVENT_COMPACTION) putCompaction<S>(sink, note);
  else if (event.kind == EVENT_API_ERROR) putApiError<S>(sink, note);
  else if (event.kind == EVENT_PERMISSION) putPermission<S>(sink, hooks.at(number - 1));
  else if (told) putTold<S>(sink, event.kind, tolds.at(told - 1));
  else if (note != null) putInterrupt<S>(sink, note);
  sink.closeList();
  sink.close();
}

function putCompaction<S>(sink: S, note: Note): void {
  putString<S>(sink, EVENT_ATTRIBUTES, NAME.COMPACTION_TRIGGER, note.name || !note.told ? note.name : tolds.at(note.told - 1).name);
  putKnown<S>(sink, NAME.COMPACTION_BEFORE, note.first);
  putKnown<S>(sink, NAME.COMPACTION_AFTER, note.second);
  putKnown<S>(sink, NAME.COMPACTION_DURATION, note.third);
  if (note.told) putWords<S>(sink, NAME.COMPACTION_INSTRUCTIONS, tolds.at(note.told - 1).words);
  putWords<S>(sink, NAME.COMPACTION_SUMMARY, note.content);
}

function putPermission<S>(sink: S, question: Hook): void {
  putString<S>(sink, EVENT_ATTRIBUTES, NAME.PERMISSION_NAME, question.name);
  putString<S>(sink, EVENT_ATTRIBUTES, NAME.PERMISSION_REPLY, question.outcome);
  putKnown<S>(sink, NAME.PERMISSION_WAIT, question.duration);
}

function putInterrupt<S>(sink: S, note: Note): void {
  putString<S>(sink, EVENT_ATTRIBUTES, NAME.INTERRUPT_RESPONSE, note.name);
  if (note.first >= 0) putAscii<S>(sink, EVENT_ATTRIBUTES, NAME.INTERRUPT_TITLE, note.first ? NAME.DONE : NAME.PENDING);
}

function putApiError<S>(sink: S, note: Note): void {
  if (note.name) putString<S>(sink, EVENT_ATTRIBUTES, NAME.ERROR_TYPE, note.name);
  else putAscii<S>(sink, EVENT_ATTRIBUTES, NAME.ERROR_TYPE, NAME.API_ERROR);
  putKnown<S>(sink, NAME.STATUS_CODE, note.third);
  putKnown<S>(sink, NAME.RETRY_ATTEMPT, note.first);
  putKnown<S>(sink, NAME.RETRY_DELAY, note.second);
}

function putHook<S>(sink: S, hook: Hook): void {
  putString<S>(sink, EVENT_ATTRIBUTES, NAME.HOOK_EVENT, hook.event);
  putString<S>(sink, EVENT_ATTRIBUTES, NAME.HOOK_NAME, hook.name);
  putString<S>(sink, EVENT_ATTRIBUTES, NAME.HOOK_OUTCOME, hook.outcome);
  putKnown<S>(sink, NAME.HOOK_EXIT_CODE, hook.exitCode);
  putKnown<S>(sink, NAME.HOOK_DURATION, hook.duration);
  putKnown<S>(sink, NAME.HOOK_COUNT, hook.count);
}

/** A count of an event, if it was recorded. */
function putKnown<S>(sink: S, key: usize, value: i64): void {
  if (value >= 0) putInteger<S>(sink, EVENT_ATTRIBUTES, key, value);
}
