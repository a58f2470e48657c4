// The one way into the session model: what dialect readers call while rows go by.
// A row is begun, described, and then either kept, or dropped with everything that was said of it.

import { NO_TIME } from "../bytes/instant";
import { murmur3 } from "../bytes/murmur3";
import { stringHash } from "../bytes/strings";
import { offsetOf } from "../json/rows";
import { DOCUMENT_AGENT_METADATA, DOCUMENT_JOURNAL, DOCUMENT_SUBAGENT, DOCUMENT_TRANSCRIPT, DOCUMENT_UNKNOWN, EVENT_HOOK } from "../abi/layout";
import { countFate, countSkipped, countUsed } from "./counts";
import { compareStrands } from "./order";
import { memberOfStem } from "./model";
import {
  Document,
  FORM_TEXT,
  Hook,
  Member,
  Note,
  Part,
  Row,
  Spawn,
  Strand,
  Told,
  Usage,
  contents,
  documents,
  hooks,
  members,
  notes,
  parts,
  rows,
  spawns,
  strands,
  tolds,
  usages,
} from "./record";

let document: u32 = 0;
let strand: u32 = 0;
let line: u32 = 0;
let firstContent: u32 = 0;
let firstPart: u32 = 0;
let firstSpawn: u32 = 0;

/** Begins a document; answers its index. `stem` is its name without the ending. */
export function beginDocument(name: u32, stem: u32): u32 {
  document = documents.rows;
  const it = documents.add();
  it.name = name;
  beginStrand(name, stem);
  return document;
}

export function currentDocumentIndex(): u32 {
  return document;
}

export function currentDocument(): Document {
  return documents.at(document);
}

export function endDocument(): void {
  endStrand();
  strands.at(strand).rows = documents.at(document).rows;
}

/** Begins a strand that is not a document's own. */
export function beginStrand(name: u32, stem: u32): Strand {
  strand = strands.rows;
  const it = strands.add();
  it.name = name;
  it.stem = stem;
  it.firstTime = NO_TIME;
  it.firstRow = rows.rows;
  it.lastRow = rows.rows;
  it.firstTold = tolds.rows;
  it.lastTold = tolds.rows;
  return it;
}

export function currentStrand(): Strand {
  return strands.at(strand);
}

export function endStrand(): void {
  const it = strands.at(strand);
  it.lastRow = rows.rows;
  it.lastTold = tolds.rows;
}

/** Begins what is said of the row at `line`, from 1. */
export function beginRow(at: u32): void {
  line = at;
  firstContent = contents.rows;
  firstPart = parts.rows;
  firstSpawn = spawns.rows;
}

/** Index of the first part said of the row at hand. */
export function firstPartOfRow(): u32 {
  return firstPart;
}

/** Takes back the parts of the row at hand; the row can still be kept or skipped. */
export function forgetParts(): void {
  contents.truncate(firstContent);
  parts.truncate(firstPart);
  spawns.truncate(firstSpawn);
}

/** Drops the row for a named reason (SKIP_*). */
export function skipRow(reason: u32): void {
  forgetParts();
  countSkipped(documents.at(document), reason);
}

/** Drops the row because it is not JSON; the caller counts it. */
export function dropRow(): void {
  forgetParts();
}

/** Keeps the row. Whether it is used, skipped or a copy is counted when the session is put together. */
export function keepRow(kind: u32, time: i64): Row {
  const row = rows.add();
  row.kind = kind;
  row.time = time;
  row.line = line;
  row.document = document;
  row.strand = strand;
  row.firstPart = firstPart;
  row.parts = parts.rows - firstPart;
  return row;
}

/** Keeps a row that stands elsewhere. */
export function keepRowOf(kind: u32, time: i64, document: u32, line: u32): Row {
  const row = keepRow(kind, time);
  row.document = document;
  row.line = line;
  return row;
}

/** Counts a row of a document: 0, or SKIP_* + 1. */
export function settleRow(document: u32, skipped: u32): void {
  countFate(documents.at(document), skipped);
}

/** Which of two documents comes first in canonical order: negative for the first. Both were read. */
export function compareDocuments(a: u32, b: u32): i32 {
  return compareStrands(a, b);
}

/** Remembers the first time a document speaks of. */
export function noteTime(time: i64): void {
  const it = strands.at(strand);
  if (it.firstTime == NO_TIME) it.firstTime = time;
}

