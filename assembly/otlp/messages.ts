// GenAI messages as JSON text: what was asked, what was answered. The record's own JSON strings are copied as written,
// so a long answer is never decoded only to be encoded again.

import { decodeBase64 } from "../bytes/base64";
import { writeDecimal, writeHex } from "../bytes/decimal";
import { allocate, release } from "../bytes/heap";
import { sha256 } from "../bytes/sha256";
import { stringIs, stringLength, stringPointer } from "../bytes/strings";
import { TEXT_SLACK, decodeText, isBlank } from "../json/text";
import {
  endOfString,
  endOfValue,
  findFirstText,
  firstInList,
  firstTextEnd,
  firstTextStart,
  inList,
  nextInList,
  nextPair,
  pairIs,
  pairValue,
  pairValueEnd,
  setFirstText,
  textOfBlock,
} from "../json/walk";
import {
  FORM_LOOSE,
  FORM_TEXT,
  PART_BASE64,
  PART_BINARY,
  PART_CALL,
  PART_COPY,
  PART_REASONING,
  PART_REDACTED,
  PART_RESULT,
  PART_TEXT,
  Part,
  contents,
  parts,
  responses,
  rows,
} from "../session/model";
import { addressOfContent, lengthOfContent } from "./content";
import * as sink from "./sink";

const SMALL: usize = memory.data(64);
const DIGEST: usize = memory.data(32);

/** A string of the strings table as a JSON string, quotes included. */
export function putName(id: u32): void {
  sink.literal('"');
  const from = stringPointer(id);
  const length = <usize>stringLength(id);
  let start: usize = 0;
  for (let i: usize = 0; i < length; i++) {
    const c = load<u8>(from + i);
    if (c >= 0x20 && c != 0x22 && c != 0x5c) continue;
    sink.plain(from + start, i - start);
    start = i + 1;
    if (c >= 0x20) {
      store<u8>(SMALL, 0x5c);
      store<u8>(SMALL, c, 1);
      sink.plain(SMALL, 2);
    } else {
      sink.literal("\\");
      sink.plain(SMALL, writeControl(from + i));
    }
  }
  sink.plain(from + start, length - start);
  sink.literal('"');
}

/** Writes what stands behind the backslash of an escaped control character to SMALL; answers its length. */
function writeControl(at: usize): usize {
  const c = load<u8>(at);
  const short: u8 = c == 0x0a ? 0x6e : c == 0x09 ? 0x74 : c == 0x0d ? 0x72 : c == 0x08 ? 0x62 : c == 0x0c ? 0x66 : 0;
  if (short) {
    store<u8>(SMALL, short);
    return 1;
  }
  store<u8>(SMALL, 0x75);
  store<u16>(SMALL + 1, 0x3030);
  writeHex(at, 1, SMALL + 3);
  return 5;
}

function putNumber(value: i64): void {
  sink.plain(SMALL, writeDecimal(value, SMALL) - SMALL);
}

function putContent(content: u32): void {
  sink.literal('"');
  for (let at = content; at; at = contents.at(at - 1).next) sink.json(addressOfContent(at), lengthOfContent(at));
  sink.literal('"');
}

/** A JSON value of the record, as it was written; of one that may be spread over lines, and over the data of several, what counts. */
export function putJson(content: u32): void {
  const from = addressOfContent(content);
  const end = from + lengthOfContent(content);
  if (contents.at(content - 1).form != FORM_LOOSE) sink.json(from, end - from);
  else putLoose(from, end);
}

function putLoose(from: usize, end: usize): void {
  let at = from;
  while (at < end) {
    const c = load<u8>(at);
    if (c == 0x22) at = endOfString(at, end);
    else if (c > 0x20) at++;
    else {
      sink.json(from, at - from);
      let line = false;
      while (at < end && load<u8>(at) <= 0x20) line = load<u8>(at++) == 0x0a || line;
      // a line of data within a frame
      if (line && at + 5 <= end && load<u32>(at) == 0x61746164 && load<u8>(at, 4) == 0x3a) at += 5;
      from = at;
    }
  }
  sink.json(from, end - from);
}

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

/** Size and SHA-256 of base64 content, as members of the object at hand; nothing if it is no base64. */
function putFingerprint(from: usize, length: usize): void {
  const room = length + TEXT_SLACK;
  const text = allocate(room);
  const bytes = allocate(room);
  const size = decodeBase64(text, decodeText(from, length, text), bytes);
  if (size >= 0) sha256(bytes, size, DIGEST);
  release(text, room);
  release(bytes, room);
  if (size < 0) return;
  sink.literal(',"byte_size":');
  putNumber(size);
  sink.literal(',"sha256":"');
  writeHex(DIGEST, 32, SMALL);
  sink.plain(SMALL, 64);
  sink.literal('"');
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
    let comma = false;
    for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
      const part = parts.at(p);
      if (!speaks(part)) continue;
      if (comma) sink.literal(",");
      comma = true;
      putPart(part);
    }
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
    for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
      const part = parts.at(p);
      if (!speaks(part) || (textsOnly && part.kind != PART_TEXT)) continue;
      if (comma) sink.literal(",");
      comma = true;
      putPart(part);
    }
    at = row.next;
  }
  sink.literal('],"finish_reason":');
  putFinishReason(response.stop);
  sink.literal("}]");
}

