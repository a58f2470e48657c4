// Brings what a family's files hold to where traces go: the same targets, spool and ledger as the worker's, under the same
// lock. Which turns are due is the collector's to say.

import { readConfig } from "../config/config.ts";
import { isTraced } from "../config/traced.ts";
import type { Environment } from "../exporter/destination.ts";
import type { Family } from "../sources/document.ts";
import { tryLock } from "../state/lock.ts";
import type { Places } from "../state/paths.ts";
import { listPending, sweepLock } from "../state/pending.ts";
import { openSpool } from "../state/spool.ts";
import { coreModule } from "../wasm.ts";
import { findTurns } from "../worker/making.ts";
import { Outgoing } from "../worker/outgoing.ts";
import { keepReport, newReport, type Report, tally, tallyDelivered } from "../worker/report.ts";
import { bring, type Outcome } from "../worker/session.ts";
import { sweep } from "../worker/sweep.ts";
import { targetsOf } from "../worker/targets.ts";

export interface Due {
  readonly family: Family;
  /** Where its root works. */
  readonly directory: string;
  /** Only where traces are kept here, and are written anew each time. */
  readonly onlyStored: boolean;
  /** Milliseconds since 1970. */
  readonly deadline: number;
}

export interface Sent {
  /** Nothing of what was due is left. */
  readonly complete: boolean;
  /** Turns of it waited in the spool: whether they went on can be seen when they have arrived. */
  readonly waits: boolean;
}

const lockMs = 90_000;
const lookMs = 100;
const sweepMs = 20_000;
const reportMs = 2_000;
const downMs = 30_000;
/** Settings are read again after so long. */
const lookedMs = 10_000;

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

  /** What is not there yet. Of a turn that was sent before it came to its end, that is the spans that it had since. */
  async send(due: Due): Promise<Sent> {
    const { family, directory, deadline } = due;
    const config = readConfig({ env: this.env, cwd: directory || undefined });
    const { destinations, problems } = targetsOf(config, this.env);
    for (const problem of problems) this.#say(problem);
    if (due.onlyStored && destinations.length > 0) return { complete: true, waits: false };
    const module = coreModule();
    const { turns, failures } = findTurns(module, family);
    for (const { shown, detail } of failures) this.#say(`${shown}: ${detail}`);
    if (failures.length > 0) return { complete: false, waits: false };
    const lock = await this.#lock(Math.min(Date.now() + lockMs, deadline));
    if (lock === undefined) return { complete: false, waits: false };
    const outgoing = this.#outgoing(config.spool.bytes, deadline);
    try {
      const waits = destinations.some((destination) => turns.some(({ id }) => outgoing.known(destination).waiting.has(id)));
      const outcome = await bring(family, turns, () => true, { module, config, places: this.places, destinations, outgoing, force: false, now: Date.now });
      this.#tally(outcome);
      return { complete: outcome.complete, waits };
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
