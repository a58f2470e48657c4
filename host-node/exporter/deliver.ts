// Brings requests to a destination: first what waits in the spool, oldest first, then new ones. What is accepted is noted in
// the ledger, what could not be sent is put in the spool before the next is tried, so that a crash at any instant loses
// nothing; at worst the request that was under way then is sent again.
//
// It sends whatever it is given: which traces are due (not in the ledger, not in the spool) is the caller's choice.

import type { Destination } from "./destination.ts";
import { hangUp } from "./http.ts";
import type { Outcome } from "./outcome.ts";
import { packed, unpacked } from "./packing.ts";
import { type Clock, systemClock } from "./retry.ts";
import { contentTypeOf, send } from "./send.ts";
import { split } from "./split.ts";

/** A request as the core makes it. The body is read before the next request is asked for. */
export interface Request {
  readonly body: Uint8Array;
  readonly spans: number;
  /** Traces that are complete once this request and all before it are accepted. */
  readonly traces: readonly string[];
}

export interface Ledger {
  /** On the disk before it comes back. */
  add(traceIds: readonly string[]): void;
}

export interface SpoolHeader {
  readonly traces: readonly string[];
  readonly contentType: string;
  /** As in Content-Encoding; "" for none. */
  readonly encoding: string;
}

/** A store on disk. A method that cannot do its work throws. */
export interface Spool<Entry> {
  /** Undefined if there is no room for it at all. */
  put(header: SpoolHeader, body: Uint8Array): Entry | undefined;
  /** Oldest first. */
  list(): readonly Entry[];
  /** Undefined if it is none of ours. */
  read(entry: Entry): (SpoolHeader & { readonly body: Uint8Array }) | undefined;
  remove(entry: Entry): void;
}

export interface DeliverOptions<Entry> {
  readonly ledger: Ledger;
  readonly spool: Spool<Entry>;
  /** Milliseconds since 1970; nothing is tried after it. */
  readonly deadline: number;
  /** The longest one request may keep failing, in milliseconds. */
  readonly patienceMs?: number;
  readonly clock?: Clock;
}

/** Counts are requests, where nothing else is said. */
export interface Summary {
  accepted: number;
  /** Put in the spool in this run. */
  spooled: number;
  /** Refused for good: neither in the spool nor sent again. */
  refused: number;
  /** Of accepted requests. */
  rejectedSpans: number;
  /** Traces noted in the ledger. */
  traces: number;
  /** Each thing worth saying once. */
  messages: string[];
  /** Why nothing more was sent, if so. */
  stopped: string | undefined;
  /** Every new request was accepted, refused or put in the spool: none of them has to be made again. */
  complete: boolean;
}

/** Failures in a row after which the endpoint is down, not one request unlucky. */
const failuresInARow = 2;
const messagesAtMost = 20;
const defaultPatienceMs = 15_000;

interface Piece {
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly traces: readonly string[];
}

export async function deliver<Entry>(
  destination: Destination,
  requests: Iterable<Request> | AsyncIterable<Request>,
  options: DeliverOptions<Entry>,
): Promise<Summary> {
  const delivery = new Delivery(destination, options);
  try {
    await delivery.sendSpooled();
    await delivery.sendNew(requests);
  } finally {
    hangUp(destination);
  }
  return delivery.summary;
}

class Delivery<Entry> {
  readonly summary: Summary = {
    accepted: 0,
    spooled: 0,
    refused: 0,
    rejectedSpans: 0,
    traces: 0,
    messages: [],
    stopped: undefined,
    complete: true,
  };
  readonly #destination: Destination;
  readonly #options: DeliverOptions<Entry>;
  readonly #clock: Clock;
  #failures = 0;

