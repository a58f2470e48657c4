// The state of opencode's sessions once all rows are read: last write wins, what is gone is gone, copies of forks are known.
//
// It decides which rows count and what becomes of the others; turns and agents are made in family.ts.

import { SKIP_COPY, SKIP_METADATA, SKIP_NOTICE, SKIP_PROGRESS } from "../../../assembly/abi/layout.ts";
import type { Input } from "../document.ts";
import { items, member, name, text, type Json } from "../json.ts";
import { skip } from "../record.ts";
import { readDocument, type Document, type Row } from "./rows.ts";
import { day, distance, later, second, time, timeOfId } from "./times.ts";
import { eventOf, type Event, type Write } from "./writes.ts";

export interface Part {
  id: string;
  message: Message;
  row: Row;
  value: Json;
  type: string;
  /** Text that came after the last write. */
  deltas: { row: Row; text: Json }[];
  /** When it was made, and whether that had to be inferred; when it ended, if it says so. */
  made: bigint;
  ended: bigint | undefined;
  inferred: boolean;
}

export interface Message {
  id: string;
  session: Session;
  /** Undefined if it was never written, but its parts. */
  row: Row | undefined;
  value: Json | undefined;
  role: "user" | "assistant";
  parts: Part[];
  created: bigint;
  inferred: boolean;
  /** It is a copy of this. */
  original: Message | undefined;
}

export interface Session {
  id: string;
  row: Row | undefined;
  value: Json | undefined;
  parent: string | undefined;
  created: bigint | undefined;
  messages: Message[];
  /** An event stream has a write of it: what did not happen is known, too. */
  streamed: boolean;
  /** The session whose messages it repeats. */
  forkOf: Session | undefined;
}

/** Something that happened, neither a write nor a copy. */
export interface Happening {
  event: Event;
  /** Undefined where nothing says when. */
  time: bigint | undefined;
}

export interface State {
  /** In canonical order. */
  documents: Document[];
  sessions: Map<string, Session>;
  messages: Map<string, Message>;
  happenings: Happening[];
  /** Every write with what it says, in order: also those that do not count. */
  writes: Written[];
  /** Does the row stand in an event stream, as far as is known there? */
  streamed: (row: Row) => boolean;
}

const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
export const byId = (a: { id: string }, b: { id: string }): number => bytewise(a.id, b.id);

/** The latest of the times that a row holds. */
function timeIn(event: Event): bigint | undefined {
  const { meaning } = event;
  const value = meaning.kind === "write" ? meaning.value : undefined;
  const paths = [["time", "created"], ["time", "updated"], ["time", "completed"], ["time", "start"], ["time", "end"], ["state", "time", "start"], ["state", "time", "end"]];
  const found = [...paths.map((path) => time(member(value, ...path))), event.beside].filter((one) => one !== undefined);
  return found.length > 0 ? later(...found) : undefined;
}

/** The first time at these places. */
function timeAt(value: Json, ...paths: string[][]): bigint | undefined {
  return paths.map((path) => time(member(value, ...path))).find((found) => found !== undefined);
}

function finished(write: Write): bigint {
  const { value } = write;
  if (write.of === "session") return time(member(value, "time", "updated")) ?? -1n;
  if (write.of === "message") return time(member(value, "time", "completed")) !== undefined || name(member(value, "error", "name")) !== undefined ? 1n : 0n;
  if (text(member(value, "type")) !== "tool") return time(member(value, "time", "end")) === undefined ? 0n : 1n;
  const status = text(member(value, "state", "status")) ?? "";
  return ["completed", "error"].includes(status) ? 2n : status === "running" ? 1n : 0n;
}

/** Of two writes of one thing in a document: was the lower one, by the events' ids, not written after the upper one? */
export const isStale = (lower: Event, upper: Event): boolean => upper.number !== undefined && lower.number !== undefined && lower.number <= upper.number;

export interface Written {
  event: Event;
  write: Write;
}

/** What is left of one document: the last write of each thing, deltas below it, and removals below which nothing was written. */
class Layer {
  readonly last = new Map<string, Written>();
  readonly deltas = new Map<string, { row: Row; text: Json }[]>();
  readonly gone = new Set<string>();

  constructor(readonly events: Event[]) {
    for (const event of events) this.take(event);
  }

