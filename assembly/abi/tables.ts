// Publishes tables: where each column lies, so that hosts read it in place.

import { Strip } from "../bytes/table";
import { StringRow, strings } from "../bytes/strings";
import { Broken, Document, brokenRows, documents } from "../session/model";
import { Span, SpanEvent, Trace, spanEvents, spans, traces } from "../trace/spans";
import { TABLE_BROKEN, TABLE_DOCUMENTS, TABLE_EVENTS, TABLE_SPANS, TABLE_STRINGS, TABLE_TRACES } from "./layout";

/** The description handed out last: u32 rows, u32 columns, then pointer, stride and width of each column. */
const DESCRIPTION: usize = memory.data(8 + 16 * 12, 16);

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
    return 0;
  }
  return DESCRIPTION;
}