  constructor(destination: Destination, options: DeliverOptions<Entry>) {
    this.#destination = destination;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  async sendSpooled(): Promise<void> {
    const { spool } = this.#options;
    for (const entry of (await this.#try("the spool cannot be read", () => spool.list())) ?? []) {
      if (this.#mustStop()) return;
      const waiting = await this.#try("a spooled request cannot be read", () => spool.read(entry));
      if (waiting === undefined) continue;
      const { contentType, encoding, traces } = waiting;
      const unpack = (): Promise<Uint8Array> | Uint8Array => (encoding === "gzip" ? unpacked(waiting.body) : waiting.body);
      const body = await this.#try("a spooled request is damaged and dropped", unpack);
      const whole = { body: body ?? waiting.body, contentType, traces };
      // The entry itself keeps the whole; parts of it are kept in its stead.
      const gone = body === undefined || (await this.#send(whole, async (piece) => piece !== whole && this.#put(piece)));
      if (gone) await this.#try("a sent request cannot be taken out of the spool", () => spool.remove(entry));
    }
  }

  async sendNew(requests: Iterable<Request> | AsyncIterable<Request>): Promise<void> {
    const contentType = contentTypeOf(this.#destination);
    for await (const { body, traces } of requests) {
      if (await this.#send({ body, contentType, traces }, (piece) => this.#put(piece))) continue;
      // What comes after could complete a trace of which this is a part, so nothing may be sent past it.
      this.summary.complete = false;
      this.summary.stopped ??= "what cannot be sent cannot be kept either";
      return;
    }
  }

  /** Sends one request, in parts if it has to be. True if every part was settled or kept. */
  async #send(whole: Piece, keep: (piece: Piece) => Promise<boolean>): Promise<boolean> {
    let safe = true;
    const left = [whole];
    for (let piece = left.shift(); piece !== undefined; piece = left.shift()) {
      const outcome = this.#mustStop() ? undefined : await this.#attempt(piece);
      if (outcome?.kind === "accepted") await this.#accept(piece, outcome.rejectedSpans, outcome.message);
      else if (outcome?.kind === "refused" && !outcome.stop) left.unshift(...(await this.#refuse(piece, outcome.status, outcome.message)));
      else safe = (await keep(piece)) && safe;
    }
    return safe;
  }

  async #attempt({ body, contentType }: Piece): Promise<Outcome> {
    const outcome = await send(this.#destination, body, this.#patience(), { contentType, clock: this.#clock });
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

  async #accept(piece: Piece, rejectedSpans: number, message: string): Promise<void> {
    this.summary.accepted++;
    this.summary.rejectedSpans += rejectedSpans;
    if (rejectedSpans > 0) this.#say(`${rejectedSpans} spans rejected: ${message || "no reason given"}`);
    else if (message !== "") this.#say(`accepted with a warning: ${message}`);
    await this.#settle(piece);
  }

  /** What is left to send of a refused request: its halves, if it was too large and can be cut. */
  async #refuse(piece: Piece, status: number, message: string): Promise<Piece[]> {
    const { body, contentType, traces } = piece;
    const halves = status === 413 ? split(body, contentType) : undefined;
    if (halves !== undefined) return [{ body: halves[0].body, contentType, traces: [] }, { body: halves[1].body, contentType, traces }];
    this.summary.refused++;
    this.#say(`a request of ${body.length} bytes was refused: ${message}`);
    // Final as well: without a note in the ledger each run would send the trace's other spans again.
    await this.#settle(piece);
    return [];
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

  async #settle({ traces }: Piece): Promise<void> {
    if (traces.length === 0) return;
    await this.#try("what was sent cannot be noted", () => this.#options.ledger.add(traces));
    this.summary.traces += traces.length;
  }

  async #put({ body, contentType, traces }: Piece): Promise<boolean> {
    const header = { traces, contentType, encoding: "gzip" };
    const put = async (): Promise<boolean> => this.#options.spool.put(header, await packed(body)) !== undefined;
    const kept = await this.#try("a request cannot be put in the spool", put);
    if (kept === true) this.summary.spooled++;
    else if (kept === false) this.#say(`a request of ${body.length} bytes is too large for the spool`);
    return kept === true;
  }

  /** Runs what can fail for reasons of the disk; undefined, and a message, if it does. */
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
