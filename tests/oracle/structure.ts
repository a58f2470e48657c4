// What must hold of any spans, whoever recorded what they were made of: each has its id, its trace, a parent before it that
// holds it in time, and rows add up.

import type { Built, Span } from "./index.ts";

/** Every claim that does not hold, in words; empty if all do. Without `named` some names may stand for two things, and so may ids. */
export function misplaced({ traces, documents }: Pick<Built, "traces" | "documents">, named = true): string[] {
  const found: string[] = [];
  const claim = (holds: boolean, words: () => string): void => {
    if (!holds) found.push(words());
  };
  for (const { name, rows, used, skipped, broken } of documents)
    claim(used + skipped + broken.length === rows, () => `${name}: ${used} used, ${skipped} skipped, ${broken.length} broken of ${rows}`);
  const times = new Map<string, number>();
  for (const { spanId } of traces.flatMap(({ spans }) => spans)) times.set(spanId, (times.get(spanId) ?? 0) + 1);
  for (const [id, count] of times) claim(count === 1 || !named, () => `span ${id} stands ${count} times`);
  for (const trace of traces) {
    const before = new Map<string, Span>();
    for (const span of trace.spans) {
      const it = `${span.name} ${span.spanId}`;
      claim(span.traceId === trace.traceId, () => `${span.name}: in the wrong trace`);
      claim(span.end >= span.start, () => `${it}: ends before it starts`);
      const parent = span.parentSpanId === undefined ? undefined : before.get(span.parentSpanId);
      claim(span.parentSpanId === undefined ? before.size === 0 || !named : parent !== undefined, () => `${it}: no parent before it`);
      if (named && parent && parent.kind !== "session") {
        const free = span.kind === "agent" && span.attributes.some(([key, value]) => key === "spanloom.async" && value === true);
        claim(span.start >= parent.start && (free || span.end <= parent.end), () => `${it}: outside ${parent.name}`);
      }
      before.set(span.spanId, span);
    }
  }
  return found;
}
