// Keeping a row in the session model: what every row says of itself, whatever it is. A row is read as one of its own type,
// or as one that the client told of in another way (its manner).

import { keep as keepBytes } from "../../bytes/arena";
import { intern } from "../../bytes/strings";
import { hashText } from "../../json/names";
import { endOf, has, nameIn, startOf } from "../../json/slices";
import { SKIP_ATTACHMENT, SKIP_PROGRESS } from "../../abi/layout";
import { forgetParts, keepRow, noteMember, noteSession, noteSpeaker, noteTranscript, skipRow } from "../../session/builder";
import { ROW_ASIDE, ROW_COMMAND, ROW_OUTPUT, ROW_PROGRESS, ROW_PROMPT, ROW_SIDECHAIN, ROW_SKIPPED, Row } from "../../session/record";
import {
  AGENT,
  BRANCH,
  DIRECTORY,
  NAME,
  PARENT,
  PARENT_CALL,
  PROMPT_ID,
  SESSION,
  TEAM,
  TYPE,
  UUID,
  VERSION,
  sidechain,
  time,
  writerIn,
} from "./fields";
import { isWord } from "./words";

// Names that say whose row is at hand.
let session: u32 = 0;
let version: u32 = 0;

/** What the row at hand is read as: 0 for a row of its own type, else ROW_ASIDE or ROW_PROGRESS. */
export let manner: u32 = 0;

export function readAs(how: u32): void {
  manner = how;
}

/** Says whose session the row is of, and who wrote it. */
export function noteWriter(): void {
  session = writerIn(SESSION);
  version = writerIn(VERSION);
  noteSession(session, version);
}

// @ts-ignore: decorator
@inline
export function isField(field: usize, word: string): bool {
  return isWord(startOf(field), endOf(field), word);
}

/** 0 for a string that is not there. */
// @ts-ignore: decorator
@inline
export function hashField(field: usize): u64 {
  return hashText(startOf(field), endOf(field));
}

/** A row of the format that has no place in the trace and no identity to be copied. */
export function pass(reason: u32): void {
  noteTranscript();
  skipRow(reason);
}

export function keep(kind: u32): Row {
  const agent = writerIn(AGENT);
  if (manner || isField(TYPE, "system")) noteTranscript();
  else if (noteSpeaker(agent) && !agent && has(NAME) && has(TEAM)) noteMember(memberId());
  const row = keepRow(kind, time);
  row.uuid = hashField(UUID);
  // asked for only where nothing better says whose the row is
  if (sidechain && !agent) {
    row.parent = hashField(PARENT);
    row.identity = nameIn(UUID);
  }
  if (kind == ROW_PROMPT || kind == ROW_COMMAND) row.promptId = hashField(PROMPT_ID);
  row.session = session;
  row.agent = agent;
  row.name = writerIn(NAME);
  row.directory = writerIn(DIRECTORY);
  row.branch = writerIn(BRANCH);
  row.version = version;
  row.flags = manner;
  if (sidechain) row.flags |= ROW_SIDECHAIN;
  if (manner != ROW_PROGRESS) return row;
  row.flags |= ROW_SIDECHAIN;
  row.parent = hashField(PARENT_CALL);
  return row;
}

/** What a team calls a member that has a session of its own. */
function memberId(): u32 {
  const name = endOf(NAME) - startOf(NAME);
  const team = endOf(TEAM) - startOf(TEAM);
  const id = keepBytes(<u32>(name + 1 + team));
  memory.copy(id, startOf(NAME), name);
  store<u8>(id + name, 0x40);
  memory.copy(id + name + 1, startOf(TEAM), team);
  return intern(id, <u32>(name + 1 + team));
}

/** A row of a person, a model or the system that says nothing for the trace. */
export function keepSkipped(reason: u32): Row {
  forgetParts();
  const row = keep(ROW_SKIPPED);
  row.skipped = (manner == ROW_ASIDE ? SKIP_ATTACHMENT : manner == ROW_PROGRESS ? SKIP_PROGRESS : reason) + 1;
  return row;
}

/** What a slash command printed: the client answered it itself. */
export function keepOutput(reason: u32): void {
  const row = keepSkipped(reason);
  row.flags |= ROW_OUTPUT;
}