  private take(event: Event): void {
    const { meaning, row } = event;
    if (meaning.kind === "write") {
      const key = `${meaning.of} ${meaning.id}`;
      const before = this.last.get(key);
      if (before && isStale(event, before.event)) {
        row.fate = skip(SKIP_COPY);
        return;
      }
      if (before) before.event.row.fate = skip(this.gone.has(key) ? SKIP_NOTICE : SKIP_PROGRESS);
      for (const delta of this.deltas.get(meaning.id) ?? []) delta.row.fate = skip(SKIP_PROGRESS);
      if (meaning.of === "part") this.deltas.set(meaning.id, []);
      this.last.set(key, { event, write: meaning });
      this.gone.delete(key);
    } else if (meaning.kind === "delta") {
      const list = this.last.has(`part ${meaning.part}`) ? this.deltas.get(meaning.part) : undefined;
      if (list) list.push({ row, text: meaning.text });
      else row.fate = skip(SKIP_PROGRESS);
    } else if (meaning.kind === "removal") {
      row.fate = skip(SKIP_NOTICE);
      this.gone.add(`${meaning.of} ${meaning.id}`);
    }
  }
}

/** Of the writes of a thing, one a document and in their order, the one that counts. */
function bestOf<T extends Written>(writes: readonly T[]): T {
  const best = (list: T[]): T[] => list.filter((one, at) => list.every((other, place) => (at <= place ? finished(one.write) >= finished(other.write) : finished(one.write) > finished(other.write))));
  const latest = writes.map(({ event }) => event.number ?? -1n).reduce((a, b) => (a > b ? a : b));
  const numbered = best(writes.filter(({ event }) => event.number !== undefined && event.number === latest));
  const others = best(writes.filter(({ event }) => event.number === undefined));
  return best(writes.filter((one) => numbered.includes(one) || others.includes(one)))[0]!;
}

function canonical(inputs: Input[]): { documents: Document[]; events: Map<Document, Event[]> } {
  const events = new Map<Document, Event[]>();
  for (const input of inputs) {
    const document = readDocument(input);
    events.set(document, document.rows.map(eventOf).filter((event) => event !== undefined));
  }
  const first = (document: Document): bigint | undefined => events.get(document)!.map(timeIn).find((found) => found !== undefined);
  const documents = [...events.keys()].sort((a, b) => {
    const [ours, theirs] = [first(a), first(b)];
    if (ours !== theirs) return ours === undefined ? 1 : theirs === undefined || ours < theirs ? -1 : 1;
    return a.rows.length - b.rows.length || bytewise(a.name, b.name);
  });
  let order = 0;
  for (const document of documents) for (const row of document.rows) row.order = order++;
  return { documents, events };
}

const userTypes = new Set(["text", "file", "agent", "subtask", "compaction"]);

