// Events that hooks were told of, for any sink.

import { asciiBytes, asciiLength } from "../bytes/ascii";
import { EVENT_COMPACTION_REQUEST, EVENT_NOTIFICATION, EVENT_PERMISSION_DENIED, EVENT_PERMISSION_REQUEST } from "../abi/layout";
import { tolds } from "../session/model";
import { SpanEvent } from "../trace/spans";
import { closeText, openText, putString } from "./attributes";
import { addressOfContent, lengthOfContent } from "./content";
import { EVENT_ATTRIBUTES, EVENT_NAME_FIELD, EVENT_TIME_FIELD, SPAN_EVENTS } from "./fields";
import * as NAME from "./names";

/** Writes the event as one item of the list at hand; its texts are present if they are wanted. */
export function putTold<S>(sink: S, event: SpanEvent, full: bool): void {
  const told = tolds.at(event.row);
  const kind = event.kind;
  const name = nameOfTold(kind);
  const length = (full && told.title ? lengthOfContent(told.title) : 0) + (full && told.words ? lengthOfContent(told.words) : 0);
  sink.openItem(SPAN_EVENTS, "", 64 + length);
  sink.fixed64(EVENT_TIME_FIELD, "timeUnixNano", event.time);
  sink.string(EVENT_NAME_FIELD, "name", asciiBytes(name), asciiLength(name));
  sink.openList("attributes");
  putString<S>(sink, EVENT_ATTRIBUTES, NAME.TOOL_NAME, told.tool);
  if (kind == EVENT_NOTIFICATION) {
    putString<S>(sink, EVENT_ATTRIBUTES, NAME.NOTIFICATION_TYPE, told.name);
    if (full) putWords<S>(sink, NAME.NOTIFICATION_TITLE, told.title);
    if (full) putWords<S>(sink, NAME.NOTIFICATION_MESSAGE, told.words);
  } else if (kind == EVENT_COMPACTION_REQUEST) {
    putString<S>(sink, EVENT_ATTRIBUTES, NAME.COMPACTION_TRIGGER, told.name);
    if (full) putWords<S>(sink, NAME.COMPACTION_INSTRUCTIONS, told.words);
  } else {
    putString<S>(sink, EVENT_ATTRIBUTES, NAME.PERMISSION_MODE, told.name);
    if (full) putWords<S>(sink, NAME.PERMISSION_REASON, told.words);
  }
  sink.closeList();
  sink.close();
}

function nameOfTold(kind: u32): usize {
  if (kind == EVENT_PERMISSION_REQUEST) return NAME.EVENT_NAME_PERMISSION_REQUEST;
  if (kind == EVENT_PERMISSION_DENIED) return NAME.EVENT_NAME_PERMISSION_DENIED;
  return kind == EVENT_NOTIFICATION ? NAME.EVENT_NAME_NOTIFICATION : NAME.EVENT_NAME_COMPACTION_REQUEST;
}

/** A text of the record on an event, content + 1; 0 for none. */
export function putWords<S>(sink: S, key: usize, content: u32): void {
  if (!content) return;
  openText<S>(sink, EVENT_ATTRIBUTES, key, lengthOfContent(content));
  sink.text(addressOfContent(content), lengthOfContent(content));
  closeText<S>(sink);
}
