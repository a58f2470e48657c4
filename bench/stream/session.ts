// One session as a server tells of it: prompts, steps of the model, calls, sub-agents in sessions of their own.
//
// The order of events, and which are written again, are those of server 1.18.x (assembly/dialect/opencode/FORMAT.md). It is a generator
// that stops where other sessions may speak: several go on at once (`make-stream.ts`).

import type { Spread } from "../session/random.ts";
import { phrase } from "../session/text.ts";
import { Records, type Parent } from "./records.ts";
import { directory, type Json, type Server } from "./server.ts";
import { makeCall, type Call, type Supply } from "./tools.ts";

/** What sessions share. */
export interface World extends Supply {
  server: Server;
  /** Characters that the model sends at once. */
  piece: Spread;
  /** Bytes that the stream has left. */
  left(): number;
  /** Runs a session beside those that are running. */
  start(session: Session): void;
}

/** What bringing a turn to its end takes, in bytes. */
export const ENDING = 20_000;

export class Session {
  done = false;
  /** The last text of the model. */
  said = "";
  private readonly records: Records;
  private diffs: Json[] = [];

  constructor(
    private readonly world: World,
    private readonly model: string,
    /** Of a sub-agent: what it is asked for. */
    private readonly parent: (Parent & { prompt: string }) | null = null,
  ) {
    this.records = new Records(world.server, model, phrase(world.random), parent);
  }

  get id(): string {
    return this.records.id;
  }

  /** All of it; stops where others may speak. */
  *tell(): Generator<void> {
    const { world } = this;
    const { random, grain, library } = world;
    const text = (): string => `${phrase(random)}. ${library.prose.take(random, world.fits(random.size(grain.prompt))).text}`;
    if (this.parent !== null) yield* this.turn(this.parent.prompt);
    else {
      let turns = random.between(2, 30);
      do {
        yield* this.turn(text());
        world.server.pass(random.between(2_000, 200_000));
        yield;
      } while (--turns > 0 && world.left() > ENDING);
    }
    this.done = true;
  }

  private *turn(text: string): Generator<void> {
    const { server, random } = this.world;
    if (this.parent === null) server.truth.turns++;
    const model = { providerID: "anthropic", modelID: this.model };
    const { records } = this;
    const prompt: Json = { id: server.id("msg"), role: "user", sessionID: this.id, time: { created: server.now }, agent: records.agent, model };
    const messageID = prompt["id"] as string;
    records.message(prompt);
    records.part({ type: "text", text, messageID, sessionID: this.id, id: server.id("prt") });
    records.update({ agent: records.agent, model: { id: this.model, providerID: "anthropic", variant: "default" } });
    records.status("busy");
    this.diffs = [];
    const steps = random.between(1, 16);
    const stop = server.truth.bytes + this.world.left() / 3;
    for (let step = 1; ; step++) {
      const last = step >= steps || server.truth.bytes > stop || this.world.left() < 0;
      yield* this.step(messageID, last);
      if (step === 1) {
        if (records.isUntitled()) records.update({ title: phrase(random) });
        this.summarize(prompt);
      }
      if (last) break;
    }
    records.status("idle");
    server.tell("session.idle", { sessionID: this.id });
    records.update({ summary: { additions: 12, deletions: 4, files: this.diffs.length } });
    this.summarize(prompt);
  }

  /** The prompt is written again with what was changed since. */
  private summarize(prompt: Json): void {
    this.world.server.tell("session.diff", { sessionID: this.id, diff: this.diffs });
    this.records.message({ ...prompt, summary: { diffs: this.diffs } });
  }

  private *step(parentID: string, last: boolean): Generator<void> {
    const { server, random, grain, library, fits } = this.world;
    const { records } = this;
    server.truth.responses++;
    const created = server.pass(random.between(20, 300));
    const id = server.id("msg");
    const message = records.reply(id, parentID, created);
    if (random.chance(0.01)) this.retry();
    records.status("busy");
    server.pass(random.between(400, 6_000));
    yield;
    records.part({ id: server.id("prt"), messageID: id, sessionID: this.id, snapshot: random.hex(40), type: "step-start" });
    const thought = library.prose.take(random, fits(random.size(grain.thought))).text;
    if (thought.length > 100) yield* this.text(id, "reasoning", thought);
    if (last || random.chance(0.5)) {
      this.said = library.prose.take(random, fits(random.size(last ? grain.answer : grain.prompt))).text;
      yield* this.text(id, "text", this.said);
    }
    // one session of its own at a time, and none in a sub-agent
    if (!last && this.parent === null && random.chance(0.02)) yield* this.spawn(id);
    else if (!last) {
      const count = random.chance(0.85) ? 1 : random.between(2, 4);
      for (let call = 0; call < count; call++) yield* this.call(id, makeCall(this.world));
    }
    records.end(message, last ? "stop" : "tool-calls", thought.length > 100 ? Math.ceil(thought.length / 4) : 0);
    yield;
  }

