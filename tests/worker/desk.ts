// A machine with a client on it, for tests of the way from a hook to a backend: a project with sessions, a home, a sink on
// loopback, and the built files run as the client's hooks and a person's commands run them.

import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { tryLock } from "../../host-node/state/lock.ts";
import { type Places, places } from "../../host-node/state/paths.ts";
import { listPending, sweepLock } from "../../host-node/state/pending.ts";
import { openSpool, type SpoolEntry } from "../../host-node/state/spool.ts";
import { type Hooked, runHook } from "../hook/hook.ts";
import { type Ended, spanloom } from "../host-node/command.ts";
import { folderOf } from "../host-node/folder.ts";
import { answer, call, lines, prompt, result, type Row, uuid } from "../host-node/rows.ts";
import { readJson, spansOf } from "../support/otlp.ts";
import { type Sink, type SinkOptions, startSink } from "../support/sink.ts";

export interface Desk {
  readonly folder: string;
  readonly project: string;
  readonly places: Places;
  /** Environment of every process. */
  readonly env: Record<string, string>;
  readonly sink: Sink;
}

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/claude-code/${name}/project`, import.meta.url));

export interface DeskOptions {
  readonly recordings?: readonly string[];
  readonly sink?: SinkOptions;
  /** Where all state is, if not in the folder. */
  readonly home?: string;
  /** In the place of the sink's. */
  readonly endpoint?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** In a folder that is somebody else's to take away, as the sink is to be closed. */
export async function makeDesk(folder: string, { recordings = [], sink: options, home = join(folder, "home"), endpoint, env = {} }: DeskOptions = {}): Promise<Desk> {
  const project = join(folder, "project");
  mkdirSync(project);
  for (const recording of recordings) cpSync(fixture(recording), project, { recursive: true });
  const sink = await startSink(options);
  return {
    folder,
    project,
    places: places({ SPANLOOM_HOME: home }),
    sink,
    env: { SPANLOOM_HOME: home, HOME: folder, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint ?? sink.url, ...env },
  };
}

export async function deskOf(test: TestContext, options?: DeskOptions): Promise<Desk> {
  const desk = await makeDesk(folderOf(test), options);
  test.after(() => desk.sink.close());
  return desk;
}

export const transcriptsIn = ({ project }: Desk): string[] =>
  readdirSync(project).filter((name) => name.endsWith(".jsonl")).map((name) => join(project, name));

/** What the client tells its hooks. */
export function payloadOf(desk: Desk, event: string, transcript = transcriptsIn(desk)[0]!): Record<string, string> {
  return { session_id: basename(transcript, ".jsonl"), transcript_path: transcript, cwd: desk.project, hook_event_name: event };
}

/**
 * Tells a hook. Nobody is started: the hook finds the lock held, so that the test decides when a sweep
 * is.
 */
export async function tell(desk: Desk, event: string, transcript = transcriptsIn(desk)[0]!): Promise<Hooked> {
  const lock = tryLock(sweepLock(desk.places));
  const hooked = await runHook(payloadOf(desk, event, transcript), { env: desk.env });
  lock?.release();
  assert.deepEqual([hooked.code, hooked.said], [0, ""]);
  return hooked;
}

export async function tellAll(desk: Desk, event: string): Promise<void> {
  for (const transcript of transcriptsIn(desk)) await tell(desk, event, transcript);
}

export const sweep = ({ env }: Desk, more: Record<string, string> = {}): Promise<Ended> => spanloom(["sweep", "--wait"], { env: { ...env, ...more } });

export async function status({ env }: Desk): Promise<{ code: number | null; words: string }> {
  const { code, stdout, stderr } = await spanloom(["status"], { env });
  return { code, words: `${String(stdout)}${stderr}` };
}

export const ids = (spans: readonly { traceId: string; spanId: string }[]): string[] => spans.map(({ traceId, spanId }) => `${traceId} ${spanId}`).sort();

/** What one clean export makes. */
export async function built({ project }: Desk): Promise<string[]> {
  const { stdout } = await spanloom(["build", "-q", "-f", "otlp-json", project]);
  return ids(spansOf(readJson(String(stdout).split("\n").filter(Boolean))));
}

/** The one destination's folder or file of that name in the state. */
function ofDestination({ places: { state } }: Desk, what: "ledger" | "spool"): string | undefined {
  const [id] = existsSync(join(state, what)) ? readdirSync(join(state, what)) : [];
  return id;
}

/** The ledger's lines. */
export function noted(desk: Desk): string[] {
  const id = ofDestination(desk, "ledger");
  if (id === undefined) return [];
  return readFileSync(join(desk.places.state, "ledger", id), "utf8").split("\n").filter((line) => line !== "");
}

export function waiting(desk: Desk): SpoolEntry[] {
  const id = ofDestination(desk, "spool");
  return id === undefined ? [] : openSpool(desk.places, id).list();
}

export const pending = ({ places: where }: Desk): string[] => listPending(where);

/** Every span is at the sink exactly once, and nothing is left to do. */
export async function assertDelivered(desk: Desk): Promise<void> {
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk));
  assert.deepEqual([pending(desk), waiting(desk)], [[], []]);
}

/** Text that does not pack well, of so many characters. */
function noise(length: number, seed: number): string {
  let state = seed * 2654435761 + 1;
  let text = "";
  while (text.length < length) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    text += state.toString(36);
  }
  return text.slice(0, length);
}

/**
 * A session of so many turns with so many calls each, whose results have so many characters; its rows are numbered from
 * `first`.
 */
export function writeTurns({ project }: Desk, turns: readonly number[], characters: number, first = 1): string {
  const session = uuid(900_000 + first);
  const rows: Row[] = [];
  let n = first;
  for (const calls of turns) {
    rows.push(prompt("Read it all.", { n, session, parent: n === first ? null : n - 1 }));
    for (let at = 0; at < calls; at++) {
      const id = `toolu_${n}`;
      rows.push(call(id, "Bash", { command: `cat ${at}` }, { n: ++n, session }));
      rows.push(result(id, noise(characters, n), { n: ++n, session }));
    }
    rows.push(answer("Read.", { n: ++n, session }));
    n++;
  }
  const path = join(project, `${session}.jsonl`);
  writeFileSync(path, lines(rows));
  return path;
}

export const writeLongTurn = (desk: Desk, calls: number, characters: number, first = 1): string => writeTurns(desk, [calls], characters, first);
