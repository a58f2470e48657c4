// A tool's part, as a row writes it: what it was given, what came back, and what the words of it say.

import { asciiIs, asciiLength } from "../../bytes/ascii";
import { stringIs } from "../../bytes/strings";
import { internText } from "../../json/names";
import { offsetOf } from "../../json/rows";
import { endOf, has, isWord, lengthOf, nameIn, startOf } from "../../json/slices";
import * as F from "./fields";
import { marks, numberOf } from "./fields";
import * as R from "./records";
import { Record } from "./records";

export function writeTool(it: Record): void {
  const failed = isWord(F.STATE, "error");
  const done = failed || isWord(F.STATE, "completed");
  it.rank = done ? 3 : isWord(F.STATE, "running") ? 2 : 1;
  if (failed) it.flags |= R.FAILED;
  it.flags |= marks & (R.BACKGROUND | R.INTERRUPTED | R.EXIT_NULL);
  it.code = numberOf(F.EXIT);
  it.name = nameIn(F.TOOL);
  it.model = nameIn(F.CALL);
  it.inputOffset = offsetOf(startOf(F.INPUT));
  it.inputLength = <u32>lengthOf(F.INPUT);
  if (done && has(F.OUTPUT)) {
    const string = load<u8>(startOf(F.OUTPUT)) == 0x22;
    it.textOffset = offsetOf(startOf(F.OUTPUT)) + (string ? 1 : 0);
    it.textLength = <u32>lengthOf(F.OUTPUT) - (string ? 2 : 0);
    it.textForm = string ? 1 : 2;
  }
  if (stringIs(it.name, "invalid")) {
    it.promptOffset = offsetOf(startOf(F.INNER_ERROR));
    it.promptLength = <u32>lengthOf(F.INNER_ERROR);
  }
  judge(it);
  if (!stringIs(it.name, "task")) return;
  it.flags |= R.TASK;
  it.promptOffset = offsetOf(startOf(F.PROMPT));
  it.promptLength = <u32>lengthOf(F.PROMPT);
  it.agent = nameIn(F.SPAWNED);
  it.description = nameIn(F.DESCRIPTION);
  it.provider = has(F.CHILD) ? nameIn(F.CHILD) : namedChild();
  it.stop = nameIn(F.TASK);
}

/** Bytes of a refusal before what the person said with it, if anything: "The user rejected permission to use this specific tool call". */
const TOLD: u32 = 59;

/** Why a tool failed, by its words. */
function judge(it: Record): void {
  const from = startOf(F.OUTPUT) + 1;
  if (!(it.flags & R.FAILED) || !has(F.OUTPUT)) return;
  if (starts(from, "The user rejected permission to use")) it.flags |= starts(from + TOLD, " with") ? R.REJECTED : R.REJECTED | R.STOPS;
  else if (starts(from, "The user dismissed this question")) it.flags |= R.REJECTED | R.STOPS;
  else if (starts(from, "The user has specified a rule which prevents you")) it.flags |= R.DENIED;
  else if (starts(from, "Tool execution aborted") || starts(from, "Task cancelled")) it.flags |= R.INTERRUPTED;
}

function starts(at: usize, word: string): bool {
  return at + asciiLength(word) <= endOf(F.OUTPUT) && asciiIs(at, word);
}

/** The session that a result names; 0 if it names none. */
function namedChild(): u32 {
  const end = endOf(F.OUTPUT);
  for (let at = startOf(F.OUTPUT); at + 4 < end; at++) {
    if (load<u32>(at) != 0x5f736573 /* ses_ */) continue;
    if (!ends(at, 'task id=\\"') && !ends(at, "task_id: ") && !ends(at, "sessionID: ")) continue;
    let to = at + 4;
    while (to < end && isLetter(load<u8>(to))) to++;
    return internText(at, to);
  }
  return 0;
}

function isLetter(c: u8): bool {
  return <u32>c - 0x30 <= 9 || (<u32>c | 0x20) - 0x61 < 26;
}

/** Do these words stand before an address in the result? */
function ends(at: usize, word: string): bool {
  const from = at - asciiLength(word);
  return from >= startOf(F.OUTPUT) && starts(from, word);
}

