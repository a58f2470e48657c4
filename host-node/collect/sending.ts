// Brings what a family's files hold to where traces go: the same targets, spool and ledger as the worker's, under the same
// lock. Which turns are due is the collector's to say.

import { createHash } from "node:crypto";
import { readConfig } from "../config/config.ts";
import { isTraced } from "../config/traced.ts";
import type { Environment } from "../exporter/destination.ts";
import type { Family } from "../sources/document.ts";
import { tryLock } from "../state/lock.ts";
import type { Places } from "../state/paths.ts";
import { listPending, sweepLock } from "../state/pending.ts";
import { openSpool } from "../state/spool.ts";
import { coreModule } from "../wasm.ts";
import { findTurns, makeRequests, type Turn } from "../worker/making.ts";
import { Outgoing } from "../worker/outgoing.ts";
import { keepReport, newReport, type Report, tally, tallyDelivered } from "../worker/report.ts";
import { bring, type Means, type Outcome } from "../worker/session.ts";
import { sweep } from "../worker/sweep.ts";
import { targetsOf } from "../worker/targets.ts";

export interface Due {
  readonly family: Family;
  /** Where its root works. */
  readonly directory: string;
  /** Something of it is going on: what is sent now may have to be sent again. */
  readonly goesOn: boolean;
  /** Only where traces are kept here, and are written anew each time. */
  readonly onlyStored: boolean;
  /** Turns that were sent before they came to an end (`Sent` of an earlier time). */
  readonly unfinished: readonly string[];
  /** Milliseconds since 1970. */
  readonly deadline: number;
}

export interface Sent {
  /** Nothing of what was due is left. */
  readonly complete: boolean;
  /** Turns that are sent and not at their end: a trace id and what was sent of it. */
  readonly unfinished: readonly string[];
}

const lockMs = 90_000;
const lookMs = 100;
const sweepMs = 20_000;
const reportMs = 2_000;
const downMs = 30_000;
/** Settings are read again after so long. */
const lookedMs = 10_000;

const word = (unfinished: string): string => unfinished.slice(0, 32);

export class Sender {
  readonly #report: Report = newReport(Date.now());
  #reported = 0;
  /** Until then nothing is tried, because somebody did not answer: what is due waits in the spool. */
  #downUntil = 0;
  #looked = 0;
  #stored = false;

  constructor(
    readonly env: Environment,
    readonly places: Places,
    readonly tell: (words: string) => void,
  ) {}

  /** Whether what happens in a folder may be traced at all. */
  isTraced(directory: string, session: string): boolean {
    return isTraced(readConfig({ env: this.env, cwd: directory }), directory, session).traced;
  }

  /** Whether traces are kept here, where a session that goes on can be seen as far as it has come. */
  get isStored(): boolean {
    if (Date.now() - this.#looked > lookedMs) {
      this.#looked = Date.now();
      this.#stored = targetsOf(readConfig({ env: this.env }), this.env).destinations.length === 0;
    }
    return this.#stored;
  }

