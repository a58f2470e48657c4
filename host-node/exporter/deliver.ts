// Brings to a destination what waits for it in the spool, oldest first, for as long as there is any. What is accepted is
// marked so the instant its answer is heard, and its trace noted in the ledger once all of it is; so a request is sent
// twice only if nobody lived to hear whether it was taken the first time, and that is counted.
//
// It sends whatever waits: which traces are due (not in the ledger, not in the spool) is the choice of whoever puts them there.

import type { Destination } from "./destination.ts";
import { hangUp } from "./http.ts";
import type { Outcome } from "./outcome.ts";
import { packed, unpacked } from "./packing.ts";
import { type Clock, systemClock } from "./retry.ts";
import { send } from "./send.ts";
import type { Entry, Ledger, Spool, Waiting } from "./waiting.ts";
import { split } from "./split.ts";

export interface DeliveryOptions<E extends Entry> {
  readonly ledger: Ledger;
  readonly spool: Spool<E>;
  /** Milliseconds since 1970; nothing is tried after it. */
  readonly deadline: number;
  /** The longest one request may keep failing, in milliseconds. */
  readonly patienceMs?: number;
  readonly clock?: Clock;
}

/** Counts are requests, where nothing else is said. */
export interface Summary {
  accepted: number;
  /** Still in the spool at the end. */
  waiting: number;
  /** Refused for good: neither in the spool nor sent again. */
  refused: number;
  /** Sent again though an earlier try may have been taken: at worst so many are there twice, under the same ids. */
  repeated: number;
  /** Of accepted requests. */
  rejectedSpans: number;
  /** Traces noted in the ledger. */
  traces: number;
  /** Each thing worth saying once. */
  messages: string[];
  /** Why nothing more was sent, if so. */
  stopped: string | undefined;
}

/** Failures in a row after which the endpoint is down, not one request unlucky. */
const failuresInARow = 2;
const messagesAtMost = 20;
const defaultPatienceMs = 15_000;

/** Zlib's word for bytes that are none of its own. */
const isDamage = (error: unknown): boolean => String((error as NodeJS.ErrnoException).code).startsWith("Z_");

const nameOf = ({ batch, stem }: Entry): string => `${batch}/${stem}`;

/** One destination's share of a run. */
export class Delivery<E extends Entry> {
  readonly summary: Summary = {
    accepted: 0,
    waiting: 0,
    refused: 0,
    repeated: 0,
    rejectedSpans: 0,
    traces: 0,
    messages: [],
    stopped: undefined,
  };
  readonly #destination: Destination;
  readonly #options: DeliveryOptions<E>;
  readonly #clock: Clock;
  /** Tried in this run. */
  readonly #tried = new Set<string>();
  #running: Promise<void> | undefined;
  #mayBeMore = false;
  #failures = 0;

