// What is on its way to destinations in one run: turns are put where they wait, and sent beside whatever else is done, to
// each destination on its own. So one that is down delays neither the others nor the reading of sessions.

import { Delivery, type Summary } from "../exporter/deliver.ts";
import type { Destination } from "../exporter/destination.ts";
import { keep, type Kept, type Request } from "../exporter/keep.ts";
import { type Ledger, openLedger } from "../state/ledger.ts";
import type { Places } from "../state/paths.ts";
import { openSpool, type Spool, type SpoolEntry } from "../state/spool.ts";
import { type Grown, nothingGrown, sumGrown } from "./growth.ts";

export interface Delivered {
  readonly destination: Destination;
  readonly summary: Summary;
  /** Turns that had gone on since they were sent. */
  readonly grown: Grown;
}

export interface OutgoingOptions {
  readonly places: Places;
  readonly spoolBytes: number;
  /** Milliseconds since 1970. */
  readonly deadline: number;
}

interface Way {
  readonly destination: Destination;
  readonly ledger: Ledger;
  readonly spool: Spool;
  readonly delivery: Delivery<SpoolEntry>;
  grown: Grown;
}

export class Outgoing {
  readonly #options: OutgoingOptions;
  readonly #ways = new Map<string, Way>();

  constructor(options: OutgoingOptions) {
    this.#options = options;
  }

  /** What a destination has, and what waits for it. */
  known(destination: Destination): { readonly ledger: Ledger; readonly waiting: ReadonlySet<string> } {
    const { ledger, spool } = this.#to(destination);
    return { ledger, waiting: spool.traces() };
  }

  /** Puts requests where they wait, and sees to it that they are sent. */
  async send(destination: Destination, requests: Iterable<Request>): Promise<Kept> {
    const { spool, delivery } = this.#to(destination);
    // What waits must not be dropped for what is new while it is only a matter of sending it.
    const waiting = spool.list().reduce((sum, { bytes }) => sum + bytes, 0);
    if (waiting > this.#options.spoolBytes / 2) await delivery.rest();
    const kept = await keep(destination, requests, spool);
    delivery.go();
    return kept;
  }

  /** Counts turns that went on, once their further spans wait. */
  noteGrown(destination: Destination, grown: Grown): void {
    const way = this.#to(destination);
    way.grown = sumGrown(way.grown, grown);
  }

  /** Sends what waits from earlier runs. */
  begin(destinations: readonly Destination[]): void {
    for (const destination of destinations) this.#to(destination).delivery.go();
  }

  /** When nothing more can be done in this run. */
  async end(): Promise<Delivered[]> {
    const end = async ({ destination, delivery, grown }: Way): Promise<Delivered> => ({ destination, summary: await delivery.end(), grown });
    return Promise.all([...this.#ways.values()].map(end));
  }

  #to(destination: Destination): Way {
    let way = this.#ways.get(destination.id);
    if (way === undefined) {
      const { places, spoolBytes, deadline } = this.#options;
      const ledger = openLedger(places, destination.id);
      const spool = openSpool(places, destination.id, { mostBytes: spoolBytes });
      way = { destination, ledger, spool, delivery: new Delivery(destination, { ledger, spool, deadline }), grown: nothingGrown };
      this.#ways.set(destination.id, way);
    }
    return way;
  }
}
