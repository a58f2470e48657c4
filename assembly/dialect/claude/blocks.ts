// The content blocks of a message: text, thinking, tool calls and their results, images.
// What the blocks mean for the session is decided by who reads the row.

import { addContent, addHashedText, addPart, addSpawn, spawnAt } from "../../session/builder";
import {
  FORM_JSON,
  FORM_TEXT,
  PART_BASE64,
  PART_BINARY,
  PART_CALL,
  PART_DENIED,
  PART_FAILED,
  PART_INTERRUPTED,
  PART_OTHER,
  PART_REASONING,
  PART_REDACTED,
  PART_REJECTED,
  PART_RESULT,
  PART_SPAWNS,
  PART_TEXT,
} from "../../session/record";
import { internText } from "../../json/names";
import { at, enter, key, mark, nextElement, nextMember, peek, readString, readTrue, resume, skip, textEnd, textStart } from "../../json/cursor";
import { isBlank } from "../../json/text";
import { findFirstText, firstTextEnd, firstTextStart } from "../../json/walk";
import * as KEY from "./keys";
import { isWord, saysDenied, saysInterrupted, saysRejected } from "./words";

/** The string at hand as a name; 0 for anything else. */
// @ts-ignore: decorator
@inline
export function internString(): u32 {
  return readString() ? internText(textStart, textEnd) : 0;
}

// Types of blocks: the first eight bytes of their names; the length tells the rest.
const TEXT: u64 = 0x74786574; // text
const THINKING: u64 = 0x676e696b6e696874; // thinking
const REDACTED_THINKING: u64 = 0x6465746361646572; // redacted_thinking
const TOOL_USE: u64 = 0x6573755f6c6f6f74; // tool_use
const IMAGE: u64 = 0x6567616d69; // image
const DOCUMENT: u64 = 0x746e656d75636f64; // document
const TOOL_RESULT: u64 = 0x7365725f6c6f6f74; // tool_result

// The block at hand: where its values stand.
let typeStart: usize = 0;
let typeEnd: usize = 0;

// @ts-ignore: decorator
@inline
function typeIs(head: u64, length: usize): bool {
  if (typeEnd - typeStart != length) return false;
  return (length >= 8 ? load<u64>(typeStart) : load<u64>(typeStart) & (((<u64>1) << (<u64>length << 3)) - 1)) == head;
}

/** Reads the block at hand. */
export function readBlock(): void {
  if (peek() != 0x7b) {
    skip();
    return;
  }
  typeStart = 0;
  typeEnd = 0;
  let wordsStart: usize = 0; // text
  let wordsEnd: usize = 0;
  let thoughtStart: usize = 0; // thinking
  let thoughtEnd: usize = 0;
  let inputStart: usize = 0;
  let inputEnd: usize = 0;
  let contentStart: usize = 0;
  let contentEnd: usize = 0;
  let nameStart: usize = 0;
  let nameEnd: usize = 0;
  let idStart: usize = 0;
  let idEnd: usize = 0;
  let answersStart: usize = 0; // the call that a result answers
  let answersEnd: usize = 0;
  let failed = false;
  let input: u64 = 0;
  let mediaSource: u64 = 0;
  enter();
  while (nextMember()) {
    if (key == KEY.TYPE) {
      readString();
      typeStart = textStart;
      typeEnd = textEnd;
    } else if (key == KEY.TEXT) {
      readString();
      wordsStart = textStart;
      wordsEnd = textEnd;
    } else if (key == KEY.THINKING) {
      readString();
      thoughtStart = textStart;
      thoughtEnd = textEnd;
    } else if (key == KEY.INPUT) {
      input = mark();
      peek();
      inputStart = at;
      skip();
      inputEnd = at;
    } else if (key == KEY.CONTENT) {
      peek();
      contentStart = at;
      skip();
      contentEnd = at;
    } else if (key == KEY.NAME) {
      readString();
      nameStart = textStart;
      nameEnd = textEnd;
    } else if (key == KEY.ID) {
      readString();
      idStart = textStart;
      idEnd = textEnd;
    } else if (key == KEY.TOOL_USE_ID) {
      readString();
      answersStart = textStart;
      answersEnd = textEnd;
    } else if (key == KEY.IS_ERROR) {
      failed = readTrue();
    } else if (key == KEY.SOURCE) {
      mediaSource = mark();
      skip();
    } else {
      skip();
    }
  }
  if (!typeStart) return;
  if (typeIs(TOOL_USE, 8)) {
    readCall(idStart, idEnd, nameStart, nameEnd, inputStart, inputEnd, input);
  } else if (typeIs(TOOL_RESULT, 11) && load<u32>(typeStart, 7) == 0x746c7573 /* sult */) {
    readResult(answersStart, answersEnd, contentStart, contentEnd, failed);
  } else if (typeIs(TEXT, 4)) {
    const part = addPart(PART_TEXT);
    if (!isBlank(wordsStart, wordsEnd)) part.content = addHashedText(wordsStart, wordsEnd);
  } else if (typeIs(THINKING, 8)) {
    const part = addPart(PART_REASONING);
    if (!isBlank(thoughtStart, thoughtEnd)) part.content = addHashedText(thoughtStart, thoughtEnd);
  } else if (typeIs(REDACTED_THINKING, 17) && isWord(typeStart, typeEnd, "redacted_thinking")) {
    addPart(PART_REDACTED);
  } else if (typeIs(IMAGE, 5) || typeIs(DOCUMENT, 8)) {
    readBinary(mediaSource);
  } else {
    addPart(PART_OTHER).name = internText(typeStart, typeEnd);
  }
}

