// What became of a document's rows, and what a family amounts to, in numbers; for every client alike.

import { SKIP_COPY, SKIP_REASONS } from "../../assembly/abi/layout.ts";
import type { Built, Counts, Span } from "./index.ts";

interface Read {
  readonly name: string;
  readonly kind: number;
  readonly rows: readonly { readonly line: number; readonly fate?: { kind: "used" } | { kind: "skipped"; reason: number } | { kind: "broken"; reason: number } | undefined }[];
}

export function countsOf(document: Read): Counts {
  const skippedBy = new Array<number>(SKIP_REASONS).fill(0);
  const broken: Counts["broken"] = [];
  let used = 0;
  for (const { fate, line } of document.rows) {
    if (fate?.kind === "used") used++;
    else if (fate?.kind === "skipped") skippedBy[fate.reason]!++;
    else if (fate) broken.push({ line, reason: fate.reason });
  }
  const skipped = skippedBy.reduce((a, b) => a + b, 0);
  return { name: document.name, kind: document.kind, rows: document.rows.length, used, skipped, skippedBy, broken, copies: skippedBy[SKIP_COPY]! };
}

export function totalsOf(sessions: number, spans: readonly Span[], inputTokens: bigint, outputTokens: bigint): Built["totals"] {
  const ofKind = (kind: Span["kind"]): number => spans.filter((span) => span.kind === kind).length;
  return {
    sessions,
    turns: ofKind("turn"),
    responses: ofKind("chat"),
    calls: ofKind("tool"),
    agents: ofKind("agent"),
    events: spans.reduce((sum, span) => sum + span.events.length, 0),
    spans: spans.length,
    errors: spans.filter((span) => span.error).length,
    inputTokens,
    outputTokens,
  };
}
