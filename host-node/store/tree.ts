// A stored session as the tree that a build of it would give (build/tree.ts), so that both are drawn alike. It needs no
// core, and keeps of the content only the beginnings that are drawn.

import {
  EVENT_API_ERROR,
  EVENT_COMPACTION,
  EVENT_COMPACTION_REQUEST,
  EVENT_HOOK,
  EVENT_INTERRUPT,
  EVENT_NOTIFICATION,
  EVENT_PERMISSION_DENIED,
  EVENT_PERMISSION_REQUEST,
  type EventRow,
  FLAG_ASYNC,
  FLAG_ERROR,
  FLAG_INFERRED_TIME,
  FLAG_ORPHAN,
  FLAG_PARTIAL_USAGE,
  KIND_AGENT,
  KIND_CHAT,
  KIND_SESSION,
  KIND_TOOL,
  KIND_TURN,
} from "../../bridge/index.ts";
import type { SessionTree, SpanNode } from "../build/tree.ts";
import type { LineFile, LinePlace } from "./lines.ts";
import { firstText } from "./messages.ts";
import {
  integer,
  isTrue,
  milliseconds,
  readRequests,
  type Said,
  said,
  spansOf,
  type StoredSpan,
  type StoreProblem,
  text,
} from "./requests.ts";

/** A session's file, read. */
export interface StoredTree extends SessionTree {
  /** The record's documents, by the numbers that spans have for them. */
  readonly documents: string[];
  /** Working directories of its turns, each once, and the branch that the last of them stood on. */
  readonly directories: string[];
  readonly branch: string;
  /** The lines that have spans of a trace, by its id. */
  readonly lines: ReadonlyMap<string, readonly LinePlace[]>;
}

/** What stands for a turn whose own line is broken. */
export const LOST_TURN = "(this turn's own line is broken)";

const mostWords = 4096;
const eventKinds: Record<string, number> = {
  "spanloom.compaction": EVENT_COMPACTION,
  "spanloom.api_error": EVENT_API_ERROR,
  "spanloom.interrupt": EVENT_INTERRUPT,
  "spanloom.hook": EVENT_HOOK,
  "spanloom.permission_request": EVENT_PERMISSION_REQUEST,
  "spanloom.permission_denied": EVENT_PERMISSION_DENIED,
  "spanloom.notification": EVENT_NOTIFICATION,
  "spanloom.compaction_request": EVENT_COMPACTION_REQUEST,
};

export function kindOf(said: Said): number {
  const operation = text(said, "gen_ai.operation.name");
  if (operation === "chat") return KIND_CHAT;
  if (operation === "execute_tool") return KIND_TOOL;
  if (operation !== "invoke_agent") return KIND_SESSION;
  return said.has("spanloom.agent.join") ? KIND_AGENT : KIND_TURN;
}

const names: Record<number, string> = { [KIND_CHAT]: "gen_ai.response.model", [KIND_TOOL]: "gen_ai.tool.name" };

function flagsOf(said: Said, failed: boolean): number {
  return (
    (failed ? FLAG_ERROR : 0) |
    (text(said, "spanloom.time") === "inferred" ? FLAG_INFERRED_TIME : 0) |
    (isTrue(said, "spanloom.async") ? FLAG_ASYNC : 0) |
    (isTrue(said, "spanloom.usage.partial") ? FLAG_PARTIAL_USAGE : 0) |
    (text(said, "spanloom.agent.join") === "orphan" ? FLAG_ORPHAN : 0)
  );
}

type Growing = { -readonly [Key in keyof SpanNode]: SpanNode[Key] };

/** Puts spans together as they come: parents stand before their children. */
class Assembly {
  readonly roots: SpanNode[] = [];
  readonly traces = new Map<string, number>();
  readonly documents = new Map<string, number>();
  readonly directories = new Set<string>();
  readonly #nodes = new Map<string, SpanNode>();
  readonly #rootOf = new Map<string, Growing>();
  readonly #stands = new Set<SpanNode>();
  conversation = "";
  branch = "";