export function readState(inputs: Input[]): State {
  const { documents, events } = canonical(inputs);
  const layers = documents.map((document) => new Layer(events.get(document)!));
  const streamed = (row: Row): boolean =>
    row.document.shape === "events" && !events.get(row.document)!.some((event) => event.row.order <= row.order && (event.printed || event.meaning.kind === "source"));

  // The write that counts, of each thing.
  const best = new Map<string, Written & { layer: Layer }>();
  for (const key of new Set(layers.flatMap(({ last }) => [...last.keys()]))) {
    const all = layers.flatMap((layer) => (layer.last.has(key) ? [{ ...layer.last.get(key)!, layer }] : []));
    const counts = bestOf(all);
    best.set(key, counts);
    for (const { event } of all.filter((one) => one !== counts)) event.row.fate = skip(layers.some(({ gone }) => gone.has(key)) ? SKIP_NOTICE : SKIP_COPY);
  }
  for (const layer of layers)
    for (const [id, list] of layer.deltas) if (best.get(`part ${id}`)?.layer !== layer) for (const { row } of list) row.fate = skip(SKIP_PROGRESS);
  const isGone = (written: Written): boolean =>
    layers.some(({ gone }) => gone.has(`${written.write.of} ${written.write.id}`) || gone.has(`message ${written.write.message ?? ""}`));

  const sessions = new Map<string, Session>();
  const sessionOf = (id: string): Session => {
    let session = sessions.get(id);
    if (!session) sessions.set(id, (session = { id, row: undefined, value: undefined, parent: undefined, created: undefined, messages: [], streamed: false, forkOf: undefined }));
    return session;
  };
  const messages = new Map<string, Message>();
  const strays = new Map<string, (Written & { layer: Layer })[]>();
  /** Messages of neither side, or of no session. */
  const others = new Set<string>();
  const parts: Part[] = [];
  const ordered = [...best.values()].sort((a, b) => a.event.row.order - b.event.row.order);
  const part = (message: Message, written: Written & { layer?: Layer }): void => {
    const value = written.write.value;
    const deltas = written.layer?.deltas.get(written.write.id) ?? [];
    const found: Part = { id: written.write.id, message, row: written.event.row, value, type: text(member(value, "type")) ?? "", deltas, made: 0n, ended: undefined, inferred: false };
    message.parts.push(found);
    parts.push(found);
  };
  for (const written of ordered.filter(({ write }) => write.of !== "part")) {
    const { write, event } = written;
    if (isGone(written)) event.row.fate = skip(SKIP_NOTICE);
    else if (write.of === "session") {
      const session = sessionOf(write.id);
      Object.assign(session, { row: event.row, value: write.value, parent: name(member(write.value, "parentID")), created: time(member(write.value, "time", "created")) });
    } else {
      const role = text(member(write.value, "role"));
      if (role !== "user" && role !== "assistant") {
        event.row.fate = skip(SKIP_NOTICE);
        others.add(write.id);
        continue;
      }
      const named = write.session ?? best.get(`message ${name(member(write.value, "parentID")) ?? ""}`)?.write.session;
      if (named === undefined) {
        event.row.fate = skip(SKIP_NOTICE);
        others.add(write.id);
        continue;
      }
      const session = sessionOf(named);
      const message: Message = { id: write.id, session, row: event.row, value: write.value, role, parts: [], created: 0n, inferred: false, original: undefined };
      messages.set(write.id, message);
      session.messages.push(message);
    }
  }
  for (const written of ordered.filter(({ write }) => write.of === "part")) {
    const message = messages.get(written.write.message!);
    if (isGone(written)) {
      written.event.row.fate = skip(SKIP_NOTICE);
      for (const { row } of written.layer.deltas.get(written.write.id) ?? []) row.fate = skip(SKIP_PROGRESS);
    } else if (message) part(message, written);
    else strays.set(written.write.message!, [...(strays.get(written.write.message!) ?? []), written]);
  }
  for (const [id, list] of strays) {
    list.sort((a, b) => bytewise(a.write.id, b.write.id));
    const named = list.map(({ write }) => write.session).find((found) => found !== undefined);
    const answered = !others.has(id) && named !== undefined && list.some(({ write }) => !userTypes.has(text(member(write.value, "type")) ?? "") || member(write.value, "time"));
    if (!answered) {
      for (const { event, write, layer } of list) {
        event.row.fate = skip(SKIP_NOTICE);
        for (const { row } of layer.deltas.get(write.id) ?? []) row.fate = skip(SKIP_PROGRESS);
      }
      continue;
    }
    const session = sessionOf(named);
    const message: Message = { id, session, row: undefined, value: undefined, role: "assistant", parts: [], created: 0n, inferred: false, original: undefined };
    messages.set(id, message);
    session.messages.push(message);
    for (const written of list) part(message, written);
  }
  for (const message of messages.values()) message.parts.sort(byId);
  for (const session of sessions.values()) session.messages.sort(byId);

  const writes = documents.flatMap((document) => events.get(document)!).flatMap((event) => (event.meaning.kind === "write" ? [{ event, write: event.meaning }] : []));
  for (const { event, write } of writes) {
    const named = write.of === "session" ? write.id : write.session;
    if (named !== undefined && streamed(event.row)) sessionOf(named).streamed = true;
  }
  const besides = new Map<Row, bigint | undefined>(writes.map(({ event }) => [event.row, event.beside]));
  for (const session of sessions.values()) timeMessages(session, besides);
  findCopies(sessions);
  return { documents, sessions, messages, happenings: happeningsOf(documents, events), writes, streamed };
}

