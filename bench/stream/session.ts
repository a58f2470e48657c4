// One session as a server tells of it: prompts, steps of the model, calls, sub-agents in sessions of their own.
//
// The order of events, and which are written again, are those of server 1.18.x (assembly/dialect/opencode/FORMAT.md). It is a generator
// that stops where other sessions may speak: several go on at once (`make-stream.ts`).

import type { Spread } from "../session/random.ts";
import { phrase } from "../session/text.ts";
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

/** What a model costs, in dollars a token. */
const price = { input: 3e-6, output: 15e-6, cached: 3e-7 };

interface Tokens {
  total: number;
  input: number;
  output: number;
  reasoning: number;
  cache: { write: number; read: number };
}

const none = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } };

export class Session {
  readonly id: string;
  done = false;
  /** The last text of the model. */
  said = "";
  private readonly info: Json;
  private readonly agent: string;
  private cost = 0;
  private readonly spent = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } };
  private context = 14_000;
  private diffs: Json[] = [];

  constructor(
    private readonly world: World,
    private readonly model: string,
    /** The session and the agent that a task call spawns. */
    private readonly parent: { id: string; agent: string; description: string; prompt: string } | null = null,
  ) {
    const { server } = world;
    this.id = server.id("ses");
    this.agent = parent?.agent ?? "build";
    const title = parent === null ? `New session - ${new Date(server.now).toISOString()}` : `${parent.description} (@${parent.agent} subagent)`;
    this.info = {
      id: this.id,
      slug: phrase(world.random).split(" ").slice(0, 3).join("-").toLowerCase(),
      version: "1.18.33",
      projectID: server.project,
      directory,
      path: "",
      ...(parent === null ? {} : { parentID: parent.id }),
      title,
      cost: 0,
      tokens: none,
    };
    this.info["time"] = { created: server.now, updated: server.now };
    server.truth.sessions++;
    server.write(this.id, "session.created", { info: this.info });
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
    const prompt: Json = { id: server.id("msg"), role: "user", sessionID: this.id, time: { created: server.now }, agent: this.agent, model };
    const messageID = prompt["id"] as string;
    this.message(prompt);
    this.part({ type: "text", text, messageID, sessionID: this.id, id: server.id("prt") });
    this.update({ agent: this.agent, model: { id: this.model, providerID: "anthropic", variant: "default" } });
    this.status("busy");
    this.diffs = [];
    const steps = random.between(1, 16);
    const stop = server.truth.bytes + this.world.left() / 3;
    for (let step = 1; ; step++) {
      const last = step >= steps || server.truth.bytes > stop || this.world.left() < 0;
      yield* this.step(messageID, last);
      if (step === 1) {
        if (String(this.info["title"]).startsWith("New session")) this.update({ title: phrase(random) });
        this.summarize(prompt);
      }
      if (last) break;
    }
    this.status("idle");
    server.tell("session.idle", { sessionID: this.id });
    this.update({ summary: { additions: 12, deletions: 4, files: this.diffs.length } });
    this.summarize(prompt);
  }

  /** The prompt is written again with what was changed since. */
  private summarize(prompt: Json): void {
    this.world.server.tell("session.diff", { sessionID: this.id, diff: this.diffs });
    this.message({ ...prompt, summary: { diffs: this.diffs } });
  }

  private *step(parentID: string, last: boolean): Generator<void> {
    const { server, random, grain, library, fits } = this.world;
    server.truth.responses++;
    const created = server.pass(random.between(20, 300));
    const id = server.id("msg");
    const message: Json = {
      id, parentID, role: "assistant", mode: this.agent, agent: this.agent, path: { cwd: directory, root: directory }, cost: 0, tokens: none,
      modelID: this.model, providerID: "anthropic", time: { created }, sessionID: this.id,
    };
    this.message(message);
    if (random.chance(0.01)) this.retry();
    this.status("busy");
    server.pass(random.between(400, 6_000));
    yield;
    this.part({ id: server.id("prt"), messageID: id, sessionID: this.id, snapshot: random.hex(40), type: "step-start" });
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
    this.end(message, last ? "stop" : "tool-calls", thought.length);
    yield;
  }

  /** The step is over: what it took, on a part, the message and the session. */
  private end(message: Json, finish: string, thought: number): void {
    const { server, random } = this.world;
    const reasoning = thought > 100 ? Math.ceil(thought / 4) : 0;
    const cache = { write: random.between(100, 6_000), read: this.context };
    const [input, output] = [random.between(1, 60), random.between(30, 2_500)];
    const tokens: Tokens = { total: input + output + reasoning + cache.read + cache.write, input, output, reasoning, cache };
    const cost = Number((input * price.input + (output + reasoning) * price.output + cache.read * price.cached).toFixed(7));
    this.context = Math.min(160_000, this.context + cache.write + output);
    server.truth.inputTokens += input + cache.read + cache.write;
    server.truth.outputTokens += output + reasoning;
    const messageID = message["id"] as string;
    const snapshot = random.hex(40);
    this.part({ id: server.id("prt"), reason: finish, snapshot, messageID, sessionID: this.id, type: "step-finish", tokens, cost });
    const ended = { ...message, cost, tokens, finish };
    this.message(ended);
    if (random.chance(0.15)) {
      const files = [`${directory}/src/index.ts`];
      this.part({ id: server.id("prt"), messageID, sessionID: this.id, type: "patch", hash: snapshot, files });
    }
    // written when it is complete, and once more
    const complete = { ...ended, time: { ...(message["time"] as Json), completed: server.pass(random.between(2, 60)) } };
    this.message(complete);
    this.message(complete);
    this.cost += cost;
    for (const name of ["input", "output", "reasoning"] as const) this.spent[name] += tokens[name];
    this.spent.cache.read += cache.read;
    this.spent.cache.write += cache.write;
    this.update({ cost: Number(this.cost.toFixed(7)), tokens: this.spent });
  }

  /** Text comes in pieces; its part is written empty before them, and whole behind them. */
  private *text(messageID: string, type: string, text: string): Generator<void> {
    const { server, random, piece } = this.world;
    const partID = server.id("prt");
    const part = { id: partID, messageID, sessionID: this.id, type };
    const start = server.now;
    this.part({ ...part, text: "", time: { start } });
    for (let at = 0; at < text.length; ) {
      const delta = text.slice(at, at + Math.max(1, random.size(piece)));
      at += delta.length;
      server.pass(random.between(5, 60));
      server.tell("message.part.delta", { sessionID: this.id, messageID, partID, field: "text", delta });
      if (random.chance(0.2)) yield;
    }
    this.part({ ...part, text, time: { start, end: server.now } });
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
    this.part({ id, messageID, sessionID: this.id, type: "tool", tool, callID, state: { status: "pending", input: {}, raw: "" } });
    return { callID, state: (state) => this.part({ type: "tool", tool, callID, state, id, sessionID: this.id, messageID }) };
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

  private status(type: string): void {
    this.world.server.tell("session.status", { sessionID: this.id, status: { type } });
  }

  private update(change: Json): void {
    const { server } = this.world;
    Object.assign(this.info, change);
    this.info["time"] = { ...(this.info["time"] as Json), updated: server.now };
    server.write(this.id, "session.updated", { info: this.info });
  }

  private message(info: Json): void {
    this.world.server.write(this.id, "message.updated", { info });
  }

  private part(part: Json): void {
    const { server } = this.world;
    server.write(this.id, "message.part.updated", { part, time: server.now });
  }
}
