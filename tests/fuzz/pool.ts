// Many inputs over a few processes, each input under a time limit; what failed is made smaller and handed back.
//
// Which inputs are tried depends on the seeds alone, never on how fast anything is or on how many processes there are.

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Failure } from "./check.ts";
import { keep, type Kept } from "./kept.ts";
import { inputOf } from "./inputs.ts";
import type { Answer, Job } from "./worker.ts";

export interface PoolOptions {
  seeds: Iterator<number>;
  /** Whether to go on, asked before each input. */
  more: () => boolean;
  workers: number;
  /** Milliseconds an input may take. */
  limit?: number;
  worker?: URL;
  /** Called for each failing input: with the input, smaller where that was possible, unless its cause was seen often enough. */
  onFailure?: (seed: number, failures: readonly Failure[], kept: Kept | undefined) => void;
  onProgress?: (summary: Summary) => void;
}

export interface Summary {
  inputs: number;
  /** Those held against the oracle. */
  compared: number;
  /** Those that made at least one span. */
  withSpans: number;
  failing: number;
  /** Failing inputs by kind and cause. */
  causes: Map<string, number>;
}

/** Inputs of one cause that are made smaller and kept. */
const keptPerCause = 2;
/** Making an input smaller takes many inputs' time. */
const patience = 10;

class Process {
  private child: ChildProcess | undefined;

  constructor(private readonly file: string) {}

  /** A process that is ready: how long one takes to start is no input's fault. */
  private async started(): Promise<ChildProcess> {
    if (this.child) return this.child;
    const child = fork(this.file, { execArgv: ["--import", "tsx"], stdio: ["ignore", "inherit", "inherit", "ipc"] });
    await new Promise((resolve, reject) => {
      child.once("message", resolve).once("error", reject);
      child.once("exit", (code) => reject(new Error(`${this.file} ended with ${code} before it was ready`)));
    });
    child.removeAllListeners();
    return (this.child = child);
  }

  /** The answer; "hang" if there was none in time, or the words of a process that ended by itself. */
  async ask(job: Job, limit: number): Promise<Answer | "hang" | Error> {
    const child = await this.started();
    return new Promise((resolve) => {
      const settle = (answer: Answer | "hang" | Error): void => {
        clearTimeout(timer);
        child.removeAllListeners();
        if (answer === "hang" || answer instanceof Error) this.end();
        resolve(answer);
      };
      const timer = setTimeout(() => settle("hang"), limit);
      child.on("message", (answer) => settle(answer as Answer));
      child.on("error", settle);
      child.on("exit", (code, signal) => settle(new Error(`the process ended by itself: ${signal ?? code}`)));
      child.send(job);
    });
  }

  end(): void {
    this.child?.kill("SIGKILL");
    this.child = undefined;
  }
}

export async function pool({
  seeds,
  more,
  workers,
  limit = 20_000,
  worker = new URL("worker.ts", import.meta.url),
  onFailure,
  onProgress,
}: PoolOptions): Promise<Summary> {
  const summary: Summary = { inputs: 0, compared: 0, withSpans: 0, failing: 0, causes: new Map() };

  async function failed(process: Process, seed: number, failures: Failure[]): Promise<void> {
    summary.failing++;
    let wanted = false;
    for (const { kind, what } of failures) {
      const cause = `${kind}: ${what}`;
      const seen = summary.causes.get(cause) ?? 0;
      summary.causes.set(cause, seen + 1);
      wanted ||= seen < keptPerCause;
    }
    let kept: Kept | undefined;
    if (wanted) {
      const whole = (): Kept => keep(inputOf(seed), failures, seed);
      // What hangs would hang again, once for each attempt.
      const answer = failures.some(({ kind }) => kind === "hang") ? undefined : await process.ask({ seed, shrink: true }, limit * patience);
      kept = typeof answer === "object" && "kept" in answer && answer.kept ? answer.kept : whole();
    }
    onFailure?.(seed, failures, kept);
  }

  async function work(): Promise<void> {
    const process = new Process(fileURLToPath(worker));
    while (more()) {
      const next = seeds.next();
      if (next.done) break;
      const seed = next.value;
      summary.inputs++;
      const answer = await process.ask({ seed, shrink: false }, limit);
      if (answer === "hang") await failed(process, seed, [{ kind: "hang", what: "no answer in time", words: `no answer in ${limit} ms` }]);
      else if (answer instanceof Error) await failed(process, seed, [{ kind: "trap", what: answer.message, words: answer.message }]);
      else if (answer.verdict) {
        if (answer.verdict.compared) summary.compared++;
        if (answer.verdict.spans > 0) summary.withSpans++;
        if (answer.verdict.failures.length > 0) await failed(process, seed, answer.verdict.failures);
      }
      onProgress?.(summary);
    }
    process.end();
  }

  await Promise.all(Array.from({ length: workers }, work));
  return summary;
}
