// Kills workers at instants that a seed chooses, while they export; then sweeps, and holds what the sink has against a
// clean export.
//
//     npm run kills -- --rounds 200 --seed 7
//
// A round is a machine of its own: sessions that have just ended, one of them so long that its turn takes several requests,
// and one worker or two, killed. An instant is some time after the start, or some time after a request came.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { appendJournal } from "../../host-node/state/journal.ts";
import { markPending } from "../../host-node/state/pending.ts";
import { readReport } from "../../host-node/worker/report.ts";
import { program } from "../host-node/command.ts";
import { random } from "../support/random.ts";
import { spansOf } from "../support/otlp.ts";
import { built, type Desk, ids, makeDesk, noted, pending, sweep, transcriptsIn, waiting, writeLongTurn } from "./desk.ts";

/** What a killed worker had come to. */
type Stage = "before it began" | "before anything was kept" | "while a batch was written" | "between two requests" | "with a request under way" | "before a turn was noted" | "after all was sent";

export interface Figures {
  rounds: number;
  /** Workers that were alive when they were killed. */
  killed: number;
  stages: Partial<Record<Stage, number>>;
  /** Requests that the sink took, and of these, ones it had taken before. */
  requests: number;
  twice: number;
  /** Requests that Spanloom says may be there twice. */
  repeated: number;
}

/** How long the sink takes to answer, in milliseconds. */
const latency = 15;

async function deskOf(folder: string): Promise<Desk> {
  const desk = await makeDesk(folder, { recordings: ["two-subagents", "multi-turn-resume"], env: { SPANLOOM_CONTENT_NETWORK: "full" } });
  writeLongTurn(desk, 24, 250_000);
  desk.sink.always({ kind: "accept", afterMs: latency });
  // As hooks leave it.
  for (const transcript of transcriptsIn(desk)) {
    const session = basename(transcript, ".jsonl");
    appendJournal(desk.places, { at: Date.now(), event: "SessionEnd", session, transcript, cwd: desk.project, payload: {} });
    markPending(desk.places, session);
  }
  return desk;
}

/** A worker as the hook starts it; resolves with whether it was still there to be killed. */
function worker({ env }: Desk): { kill(): Promise<boolean>; readonly ended: Promise<unknown> } {
  const child = spawn(process.execPath, [program, "sweep", "--worker"], { env: { ...process.env, ...env }, stdio: "ignore" });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on("exit", (_, signal) => resolve(signal)));
  return {
    ended,
    async kill() {
      child.kill("SIGKILL");
      return (await ended) === "SIGKILL";
    },
  };
}

function stageOf(desk: Desk): Stage {
  const { state } = desk.places;
  const names = (...below: string[]): string[] => {
    try {
      return readdirSync(join(state, ...below), { recursive: true }).map(String);
    } catch {
      return [];
    }
  };
  const spool = names("spool");
  if (spool.some((name) => name.endsWith(".sending"))) return "with a request under way";
  if (spool.some((name) => name.endsWith(".sent"))) return "before a turn was noted";
  if (spool.some((name) => name.endsWith(".tmp"))) return "while a batch was written";
  if (spool.some((name) => name.endsWith(".otlp"))) return "between two requests";
  if (desk.sink.received.length > 0) return "after all was sent";
  return names("sweep.lock").some((name) => name.startsWith("held")) ? "before anything was kept" : "before it began";
}

/** Waits until so many requests have come, if they ever do. */
async function cameTo({ sink }: Desk, count: number, ended: Promise<unknown>): Promise<void> {
  let isOver = false;
  void ended.then(() => (isOver = true));
  while (sink.received.length < count && !isOver) await pause(1);
}