  add(span: StoredSpan): void {
    const key = span.traceId + span.spanId;
    // Of a span that stands twice the first counts.
    if (this.#nodes.has(key)) return;
    const about = said(span);
    this.conversation ||= text(about, "gen_ai.conversation.id") ?? "";
    const row = this.#nodes.size;
    const node = this.#node(span, about, row);
    this.#nodes.set(key, node);
    if (span.parentSpanId === undefined || span.parentSpanId === "") {
      this.#root(span.traceId, node);
    } else {
      const parent = this.#nodes.get(span.traceId + span.parentSpanId) ?? this.#stand(span.traceId, node);
      node.parent = parent.row;
      parent.children.push(node);
    }
    if (node.kind !== KIND_TURN) return;
    const directory = text(about, "process.working_directory");
    if (directory !== undefined) this.directories.add(directory);
    this.branch = text(about, "vcs.ref.head.name") ?? this.branch;
  }

  #node(span: StoredSpan, about: Said, row: number): Growing {
    const kind = kindOf(about);
    const error = text(about, "error.type") ?? "";
    const events = (span.events ?? []).map(
      ({ name, timeUnixNano }): EventRow => ({
        span: row,
        kind: eventKinds[name] ?? 0,
        time: milliseconds(timeUnixNano),
      }),
    );
    const asked = kind === KIND_TURN || kind === KIND_AGENT;
    const prompt = asked ? firstText(text(about, "gen_ai.input.messages")) : undefined;
    return {
      row,
      id: span.spanId,
      parent: -1,
      kind,
      flags: flagsOf(about, error !== ""),
      start: milliseconds(span.startTimeUnixNano),
      end: milliseconds(span.endTimeUnixNano),
      name: text(about, names[kind] ?? "gen_ai.agent.name") ?? "",
      inputTokens: integer(about, "gen_ai.usage.input_tokens"),
      outputTokens: integer(about, "gen_ai.usage.output_tokens"),
      error,
      document: numberOf(this.documents, text(about, "spanloom.source.file") ?? ""),
      line: integer(about, "spanloom.source.line") ?? 0,
      trace: numberOf(this.traces, span.traceId),
      text: undefined,
      children: [],
      events,
      words: beginning(prompt),
      input: kind === KIND_TOOL ? beginning(text(about, "gen_ai.tool.call.arguments")) : undefined,
    };
  }

  #root(trace: string, node: Growing): void {
    this.roots.push(node);
    if (!this.#rootOf.has(trace)) this.#rootOf.set(trace, node);
  }

  /** The root of a span whose parent is not there; if that is lost too, one that stands for it. */
  #stand(trace: string, child: SpanNode): SpanNode {
    let root = this.#rootOf.get(trace);
    if (root === undefined) {
      const { start, end, document, line } = child;
      const nothing = { traceId: trace, spanId: "", name: "", startTimeUnixNano: 0, endTimeUnixNano: 0 };
      const node = this.#node(nothing, new Map(), -1);
      root = Object.assign(node, { kind: KIND_TURN, start, end, document, line, words: LOST_TURN });
      this.#root(trace, root);
      this.#stands.add(root);
    }
    if (this.#stands.has(root)) {
      root.start = Math.min(root.start, child.start);
      root.end = Math.max(root.end, child.end);
    }
    return root;
  }
}

/** Copied: a piece of a long string would keep all of it. */
const beginning = (text: string | undefined): string | undefined =>
  text === undefined || text.length <= mostWords ? text : Buffer.from(text.slice(0, mostWords)).toString();

function numberOf(numbers: Map<string, number>, name: string): number {
  const known = numbers.get(name) ?? numbers.size;
  numbers.set(name, known);
  return known;
}

/** Reads a session's file; nothing if there is no span in it. */
export function readStoredTree(file: LineFile, problem: (problem: StoreProblem) => void): StoredTree | undefined {
  const assembly = new Assembly();
  const lines = new Map<string, LinePlace[]>();
  for (const { line, request } of readRequests(file, problem)) {
    const place: LinePlace = { line: line.line, offset: line.offset, length: line.length };
    for (const span of spansOf(request)) {
      assembly.add(span);
      const known = lines.get(span.traceId);
      if (known === undefined) lines.set(span.traceId, [place]);
      else if (known.at(-1) !== place) known.push(place);
    }
  }
  const { roots, conversation, branch } = assembly;
  if (roots.length === 0) return undefined;
  return {
    conversation,
    turns: roots.flatMap((root) => (root.kind === KIND_SESSION ? root.children : [root])),
    session: roots.find((root) => root.kind === KIND_SESSION),
    traces: [...assembly.traces.keys()],
    documents: [...assembly.documents.keys()],
    directories: [...assembly.directories],
    branch,
    lines,
  };
}
