// The rows of the core's tables as plain objects, for whoever draws or reports them. Read on demand from the columns,
// so each costs what it holds; for a walk over many rows and few columns take the columns themselves.

import * as layout from "../assembly/abi/layout.ts";
import {
  type BrokenName,
  brokenName,
  SKIP_NAMES,
  type SkipName,
} from "./counters.ts";
import type { Column, Table } from "./tables.ts";

/** Where a span's own words stand: the inside of a JSON string in a document. */
export interface TextPlace {
  readonly document: number;
  readonly offset: number;
  readonly length: number;
}

/** Milliseconds between two times of the tables, which as numbers of that size are exact to a quarter of a microsecond only. */
export function between(start: number, end: number): number {
  return Math.round((end - start) * 1000) / 1000;
}

/** One row of `TABLE_SPANS`. Times are milliseconds since 1970, with fractions; `NaN` never occurs. */
export interface SpanRow {
  readonly row: number;
  readonly id: string;
  /** Row of the parent, -1 for a root. */
  readonly parent: number;
  /** `KIND_*` */
  readonly kind: number;
  /** `FLAG_*` */
  readonly flags: number;
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  /** `error.type`, empty for none. */
  readonly error: string;
  readonly document: number;
  readonly line: number;
  readonly trace: number;
  readonly text: TextPlace | undefined;
}

export interface TraceRow {
  readonly id: string;
  readonly firstSpan: number;
  readonly spans: number;
  readonly conversation: string;
  /** Nothing more is expected of it. */
  readonly settled: boolean;
  /** And nothing can make it go on. */
  readonly over: boolean;
}

export interface EventRow {
  readonly span: number;
  /** `EVENT_*` */
  readonly kind: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export interface DocumentRow {
  readonly name: string;
  readonly bytes: number;
  /** `DOCUMENT_*` kinds */
  readonly kind: number;
  readonly session: string;
  readonly agent: string;
  readonly rows: number;
  readonly used: number;
  readonly skipped: number;
  readonly broken: number;
  readonly copies: number;
  /** The client's, first seen. */
  readonly version: string;
  readonly skippedBy: Readonly<Record<SkipName, number>>;
}

export interface BrokenRow {
  readonly document: number;
  /** From 1. */
  readonly line: number;
  readonly reason: BrokenName;
}

/** Finds the text of a string's index. */
export type Strings = (index: number) => string;

const known = (tokens: number): number | undefined => (tokens < 0 ? undefined : tokens);

export function spanRow(table: Table, row: number, strings: Strings): SpanRow {
  const u32 = (column: number): number => table.column(column).u32(row);
  const length = u32(layout.SPAN_TEXT_LENGTH);
  return {
    row,
    id: table.column(layout.SPAN_ID).hex(row),
    parent: table.column(layout.SPAN_PARENT).i32(row),
    kind: u32(layout.SPAN_KIND),
    flags: u32(layout.SPAN_FLAGS),
    start: table.column(layout.SPAN_START).i64(row) / 1e6,
    end: table.column(layout.SPAN_END).i64(row) / 1e6,
    name: strings(u32(layout.SPAN_NAME)),
    inputTokens: known(table.column(layout.SPAN_INPUT_TOKENS).i64(row)),
    outputTokens: known(table.column(layout.SPAN_OUTPUT_TOKENS).i64(row)),
    error: strings(u32(layout.SPAN_ERROR)),
    document: u32(layout.SPAN_DOCUMENT),
    line: u32(layout.SPAN_LINE),
    trace: u32(layout.SPAN_TRACE),
    text:
      length === 0
        ? undefined
        : { document: u32(layout.SPAN_TEXT_DOCUMENT), offset: table.column(layout.SPAN_TEXT_OFFSET).u64(row), length },
  };
}

export function traceRow(table: Table, row: number, strings: Strings): TraceRow {
  return {
    id: table.column(layout.TRACE_ID).hex(row),
    firstSpan: table.column(layout.TRACE_FIRST_SPAN).u32(row),
    spans: table.column(layout.TRACE_SPANS).u32(row),
    conversation: strings(table.column(layout.TRACE_CONVERSATION).u32(row)),
    settled: table.column(layout.TRACE_SETTLED).u32(row) >= 1,
    over: table.column(layout.TRACE_SETTLED).u32(row) >= 2,
  };
}

export function eventRow(table: Table, row: number): EventRow {
  return {
    span: table.column(layout.EVENT_SPAN).u32(row),
    kind: table.column(layout.EVENT_KIND).u32(row),
    time: table.column(layout.EVENT_TIME).i64(row) / 1e6,
  };
}

function skippedBy(column: Column, row: number): Record<SkipName, number> {
  const named = {} as Record<SkipName, number>;
  SKIP_NAMES.forEach((name, reason) => (named[name] = column.u32Of(row, reason)));
  return named;
}

export function documentRow(table: Table, row: number, strings: Strings): DocumentRow {
  const u32 = (column: number): number => table.column(column).u32(row);
  return {
    name: strings(u32(layout.DOCUMENT_NAME)),
    bytes: table.column(layout.DOCUMENT_BYTES).u64(row),
    kind: u32(layout.DOCUMENT_KIND),
    session: strings(u32(layout.DOCUMENT_SESSION)),
    agent: strings(u32(layout.DOCUMENT_AGENT)),
    rows: u32(layout.DOCUMENT_ROWS),
    used: u32(layout.DOCUMENT_USED),
    skipped: u32(layout.DOCUMENT_SKIPPED),
    broken: u32(layout.DOCUMENT_BROKEN),
    copies: u32(layout.DOCUMENT_COPIES),
    version: strings(u32(layout.DOCUMENT_VERSION)),
    skippedBy: skippedBy(table.column(layout.DOCUMENT_SKIPPED_BY), row),
  };
}

export function brokenRow(table: Table, row: number): BrokenRow {
  return {
    document: table.column(layout.BROKEN_DOCUMENT).u32(row),
    line: table.column(layout.BROKEN_LINE).u32(row),
    reason: brokenName(table.column(layout.BROKEN_REASON).u32(row)),
  };
}
