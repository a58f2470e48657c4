// GenAI messages as JSON text: what was asked, what was answered. The record's own JSON strings are copied as written,
// so a long answer is never decoded only to be encoded again.

import { stringIs } from "../bytes/strings";
import { responses } from "../session/model";
import {
  PART_BASE64,
  PART_BINARY,
  PART_CALL,
  PART_COPY,
  PART_REASONING,
  PART_REDACTED,
  PART_RESULT,
  PART_TEXT,
  Part,
  Row,
  parts,
  rows,
} from "../session/record";
import { addressOfContent, lengthOfContent } from "./content";
import * as sink from "./sink";
import { putContent, putFingerprint, putJson, putName } from "./values";

/** Does the part make a message part? Blank text and empty reasoning do not. */
// @ts-ignore: decorator
@inline
export function speaks(part: Part): bool {
  if (part.flags & PART_COPY) return false;
  return part.kind == PART_TEXT || part.kind == PART_REASONING ? part.content != 0 : true;
}

function putPart(part: Part): void {
  if (part.kind == PART_TEXT) {
    sink.literal('{"type":"text","content":');
    putContent(part.content);
  } else if (part.kind == PART_REASONING) {
    sink.literal('{"type":"reasoning","content":');
    putContent(part.content);
  } else if (part.kind == PART_REDACTED) {
    sink.literal('{"type":"reasoning","content":"[redacted]"');
  } else if (part.kind == PART_CALL) {
    sink.literal('{"type":"tool_call","id":');
    if (part.id) putName(part.shown ? part.shown : part.id);
    else sink.literal("null");
    sink.literal(',"name":');
    putName(part.name);
    sink.literal(',"arguments":');
    if (part.content) putJson(part.content);
    else sink.literal("null");
  } else if (part.kind == PART_BINARY) {
    sink.literal('{"type":');
    putName(part.detail);
    if (part.flags & PART_BASE64 && part.name) {
      sink.literal(',"mime_type":');
      putName(part.name);
    }
    if (part.content) putFingerprint(addressOfContent(part.content), lengthOfContent(part.content));
  } else if (part.kind == PART_RESULT) {
    sink.literal('{"type":"tool_result"');
  } else {
    sink.literal('{"type":');
    putName(part.name);
  }
  sink.literal("}");
}

/** The parts of a row, a comma before each but the first there is; answers whether the next wants one. */
function putParts(row: Row, textsOnly: bool, comma: bool): bool {
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    const part = parts.at(p);
    if (!speaks(part) || (textsOnly && part.kind != PART_TEXT)) continue;
    if (comma) sink.literal(",");
    comma = true;
    putPart(part);
  }
  return comma;
}

// --- what was asked

/** One user message for each row of a prompt. */
export function putPrompt(firstRow: u32): void {
  sink.literal("[");
  let first = true;
  let at = firstRow;
  while (at) {
    const row = rows.at(at - 1);
    if (!first) sink.literal(",");
    first = false;
    sink.literal('{"role":"user","parts":[');
    putParts(row, false, false);
    sink.literal("]}");
    at = row.next;
  }
  sink.literal("]");
}

/** One user message with a single text. */
export function putAsked(content: u32): void {
  sink.literal('[{"role":"user","parts":[{"type":"text","content":');
  putContent(content);
  sink.literal("}]}]");
}

// --- what was answered

/** The whole of a response, or only its texts. */
export function putResponse(index: u32, textsOnly: bool): void {
  const response = responses.at(index);
  sink.literal('[{"role":"assistant","parts":[');
  let comma = false;
  let at = response.row;
  while (at) {
    const row = rows.at(at - 1);
    comma = putParts(row, textsOnly, comma);
    at = row.next;
  }
  sink.literal('],"finish_reason":');
  putFinishReason(response.stop);
  sink.literal("}]");
}

/** Does a row, or one behind it, hold a part that is said, or a text? */
export function holds(first: u32, textsOnly: bool): bool {
  for (let at = first; at; at = rows.at(at - 1).next) {
    const row = rows.at(at - 1);
    for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
      const part = parts.at(p);
      if (speaks(part) && (!textsOnly || part.kind == PART_TEXT)) return true;
    }
  }
  return false;
}

function putFinishReason(stop: u32): void {
  if (!stop) sink.literal('"error"');
  else if (stringIs(stop, "end_turn") || stringIs(stop, "stop_sequence")) sink.literal('"stop"');
  else if (stringIs(stop, "tool_use") || stringIs(stop, "tool-calls")) sink.literal('"tool_call"');
  else if (stringIs(stop, "max_tokens")) sink.literal('"length"');
  else if (stringIs(stop, "refusal") || stringIs(stop, "content-filter")) sink.literal('"content_filter"');
  else putName(stop);
}
