// Documents and their rows: what a file is, whose it is, and in which order files are read.
//
// It does not say what a row means for a trace; family.ts does.

import {
  DOCUMENT_AGENT_METADATA,
  DOCUMENT_JOURNAL,
  DOCUMENT_SUBAGENT,
  DOCUMENT_TRANSCRIPT,
  DOCUMENT_UNKNOWN,
} from "../../assembly/abi/layout.ts";
import { isTrue, member, name, readRow, text, type Json } from "./json.ts";
import { lendsTime, readAs, readQueue } from "./reading.ts";
import { conversation, journalType, skippedTypes } from "./record.ts";
import { nanoseconds } from "./time.ts";

export interface Input {
  name: string;
  bytes: Uint8Array;
}

/** What became of a row. `reason` is SKIP_* of a skipped row, BROKEN_* of a broken one. */
export type Fate = { kind: "used" } | { kind: "skipped"; reason: number } | { kind: "broken"; reason: number };

export interface Row {
  document: Document;
  /** From 1; blank lines count as lines. */
  line: number;
  /** Place in the whole family, in canonical order. */
  order: number;
  /** What it says, or what it is read as (reading.ts). */
  value: Json | undefined;
  fate: Fate | undefined;
  /** As written. */
  type: string | undefined;
  /** What it is read as; undefined if nothing can come of it. */
  as: "user" | "assistant" | "system" | "hook" | "journal" | undefined;
  /** Of a progress row that repeats a sub-agent's row: whose it is, and the call it names. */
  progress: { agentId: string; call: string | undefined } | undefined;
  /** Of a `remove` that takes a text: the row that put it into the queue, and the text as written. */
  queued: { entry: Row; text: string } | undefined;
  uuid: string | undefined;
  sidechain: boolean;
  /** As recorded, or borrowed from a neighbour if `timeless`. */
  time: bigint;
  timeless: boolean;
}

export interface Document {
  name: string;
  kind: number;
  rows: Row[];
  firstTime: bigint | undefined;
  session: string;
  agentId: string | undefined;
  /** It is the own session of a team's member. */
  member: boolean;
  version: string | undefined;
  /** Session id of the root of the fork family. */
  root: string;
}

const metadataEnding = ".meta.json";

function rowsOf(document: Document, bytes: Uint8Array): Row[] {
  const decoded = new TextDecoder("utf-8", { fatal: false }).decode(bytes);
  const lines = document.name.endsWith(metadataEnding) ? [decoded.replace(/\n/g, " ")] : decoded.split("\n");
  const written = lines.map((line, index) => ({ line, number: index + 1 })).filter(({ line }) => !/^[ \t\r]*$/.test(line));
  return written.map(({ line, number }, index) => {
    const read = readRow(line, index === written.length - 1);
    const value = read.ok ? read.value : undefined;
    const time = nanoseconds(text(member(value, "timestamp")));
    return {
      document,
      line: number,
      order: 0,
      value,
      fate: read.ok ? undefined : { kind: "broken", reason: read.reason },
      type: text(member(value, "type")),
      as: undefined,
      progress: undefined,
      queued: undefined,
      uuid: name(member(value, "uuid")),
      sidechain: isTrue(member(value, "isSidechain")),
      time: time ?? 0n,
      timeless: time === undefined,
    };
  });
}

/** A row without a time takes that of the nearest kept row above that has one, else of the nearest below; words from the queue came no earlier than that. */
function borrowTimes(rows: Row[]): void {
  const lends = (row: Row): boolean => !row.timeless && lendsTime(row);
  let above: bigint | undefined;
  for (const row of rows) {
    if (row.timeless) row.time = above ?? rows.find(lends)?.time ?? 0n;
    else if (lends(row)) {
      const queued = row.type === "attachment" && row.as === "user";
      if (queued && above !== undefined && row.time < above) row.time = above;
      above = row.time;
    }
  }
}

