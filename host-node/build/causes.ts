// What ended turns and sub-agents: who was aborted when, or which failure was the last, bound to the run that it ended, and
// whether a title was being made meanwhile. The core says it in the events of spans, which are encoded for this, of those
// traces alone that have any; what only the record says comes from opencode.ts.

import { type Core, EVENT_API_ERROR, EVENT_INTERRUPT, type InvocationRow, type SpanRow } from "../../bridge/index.ts";
import type { CauseFacts, TitleState } from "./facts.ts";
import type { Told } from "./opencode.ts";

interface Encoded {
  readonly spanId: string;
  readonly events?: { readonly name: string; readonly timeUnixNano: string; readonly attributes?: readonly Attribute[] }[];
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string };
}

interface Requests {
  readonly resourceSpans: { readonly scopeSpans: { readonly spans: Encoded[] }[] }[];
}

/** The spans of traces in which something was interrupted or a call of the model failed, from a core that was opened without content. */
function* encodedSpans(core: Core, spans: readonly SpanRow[]): Generator<Encoded> {
  const traces = new Set<number>();
  for (const { span, kind } of core.events())
    if (kind === EVENT_INTERRUPT || kind === EVENT_API_ERROR) traces.add((spans[span] as SpanRow).trace);
  if (traces.size === 0) return;
  core.choose([...traces].sort((a, b) => a - b));
  core.encode("json");
  for (let step = core.next(); step.status !== "done"; step = core.next()) {
    if (step.status !== "batch") continue;
    const { resourceSpans } = JSON.parse(Buffer.from(step.bytes).toString()) as Requests;
    for (const { scopeSpans } of resourceSpans) for (const { spans } of scopeSpans) yield* spans;
  }
  core.choose();
}

/** What is known of the making of a session's title when a run of it was aborted. */
function titleState(at: number, said: string | undefined, session: string, message: string, told: Told): TitleState {
  const made = told.messages.get(message)?.diagnostics?.title;
  if (made !== undefined) {
    if (made.completed !== undefined) return made.completed <= at ? "completed_before_abort" : "completed_after_abort";
    return made.started !== undefined && made.started <= at ? "in_flight" : "not_started";
  }
  if (said === undefined) return "unknown";
  const { isNamed, titled } = told.sessionOf(session);
  // Who opens a session with a title has none made, and neither has a sub-agent.
  if (isNamed === true) return "not_started";
  if (said === "done") return "completed_before_abort";
  if (titled !== undefined) return "completed_after_abort";
  // It is asked for beside the first answer.
  for (const { session: own, role, created } of told.messages.values()) if (own === session && role === "assistant" && created <= at) return "in_flight";
  return "not_started";
}

/** What ended the turns and sub-agents of a finished family, in the order of their spans, then of time. */
export function readCauses(core: Core, spans: readonly SpanRow[], invocations: ReadonlyMap<number, InvocationRow>, told: Told): CauseFacts[] {
  const traces = core.traces();
  const rows = new Map(spans.map((span) => [span.id, span]));
  const causes: CauseFacts[] = [];
  for (const { spanId, events = [] } of encodedSpans(core, spans)) {
    const span = rows.get(spanId) as SpanRow;
    const { turn = 0, agent = "" } = invocations.get(span.row) ?? {};
    const own: CauseFacts[] = [];
    for (const { name, timeUnixNano, attributes = [] } of events) {
      const said = new Map(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? ""]));
      const isInterrupt = name === "spanloom.interrupt";
      // Of an attempt that was made again nothing ended.
      if (!isInterrupt && (name !== "spanloom.api_error" || said.has("spanloom.retry.attempt"))) continue;
      const at = Number(BigInt(timeUnixNano) / 1000n) / 1000;
      const message = said.get("spanloom.interrupt.response") ?? "";
      const session = told.messages.get(message)?.session ?? (agent || (traces[span.trace]?.conversation ?? ""));
      const place = { session, turn, ...(agent === "" ? {} : { agent }), spanId, at };
      if (isInterrupt) {
        const { source = "", reason = "", mode = "" } = told.messages.get(message)?.diagnostics?.abort ?? {};
        const title = titleState(at, said.get("spanloom.interrupt.title"), session, message, told);
        own.push({ type: "interrupted", first: false, ...place, message, source, ...(reason === "" ? {} : { reason }), ...(mode === "" ? {} : { mode }), title });
      } else {
        const status = said.get("http.response.status_code");
        own.push({ type: said.get("error.type") ?? "", first: false, ...place, ...(status === undefined ? {} : { status: Number(status) }) });
      }
    }
    own.sort((a, b) => a.at - b.at);
    causes.push(...own.map((cause, index) => ({ ...cause, first: index === 0 })));
  }
  return causes;
}
