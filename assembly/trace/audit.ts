// What a person who doubts a reading wants to know of a finished family: where each sub-agent's rows stand and how it was
// joined, who wrote the documents, what repeats what, and what counting naively would have given. Nothing of it stands in
// a span, so it is found out when a host first asks for one of these tables; a build never pays for it.

import { Map64 } from "../bytes/map";
import { stringHash } from "../bytes/strings";
import { Cell, Strip, Table } from "../bytes/table";
import { KIND_AGENT, KIND_TURN, SKIP_COPY } from "../abi/layout";
import { resultAgent } from "../session/agents";
import { callOf, calls, responses, rowOfUuid, scopes } from "../session/model";
import { PART_RESULT, ROW_INFERRED_TIME, ROW_RESULTS, Row, documents, parts, rows, tolds, usages } from "../session/record";
import { firstTold } from "../session/journal";
import { inputTokens } from "../session/settle";
import { Span, spans } from "./spans";

// All are published: see layout.ts.

@unmanaged
export class Invocation {
  span: u32;
  turn: u32;
  origin: u32;
  agent: u32;
  join: u32;
  call: u32;
  answered: u32;
}

@unmanaged
export class Transcript {
  span: u32;
  document: u32;
  rows: u32;
}

@unmanaged
export class Writer {
  document: u32;
  session: u32;
  version: u32;
  rows: u32;
  responses: u32;
  partial: u32;
}

@unmanaged
export class Copies {
  document: u32;
  source: u32;
  rows: u32;
}

@unmanaged
export class Check {
  calls: u32;
  unanswered: u32;
  results: u32;
  strayResults: u32;
  repeatedResults: u32;
  inferredTimes: u32;
  input: i64;
  output: i64;
  copiedInput: i64;
  copiedOutput: i64;
}

export const invocations = new Strip<Invocation>();
export const transcripts = new Strip<Transcript>();
export const writers = new Strip<Writer>();
export const copies = new Strip<Copies>();
export const checks = new Strip<Check>();

/** Span + 1 of each scope that has one. */
const spanOfScope = new Table<Cell>();
const transcriptOf = new Map64();
const writerOf = new Map64();
const copiesOf = new Map64();
let done: bool = false;

/** Fills the tables, once a family. */
export function audit(): void {
  if (done) return;
  done = true;
  for (let i: u32 = 0; i < scopes.rows; i++) spanOfScope.add();
  for (let i: u32 = 0; i < spans.rows; i++) {
    const span = spans.at(i);
    if (span.kind == KIND_TURN || span.kind == KIND_AGENT) invoke(span, i);
  }
  for (let i: u32 = 0; i < documents.rows; i++) checks.add();
  for (let i: u32 = 0; i < rows.rows; i++) auditRow(i);
  for (let i: u32 = 0; i < tolds.rows; i++) {
    const told = tolds.at(i);
    if (told.skipped == SKIP_COPY + 1) addCopy(told.document, tolds.at(firstTold(told)).document);
  }
  for (let i: u32 = 0; i < calls.rows; i++) {
    const check = checks.at(rows.at(calls.at(i).row).document);
    check.calls++;
    if (!calls.at(i).result) check.unanswered++;
  }
}

export function clearAudit(): void {
  invocations.clear();
  transcripts.clear();
  writers.clear();
  copies.clear();
  checks.clear();
  spanOfScope.clear();
  transcriptOf.clear();
  writerOf.clear();
  copiesOf.clear();
  done = false;
}

function invoke(span: Span, at: u32): void {
  const it = invocations.add();
  it.span = at;
  it.turn = scopes.at(span.turn - 1).index;
  if (span.scope) {
    const scope = scopes.at(span.scope - 1);
    spanOfScope.at(span.scope - 1).value = at + 1;
    it.origin = scope.origin;
    it.agent = scope.agent;
    it.join = scope.join;
  }
  if (span.kind != KIND_AGENT || !span.subject) return;
  const call = calls.at(span.subject - 1);
  if (!it.agent) it.agent = resultAgent(call);
  it.call = call.id;
  if (call.result) it.answered = 1;
}

/** A key of two numbers, spread over all bits; different pairs have different ones. */
// @ts-ignore: decorator
@inline
function pairKey(a: u32, b: u32): u64 {
  return ((<u64>a << 32) | <u64>b) * 0x9e3779b97f4a7c15;
}

function auditRow(at: u32): void {
  const row = rows.at(at);
  const writer = writerAt(row);
  writer.rows++;
  if (row.skipped == SKIP_COPY + 1) addCopy(row.document, sourceOf(at, row));
  if (row.usage) addUsage(row);
  if (row.kind == ROW_RESULTS && !copied(at, row)) addResults(row);
  if (row.skipped) return;
  if (row.flags & ROW_INFERRED_TIME) checks.at(row.document).inferredTimes++;
  if (row.transcriptOf) addTranscript(row);
  if (!row.response) return;
  const response = responses.at(row.response - 1);
  if (response.row != at + 1) return;
  writer.responses++;
  if (!response.stop) writer.partial++;
}

function writerAt(row: Row): Writer {
  const key = stringHash(row.session) ^ (stringHash(row.version) * 0x9e3779b97f4a7c15) ^ (<u64>row.document * 0xff51afd7ed558ccd);
  const number = writerOf.add(key, writers.rows);
  if (number != writers.rows) return writers.at(number);
  const it = writers.add();
  it.document = row.document;
  it.session = row.session;
  it.version = row.version;
  return it;
}

/** Was the whole row read before? */
function copied(at: u32, row: Row): bool {
  return row.skipped == SKIP_COPY + 1 && row.uuid != 0 && rowOfUuid.get(row.uuid) != at;
}

/** The document of what a copy repeats: of the row with its uuid, else of the result that came first. */
function sourceOf(at: u32, row: Row): u32 {
  if (copied(at, row)) return rows.at(rowOfUuid.get(row.uuid)).document;
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    const call = parts.at(p).kind == PART_RESULT ? callOf(parts.at(p)) : -1;
    if (call >= 0 && calls.at(call).result) return rows.at(calls.at(call).resultRow - 1).document;
  }
  return row.document;
}

function addCopy(document: u32, source: u32): void {
  const number = copiesOf.add(pairKey(document, source), copies.rows);
  if (number == copies.rows) {
    const it = copies.add();
    it.document = document;
    it.source = source;
  }
  copies.at(number).rows++;
}

function addUsage(row: Row): void {
  const usage = usages.at(row.usage - 1);
  const input = inputTokens(usage.uncached, usage.cacheRead, usage.cacheWrite);
  const check = checks.at(row.document);
  if (row.skipped) {
    check.copiedInput += input;
    check.copiedOutput += max<i64>(usage.output, 0);
  } else {
    check.input += input;
    check.output += max<i64>(usage.output, 0);
  }
}

function addResults(row: Row): void {
  const check = checks.at(row.document);
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    if (parts.at(p).kind != PART_RESULT) continue;
    check.results++;
    const number = callOf(parts.at(p));
    if (number < 0) check.strayResults++;
    else if (calls.at(number).result != p + 1) check.repeatedResults++;
  }
}

function addTranscript(row: Row): void {
  const span = spanOfScope.at(scopes.at(row.transcriptOf - 1).leader - 1).value;
  if (!span) return;
  const number = transcriptOf.add(pairKey(span - 1, row.document), transcripts.rows);
  if (number == transcripts.rows) {
    const it = transcripts.add();
    it.span = span - 1;
    it.document = row.document;
  }
  transcripts.at(number).rows++;
}
