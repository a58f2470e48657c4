// Does what is pending: sessions that hooks marked, sessions that nobody ended, requests that could not be sent. One sweep
// works at a time, for no longer than it is given; whatever it leaves, the next one finds.

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../config/config.ts";
import { isTraced } from "../config/traced.ts";
import { deliver } from "../exporter/deliver.ts";
import type { Environment } from "../exporter/destination.ts";
import { type JournalRecord, readJournal, removeJournal } from "../state/journal.ts";
import { openLedger } from "../state/ledger.ts";
import { fateOf, isSameProcess } from "../state/living.ts";
import { tryLock } from "../state/lock.ts";
import { type Places, places as placesIn } from "../state/paths.ts";
import { type Claim, claim, listPending, pendingToken, sweepLock } from "../state/pending.ts";
import { forgetSession, listSessions, readSession, type SessionState, writeSession } from "../state/sessions.ts";
import { openSpool } from "../state/spool.ts";
import { prune } from "../store/retention.ts";
import { coreModule } from "../wasm.ts";
import { keepReport, type Report, tally } from "./report.ts";
import { type Means, type Outcome, workOn } from "./session.ts";
import { targetsOf } from "./targets.ts";

export interface SweepOptions {
  readonly env: Environment;
  /** How long it may take, in milliseconds. */
  readonly lifetimeMs: number;
  /** Comes back to what is held back, within that time. */
  readonly lingers?: boolean;
  /** Told of each thing worth a word. */
  readonly tell: (words: string) => void;
  readonly now?: () => number;
}

export type Swept = { readonly kind: "busy" } | { readonly kind: "done"; readonly report: Report };

const ends = new Set(["SessionEnd"]);
const turnEnds = new Set(["Stop", "StopFailure"]);
/** Events that say nothing of how far a session has come. */
const asides = new Set(["Notification", "PermissionRequest", "PermissionDenied", "PreCompact", "PostCompact", "SubagentStop"]);

interface Said extends Pick<SessionState, "transcript" | "cwd" | "lastEvent"> {
  readonly client: string;
  /** When that was; nothing if the journal is gone. */
  readonly at: number | undefined;
}

/** What hooks said last of a session. */
function lastOf(records: readonly JournalRecord[], known: SessionState | undefined): Said {
  const newest = [...records].reverse();
  const latest = (of: (record: JournalRecord) => string): string | undefined => newest.map(of).find((value) => value !== "");
  const last = newest.find(({ event }) => !asides.has(event));
  return {
    transcript: latest(({ transcript }) => transcript) ?? known?.transcript ?? "",
    cwd: latest(({ cwd }) => cwd) ?? known?.cwd ?? "",
    lastEvent: last?.event ?? known?.lastEvent ?? "",
    client: clientOf(records.at(-1)?.client ?? "", known?.client ?? ""),
    at: last?.at,
  };
}

/** The process a session runs in: whoever had a hook run, and runs after it. What is gone by then may have been a shell. */
function clientOf(latest: string, known: string): string {
  if (latest === "" || isSameProcess(latest, known)) return known;
  return fateOf(latest) === "runs" ? latest : "";
}

/** When files of a session changed last. While an agent works, only the agent's own grows. */
function changedAt(transcript: string): number {
  const timeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const agents = join(transcript.replace(/\.jsonl$/, ""), "subagents");
  let times: number[] = [];
  try {
    times = readdirSync(agents).map((name) => timeOf(join(agents, name)));
  } catch {
    // It has none.
  }
  return Math.max(timeOf(transcript), ...times);
}

class Sweep {
  readonly report: Report = { at: 0, sessions: 0, turns: 0, left: 0, destinations: {}, stored: [], problems: [] };
  readonly #options: SweepOptions;
  readonly #places: Places;
  readonly #now: () => number;
  readonly #deadline: number;
  readonly #down = new Set<string>();
  /** Sessions that are left for another time, with the tokens of their marks. */
  readonly #left = new Map<string, string>();
  /** When the first of those that are held back is due. */
  wakeAt = Infinity;

  constructor(options: SweepOptions, where: Places) {
    this.#options = options;
    this.#places = where;
    this.#now = options.now ?? Date.now;
    this.#deadline = this.#now() + options.lifetimeMs;
  }

