// A session's records as its server writes them, again and again: the session itself, its messages with their sums, parts.
//
// It does not know what happens in a session (`session.ts`).

import { directory, type Json, type Server } from "./server.ts";

/** The session that a sub-agent's was made for. */
export interface Parent {
  id: string;
  agent: string;
  description: string;
}

interface Tokens {
  total: number;
  input: number;
  output: number;
  reasoning: number;
  cache: { write: number; read: number };
}

/** What a model costs, in dollars a token. */
const price = { input: 3e-6, output: 15e-6, cached: 3e-7 };

const none = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } };

export class Records {
  readonly id: string;
  readonly agent: string;
  private readonly info: Json;
  private cost = 0;
  private readonly spent = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } };
  /** Tokens the model has before it. */
  private context = 14_000;

  constructor(
    private readonly server: Server,
    private readonly model: string,
    words: string,
    parent: Parent | null,
  ) {
    this.id = server.id("ses");
    this.agent = parent?.agent ?? "build";
    const title = parent === null ? `New session - ${new Date(server.now).toISOString()}` : `${parent.description} (@${parent.agent} subagent)`;
    this.info = {
      id: this.id,
      slug: words.split(" ").slice(0, 3).join("-").toLowerCase(),
      version: "1.18.33",
      projectID: server.project,
      directory,
      path: "",
      ...(parent === null ? {} : { parentID: parent.id }),
      title,
      cost: 0,
      tokens: none,
      time: { created: server.now, updated: server.now },
    };
    server.truth.sessions++;
    server.write(this.id, "session.created", { info: this.info });
  }

  isUntitled(): boolean {
    return String(this.info["title"]).startsWith("New session");
  }

  update(change: Json): void {
    Object.assign(this.info, change);
    this.info["time"] = { ...(this.info["time"] as Json), updated: this.server.now };
    this.server.write(this.id, "session.updated", { info: this.info });
  }

  message(info: Json): void {
    this.server.write(this.id, "message.updated", { info });
  }

  part(part: Json): void {
    this.server.write(this.id, "message.part.updated", { part, time: this.server.now });
  }

  status(type: string): void {
    this.server.tell("session.status", { sessionID: this.id, status: { type } });
  }

  /** An answer begins. */
  reply(id: string, parentID: string, created: number): Json {
    const message: Json = {
      id, parentID, role: "assistant", mode: this.agent, agent: this.agent, path: { cwd: directory, root: directory }, cost: 0, tokens: none,
      modelID: this.model, providerID: "anthropic", time: { created }, sessionID: this.id,
    };
    this.message(message);
    return message;
  }

  /** The step is over: what it took, on a part, the message and the session. */
  end(message: Json, finish: string, reasoning: number): void {
    const { server } = this;
    const { random } = server;
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
}
