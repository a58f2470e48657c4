// What records become: rows of the model, and content where their text stands.

import { addContentAt, joinContent, keepRowOf } from "../../session/builder";
import { FORM_TEXT, ROW_INFERRED_TIME, Row } from "../../session/record";
import * as R from "./records";
import { Record, deltas } from "./records";

/** A row of the model: of this kind, made of this record. */
export function keepFact(kind: u32, source: Record, time: i64, prompt: u64, session: Record): Row {
  const row = keepRowOf(kind, time, source.document, source.line);
  if (source.flags & R.INFERRED) row.flags |= ROW_INFERRED_TIME;
  row.promptId = prompt;
  row.session = session.id;
  row.directory = session.directory;
  row.version = session.name;
  return row;
}

/** The text of a part, with what was added to it behind its last write; 0 if there is none. */
export function textContent(it: Record): u32 {
  let first: u32 = 0;
  let last: u32 = 0;
  if (it.textLength && !(it.flags & R.BLANK)) {
    first = addContentAt(it.document, it.textOffset, it.textLength, FORM_TEXT);
    last = first;
  }
  if (it.type == R.PART_SUBTASK) return first;
  for (let number = it.delta; number; number = deltas.at(number - 1).next) {
    const delta = deltas.at(number - 1);
    const content = addContentAt(it.document, delta.offset, delta.length, FORM_TEXT);
    if (last) joinContent(last, content);
    else first = content;
    last = content;
  }
  return first;
}
