// The only file that knows every dialect: which reader a document is for. A row that belongs to one settles it for the document; until
// then each is tried, and what is nobody's is counted by the first as unknown.

import { DOCUMENT_UNKNOWN } from "../abi/layout";
import { settleLines } from "../json/framing";
import { forgetNames } from "../json/names";
import { beginRow, currentStrand, dropRow } from "../session/builder";
import { readName as readClaudeName } from "./claude/folders";
import { readMetadata } from "./claude/metadata";
import { clearReader, readRow as readClaudeRow } from "./claude/reader";
import { compose } from "./opencode/compose";
import { beginEvents, clearEvents, isOurs as isOpencode, readRow as readOpencodeRow } from "./opencode/events";

/** The name of the client, where nothing was read: as it stands in trace ids and is the agent's default name. */
export const CLIENT = "claude-code";

const ANY = 0;
const CLAUDE = 1;
const OPENCODE = 2;

/** Whose document it is. */
let reader: i32 = ANY;

/** Begins a family: nothing is known of rows before. */
export function clearReaders(): void {
  forgetNames();
  clearReader();
  clearEvents();
}

/** Begins a document of this name. */
export function beginReading(name: u32): void {
  reader = ANY;
  readClaudeName(name);
  beginEvents();
}

/** Reads the current row. Answers 0, or why it is broken. */
export function readTranscriptRow(line: u32): u32 {
  if (reader == ANY && isOpencode()) reader = OPENCODE;
  if (reader == OPENCODE) return readOurs(line);
  const broken = readClaudeRow(line);
  if (reader == ANY && currentStrand().kind != DOCUMENT_UNKNOWN) {
    reader = CLAUDE;
    settleLines();
  }
  return broken;
}

function readOurs(line: u32): u32 {
  beginRow(line);
  const broken = readOpencodeRow();
  if (broken) dropRow();
  return broken;
}

/** Reads the current row of a sub-agent's metadata. Answers 0, or why it is broken. */
export function readMetadataRow(line: u32): u32 {
  return readMetadata(line);
}

/** Every document was read. */
export function finishReading(): void {
  compose();
}
