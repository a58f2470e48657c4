// A message: its id and model, its content, its stop reason and usage.

import { addHashedText, addPart, addUsage, forgetParts, usageAt } from "../../session/builder";
import { PART_TEXT } from "../../session/record";
import { internAgain } from "../../json/names";
import { enter, nextElement, nextMember, peek, readCount, readString, skip, textEnd, textStart } from "../../json/cursor";
import { isBlank } from "../../json/text";
import { internString, readBlock } from "./blocks";
import {
  isCacheCreation,
  isCacheCreationInputTokens,
  isCacheReadInputTokens,
  isContent,
  isEphemeral1hInputTokens,
  isEphemeral5mInputTokens,
  isId,
  isInputTokens,
  isModel,
  isOutputTokens,
  isOutputTokensDetails,
  isStopReason,
  isThinkingTokens,
  isUsage,
} from "./keys";

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

/** Model of the message before. */
let lastModel: u32 = 0;

/** Forgets it: strings have new numbers. */
export function clearMessages(): void {
  lastModel = 0;
}

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
    if (isContent()) readContent();
    else if (isId()) messageId = internString();
    else if (isModel()) messageModel = lastModel = readString() ? internAgain(lastModel, textStart, textEnd) : 0;
    else if (isStopReason()) messageStop = internString();
    else if (isUsage()) readUsage();
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

function readUsage(): void {
  if (peek() != 0x7b) {
    skip();
    return;
  }
  let uncached: i64 = -1;
  let output: i64 = -1;
  let cacheRead: i64 = -1;
  let cacheWrite: i64 = -1;
  let shortWrite: i64 = 0;
  let longWrite: i64 = 0;
  let reasoning: i64 = -1;
  enter();
  while (nextMember()) {
    if (isInputTokens()) uncached = readCount();
    else if (isOutputTokens()) output = readCount();
    else if (isCacheReadInputTokens()) cacheRead = readCount();
    else if (isCacheCreationInputTokens()) cacheWrite = readCount();
    else if (isCacheCreation() && peek() == 0x7b) {
      enter();
      while (nextMember()) {
        if (isEphemeral5mInputTokens()) shortWrite = max<i64>(readCount(), 0);
        else if (isEphemeral1hInputTokens()) longWrite = max<i64>(readCount(), 0);
        else skip();
      }
    } else if (isOutputTokensDetails() && peek() == 0x7b) {
      enter();
      while (nextMember()) {
        if (isThinkingTokens()) reasoning = readCount();
        else skip();
      }
    } else skip();
  }
  // some versions wrote the breakdown and a total of zero
  if (shortWrite + longWrite > 0) cacheWrite = max(cacheWrite, shortWrite + longWrite);
  if (!messageUsage) messageUsage = addUsage();
  const usage = usageAt(messageUsage);
  usage.uncached = uncached;
  usage.output = output;
  usage.cacheRead = cacheRead;
  usage.cacheWrite = cacheWrite;
  usage.reasoning = reasoning;
}
