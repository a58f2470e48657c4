// What opencode's documents say beside what spans hold: what kind of source each is and so what it can know, which events
// it has, by name, and of sessions where they come from and when they got a title. Names, numbers and times alone, no text.
//
// Spans are the core's business. What follows from both is put together in causes.ts.

import { HEAD_BYTES, judge } from "../sources/head.ts";
import type { DocumentFiles } from "./family.ts";
import type { SourceFacts } from "./facts.ts";
import { type Form, formOf, isObject, type ReadPiece, valuesOf } from "./values.ts";

type Json = Readonly<Record<string, unknown>>;
/** An aborted run, or a title that was made, as clients that write it down say it. */
export interface Diagnostics {
  readonly abort: { readonly source: string; readonly reason: string; readonly mode: string } | undefined;
  readonly title: { readonly started: number | undefined; readonly completed: number | undefined } | undefined;
}

export interface ToldMessage {
  readonly session: string;
  readonly role: string;
  readonly created: number;
  readonly diagnostics: Diagnostics | undefined;
}

export interface ToldSession {
  readonly id: string;
  parent: string;
  /** Where it works, as it says itself, else its first message. */
  directory: string;
  version: string;
  /** Milliseconds since 1970; NaN if nothing says so. */
  created: number;
  /** An event stream has a write of it. */
  inEvents: boolean;
  /** Its first write there has a title already, so that none was ever made. */
  isNamed: boolean | undefined;
  /** When a title was first written in an event stream. */
  titled: number | undefined;
}

const identifier = /^[\w.:@/+-]{1,80}$/;
/** Only what can be no sentence. */
const nameOf = (value: unknown): string => (typeof value === "string" && identifier.test(value) ? value : "");
const plain = (value: unknown): string => (typeof value === "string" && /^[\w.-]{1,64}$/.test(value) ? value : "");
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const objectOf = (value: unknown): Json => (isObject(value) ? value : {});

function timeOf(value: unknown): number | undefined {
  const time = typeof value === "string" ? Date.parse(value) : value;
  return typeof time === "number" && Number.isFinite(time) ? time : undefined;
}

// As the core tells them apart (docs/SPANS.md, "Documents and rows").
const noise =
  /^(?:catalog|command|custom|file|ide|installation|integration|lsp|mcp|message|permission|plugin|project|pty|question|reference|server|session|todo|tui|vcs|workspace|worktree)\.|^models/;
const written = new Set(["session", "message", "part", "error", "text", "reasoning", "tool_use", "step_start", "step_finish", "spanloom.source"]);
const partKinds = new Set(["text", "reasoning", "tool", "step-start", "step-finish", "file", "agent", "subtask", "compaction", "retry", "patch", "snapshot"]);
/** Envelopes of what is left, or printed, of a session. */
const ofState = new Set(["run", "share", "log"]);
/** What opencode 2 says of a session's work instead of messages and parts; with `next.` opencode 1, beside these. */
const second =
  /^session\.(?:next\.|(?:agent|compaction|context|execution|forked|inbox|input|instructions|model|moved|prompt|reasoning|renamed|retry|revert|shell|skill|step|synthetic|text|tool|usage)(?:\.|$))/;
const untitled = /^(?:New|Child) session - /;

interface Row {
  readonly envelope: string;
  readonly type: string;
  readonly body: Json;
}

/** What is in an envelope. */
function opened(value: Json): Row {
  const outer = isObject(value["payload"]) ? value["payload"] : value;
  const inner = isObject(outer["syncEvent"]) ? outer["syncEvent"] : outer;
  const { type, properties, data } = inner;
  const name = plain(type).replace(/\.\d+$/, "") || "other";
  const body = objectOf(isObject(properties) ? properties : isObject(data) ? data : inner);
  return { envelope: envelopeOf(value, outer, inner), type: name, body };
}

function envelopeOf(value: Json, outer: Json, inner: Json): string {
  if (inner !== outer) return "sync";
  if (outer !== value) return "global";
  if (isObject(value["properties"])) return typeof value["id"] === "string" ? "event" : "bare";
  if ("aggregate_id" in value || "aggregateID" in value) return "log";
  if (isObject(value["data"])) return typeof value["id"] === "string" ? "versioned" : "share";
  return "run";
}

/** Names, and how often each occurs. */
class Tally {
  readonly #totals = new Map<string, number>();

  add(name: string): void {
    this.#totals.set(name, (this.#totals.get(name) ?? 0) + 1);
  }

