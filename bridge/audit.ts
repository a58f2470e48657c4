// The tables a core fills only when it is asked: what somebody who doubts a reading wants to know, as plain objects.
// They have rows after `finish`; the first one asked for costs a walk over all facts.

import * as layout from "../assembly/abi/layout.ts";
import type { Core } from "./core.ts";
import { JOIN_NAMES, type JoinName, ORIGIN_NAMES, type OriginName } from "./counters.ts";

/** A turn or a sub-agent. */
export interface InvocationRow {
  /** Row of its span. */
  readonly span: number;
  /** Index of its turn in the conversation, from 0. */
  readonly turn: number;
  readonly origin: OriginName;
  /** The client's id of the sub-agent, empty if nobody knows. */
  readonly agent: string;
  readonly join: JoinName;
  /** Id of the call that spawned it, empty for none. */
  readonly call: string;
  /** That call has a result. */
  readonly answered: boolean;
}

/** Rows of a sub-agent in a document. */
export interface TranscriptRow {
  readonly span: number;
  readonly document: number;
  readonly rows: number;
}

/** Rows of the conversation in a document that one version of the client wrote for one session. */
export interface WriterRow {
  readonly document: number;
  readonly session: string;
  readonly version: string;
  readonly rows: number;
  /** Responses that begin there, and those of them that have no stop reason. */
  readonly responses: number;
  readonly partial: number;
}

/** Rows of a document that repeat what stands in another, or above in the same. */
export interface CopyRow {
  readonly document: number;
  readonly source: number;
  readonly rows: number;
}

/** What was paired in a document, and what adding up its rows would count. */
export interface CheckRow {
  readonly calls: number;
  readonly unanswered: number;
  readonly results: number;
  readonly strayResults: number;
  readonly repeatedResults: number;
  readonly inferredTimes: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly copiedInputTokens: number;
  readonly copiedOutputTokens: number;
}

export interface Audit {
  readonly invocations: InvocationRow[];
  readonly transcripts: TranscriptRow[];
  readonly writers: WriterRow[];
  readonly copies: CopyRow[];
  /** One a document, in their order. */
  readonly checks: CheckRow[];
}

type U32 = (column: number) => number;

function each<Row>(core: Core, id: number, read: (u32: U32, row: number) => Row): Row[] {
  const table = core.table(id);
  return Array.from({ length: table.rows }, (_, row) => read((column) => table.column(column).u32(row), row));
}

/** The audit of the finished family. */
export function readAudit(core: Core): Audit {
  const { string } = core;
  const invocations = each(core, layout.TABLE_INVOCATIONS, (u32) => ({
    span: u32(layout.INVOCATION_SPAN),
    turn: u32(layout.INVOCATION_TURN),
    origin: ORIGIN_NAMES[u32(layout.INVOCATION_ORIGIN)] ?? "person",
    agent: string(u32(layout.INVOCATION_AGENT)),
    join: JOIN_NAMES[u32(layout.INVOCATION_JOIN)] ?? "none",
    call: string(u32(layout.INVOCATION_CALL)),
    answered: u32(layout.INVOCATION_ANSWERED) !== 0,
  }));
  const transcripts = each(core, layout.TABLE_TRANSCRIPTS, (u32) => ({
    span: u32(layout.TRANSCRIPT_SPAN),
    document: u32(layout.TRANSCRIPT_DOCUMENT),
    rows: u32(layout.TRANSCRIPT_ROWS),
  }));
  const writers = each(core, layout.TABLE_WRITERS, (u32) => ({
    document: u32(layout.WRITER_DOCUMENT),
    session: string(u32(layout.WRITER_SESSION)),
    version: string(u32(layout.WRITER_VERSION)),
    rows: u32(layout.WRITER_ROWS),
    responses: u32(layout.WRITER_RESPONSES),
    partial: u32(layout.WRITER_PARTIAL),
  }));
  const copies = each(core, layout.TABLE_COPIES, (u32) => ({
    document: u32(layout.COPY_DOCUMENT),
    source: u32(layout.COPY_SOURCE),
    rows: u32(layout.COPY_ROWS),
  }));
  const table = core.table(layout.TABLE_CHECKS);
  const tokens = (column: number, row: number): number => table.column(column).i64(row);
  const checks = each(core, layout.TABLE_CHECKS, (u32, row) => ({
    calls: u32(layout.CHECK_CALLS),
    unanswered: u32(layout.CHECK_UNANSWERED),
    results: u32(layout.CHECK_RESULTS),
    strayResults: u32(layout.CHECK_STRAY_RESULTS),
    repeatedResults: u32(layout.CHECK_REPEATED_RESULTS),
    inferredTimes: u32(layout.CHECK_INFERRED_TIMES),
    inputTokens: tokens(layout.CHECK_INPUT_TOKENS, row),
    outputTokens: tokens(layout.CHECK_OUTPUT_TOKENS, row),
    copiedInputTokens: tokens(layout.CHECK_COPIED_INPUT_TOKENS, row),
    copiedOutputTokens: tokens(layout.CHECK_COPIED_OUTPUT_TOKENS, row),
  }));
  return { invocations, transcripts, writers, copies, checks };
}