function read({ name: called, bytes }: Input, members: Set<string>): Document {
  const document: Document = {
    name: called,
    kind: DOCUMENT_UNKNOWN,
    rows: [],
    firstTime: undefined,
    session: "",
    agentId: undefined,
    member: false,
    version: undefined,
    root: "",
  };
  document.rows = rowsOf(document, bytes);
  const first = <T>(of: (row: Row) => T | undefined): T | undefined => {
    for (const row of document.rows) {
      const found = of(row);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  document.firstTime = first((row) => (row.timeless ? undefined : row.time));
  document.session = first((row) => name(member(row.value, "sessionId"))) ?? called.replace(/^.*\//, "").replace(/\.[^.]*$/, "");
  document.root = document.session;
  document.version = first((row) => name(member(row.value, "version")));
  const speaking = document.rows.find((row) => row.type === "user" || row.type === "assistant");
  if (called.endsWith(metadataEnding)) document.kind = DOCUMENT_AGENT_METADATA;
  else if (speaking) {
    const itsMember = memberId(speaking.value);
    document.agentId = name(member(speaking.value, "agentId")) ?? (members.has(itsMember ?? "") ? itsMember : undefined);
    document.member = document.agentId !== undefined && document.agentId === itsMember;
    document.kind = document.agentId === undefined ? DOCUMENT_TRANSCRIPT : DOCUMENT_SUBAGENT;
  } else if (document.rows.some(({ type }) => conversation.has(type ?? "") || skippedTypes.has(type ?? ""))) document.kind = DOCUMENT_TRANSCRIPT;
  else if (document.rows.some(({ type }) => type === journalType)) document.kind = DOCUMENT_JOURNAL;
  if (document.kind !== DOCUMENT_AGENT_METADATA) document.rows.forEach(readAs);
  borrowTimes(document.rows);
  if (document.kind === DOCUMENT_TRANSCRIPT) readQueue(document);
  return document;
}

/** What a team calls the member whose session a row belongs to. */
function memberId(value: Json | undefined): string | undefined {
  const [agent, team] = [name(member(value, "agentName")), name(member(value, "teamName"))];
  return agent === undefined || team === undefined ? undefined : `${agent}@${team}`;
}

const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));

const kindsInOrder = [DOCUMENT_SUBAGENT, DOCUMENT_JOURNAL];

/** Transcripts before sub-agents' transcripts, journals last; then first time, number of rows, session id, agent id, name. No time comes last. */
function canonical(a: Document, b: Document): number {
  const late = (1n << 64n) - 1n;
  const [first, second] = [a.firstTime ?? late, b.firstTime ?? late];
  return (
    kindsInOrder.indexOf(a.kind) - kindsInOrder.indexOf(b.kind) ||
    (first < second ? -1 : first > second ? 1 : 0) ||
    a.rows.length - b.rows.length ||
    bytewise(a.session, b.session) ||
    bytewise(a.agentId ?? "", b.agentId ?? "") ||
    bytewise(a.name, b.name)
  );
}

/**
 * All documents in canonical order, their rows numbered through: what progress rows repeat comes behind all others, and journals behind that.
 * `members` are the ids of team members whose own sessions are sub-agents' transcripts.
 */
export function readDocuments(inputs: Input[], members = new Set<string>()): Document[] {
  const documents = inputs.map((input) => read(input, members)).sort(canonical);
  const rows = documents.flatMap((document) => document.rows);
  const told = (row: Row): boolean => row.as === "journal";
  [...rows.filter((row) => !row.progress && !told(row)), ...rows.filter((row) => row.progress), ...rows.filter(told)].forEach((row, order) => (row.order = order));
  return documents;
}

/** The metadata that belongs to a transcript: the document of the same name with another ending. */
export function metadataOf(document: Document, documents: Document[]): Json | undefined {
  const wanted = document.name.replace(/\.jsonl$/, "") + metadataEnding;
  return documents.find((other) => other.name === wanted)?.rows[0]?.value;
}
