// Brings named sessions to where traces go, as they are: a session that is read by a person's word counts as ended.

import { type Config, readConfig } from "../config/config.ts";
import { isTraced } from "../config/traced.ts";
import type { Destination, Environment } from "../exporter/destination.ts";
import type { Family, SourceProblem } from "../sources/document.ts";
import { findFamilies } from "../sources/find.ts";
import { openLedger } from "../state/ledger.ts";
import { tryLock } from "../state/lock.ts";
import { places as placesIn } from "../state/paths.ts";
import { listPending, sweepLock } from "../state/pending.ts";
import { openSpool } from "../state/spool.ts";
import { coreModule } from "../wasm.ts";
import { byFolder } from "./folders.ts";
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

/** Turns of a family, and by which settings they go. */
interface Share {
  readonly config: Config;
  readonly destinations: readonly Destination[];
  readonly turns: ReadonlySet<string>;
}

const isIn =
  ({ turns }: Share) =>
  ({ id }: Turn): boolean =>
    turns.has(id);

/** A family by the settings of its folders, as far as sessions are traced there: a person who names a file has taken back nothing of what was said of a folder. */
function sharesOf(family: Family, turns: readonly Turn[], env: Environment, tell: (words: string) => void): Share[] {
  const shares: Share[] = [];
  for (const { cwd, turns: own } of byFolder(family, turns)) {
    const config = readConfig({ env, cwd });
    const { traced, why } = isTraced(config, cwd ?? "/");
    if (traced) shares.push({ config, destinations: targetsOf(config, env).destinations, turns: new Set(own.map(({ id }) => id)) });
    else tell(`${family.documents[0]?.shown}: left out: ${why}`);
  }
  return shares;
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
  const families = found.families.filter(({ started, changed }) => since === 0 || Date.parse(changed ?? started) >= since);
  const targets = destinations.length > 0 ? destinations.map(({ name }) => name) : ["the local store"];
  const module = coreModule();
  let complete = problems.length === 0 && found.problems.length === 0;
  let due = 0;
  let sessions = 0;
  if (dryRun) {
    for (const family of families) {
      const found = findTurns(module, family);
      const shares = sharesOf(family, found.turns, env, tell);
      sessions += Number(shares.length > 0);
      const turns = found.turns.filter((turn) => shares.some((share) => isIn(share)(turn)));
      const open = destinations.map(({ id }) => [openLedger(where, id), openSpool(where, id).traces()] as const);
      const isNew = ({ id }: Turn): boolean => open.length === 0 || open.some(([ledger, waiting]) => force || !(ledger.has(id) || waiting.has(id)));
      due += turns.filter(isNew).length;
    }
    return { sessions, due, words: [], targets, complete };
  }
  const lock = await lockFor(sweepLock(where), deadline);
  if (lock === undefined) {
    tell("another sweep is at work and does not end");
    return { sessions, due, words: [], targets, complete: false };
  }
  const report = newReport(Date.now());
  report.problems.push(...problems);
  try {
    const outgoing = new Outgoing({ places: where, spoolBytes: config.spool.bytes, deadline });
    outgoing.begin(destinations);
    try {
      for (const family of families) {
        const { turns, failures } = findTurns(module, family);
        for (const { shown, detail } of failures) tell(`${shown}: ${detail}`);
        complete &&= failures.length === 0;
        const shares = sharesOf(family, turns, env, tell);
        sessions += Number(shares.length > 0);
        for (const share of shares) {
          const means: Means = { module, ...share, places: where, outgoing, force, now: Date.now };
          const outcome = await bring(family, turns.filter(isIn(share)), isIn(share), means);
          for (const problem of outcome.problems) tell(problem);
          complete &&= outcome.complete;
          due += outcome.due;
          tally(report, outcome);
        }
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
  return { sessions, due, words, targets, complete };
}