/** Does a row, or one behind it, hold text? */
export function hasText(first: u32): bool {
  for (let at = first; at; at = rows.at(at - 1).next) {
    const row = rows.at(at - 1);
    for (let p = row.firstPart; p < row.firstPart + row.parts; p++) if (parts.at(p).kind == PART_TEXT && speaks(parts.at(p))) return true;
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

/** A call's result as an answer: a string, or the texts of a list. */
export function putResultAnswer(content: u32, failed: bool): void {
  sink.literal('[{"role":"assistant","parts":[');
  const from = addressOfContent(content);
  const end = from + lengthOfContent(content);
  if (contents.at(content - 1).form == FORM_TEXT) {
    sink.literal('{"type":"text","content":');
    putContent(content);
    sink.literal("}");
  } else if (load<u8>(from) == 0x5b) {
    let comma = false;
    let at = firstInList(from, end);
    while (inList(at, end)) {
      const stop = endOfValue(at, end);
      if (textOfBlock(at, stop) && !isBlank(firstTextStart, firstTextEnd)) {
        if (comma) sink.literal(",");
        comma = true;
        sink.literal('{"type":"text","content":');
        sink.json(firstTextStart - 1, firstTextEnd + 1 - (firstTextStart - 1));
        sink.literal("}");
      }
      at = nextInList(stop, end);
    }
  }
  sink.literal(failed ? '],"finish_reason":"error"}]' : '],"finish_reason":"stop"}]');
}

/** Does a result hold any text that is not blank? */
export function saysSomething(content: u32): bool {
  const from = addressOfContent(content);
  const end = from + lengthOfContent(content);
  if (contents.at(content - 1).form == FORM_TEXT) return !isBlank(from, end);
  if (load<u8>(from) != 0x5b) return false;
  let at = firstInList(from, end);
  while (inList(at, end)) {
    const stop = endOfValue(at, end);
    if (textOfBlock(at, stop) && !isBlank(firstTextStart, firstTextEnd)) return true;
    at = nextInList(stop, end);
  }
  return false;
}

/** Finds what a result says, a string or its first text block: firstTextStart and firstTextEnd. */
export function findSaying(content: u32): bool {
  const from = addressOfContent(content);
  const end = from + lengthOfContent(content);
  if (contents.at(content - 1).form != FORM_TEXT) return findFirstText(from, end);
  setFirstText(from, end);
  return true;
}

/** A result as the model saw it: a string decoded; a list as JSON, with size and fingerprint in the place of binary content. */
export function putResult(content: u32): void {
  const from = addressOfContent(content);
  const end = from + lengthOfContent(content);
  if (contents.at(content - 1).form == FORM_TEXT) {
    sink.text(from, end - from);
    return;
  }
  if (contents.at(content - 1).form == FORM_LOOSE) {
    putLoose(from, end);
    return;
  }
  if (load<u8>(from) != 0x5b) {
    sink.json(from, end - from);
    return;
  }
  sink.literal("[");
  let at = firstInList(from, end);
  let comma = false;
  while (inList(at, end)) {
    const stop = endOfValue(at, end);
    if (comma) sink.literal(",");
    comma = true;
    if (findBinary(at, stop)) putBinaryBlock();
    else sink.json(at, stop - at);
    at = nextInList(stop, end);
  }
  sink.literal("]");
}

// The binary block that findBinary() found: values with their quotes.
let blockType: usize = 0;
let blockTypeEnd: usize = 0;
let blockMedia: usize = 0;
let blockMediaEnd: usize = 0;
let blockData: usize = 0;
let blockDataEnd: usize = 0;

function findBinary(at: usize, end: usize): bool {
  if (load<u8>(at) != 0x7b) return false;
  let source: usize = 0;
  let sourceEnd: usize = 0;
  blockType = 0;
  blockTypeEnd = 0;
  let next = at + 1;
  while ((next = nextPair(next, end))) {
    if (pairIs("type")) {
      blockType = load<u8>(pairValue) == 0x22 ? pairValue : 0;
      blockTypeEnd = pairValueEnd;
    } else if (pairIs("source") && load<u8>(pairValue) == 0x7b) {
      source = pairValue;
      sourceEnd = pairValueEnd;
    }
  }
  if (!source || !blockType) return false;
  let base64 = false;
  blockMedia = 0;
  blockMediaEnd = 0;
  blockData = 0;
  next = source + 1;
  while ((next = nextPair(next, sourceEnd))) {
    if (pairIs("type")) base64 = pairValueEnd - pairValue == 8 && load<u64>(pairValue) == 0x2234366573616222; // "base64"
    else if (pairIs("media_type")) {
      blockMedia = load<u8>(pairValue) == 0x22 ? pairValue : 0;
      blockMediaEnd = pairValueEnd;
    } else if (pairIs("data") && load<u8>(pairValue) == 0x22) {
      blockData = pairValue + 1;
      blockDataEnd = pairValueEnd - 1;
    }
  }
  return base64;
}

function putBinaryBlock(): void {
  sink.literal('{"type":');
  sink.json(blockType, blockTypeEnd - blockType);
  sink.literal(',"source":{"type":"base64"');
  if (blockMedia) {
    sink.literal(',"media_type":');
    sink.json(blockMedia, blockMediaEnd - blockMedia);
  }
  if (blockData) putFingerprint(blockData, blockDataEnd - blockData);
  sink.literal("}}");
}
