// One session's turn at the worker: what its record holds by now, brought to every destination, or kept in the store.
//
// Turns that are over are sent; all of them once the session has ended. A last turn that only looks finished is held back
// for a while, because spans that were sent cannot grow: the client's Stop hooks may make it go on, and the record of some
// clients never says that they did not. If a turn goes on all the same, its further spans are sent (growth.ts).
//
// What is in a destination's ledger or waits in its spool is not made again. The order of what is written down is what
// makes a kill at any instant harmless: a turn waits in the spool, all of it, before any of it is sent (outgoing.ts), and a
// mark is taken away last.

import { realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Config } from "../config/config.ts";
import type { Destination } from "../exporter/destination.ts";
import type { Failure } from "../build/family.ts";
import type { Family } from "../sources/document.ts";
import { findFamilies } from "../sources/find.ts";
import { type Head, readHead } from "../sources/head.ts";
import type { Places } from "../state/paths.ts";
import { pendingToken } from "../state/pending.ts";
import { put } from "../store/put.ts";
import { Growth } from "./growth.ts";
import { withJournals } from "./journals.ts";
import { findTurns, makeRequests, type Made, type Turn } from "./making.ts";
import type { Outgoing } from "./outgoing.ts";
import { endsWith } from "./tail.ts";

export interface Work {
  readonly session: string;
  readonly transcript: string;
  /** Nothing more will come of it: its last turn is sent as it is. */
  readonly ended: boolean;
  /** When the client said last that a turn ended, if it said nothing since: the record should say so in a moment. */
  readonly stoppedAt: number | undefined;
  /** What the model said then, if it is known. */
  readonly lastWords: string;
}

export interface Means {
  readonly module: WebAssembly.Module;
  readonly config: Config;
  readonly places: Places;
  readonly destinations: readonly Destination[];
  readonly outgoing: Outgoing;
  /** Sends again what was accepted before. */
  readonly force: boolean;
  readonly now: () => number;
}

export interface Outcome {
  readonly turns: number;
  /** Of these, turns that something was done for. */
  readonly due: number;
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

/** What the sessions of a family say of themselves. */
function transcriptsOf(family: Family): Head[] {
  const heads = family.documents.filter(({ path }) => path.endsWith(".jsonl")).map(({ path }) => readHead(path));
  return heads.filter(({ kind }) => kind === "transcript");
}

/** When a turn is due: at once, later, or not before something else happens. Other sessions of its family may go on. */
function dueAt({ over, settled, session, end }: Turn, work: Work, { config }: Means): number {
  if (over || (work.ended && session === work.session)) return 0;
  if (!settled) return Infinity;
  const hasStopped = session === work.session && work.stoppedAt !== undefined && end <= work.stoppedAt;
  return Math.min(end + config.quietAfterMs, hasStopped ? work.stoppedAt + holdMs : Infinity);
}

type Looked = { readonly family: Family; readonly alone: boolean; readonly made: Made };

/** The family and its turns, once its record is as far as the client said, or after the time that this may take. */
async function look(work: Work, means: Means): Promise<Looked | undefined> {
  const { module, places, now } = means;
  const until = now() + tailMs;
  for (;;) {
    const looked = lookNow(work, module);
    const last = looked?.made.turns.filter((turn) => turn.session === work.session).at(-1);
    const isWhole = last !== undefined && dueAt(last, work, means) <= now() && endsWith(work.transcript, work.lastWords);
    const isBehind = (looked?.made.failures.length ?? 0) > 0 || (work.stoppedAt !== undefined && !isWhole && looked?.alone !== true);
    // A hook that came meanwhile knows more than the record is going to say.
    if (!isBehind || now() >= until || pendingToken(places, work.session) !== "") return looked;
    await pause(lookMs);
  }
}

function lookNow({ transcript }: Work, module: WebAssembly.Module): Looked | undefined {
  const family = familyOf(transcript);
  if (family === undefined) return undefined;
  // What a sub-agent or a team's member did is part of another session, and of nobody's if that is not here.
  const alone = transcriptsOf(family).every(({ member }) => member);
  return { family, alone, made: alone ? { turns: [], failures: [] } : findTurns(module, family) };
}

/** Puts what is due for a destination on its way. */
async function sendTo(destination: Destination, family: Family, due: (turn: Turn) => boolean, means: Means): Promise<{ due: number; problems: string[]; complete: boolean }> {
  const { module, config, places, outgoing } = means;
  const { ledger, waiting } = outgoing.known(destination);
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
    profile: destination.profile,
  };
  const encoding = destination.protocol === "http/json" ? ("json" as const) : ("proto" as const);
  const growth = new Growth(places, destination.id);
  const isSent = (turn: Turn): boolean => due(turn) && !waiting.has(turn.id) && !means.force && ledger.has(turn.id);
  const made = makeRequests(module, family, { options, encoding, choose, went: { isSent, growth } }, failures);
  const kept = await outgoing.send(destination, made);
  const complete = kept.complete && failures.length === 0;
  if (complete) outgoing.noteGrown(destination, growth.end());
  const problems = [...failures.map(worded), ...kept.messages.map((message) => `${destination.name}: ${message}`)];
  return { due: count, problems, complete };
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
  const looked = await look(work, means);
  if (looked === undefined) return nothingToDo([`${work.transcript}: is no session yet`], !work.ended);
  const { family, alone, made } = looked;
  if (alone) return nothingToDo([]);
  const { turns, failures } = made;
  const now = means.now();
  const outcome = await bring(family, turns, (turn) => dueAt(turn, work, means) <= now, means);
  if (failures.length > 0) return { ...outcome, complete: false, problems: failures.map(worded) };
  const held = turns.filter(({ session }) => session === work.session).map((turn) => dueAt(turn, work, means)).find((at) => at > now && at <= now + holdMs);
  // The store holds nothing back: it is written anew each time.
  return held === undefined || means.destinations.length === 0 ? outcome : { ...outcome, complete: false, heldUntil: held };
}

/** Brings turns of a family that are due to where they belong. */
export async function bring(record: Family, turns: readonly Turn[], isDue: (turn: Turn) => boolean, means: Means): Promise<Outcome> {
  const sessions = transcriptsOf(record).flatMap(({ sessions: [own] }) => own ?? []);
  const family = withJournals(record, sessions, means.places);
  if (means.destinations.length === 0) {
    const { stored, problems } = store(family, turns, means);
    return { turns: turns.length, due: turns.length, stored, problems, complete: problems.length === 0 };
  }
  const problems: string[] = [];
  let most = 0;
  let complete = true;
  for (const destination of means.destinations) {
    const done = await sendTo(destination, family, isDue, means);
    problems.push(...done.problems);
    complete &&= done.complete;
    most = Math.max(most, done.due);
  }
  return { turns: turns.length, due: most, stored: [], problems, complete };
}