export async function kills(rounds: number, seed: number, tell: (words: string) => void = () => {}): Promise<Figures> {
  const next = random(seed);
  const figures: Figures = { rounds, killed: 0, stages: {}, requests: 0, twice: 0, repeated: 0 };
  let [clean, most, expected]: [number, number, string[]] = [0, 0, []];
  // The first is left alone, and says how long the others take.
  for (let round = 0; round <= rounds; round++) {
    const folder = mkdtempSync(join(tmpdir(), "spanloom-kills-"));
    const desk = await deskOf(folder);
    try {
      const began = Date.now();
      const workers = Array.from({ length: round === 0 || next() < 0.5 ? 1 : 2 }, () => worker(desk));
      if (round === 0) {
        await workers[0]?.ended;
        [clean, most, expected] = [Date.now() - began, desk.sink.received.length, await built(desk)];
        assert.deepEqual(ids(desk.sink.accepted()), expected, "a clean export is not what a build makes");
        assert.ok(most > 4, "there is too little to send");
        continue;
      }
      const [byTime, instant, after] = [next() < 0.5, next(), next()];
      if (byTime) await pause(40 + instant * clean);
      else {
        await cameTo(desk, 1 + Math.floor(instant * most), Promise.all(workers.map(({ ended }) => ended)));
        await pause(after * 1.5 * latency);
      }
      const dead = await Promise.all(workers.map(({ kill }) => kill()));
      const stage = stageOf(desk);
      const had = [desk.sink.received.length, noted(desk).length];
      figures.killed += dead.filter(Boolean).length;
      figures.stages[stage] = (figures.stages[stage] ?? 0) + 1;

      const swept = await sweep(desk);
      const name = `seed ${seed}, round ${round}, killed ${stage}`;
      assert.equal(swept.code, 0, `${name}: ${swept.stderr}`);
      assert.deepEqual([...new Set(ids(desk.sink.accepted()))], expected, `${name}: the sink has other spans than a clean export`);
      const bodies = desk.sink.received.map(({ request }) => ids(spansOf([request])).join());
      const twice = bodies.length - new Set(bodies).size;
      assert.equal(desk.sink.accepted().length - expected.length, twiceIn(desk), `${name}: spans are twice that were in no repeated request`);
      const repeated = Object.values(readReport(desk.places)?.destinations ?? {}).reduce((sum, each) => sum + each.repeated, 0);
      assert.ok(twice <= repeated && repeated <= 1, `${name}: ${twice} requests are there twice, ${repeated} were said to be`);
      const traces = new Set(expected.map((id) => id.slice(0, 32)));
      assert.deepEqual([noted(desk).sort(), pending(desk), waiting(desk)], [[...traces].sort(), [], []], `${name}: the state is not what it should be`);
      assert.deepEqual(readdirSync(join(desk.places.state, "working")), [], `${name}: a claim is left`);
      figures.requests += bodies.length;
      figures.twice += twice;
      figures.repeated += repeated;
      tell(`${String(round).padStart(4)}  ${workers.length} killed ${stage}: ${had[0]} requests at the sink, ${had[1]} turns noted; then ${bodies.length} and ${noted(desk).length}, ${twice} twice`);
    } finally {
      await desk.sink.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return figures;
}

/** Spans in requests that came before. */
function twiceIn({ sink }: Desk): number {
  const seen = new Set<string>();
  let count = 0;
  for (const { request } of sink.received) {
    const spans = ids(spansOf([request]));
    if (seen.has(spans.join())) count += spans.length;
    seen.add(spans.join());
  }
  return count;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { values } = parseArgs({ options: { rounds: { type: "string", default: "20" }, seed: { type: "string", default: "7" } } });
  const { rounds, killed, stages, requests, twice, repeated } = await kills(Number(values.rounds), Number(values.seed), (words) => console.log(words));
  console.log(`\n${rounds} rounds, ${killed} workers killed:`);
  for (const [stage, count] of Object.entries(stages).sort(([, a], [, b]) => b - a)) console.log(`  ${String(count).padStart(4)}  ${stage}`);
  console.log(`Every span of every round is at the sink. Of ${requests} requests it took ${twice} twice; ${repeated} were said to be.`);
}
