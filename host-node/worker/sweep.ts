// Does what is pending: sessions that hooks marked, sessions that nobody ended, requests that could not be sent. One sweep
// works at a time, for no longer than it is given; whatever it leaves, the next one finds.

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../config/config.ts";
import { isTraced } from "../config/traced.ts";
import type { Environment } from "../exporter/destination.ts";
import { forgetGiven } from "../state/given.ts";
import { type JournalRecord, readJournal, removeJournal } from "../state/journal.ts";
import { fateOf, isSameProcess } from "../state/living.ts";
import { tryLock } from "../state/lock.ts";
import { type Places, places as placesIn } from "../state/paths.ts";
import { type Claim, claim, listPending, pendingToken, sweepLock } from "../state/pending.ts";
import { forgetSession, listSessions, readSession, type SessionState, writeSession } from "../state/sessions.ts";
import { prune } from "../store/retention.ts";
import { coreModule } from "../wasm.ts";
import { Outgoing } from "./outgoing.ts";
import { keepReport, newReport, type Report, tally, tallyDelivered } from "./report.ts";
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
const asides = new Set(["Notification", "PermissionRequest", "PermissionDenied", "PreCompact", "SubagentStop"]);

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

/** What the client says the model said last, when a turn ended. */
function lastWordsOf(records: readonly JournalRecord[]): string {
  const words = [...records].reverse().find(({ event }) => turnEnds.has(event))?.payload["last_assistant_message"];
  return typeof words === "string" ? words : "";
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
  readonly report: Report;
  /** Sessions left for another time, with the tokens of their marks: these are no reason to look again. */
  readonly putBack = new Map<string, string>();
  readonly #options: SweepOptions;
  readonly #places: Places;
  readonly #now: () => number;
  readonly #deadline: number;
  readonly #outgoing: Outgoing;
  /** When the first of the turns that are held back is due. */
  wakeAt = Infinity;

  constructor(options: SweepOptions, where: Places) {
    this.#options = options;
    this.#places = where;
    this.#now = options.now ?? Date.now;
    this.#deadline = this.#now() + options.lifetimeMs;
    this.report = newReport(this.#now());
    const { spool } = readConfig({ env: options.env });
    this.#outgoing = new Outgoing({ places: where, spoolBytes: spool.bytes, deadline: this.#deadline });
  }

  async run(): Promise<void> {
    this.#outgoing.begin(this.#means(readConfig({ env: this.#options.env })).destinations);
    try {
      await this.#sessions();
    } finally {
      tallyDelivered(this.report, await this.#outgoing.end(), this.#now());
    }
    this.#prune();
  }

  async #sessions(): Promise<void> {
    for (const session of listPending(this.#places, this.#options.tell)) {
      if (this.#isLate()) return;
      const claimed = claim(this.#places, session);
      if (claimed !== undefined) await this.#finish(claimed);
      // Somebody else has it, or cannot be told from one who lives.
      else this.putBack.set(session, pendingToken(this.#places, session));
    }
    await this.#abandoned();
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
      this.putBack.set(claimed.session, claimed.token);
      claimed.putBack();
    }
  }

  /** True if nothing of it is left to do. */
  async #session(session: string, abandoned: boolean): Promise<boolean> {
    const known = readSession(this.#places, session);
    const records = readJournal(this.#places, session);
    const said = lastOf(records, known);
    if (said.transcript === "") return true;
    const config = readConfig({ env: this.#options.env, cwd: said.cwd || undefined });
    const ended = abandoned || ends.has(said.lastEvent);
    if (!isTraced(config, said.cwd, session).traced) {
      // The hook cannot know; what it wrote down all the same does not stay.
      this.#forget(session);
      return true;
    }
    const means = this.#means(config);
    const stoppedAt = turnEnds.has(said.lastEvent) && !abandoned ? said.at : undefined;
    const outcome = await workOn({ session, transcript: said.transcript, ended, stoppedAt, lastWords: lastWordsOf(records) }, means);
    this.wakeAt = Math.min(this.wakeAt, outcome.heldUntil ?? Infinity);
    this.#tally(outcome);
    this.#remember(session, said, ended && outcome.complete);
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
      outgoing: this.#outgoing,
      force: false,
      now: this.#now,
    };
  }

  #remember(session: string, { transcript, cwd, lastEvent, client }: Said, ended: boolean): void {
    const seen = { seenSize: statSync(transcript, { throwIfNoEntry: false })?.size ?? 0, seenMtime: changedAt(transcript), quietSince: 0 };
    writeSession(this.#places, session, { transcript, cwd, lastEvent, client, ...seen, ended });
  }

  #forget(session: string): void {
    removeJournal(this.#places, session);
    forgetSession(this.#places, session);
    forgetGiven(this.#places, session);
  }

  /**
   * Sessions whose end nobody told: those whose client is gone, and where that is not known, those that are quiet for so
   * long that they count as ended. While its client runs a session may wait for a person, or a tool, as long as it likes.
   * What is over and gone is forgotten.
   */
  async #abandoned(): Promise<void> {
    for (const session of listSessions(this.#places)) {
      const known = readSession(this.#places, session);
      if (known === undefined || this.#isLate()) continue;
      if (known.ended && !existsSync(known.transcript)) this.#forget(session);
      if (known.ended) continue;
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

  #prune(): void {
    if (this.report.stored.length === 0) return;
    const { store } = readConfig({ env: this.#options.env });
    const limits = { days: store.days || undefined, bytes: store.bytes || undefined };
    const { detail } = prune(this.#places, limits, this.report.stored, this.#now);
    if (detail !== "") this.#say(detail);
  }

  #tally(outcome: Outcome): void {
    tally(this.report, outcome);
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
      await one.run();
      keep(where, one.report, options.tell);
    } finally {
      lock.release();
    }
    report = one.report;
    const isNew = (session: string): boolean => one.putBack.get(session) !== pendingToken(where, session);
    if (now() < deadline && listPending(where).some(isNew)) continue;
    if (options.lingers !== true || one.wakeAt >= deadline) return { kind: "done", report };
    // Without the lock: whoever is started meanwhile finds what is held back, too.
    await new Promise((resolve) => setTimeout(resolve, one.wakeAt - now()));
  }
}

/** On a full disk what was done is done all the same. */
function keep(where: Places, report: Report, tell: (words: string) => void): void {
  try {
    keepReport(where, report);
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
  }
}
