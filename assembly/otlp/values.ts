// JSON values inside of messages: names, content of the record as it was written, and what stands for binary content.

import { decodeBase64 } from "../bytes/base64";
import { writeDecimal, writeHex } from "../bytes/decimal";
import { allocate, release } from "../bytes/heap";
import { sha256 } from "../bytes/sha256";
import { stringLength, stringPointer } from "../bytes/strings";
import { escapeText, roomForEscaped } from "../json/escape";
import { decodeText } from "../json/text";
import { endOfString } from "../json/walk";
import { FORM_LOOSE, contents } from "../session/record";
import { addressOfContent, lengthOfContent } from "./content";
import * as sink from "./sink";

const SMALL: usize = memory.data(64);
const DIGEST: usize = memory.data(32);

/** A string of the strings table as a JSON string, quotes included. */
export function putName(id: u32): void {
  sink.literal('"');
  const from = stringPointer(id);
  const length = <usize>stringLength(id);
  const room = roomForEscaped(length);
  const text = allocate(room);
  sink.plain(text, escapeText(from, from + length, text) - text);
  release(text, room);
  sink.literal('"');
}

function putNumber(value: i64): void {
  sink.plain(SMALL, writeDecimal(value, SMALL) - SMALL);
}

export function putContent(content: u32): void {
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

export function putLoose(from: usize, end: usize): void {
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

/** Size and SHA-256 of base64 content, as members of the object at hand; nothing if it is no base64. */
export function putFingerprint(from: usize, length: usize): void {
  const room = length + 16;
  const bytes = allocate(room);
  let size = decodeBase64(from, length, bytes);
  // hardly ever anything is escaped: the text is decoded only if it is no base64 as it stands
  if (size < 0) size = decodeBase64(bytes, decodeText(from, length, bytes), bytes);
  if (size >= 0) sha256(bytes, size, DIGEST);
  release(bytes, room);
  if (size < 0) return;
  sink.literal(',"byte_size":');
  putNumber(size);
  sink.literal(',"sha256":"');
  writeHex(DIGEST, 32, SMALL);
  sink.plain(SMALL, 64);
  sink.literal('"');
}
