// The oracle: the slow, obvious reading of docs/SPANS.md that the core is held against.
//
// Written from the contract alone. It reads everything into memory, understands one family at a time and knows neither
// windows nor batches; otlp.ts writes what it found.

import { agentNameOf, attributesOf, modelOf, sumOfTokens, type Attributes, type Options, type Value } from "./attributes.ts";
import { countsOf, totalsOf } from "./counts.ts";
import { readDocuments, type Input } from "./document.ts";
import { eventAttributes } from "./events.ts";
import type { Response } from "./facts.ts";
import { Family } from "./family.ts";
import { spanId, traceId } from "./identity.ts";
import { profiled } from "./profiles.ts";
import { said } from "./said.ts";
import { buildTurns, type Kind, type Node } from "./spans.ts";
import { membersNamed } from "./teams.ts";

export type { Attributes, Input, Options, Value };

export interface Span {
  kind: Kind;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  start: bigint;
  end: bigint;
  attributes: Attributes;
  events: { name: string; time: bigint; attributes: [string, string | bigint][] }[];
  error: { message: string } | undefined;
}

export interface Trace {
  traceId: string;
  conversation: string;
  spans: Span[];
}

export interface Counts {
  name: string;
  kind: number;
  rows: number;
  used: number;
  skipped: number;
  /** By SKIP_*. */
  skippedBy: number[];
  broken: { line: number; reason: number }[];
  copies: number;
}

export interface Built {
  traces: Trace[];
  /** One per document, in the order they were given. */
  documents: Counts[];
  totals: Record<"turns" | "responses" | "calls" | "agents" | "events" | "spans" | "errors" | "sessions", number> &
    Record<"inputTokens" | "outputTokens", bigint>;
  resource: [string, string][];
}

export const defaults: Options = { shape: "turns", content: "full", agentName: "claude-code", resource: [], profile: "genai" };

function nameOf(node: Node, agentName: string): string {
  if (node.kind === "chat") return ["chat", modelOf(node.response!)].filter(Boolean).join(" ");
  if (node.kind === "tool") return ["execute_tool", node.call?.tool].filter(Boolean).join(" ");
  return `${node.kind === "session" ? "session" : "invoke_agent"} ${agentName}`;
}

function ownId(node: Node): string {
  if (node.kind === "turn") return node.turn.identity;
  if (node.kind === "chat") return node.response!.id;
  if (node.call) return node.call.id;
  return node.spawned?.agentId ?? (node.row.uuid ?? `${node.row.document.session}:${node.row.line}`);
}

/** A node and everything below it, as spans: parents first, what belongs to a sub-agent right after it. */
function spansOf(node: Node, shown: string, ids: Buffer, parent: string | undefined, agentName: string, options: Options): Span[] {
  const own = node.kind === "turn" || node.kind === "agent" ? agentNameOf(node, options) : agentName;
  const span: Span = {
    kind: node.kind,
    name: nameOf(node, own),
    traceId: shown,
    spanId: spanId(ids, node.kind, ownId(node)).toString("hex"),
    parentSpanId: parent,
    start: node.start,
    end: node.end,
    attributes: profiled(said(node), own, options, attributesOf(node, own, options)),
    events: [...node.events]
      .sort((a, b) => a.row.order - b.row.order)
      .map((event) => ({ name: event.name, time: event.row.time, attributes: eventAttributes(event, options.content === "full") })),
    error: node.failure ? { message: options.content === "metadata" && node.failure.recorded ? "" : node.failure.message } : undefined,
  };
  return [span, ...node.children.flatMap((child) => spansOf(child, shown, ids, span.spanId, own, options))];
}

const responsesBelow = (node: Node): Response[] => [...(node.response ? [node.response] : []), ...node.children.flatMap(responsesBelow)];

const countsBelow = (spans: Span[]): [string, number][] => [
  ["turns", spans.filter((span) => span.kind === "turn").length],
  ["chats", spans.filter((span) => span.kind === "chat").length],
  ["tool_calls", spans.filter((span) => span.kind === "tool").length],
  ["agents", spans.filter((span) => span.kind === "agent").length],
  ["errors", spans.filter((span) => span.error).length],
];

function sessionTrace(root: string, turns: Node[], options: Options): Trace {
  const id = traceId("session", root);
  const shown = id.toString("hex");
  const own = spanId(id, "session", root).toString("hex");
  const below = turns.flatMap((turn) => spansOf(turn, shown, traceId("turn", turn.turn.identity), own, options.agentName, options));
  const first = turns[0]!;
  const node: Node = {
    ...first,
    kind: "session",
    start: below.reduce((least, span) => (span.start < least ? span.start : least), first.start),
    end: below.reduce((most, span) => (span.end > most ? span.end : most), first.end),
    inferred: turns.some((turn) => turn.inferred),
    failure: undefined,
    events: [],
    children: [],
  };
  const session: Span = {
    kind: "session",
    name: nameOf(node, options.agentName),
    traceId: shown,
    spanId: own,
    parentSpanId: undefined,
    start: node.start,
    end: node.end,
    attributes: profiled(said(node), options.agentName, options, attributesOf(node, options.agentName, options, { responses: turns.flatMap(responsesBelow), counts: countsBelow(below) })),
    events: [],
    error: undefined,
  };
  return { traceId: shown, conversation: root, spans: [session, ...below] };
}

export function build(inputs: Input[], given: Partial<Options> = {}): Built {
  const options = { ...defaults, ...given };
  // Which sessions are team members' is known only once all results are read: so everything is read twice.
  const documents = readDocuments(inputs, membersNamed(readDocuments(inputs)));
  const turns = buildTurns(new Family(documents));
  const groups = new Map<string, Node[]>();
  for (const turn of turns) {
    const root = turn.turn.first.document.root;
    groups.set(root, [...(groups.get(root) ?? []), turn]);
  }
  const traces =
    options.shape === "session"
      ? [...groups].map(([root, list]) => sessionTrace(root, list, options))
      : turns.map((turn) => {
          const id = traceId("turn", turn.turn.identity);
          const shown = id.toString("hex");
          return { traceId: shown, conversation: turn.turn.first.document.root, spans: spansOf(turn, shown, id, undefined, options.agentName, options) };
        });
  const spans = traces.flatMap((trace) => trace.spans);
  const responses = turns.flatMap(responsesBelow);
  const resource = new Map<string, string>([["service.name", options.agentName]]);
  for (const [key, value] of options.resource) resource.set(key, value);
  return {
    traces,
    documents: inputs.map((input) => countsOf(documents.find((document) => document.name === input.name)!)),
    totals: totalsOf(groups.size, spans, sumOfTokens(responses, "input"), sumOfTokens(responses, "output")),
    resource: [...resource],
  };
}
