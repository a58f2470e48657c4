// Rows of a journal: what the client told our hook (host-node/state/journal.ts), in the client's own words. Of most events the
// record says the same and more; those that make an event of a span stand nowhere else.

import { NO_TIME } from "../../bytes/instant";
import { murmur3 } from "../../bytes/murmur3";
import { hashText } from "../../json/names";
import { rowEnd } from "../../json/rows";
import { isBlank } from "../../json/text";
import { endOf, has, nameIn, startOf } from "../../json/slices";
import {
  EVENT_COMPACTION_REQUEST,
  EVENT_NOTIFICATION,
  EVENT_PERMISSION_DENIED,
  EVENT_PERMISSION_REQUEST,
  SKIP_METADATA,
  SKIP_UNKNOWN,
} from "../../abi/layout";
import { addHashedText, addTold, noteJournal, skipRow } from "../../session/builder";
import { EVENT, SESSION, time } from "./fields";
import { ABOUT, INNER_AGENT, INSTRUCTIONS, KIND, MESSAGE, MODE, REASON, STARTED_BY, TITLE, TOOL, readPayload } from "./inner";
import { isField } from "./keeping";

/** Reads the row at hand, whose object begins at `start`. */
export function journal(start: usize): void {
  noteJournal();
  const kind = kindOfEvent();
  if (!kind || time == NO_TIME || !readPayload()) {
    skipRow(!kind && has(EVENT) ? SKIP_METADATA : SKIP_UNKNOWN);
    return;
  }
  const told = addTold(kind, time);
  told.text = hashObject(start);
  told.session = nameIn(SESSION);
  told.agent = nameIn(INNER_AGENT);
  told.call = hashText(startOf(ABOUT), endOf(ABOUT));
  if (kind == EVENT_NOTIFICATION) {
    told.name = nameIn(KIND);
    told.title = wordsOf(TITLE);
    told.words = wordsOf(MESSAGE);
  } else if (kind == EVENT_COMPACTION_REQUEST) {
    told.name = nameIn(STARTED_BY);
    told.words = wordsOf(INSTRUCTIONS);
  } else {
    told.tool = nameIn(TOOL);
    told.name = nameIn(MODE);
    if (kind == EVENT_PERMISSION_DENIED) told.words = wordsOf(REASON);
  }
}

/** Of the object as written: what white space is around it does not matter. */
function hashObject(start: usize): u64 {
  let end = rowEnd;
  while (load<u8>(end - 1) != 0x7d) end--;
  return murmur3(start, <u32>(end - start));
}

/** 0 for an event that makes none of a span. */
function kindOfEvent(): u32 {
  if (isField(EVENT, "PermissionRequest")) return EVENT_PERMISSION_REQUEST;
  if (isField(EVENT, "PermissionDenied")) return EVENT_PERMISSION_DENIED;
  if (isField(EVENT, "Notification")) return EVENT_NOTIFICATION;
  return isField(EVENT, "PreCompact") ? EVENT_COMPACTION_REQUEST : 0;
}

/** Content + 1; 0 if it says nothing. */
function wordsOf(slice: usize): u32 {
  return isBlank(startOf(slice), endOf(slice)) ? 0 : addHashedText(startOf(slice), endOf(slice));
}
