// One row of a Claude Code transcript to what the session builder understands. Decides by its type who reads a row; what
// rows amount to together is decided in session/. Field by field, no value is decoded: names are interned, content stays
// where it is. What is known of the format, and how it is known: FORMAT.md.

import { NO_TIME } from "../../bytes/instant";
import { at, beginRow as beginCursor, peek, skip } from "../../json/cursor";
import { SKIP_METADATA, SKIP_NOT_A_RECORD, SKIP_SNAPSHOT, SKIP_SUMMARY, SKIP_UNKNOWN } from "../../abi/layout";
import { beginRow, dropRow, noteTime, skipRow } from "../../session/builder";
import { attached } from "./attachments";
import { whyBroken } from "../../json/broken";
import { endOf, startOf } from "../../json/slices";
import { TYPE, clearFields, forgetWriter, readFields, time } from "./fields";
import { journal } from "./journal";
import { KEYS, readyKeys } from "./keys";
import { isField, noteWriter, pass, readAs } from "./keeping";
import { progress } from "./progress";
import { queue } from "./queues";
import { assistant, user } from "./speech";
import { system } from "./system";
import { isMetadataType } from "./words";

/** Begins a family: strings have new numbers. */
export function clearReader(): void {
  readyKeys();
  forgetWriter();
}

/** Reads the current row (json/rows.ts), `line` from 1. Answers 0, or why it is broken (BROKEN_*), with nothing kept. */
export function readRow(line: u32): u32 {
  clearFields();
  beginRow(line);
  beginCursor(KEYS);
  const object = peek() == 0x7b;
  const start = at;
  if (object) readFields();
  else skip();
  const broken = whyBroken();
  if (broken) {
    dropRow();
    return broken;
  }
  if (!object) {
    skipRow(SKIP_NOT_A_RECORD);
    return 0;
  }
  if (time != NO_TIME) noteTime(time);
  noteWriter();
  decide(start);
  return 0;
}

/** What the row is, whose object begins at `start`. */
function decide(start: usize): void {
  readAs(0);
  if (isField(TYPE, "assistant")) assistant();
  else if (isField(TYPE, "user")) user();
  else if (isField(TYPE, "progress")) progress();
  else if (isField(TYPE, "system")) system();
  else if (isField(TYPE, "attachment")) attached();
  else if (isField(TYPE, "queue-operation")) queue();
  else if (isField(TYPE, "file-history-snapshot") || isField(TYPE, "file-history-delta")) pass(SKIP_SNAPSHOT);
  else if (isField(TYPE, "summary")) pass(SKIP_SUMMARY);
  else if (isMetadataType(startOf(TYPE), endOf(TYPE))) pass(SKIP_METADATA);
  else if (isField(TYPE, "spanloom-hook")) journal(start);
  else skipRow(SKIP_UNKNOWN);
}
