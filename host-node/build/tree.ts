// A finished family as nested spans, read from the core's columns, with the words of prompts decoded from their files.
// For drawing and for whoever wants the tree as data; it encodes nothing.

import {
  type Core,
  type EventRow,
  jsonText,
  KIND_AGENT,
  KIND_SESSION,
  KIND_TOOL,
  KIND_TURN,
  type SpanRow,
  type TextPlace,
} from "../../bridge/index.ts";
import type { DocumentFiles } from "./family.ts";

/** A span with what lies in it, in order. */
export interface SpanNode extends SpanRow {
  readonly children: SpanNode[];
  readonly events: EventRow[];
  /** The prompt of a turn or sub-agent, its beginning at least; absent if the record has none. */
  readonly words: string | undefined;
  /** The arguments of a tool as they were written, JSON, their beginning at least. */
  readonly input: string | undefined;
}

/** One conversation: a session, its forks and resumed copies. */
export interface SessionTree {
  /** The session's id. */
  readonly conversation: string;
  /** Its turns, in order, whatever the shape. */
  readonly turns: SpanNode[];
  /** The span over all turns, in the shape that has one. */
  readonly session: SpanNode | undefined;
  /** Trace id of each root, in order. */
  readonly traces: string[];
}

const mostWords = 4096;

function bytesAt(files: DocumentFiles, { document, offset, length }: TextPlace, most: number): Buffer {
  const bytes = Buffer.alloc(Math.min(length, most));
  return bytes.subarray(0, files.read(document, bytes, 0, bytes.length, offset));
}

/** What a turn or sub-agent was asked, its beginning at least. */
export function wordsOf(files: DocumentFiles, text: TextPlace, most = mostWords): string {
  const bytes = bytesAt(files, text, most);
  return jsonText(bytes, bytes.length < text.length);
}

/** The trees of a finished family. `most` limits the bytes that are read of each prompt and each tool's arguments. */
export function readTree(core: Core, files: DocumentFiles, most = mostWords): SessionTree[] {
  const events = new Map<number, EventRow[]>();
  for (const event of core.events()) events.set(event.span, [...(events.get(event.span) ?? []), event]);
  const nodes: SpanNode[] = [];
  const roots: SpanNode[] = [];
  for (const span of core.spans()) {
    let words: string | undefined;
    let input: string | undefined;
    if (span.text !== undefined) {
      if (span.kind === KIND_TURN || span.kind === KIND_AGENT) words = wordsOf(files, span.text, most);
      else if (span.kind === KIND_TOOL) input = bytesAt(files, span.text, most).toString();
    }
    const node: SpanNode = { ...span, children: [], events: events.get(span.row) ?? [], words, input };
    nodes.push(node);
    // Parents stand before their children.
    const parent = nodes[span.parent];
    if (parent === undefined) roots.push(node);
    else parent.children.push(node);
  }
  const traces = core.traces();
  const trees = new Map<string, SessionTree>();
  for (const root of roots) {
    const trace = traces[root.trace];
    const conversation = trace?.conversation ?? "";
    const whole = root.kind === KIND_SESSION;
    let tree = trees.get(conversation);
    if (tree === undefined) {
      tree = { conversation, turns: [], session: whole ? root : undefined, traces: [] };
      trees.set(conversation, tree);
    }
    tree.turns.push(...(whole ? root.children : [root]));
    tree.traces.push(trace?.id ?? "");
  }
  return [...trees.values()];
}
