// Rows of a person and of a model: prompts, responses, results, and what the client put in either's place.

import { internLiteral, stringIs, stringStarts } from "../../bytes/strings";
import { hashText, internText } from "../../json/names";
import { addressOf } from "../../json/rows";
import { endOf, has, nameIn, startOf } from "../../json/slices";
import { SKIP_INJECTED, SKIP_SYNTHETIC, SKIP_UNKNOWN } from "../../abi/layout";
import { addContent, addNote, firstPartOfRow, forgetParts, noteAt } from "../../session/builder";
import {
  FORM_TEXT,
  PART_BEGUN,
  PART_BINARY,
  PART_DENIED,
  PART_FAILED,
  PART_INTERRUPTED,
  PART_MEMBER,
  PART_REJECTED,
  PART_RESULT,
  PART_RUN,
  PART_TEXT,
  ROW_API_ERROR,
  ROW_COMMAND,
  ROW_FEEDBACK,
  ROW_FINAL_ERROR,
  ROW_INTERRUPT,
  ROW_MESSAGE,
  ROW_PROMPT,
  ROW_RESPONSE,
  ROW_RESULTS,
  ROW_SUMMARY,
  contents,
  parts,
} from "../../session/record";
import { contentIsString, hasMessage, messageId, messageModel, messageStop, messageUsage } from "./message";
import {
  DENIAL,
  ERROR,
  ORIGIN,
  REQUEST,
  RESULT_AGENT,
  RESULT_FILE,
  RESULT_RUN,
  UUID,
  apiError,
  compactSummary,
  finalStatus,
  meta,
  resultAsync,
  resultMember,
  resultSize,
} from "./fields";
import { isField, keep, keepOutput, keepSkipped, manner } from "./keeping";
import {
  isAside,
  isCommand,
  isInjected,
  isMessage,
  isOutput,
  noticeCallEnd,
  noticeCallStart,
  noticeStatusEnd,
  noticeStatusStart,
  readNotice,
  saysFeedback,
  saysInterrupted,
} from "./words";

export function assistant(): void {
  if (!hasMessage) {
    keepSkipped(SKIP_UNKNOWN);
    return;
  }
  if (stringIs(messageModel, "<synthetic>")) {
    if (apiError) finalError();
    else keepSkipped(SKIP_SYNTHETIC);
    return;
  }
  const row = keep(ROW_RESPONSE);
  row.message = messageId;
  row.model = messageModel;
  row.stop = messageStop;
  row.usage = messageUsage;
  if (!messageId) row.identity = nameIn(UUID);
  if (stringStarts(messageId, "msg_bdrk_")) row.provider = internLiteral("aws.bedrock");
  else if (stringStarts(messageId, "msg_vrtx_")) row.provider = internLiteral("gcp.vertex_ai");
  else if (endOf(REQUEST) - startOf(REQUEST) > 4 && load<u32>(startOf(REQUEST)) == 0x5f716572 /* req_ */) row.provider = internLiteral("anthropic");
}

/** An API error that was given up on, which the client wrote in the model's place. */
function finalError(): void {
  const text = firstText(false);
  const from = textFrom;
  const to = textTo;
  forgetParts();
  const number = addNote();
  const note = noteAt(number);
  note.name = nameIn(ERROR);
  note.third = finalStatus;
  note.content = text ? addContent(from, to, FORM_TEXT) : 0;
  const row = keep(ROW_API_ERROR);
  row.parts = 0;
  row.note = number;
  row.flags |= ROW_FINAL_ERROR;
}

// The first text of the row's parts, without quotes.
let textFrom: usize = 0;
let textTo: usize = 0;
let hasBinary: bool = false;

/** Finds the text that decides what the row is; in a list, `besideAsides` passes over notes of the editor and the client. */
function firstText(besideAsides: bool): bool {
  hasBinary = false;
  let found = false;
  for (let i = firstPartOfRow(); i < parts.rows; i++) {
    const part = parts.at(i);
    if (part.kind == PART_BINARY) hasBinary = true;
    if (found || part.kind != PART_TEXT || !part.content) continue;
    const content = contents.at(part.content - 1);
    const from = addressOf(content.offset);
    if (besideAsides && !contentIsString && isAside(from, from + content.length)) continue;
    textFrom = from;
    textTo = from + content.length;
    found = true;
  }
  return found;
}

export function user(): void {
  if (!hasMessage) {
    keepSkipped(SKIP_UNKNOWN);
    return;
  }
  for (let i = firstPartOfRow(); i < parts.rows; i++) {
    if (parts.at(i).kind == PART_RESULT) {
      keepResults();
      return;
    }
  }
  const text = firstText(true);
  if (compactSummary) keepSummary();
  else if (text && saysInterrupted(textFrom, textTo)) keep(ROW_INTERRUPT).parts = 0;
  else if ((has(ORIGIN) && !isField(ORIGIN, "human")) || (text && isMessage(textFrom, textTo))) keepWords(ROW_MESSAGE);
  else if (text && saysFeedback(textFrom, textTo)) keep(ROW_FEEDBACK);
  else if (meta) keepSkipped(SKIP_INJECTED);
  else if (!text) {
    if (hasBinary) keepWords(ROW_PROMPT);
    else keepSkipped(SKIP_INJECTED);
  } else if (isOutput(textFrom, textTo)) keepOutput(SKIP_INJECTED);
  else if (isInjected(textFrom, textTo)) keepSkipped(SKIP_INJECTED);
  else keepWords(isCommand(textFrom, textTo) ? ROW_COMMAND : ROW_PROMPT);
}

function keepWords(kind: u32): void {
  const number = kind == ROW_MESSAGE ? notice(textFrom, textTo) : 0;
  const row = keep(kind);
  row.identity = nameIn(UUID);
  row.note = number;
}

/** What a message says of the end of something that ran in the background; note + 1, 0 if nothing. */
export function notice(from: usize, end: usize): u32 {
  if (!readNotice(from, end)) return 0;
  const number = addNote();
  const note = noteAt(number);
  note.name = noticeStatusEnd > noticeStatusStart ? internText(noticeStatusStart, noticeStatusEnd) : 0;
  note.first = hashText(noticeCallStart, noticeCallEnd);
  return number;
}

/** What a compaction left of the conversation: of interest if the compaction is. */
function keepSummary(): void {
  if (manner) {
    keepSkipped(SKIP_INJECTED);
    return;
  }
  const row = keep(ROW_SUMMARY);
  row.skipped = SKIP_INJECTED + 1;
}

function keepResults(): void {
  const agent = nameIn(RESULT_AGENT);
  const run = agent ? 0 : nameIn(RESULT_RUN);
  for (let i = firstPartOfRow(); i < parts.rows; i++) {
    const part = parts.at(i);
    if (part.kind != PART_RESULT) continue;
    part.detail = agent | run;
    if (agent && resultMember) part.flags |= PART_MEMBER;
    if (run) part.flags |= PART_RUN;
    if (run || resultAsync) part.flags |= PART_BEGUN;
    if (has(DENIAL) && part.flags & PART_FAILED && !(part.flags & (PART_REJECTED | PART_INTERRUPTED))) part.flags |= PART_DENIED;
  }
  let number: u32 = 0;
  if (has(RESULT_FILE) || resultSize >= 0) {
    number = addNote();
    const note = noteAt(number);
    note.name = nameIn(RESULT_FILE);
    note.first = resultSize;
  }
  keep(ROW_RESULTS).note = number;
}
