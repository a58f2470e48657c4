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

// What hosts see of each table: for each column its offset in a record and its width, in bytes, in the order of layout.ts.
const STRINGS = memory.data<usize>([
  offsetof<StringRow>("pointer"), 4,
  offsetof<StringRow>("length"), 4,
]);
const DOCUMENTS = memory.data<usize>([
  offsetof<Document>("name"), 4,
  offsetof<Document>("kind"), 4,
  offsetof<Document>("session"), 4,
  offsetof<Document>("agent"), 4,
  offsetof<Document>("rows"), 4,
  offsetof<Document>("used"), 4,
  offsetof<Document>("skipped"), 4,
  offsetof<Document>("broken"), 4,
  offsetof<Document>("copies"), 4,
  offsetof<Document>("version"), 4,
  offsetof<Document>("skippedCopy"), <usize>SKIP_REASONS * 4,
  offsetof<Document>("bytes"), 8,
]);
const BROKEN = memory.data<usize>([
  offsetof<Broken>("document"), 4,
  offsetof<Broken>("line"), 4,
  offsetof<Broken>("reason"), 4,
]);
const TRACES = memory.data<usize>([
  offsetof<Trace>("high"), 16,
  offsetof<Trace>("firstSpan"), 4,
  offsetof<Trace>("spans"), 4,
  offsetof<Trace>("conversation"), 4,
  offsetof<Trace>("settled"), 4,
]);
const SPANS = memory.data<usize>([
  offsetof<Span>("id"), 8,
  offsetof<Span>("parent"), 4,
  offsetof<Span>("kind"), 4,
  offsetof<Span>("flags"), 4,
  offsetof<Span>("start"), 8,
  offsetof<Span>("end"), 8,
  offsetof<Span>("name"), 4,
  offsetof<Span>("input"), 8,
  offsetof<Span>("output"), 8,
  offsetof<Span>("error"), 4,
  offsetof<Span>("document"), 4,
  offsetof<Span>("line"), 4,
  offsetof<Span>("trace"), 4,
  offsetof<Span>("textDocument"), 4,
  offsetof<Span>("textLength"), 4,
  offsetof<Span>("textOffset"), 8,
]);
const EVENTS = memory.data<usize>([
  offsetof<SpanEvent>("span"), 4,
  offsetof<SpanEvent>("kind"), 4,
  offsetof<SpanEvent>("time"), 8,
]);
const INVOCATIONS = memory.data<usize>([
  offsetof<Invocation>("span"), 4,
  offsetof<Invocation>("turn"), 4,
  offsetof<Invocation>("origin"), 4,
  offsetof<Invocation>("agent"), 4,
  offsetof<Invocation>("join"), 4,
  offsetof<Invocation>("call"), 4,
  offsetof<Invocation>("answered"), 4,
]);
const TRANSCRIPTS = memory.data<usize>([
  offsetof<Transcript>("span"), 4,
  offsetof<Transcript>("document"), 4,
  offsetof<Transcript>("rows"), 4,
]);
const WRITERS = memory.data<usize>([
  offsetof<Writer>("document"), 4,
  offsetof<Writer>("session"), 4,
  offsetof<Writer>("version"), 4,
  offsetof<Writer>("rows"), 4,
  offsetof<Writer>("responses"), 4,
  offsetof<Writer>("partial"), 4,
]);
const COPIES = memory.data<usize>([
  offsetof<Copies>("document"), 4,
  offsetof<Copies>("source"), 4,
  offsetof<Copies>("rows"), 4,
]);
const CHECKS = memory.data<usize>([
  offsetof<Check>("calls"), 4,
  offsetof<Check>("unanswered"), 4,
  offsetof<Check>("results"), 4,
  offsetof<Check>("strayResults"), 4,
  offsetof<Check>("repeatedResults"), 4,
  offsetof<Check>("inferredTimes"), 4,
  offsetof<Check>("input"), 8,
  offsetof<Check>("output"), 8,
  offsetof<Check>("copiedInput"), 8,
  offsetof<Check>("copiedOutput"), 8,
]);

/** The description handed out last: u32 rows, u32 columns, then pointer, stride and width of each column. */
const DESCRIPTION: usize = memory.data(8 + 24 * 12, 16);

function describe<T>(table: Strip<T>, columns: usize, count: u32): usize {
  return publish(table.base, table.rows, offsetof<T>(), columns, count);
}

function publish(base: usize, rows: u32, stride: usize, columns: usize, count: u32): usize {
  store<u32>(DESCRIPTION, rows);
  store<u32>(DESCRIPTION, count, 4);
  for (let at = DESCRIPTION + 8; count; count--) {
    store<u32>(at, <u32>base + load<u32>(columns));
    store<u32>(at, <u32>stride, 4);
    store<u32>(at, load<u32>(columns, 4), 8);
    columns += 8;
    at += 12;
  }
  return DESCRIPTION;
}

/** Where the columns of a table lie; 0 for a table nobody knows. */
export function describeTable(id: i32): usize {
  if (id == TABLE_STRINGS) return describe(strings, STRINGS, 2);
  if (id == TABLE_DOCUMENTS) return describe(documents, DOCUMENTS, 12);
  if (id == TABLE_BROKEN) return describe(brokenRows, BROKEN, 3);
  if (id == TABLE_TRACES) return describe(traces, TRACES, 5);
  if (id == TABLE_SPANS) return describe(spans, SPANS, 16);
  if (id == TABLE_EVENTS) return describe(spanEvents, EVENTS, 3);
  if (id == TABLE_INVOCATIONS) return describe(invocations, INVOCATIONS, 7);
  if (id == TABLE_TRANSCRIPTS) return describe(transcripts, TRANSCRIPTS, 3);
  if (id == TABLE_WRITERS) return describe(writers, WRITERS, 6);
  if (id == TABLE_COPIES) return describe(copies, COPIES, 3);
  if (id == TABLE_CHECKS) return describe(checks, CHECKS, 10);
  return 0;
}
