// The content of a turn's spans as lines to stand below each in its tree: prompts, answers, arguments and results, whole
// and as they were written, but unable to do anything to a terminal. It reads only the lines of the store that have the turn.

import type { SpanNode } from "../build/tree.ts";
import type { LineFile, LinePlace } from "../store/lines.ts";
import { type Content, contentsOf } from "../store/messages.ts";
import { parseRequest, said, spansOf, type StoredSpan } from "../store/requests.ts";
import type { StoredTree } from "../store/tree.ts";
import { inert, type Paint } from "./terminal.ts";
import type { Details } from "./tree.ts";

function linesOf({ title, text }: Content, paint: Paint): string[] {
  const lines = text.split(/\r\n|\n/).map((line) => `  ${inert(line.replaceAll("\t", "    "))}`);
  return [paint("cyan", title), ...lines];
}

/** Gives the details of one turn after another; one line of the file is kept, because neighbours share it. */
export class FullReader {
  #line: LinePlace | undefined;
  #spans: StoredSpan[] = [];

  constructor(
    readonly file: LineFile,
    readonly tree: StoredTree,
    readonly paint: Paint,
  ) {}

  /** All that is said in a turn, by its span. */
  detailsOf(turn: SpanNode): Details {
    const trace = this.tree.traces[turn.trace] ?? "";
    const contents = new Map<string, string[]>();
    for (const line of this.tree.lines.get(trace) ?? []) {
      for (const span of this.#read(line)) {
        if (span.traceId !== trace || contents.has(span.spanId)) continue;
        contents.set(
          span.spanId,
          contentsOf(said(span)).flatMap((content) => linesOf(content, this.paint)),
        );
      }
    }
    return ({ id }) => contents.get(id) ?? [];
  }

  #read(line: LinePlace): StoredSpan[] {
    if (this.#line?.offset === line.offset) return this.#spans;
    const request = parseRequest(this.file.at(line));
    this.#spans = typeof request === "string" ? [] : spansOf(request);
    this.#line = line;
    return this.#spans;
  }
}
