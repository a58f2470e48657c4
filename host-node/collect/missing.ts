// Asks the server for what its stream did not bring: at each connection for all that changed since it was last heard, and
// for a session whose beginning nobody heard. One session after another, because a server has other work.

import { missedMessages, missedRemovals, missedSession, readKnown } from "./catchup.ts";
import { eventLine, numberOf, readEvent, textOf, valueOf } from "./event.ts";
import type { Live } from "./live.ts";
import { type Listing, type Server, ServerError } from "./server.ts";
import type { Sessions } from "./sessions.ts";

export interface Missing {
  /** Something was written, or turned out to be over. */
  caughtUp(session: string): void;
  tell(words: string): void;
}

/** Rows change a little before and after the session that holds them says so. */
const marginMs = 60_000;
const againMs = 5_000;
/** A server and its collector may be started together, and one of them be slow. */
const absentMs = 60_000;
const tries = 3;

export class CatchUp {
  /** With how often each was tried, and whether to ask if it is at rest. */
  readonly #asked = new Map<string, { tries: number; rests: boolean }>();
  /** The latest change of a session that was heard of, by the server's clock. */
  #heard: number;
  /** The same when nothing was left to be asked for. */
  #settled: number;
  /** Whether it is known what is to be asked for; until then all wait, but not for a server that stays away. */
  #isListed = false;
  #waitsUntil = Date.now() + absentMs;
  /** Something could not be asked for: the next connection has to. */
  #isLacking = false;
  #working = false;

  constructor(
    readonly server: Server,
    readonly sessions: Sessions,
    readonly missing: Missing,
    readonly signal: AbortSignal,
    heard: number,
  ) {
    this.#heard = this.#settled = heard;
  }

