// What happens on a server of opencode as a list, and the documents that tell of it: streams, exports, or both.
//
// Everything is a small number or a word: `of: 2` is the third of what there is, round and round. So any script makes a
// record, whatever is taken away from it, and sessions.ts can shrink one that fails. It judges nothing.

import type { Document } from "../../support/core.ts";
import { idAt } from "../../support/opencode-records.ts";

type Row = Record<string, unknown>;

export interface Work {
  part: "text" | "reasoning" | "tool" | "task" | "step-start" | "step-finish" | "patch" | "retry" | "file" | "odd";
  /** Members of the part, over the usual ones; `undefined` takes one away. */
  more: Row;
  /** Of a tool. */
  state: Row;
  /** Told by a row that has not ended, deltas, and mostly one that has. */
  streamed: "whole" | "begun" | "both";
  wait: number;
}

export type Step =
  | { step: "session"; more: Row }
  | { step: "child"; of: number; call: number | undefined; named: boolean; more: Row }
  | { step: "fork"; of: number; messages: number; title: boolean }
  | { step: "prompt"; in: number; parts: Row[]; more: Row; partsFirst: boolean }
  | { step: "answer"; in: number; to: number | "none" | "unknown"; work: Work[]; more: Row; end: Row; partsFirst: boolean }
  | { step: "work"; on: number; work: Work[] }
  | { step: "again"; of: number; more: Row }
  | { step: "removed"; of: number }
  | { step: "gone"; of: number }
  | { step: "happened"; in: number; type: string; more: Row }
  | { step: "asked"; call: number; in: number; named: boolean; question: string; reply: Row | undefined; replyFirst: boolean }
  | { step: "raw"; row: Row | string };

export interface Script {
  steps: { what: Step; wait: number }[];
  envelope: "plain" | "global" | "doubled" | "without ids";
  /** A stream in one document, in two, or in two that overlap; or exports instead. */
  cut: number | undefined;
  overlap: number;
  exports: "none" | "instead";
}

interface Written {
  id: string;
  of: "info" | "part";
  type: string;
  value: Row;
}

export class Server {
  readonly log: (Row | string)[] = [];
  private now = 1_795_220_000_000;
  private latest = 0;
  private count = 0;
  readonly sessions: Row[] = [];
  readonly messages: Row[] = [];
  readonly parts: Row[] = [];
  private readonly writes: Written[] = [];
  private questions = 0;

  constructor(private readonly envelope: Script["envelope"]) {}

  private id(prefix: string): string {
    return idAt(prefix, this.now, this.count++ % 4096);
  }

  /** Clocks may be set back; the numbers of events never are. */
  private send(type: string, properties: Row): void {
    this.latest = Math.max(this.latest, this.now);
    const id = idAt("evt", this.latest, this.count++ % 4096);
    const event = this.envelope === "without ids" ? { type, properties } : { id, type, properties };
    if (this.envelope === "plain" || this.envelope === "without ids") this.log.push(event);
    else this.log.push({ directory: "/w", payload: event });
    if (this.envelope === "doubled") this.log.push({ payload: { type: "sync", syncEvent: { id, type: `${type}.1`, data: properties } } });
  }

  private write(of: Written["of"], type: string, value: Row): void {
    this.send(type, { sessionID: value["sessionID"] ?? value["id"], [of]: { ...value } });
    this.writes.push({ id: String(value["id"]), of, type, value });
  }

  private session(more: Row): Row {
    const id = this.id("ses");
    const session = { id, directory: "/w", version: "1.18.33", title: "New session - now", time: { created: this.now, updated: this.now }, ...more };
    this.sessions.push(session);
    this.write("info", "session.created", session);
    return session;
  }

  private nth<T>(list: readonly T[], number: number): T | undefined {
    return list.length === 0 ? undefined : list[number % list.length];
  }

