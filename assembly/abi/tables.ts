// Publishes tables: where each column lies, so that hosts read it in place.

import { Strip } from "../bytes/table";
import { StringRow, strings } from "../bytes/strings";
import { Broken, Document, brokenRows, documents } from "../session/record";
import { Span, SpanEvent, Trace, spanEvents, spans, traces } from "../trace/spans";
import { Check, Copies, Invocation, Transcript, Writer, checks, copies, invocations, transcripts, writers } from "../trace/audit";
import {
  SKIP_REASONS,
  TABLE_BROKEN,
  TABLE_CHECKS,
  TABLE_COPIES,
  TABLE_DOCUMENTS,
  TABLE_EVENTS,
  TABLE_INVOCATIONS,
  TABLE_SPANS,
  TABLE_STRINGS,
  TABLE_TRACES,
  TABLE_TRANSCRIPTS,
  TABLE_WRITERS,
} from "./layout";

/** The description handed out last: u32 rows, u32 columns, then pointer, stride and width of each column. */
const DESCRIPTION: usize = memory.data(8 + 24 * 12, 16);

let columns: usize = 0;

function begin<T>(table: Strip<T>): void {
  store<u32>(DESCRIPTION, table.rows);
  columns = 0;
}

function column<T>(table: Strip<T>, offset: usize, width: u32): void {
  const at = DESCRIPTION + 8 + columns * 12;
  store<u32>(at, <u32>(table.base + offset));
  store<u32>(at, <u32>offsetof<T>(), 4);
  store<u32>(at, width, 8);
  columns++;
  store<u32>(DESCRIPTION, <u32>columns, 4);
}

export function describeTable(id: i32): usize {
  if (id == TABLE_STRINGS) {
    begin(strings);
    column(strings, offsetof<StringRow>("pointer"), 4);
    column(strings, offsetof<StringRow>("length"), 4);
  } else if (id == TABLE_DOCUMENTS) {
    begin(documents);
    column(documents, offsetof<Document>("name"), 4);
    column(documents, offsetof<Document>("kind"), 4);
    column(documents, offsetof<Document>("session"), 4);
    column(documents, offsetof<Document>("agent"), 4);
    column(documents, offsetof<Document>("rows"), 4);
    column(documents, offsetof<Document>("used"), 4);
    column(documents, offsetof<Document>("skipped"), 4);
    column(documents, offsetof<Document>("broken"), 4);
    column(documents, offsetof<Document>("copies"), 4);
    column(documents, offsetof<Document>("version"), 4);
    column(documents, offsetof<Document>("skippedCopy"), SKIP_REASONS * 4);
    column(documents, offsetof<Document>("bytes"), 8);
  } else if (id == TABLE_BROKEN) {
    begin(brokenRows);
    column(brokenRows, offsetof<Broken>("document"), 4);
    column(brokenRows, offsetof<Broken>("line"), 4);
    column(brokenRows, offsetof<Broken>("reason"), 4);
  } else if (id == TABLE_TRACES) {
    begin(traces);
    column(traces, offsetof<Trace>("high"), 16);
    column(traces, offsetof<Trace>("firstSpan"), 4);
    column(traces, offsetof<Trace>("spans"), 4);
    column(traces, offsetof<Trace>("conversation"), 4);
    column(traces, offsetof<Trace>("settled"), 4);
  } else if (id == TABLE_SPANS) {
    begin(spans);
    column(spans, offsetof<Span>("id"), 8);
    column(spans, offsetof<Span>("parent"), 4);
    column(spans, offsetof<Span>("kind"), 4);
    column(spans, offsetof<Span>("flags"), 4);
    column(spans, offsetof<Span>("start"), 8);
    column(spans, offsetof<Span>("end"), 8);
    column(spans, offsetof<Span>("name"), 4);
    column(spans, offsetof<Span>("input"), 8);
    column(spans, offsetof<Span>("output"), 8);
    column(spans, offsetof<Span>("error"), 4);
    column(spans, offsetof<Span>("document"), 4);
    column(spans, offsetof<Span>("line"), 4);
    column(spans, offsetof<Span>("trace"), 4);
    column(spans, offsetof<Span>("textDocument"), 4);
    column(spans, offsetof<Span>("textLength"), 4);
    column(spans, offsetof<Span>("textOffset"), 8);
  } else if (id == TABLE_EVENTS) {
    begin(spanEvents);
    column(spanEvents, offsetof<SpanEvent>("span"), 4);
    column(spanEvents, offsetof<SpanEvent>("kind"), 4);
    column(spanEvents, offsetof<SpanEvent>("time"), 8);
  } else {
    return describeAudit(id);
  }
  return DESCRIPTION;
}

function describeAudit(id: i32): usize {
  if (id == TABLE_INVOCATIONS) {
    begin(invocations);
    column(invocations, offsetof<Invocation>("span"), 4);
    column(invocations, offsetof<Invocation>("turn"), 4);
    column(invocations, offsetof<Invocation>("origin"), 4);
    column(invocations, offsetof<Invocation>("agent"), 4);
    column(invocations, offsetof<Invocation>("join"), 4);
    column(invocations, offsetof<Invocation>("call"), 4);
    column(invocations, offsetof<Invocation>("answered"), 4);
  } else if (id == TABLE_TRANSCRIPTS) {
    begin(transcripts);
    column(transcripts, offsetof<Transcript>("span"), 4);
    column(transcripts, offsetof<Transcript>("document"), 4);
    column(transcripts, offsetof<Transcript>("rows"), 4);
  } else if (id == TABLE_WRITERS) {
    begin(writers);
    column(writers, offsetof<Writer>("document"), 4);
    column(writers, offsetof<Writer>("session"), 4);
    column(writers, offsetof<Writer>("version"), 4);
    column(writers, offsetof<Writer>("rows"), 4);
    column(writers, offsetof<Writer>("responses"), 4);
    column(writers, offsetof<Writer>("partial"), 4);
  } else if (id == TABLE_COPIES) {
    begin(copies);
    column(copies, offsetof<Copies>("document"), 4);
    column(copies, offsetof<Copies>("source"), 4);
    column(copies, offsetof<Copies>("rows"), 4);
  } else if (id == TABLE_CHECKS) {
    begin(checks);
    column(checks, offsetof<Check>("calls"), 4);
    column(checks, offsetof<Check>("unanswered"), 4);
    column(checks, offsetof<Check>("results"), 4);
    column(checks, offsetof<Check>("strayResults"), 4);
    column(checks, offsetof<Check>("repeatedResults"), 4);
    column(checks, offsetof<Check>("inferredTimes"), 4);
    column(checks, offsetof<Check>("input"), 8);
    column(checks, offsetof<Check>("output"), 8);
    column(checks, offsetof<Check>("copiedInput"), 8);
    column(checks, offsetof<Check>("copiedOutput"), 8);
  } else {
    return 0;
  }
  return DESCRIPTION;
}
