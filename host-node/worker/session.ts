// One session's turn at the worker: what its record holds by now, brought to every destination, or kept in the store.
//
// Turns that are over are sent; all of them once the session has ended. A last turn that only looks finished is held back
// for a while, because what was sent cannot grow: the client's Stop hooks may make it go on, and the record of some clients
// never says that they did not. What is in a destination's ledger or waits in its spool is not made again. The order of what is written down is what makes a kill at any instant harmless: a request is
// accepted or in the spool before its traces are in the ledger, and a mark is taken away last.

import { realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Config } from "../config/config.ts";
import { deliver, type Summary } from "../exporter/deliver.ts";
import type { Destination } from "../exporter/destination.ts";
import type { Failure } from "../build/family.ts";
import type { Family } from "../sources/document.ts";
import { findFamilies } from "../sources/find.ts";
import { readHead } from "../sources/head.ts";
import { openLedger } from "../state/ledger.ts";
import type { Places } from "../state/paths.ts";
import { pendingToken } from "../state/pending.ts";
import { openSpool } from "../state/spool.ts";
import { put } from "../store/put.ts";
import { findTurns, makeRequests, type Made, type Turn } from "./making.ts";

export interface Work {
  readonly session: string;
  readonly transcript: string;
  /** Nothing more will come of it: its last turn is sent as it is. */
  readonly ended: boolean;
  /** When the client said last that a turn ended, if it said nothing since: the record should say so in a moment. */
  readonly stoppedAt?: number | undefined;
}

export interface Means {
  readonly module: WebAssembly.Module;
  readonly config: Config;
  readonly places: Places;
  readonly destinations: readonly Destination[];
  /** Milliseconds since 1970. */
  readonly deadline: number;
  /** Sends again what was accepted before. */
  readonly force: boolean;
  /** Destinations that did not answer in this run: for them everything goes into the spool. */
  readonly down: Set<string>;
  readonly now: () => number;
}

export interface Delivered {
  readonly destination: Destination;
  readonly summary: Summary;
}

export interface Outcome {
  readonly turns: number;
  /** Of these, turns that something was done for. */
  readonly due: number;
  readonly delivered: readonly Delivered[];
  /** Sessions written to the store. */
  readonly stored: readonly string[];
  readonly problems: readonly string[];
  /** Nothing of it has to be done again. */
  readonly complete: boolean;
  /** When a turn that is held back for now is due. */
  readonly heldUntil?: number | undefined;
}

const nothingToDo = (problems: readonly string[], complete = true): Outcome => ({
  turns: 0,
  due: 0,
  delivered: [],
  stored: [],
  problems,
  complete,
});

/** How long the end of a turn may be on its way to the file. */
const tailMs = 2000;
const lookMs = 200;
/** How long other Stop hooks are given. A worker lives longer, so that it can come back to the turn itself. */
const holdMs = 45_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const worded = ({ shown, detail, kind }: Failure): string => `${shown}: ${kind}: ${detail}`;

/** The family of a transcript: with its forks, its sub-agents and the members of its team, wherever in the folder they are. */
function familyOf(transcript: string): Family | undefined {
  const real = realpathSync.native(transcript);
  const { families } = findFamilies([dirname(real)]);
  return families.find(({ documents }) => documents.some(({ path }) => path === real)) ?? findFamilies([real]).families[0];
}

/** The session of a team's member is part of its lead's, and of nobody's if that is not here. */
function isMemberAlone(family: Family): boolean {
  const heads = family.documents.filter(({ path }) => path.endsWith(".jsonl")).map(({ path }) => readHead(path));
  const transcripts = heads.filter(({ kind }) => kind === "transcript");
  return transcripts.length > 0 && transcripts.every(({ member }) => member);
}

/** When a turn is due: at once, later, or not before something else happens. Other sessions of its family may go on. */
function dueAt({ over, settled, session, end }: Turn, work: Work, { config }: Means): number {
  if (over || (work.ended && session === work.session)) return 0;
  if (!settled) return Infinity;
  const hasStopped = session === work.session && work.stoppedAt !== undefined && end <= work.stoppedAt;
  return Math.min(end + config.quietAfterMs, hasStopped ? work.stoppedAt + holdMs : Infinity);
}

