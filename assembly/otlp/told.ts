// What hooks were told, on the events it makes, for any sink.

import { EVENT_COMPACTION_REQUEST, EVENT_NOTIFICATION } from "../abi/layout";
import { Told } from "../session/model";
import { closeText, openText, putString } from "./attributes";
import { addressOfContent, lengthOfContent } from "./content";
import { EVENT_ATTRIBUTES } from "./fields";
import { full } from "./mode";
import * as NAME from "./names";

/** Bytes of its texts, to guess lengths by. */
export function wordsOfTold(told: Told): usize {
  return (told.title ? lengthOfContent(told.title) : 0) + (told.words ? lengthOfContent(told.words) : 0);
}

/** The attributes of an event that stands in a journal alone. */
export function putTold<S>(sink: S, kind: u32, told: Told): void {
  putString<S>(sink, EVENT_ATTRIBUTES, NAME.TOOL_NAME, told.tool);
  if (kind == EVENT_NOTIFICATION) {
    putSaid<S>(sink, told, NAME.NOTIFICATION_TYPE, NAME.NOTIFICATION_MESSAGE);
  } else if (kind == EVENT_COMPACTION_REQUEST) {
    putSaid<S>(sink, told, NAME.COMPACTION_TRIGGER, NAME.COMPACTION_INSTRUCTIONS);
  } else {
    putSaid<S>(sink, told, NAME.PERMISSION_MODE, NAME.PERMISSION_REASON);
  }
}

/** What it is called and what it says; only notifications have a title. */
function putSaid<S>(sink: S, told: Told, name: usize, words: usize): void {
  putString<S>(sink, EVENT_ATTRIBUTES, name, told.name);
  putWords<S>(sink, NAME.NOTIFICATION_TITLE, told.title);
  putWords<S>(sink, words, told.words);
}

/** A text on an event, content + 1; 0 for none. Content like any other: it stands there only where content is wanted. */
export function putWords<S>(sink: S, key: usize, content: u32): void {
  if (!full || !content) return;
  openText<S>(sink, EVENT_ATTRIBUTES, key, lengthOfContent(content));
  sink.text(addressOfContent(content), lengthOfContent(content));
  closeText<S>(sink);
}
