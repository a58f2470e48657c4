// What hooks were told, on the events it makes, for any sink.

import { EVENT_PERMISSION_REQUEST } from "../abi/layout";
import { Told, contents } from "../session/record";
import { closeText, openText, putString } from "./attributes";
import { addressOfContent, lengthOfContent } from "./content";
import { EVENT_ATTRIBUTES } from "./fields";
import { full } from "./mode";
import * as NAME from "./names";
import * as sink from "./sink";

/** Bytes of its texts, to guess lengths by. */
export function wordsOfTold(told: Told): usize {
  return (told.title ? lengthOfContent(told.title) : 0) + (told.words ? lengthOfContent(told.words) : 0);
}

/** The attributes of an event that stands in a journal alone: what it is called and what it says. Only notifications have a title. */
export function putTold(kind: u32, told: Told): void {
  const key = (kind - EVENT_PERMISSION_REQUEST) << 1;
  putString(EVENT_ATTRIBUTES, NAME.TOOL_NAME, told.tool);
  putString(EVENT_ATTRIBUTES, unchecked(NAME.TOLD[key]), told.name);
  putWords(NAME.NOTIFICATION_TITLE, told.title);
  putWords(unchecked(NAME.TOLD[key + 1]), told.words);
}

/** A text on an event, content + 1; 0 for none. Content like any other: it stands there only where content is wanted. */
export function putWords(key: string, content: u32): void {
  if (!full || !content) return;
  openText(EVENT_ATTRIBUTES, key, lengthOfContent(content));
  for (let at = content; at; at = contents.at(at - 1).next) sink.text(addressOfContent(at), lengthOfContent(at));
  closeText();
}
