// A message: its id and model, its content, its stop reason and usage.

import { addHashedText, addPart, addUsage, forgetParts, usageAt } from "../../session/builder";
import { PART_TEXT } from "../../session/record";
import { STRETCH_BYTES, beginStretch, endStretch, followStretch, readNumber, skipOther } from "../../json/again";
import { enter, key, nextElement, nextMember, peek, readString, skip, textEnd, textStart } from "../../json/cursor";
import { isBlank } from "../../json/text";
import { internString, readBlock } from "./blocks";
import * as KEY from "./keys";

/** Message id, model, stop reason: strings, 0 for none. */
export let messageId: u32 = 0;
export let messageModel: u32 = 0;
export let messageStop: u32 = 0;
/** Usage + 1. */
export let messageUsage: u32 = 0;
/** The message was there, an object. */
export let hasMessage: bool = false;
/** Its content was a string, not a list. */
export let contentIsString: bool = false;

export function clearMessage(): void {
  messageId = 0;
  messageModel = 0;
  messageStop = 0;
  messageUsage = 0;
  hasMessage = false;
  contentIsString = false;
}

/** Reads the message at hand. */
export function readMessage(): void {
  if (peek() != 0x7b) {
    skip();
    return;
  }
  hasMessage = true;
  enter();
  while (nextMember()) {
    if (key == KEY.CONTENT) readContent();
    else if (key == KEY.ID) messageId = internString();
    else if (key == KEY.MODEL) messageModel = internString();
    else if (key == KEY.STOP_REASON) messageStop = internString();
    else if (key == KEY.USAGE) readUsage();
    else skip();
  }
}

/** A message that says nothing yet. */
export function beginMessage(): void {
  clearMessage();
  forgetParts();
  hasMessage = true;
}

/** Reads the content at hand. */
export function readContent(): void {
  // of two members with one name the last counts
  forgetParts();
  contentIsString = false;
  if (peek() == 0x22) {
    if (!readString()) return;
    contentIsString = true;
    const part = addPart(PART_TEXT);
    if (!isBlank(textStart, textEnd)) part.content = addHashedText(textStart, textEnd);
  } else if (peek() == 0x5b) {
    enter();
    while (nextElement()) readBlock();
  } else {
    skip();
  }
}

// The counts of a usage: places of COUNTS.
const UNCACHED: u32 = 0;
const OUTPUT: u32 = 1;
const CACHE_READ: u32 = 2;
const CACHE_WRITE: u32 = 3;
const SHORT_WRITE: u32 = 4;
const LONG_WRITE: u32 = 5;
const REASONING: u32 = 6;
const COUNTS: usize = memory.data(7 * 8, 8);
/** The usage before. */
const LAST: usize = memory.data(STRETCH_BYTES, 8);

// @ts-ignore: decorator
@inline
function countOf(place: u32): i64 {
  return load<i64>(COUNTS + (place << 3));
}

function clearUsage(): void {
  for (let place = UNCACHED; place <= REASONING; place++) store<i64>(COUNTS + (place << 3), -1);
}

function readUsage(): void {
  if (peek() != 0x7b) {
    skip();
    return;
  }
  clearUsage();
  if (!followStretch(LAST, COUNTS)) {
    clearUsage();
    beginStretch(LAST);
    readCounts(KEY.INPUT_TOKENS, KEY.CACHE_CREATION_INPUT_TOKENS);
    endStretch();
  }
  if (!messageUsage) messageUsage = addUsage();
  const usage = usageAt(messageUsage);
  usage.uncached = countOf(UNCACHED);
  usage.output = countOf(OUTPUT);
  usage.cacheRead = countOf(CACHE_READ);
  // some versions wrote the breakdown and a total of zero
  const writes = max<i64>(countOf(SHORT_WRITE), 0) + max<i64>(countOf(LONG_WRITE), 0);
  usage.cacheWrite = writes > 0 ? max(countOf(CACHE_WRITE), writes) : countOf(CACHE_WRITE);
  usage.reasoning = countOf(REASONING);
}

/** Reads the counts of the object at hand whose keys are `first` to `last`, and those of the objects in it. */
function readCounts(first: u32, last: u32): void {
  enter();
  while (nextMember()) {
    if (key >= first && key <= last) readNumber(COUNTS, key - KEY.INPUT_TOKENS);
    else if (key == KEY.ITERATIONS) skipOther();
    else if (first != KEY.INPUT_TOKENS || peek() != 0x7b) skip();
    else if (key == KEY.CACHE_CREATION) readCounts(KEY.SHORT_WRITE, KEY.LONG_WRITE);
    else if (key == KEY.OUTPUT_TOKENS_DETAILS) readCounts(KEY.THINKING_TOKENS, KEY.THINKING_TOKENS);
    else skip();
  }
}