  /** A part of a message, told when it begins, as it grows, when it ends. */
  private work(message: Row, { part, more, state, streamed, wait }: Work): void {
    this.now += wait;
    const base: Row = { id: this.id("prt"), sessionID: message["sessionID"], messageID: message["id"], type: part === "task" ? "tool" : part };
    const begun = this.now;
    this.now += 5;
    const time = { start: begun, end: this.now };
    if (part === "text" || part === "reasoning") Object.assign(base, { text: "said", time });
    if (part === "step-finish") Object.assign(base, { reason: "stop", cost: 0.0125, tokens: { total: 30, input: 10, output: 5, reasoning: 5, cache: { read: 10, write: 0 } } });
    if (part === "retry") Object.assign(base, { attempt: 1, error: { name: "APIError" }, time: { created: begun } });
    if (part === "tool") Object.assign(base, { tool: "bash", callID: `call_${this.count}`, state: { status: "completed", input: { command: "ls" }, output: "fine", metadata: { exit: 0 }, time, ...state } });
    if (part === "task") {
      const input = { description: "Errand", prompt: "go", subagent_type: "general" };
      Object.assign(base, { tool: "task", callID: `call_${this.count}`, state: { status: "completed", input, output: "done", time, ...state } });
    }
    const whole = { ...base, ...more };
    this.parts.push(whole);
    if (streamed !== "whole" && part !== "tool" && part !== "task") {
      this.write("part", "message.part.updated", { ...whole, text: "", time: { start: begun } });
      for (const delta of ["sa", "id 🙂"]) this.send("message.part.delta", { partID: whole.id, field: "text", delta });
    } else if (streamed !== "whole") this.write("part", "message.part.updated", { ...whole, state: { ...(whole as { state?: Row }).state, status: "running", time: { start: begun } } });
    if (streamed !== "begun") this.write("part", "message.part.updated", whole);
  }

  private message(session: Row, role: string, more: Row): Row {
    const message = { id: this.id("msg"), sessionID: session["id"], role, time: { created: this.now }, ...more };
    this.messages.push(message);
    return message;
  }

  /** Tells a message and its parts, in one order or the other. */
  private tell(message: Row, partsFirst: boolean, parts: () => void): void {
    if (partsFirst) parts();
    this.write("info", "message.updated", message);
    if (!partsFirst) parts();
  }

  step(what: Step, wait: number): void {
    this.now = Math.max(0, this.now + wait);
    if (what.step === "session") this.session(what.more);
    else if (what.step === "child") this.child(what);
    else if (what.step === "fork") this.fork(what);
    else if (what.step === "prompt") {
      const session = this.nth(this.sessions, what.in) ?? this.session({});
      const message = this.message(session, "user", what.more);
      this.tell(message, what.partsFirst, () => {
        for (const part of what.parts) this.work(message, { part: "text", more: { time: undefined, ...part }, state: {}, streamed: "whole", wait: 0 });
      });
    } else if (what.step === "answer") this.answer(what);
    else if (what.step === "work") {
      const message = this.nth(this.messages, what.on);
      if (message) for (const work of what.work) this.work(message, work);
    } else if (what.step === "again") {
      const written = this.nth(this.writes, what.of);
      if (written) this.write(written.of, written.type, Object.assign(written.value, what.more));
    } else if (what.step === "removed") {
      const message = this.nth(this.messages, what.of);
      if (message) this.send("message.removed", { sessionID: message["sessionID"], messageID: message["id"] });
    } else if (what.step === "gone") {
      const part = this.nth(this.parts, what.of);
      if (part) this.send("message.part.removed", { sessionID: part["sessionID"], messageID: part["messageID"], partID: part["id"] });
    } else if (what.step === "happened") this.send(what.type, { sessionID: this.nth(this.sessions, what.in)?.["id"] ?? "ses_none", ...what.more });
    else if (what.step === "asked") this.ask(what);
    else this.log.push(what.row);
  }

  /** A child of a session, or of a call that names it, or that ran when it was made. */
  private child({ of, call: number, named, more }: Extract<Step, { step: "child" }>): void {
    const calls = this.parts.filter(({ tool }) => tool === "task");
    const call = number === undefined ? undefined : this.nth(calls, number);
    const parent = call?.["sessionID"] ?? (this.nth(this.sessions, of) ?? this.session({}))["id"];
    const state = (call?.["state"] ?? {}) as { time?: { start?: number } };
    const created = named ? this.now : (state.time?.start ?? this.now) + 1;
    const child = this.session({ parentID: parent, title: "Errand (@general subagent)", agent: "general", time: { created, updated: this.now }, ...more });
    if (!call || !named) return;
    call["state"] = { ...state, metadata: { sessionId: child["id"] } };
    this.write("part", "message.part.updated", call);
  }