/** When each message and part was made. */
function timeMessages(session: Session, besides: Map<Row, bigint | undefined>): void {
  let above = session.created;
  for (const message of session.messages) {
    const inParts = message.parts.flatMap(({ value }) => [["time", "created"], ["time", "start"], ["time", "end"], ["state", "time", "start"], ["state", "time", "end"]].map((path) => time(member(value, ...path))));
    const beside = [message.row, ...message.parts.map(({ row }) => row)].map((row) => (row ? besides.get(row) : undefined));
    const first = inParts.filter((found) => found !== undefined).sort((a, b) => Number(a - b))[0];
    const near = [first, session.created, ...beside].find((found) => found !== undefined);
    const created = time(member(message.value, "time", "created")) ?? (near === undefined ? undefined : timeOfId(message.id, near));
    message.inferred = created === undefined;
    message.created = created ?? first ?? above ?? near ?? 0n;
    above = message.created;
    const own = timeOfId(message.id, message.created);
    const told = own !== undefined && distance(own, message.created) <= second;
    for (const part of message.parts) {
      const said = told ? timeOfId(part.id, message.created) : undefined;
      const counts = said !== undefined && distance(said, message.created) <= day;
      const began = timeAt(part.value, ["time", "start"], ["state", "time", "start"], ["time", "created"]);
      part.ended = timeAt(part.value, ["time", "end"], ["state", "time", "end"]);
      part.made = began ?? (counts ? said : undefined) ?? part.ended ?? message.created;
      part.inferred = began === undefined && !counts && part.ended === undefined;
    }
  }
}

/** Messages that a fork repeats: older than their session, and told by another one. */
function findCopies(sessions: Map<string, Session>): void {
  const told = (message: Message): bigint | undefined => time(member(message.value, "time", "created"));
  const isOlder = (message: Message): boolean => message.session.created !== undefined && told(message)! < message.session.created;
  const roots = [...sessions.values()].filter((session) => !session.parent);
  const alike = new Map<string, Message[]>();
  for (const message of roots.flatMap((session) => session.messages).filter((one) => told(one) !== undefined)) {
    const key = `${message.role} ${told(message)}`;
    alike.set(key, [...(alike.get(key) ?? []), message]);
  }
  const made = ({ session }: Message): bigint => session.created ?? -1n;
  for (const list of alike.values()) {
    const [original] = list.sort(
      (a, b) => Number(isOlder(a)) - Number(isOlder(b)) || Number(made(a) - made(b)) || byId(a.session, b.session) || byId(a, b),
    );
    for (const message of list.filter((one) => isOlder(one) && one.session !== original!.session)) message.original = original;
  }
  for (const session of roots)
    for (const message of session.messages.filter(({ original }) => original)) {
      session.forkOf ??= message.original!.session;
      for (const row of [message.row, ...message.parts.map((part) => part.row)]) if (row) row.fate = skip(SKIP_COPY);
    }
}

function happeningsOf(documents: Document[], events: Map<Document, Event[]>): Happening[] {
  const seen = new Set<string>();
  const happenings: Happening[] = [];
  for (const document of documents) {
    let read: bigint | undefined;
    for (const event of events.get(document)!) {
      const { meaning, row, id } = event;
      read = timeIn(event) ?? read;
      if (meaning.kind === "nothing") row.fate = skip(meaning.reason);
      if (meaning.kind === "source") row.fate = skip(SKIP_METADATA);
      if (meaning.kind !== "retry" && meaning.kind !== "failure" && meaning.kind !== "asked" && meaning.kind !== "replied") continue;
      // A question is known by its own id, whatever events tell of it.
      const asks = meaning.kind === "asked" || meaning.kind === "replied";
      const request = name(member(meaning.body, "id")) ?? name(member(meaning.body, "requestID")) ?? name(member(meaning.body, "permissionID"));
      const key = asks ? `${meaning.kind} ${request}` : id;
      if (asks ? request === undefined : meaning.kind === "failure" && name(member(meaning.body, "error", "name")) === undefined) row.fate = skip(SKIP_NOTICE);
      else if (key !== undefined && seen.has(key)) row.fate = skip(SKIP_COPY);
      else happenings.push({ event, time: (id !== undefined && read !== undefined ? timeOfId(id, read) : undefined) ?? read });
      if (key !== undefined) seen.add(key);
    }
  }
  return happenings;
}

/** The value of a list's first text, or of a string. */
export const textsOf = (value: Json | undefined): Json[] => (value?.kind === "string" ? [value] : (items(value) ?? []));