  async run(): Promise<void> {
    for (const session of listPending(this.#places, this.#options.tell)) {
      if (this.#isLate()) return;
      const claimed = claim(this.#places, session);
      if (claimed !== undefined) await this.#finish(claimed);
    }
    await this.#abandoned();
    await this.#spools();
    this.#prune();
  }

  async #finish(claimed: Claim): Promise<void> {
    let complete = false;
    try {
      complete = await this.#session(claimed.session, false);
    } catch (error) {
      this.#say(`${claimed.session}: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (complete) claimed.done();
    else {
      this.report.left++;
      this.#left.set(claimed.session, claimed.token);
      claimed.putBack();
    }
  }

  /** Was anything marked since, by a hook that found the lock held and started nobody? */
  isBehind(): boolean {
    return listPending(this.#places).some((session) => this.#left.get(session) !== pendingToken(this.#places, session));
  }

  /** True if nothing of it is left to do. */
  async #session(session: string, abandoned: boolean): Promise<boolean> {
    const known = readSession(this.#places, session);
    const said = lastOf(readJournal(this.#places, session), known);
    if (said.transcript === "") return true;
    const config = readConfig({ env: this.#options.env, cwd: said.cwd || undefined });
    const ended = abandoned || ends.has(said.lastEvent);
    if (!isTraced(config, said.cwd, session).traced) {
      // The hook cannot know; what it wrote down all the same does not stay.
      removeJournal(this.#places, session);
      forgetSession(this.#places, session);
      return true;
    }
    const means = this.#means(config);
    const stoppedAt = turnEnds.has(said.lastEvent) && !abandoned ? said.at : undefined;
    const work = { session, transcript: said.transcript, ended, stoppedAt };
    const outcome = await workOn(work, means);
    this.wakeAt = Math.min(this.wakeAt, outcome.heldUntil ?? Infinity);
    this.#tally(outcome);
    this.#remember(session, said, ended && outcome.complete);
    if (ended && outcome.complete) removeJournal(this.#places, session);
    return outcome.complete;
  }

  #means(config: ReturnType<typeof readConfig>): Means {
    const { destinations, problems } = targetsOf(config, this.#options.env);
    for (const problem of problems) this.#say(problem);
    return {
      module: coreModule(),
      config,
      places: this.#places,
      destinations,
      deadline: this.#deadline,
      force: false,
      down: this.#down,
      now: this.#now,
    };
  }

  #remember(session: string, { transcript, cwd, lastEvent, client }: Said, ended: boolean): void {
    const seen = { seenSize: statSync(transcript, { throwIfNoEntry: false })?.size ?? 0, seenMtime: changedAt(transcript), quietSince: 0 };
    writeSession(this.#places, session, { transcript, cwd, lastEvent, client, ...seen, ended });
  }

  /**
   * Sessions whose end nobody told: those whose client is gone, and where that is not known, those that are quiet for so
   * long that they count as ended. While its client runs a session may wait for a person, or a tool, as long as it likes.
   */
  async #abandoned(): Promise<void> {
    for (const session of listSessions(this.#places)) {
      const known = readSession(this.#places, session);
      if (known === undefined || known.ended || this.#isLate()) continue;
      const fate = fateOf(known.client ?? "");
      if (fate !== "gone") {
        // A session that has just started has no transcript yet.
        const told = readJournal(this.#places, session).at(-1)?.at ?? 0;
        const { quietAfterMs } = readConfig({ env: this.#options.env, cwd: known.cwd || undefined });
        const changed = changedAt(known.transcript);
        if (this.#now() - Math.max(told, changed) < quietAfterMs) continue;
        // Nobody tells when a turn is interrupted either.
        if (fate === "runs" && changed === known.seenMtime) continue;
      }
      try {
        await this.#session(session, fate !== "runs");
      } catch (error) {
        this.#say(`${session}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  /** What waits for destinations that no session was due for. */
  async #spools(): Promise<void> {
    const config = readConfig({ env: this.#options.env });
    for (const destination of this.#means(config).destinations) {
      if (this.#isLate() || this.#down.has(destination.id)) continue;
      const spool = openSpool(this.#places, destination.id, { mostBytes: config.spool.bytes });
      if (spool.list().length === 0) continue;
      const ledger = openLedger(this.#places, destination.id);
      const summary = await deliver(destination, [], { ledger, spool, deadline: this.#deadline });
      this.#tally({ turns: 0, due: 0, delivered: [{ destination, summary }], stored: [], problems: [], complete: true });
    }
  }

  #prune(): void {
    if (this.report.stored.length === 0) return;
    const { store } = readConfig({ env: this.#options.env });
    const limits = { days: store.days || undefined, bytes: store.bytes || undefined };
    const { detail } = prune(this.#places, limits, this.report.stored, this.#now);
    if (detail !== "") this.#say(detail);
  }

  #tally(outcome: Outcome): void {
    tally(this.report, outcome, this.#now());
    for (const problem of outcome.problems) this.#options.tell(problem);
  }

  #say(words: string): void {
    if (!this.report.problems.includes(words)) this.report.problems.push(words);
    this.#options.tell(words);
  }

  #isLate(): boolean {
    return this.#now() >= this.#deadline;
  }
}

/**
 * Sweeps, unless somebody else does. What is marked while it works is done too: after letting the lock go it looks again,
 * because a hook that found it held has started nobody.
 */
export async function sweep(options: SweepOptions): Promise<Swept> {
  const where = placesIn(options.env);
  const now = options.now ?? Date.now;
  const deadline = now() + options.lifetimeMs;
  let report: Report | undefined;
  for (;;) {
    const lock = tryLock(sweepLock(where));
    if (lock === undefined) return report === undefined ? { kind: "busy" } : { kind: "done", report };
    const left = Math.max(0, deadline - now());
    const one = new Sweep({ ...options, lifetimeMs: left }, where);
    try {
      one.report.at = now();
      await one.run();
      keepReport(where, one.report);
    } finally {
      lock.release();
    }
    report = one.report;
    if (now() < deadline && one.isBehind()) continue;
    if (options.lingers !== true || one.wakeAt >= deadline) return { kind: "done", report };
    // Without the lock: whoever is started meanwhile finds what is held back, too.
    await new Promise((resolve) => setTimeout(resolve, one.wakeAt - now()));
  }
}