/** Says whose transcript the document is. The first word counts. */
export function noteSession(session: u32, version: u32): void {
  const it = strands.at(strand);
  if (session && !it.session) it.session = session;
  const written = documents.at(document);
  if (version && !written.version) written.version = version;
}

/** A row of the format was seen that is neither a person's nor a model's. */
export function noteTranscript(): void {
  const it = strands.at(strand);
  if (it.kind == DOCUMENT_UNKNOWN || it.kind == DOCUMENT_JOURNAL) it.kind = DOCUMENT_TRANSCRIPT;
}

/** A row of a journal was seen: the document is one if it holds nothing else. */
export function noteJournal(): void {
  const it = strands.at(strand);
  if (it.kind == DOCUMENT_UNKNOWN) it.kind = DOCUMENT_JOURNAL;
}

/** A row of a person or a model: the first one says whether the document is a sub-agent's transcript, and whose. Is this the first? */
export function noteSpeaker(agent: u32): bool {
  const it = strands.at(strand);
  if (it.settled) return false;
  it.settled = 1;
  it.agent = agent;
  it.kind = agent ? DOCUMENT_SUBAGENT : DOCUMENT_TRANSCRIPT;
  return true;
}

/** The document may be the own session of a team's member. */
export function noteMember(id: u32): void {
  strands.at(strand).member = id;
}

/** The document lies in the folder of a workflow's run. */
export function noteRun(run: u32): void {
  strands.at(strand).run = run;
}

/** A position: content of `form` between two addresses of the row at hand; answers its number + 1. */
export function addContent(from: usize, end: usize, form: u32): u32 {
  const content = contents.add();
  content.offset = offsetOf(from);
  content.length = <u32>(end - from);
  content.document = document;
  content.form = form;
  return contents.rows;
}

/** A position anywhere in a document; answers its number + 1. */
export function addContentAt(document: u32, offset: u64, length: u32, form: u32): u32 {
  const content = contents.add();
  content.offset = offset;
  content.length = length;
  content.document = document;
  content.form = form;
  return contents.rows;
}

/** The second content (both + 1) goes on with what the first says. */
export function joinContent(first: u32, second: u32): void {
  contents.at(first - 1).next = second;
}

/** The same, with a hash by which a second writing of it is known. */
export function addHashedText(from: usize, end: usize): u32 {
  const number = addContent(from, end, FORM_TEXT);
  contents.at(number - 1).hash = <u32>murmur3(from, <u32>(end - from));
  return number;
}

export function addPart(kind: u32): Part {
  const part = parts.add();
  part.kind = kind;
  return part;
}

/** Number + 1. */
export function addSpawn(): u32 {
  spawns.add();
  return spawns.rows;
}

// @ts-ignore: decorator
@inline
export function spawnAt(number: u32): Spawn {
  return spawns.at(number - 1);
}

/** Number + 1; every count starts unknown. */
export function addUsage(): u32 {
  const usage = usages.add();
  usage.reasoning = -1;
  usage.cost = -1;
  return usages.rows;
}

// @ts-ignore: decorator
@inline
export function usageAt(number: u32): Usage {
  return usages.at(number - 1);
}

/** Number + 1. */
export function addNote(): u32 {
  const note = notes.add();
  note.first = -1;
  note.second = -1;
  note.third = -1;
  return notes.rows;
}

// @ts-ignore: decorator
@inline
export function noteAt(number: u32): Note {
  return notes.at(number - 1);
}

/** Number + 1. */
export function addHook(): u32 {
  const hook = hooks.add();
  hook.kind = EVENT_HOOK;
  hook.exitCode = -1;
  hook.duration = -1;
  hook.count = -1;
  return hooks.rows;
}

// @ts-ignore: decorator
@inline
export function hookAt(number: u32): Hook {
  return hooks.at(number - 1);
}

/** Keeps the row as one of a journal that makes an event (EVENT_*). */
export function addTold(kind: u32, time: i64): Told {
  const told = tolds.add();
  told.kind = kind;
  told.document = document;
  told.strand = strand;
  told.time = time;
  return told;
}

/** What a sub-agent's metadata says; counted as a used row. */
export function addMember(): Member {
  const it = documents.at(document);
  memberOfStem.add(stringHash(strands.at(strand).stem), members.rows);
  countUsed(it);
  return members.add();
}

/** The document at hand is a sub-agent's metadata. */
export function noteMetadata(): void {
  strands.at(strand).kind = DOCUMENT_AGENT_METADATA;
}