  constructor(destination: Destination, options: DeliveryOptions<E>) {
    this.#destination = destination;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Sees to it that what waits by now is sent, beside whatever else is done. */
  go(): void {
    this.#mayBeMore = true;
    this.#running ??= this.#run();
    // Whoever waits for the end is told.
    this.#running.catch(() => {});
  }

  /** Sends what waits; resolves when nothing more can be done for it now. */
  async rest(): Promise<void> {
    this.go();
    await this.#running;
  }

  async end(): Promise<Summary> {
    try {
      await this.rest();
      this.summary.waiting = (await this.#try("the spool cannot be read", () => this.#options.spool.list().length)) ?? 0;
    } finally {
      hangUp(this.#destination);
    }
    return this.summary;
  }

  async #run(): Promise<void> {
    try {
      await this.#try("what was sent cannot be noted", () => this.#options.spool.settle(this.#note));
      while (this.#mayBeMore) {
        this.#mayBeMore = false;
        for (const entry of (await this.#try("the spool cannot be read", () => this.#options.spool.list())) ?? []) {
          if (this.#tried.has(nameOf(entry))) continue;
          if (this.#mustStop()) return;
          await this.#send(entry);
        }
      }
    } finally {
      this.#running = undefined;
    }
  }

  /** Sends one request, in halves if it has to be. */
  async #send(entry: E): Promise<void> {
    const { spool } = this.#options;
    const left = [entry];
    for (let next = left.shift(); next !== undefined && !this.#mustStop(); next = left.shift()) {
      const each = next;
      this.#tried.add(nameOf(each));
      const waiting = await this.#try("a spooled request cannot be read", () => spool.read(each));
      // Gone, or unreadable: then what belongs with it can never be complete.
      if (waiting === undefined) await this.#try("a damaged request cannot be dropped", () => this.#drop(each));
      else left.unshift(...(await this.#sendOne(each, waiting)));
    }
  }

  /** Answers what has to be sent in its stead. */
  async #sendOne(entry: E, waiting: Waiting): Promise<readonly E[]> {
    const { spool } = this.#options;
    if (entry.state === "sending") this.summary.repeated++;
    // If this cannot be written down, nor could what comes of it.
    let under = await this.#try("nothing can be written down of what is sent", () => spool.move(entry, "sending"));
    if (under === undefined) return [];
    const sending = under;
    let outcome: Outcome;
    try {
      outcome = await this.#attempt(waiting, () => {
        under = this.#tryNow("what was sent cannot be marked", () => spool.move(sending, "sent"));
      });
    } catch (error) {
      if (!isDamage(error)) throw error;
      await this.#try("a damaged request cannot be dropped", () => this.#drop(sending));
      return [];
    }
    if (outcome.kind === "accepted") this.#accept(outcome.rejectedSpans, outcome.message);
    else if (outcome.kind === "refused" && !outcome.stop) {
      const halves = await this.#refuse(sending, waiting, outcome);
      if (halves !== undefined) return halves;
      under = await this.#try("what was refused cannot be marked", () => spool.move(sending, "sent"));
    } else {
      const isUnheard = outcome.kind === "later" && outcome.unheard === true;
      if (!isUnheard) await this.#try("a request cannot be put back", () => spool.move(sending, "otlp"));
      return [];
    }
    if (under !== undefined) await this.#try("what was sent cannot be noted", () => spool.settle(this.#note, sending));
    return [];
  }

  async #attempt({ body, contentType, encoding }: Waiting, accepted: () => void): Promise<Outcome> {
    const repeated = (): void => void this.summary.repeated++;
    const options = { contentType, isPacked: encoding === "gzip", clock: this.#clock, accepted, repeated };
    const outcome = await send(this.#destination, body, this.#patience(), options);
    if (outcome.kind === "later") {
      this.#failures++;
      this.#say(outcome.message);
      // A backend that names a time means everything we send.
      if (this.#failures >= failuresInARow || outcome.retryAfterMs !== undefined) this.summary.stopped = outcome.message;
    } else {
      this.#failures = 0;
      if (outcome.kind === "refused" && outcome.stop) this.summary.stopped = outcome.message;
    }
    return outcome;
  }

  #accept(rejectedSpans: number, message: string): void {
    this.summary.accepted++;
    this.summary.rejectedSpans += rejectedSpans;
    if (rejectedSpans > 0) this.#say(`${rejectedSpans} spans rejected: ${message || "no reason given"}`);
    else if (message !== "") this.#say(`accepted with a warning: ${message}`);
  }

  /** The halves of what was too large; undefined where it cannot be cut, or was refused for another reason: that is final. */
  async #refuse(entry: E, waiting: Waiting, { status, message }: { status: number; message: string }): Promise<readonly E[] | undefined> {
    const { contentType, encoding, traces } = waiting;
    const body = encoding === "gzip" ? await unpacked(waiting.body) : waiting.body;
    const halves = status === 413 ? split(body, contentType) : undefined;
    if (halves === undefined) {
      this.summary.refused++;
      this.#say(`a request of ${body.length} bytes was refused: ${message}`);
      return undefined;
    }
    const half = async (at: 0 | 1): Promise<Waiting> => {
      return { body: await packed(halves[at].body), contentType, encoding: "gzip", traces: at === 0 ? [] : traces };
    };
    const both = [await half(0), await half(1)] as const;
    const cut = await this.#try("a request cannot be cut in two", () => this.#options.spool.cut(entry, both));
    // As it is, it is refused again each time; it waits until there is room to cut it.
    if (cut === undefined) await this.#try("a request cannot be put back", () => this.#options.spool.move(entry, "otlp"));
    return cut ?? [];
  }

  /** A request that keeps failing may take half of the time there is, so that its neighbours get a chance. */
  #patience(): number {
    const now = this.#clock.now();
    return now + Math.min((this.#options.deadline - now) / 2, this.#options.patienceMs ?? defaultPatienceMs);
  }

  #mustStop(): boolean {
    if (this.#clock.now() >= this.#options.deadline) this.summary.stopped ??= "the time is up";
    return this.summary.stopped !== undefined;
  }

  readonly #note = (traces: readonly string[]): void => {
    this.#options.ledger.add(traces);
    this.summary.traces += traces.length;
  };

  #drop(entry: E): void {
    if (this.#options.spool.drop(entry)) this.#say("a spooled request is damaged and dropped, with what belongs to it");
  }

  /** Runs what can fail for reasons of the disk; undefined, and a message, if it does. */
  #tryNow<Result>(what: string, run: () => Result): Result | undefined {
    try {
      return run();
    } catch (error) {
      this.#say(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  async #try<Result>(what: string, run: () => Result | Promise<Result>): Promise<Result | undefined> {
    try {
      return await run();
    } catch (error) {
      this.#say(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  #say(message: string): void {
    const { messages } = this.summary;
    if (messages.length < messagesAtMost && !messages.includes(message)) messages.push(message);
  }
}
