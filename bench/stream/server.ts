// A server's stream being written: ids, the envelopes of its two views, the clock, and the count of truth.
//
// Envelopes, their key order and which events are doubled are those of server 1.18.x. It decides nothing about what happens in a session.

import { appendFileSync, closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import type { Random } from "../session/random.ts";

/** What was really written, counted while writing: for tests to hold against what somebody else counts. */
export interface StreamTruth {
  seed: number;
  bytes: number;
  /** Rows: events, and the copies among them. */
  rows: number;
  copies: number;
  longestRow: number;
  sessions: number;
  turns: number;
  responses: number;
  calls: number;
  agents: number;
  failedCalls: number;
  inputTokens: number;
  outputTokens: number;
}

/** `event` is what a server says of one folder; `global` of all, with a `sync` copy of every event that it keeps. */
export const views = ["event", "global"] as const;
export type View = (typeof views)[number];

/** Server-Sent Events, or one event a line. */
export const forms = ["sse", "ndjson"] as const;
export type Form = (typeof forms)[number];

export type Json = Record<string, unknown>;

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** Ids hold the low 48 bits of milliseconds and a counter of 12. */
const TICKS = 4096;
const PERIOD = 2 ** 48;
const BEAT = 10_000;

export const directory = "/home/dev/project";

export class Server {
  readonly truth: StreamTruth;
  now = Date.UTC(2026, 2, 2, 8, 0, 0);
  readonly project: string;
  private readonly file: number;
  private held: string[] = [];
  private heldLength = 0;
  /** The last millisecond of which an id was made, and how many of it were. */
  private tick = 0;
  private count = 0;
  private nextBeat = this.now + BEAT;
  /** Of each session the number of its next durable event. */
  private readonly sequence = new Map<string, number>();

  constructor(
    path: string,
    readonly random: Random,
    private readonly view: View,
    private readonly form: Form,
    seed: number,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    this.file = openSync(path, "w");
    this.project = random.hex(40);
    this.truth = {
      seed, bytes: 0, rows: 0, copies: 0, longestRow: 0, sessions: 0, turns: 0, responses: 0, calls: 0, agents: 0,
      failedCalls: 0, inputTokens: 0, outputTokens: 0,
    };
    this.tell("server.connected", {});
  }

  /** A new id; those of sessions go down while time goes up. */
  id(prefix: string): string {
    if (this.now > this.tick) {
      this.tick = this.now;
      this.count = 0;
    }
    const made = (this.tick * TICKS + ++this.count) % PERIOD;
    const digits = (prefix === "ses" ? PERIOD - 1 - made : made).toString(16).padStart(12, "0");
    return `${prefix}_${digits}${this.random.letters(14, letters)}`;
  }

  pass(milliseconds: number): number {
    this.now += Math.round(milliseconds);
    while (this.nextBeat <= this.now) {
      this.nextBeat += BEAT;
      this.tell("server.heartbeat", {});
    }
    return this.now;
  }

  /** Something that happened, and is not kept. */
  tell(type: string, properties: Json): void {
    this.event(this.id("evt"), type, properties);
  }

  /** A write of a session, a message or a part: kept by the server, so it stands twice where all is told. */
  write(session: string, type: string, properties: Json): void {
    const id = this.id("evt");
    const data = { sessionID: session, ...properties };
    this.event(id, type, data);
    if (this.view === "event") return;
    const seq = this.sequence.get(session) ?? 0;
    this.sequence.set(session, seq + 1);
    this.truth.copies++;
    this.row({ ...this.place(), payload: { type: "sync", syncEvent: { id, type: `${type}.1`, seq, aggregateID: session, data } } });
  }

  private event(id: string, type: string, properties: Json): void {
    const event = { id, type, properties };
    this.row(this.view === "event" ? event : { ...(type.startsWith("server.") ? {} : this.place()), payload: event });
  }

  private place(): Json {
    return { directory, project: this.project };
  }

  private row(row: Json): void {
    const text = JSON.stringify(row);
    const framed = this.form === "sse" ? `data: ${text}\n\n` : `${text}\n`;
    const bytes = Buffer.byteLength(framed);
    this.truth.rows++;
    this.truth.bytes += bytes;
    this.truth.longestRow = Math.max(this.truth.longestRow, bytes);
    this.held.push(framed);
    this.heldLength += bytes;
    if (this.heldLength >= 1 << 20) this.flush();
  }

  private flush(): void {
    appendFileSync(this.file, this.held.join(""));
    this.held = [];
    this.heldLength = 0;
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }
}