  async send(due: Due): Promise<Sent> {
    const { family, directory, goesOn, deadline } = due;
    const config = readConfig({ env: this.env, cwd: directory || undefined });
    const { destinations, problems } = targetsOf(config, this.env);
    for (const problem of problems) this.#say(problem);
    if (due.onlyStored && destinations.length > 0) return { complete: true, unfinished: due.unfinished };
    const module = coreModule();
    const { turns, failures } = findTurns(module, family);
    for (const { shown, detail } of failures) this.#say(`${shown}: ${detail}`);
    if (failures.length > 0) return { complete: false, unfinished: due.unfinished };
    const lock = await this.#lock(Math.min(Date.now() + lockMs, deadline));
    if (lock === undefined) return { complete: false, unfinished: due.unfinished };
    const outgoing = this.#outgoing(config.spool.bytes, deadline);
    const means: Means = { module, config, places: this.places, destinations, outgoing, force: false, now: Date.now };
    const before = new Map(due.unfinished.map((each) => [word(each), each]));
    try {
      const sent = destinations.map((destination) => outgoing.known(destination).ledger);
      const fresh = turns.filter(({ id }) => !sent.every((ledger) => ledger.has(id)));
      let outcome = await bring(family, turns, () => true, means);
      this.#tally(outcome);
      if (destinations.length === 0) return { complete: outcome.complete, unfinished: [] };
      // What was sent too early and has come further is sent again, whole: the same spans, some of them longer.
      const grown = turns.filter((turn) => before.has(turn.id) && before.get(turn.id) !== this.#sentOf(family, turn));
      if (grown.length > 0) {
        const again = new Set(grown.map(({ id }) => id));
        outcome = await bring(family, turns, ({ id }) => again.has(id), { ...means, force: true });
        this.#tally(outcome);
      }
      const open = [...fresh, ...grown].filter(({ settled }) => goesOn || !settled);
      const still = turns.filter((turn) => before.has(turn.id) && !grown.includes(turn) && !fresh.includes(turn) && (goesOn || !turn.settled));
      const unfinished = [...open, ...still].map((turn) => this.#sentOf(family, turn));
      return { complete: outcome.complete, unfinished };
    } finally {
      await this.#end(outgoing);
      lock.release();
    }
  }

  /** What waits for destinations that nothing is due for; and sessions of hooks that found the lock held. */
  async lookRound(deadline: number): Promise<void> {
    const config = readConfig({ env: this.env });
    const waiting = targetsOf(config, this.env).destinations.filter(({ id }) => openSpool(this.places, id).list().length > 0);
    const lock = waiting.length > 0 ? tryLock(sweepLock(this.places)) : undefined;
    try {
      if (lock !== undefined) {
        const outgoing = this.#outgoing(config.spool.bytes, deadline);
        outgoing.begin(waiting);
        await this.#end(outgoing);
      }
    } finally {
      lock?.release();
    }
    if (listPending(this.places).length > 0) await sweep({ env: this.env, lifetimeMs: Math.min(sweepMs, deadline - Date.now()), tell: this.tell });
  }

  /** Writes down what was done, for `status`. */
  report(isLast = false): void {
    if (this.#report.sessions === 0 || (!isLast && Date.now() - this.#reported < reportMs)) return;
    this.#reported = Date.now();
    this.#report.at = this.#reported;
    keepReport(this.places, this.#report);
  }

  #outgoing(spoolBytes: number, deadline: number): Outgoing {
    return new Outgoing({ places: this.places, spoolBytes, deadline: Date.now() < this.#downUntil ? Date.now() : deadline });
  }

  /** Waits for all that is on its way. */
  async #end(outgoing: Outgoing): Promise<void> {
    const tried = Date.now() >= this.#downUntil;
    const delivered = await outgoing.end();
    if (!tried) return;
    tallyDelivered(this.#report, delivered, Date.now());
    const stopped = delivered.filter(({ summary }) => summary.stopped !== undefined);
    if (stopped.length > 0) this.#downUntil = Date.now() + downMs;
    for (const { destination, summary } of stopped) this.#say(`${destination.name}: ${summary.stopped}`);
  }

  /** A turn's id, and a word for all that is sent of it. */
  #sentOf(family: Family, { id }: Turn): string {
    const hash = createHash("sha1");
    const wanted = { options: { content: "full" as const }, encoding: "proto" as const, choose: (turn: Turn) => turn.id === id };
    for (const { body } of makeRequests(coreModule(), family, wanted, [])) hash.update(body);
    return `${id} ${hash.digest("base64")}`;
  }

  async #lock(until: number): Promise<ReturnType<typeof tryLock>> {
    for (;;) {
      const lock = tryLock(sweepLock(this.places));
      if (lock !== undefined || Date.now() >= until) return lock;
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  }

  #tally(outcome: Outcome): void {
    tally(this.#report, outcome);
    for (const problem of outcome.problems) this.tell(problem);
  }

  #say(words: string): void {
    if (this.#report.problems.includes(words)) return;
    this.#report.problems.push(words);
    this.tell(words);
  }
}