  /** Text comes in pieces; its part is written empty before them, and whole behind them. */
  private *text(messageID: string, type: string, text: string): Generator<void> {
    const { server, random, piece } = this.world;
    const partID = server.id("prt");
    const part = { id: partID, messageID, sessionID: this.id, type };
    const start = server.now;
    this.records.part({ ...part, text: "", time: { start } });
    for (let at = 0; at < text.length; ) {
      const delta = text.slice(at, at + Math.max(1, random.size(piece)));
      at += delta.length;
      server.pass(random.between(5, 60));
      server.tell("message.part.delta", { sessionID: this.id, messageID, partID, field: "text", delta });
      if (random.chance(0.2)) yield;
    }
    this.records.part({ ...part, text, time: { start, end: server.now } });
  }

  private *call(messageID: string, call: Call): Generator<void> {
    const { server, random } = this.world;
    const { tool, input, progress, output, metadata, title, error, took, diff } = call;
    const write = this.begin(messageID, tool);
    server.truth.calls++;
    const start = server.pass(random.between(10, 900));
    const time = { start };
    if (tool === "bash" && random.chance(0.02)) yield* this.permission(messageID, write.callID, String(input["command"]));
    write.state({ status: "running", input, time });
    for (const said of progress) {
      server.pass(took / (progress.length + 1));
      yield;
      write.state({ metadata: said, status: "running", input, time });
    }
    const end = server.pass(took / (progress.length + 1));
    if (error !== undefined) {
      server.truth.failedCalls++;
      write.state({ status: "error", input, error, time: { start, end } });
    } else write.state({ status: "completed", input, output, metadata, title, time: { start, end } });
    if (diff !== undefined) this.diffs.push(diff);
  }

  /** A call's part, before it is known what the call is given; then how it is written again. */
  private begin(messageID: string, tool: string): { callID: string; state(state: Json): void } {
    const { server, random } = this.world;
    const id = server.id("prt");
    const callID = `toolu_01${random.base58(22)}`;
    this.records.part({ id, messageID, sessionID: this.id, type: "tool", tool, callID, state: { status: "pending", input: {}, raw: "" } });
    return { callID, state: (state) => this.records.part({ type: "tool", tool, callID, state, id, sessionID: this.id, messageID }) };
  }

  /** A call that spawns an agent, which works in a session of its own while this one waits. */
  private *spawn(messageID: string): Generator<void> {
    const { server, random, library, grain, fits } = this.world;
    server.truth.agents++;
    const { state: write } = this.begin(messageID, "task");
    const description = phrase(random);
    const prompt = library.prose.take(random, fits(random.size(grain.prompt) * 3)).text;
    const agent = random.pick(["general", "explore"]);
    const input = { description, prompt, subagent_type: agent };
    const start = server.pass(40);
    const child = new Session(this.world, this.model, { id: this.id, agent, description, prompt });
    const metadata = { parentSessionId: this.id, sessionId: child.id, model: { modelID: this.model, providerID: "anthropic" } };
    write({ status: "running", input, time: { start } });
    write({ title: description, metadata, status: "running", input, time: { start } });
    this.world.start(child);
    while (!child.done) yield;
    const output = `<task id="${child.id}" state="completed">\n<task_result>\n${child.said}\n</task_result>\n</task>`;
    write({ status: "completed", input, output, metadata: { ...metadata, truncated: false }, title: description, time: { start, end: server.now } });
  }

  private *permission(messageID: string, callID: string, command: string): Generator<void> {
    const { server, random } = this.world;
    const id = server.id("per");
    const asked = { id, sessionID: this.id, permission: "bash", patterns: [command], metadata: { command }, always: [`${command.split(" ")[0]} *`] };
    server.tell("permission.asked", { ...asked, tool: { messageID, callID } });
    server.pass(random.between(800, 30_000));
    yield;
    server.tell("permission.replied", { sessionID: this.id, requestID: id, reply: "once" });
  }

  private retry(): void {
    const { server } = this.world;
    const status = { type: "retry", attempt: 1, message: "Overloaded", next: server.now + 2_000 };
    server.tell("session.status", { sessionID: this.id, status });
    server.pass(2_000);
  }
}
