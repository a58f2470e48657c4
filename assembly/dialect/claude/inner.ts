// Objects inside a row that matter for rows of a few types only: what is attached, the data of progress, and what a hook was
// told. They are passed over while the row is read, and looked into afterwards, by rows that have them.

import { enter, key, mark, nextMember, peek, readCount, resume, skip } from "../../json/cursor";
import { clearSlices, take } from "../../json/slices";
import { beginMessage, readContent } from "./message";
import { COUNT, attachment, data, payload } from "./fields";
import * as KEY from "./keys";

// Strings, as places of json/slices.ts, behind those of the row.
export const KIND: usize = COUNT;
export const MODE: usize = COUNT + 1;
export const EVENT: usize = COUNT + 2;
export const HOOK: usize = COUNT + 3;
/** The call that an attachment is about, or that a hook was told of. */
export const ABOUT: usize = COUNT + 4;
export const INNER_AGENT: usize = COUNT + 5;
// Of what a hook was told.
export const TOOL: usize = COUNT + 6;
export const STARTED_BY: usize = COUNT + 7;
export const TITLE: usize = COUNT + 8;
export const MESSAGE: usize = COUNT + 9;
export const REASON: usize = COUNT + 10;
export const INSTRUCTIONS: usize = COUNT + 11;
const END: usize = COUNT + 12;

/** Counts, -1 if not recorded. */
export let exitCode: i64 = -1;
export let duration: i64 = -1;
/** Where the prompt of a queued command, or the row inside progress, is to be read; 0 if there is none. */
let prompt: u64 = 0;
export let innerRow: u64 = 0;

function clear(): void {
  clearSlices(COUNT, END);
  exitCode = -1;
  duration = -1;
  prompt = 0;
  innerRow = 0;
}

/** Reads the attachment of the row; false if it has none. */
export function readAttachment(): bool {
  clear();
  if (!attachment) return false;
  resume(attachment);
  enter();
  while (nextMember()) {
    if (key == KEY.TYPE) take(KIND);
    else if (key == KEY.HOOK_EVENT) take(EVENT);
    else if (key == KEY.HOOK_NAME) take(HOOK);
    else if (key == KEY.UPPER_TOOL_USE_ID) take(ABOUT);
    else if (key == KEY.COMMAND_MODE) take(MODE);
    else if (key == KEY.EXIT_CODE) exitCode = readCount();
    else if (key == KEY.DURATION_MS) duration = readCount();
    else if (key == KEY.PROMPT) {
      prompt = mark();
      skip();
    } else skip();
  }
  return true;
}

/** Takes the prompt of the attachment as the content of the row's message. */
export function readPrompt(): void {
  beginMessage();
  if (!prompt) return;
  resume(prompt);
  readContent();
}

/** Reads the data of the row's progress; false if it has none. */
export function readProgress(): bool {
  clear();
  if (!data) return false;
  resume(data);
  enter();
  while (nextMember()) {
    if (key == KEY.TYPE) take(KIND);
    else if (key == KEY.HOOK_EVENT) take(EVENT);
    else if (key == KEY.HOOK_NAME) take(HOOK);
    else if (key == KEY.AGENT_ID) take(INNER_AGENT);
    else if (key == KEY.MESSAGE && peek() == 0x7b) {
      innerRow = mark();
      skip();
    } else skip();
  }
  return true;
}

/** Reads what a hook was told; false if the row does not say. */
export function readPayload(): bool {
  clear();
  if (!payload) return false;
  resume(payload);
  enter();
  while (nextMember()) {
    if (key == KEY.TOOL_NAME) take(TOOL);
    else if (key == KEY.TOOL_USE_ID) take(ABOUT);
    else if (key == KEY.SNAKE_AGENT_ID) take(INNER_AGENT);
    else if (key == KEY.PERMISSION_MODE) take(MODE);
    else if (key == KEY.NOTIFICATION_TYPE) take(KIND);
    else if (key == KEY.TRIGGER) take(STARTED_BY);
    else if (key == KEY.TITLE) take(TITLE);
    else if (key == KEY.MESSAGE) take(MESSAGE);
    else if (key == KEY.REASON) take(REASON);
    else if (key == KEY.CUSTOM_INSTRUCTIONS) take(INSTRUCTIONS);
    else skip();
  }
  return true;
}
