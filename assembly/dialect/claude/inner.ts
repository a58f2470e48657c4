// Objects inside a row that matter for rows of a few types only: what is attached, the data of progress, and what a hook was
// told. They are passed over while the row is read, and looked into afterwards, by rows that have them.

import { enter, mark, nextMember, peek, readCount, readString, resume, skip, textEnd, textStart } from "../../json/cursor";
import { beginMessage, readContent } from "./message";
import { attachment, data, payload } from "./fields";
import {
  isAgentId,
  isCommandMode,
  isCustomInstructions,
  isDurationMs,
  isExitCode,
  isHookEvent,
  isHookName,
  isMessage,
  isNotificationType,
  isPermissionMode,
  isPrompt,
  isReason,
  isSnakeAgentId,
  isTitle,
  isToolName,
  isToolUseId,
  isTrigger,
  isType,
  isUpperToolUseId,
} from "./keys";

// Strings, as places in SLICES.
export const KIND: usize = 0;
export const MODE: usize = 1;
export const EVENT: usize = 2;
export const HOOK: usize = 3;
/** The call that an attachment is about, or that a hook was told of. */
export const ABOUT: usize = 4;
export const INNER_AGENT: usize = 5;
// Of what a hook was told.
export const TOOL: usize = 6;
export const STARTED_BY: usize = 7;
export const TITLE: usize = 8;
export const MESSAGE: usize = 9;
export const REASON: usize = 10;
export const INSTRUCTIONS: usize = 11;
const COUNT: i32 = 12;

/** Inside of each string: u32 address of its first byte, u32 of the one behind its last; zeros if it is not there. */
const SLICES: usize = memory.data(COUNT * 8, 16);

/** Counts, -1 if not recorded. */
export let exitCode: i64 = -1;
export let duration: i64 = -1;
/** Where the prompt of a queued command, or the row inside progress, is to be read; 0 if there is none. */
let prompt: u64 = 0;
export let innerRow: u64 = 0;

// @ts-ignore: decorator
@inline
export function innerStart(slice: usize): usize {
  return load<u32>(SLICES + (slice << 3));
}

// @ts-ignore: decorator
@inline
export function innerEnd(slice: usize): usize {
  return load<u32>(SLICES + (slice << 3), 4);
}

function clear(): void {
  for (let at: usize = 0; at < <usize>COUNT * 8; at += 8) store<u64>(SLICES + at, 0);
  exitCode = -1;
  duration = -1;
  prompt = 0;
  innerRow = 0;
}

function take(slice: usize): void {
  readString();
  store<u32>(SLICES + (slice << 3), <u32>textStart);
  store<u32>(SLICES + (slice << 3), <u32>textEnd, 4);
}

/** Reads the attachment of the row; false if it has none. */
export function readAttachment(): bool {
  clear();
  if (!attachment) return false;
  resume(attachment);
  enter();
  while (nextMember()) {
    if (isType()) take(KIND);
    else if (isHookEvent()) take(EVENT);
    else if (isHookName()) take(HOOK);
    else if (isUpperToolUseId()) take(ABOUT);
    else if (isCommandMode()) take(MODE);
    else if (isExitCode()) exitCode = readCount();
    else if (isDurationMs()) duration = readCount();
    else if (isPrompt()) {
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
    if (isType()) take(KIND);
    else if (isHookEvent()) take(EVENT);
    else if (isHookName()) take(HOOK);
    else if (isAgentId()) take(INNER_AGENT);
    else if (isMessage() && peek() == 0x7b) {
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
    if (isToolName()) take(TOOL);
    else if (isToolUseId()) take(ABOUT);
    else if (isSnakeAgentId()) take(INNER_AGENT);
    else if (isPermissionMode()) take(MODE);
    else if (isNotificationType()) take(KIND);
    else if (isTrigger()) take(STARTED_BY);
    else if (isTitle()) take(TITLE);
    else if (isMessage()) take(MESSAGE);
    else if (isReason()) take(REASON);
    else if (isCustomInstructions()) take(INSTRUCTIONS);
    else skip();
  }
  return true;
}