  /** In the order of names. */
  facts(): Record<string, number> {
    return Object.fromEntries([...this.#totals].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** What is counted of one document. */
class Counts {
  readonly envelopes = new Tally();
  readonly servers = new Tally();
  readonly events = new Tally();
  readonly unknown = new Tally();
  readonly unread = new Tally();

  facts(kind: string, form: Form): SourceFacts {
    return {
      kind,
      form,
      envelopes: this.envelopes.facts(),
      evidence: evidenceOf(kind),
      servers: this.servers.facts(),
      events: this.events.facts(),
      unknown: this.unknown.facts(),
      unread: this.unread.facts(),
    };
  }
}

/** Reads documents of a family, one after another. What is no name or time of what it keeps is for this machine alone. */
export class Told {
  readonly sessions = new Map<string, ToldSession>();
  readonly messages = new Map<string, ToldMessage>();

  /** Reads one; answers what it is, or nothing if it is none of opencode's. */
  read(files: DocumentFiles, index: number, name: string, bytes: number): SourceFacts | undefined {
    const buffer = Buffer.alloc(Math.min(bytes, HEAD_BYTES));
    const head = buffer.subarray(0, files.read(index, buffer, 0, buffer.length, 0));
    if (judge(name, head, bytes <= HEAD_BYTES).goesOn === undefined) return undefined;
    const form = formOf(head.toString());
    const piece: ReadPiece = (into, position) => files.read(index, into, 0, Math.min(into.length, bytes - position), position);
    return form === "objects" ? this.#exports(piece) : this.#events(form, piece);
  }

  #exports(piece: ReadPiece): SourceFacts {
    const counts = new Counts();
    for (const value of valuesOf("objects", piece)) {
      const { info, messages } = objectOf(value);
      this.#session(objectOf(info), false, false);
      for (const message of Array.isArray(messages) ? messages : []) {
        const { info: own, parts } = objectOf(message);
        this.#message(objectOf(own), "");
        for (const part of Array.isArray(parts) ? parts : []) this.#part(objectOf(part), "", counts.unknown);
      }
    }
    return counts.facts("export", "objects");
  }

  #events(form: Form, piece: ReadPiece): SourceFacts {
    const counts = new Counts();
    let stated = "";
    for (const value of valuesOf(form, piece)) {
      if (!isObject(value)) continue;
      const { envelope, type, body } = opened(value);
      if (type === "spanloom.source") stated = plain(body["source"]);
      else this.#row(envelope, type, body, stated === "" && !ofState.has(envelope), counts.unknown);
      // What is written for the core alone is no event of anybody's.
      if (stated !== "") continue;
      counts.envelopes.add(envelope);
      counts.events.add(type);
      if (!written.has(type) && !noise.test(type)) counts.unknown.add(type);
      if (second.test(type)) counts.unread.add(type);
      if (type === "server.connected") counts.servers.add(nameOf(body["version"]));
    }
    return counts.facts(stated || kindOf(Object.keys(counts.envelopes.facts())), form);
  }

  #row(envelope: string, type: string, body: Json, isStream: boolean, unknown: Tally): void {
    const { info, part, sessionID } = body;
    if (type === "session.created" || type === "session.updated" || type === "session.deleted") this.#session(objectOf(info), isStream, type === "session.created");
    else if (type === "message.updated") this.#message(objectOf(info), nameOf(sessionID));
    else if (isObject(part)) this.#part(part, nameOf(sessionID), unknown);
    else if (envelope !== "share") return;
    else if (type === "session") this.#session(body, false, false);
    else if (type === "message") this.#message(body, "");
    else if (type === "part") this.#part(body, "", unknown);
  }

  #session(info: Json, inEvents: boolean, isNew: boolean): void {
    const id = nameOf(info["id"]);
    if (id === "") return;
    const { title, time } = info;
    const { created, updated } = objectOf(time);
    const it = this.sessionOf(id);
    it.parent = nameOf(info["parentID"]) || it.parent;
    it.directory = textOf(info["directory"]) || it.directory;
    it.version = nameOf(info["version"]) || it.version;
    it.created = timeOf(created) ?? it.created;
    if (!inEvents) return;
    it.inEvents = true;
    const isTitled = typeof title === "string" && title !== "" && !untitled.test(title);
    it.isNamed ??= isTitled && isNew;
    if (isTitled) it.titled ??= timeOf(updated);
  }

  /** Also one of which nothing but messages is there. */
  sessionOf(id: string): ToldSession {
    let it = this.sessions.get(id);
    if (it === undefined) {
      it = { id, parent: "", directory: "", version: "", created: NaN, inEvents: false, isNamed: undefined, titled: undefined };
      this.sessions.set(id, it);
    }
    return it;
  }

  #message(info: Json, beside: string): void {
    const [id, session] = [nameOf(info["id"]), nameOf(info["sessionID"]) || beside];
    if (id === "" || session === "") return;
    this.sessionOf(session).directory ||= textOf(objectOf(info["path"])["cwd"]);
    const created = timeOf(objectOf(info["time"])["created"]) ?? NaN;
    this.messages.set(id, { session, role: plain(info["role"]), created, diagnostics: diagnosticsOf(info["diagnostics"]) });
  }

  #part({ type, sessionID }: Json, beside: string, unknown: Tally): void {
    const session = nameOf(sessionID) || beside;
    if (session !== "") this.sessionOf(session);
    if (typeof type !== "string" || !partKinds.has(type)) unknown.add(`part ${plain(type) || "other"}`);
  }
}

/** What only some clients write down. An error's words are left where they are. */
function diagnosticsOf(value: unknown): Diagnostics | undefined {
  if (!isObject(value)) return undefined;
  const { abort, title_generation: title } = value;
  return {
    abort: isObject(abort) ? { source: plain(abort["source"]), reason: plain(abort["reason"]), mode: plain(abort["mode"]) } : undefined,
    title: isObject(title) ? { started: timeOf(title["started_at"]), completed: timeOf(title["completed_at"]) } : undefined,
  };
}

/** What a document is whose rows came so. */
function kindOf([first, ...others]: readonly string[]): string {
  return first !== undefined && others.length === 0 && ofState.has(first) ? first : "events";
}

/** Permissions, retries and what failed without a message stand in what a server says while it runs, and nowhere else. */
function evidenceOf(kind: string): SourceFacts["evidence"] {
  if (kind === "events") return { permissions: "known", retries: "known", aborts: "known" };
  return { permissions: "unknown", retries: "unknown", aborts: "partial" };
}