function readCall(idStart: usize, idEnd: usize, nameStart: usize, nameEnd: usize, inputStart: usize, inputEnd: usize, input: u64): void {
  const part = addPart(PART_CALL);
  part.id = internText(idStart, idEnd);
  part.name = internText(nameStart, nameEnd);
  // Agent since 2.1.63, Task before
  const spawns = isWord(nameStart, nameEnd, "Agent") || isWord(nameStart, nameEnd, "Task");
  if (spawns) part.flags |= PART_SPAWNS;
  if (!inputStart) return;
  part.content = addContent(inputStart, inputEnd, FORM_JSON);
  if (spawns && load<u8>(inputStart) == 0x7b) part.detail = readSpawn(input);
}

/** What the call's arguments say of the agent. The cursor comes back to where it was. */
function readSpawn(input: u64): u32 {
  const back = mark();
  resume(input);
  const number = addSpawn();
  enter();
  while (nextMember()) {
    if (key == KEY.SUBAGENT_TYPE) spawnAt(number).type = internString();
    else if (key == KEY.NAME) spawnAt(number).name = internString();
    else if (key == KEY.DESCRIPTION) spawnAt(number).description = internString();
    else if (key == KEY.PROMPT) spawnAt(number).prompt = readString() && !isBlank(textStart, textEnd) ? addHashedText(textStart, textEnd) : 0;
    else skip();
  }
  resume(back);
  return number;
}

function readResult(idStart: usize, idEnd: usize, start: usize, end: usize, failed: bool): void {
  const part = addPart(PART_RESULT);
  part.id = internText(idStart, idEnd);
  const first = start ? <u32>load<u8>(start) : 0;
  const isText = first == 0x22;
  if (isText) {
    start++;
    end--;
  }
  if (failed) {
    part.flags |= PART_FAILED;
    const says = isText || (start != 0 && findFirstText(start, end));
    const from = isText ? start : firstTextStart;
    const to = isText ? end : firstTextEnd;
    if (says && saysRejected(from, to)) part.flags |= PART_REJECTED;
    else if (says && saysInterrupted(from, to)) part.flags |= PART_INTERRUPTED;
    else if (says && saysDenied(from, to)) part.flags |= PART_DENIED;
  }
  if (!start || first == 0x6e) return; // null is no result
  part.content = addContent(start, end, isText ? FORM_TEXT : FORM_JSON);
}

/** An image or a document: its media type, and where its base64 stands. Without a base64 source only its type is known. */
function readBinary(source: u64): void {
  const back = mark();
  const part = addPart(PART_BINARY);
  part.detail = internText(typeStart, typeEnd);
  if (!source) return;
  resume(source);
  let base64 = false;
  let media: u32 = 0;
  let dataStart: usize = 0;
  let dataEnd: usize = 0;
  if (peek() == 0x7b) {
    enter();
    while (nextMember()) {
      if (key == KEY.TYPE) base64 = readString() && isWord(textStart, textEnd, "base64");
      else if (key == KEY.MEDIA_TYPE) media = internString();
      else if (key == KEY.DATA) {
        if (readString()) {
          dataStart = textStart;
          dataEnd = textEnd;
        }
      } else skip();
    }
  }
  resume(back);
  if (!base64) return;
  part.flags |= PART_BASE64;
  part.name = media;
  if (dataStart) part.content = addContent(dataStart, dataEnd, FORM_TEXT);
}
