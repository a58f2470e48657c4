// GenAI messages as JSON text: what was asked, what was answered. The record's own JSON strings are copied as written,
// so a long answer is never decoded only to be encoded again.

import { decodeBase64 } from "../bytes/base64";
import { writeDecimal, writeHex } from "../bytes/decimal";
import { allocate, release } from "../bytes/heap";
import { sha256 } from "../bytes/sha256";
import { stringIs, stringLength, stringPointer } from "../bytes/strings";
import { TEXT_SLACK, decodeText } from "../json/text";
import { endOfValue, nextPair, pairIs, pairValue, pairValueEnd, skipSpace } from "../json/walk";
import {
  FORM_TEXT,
  PART_BINARY,
  PART_CALL,
  PART_COPY,
  PART_OTHER,
  PART_REASONING,
  PART_REDACTED,
  PART_TEXT,
  Part,
  contents,
  parts,
  responses,
  rows,
} from "../session/model";
import { addressOfContent, lengthOfContent } from "./content";

const SMALL: usize = memory.data(64);
const DIGEST: usize = memory.data(32);

/** A string of the strings table as a JSON string, quotes included. */
export function putName<S>(sink: S, id: u32): void {
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
      sink.literal("\\u00");
      writeHex(from + i, 1, SMALL);
      sink.plain(SMALL, 2);
    }
  }
  sink.plain(from + start, length - start);
  sink.literal('"');
}

function putNumber<S>(sink: S, value: i64): void {
  sink.plain(SMALL, writeDecimal(value, SMALL) - SMALL);
}

function putContent<S>(sink: S, content: u32): void {
  sink.literal('"');
  sink.json(addressOfContent(content), lengthOfContent(content));
  sink.literal('"');
}

/** Does the part make a message part? Blank text and empty reasoning do not. */
// @ts-ignore: decorator
@inline
export function speaks(part: Part): bool {
  if (part.flags & PART_COPY) return false;
  return part.kind == PART_TEXT || part.kind == PART_REASONING ? part.content != 0 : true;
}

function putPart<S>(sink: S, part: Part): void {
  if (part.kind == PART_TEXT) {
    sink.literal('{"type":"text","content":');
    putContent<S>(sink, part.content);
  } else if (part.kind == PART_REASONING) {
    sink.literal('{"type":"reasoning","content":');
    putContent<S>(sink, part.content);
  } else if (part.kind == PART_REDACTED) {
    sink.literal('{"type":"reasoning","content":"[redacted]"');
  } else if (part.kind == PART_CALL) {
    sink.literal('{"type":"tool_call","id":');
    putName<S>(sink, part.id);
    sink.literal(',"name":');
    putName<S>(sink, part.name);
    if (part.content) {
      sink.literal(',"arguments":');
      sink.json(addressOfContent(part.content), lengthOfContent(part.content));
    }
  } else if (part.kind == PART_BINARY) {
    sink.literal('{"type":');
    putName<S>(sink, part.detail);
    if (part.name) {
      sink.literal(',"mime_type":');
      putName<S>(sink, part.name);
    }
    if (part.content) putFingerprint<S>(sink, addressOfContent(part.content), lengthOfContent(part.content));
  } else {
    sink.literal('{"type":');
    putName<S>(sink, part.name);
  }
  sink.literal("}");
}

/** Size and SHA-256 of base64 content, as members of the object at hand. */
function putFingerprint<S>(sink: S, from: usize, length: usize): void {
  const room = length + TEXT_SLACK;
  const text = allocate(room);
  const bytes = allocate(room);
  const size = decodeBase64(text, decodeText(from, length, text), bytes);
  sha256(bytes, size, DIGEST);
  release(text, room);
  release(bytes, room);
  sink.literal(',"byte_size":');
  putNumber<S>(sink, size);
  sink.literal(',"sha256":"');
  writeHex(DIGEST, 32, SMALL);
  sink.plain(SMALL, 64);
  sink.literal('"');
}

// --- what was asked

/** One user message for each row of a prompt. */
export function putPrompt<S>(sink: S, firstRow: u32): void {
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
      putPart<S>(sink, part);
    }
    sink.literal("]}");
    at = row.next;
  }
  sink.literal("]");
}

/** One user message with a single text. */
export function putAsked<S>(sink: S, content: u32): void {
  sink.literal('[{"role":"user","parts":[{"type":"text","content":');
  putContent<S>(sink, content);
  sink.literal("}]}]");
}

// --- what was answered

/** The whole of a response, or only its texts. */
export function putResponse<S>(sink: S, index: u32, textsOnly: bool): void {
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
      putPart<S>(sink, part);
    }
    at = row.next;
  }
  sink.literal('],"finish_reason":');
  putFinishReason<S>(sink, response.stop);
  sink.literal("}]");
}

/** Does a response hold text? */
export function hasText(index: u32): bool {
  let at = responses.at(index).row;
  while (at) {
    const row = rows.at(at - 1);
    for (let p = row.firstPart; p < row.firstPart + row.parts; p++) if (parts.at(p).kind == PART_TEXT && speaks(parts.at(p))) return true;
    at = row.next;
  }
  return false;
}

