// The command `build`: from paths to one output. It arranges the parts (find, build, write, tell) and holds no rule of
// its own about sessions, memory or words.

import { statSync } from "node:fs";
import type { OpenOptions } from "../../bridge/index.ts";
import { addReport, Builder, type Encoder, type FamilyReport, noReport, requests } from "../build/family.ts";
import { planTasks, threadsFor, totalBytes, worthThreads } from "../build/plan.ts";
import { Pool } from "../build/pool.ts";
import { readTree } from "../build/tree.ts";
import type { Family } from "../sources/document.ts";
import { type Found, gather } from "../sources/find.ts";
import { type Spooled, spool } from "../sources/spool.ts";
import { type Walked, walk } from "../sources/walk.ts";
import { coreModule, deferOptimising, SMALL_BUILD } from "../wasm.ts";
import { type BuildArgs, type Format, UsageError } from "./args.ts";
import { EXIT_FAILED, EXIT_OK } from "./exit.ts";
import { counted, grouped } from "./figures.ts";
import { openOutput, type Output } from "./output.ts";
import { type Printer, summaryLine } from "./print.ts";
import { columns, isTerminal, painter, STDERR, STDOUT, wantsColour } from "./terminal.ts";
import { drawSession, drawTitles } from "./tree.ts";

const newline = Uint8Array.of(10);
const namedBroken = 10;
const showProgressAfter = 500;

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

function openOptions({ shape, content, batchBytes, agentName }: BuildArgs): OpenOptions {
  return { shape, content, batchBytes, agentName };
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

/** Lets an interrupt be heard; answers the time. */
async function lookAbout(): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  return Date.now();
}

async function buildHere(run: Run, families: readonly Family[]): Promise<void> {
  const { args, output, format } = run;
  if (totalBytes(families) <= SMALL_BUILD) await deferOptimising();
  const builder = new Builder(coreModule(), openOptions(args), run.mostBroken);
  const encode = format === "tree" ? treeEncoder(args) : requests(format === "otlp-json" ? "json" : "proto");
  let turned = Date.now();
  for (const family of families) {
    const building = builder.build(family, encode);
    let step = building.next();
    for (; !step.done; step = building.next()) {
      if (step.value.length > 0) {
        output.write(step.value);
        if (format === "otlp-json") output.write(newline);
      } else if (Date.now() - turned > 50) {
        turned = await lookAbout();
      }
    }
    settle(run, step.value, 1);
    if (Date.now() - turned > 50) turned = await lookAbout();
  }
}

async function buildWith(pool: Pool, run: Run, families: readonly Family[]): Promise<void> {
  const orders = {
    tasks: planTasks(families, pool.threads),
    options: openOptions(run.args),
    encoding: run.format === "otlp-json" ? ("json" as const) : ("proto" as const),
    mostBroken: run.mostBroken,
  };
  await pool.run(orders, {
    write: (bytes) => run.output.write(bytes),
    report: (report, task) => settle(run, report, orders.tasks[task]?.length ?? 0),
  });
}

function treeEncoder({ colour, output }: BuildArgs): Encoder {
  // Into a file nobody is looking, whatever standard output is.
  const paint = painter(output === "-" ? wantsColour(colour, STDOUT) : colour === "always");
  const drawing = { columns: output === "-" ? columns(STDOUT) : 80, paint };
  let first = true;
  return function* (core, files) {
    for (const tree of readTree(core, files)) {
      yield Buffer.from((first ? drawTitles(drawing) : "\n") + drawSession(tree, drawing));
      first = false;
    }
  };
}

function progressOf(args: BuildArgs, format: Format, printer: Printer, total: number): (families: number) => void {
  const mixed = format === "tree" && args.output === "-" && isTerminal(STDOUT);
  if (args.quiet || mixed || total < 2 || !isTerminal(STDERR)) return () => {};
  let [done, next] = [0, Date.now() + showProgressAfter];
  return (families) => {
    done += families;
    if (Date.now() < next) return;
    next = Date.now() + 100;
    printer.progress(`${grouped(done)} of ${grouped(total)}`);
  };
}

async function spoolAll(shown: readonly string[]): Promise<Spooled[]> {
  const spooled: Spooled[] = [];
  for (const path of shown) spooled.push(await spool(path));
  return spooled;
}

function tell(run: Run, found: Found): void {
  const { args, printer, sum } = run;
  printer.clear();
  if (args.quiet) return;
  // On one screen the summary should not look like the last row of the tree.
  if (run.format === "tree" && args.output === "-" && isTerminal(STDOUT)) printer.say("");
  printer.broken(sum.broken, sum.counters.broken);
  printer.note(summaryLine(sum, found.ignored.length));
  if (args.verbose)
    printer.note(`${counted(sum.counters.documents, "file")}, ${grouped(sum.counters.bytes)} bytes read`);
}

/** Builds; answers the exit code. Throws what concerns the whole run: usage, output, a missing core. */
export async function runBuild(args: BuildArgs, printer: Printer): Promise<number> {
  const format = formatOf(args);
  const walked = walk(args.paths.filter((path) => path !== "-"));
  const pool = await earlyPool(args, format, walked);
  let spooled: Spooled[] = [];
  let output: Output | undefined;
  const undo = (): void => {
    output?.discard();
    for (const input of spooled.splice(0)) input.remove();
  };
  const interrupted = (signal: NodeJS.Signals): void => {
    undo();
    process.removeListener(signal, interrupted);
    process.kill(process.pid, signal);
  };
  process.on("SIGINT", interrupted).on("SIGTERM", interrupted);
  try {
    spooled = await spoolAll([...(args.paths.includes("-") ? ["-"] : []), ...walked.streams]);
    const found = gather(walked, spooled, await pool?.readHeads());
    for (const problem of found.problems) printer.problem(problem);
    if (args.verbose) for (const shown of found.ignored) printer.note(`${shown}: no session, ignored`);
    if (found.families.length === 0) return EXIT_FAILED;
    output = openOutput(args.output);
    const sum = noReport();
    const progress = progressOf(args, format, printer, found.families.length);
    const run: Run = {
      args,
      format,
      printer,
      output,
      sum,
      progress,
      mostBroken: args.verbose ? Infinity : namedBroken,
    };
    if (pool !== undefined) await buildWith(pool, run, found.families);
    else await buildHere(run, found.families);
    const built = sum.counters.documents > 0;
    if (built) output.commit();
    tell(run, found);
    return built && found.problems.length === 0 && sum.failures.length === 0 ? EXIT_OK : EXIT_FAILED;
  } finally {
    undo();
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
    await pool?.stop();
  }
}
