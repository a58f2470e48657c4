// What is typed while the model works, and what becomes of it: rows of the client's queue (session/queue.ts).

import { isBlank } from "../../json/text";
import { endOf, startOf } from "../../json/slices";
import { SKIP_QUEUE } from "../../abi/layout";
import { addHashedText, addNote, addPart, forgetParts, noteAt } from "../../session/builder";
import {
  PART_TEXT,
  ROW_ASIDE,
  ROW_COMMAND,
  ROW_DELIVERED,
  ROW_EMPTIED,
  ROW_MESSAGE,
  ROW_OF_QUEUE,
  ROW_PROMPT,
  ROW_QUEUED,
  ROW_SKIPPED,
  ROW_TAKEN,
  Row,
} from "../../session/record";
import { CONTENT, OPERATION } from "./fields";
import { isField, keep, readAs } from "./keeping";
import { notice } from "./speech";
import { isCommand, isInjected, isMessage, isOutput, saysFeedback, saysInterrupted } from "./words";

export function queue(): void {
  readAs(ROW_ASIDE);
  forgetParts();
  if (isField(OPERATION, "enqueue")) keepQueued();
  else if (isField(OPERATION, "remove")) keepQueue(ROW_DELIVERED);
  else if (isField(OPERATION, "dequeue")) keepQueue(ROW_TAKEN);
  else if (isField(OPERATION, "popAll")) keepQueue(ROW_EMPTIED);
  else keepQueue(ROW_SKIPPED);
}

function keepQueue(kind: u32): Row {
  const row = keep(kind);
  row.skipped = SKIP_QUEUE + 1;
  row.flags = ROW_ASIDE | ROW_OF_QUEUE;
  row.uuid = 0;
  return row;
}

/** Words that were put into the queue, and what they would be as a row of their own. */
function keepQueued(): void {
  const from = startOf(CONTENT);
  const end = endOf(CONTENT);
  let number: u32 = 0;
  if (!isBlank(from, end)) {
    const kind = kindOfWords(from, end);
    addPart(PART_TEXT).content = addHashedText(from, end);
    number = kind == ROW_MESSAGE ? notice(from, end) : 0;
    if (!number) number = addNote();
    noteAt(number).second = kind;
  }
  keepQueue(ROW_QUEUED).note = number;
}

/** What a text without any other sign is; 0 if nothing for the trace. */
function kindOfWords(from: usize, end: usize): u32 {
  if (saysInterrupted(from, end)) return 0;
  if (isMessage(from, end)) return ROW_MESSAGE;
  if (isOutput(from, end) || isInjected(from, end) || saysFeedback(from, end)) return 0;
  return isCommand(from, end) ? ROW_COMMAND : ROW_PROMPT;
}
