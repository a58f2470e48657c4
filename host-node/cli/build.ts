// The command `build`: from paths to one output. It arranges the parts (find, build, write, tell) and holds no rule of
// its own about sessions, memory or words.

import { statSync } from "node:fs";
import type { OpenOptions } from "../../bridge/index.ts";
import { addReport, type Encoder, type FamilyReport, noReport, requests } from "../build/family.ts";
import { planTasks, threadsFor, worthThreads } from "../build/plan.ts";
import { Pool } from "../build/pool.ts";
import { readTree } from "../build/tree.ts";
import type { Family } from "../sources/document.ts";
import type { Walked } from "../sources/walk.ts";
import { coreModule } from "../wasm.ts";
import { type BuildArgs, type Format, UsageError } from "./args.ts";
import { drawingFor } from "./draw.ts";
import type { Output } from "./output.ts";
import type { Printer } from "./print.ts";
import { buildEach, progressOf, runFamilies, walkPaths } from "./run.ts";
import { isTerminal, STDOUT } from "./terminal.ts";
import { drawSession, drawTitles } from "./tree.ts";

const newline = Uint8Array.of(10);
const namedBroken = 10;

/** What a run is about, once the arguments have met the terminal. */
interface Run {
  readonly args: BuildArgs;
  readonly format: Format;
  readonly printer: Printer;
  readonly output: Output;
  readonly sum: FamilyReport;
  readonly progress: (families: number) => void;
  readonly mostBroken: number;
}

function formatOf({ format, output }: BuildArgs): Format {
  const onTerminal = output === "-" && isTerminal(STDOUT);
  if (format === "otlp-proto" && onTerminal)
    throw new UsageError("protobuf is not for a terminal; use -o FILE or a pipe");
  return format ?? (onTerminal ? "tree" : "otlp-json");
}

function openOptions({ shape, content, batchBytes, agentName, profile }: BuildArgs): OpenOptions {
  return { shape, content, batchBytes, agentName, profile };
}

/** Bytes of these files, guessed from a few of them. */
function roughBytes({ candidates }: Walked): number {
  const step = Math.ceil(candidates.length / 32);
  let [bytes, seen] = [0, 0];
  for (let at = 0; at < candidates.length; at += step, seen++) {
    bytes += statSync(candidates[at]?.path ?? "", { throwIfNoEntry: false })?.size ?? 0;
  }
  return seen === 0 ? 0 : (bytes / seen) * candidates.length;
}

async function threadsWorth(files: number, bytes: number): Promise<number> {
  if (!worthThreads(files, bytes)) return 1;
  // Asked for here only: each module of Node's own that a small build does not load is time it does not take.
  const { availableParallelism } = await import("node:os");
  return threadsFor(files, bytes, availableParallelism());
}

/** Starts threads before the files are looked at, so that they can help with it; none for what is small. */
async function earlyPool({ workers }: BuildArgs, format: Format, walked: Walked): Promise<Pool | undefined> {
  if (format === "tree") return undefined;
  const threads = workers ?? (await threadsWorth(walked.candidates.length, roughBytes(walked)));
  if (threads < 2) return undefined;
  const paths = walked.candidates.map(({ path }) => path);
  return Pool.start(coreModule(), threads, paths);
}

function settle(run: Run, report: FamilyReport, families: number): void {
  addReport(run.sum, report, run.mostBroken);
  for (const failure of report.failures) run.printer.failure(failure);
  run.progress(families);
}

async function buildHere(run: Run, families: readonly Family[]): Promise<void> {
  const { args, output, format } = run;
  const encode = format === "tree" ? treeEncoder(args) : requests(format === "otlp-json" ? "json" : "proto");
  await buildEach(families, encode, openOptions(args), run.mostBroken, {
    write: (bytes) => {
      output.write(bytes);
      if (format === "otlp-json") output.write(newline);
    },
    settle: (report) => settle(run, report, 1),
  });
}

async function buildWith(pool: Pool, run: Run, families: readonly Family[]): Promise<void> {
  const orders = {
    tasks: planTasks(families, pool.threads),
    options: openOptions(run.args),
    encoding: run.format === "otlp-json" ? ("json" as const) : ("proto" as const),
    mostBroken: run.mostBroken,
  };
  // One task is one thread's, and this one need not hand its output to another.
  if (orders.tasks.length < 2) {
    await pool.stop();
    return buildHere(run, families);
  }
  await pool.run(orders, {
    write: (bytes) => run.output.write(bytes),
    report: (report, task) => settle(run, report, orders.tasks[task]?.length ?? 0),
  });
}

function treeEncoder(args: BuildArgs): Encoder {
  const drawing = drawingFor(args);
  let first = true;
  return function* (core, files) {
    for (const tree of readTree(core, files)) {
      yield Buffer.from((first ? drawTitles(drawing) : "\n") + drawSession(tree, drawing));
      first = false;
    }
  };
}

/** Builds; answers the exit code. */
export async function runBuild(args: BuildArgs, printer: Printer): Promise<number> {
  const format = formatOf(args);
  const walked = walkPaths(args);
  const pool = await earlyPool(args, format, walked);
  const mostBroken = args.verbose ? Infinity : namedBroken;
  const session = { args, printer, drawn: format === "tree", mostBroken };
  try {
    const heads = pool === undefined ? undefined : () => pool.readHeads();
    return await runFamilies(session, walked, heads, async ({ families }, output) => {
      const sum = noReport();
      const progress = progressOf(session, families.length);
      const run: Run = { args, format, printer, output, sum, progress, mostBroken };
      if (pool !== undefined) await buildWith(pool, run, families);
      else await buildHere(run, families);
      return sum;
    });
  } finally {
    await pool?.stop();
  }
}