function putFinishReason<S>(sink: S, stop: u32): void {
  if (!stop) sink.literal('"error"');
  else if (stringIs(stop, "end_turn") || stringIs(stop, "stop_sequence")) sink.literal('"stop"');
  else if (stringIs(stop, "tool_use")) sink.literal('"tool_call"');
  else if (stringIs(stop, "max_tokens")) sink.literal('"length"');
  else if (stringIs(stop, "refusal")) sink.literal('"content_filter"');
  else putName<S>(sink, stop);
}

/** A call's result as an answer: a string, or the texts of a list. */
export function putResultAnswer<S>(sink: S, content: u32, failed: bool): void {
  sink.literal('[{"role":"assistant","parts":[');
  const from = addressOfContent(content);
  const end = from + lengthOfContent(content);
  if (contents.at(content - 1).form == FORM_TEXT) {
    sink.literal('{"type":"text","content":');
    putContent<S>(sink, content);
    sink.literal("}");
  } else if (load<u8>(from) == 0x5b) {
    let comma = false;
    let at = skipSpace(from + 1, end);
    while (at < end && load<u8>(at) != 0x5d) {
      const stop = endOfValue(at, end);
      if (findText(at, stop)) {
        if (comma) sink.literal(",");
        comma = true;
        sink.literal('{"type":"text","content":');
        sink.json(foundText, foundTextEnd - foundText);
        sink.literal("}");
      }
      at = nextInList(stop, end);
    }
  }
  sink.literal(failed ? '],"finish_reason":"error"}]' : '],"finish_reason":"stop"}]');
}

/** The text of a text block, its quotes included. */
let foundText: usize = 0;
let foundTextEnd: usize = 0;

function findText(at: usize, end: usize): bool {
  if (load<u8>(at) != 0x7b) return false;
  let isText = false;
  foundText = 0;
  let next = at + 1;
  while ((next = nextPair(next, end))) {
    if (pairIs("type")) isText = pairValueEnd - pairValue == 6 && load<u32>(pairValue + 1) == 0x74786574;
    else if (pairIs("text") && load<u8>(pairValue) == 0x22) {
      foundText = pairValue;
      foundTextEnd = pairValueEnd;
    }
  }
  return isText && foundText != 0;
}

// @ts-ignore: decorator
@inline
function nextInList(at: usize, end: usize): usize {
  at = skipSpace(at, end);
  return at < end && load<u8>(at) == 0x2c ? skipSpace(at + 1, end) : at;
}

/** First text of a result, without quotes, left in firstTextStart and firstTextEnd. */
export let firstTextStart: usize = 0;
export let firstTextEnd: usize = 0;

export function findFirstText(content: u32): bool {
  const from = addressOfContent(content);
  const end = from + lengthOfContent(content);
  if (contents.at(content - 1).form == FORM_TEXT) {
    firstTextStart = from;
    firstTextEnd = end;
    return true;
  }
  if (load<u8>(from) != 0x5b) return false;
  let at = skipSpace(from + 1, end);
  while (at < end && load<u8>(at) != 0x5d) {
    const stop = endOfValue(at, end);
    if (findText(at, stop)) {
      firstTextStart = foundText + 1;
      firstTextEnd = foundTextEnd - 1;
      return true;
    }
    at = nextInList(stop, end);
  }
  return false;
}

/** A result as the model saw it: a string decoded; a list as JSON, with size and fingerprint in the place of binary content. */
export function putResult<S>(sink: S, content: u32): void {
  const from = addressOfContent(content);
  const end = from + lengthOfContent(content);
  if (contents.at(content - 1).form == FORM_TEXT) {
    sink.text(from, end - from);
    return;
  }
  if (load<u8>(from) != 0x5b) {
    sink.json(from, end - from);
    return;
  }
  let copied = from;
  let at = skipSpace(from + 1, end);
  while (at < end && load<u8>(at) != 0x5d) {
    const stop = endOfValue(at, end);
    if (findBinary(at, stop)) {
      sink.json(copied, at - copied);
      putBinaryBlock<S>(sink);
      copied = stop;
    }
    at = nextInList(stop, end);
  }
  sink.json(copied, end - copied);
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
      blockType = pairValue;
      blockTypeEnd = pairValueEnd;
    } else if (pairIs("source") && load<u8>(pairValue) == 0x7b) {
      source = pairValue;
      sourceEnd = pairValueEnd;
    }
  }
  if (!source) return false;
  let base64 = false;
  blockMedia = 0;
  blockMediaEnd = 0;
  blockData = 0;
  next = source + 1;
  while ((next = nextPair(next, sourceEnd))) {
    if (pairIs("type")) base64 = pairValueEnd - pairValue == 8 && load<u32>(pairValue + 1) == 0x65736162; // base
    else if (pairIs("media_type")) {
      blockMedia = pairValue;
      blockMediaEnd = pairValueEnd;
    } else if (pairIs("data") && load<u8>(pairValue) == 0x22) {
      blockData = pairValue + 1;
      blockDataEnd = pairValueEnd - 1;
    }
  }
  return base64 && blockData != 0;
}

function putBinaryBlock<S>(sink: S): void {
  sink.literal('{"type":');
  if (blockType) sink.json(blockType, blockTypeEnd - blockType);
  else sink.literal("null");
  sink.literal(',"source":{"type":"base64"');
  if (blockMedia) {
    sink.literal(',"media_type":');
    sink.json(blockMedia, blockMediaEnd - blockMedia);
  }
  putFingerprint<S>(sink, blockData, blockDataEnd - blockData);
  sink.literal("}}");
}