async function readTurns(family: Family, work: Work, means: Means): Promise<Made> {
  const { module, places, now } = means;
  const until = now() + tailMs;
  for (;;) {
    const made = findTurns(module, family);
    const last = work.stoppedAt === undefined ? undefined : made.turns.filter(({ session }) => session === work.session).at(-1);
    const isBehind = made.failures.length > 0 || (last !== undefined && dueAt(last, work, means) > now());
    // A hook that came meanwhile knows more than the record is going to say.
    if (!isBehind || now() >= until || pendingToken(places, work.session) !== "") return made;
    await pause(lookMs);
  }
}

async function deliverTo(destination: Destination, family: Family, due: (turn: Turn) => boolean, means: Means): Promise<{ delivered: Delivered; due: number; failures: Failure[] }> {
  const { module, config, places, down, now } = means;
  const ledger = openLedger(places, destination.id);
  const spool = openSpool(places, destination.id, { mostBytes: config.spool.bytes });
  const waiting = spool.traces();
  const failures: Failure[] = [];
  let count = 0;
  const choose = (turn: Turn): boolean => {
    const wanted = due(turn) && !waiting.has(turn.id) && (means.force || !ledger.has(turn.id));
    if (wanted) count++;
    return wanted;
  };
  const options = {
    content: destination.content,
    agentName: config.agentName,
    resource: Object.fromEntries(destination.resource),
  };
  const encoding = destination.protocol === "http/json" ? ("json" as const) : ("proto" as const);
  const made = makeRequests(module, family, { options, encoding, choose }, failures);
  const deadline = down.has(destination.id) ? now() : means.deadline;
  const summary = await deliver(destination, made, { ledger, spool, deadline });
  if (summary.stopped !== undefined) down.add(destination.id);
  return { delivered: { destination, summary }, due: count, failures };
}

/** Writes whole sessions: a turn that goes on is there as far as it has come. */
function store(family: Family, turns: readonly Turn[], { module, config, places }: Means): { stored: string[]; problems: string[] } {
  const [stored, problems]: [string[], string[]] = [[], []];
  for (const conversation of new Set(turns.map((turn) => turn.conversation))) {
    const failures: Failure[] = [];
    const choose = (turn: Turn): boolean => turn.conversation === conversation;
    const wanted = { options: { content: config.content.store, agentName: config.agentName, resource: Object.fromEntries(config.resource) }, encoding: "json" as const, choose };
    function* lines(): Generator<Uint8Array> {
      for (const { body } of makeRequests(module, family, wanted, failures)) yield body;
      // What could not be read whole must not take the place of what was.
      if (failures.length > 0) throw new Error(failures.map(worded).join("; "));
    }
    try {
      const done = put(places, conversation, lines());
      if (done.kind === "stored") stored.push(conversation);
      else if (done.kind === "failed") problems.push(`${done.path}: ${done.detail}`);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { stored, problems };
}

/** Does all that is due for a session. */
export async function workOn(work: Work, means: Means): Promise<Outcome> {
  if (statSync(work.transcript, { throwIfNoEntry: false })?.isFile() !== true) return nothingToDo([`${work.transcript}: is not there`]);
  const family = familyOf(work.transcript);
  if (family === undefined) return nothingToDo([`${work.transcript}: is no session yet`], !work.ended);
  if (isMemberAlone(family)) return nothingToDo([]);
  const { turns, failures } = await readTurns(family, work, means);
  const now = means.now();
  const outcome = await bring(family, turns, (turn) => dueAt(turn, work, means) <= now, means);
  if (failures.length > 0) return { ...outcome, complete: false, problems: failures.map(worded) };
  const held = turns.filter(({ session }) => session === work.session).map((turn) => dueAt(turn, work, means)).find((at) => at > now && at <= now + holdMs);
  // The store holds nothing back: it is written anew each time.
  return held === undefined || means.destinations.length === 0 ? outcome : { ...outcome, complete: false, heldUntil: held };
}

/** Brings turns of a family that are due to where they belong. */
export async function bring(family: Family, turns: readonly Turn[], isDue: (turn: Turn) => boolean, means: Means): Promise<Outcome> {
  if (means.destinations.length === 0) {
    const { stored, problems } = store(family, turns, means);
    return { turns: turns.length, due: turns.length, delivered: [], stored, problems, complete: problems.length === 0 };
  }
  const delivered: Delivered[] = [];
  const problems: string[] = [];
  let most = 0;
  for (const destination of means.destinations) {
    const done = await deliverTo(destination, family, isDue, means);
    delivered.push(done.delivered);
    problems.push(...done.failures.map(worded));
    most = Math.max(most, done.due);
  }
  const complete = problems.length === 0 && delivered.every(({ summary }) => summary.complete);
  return { turns: turns.length, due: most, delivered, stored: [], problems, complete };
}
