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
import { enter, key, mark, nextMember, peek, readString, readTrue, resume, skip, textEnd, textStart } from "../../json/cursor";
import { headOf } from "../../json/keys";
import { NO_PLACE, clearSlices, endOf, lengthOf, nameIn, startOf, take, takeValue } from "../../json/slices";
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

// The strings of the block at hand, as places of json/slices.ts: in the order of their names in keys.ts, then its type.
const WORDS: usize = NO_PLACE + 1;
const THOUGHT: usize = NO_PLACE + 2;
const NAME: usize = NO_PLACE + 3;
const ID: usize = NO_PLACE + 4;
/** The call that a result answers. */
const ANSWERED: usize = NO_PLACE + 5;
const TYPE: usize = NO_PLACE + 6;
// And its values, as written.
const INPUT: usize = NO_PLACE + 7;
const CONTENT: usize = NO_PLACE + 8;

// @ts-ignore: decorator
@inline
function typeIs(head: u64, length: usize): bool {
  return lengthOf(TYPE) == length && headOf(startOf(TYPE), length) == head;
}

/** Reads the block at hand. */
export function readBlock(): void {
  if (peek() != 0x7b) {
    skip();
    return;
  }
  clearSlices(WORDS, CONTENT + 1);
  let failed = false;
  let input: u64 = 0;
  let mediaSource: u64 = 0;
  enter();
  while (nextMember()) {
    if (key - KEY.TEXT <= KEY.TOOL_USE_ID - KEY.TEXT) take(WORDS + (key - KEY.TEXT));
    else if (key == KEY.TYPE) take(TYPE);
    else if (key == KEY.INPUT) {
      input = mark();
      takeValue(INPUT);
    } else if (key == KEY.CONTENT) takeValue(CONTENT);
    else if (key == KEY.IS_ERROR) failed = readTrue();
    else if (key == KEY.SOURCE) {
      mediaSource = mark();
      skip();
    } else skip();
  }
  if (!startOf(TYPE)) return;
  if (typeIs(TOOL_USE, 8)) readCall(input);
  else if (typeIs(TOOL_RESULT, 11) && load<u32>(startOf(TYPE), 7) == 0x746c7573 /* sult */) readResult(failed);
  else if (typeIs(TEXT, 4)) addWords(PART_TEXT, WORDS);
  else if (typeIs(THINKING, 8)) addWords(PART_REASONING, THOUGHT);
  else if (typeIs(REDACTED_THINKING, 17) && isWord(startOf(TYPE), endOf(TYPE), "redacted_thinking")) addPart(PART_REDACTED);
  else if (typeIs(IMAGE, 5) || typeIs(DOCUMENT, 8)) readBinary(mediaSource);
  else addPart(PART_OTHER).name = nameIn(TYPE);
}

function addWords(kind: u32, slice: usize): void {
  const part = addPart(kind);
  if (!isBlank(startOf(slice), endOf(slice))) part.content = addHashedText(startOf(slice), endOf(slice));
}

function readCall(input: u64): void {
  const part = addPart(PART_CALL);
  part.id = nameIn(ID);
  part.name = nameIn(NAME);
  // Agent since 2.1.63, Task before
  const spawns = isWord(startOf(NAME), endOf(NAME), "Agent") || isWord(startOf(NAME), endOf(NAME), "Task");
  if (spawns) part.flags |= PART_SPAWNS;
  if (!input) return;
  part.content = addContent(startOf(INPUT), endOf(INPUT), FORM_JSON);
  if (spawns && load<u8>(startOf(INPUT)) == 0x7b) part.detail = readSpawn(input);
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
    else if (key == KEY.PROMPT) spawnAt(number).prompt = readString() && !isBlank(textStart, textEnd) ? addHashedText(textStart, textEnd) : 0;
    else skip();
  }
  resume(back);
  return number;
}

function readResult(failed: bool): void {
  const part = addPart(PART_RESULT);
  part.id = nameIn(ANSWERED);
  let start = startOf(CONTENT);
  let end = endOf(CONTENT);
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
  part.detail = nameIn(TYPE);
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
