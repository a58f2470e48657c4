// What every command that reads sessions does around its own work: finds the families, drives their building, tells what
// came of it, and leaves nothing behind however it ends. What comes out of a family is the command's own business.

import type { OpenOptions } from "../../bridge/index.ts";
import { Builder, type Encoder, type FamilyReport } from "../build/family.ts";
import { totalBytes } from "../build/plan.ts";
import type { Family } from "../sources/document.ts";
import { type Found, gather } from "../sources/find.ts";
import type { HeadRead } from "../sources/head.ts";
import { type Spooled, spool } from "../sources/spool.ts";
import { type Walked, walk } from "../sources/walk.ts";
import { coreModule, deferOptimising, SMALL_BUILD } from "../wasm.ts";
import type { CommonArgs } from "./args.ts";
import { EXIT_FAILED, EXIT_OK } from "./exit.ts";
import { counted, grouped } from "./figures.ts";
import { openOutput, type Output } from "./output.ts";
import { type Printer, summaryLine } from "./print.ts";
import { isTerminal, STDERR, STDOUT } from "./terminal.ts";

const showProgressAfter = 500;
const lookAfter = 50;

/** The files that may be sessions; standard input is not among them. */
export function walkPaths({ paths }: CommonArgs): Walked {
  return walk(paths.filter((path) => path !== "-"));
}

/** What a command that reads sessions was told, and whom it tells. */
export interface Session {
  readonly args: CommonArgs;
  readonly printer: Printer;
  /** The output is words for people. */
  readonly drawn: boolean;
  /** How many broken rows are named on standard error; none if the output names them. */
  readonly mostBroken: number;
}

/** What is drawn comes on the screen that all other words come on. */
function isMixed({ args, drawn }: Session): boolean {
  return drawn && args.output === "-" && isTerminal(STDOUT);
}

/** Opens the output and does the work; answers the exit code. Throws what concerns the whole run: usage, output, a missing core. */
export async function runFamilies(
  session: Session,
  walked: Walked,
  /** Reads the heads of what was walked, where more than one thread can; else they are read here. */
  readHeads: (() => Promise<HeadRead[]>) | undefined,
  work: (found: Found, output: Output) => Promise<FamilyReport>,
): Promise<number> {
  const { args, printer } = session;
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
    const found = gather(walked, spooled, await readHeads?.());
    for (const problem of found.problems) printer.problem(problem);
    if (args.verbose) for (const shown of found.ignored) printer.note(`${shown}: no session, ignored`);
    if (found.families.length === 0) return EXIT_FAILED;
    output = openOutput(args.output);
    const sum = await work(found, output);
    const built = sum.counters.documents > 0;
    if (built) output.commit();
    tell(session, sum, found);
    return built && found.problems.length === 0 && sum.failures.length === 0 ? EXIT_OK : EXIT_FAILED;
  } finally {
    undo();
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
  }
}

async function spoolAll(shown: readonly string[]): Promise<Spooled[]> {
  const spooled: Spooled[] = [];
  for (const path of shown) spooled.push(await spool(path));
  return spooled;
}

function tell(session: Session, sum: FamilyReport, found: Found): void {
  const { args, printer } = session;
  printer.clear();
  if (args.quiet) return;
  // On one screen the summary should not look like the last row of what is drawn.
  if (isMixed(session)) printer.say("");
  if (session.mostBroken > 0) printer.broken(sum.broken, sum.counters.broken);
  printer.note(summaryLine(sum, found.ignored.length));
  if (args.verbose)
    printer.note(`${counted(sum.counters.documents, "file")}, ${grouped(sum.counters.bytes)} bytes read`);
}

/** Lets an interrupt be heard; answers the time. */
async function lookAbout(): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  return Date.now();
}

export interface Sink {
  write(bytes: Uint8Array): void;
  /** A family is done. */
  settle(report: FamilyReport): void;
}

/** Builds families one after another in this thread; `mostBroken` of the broken rows of each are named. */
export async function buildEach(
  families: readonly Family[],
  encode: Encoder,
  options: OpenOptions,
  mostBroken: number,
  sink: Sink,
): Promise<void> {
  // Before the core is compiled.
  if (totalBytes(families) <= SMALL_BUILD) await deferOptimising();
  const builder = new Builder(coreModule(), options, mostBroken);
  let turned = Date.now();
  for (const family of families) {
    const building = builder.build(family, encode);
    let step = building.next();
    for (; !step.done; step = building.next()) {
      if (step.value.length > 0) sink.write(step.value);
      else if (Date.now() - turned > lookAfter) turned = await lookAbout();
    }
    sink.settle(step.value);
    if (Date.now() - turned > lookAfter) turned = await lookAbout();
  }
}

/** Shows on a terminal how many families are done, unless it would stand between what is drawn there. */
export function progressOf(session: Session, total: number): (families: number) => void {
  const { args, printer } = session;
  if (args.quiet || isMixed(session) || total < 2 || !isTerminal(STDERR)) return () => {};
  let [done, next] = [0, Date.now() + showProgressAfter];
  return (families) => {
    done += families;
    if (Date.now() < next) return;
    next = Date.now() + 100;
    printer.progress(`${grouped(done)} of ${grouped(total)}`);
  };
}
