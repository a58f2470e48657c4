// The record as dialects tell it: rows with their parts, in strands, and what else stands in documents. Facts in tables, positions
// instead of content; written only through builder.ts while documents are read. What it amounts to is in model.ts.
// Strings are numbers of bytes/strings.ts, 0 for none; row references are index + 1, 0 for none.

import { Strip, Table } from "../bytes/table";

// --- what a dialect says of one row
export const ROW_PROMPT: u32 = 1; // somebody asked for something: opens a turn
export const ROW_COMMAND: u32 = 2; // a slash command: opens a turn if the model answers
export const ROW_RESPONSE: u32 = 3; // parts of one response of the model
export const ROW_RESULTS: u32 = 4; // results of tool calls
export const ROW_MESSAGE: u32 = 5; // words of another agent or of the client, which can make an idle model work
export const ROW_INTERRUPT: u32 = 6;
export const ROW_API_ERROR: u32 = 7; // a failed request
export const ROW_COMPACTION: u32 = 8;
export const ROW_SKIPPED: u32 = 9; // nothing for the trace, but it can be copied like any other
export const ROW_SUMMARY: u32 = 10; // what a compaction left of the conversation
export const ROW_HOOK: u32 = 11; // a program that the client ran
export const ROW_QUEUED: u32 = 12; // words that wait until the model has time; what they are is in their note
export const ROW_DELIVERED: u32 = 13; // the first of them went to the model as it worked
export const ROW_TAKEN: u32 = 14; // the first of them was taken out, and is written again as a row of its own
export const ROW_EMPTIED: u32 = 15; // all of them were taken back
export const ROW_FEEDBACK: u32 = 16; // words that make the model go on with what it had finished

export const ROW_CALLS: u32 = 17; // calls that no response of the model made

export const ROW_SIDECHAIN: u32 = 1; // of a sub-agent
export const ROW_INFERRED_TIME: u32 = 2;
export const ROW_FINAL_ERROR: u32 = 4; // an API error given up on, written in the model's place
export const ROW_OUTPUT: u32 = 8; // what a slash command printed: the client answered it itself
export const ROW_IS_INPUT: u32 = 16; // its scope's model reads it
export const ROW_PROGRESS: u32 = 32; // told again while it happened: read when everything else is known
export const ROW_ASIDE: u32 = 64; // of the client's own: neither a person's nor a model's nor the system's
export const ROW_OF_QUEUE: u32 = 128; // of the queue
export const ROW_STARTS: u32 = 256; // its time is when the request was made
export const ROW_SYNTHETIC: u32 = 512; // a prompt that the client wrote
export const ROW_UNPROMPTED: u32 = 1024; // a prompt that is not in the record
export const ROW_BETWEEN: u32 = 2048; // a compaction behind a finished turn that nothing has followed yet
export const ROW_COMPACTED: u32 = 8192; // a response that knows of what went before only what a compaction left
export const ROW_UNDER_WAY: u32 = 4096; // a prompt whose answers, in a strand that says when they end, have not

// --- parts
export const PART_TEXT: u32 = 1;
export const PART_REASONING: u32 = 2;
export const PART_REDACTED: u32 = 3;
export const PART_CALL: u32 = 4;
export const PART_RESULT: u32 = 5;
export const PART_BINARY: u32 = 6;
export const PART_OTHER: u32 = 7;

export const PART_FAILED: u32 = 1; // a result that is an error
export const PART_REJECTED: u32 = 2; // because somebody refused the call
export const PART_INTERRUPTED: u32 = 4; // because somebody interrupted it
export const PART_SPAWNS: u32 = 8; // a call that spawns an agent
export const PART_COPY: u32 = 16; // stands in the record already
export const PART_DENIED: u32 = 128; // because the client's rules did not allow it
export const PART_RUN: u32 = 256; // a result that names the run of a workflow in place of an agent
export const PART_BEGUN: u32 = 512; // a result that says only that work in the background began
export const PART_INVALID: u32 = 1024; // because there is no such tool
export const PART_ABORTED: u32 = 2048; // because somebody stopped it, whatever it says itself
export const PART_MEMBER: u32 = 64; // a result that names its agent as the member of a team
export const PART_BASE64: u32 = 32; // binary content that is there

