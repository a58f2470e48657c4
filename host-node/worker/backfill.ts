// Brings named sessions to where traces go, as they are: a session that is read by a person's word counts as ended.

import { readConfig } from "../config/config.ts";
import { isTraced } from "../config/traced.ts";
import type { Environment } from "../exporter/destination.ts";
import { folderOf } from "../sources/cwd.ts";
import type { Family, SourceProblem } from "../sources/document.ts";
import { findFamilies } from "../sources/find.ts";
import { openLedger } from "../state/ledger.ts";
import { tryLock } from "../state/lock.ts";
import { places as placesIn } from "../state/paths.ts";
import { listPending, sweepLock } from "../state/pending.ts";
import { openSpool } from "../state/spool.ts";
import { coreModule } from "../wasm.ts";
import { findTurns, type Turn } from "./making.ts";
import { Outgoing } from "./outgoing.ts";
import { keepReport, newReport, tally, tallyDelivered } from "./report.ts";
import { bring, type Means } from "./session.ts";
import { sweep } from "./sweep.ts";
import { targetsOf } from "./targets.ts";

export interface BackfillOptions {
  readonly env: Environment;
  readonly paths: readonly string[];
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly lifetimeMs: number;
  readonly tell: (words: string) => void;
  /** Told of each path that gave nothing. */
  readonly problem: (problem: SourceProblem) => void;
}

export interface Backfilled {
  readonly sessions: number;
  /** Turns that were due. */
  readonly due: number;
  /** What became of them, for people. */
  readonly words: readonly string[];
  /** Where they go. */
  readonly targets: readonly string[];
  readonly complete: boolean;
}

const lookMs = 250;
const afterwardsMs = 60_000;

/** Waits for the lock that sweeps hold; a worker holds it for a minute at most. */
async function lockFor(path: string, until: number): Promise<ReturnType<typeof tryLock>> {
  for (;;) {
    const lock = tryLock(path);
    if (lock !== undefined || Date.now() >= until) return lock;
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}

/** Whether sessions are traced where a family was; a person who names a folder has not taken back what was switched off in it. */
function isWanted(env: Environment, tell: (words: string) => void): (family: Family) => boolean {
  return ({ documents }) => {
    const cwd = documents.map(({ path }) => folderOf(path)).find((folder) => folder !== undefined);
    const { traced, why } = isTraced(readConfig({ env, cwd }), cwd ?? "/");
    if (!traced) tell(`${documents[0]?.shown}: left out: ${why}`);
    return traced;
  };
}

export async function backfill(options: BackfillOptions): Promise<Backfilled> {
  const { env, paths, since, dryRun, force, lifetimeMs, tell } = options;
  const deadline = Date.now() + lifetimeMs;
  const where = placesIn(env);
  const config = readConfig({ env });
  const { destinations, problems } = targetsOf(config, env);
  for (const problem of problems) tell(problem);
  const found = findFamilies(paths);
  for (const each of found.problems) options.problem(each);
  const families = found.families.filter(({ started }) => since === 0 || Date.parse(started) >= since).filter(isWanted(env, tell));
  const targets = destinations.length > 0 ? destinations.map(({ name }) => name) : ["the local store"];
  const module = coreModule();
  let complete = problems.length === 0 && found.problems.length === 0;
  if (dryRun) {
    let due = 0;
    for (const family of families) {
      const { turns } = findTurns(module, family);
      const open = destinations.map(({ id }) => [openLedger(where, id), openSpool(where, id).traces()] as const);
      const isNew = ({ id }: Turn): boolean => open.length === 0 || open.some(([ledger, waiting]) => force || !(ledger.has(id) || waiting.has(id)));
      due += turns.filter(isNew).length;
    }
    return { sessions: families.length, due, words: [], targets, complete };
  }
  const lock = await lockFor(sweepLock(where), deadline);
  if (lock === undefined) {
    tell("another sweep is at work and does not end");
    return { sessions: families.length, due: 0, words: [], targets, complete: false };
  }
  const report = newReport(Date.now());
  report.problems.push(...problems);
  let due = 0;
  try {
    const outgoing = new Outgoing({ places: where, spoolBytes: config.spool.bytes, deadline });
    const means: Means = { module, config, places: where, destinations, outgoing, force, now: Date.now };
    outgoing.begin(destinations);
    try {
      for (const family of families) {
        const { turns, failures } = findTurns(module, family);
        const outcome = await bring(family, turns, () => true, means);
        for (const { shown, detail } of failures) tell(`${shown}: ${detail}`);
        for (const problem of outcome.problems) tell(problem);
        complete &&= outcome.complete && failures.length === 0;
        due += outcome.due;
        tally(report, outcome);
      }
    } finally {
      tallyDelivered(report, await outgoing.end(), Date.now());
    }
  } finally {
    lock.release();
  }
  // A hook that found the lock held has started nobody.
  if (listPending(where).length > 0) await sweep({ env, lifetimeMs: afterwardsMs, tell });
  const words: string[] = report.stored.length > 0 ? [`${report.stored.length} stored`] : [];
  for (const { name, turns, waiting, refused, rejectedSpans, stopped, messages } of Object.values(report.destinations)) {
    for (const message of messages) tell(`${name}: ${message}`);
    const kept = waiting > 0 ? `, ${waiting} requests kept for later` : "";
    const lost = refused > 0 || rejectedSpans > 0 ? `, ${refused} requests and ${rejectedSpans} spans refused` : "";
    words.push(`${name}: ${turns} turns accepted${kept}${lost}${stopped === undefined ? "" : ` (${stopped})`}`);
    if (waiting > 0 || refused > 0 || rejectedSpans > 0 || stopped !== undefined) complete = false;
  }
  keepReport(where, report);
  return { sessions: families.length, due, words, targets, complete };
}
