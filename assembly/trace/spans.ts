// The finished trace: spans as records, parents before children, the spans of a trace together. Published: see layout.ts.

import { Strip } from "../bytes/table";

@unmanaged
export class Span {
  id: u64;
  start: i64;
  end: i64;
  /** -1 where unknown. */
  input: i64;
  output: i64;
  textOffset: u64;
  textDocument: u32;
  textLength: u32;
  /** Row, -1 for a root. */
  parent: i32;
  kind: u32;
  flags: u32;
  /** String: agent, model or tool. */
  name: u32;
  /** String: error.type. */
  error: u32;
  document: u32;
  line: u32;
  trace: u32;
  // --- not published
  /** Scope + 1, of a turn or an agent; of a chat or tool the scope it belongs to. */
  scope: u32;
  /** Response + 1 of a chat, call + 1 of a tool or an agent. */
  subject: u32;
  /** Scope + 1 of the turn. */
  turn: u32;
  /** First row of evidence + 1. */
  row: u32;
}

@unmanaged
export class Trace {
  /** Sixteen bytes. */
  high: u64;
  low: u64;
  firstSpan: u32;
  spans: u32;
  conversation: u32;
  settled: u32;
  // --- not published
  /** The host wants it encoded. */
  chosen: u32;
}

@unmanaged
export class SpanEvent {
  time: i64;
  span: u32;
  kind: u32;
  /** Row that says it. */
  row: u32;
}

export const spans = new Strip<Span>();
export const traces = new Strip<Trace>();
export const spanEvents = new Strip<SpanEvent>();

export function clearTrace(): void {
  spans.clear();
  traces.clear();
  spanEvents.clear();
}