// --- content
export const FORM_TEXT: u32 = 1; // the inside of a JSON string
export const FORM_JSON: u32 = 2; // a JSON value
export const FORM_LOOSE: u32 = 3; // the same, with white space that is left out

/** Where content stands in the input. */
@unmanaged
export class Content {
  offset: u64;
  length: u32;
  document: u32;
  form: u32;
  /** Low half of a hash of the bytes as written; only for parts that may be written twice. */
  hash: u32;
  /** More of it, content + 1. */
  next: u32;
}

@unmanaged
export class Part {
  kind: u32;
  flags: u32;
  /** Content + 1. */
  content: u32;
  /** Tool, media type or kind of block. */
  name: u32;
  /** The client's id of the call. */
  id: u32;
  /** A call's Spawn + 1; a result's agent id; a binary's type. */
  detail: u32;
  /** What the model calls the call, if that is not its id. */
  shown: u32;
}

/** What a call that spawns an agent says of it. */
@unmanaged
export class Spawn {
  type: u32;
  name: u32;
  /** Content + 1 of the prompt. */
  prompt: u32;
}

/** What a row says of its response's tokens; -1 if not recorded. */
@unmanaged
export class Usage {
  uncached: i64;
  output: i64;
  cacheRead: i64;
  cacheWrite: i64;
  reasoning: i64;
  /** What it cost, in billionths of a dollar. */
  cost: i64;
}

/** What a few rows say beside their parts. */
@unmanaged
export class Note {
  /** Trigger of a compaction, type of an error, file of a result, how the agent ended that a message is about, response that was interrupted. */
  name: u32;
  /** Content + 1: text of an error, summary of a compaction. */
  content: u32;
  /** Tokens before, attempt, bytes of the file, hash of the call that a message is about, 1 for a session with a title; -1 if not recorded. */
  first: i64;
  /** Tokens after, milliseconds until the next attempt, what queued words are (ROW_*), exit code; -1 if not recorded. */
  second: i64;
  /** Milliseconds that it took or that somebody was waited for, HTTP status; -1 if not recorded. */
  third: i64;
  /** Of a compaction: what a hook was told before it, Told + 1. */
  told: u32;
}

/** What a hook's record says, or a question about a call. */
@unmanaged
export class Hook {
  /** EVENT_*. */
  kind: u32;
  event: u32;
  name: u32;
  outcome: u32;
  /** SKIP_* if it has no place in the trace. */
  skip: u32;
  /** Hash of the call that it is about, 0 for none. */
  call: u64;
  /** -1 if not recorded. */
  exitCode: i64;
  duration: i64;
  count: i64;
}

/** A row of a journal: what the client told a hook. It stands beside the record's rows, and changes nothing of what they amount to. */
@unmanaged
export class Told {
  /** EVENT_* that it makes. */
  kind: u32;
  /** Where it stands, and whose it is. */
  document: u32;
  strand: u32;
  time: i64;
  /** Hash of the row as written. */
  text: u64;
  /** Hash of the call that it names, 0 for none. */
  call: u64;
  session: u32;
  agent: u32;
  /** The tool that permission is about. */
  tool: u32;
  /** Mode of permissions, type of a notification, trigger of a compaction. */
  name: u32;
  /** Content + 1. */
  title: u32;
  words: u32;
  // --- set when it has its place
  /** SKIP_* + 1, 0 for a used row. */
  skipped: u32;
  /** Scope + 1 and call + 1. */
  scope: u32;
  at: u32;
}

@unmanaged
export class Row {
  uuid: u64; // hashes; 0 for none
  /** The row above it; of a row of progress the call that spawned the agent. */
  parent: u64;
  promptId: u64;
  time: i64;
  kind: u32;
  flags: u32;
  line: u32;
  /** Where it stands, and whose it is. */
  document: u32;
  strand: u32;
  /** The row's own id, where an identity may be made of it. */
  identity: u32;
  session: u32;
  agent: u32;
  /** Name of the member who wrote it. */
  name: u32;
  directory: u32;
  branch: u32;
  version: u32;
  provider: u32;
  message: u32;
  model: u32;
  stop: u32;
  firstPart: u32;
  parts: u32;
  /** Usage + 1. */
  usage: u32;
  /** Note + 1; of a hook's row Hook + 1. */
  note: u32;
  /** SKIP_* + 1, 0 for a used row. */
  skipped: u32;
  // --- set when the session is put together
  /** Scope + 1 it belongs to. */
  scope: u32;
  /** Scope + 1 of the turn that is current behind it, and of the sub-agent in whose transcript it stands. */
  turnAfter: u32;
  transcriptOf: u32;
  /** Response + 1 it is a part of. */
  response: u32;
  /** Next row of the same response or prompt, + 1. */
  next: u32;
}

