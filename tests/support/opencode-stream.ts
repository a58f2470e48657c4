// Event streams of opencode written by hand: what its server would tell, one method a thing that happens, each a second after
// the last. The same can be had as the exports the server would give afterwards.
//
// It fills in what every record has and leaves the rest to the test; it checks nothing, for odd records are its purpose.

import type { Document } from "./core.ts";
import { type Event, FakeServer, sorted } from "./opencode-server.ts";
import { began } from "./session.ts";

type Value = Record<string, unknown>;

export const tokens = { input: 100, output: 20, reasoning: 5, cache: { read: 10, write: 3 } };

export class Stream {
  readonly events: Event[] = [];
  #seconds: number;
  /** The last prompt of each session, and the answer at hand as it was last written. */
  readonly #prompts = new Map<string, string>();
  readonly #answers = new Map<string, Value>();
  /** Parts of each message, by the name a test gives them. */
  readonly #parts = new Map<string, Map<string, Value>>();

  constructor(
    private session = "ses_a",
    start = 0,
  ) {
    this.#seconds = start;
  }

  /** What follows happens in another session. */
  in(session: string): this {
    this.session = session;
    return this;
  }

  wait(seconds: number): this {
    this.#seconds += seconds;
    return this;
  }

  /** Milliseconds; the next thing happens a second later. */
  private tick(): number {
    return began + this.#seconds++ * 1000;
  }

  /** Anything, in the session at hand. */
  event(type: string, properties: Value = {}): this {
    this.events.push({ type, properties: { sessionID: this.session, ...properties } });
    return this;
  }

  open(more: Value = {}, type = "session.created"): this {
    const created = this.tick();
    const info = { id: this.session, directory: "/w", title: "New session - now", version: "1.18.33", time: { created, updated: created } };
    return this.event(type, { info: { ...info, ...more } });
  }

  message(info: Value): this {
    return this.event("message.updated", { info: { sessionID: this.session, ...info } });
  }

  /** A part of a message; one with a name that was used before is written again. */
  part(message: string, name: string, more: Value): this {
    const parts = this.#parts.get(message) ?? new Map<string, Value>();
    this.#parts.set(message, parts);
    const id = parts.get(name)?.["id"] ?? `prt_${message}_${String(parts.size).padStart(4, "0")}`;
    const part = { ...parts.get(name), id, sessionID: this.session, messageID: message, ...more };
    parts.set(name, part);
    return this.event("message.part.updated", { part });
  }

  /** What a person says; the parts may be texts. */
  prompt(id: string, ...parts: (string | Value)[]): this {
    const created = this.tick();
    this.#prompts.set(this.session, id);
    this.message({ id, role: "user", time: { created }, agent: "build" });
    parts.forEach((part, at) => this.part(id, `prompt ${at}`, typeof part === "string" ? { type: "text", text: part } : part));
    return this;
  }

  private get answer(): Value {
    return this.#answers.get(this.session) as Value;
  }

  /** The answer at hand, written again. */
  again(more: Value = {}): this {
    this.#answers.set(this.session, { ...this.answer, ...more });
    return this.message(this.answer);
  }

  /** The model begins with an answer to the last prompt. */
  begin(id: string, more: Value = {}): this {
    const created = this.tick();
    const parentID = this.#prompts.get(this.session);
    this.#answers.set(this.session, { id, role: "assistant", parentID, agent: "build", modelID: "scripted", providerID: "lab", path: { cwd: "/w" }, cost: 0, tokens: { ...tokens, input: 0, output: 0 }, time: { created }, ...more });
    return this.again().part(id, "step", { type: "step-start" });
  }

  /** A text, or a kind like it, whole. */
  say(text: string, more: Value = {}): this {
    const time = this.tick();
    const id = String(this.answer["id"]);
    return this.part(id, `said ${text} ${time}`, { type: "text", text, time: { start: time, end: time }, ...more });
  }

  private called(call: string): Value {
    return this.#parts.get(String(this.answer["id"]))?.get(call) ?? { type: "tool", tool: "bash", callID: call };
  }

  private tool(call: string, state: Value, more: Value): this {
    return this.part(String(this.answer["id"]), call, { ...this.called(call), ...more, state });
  }

  /** The model asks for a call, before anything is done about it. */
  ask(call: string, more: Value = {}): this {
    this.tick();
    return this.tool(call, { status: "pending", input: {}, raw: "" }, more);
  }

  run(call: string, more: Value = {}, state: Value = {}): this {
    return this.tool(call, { status: "running", input: { command: `run ${call}` }, time: { start: this.tick() }, ...state }, more);
  }

  /** The call comes to its end, begun or not; where it should fail, `state` says so. */
  done(call: string, output = `output of ${call}`, state: Value = {}, more: Value = {}): this {
    const before = (this.called(call)["state"] ?? {}) as Value;
    const end = this.tick();
    const start = (before["time"] as Value | undefined)?.["start"] ?? end;
    const whole = { input: { command: `run ${call}` }, metadata: {}, ...before, status: "completed", output, title: "", time: { start, end }, ...state };
    return this.tool(call, whole, more);
  }

  failed(call: string, error: string, state: Value = {}): this {
    return this.done(call, undefined, { status: "error", error, output: undefined, ...state });
  }

  /** The step and its message are over. */
  end(reason = "stop", step: Value = {}): this {
    const completed = this.tick();
    const { id, time } = this.answer;
    this.part(String(id), "end", { type: "step-finish", reason, cost: 0.001, tokens, ...step });
    return this.again({ finish: reason, tokens, cost: 0.001, time: { ...(time as Value), completed } });
  }

  /** The answer at hand is given up. */
  fail(name: string, message = "", data: Value = {}): this {
    const error = { name, data: { message, ...data } };
    const { time } = this.answer;
    return this.event("session.error", { error }).again({ error, time: { ...(time as Value), completed: this.tick() } });
  }

  idle(): this {
    return this.event("session.status", { status: { type: "idle" } }).event("session.idle");
  }

  /** A prompt and its answer, and the server comes to rest. */
  turn(prompt: string, text: string, answer: string, words: string): this {
    return this.prompt(prompt, text).begin(answer).say(words).end().idle();
  }

  document(name = "events.ndjson"): Document {
    return { name, bytes: Buffer.from(this.events.map((event) => `${JSON.stringify(event)}\n`).join("")) };
  }

  /** What the server would export now of each session it still has. */
  exports(): Document[] {
    const server = new FakeServer();
    server.miss(...this.events);
    return [...server.sessions].map(([id, { info, messages }]) => {
      const whole = { info, messages: sorted(messages).map((message) => ({ info: message.info, parts: sorted(message.parts) })) };
      return { name: `${id}.json`, bytes: Buffer.from(JSON.stringify(whole, null, 2)) };
    });
  }
}
