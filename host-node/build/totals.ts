// What a session comes to, counted over its tree: the figures above a drawn session and in a list of sessions.

import { KIND_AGENT, KIND_CHAT, KIND_TOOL, KIND_TURN } from "../../bridge/index.ts";
import type { SessionTree, SpanNode } from "./tree.ts";

export interface Totals {
  readonly turns: number;
  readonly chats: number;
  /** Calls that spawned no agent. */
  readonly tools: number;
  readonly agents: number;
  readonly failed: number;
  /** Milliseconds since 1970: from the earliest start to the latest end. */
  readonly start: number;
  readonly end: number;
  /** Tokens of all responses; absent if none says any. */
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  /** In the order of their first response. */
  readonly models: string[];
}

function* everything(spans: readonly SpanNode[]): Generator<SpanNode> {
  for (const span of spans) {
    yield span;
    yield* everything(span.children);
  }
}

export function totalsOf(tree: SessionTree): Totals {
  const spans = [...everything(tree.turns)];
  const count = (kind: number): number => spans.reduce((sum, span) => sum + Number(span.kind === kind), 0);
  const chats = spans.filter((span) => span.kind === KIND_CHAT);
  const sum = (of: (span: SpanNode) => number | undefined): number | undefined =>
    chats.some((chat) => of(chat) !== undefined) ? chats.reduce((total, chat) => total + (of(chat) ?? 0), 0) : undefined;
  return {
    turns: count(KIND_TURN),
    chats: chats.length,
    tools: count(KIND_TOOL),
    agents: count(KIND_AGENT),
    failed: spans.filter((span) => span.error !== "").length,
    start: spans.reduce((least, span) => Math.min(least, span.start), Infinity),
    end: spans.reduce((most, span) => Math.max(most, span.end), -Infinity),
    inputTokens: sum((chat) => chat.inputTokens),
    outputTokens: sum((chat) => chat.outputTokens),
    models: [...new Set(chats.map((chat) => chat.name).filter((name) => name !== ""))],
  };
}
