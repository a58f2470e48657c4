// The only file that knows every dialect: which reader a document is for. With one dialect there is nothing to choose yet;
// what is nobody's row is counted by the reader as unknown.

import { readName as readClaudeName } from "./claude/folders";
import { readMetadata } from "./claude/metadata";
import { clearReader, readRow as readClaudeRow } from "./claude/reader";

/** The name of the client, as it stands in trace ids and is the agent's default name. */
export const CLIENT = "claude-code";

/** Begins a family: nothing is known of rows before. */
export function clearReaders(): void {
  clearReader();
}

/** Begins a document of this name. */
export function beginReading(name: u32): void {
  readClaudeName(name);
}

/** Reads the current row of a transcript. Answers 0, or why it is broken. */
export function readTranscriptRow(line: u32): u32 {
  return readClaudeRow(line);
}

/** Reads the current row of a sub-agent's metadata. Answers 0, or why it is broken. */
export function readMetadataRow(line: u32): u32 {
  return readMetadata(line);
}
