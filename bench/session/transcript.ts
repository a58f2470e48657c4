// One transcript file being written: the envelope every row carries, the chain of parents, the clock, and the count of truth.
//
// Rows are written as they come and leave in pieces of about a megabyte, so a session of any size needs little memory.
// Key order and keys are those of client 2.1.x. It decides nothing about what happens in a session.

import { appendFileSync, closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import type { Random } from "./random.ts";

/** What was really written, counted while writing: for tests to hold against what somebody else counts. */
export interface Truth {
  seed: number;
  bytes: number;
  rows: number;
  longestRow: number;
  transcripts: number;
  turns: number;
  responses: number;
  calls: number;
  agents: number;
  failedCalls: number;
  compactions: number;
  interrupts: number;
  apiErrors: number;
  inputTokens: number;
  outputTokens: number;
}

export interface Client {
  sessionId: string;
  cwd: string;
  gitBranch: string;
  model: string;
}

/** One clock for all files of a session, in milliseconds. */
export class Clock {
  now: number;

  constructor(start: number) {
    this.now = start;
  }

  pass(milliseconds: number): string {
    this.now += milliseconds;
    return new Date(this.now).toISOString();
  }
}

export type Row = Record<string, unknown>;

export class Transcript {
  private readonly file: number;
  private held: string[] = [];
  private heldLength = 0;
  /** The row the next one hangs on. */
  parent: string | null = null;
  promptId = "";

  constructor(
    path: string,
    readonly random: Random,
    readonly client: Client,
    readonly clock: Clock,
    readonly truth: Truth,
    /** Null for the session itself. */
    readonly agentId: string | null,
    readonly agentType: string | null,
    readonly depth: number,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    this.file = openSync(path, "w");
    truth.transcripts++;
  }

  /** A row as it is, without an envelope: titles, modes, snapshots, the queue. */
  bare(row: Row): void {
    let text = JSON.stringify(row);
    // Some writers escape what lies beyond the first plane; a reader must take both.
    if (this.random.chance(0.1)) text = text.replace(/[\ud800-\udfff]/g, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
    const bytes = Buffer.byteLength(text) + 1;
    this.truth.rows++;
    this.truth.bytes += bytes;
    this.truth.longestRow = Math.max(this.truth.longestRow, bytes);
    this.held.push(text, "\n");
    this.heldLength += bytes;
    if (this.heldLength >= 1 << 20) this.flush();
  }

  /** A row in its envelope, hung on `parent` (by default on the row before). Answers its uuid. */
  row(head: Row, tail: Row = {}, parent: string | null = this.parent, passed = this.random.between(1, 40)): string {
    const uuid = this.random.uuid();
    const timestamp = this.clock.pass(passed);
    this.bare({
      parentUuid: parent,
      isSidechain: this.agentId !== null,
      ...(this.agentId !== null ? { agentId: this.agentId } : {}),
      ...head,
      uuid,
      timestamp,
      ...tail,
      userType: "external",
      entrypoint: "cli",
      cwd: this.client.cwd,
      sessionId: this.client.sessionId,
      version: "2.1.197",
      gitBranch: this.client.gitBranch,
    });
    this.parent = uuid;
    return uuid;
  }

  user(content: unknown, tail: Row = {}, parent?: string | null, passed?: number): string {
    return this.row({ promptId: this.promptId, type: "user", message: { role: "user", content } }, tail, parent, passed);
  }

  system(subtype: string, facts: Row): string {
    return this.row({ type: "system", subtype, ...facts, isMeta: false });
  }

  attachment(attachment: Row): string {
    return this.row({ attachment, type: "attachment" });
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
