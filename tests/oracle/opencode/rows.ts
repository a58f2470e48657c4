// Documents of opencode and their rows: where each row stands, and what is written in it as it is.
//
// Three shapes are told apart by their beginning: events one a line, events as Server-Sent Events or as one array, and
// exports. What an event means is in writes.ts.

import { BROKEN_SYNTAX, BROKEN_TORN, DOCUMENT_TRANSCRIPT, DOCUMENT_UNKNOWN, SKIP_NOT_A_RECORD } from "../../../assembly/abi/layout.ts";
import type { Fate, Input } from "../document.ts";
import { member, readRow, text, type Json } from "../json.ts";
import { skip } from "../record.ts";

export interface Row {
  document: Document;
  /** Of its first byte, from 1. */
  line: number;
  /** Place in all documents, in canonical order. */
  order: number;
  value: Json | undefined;
  /** Of an export: what the row is. An event says so itself. */
  as: "event" | "info" | "part" | "other";
  fate: Fate | undefined;
}

export interface Document {
  name: string;
  kind: number;
  shape: "events" | "exports" | undefined;
  rows: Row[];
  /** Of exports: nothing in it is broken. */
  whole: boolean;
}

const space = " \t\r\n";
/** Begins an export, or a message of one. */
const isExport = /^\{\s*"(info|messages|parts)"/;

/** Where the value that begins at `at` ends, judged by quotes, none of them behind a backslash, and brackets alone; undefined if the text, or a line within a string, ends before it does. */
function extent(written: string, at: number): number | undefined {
  if (written[at] !== "{" && written[at] !== "[" && written[at] !== '"') {
    let end = at;
    while (end < written.length && !`,]}${space}`.includes(written[end]!)) end++;
    return end;
  }
  let depth = 0;
  for (let i = at; i < written.length; i++) {
    const character = written[i]!;
    if (character === '"') {
      for (i++; i < written.length && written[i] !== '"' && written[i] !== "\n"; i++) if (written[i] === "\\") i++;
      if (written[i] !== '"') return undefined;
    } else if (character === "\\") i++;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    if (depth === 0) return i + 1;
  }
  return undefined;
}

class Reader {
  readonly rows: Row[] = [];
  constructor(
    readonly document: Document,
    readonly written: string,
  ) {}

  lineOf(at: number): number {
    return this.written.slice(0, at).split("\n").length;
  }

  add(as: Row["as"], line: number, written: string, last: boolean): Row {
    const read = readRow(written, last);
    const row: Row = { document: this.document, line, order: 0, value: undefined, as, fate: undefined };
    if (!read.ok && as !== "event") this.document.whole = false;
    if (!read.ok) row.fate = { kind: "broken", reason: read.reason };
    else if (read.value.kind !== "object") row.fate = skip(SKIP_NOT_A_RECORD);
    else row.value = read.value;
    this.rows.push(row);
    return row;
  }

  /** Of what holds the rows. */
  broken(line: number, reason: number): void {
    this.document.whole = false;
    this.rows.push({ document: this.document, line, order: 0, value: undefined, as: "other", fate: { kind: "broken", reason } });
  }

  /** Each line a row, until one begins that is of Server-Sent Events. */
  lines(): void {
    const lines = this.written.split("\n");
    const last = lines.reduce((found, line, index) => (line.trim() === "" ? found : index), -1);
    const framed = lines.findIndex((line) => /^(data|event|id|retry):/.test(line));
    lines.slice(0, framed < 0 ? undefined : framed).forEach((line, index) => {
      if (line.trim() !== "") this.add("event", index + 1, line, index === last);
    });
    if (framed >= 0) this.serverSentEvents(framed);
  }

  /** What stands behind `data:`; lines that follow one another are one row, unless the first is whole. */
  serverSentEvents(from = 0): void {
    const lines = this.written.split("\n").map((line) => line.replace(/\r$/, ""));
    const isData = (index: number): boolean => lines[index]?.startsWith("data:") ?? false;
    const said = (index: number): string => lines[index]!.slice("data:".length).replace(/^ /, "");
    const isNone = (index: number): boolean => lines[index]!.trim() === "" || /^(event:|id:|retry:|:)/.test(lines[index]!);
    const last = lines.reduce((found, _, index) => (isNone(index) ? found : index), -1);
    for (let index = from; index < lines.length; index++) {
      if (isNone(index)) continue;
      if (!isData(index)) {
        this.add("event", index + 1, lines[index]!, index === last);
        continue;
      }
      let written = said(index);
      const first = index;
      while (!readRow(written, true).ok && isData(index + 1)) written += `\n${said(++index)}`;
      if (written.trim() !== "") this.add("event", first + 1, written, index === last);
    }
  }

  /** The elements of one array. */
  array(from: number): void {
    for (let at = from + 1; at < this.written.length; ) {
      if (`${space},`.includes(this.written[at]!)) {
        at++;
        continue;
      }
      if (this.written[at] === "]") return;
      const end = extent(this.written, at);
      this.add("event", this.lineOf(at), this.written.slice(at, end), end === undefined);
      if (end === undefined || end === at) return;
      at = end;
    }
  }

  /** One export after another, from this place. */
  exports(from: number): void {
    for (let at = from; at < this.written.length; ) {
      const end = this.written.indexOf("\n", at);
      const line = this.written.slice(at, end < 0 ? undefined : end);
      const begins = at + (line.length - line.trimStart().length);
      if (line.trim() === "") at = end < 0 ? this.written.length : end + 1;
      else if (!isExport.test(this.written.slice(begins))) {
        const behind = end < 0 ? this.written.length : end + 1;
        this.add("event", this.lineOf(at), line, this.written.slice(behind).trim() === "");
        at = behind;
      } else at = this.export(begins);
    }
  }

  /** One export; answers where it ends, or where reading goes on. */
  private export(begin: number): number {
    let at = begin;
    class Torn extends Error {}
    class Wrong extends Error {}
    const skipSpace = (): void => {
      while (at < this.written.length && space.includes(this.written[at]!)) at++;
    };
    const here = (): string => {
      skipSpace();
      if (at >= this.written.length) throw new Torn();
      return this.written[at]!;
    };
    const expect = (character: string): void => {
      if (here() !== character) throw new Wrong();
      at++;
    };
    const value = (as: Row["as"]): void => {
      here();
      const start = at;
      const end = extent(this.written, at);
      if (end === undefined) throw new Torn();
      if (end === start) throw new Wrong();
      at = end;
      const row = this.add(as, this.lineOf(start), this.written.slice(start, end), false);
      if (as === "other" && row.fate?.kind !== "broken") row.fate = undefined;
    };
    const list = (element: () => void): void => {
      expect("[");
      if (here() === "]") return void at++;
      for (;;) {
        element();
        if (here() === "]") return void at++;
        expect(",");
      }
    };
    const object = (memberNamed: (name: string) => void): void => {
      expect("{");
      if (here() === "}") return void at++;
      for (;;) {
        if (here() !== '"') throw new Wrong();
        const end = extent(this.written, at);
        if (end === undefined) throw new Torn();
        const name = this.written.slice(at + 1, end - 1);
        at = end;
        expect(":");
        memberNamed(name);
        if (here() === "}") return void at++;
        expect(",");
      }
    };
    try {
      object((name) => {
        if (name === "info") value("info");
        // a message that stands by itself
        else if (name === "parts" && here() === "[") list(() => value("part"));
        else if (name === "messages" && here() === "[")
          list(() => {
            here();
            if (!isExport.test(this.written.slice(at))) return value("event");
            object((inside) => {
              if (inside === "info") value("info");
              else if (inside === "parts" && here() === "[") list(() => value("part"));
              else value("other");
            });
          });
        else value("other");
      });
      return at;
    } catch (error) {
      const another = /\n(?=\{\s*"(info|messages|parts)")/g;
      another.lastIndex = at;
      if (error instanceof Torn && another.exec(this.written)) {
        this.broken(this.lineOf(at), BROKEN_SYNTAX);
        return another.lastIndex;
      }
      if (error instanceof Torn) {
        this.broken(this.lineOf(at < this.written.length ? at : this.written.trimEnd().length), BROKEN_TORN);
        return this.written.length;
      }
      if (!(error instanceof Wrong)) throw error;
      this.broken(this.lineOf(begin), BROKEN_SYNTAX);
      const next = /\n(?=[ \t]*\{)/g;
      next.lastIndex = at;
      return next.exec(this.written) ? next.lastIndex : this.written.length;
    }
  }
}

const eventMembers = ["properties", "syncEvent", "sessionID"];

/** What the first object of a document that is no export says the document is. */
function shapeOf(first: Json): Document["shape"] {
  if (text(member(first, "type")) === "spanloom-hook") return undefined;
  if ([first, member(first, "payload")].some((value) => value && eventMembers.some((key) => member(value, key)))) return "events";
  return member(first, "data") && /^(session|message|part)$|\./.test(text(member(first, "type")) ?? "") ? "events" : undefined;
}

export function readDocument({ name, bytes }: Input): Document {
  const document: Document = { name, kind: DOCUMENT_UNKNOWN, shape: undefined, rows: [], whole: true };
  const reader = new Reader(document, Buffer.from(bytes).toString("utf8").replace(/^\ufeff/, ""));
  const { written } = reader;
  const sse = /^(data|event|id|retry):/m.exec(written);
  const array = /^[ \t]*\[\s*\{/m.exec(written);
  const object = /^[ \t]*\{/m.exec(written);
  const first = Math.min(...[sse, array, object].map((found) => found?.index ?? Infinity));
  if (first === Infinity) reader.lines();
  else if (first === sse?.index) {
    reader.serverSentEvents();
    document.shape = "events";
  } else if (first === array?.index) {
    reader.array(written.indexOf("[", first));
    document.shape = "events";
  } else {
    const at = written.indexOf("{", first);
    if (isExport.test(written.slice(at))) {
      document.shape = "exports";
      const before = written.slice(0, at).split("\n");
      before.forEach((line, index) => {
        if (line.trim() !== "") reader.add("other", index + 1, line, false);
      });
      reader.exports(at);
    } else {
      reader.lines();
      const told = reader.rows.find(({ value }) => value)?.value;
      document.shape = told && shapeOf(told);
    }
  }
  const isRead = ({ value, fate }: Row): boolean => value !== undefined || (document.shape === "exports" && fate?.kind !== "broken");
  document.kind = document.shape && reader.rows.some(isRead) ? DOCUMENT_TRANSCRIPT : DOCUMENT_UNKNOWN;
  document.rows = reader.rows;
  return document;
}

/**
 * Is it known what its rows are? Not if its first row is nobody's, if its name says it is metadata, if an export stands below events, or if one is broken: where it
 * then goes on takes a rule for each way to be damaged, and the page has few.
 */
export function isLegible(input: Input): boolean {
  const { shape, whole } = readDocument(input);
  const mixed = shape === "events" && /^\s*(\{\s*"(info|messages|parts)"|\[\s*\{)/m.test(Buffer.from(input.bytes).toString("utf8"));
  return shape !== undefined && whole && !mixed && !input.name.endsWith(".meta.json");
}