  /** Until when all is known that the server has, for the next run. What is still to be asked for may be older than what events say. */
  get heard(): number {
    if (this.#isListed && !this.#isLacking && this.#asked.size === 0) this.#settled = this.#heard;
    return this.#settled;
  }

  /** Takes note of when a session changed. */
  hear(info: unknown): void {
    this.#heard = Math.max(this.#heard, numberOf(valueOf(info, "time"), "updated"));
  }

  /** Whether it is to be waited for. */
  isAsked(session: string): boolean {
    return this.#asked.has(session) || (!this.#isListed && Date.now() < this.#waitsUntil);
  }

  /** From now on things happen that nobody hears of. */
  lost(): void {
    if (!this.#isListed) return;
    this.#isListed = false;
    this.#waitsUntil = Date.now() + absentMs;
  }

  ask(session: string, rests = false): void {
    const before = this.#asked.get(session);
    this.#asked.set(session, { tries: before?.tries ?? 0, rests: rests || before?.rests === true });
    if (!this.#working) void this.#work();
  }

  /** After a connection: whatever changed since the last one. */
  async askAll(): Promise<void> {
    let listing: Listing;
    // Events that come while it is asked say nothing of what was before it.
    const heard = this.heard;
    this.#isListed = false;
    this.#waitsUntil = Date.now() + absentMs;
    try {
      // Nothing was ever heard: history is no business of ours, only what comes after it.
      listing = await this.server.sessions(this.signal, heard === 0 ? 1 : Infinity);
    } catch (error) {
      if (!this.signal.aborted) this.missing.tell(`the server's sessions cannot be listed: ${wordOf(error)}`);
      this.#isLacking = this.#isListed = true;
      return;
    }
    this.#isLacking = false;
    const since = heard === 0 ? Infinity : heard - marginMs;
    const there = new Set(listing.sessions.map(({ id }) => id));
    for (const { id, info } of listing.sessions) {
      this.hear(info);
      if (numberOf(valueOf(info, "time"), "updated") < since) continue;
      this.#related(id, textOf(info, "parentID"));
      this.ask(id, true);
    }
    this.#heard = Math.max(this.#heard, 1);
    for (const live of this.sessions.all()) {
      if (live.ended || live.traced === false) continue;
      const isGone = since !== Infinity && listing.complete && !there.has(live.id);
      if (isGone || live.busy || live.open.size > 0) this.ask(live.id, true);
    }
    this.#isListed = true;
  }

  /** Families wait for each other's answers, so who belongs to whom has to be known before. */
  #related(id: string, parent: string): void {
    if (parent !== "") this.sessions.kin.tell(id, { parent, created: 0, first: 0 });
  }

  async #work(): Promise<void> {
    this.#working = true;
    try {
      for (const [id, { tries: tried, rests }] of this.#asked) {
        if (this.signal.aborted) return;
        try {
          await this.#session(id, rests);
          this.#asked.delete(id);
        } catch (error) {
          if (this.signal.aborted) return;
          if (tried + 1 < tries) {
            this.#asked.set(id, { tries: tried + 1, rests });
            await new Promise((resolve) => setTimeout(resolve, againMs).unref());
            continue;
          }
          this.missing.tell(`${id}: cannot be caught up with: ${wordOf(error)}`);
          this.#isLacking = true;
          this.#asked.delete(id);
        }
        this.missing.caughtUp(id);
      }
    } finally {
      this.#working = false;
    }
    if (this.#asked.size > 0) void this.#work();
  }

  async #session(id: string, rests: boolean): Promise<void> {
    const live = this.sessions.live(id);
    if (live.ended || live.traced === false) return;
    live.touched = new Set();
    try {
      const info = await this.server.session(id, this.signal);
      // It was deleted while nobody listened.
      if (info === undefined) return this.#note(live, [eventLine("session.deleted", { sessionID: id, info: { id } })]);
      this.hear(info);
      // Where it works decides whether it may be read at all.
      live.directory ||= textOf(info, "directory");
      this.sessions.put(live, []);
      if (live.traced === undefined) live.traced = false;
      if (!live.traced) return this.sessions.forget(live);
      this.sessions.write();
      await this.#messages(live, info);
      live.isBehind = false;
      const busy = await this.server.isBusy(id, live.directory, this.signal);
      if (busy === undefined || busy === live.busy || live.touched.has("status")) return;
      if (busy) this.#note(live, [eventLine("session.status", { sessionID: id, status: { type: "busy" } })]);
      else if (rests) this.#note(live, [eventLine("session.idle", { sessionID: id })]);
    } finally {
      live.touched = undefined;
    }
  }

  async #messages(live: Live, info: object): Promise<void> {
    const touched = live.touched ?? new Set();
    const known = readKnown(this.sessions.shelf.path(live.id));
    const seen = new Set<string>();
    const pages: string[][] = [];
    for await (const messages of this.server.messages(live.id, this.signal)) {
      pages.push(missedMessages(known, live.id, messages, touched, seen));
      for (const { parts } of messages) for (const part of parts) this.#child(live.id, part);
    }
    if (!touched.has(live.id)) this.#note(live, missedSession(known, live.id, info));
    // The newest page came first.
    for (const lines of pages.reverse()) this.#note(live, lines);
    this.#note(live, missedRemovals(known, live.id, seen, touched));
  }

  /** Of a session that a call started there is nothing, though it is older than what was listed. */
  #child(parent: string, part: unknown): void {
    const child = textOf(valueOf(valueOf(part, "state"), "metadata"), "sessionId");
    if (child === "" || child === parent || this.sessions.shelf.size(child) > 0) return;
    this.#related(child, parent);
    this.ask(child, true);
  }

  #note(live: Live, lines: readonly string[]): void {
    const { touched } = live;
    // It is not the stream that says so.
    live.touched = undefined;
    for (const line of lines) {
      const event = readEvent(line);
      if (event !== undefined) live.note(event);
    }
    live.touched = touched;
    this.sessions.kin.tell(live.id, live);
    this.sessions.put(live, lines);
  }
}

function wordOf(error: unknown): string {
  if (error instanceof ServerError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
