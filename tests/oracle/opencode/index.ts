// The oracle's reading of opencode: the section of docs/SPANS.md, slowly and obviously.
//
// Its result has the shape of the other oracle's, and is compared with the core in the same way.

import type { Options } from "../attributes.ts";
import { countsOf, totalsOf } from "../counts.ts";
import { spanId, traceId } from "../identity.ts";
import type { Input } from "../document.ts";
import type { Built, Span, Trace } from "../index.ts";
import { agentNameOf, attributesOf, modelOf, sumOfTokens } from "./attributes.ts";
import { profiled } from "../profiles.ts";
import { inPlace, type Chat } from "./facts.ts";
import { Family } from "./family.ts";
import { said } from "./said.ts";
import { Builder, type Node, type Turn } from "./spans.ts";
import { readState } from "./state.ts";
import { later } from "./times.ts";

export const defaults: Options = { shape: "turns", content: "full", agentName: "opencode", resource: [], profile: "genai" };

function nameOf(node: Node, agentName: string): string {
  if (node.kind === "chat") return ["chat", modelOf(node.chat!)].filter(Boolean).join(" ");
  if (node.kind === "tool") return ["execute_tool", node.call!.tool].filter(Boolean).join(" ");
  return `${node.kind === "session" ? "session" : "invoke_agent"} ${agentName}`;
}

function spansOf(node: Node, turn: Turn, shown: string, ids: Buffer, parent: string | undefined, agentName: string, options: Options): Span[] {
  const own = node.kind === "turn" || node.kind === "agent" ? agentNameOf(node, options) : agentName;
  const span: Span = {
    kind: node.kind,
    name: nameOf(node, own),
    traceId: shown,
    spanId: spanId(ids, node.kind, node.id).toString("hex"),
    parentSpanId: parent,
    start: node.start,
    end: node.end,
    attributes: profiled(said(node), own, options, attributesOf(node, turn, own, options)),
    events: [...node.events]
      .sort(inPlace)
      .map(({ name, time, attributes, summary }) => ({
        name,
        time,
        attributes: options.content === "full" && summary !== undefined ? [...attributes, ["spanloom.compaction.summary", summary]] : attributes,
      })),
    error: node.failure ? { message: options.content === "metadata" && node.failure.recorded ? "" : node.failure.message } : undefined,
  };
  return [span, ...node.children.flatMap((child) => spansOf(child, turn, shown, ids, span.spanId, own, options))];
}

const chatsBelow = (node: Node): Chat[] => [...(node.chat ? [node.chat] : []), ...node.children.flatMap(chatsBelow)];

function sessionTrace(conversation: string, turns: Turn[], options: Options): Trace {
  const id = traceId("session", conversation, "opencode");
  const shown = id.toString("hex");
  const own = spanId(id, "session", conversation).toString("hex");
  const below = turns.flatMap((turn) => spansOf(turn.node, turn, shown, traceId("turn", turn.node.id, "opencode"), own, options.agentName, options));
  const first = turns[0]!;
  const ofKind = (kind: string): number => below.filter((span) => span.kind === kind).length;
  const node: Node = { ...first.node, kind: "session", inferred: turns.some((turn) => turn.node.inferred), failure: undefined, events: [], children: [] };
  const session: Span = {
    kind: "session",
    name: nameOf(node, options.agentName),
    traceId: shown,
    spanId: own,
    parentSpanId: undefined,
    start: below.reduce((least, span) => (span.start < least ? span.start : least), first.node.start),
    end: later(...below.map((span) => span.end)),
    attributes: profiled(
      said(node),
      options.agentName,
      options,
      attributesOf(node, first, options.agentName, options, {
        chats: turns.flatMap((turn) => chatsBelow(turn.node)),
        counts: [
          ["turns", ofKind("turn")],
          ["chats", ofKind("chat")],
          ["tool_calls", ofKind("tool")],
          ["agents", ofKind("agent")],
          ["errors", below.filter((span) => span.error).length],
        ],
      }),
    ),
    events: [],
    error: undefined,
  };
  return { traceId: shown, conversation, spans: [session, ...below] };
}

export function build(inputs: Input[], given: Partial<Options> = {}): Built {
  const options = { ...defaults, ...given };
  const family = new Family(readState(inputs));
  const turns = new Builder(family).turns();
  const groups = new Map<string, Turn[]>();
  for (const turn of turns) groups.set(turn.conversation, [...(groups.get(turn.conversation) ?? []), turn]);
  const traces =
    options.shape === "session"
      ? [...groups].map(([conversation, list]) => sessionTrace(conversation, list, options))
      : turns.map((turn): Trace => {
          const id = traceId("turn", turn.node.id, "opencode");
          return { traceId: id.toString("hex"), conversation: turn.conversation, spans: spansOf(turn.node, turn, id.toString("hex"), id, undefined, options.agentName, options) };
        });
  const spans = traces.flatMap((trace) => trace.spans);
  const chats = turns.flatMap((turn) => chatsBelow(turn.node));
  const resource = new Map<string, string>([["service.name", options.agentName], ...options.resource]);
  return {
    traces,
    documents: inputs.map((input) => countsOf(family.state.documents.find((document) => document.name === input.name)!)),
    totals: totalsOf(groups.size, spans, sumOfTokens(chats, "input"), sumOfTokens(chats, "output")),
    resource: [...resource],
  };
}