/** One document, and what became of its rows. Published: see layout.ts. Kind, session and agent are those of its own strand. */
@unmanaged
export class Document {
  name: u32;
  kind: u32;
  session: u32;
  agent: u32;
  rows: u32;
  used: u32;
  skipped: u32;
  broken: u32;
  copies: u32;
  version: u32;
  /** Rows skipped, by reason, in the order of SKIP_*: one column. */
  skippedCopy: u32;
  skippedProgress: u32;
  skippedSnapshot: u32;
  skippedMetadata: u32;
  skippedQueue: u32;
  skippedInjected: u32;
  skippedAttachment: u32;
  skippedNotice: u32;
  skippedSummary: u32;
  skippedNotARecord: u32;
  skippedUnknown: u32;
  skippedSynthetic: u32;
  bytes: u64;
}

/**
 * The rows of one session, or of one sub-agent, in their order. A client that writes a file for each has one strand a document,
 * at the same place; of others a document may hold many, and a strand rows of many documents.
 */
@unmanaged
export class Strand {
  firstTime: i64;
  /** Hash of the call that is known to have spawned the sub-agent, and how that is known (JOIN_*). */
  spawner: u64;
  join: u32;
  /** Kind of sub-agent, where no call says it. */
  type: u32;
  /** The client that wrote it; 0 for the first one there was. */
  client: u32;
  /** STRAND_*. */
  traits: u32;
  kind: u32;
  session: u32;
  agent: u32;
  firstRow: u32;
  lastRow: u32;
  /** Rows of its document, kept or not. */
  rows: u32;
  /** Session id of the root of its family. */
  root: u32;
  /** Place in canonical order. */
  rank: u32;
  /** Its first row of a person or a model was seen, so its kind is settled. */
  settled: u32;
  /** Name of its document, and the same without the ending: what a transcript and its metadata share. */
  name: u32;
  stem: u32;
  /** The run of a workflow that its folder is named after. */
  run: u32;
  /** Id of the member of a team whose own session it may be. */
  member: u32;
  /** Its rows of a journal. */
  firstTold: u32;
  lastTold: u32;
}

/**
 * It was composed of records: its rows name the prompt that they belong to, what becomes of the rows of documents is known, and models are
 * those that were asked for.
 */
export const STRAND_COMPOSED: u32 = 1;
export const STRAND_EVENTS: u32 = 2; // whatever happened stands in the record
export const STRAND_STATE: u32 = 4; // only what was left of it does

/** What a sub-agent's metadata says. */
@unmanaged
export class Member {
  type: u32;
  /** Id of the spawning call. */
  call: u32;
  name: u32;
  document: u32;
}

@unmanaged
export class Broken {
  document: u32;
  line: u32;
  reason: u32;
}

export const contents = new Table<Content>();
export const parts = new Table<Part>();
export const spawns = new Table<Spawn>();
export const usages = new Table<Usage>();
export const notes = new Table<Note>();
export const hooks = new Table<Hook>();
export const rows = new Table<Row>();
export const tolds = new Table<Told>();
export const documents = new Strip<Document>();
export const strands = new Table<Strand>();
export const members = new Table<Member>();
export const brokenRows = new Strip<Broken>();

/** The first text of a row, content + 1; 0 if it has none. */
export function firstText(row: Row): u32 {
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    const part = parts.at(p);
    if (part.kind == PART_TEXT && part.content) return part.content;
  }
  return 0;
}

/** Were two texts (+ 1, or 0) written the same? */
export function isSameText(a: u32, b: u32): bool {
  if (!a || !b) return false;
  const one = contents.at(a - 1);
  const other = contents.at(b - 1);
  return one.hash != 0 && one.hash == other.hash && one.length == other.length;
}

export function clearRecord(): void {
  contents.clear();
  parts.clear();
  spawns.clear();
  usages.clear();
  notes.clear();
  hooks.clear();
  rows.clear();
  tolds.clear();
  documents.clear();
  strands.clear();
  members.clear();
  brokenRows.clear();
}
