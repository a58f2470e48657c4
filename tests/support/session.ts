// Sessions written by hand: rows as the client would write them, one method a kind of row, each a second after the last.
//
// It fills in what every row has and leaves the rest to the test; it checks nothing, for odd rows are its purpose.

import type { Document } from "./core.ts";

type Row = Record<string, unknown>;

/** When the first row of a session is written, unless it says otherwise. */
export const began = Date.parse("2026-01-02T03:04:05.000Z");

export class Session {
  readonly rows: (Row | string | Uint8Array)[] = [];
  /** What its uuids begin with. */
  label: string;
  private seconds = 0;
  private count = 0;
  private last: string | null = null;

  /** `own` is what every row has besides, such as an `agentId`. */
  constructor(
    readonly id: string,
    readonly own: Row = {},
    /** Seconds after the beginning of time at which its first row is written. */
    start = 0,
  ) {
    this.label = id;
    this.seconds = start;
  }

  /** Anything: an object as JSON, a string or bytes as they are. */
  raw(row: Row | string | Uint8Array): this {
    this.rows.push(row);
    return this;
  }

  /** A row of the conversation, with uuid, parent and time. */
  row(type: string, more: Row = {}): this {
    const uuid = `${this.label}-${String(this.count++).padStart(4, "0")}`;
    const timestamp = this.now();
    const common = {
      parentUuid: this.last,
      isSidechain: false,
      type,
      uuid,
      timestamp,
      sessionId: this.id,
      version: "2.1.197",
      cwd: "/w",
      gitBranch: "main",
    };
    const row = { ...common, ...this.own, ...more };
    // What a test takes away is written `undefined`, and JSON leaves it out.
    if (typeof row.uuid === "string") this.last = row.uuid;
    return this.raw(row);
  }

  private now(): string {
    return new Date(began + this.seconds++ * 1000).toISOString();
  }

  user(content: unknown, more: Row = {}): this {
    return this.row("user", { message: { role: "user", content }, ...more });
  }

  prompt(text: string, more: Row = {}): this {
    return this.user(text, { promptId: `p-${this.id}-${this.count}`, ...more });
  }

  /** One row of a response; several with one id are one response. */
  response(id: string | undefined, blocks: unknown, more: Row = {}, message: Row = {}): this {
    const usage = { input_tokens: 5, cache_read_input_tokens: 100, cache_creation_input_tokens: 20, output_tokens: 7 };
    const stop = Array.isArray(blocks) && blocks.some((block: Row | null) => block?.["type"] === "tool_use") ? "tool_use" : "end_turn";
    const whole = {
      id,
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4-5",
      content: blocks,
      stop_reason: stop,
      usage,
      ...message,
    };
    return this.row("assistant", { requestId: "req_1", message: whole, ...more });
  }

  say(id: string, text: string, more: Row = {}): this {
    return this.response(id, [{ type: "text", text }], more);
  }

  call(id: string, call: string, name = "Bash", input: unknown = { command: `run ${call}` }, more: Row = {}): this {
    return this.response(id, [{ type: "tool_use", id: call, name, input }], more);
  }

  result(call: string, content: unknown = `result of ${call}`, block: Row = {}, more: Row = {}): this {
    return this.user([{ type: "tool_result", tool_use_id: call, content, ...block }], more);
  }

  system(subtype: string, more: Row = {}): this {
    return this.row("system", { subtype, ...more });
  }

  attachment(attachment: Row, more: Row = {}): this {
    return this.row("attachment", { attachment, ...more });
  }

  /** An operation on the client's queue: such rows have no uuid and little else. */
  queue(operation: string, content?: unknown, more: Row = {}): this {
    return this.raw({ type: "queue-operation", operation, timestamp: this.now(), sessionId: this.id, content, ...more });
  }

  progress(data: Row, more: Row = {}): this {
    return this.row("progress", { data, ...more });
  }

  /** Progress rows that repeat what a sub-agent did. */
  repeats(agent: string, call: string | undefined, rows: Session["rows"]): this {
    for (const message of rows) this.progress({ type: "agent_progress", agentId: agent, message }, { parentToolUseID: call });
    return this;
  }

  /** A row of its journal: what the client told a hook. */
  told(event: unknown, payload: unknown = {}, more: Row = {}): this {
    return this.raw({ type: "spanloom-hook", timestamp: this.now(), sessionId: this.id, event, cwd: "/w", payload, ...more });
  }

  /** Lets time pass. */
  wait(seconds: number): this {
    this.seconds += seconds;
    return this;
  }

  bytes(between = "\n", end = "\n"): Uint8Array {
    const parts = this.rows.map((row) =>
      row instanceof Uint8Array ? row : Buffer.from(typeof row === "string" ? row : JSON.stringify(row)),
    );
    return Buffer.concat(parts.flatMap((part, index) => [part, Buffer.from(index < parts.length - 1 ? between : end)]));
  }

  document(name = `${this.id}.jsonl`): Document {
    return { name, bytes: this.bytes() };
  }
}

/** A sub-agent's transcript below its session, and its metadata if there is any. */
export function subagent(session: string, agent: string, write: (it: Session) => unknown, metadata?: Row, start = 100): Document[] {
  const it = new Session(session, { agentId: agent, isSidechain: true }, start);
  it.label = agent;
  write(it);
  const name = `${session}/subagents/agent-${agent}`;
  const documents = [it.document(`${name}.jsonl`)];
  if (metadata) documents.push({ name: `${name}.meta.json`, bytes: Buffer.from(JSON.stringify(metadata)) });
  return documents;
}