  private fork({ of, messages, title }: Extract<Step, { step: "fork" }>): void {
    const trunk = this.nth(this.sessions, of);
    if (!trunk) return;
    const { parentID: _, ...rest } = trunk;
    const fork = this.session({ ...rest, id: this.id("ses"), ...(title ? { title: `${String(trunk["title"])} (fork #1)` } : {}), time: { created: this.now, updated: this.now } });
    const names = new Map<unknown, string>();
    for (const message of this.messages.filter(({ sessionID }) => sessionID === trunk["id"]).slice(0, messages)) {
      const copy = { ...message, id: this.id("msg"), sessionID: fork["id"], ...(names.has(message["parentID"]) ? { parentID: names.get(message["parentID"]) } : {}) };
      names.set(message["id"], copy.id);
      this.messages.push(copy);
      this.write("info", "message.updated", copy);
      for (const part of this.parts.filter(({ messageID }) => messageID === message["id"])) {
        const repeated = { ...part, id: this.id("prt"), sessionID: fork["id"], messageID: copy.id };
        this.parts.push(repeated);
        this.write("part", "message.part.updated", repeated);
      }
    }
  }

  private answer({ in: number, to, work, more, end, partsFirst }: Extract<Step, { step: "answer" }>): void {
    const session = this.nth(this.sessions, number) ?? this.session({});
    const asked = this.messages.filter(({ sessionID, role }) => sessionID === session["id"] && role === "user");
    const parent = to === "unknown" ? `msg_unknown_of_${String(session["id"])}` : to === "none" ? undefined : asked.at(-1 - (to % Math.max(1, asked.length)))?.["id"];
    const usual = { parentID: parent, modelID: "scripted", providerID: "lab", agent: "build", path: { cwd: "/w/below" }, cost: 0, tokens: { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } } };
    const message = this.message(session, "assistant", { ...usual, ...more });
    this.tell(message, partsFirst, () => {
      for (const one of work) this.work(message, one);
    });
    if (Object.keys(end).length === 0) return;
    this.now += 3;
    const time = { ...(message["time"] as Row), completed: this.now };
    Object.assign(message, { time, ...end });
    this.write("info", "message.updated", message);
    this.write("info", "message.updated", message);
  }

  private ask({ call: number, in: session, named, question, reply, replyFirst }: Extract<Step, { step: "asked" }>): void {
    const call = this.nth(this.parts.filter(({ type }) => type === "tool"), number);
    const id = `per_${this.questions++}`;
    const sessionID = call?.["sessionID"] ?? this.nth(this.sessions, session)?.["id"];
    const tool = named && call ? { tool: { messageID: call["messageID"], callID: call["callID"] } } : {};
    const asking = (): void => this.send(question, { id, sessionID, permission: "bash", ...tool });
    if (!replyFirst) asking();
    this.now += 40;
    if (reply) this.send(question.startsWith("question") ? "question.replied" : "permission.replied", { sessionID, requestID: id, ...reply });
    if (replyFirst) asking();
  }

  /** What the server would export when all is over: what is left, by session. */
  exports(): Document[] {
    const id = (row: Row): string => String(row["id"]);
    const last = (rows: readonly Row[]): Row[] => [...rows].sort((a, b) => (id(a) < id(b) ? -1 : 1));
    return last(this.sessions).map((info) => {
      const messages = last(this.messages.filter(({ sessionID }) => sessionID === info["id"]));
      const told = messages.map((message) => ({ info: message, parts: last(this.parts.filter(({ messageID }) => messageID === message["id"])) }));
      return { name: `export-${id(info)}.json`, bytes: Buffer.from(`${JSON.stringify({ info, messages: told }, null, 2)}\n`) };
    });
  }
}

export const inLines = (name: string, rows: readonly (Row | string)[]): Document => ({
  name,
  bytes: Buffer.from(rows.map((row) => `${typeof row === "string" ? row : JSON.stringify(row)}\n`).join("")),
});

export function played(script: Pick<Script, "steps" | "envelope">): Server {
  const server = new Server(script.envelope);
  for (const { what, wait } of script.steps) server.step(what, wait);
  return server;
}

/** The documents of a script; their names are distinct. */
export function written(script: Script): Document[] {
  const server = played(script);
  const at = script.cut === undefined ? server.log.length : script.cut % (server.log.length + 1);
  const streams = [inLines("events-1.ndjson", server.log.slice(0, at)), inLines("events-2.ndjson", server.log.slice(Math.max(0, at - script.overlap)))];
  const told = streams.filter(({ bytes }) => bytes.length > 0);
  return script.exports === "none" ? told : server.exports();
}
