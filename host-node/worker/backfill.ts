// Brings named sessions to where traces go, as they are: a session that is read by a person's word counts as ended.

import { readConfig } from "../config/config.ts";
import { deliver } from "../exporter/deliver.ts";
import type { Environment } from "../exporter/destination.ts";
import { findFamilies } from "../sources/find.ts";
import { openLedger } from "../state/ledger.ts";
import { tryLock } from "../state/lock.ts";
import { places as placesIn } from "../state/paths.ts";
import { listPending, sweepLock } from "../state/pending.ts";
import { openSpool } from "../state/spool.ts";
import { coreModule } from "../wasm.ts";
import { nothingGrown } from "./growth.ts";
import { findTurns, type Turn } from "./making.ts";
import { keepReport, type Report, tally } from "./report.ts";
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

export async function backfill(options: BackfillOptions): Promise<Backfilled> {
  const { env, paths, since, dryRun, force, lifetimeMs, tell } = options;
  const deadline = Date.now() + lifetimeMs;
  const where = placesIn(env);
  const config = readConfig({ env });
  const { destinations, problems } = targetsOf(config, env);
  for (const problem of problems) tell(problem);
  const found = findFamilies(paths);
  for (const { shown, kind } of found.problems) tell(`${shown}: ${kind}`);
  const families = found.families.filter(({ started }) => since === 0 || Date.parse(started) >= since);
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
  const report: Report = { at: Date.now(), sessions: 0, turns: 0, left: 0, destinations: {}, stored: [], problems: [...problems] };
  let due = 0;
  try {
    const means: Means = { module, config, places: where, destinations, deadline, force, down: new Set(), now: Date.now };
    for (const destination of destinations) {
      const spool = openSpool(where, destination.id, { mostBytes: config.spool.bytes });
      if (spool.list().length === 0) continue;
      const summary = await deliver(destination, [], { ledger: openLedger(where, destination.id), spool, deadline });
      tally(report, { turns: 0, due: 0, delivered: [{ destination, summary, grown: nothingGrown }], stored: [], problems: [], complete: true }, Date.now());
    }
    for (const family of families) {
      const { turns, failures } = findTurns(module, family);
      const outcome = await bring(family, turns, () => true, means);
      for (const { shown, detail } of failures) tell(`${shown}: ${detail}`);
      for (const problem of outcome.problems) tell(problem);
      complete &&= outcome.complete && failures.length === 0;
      due += outcome.due;
      tally(report, outcome, Date.now());
    }
  } finally {
    lock.release();
  }
  // A hook that found the lock held has started nobody.
  if (listPending(where).length > 0) await sweep({ env, lifetimeMs: afterwardsMs, tell });
  const words: string[] = report.stored.length > 0 ? [`${report.stored.length} stored`] : [];
  for (const { name, turns, spooled, refused, rejectedSpans, stopped, messages } of Object.values(report.destinations)) {
    for (const message of messages) tell(`${name}: ${message}`);
    const kept = spooled > 0 ? `, ${spooled} requests kept for later` : "";
    const lost = refused > 0 || rejectedSpans > 0 ? `, ${refused} requests and ${rejectedSpans} spans refused` : "";
    words.push(`${name}: ${turns} turns accepted${kept}${lost}${stopped === undefined ? "" : ` (${stopped})`}`);
    if (spooled > 0 || refused > 0 || rejectedSpans > 0 || stopped !== undefined) complete = false;
  }
  keepReport(where, report);
  return { sessions: families.length, due, words, targets, complete };
}
