// Several threads over many files, with the output of one: heads are read by whoever is free, tasks are taken in order,
// built in any, written in order.
//
// This thread builds, too, and between its pieces writes what the others have ready. Tasks are taken in order, so the
// task whose turn it is is always being built, its worker's slots are freed, and nobody waits for ever.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import type { HeadRead } from "../sources/head.ts";
import {
  type CrewHeads,
  type CrewMember,
  type CrewOrders,
  type CrewOutput,
  crewMember,
  newNext,
  shareOfHeads,
  shareOfTasks,
} from "./crew.ts";
import { Line, type LineSink } from "./line.ts";

/** This thread, too, does not run ahead of the others without bound. */
const mostKept = 32 * 1024 * 1024;
const lookAfter = 4;

function workerPath(): string {
  for (const name of ["worker.cjs", "worker.ts", "../../dist/worker.cjs"]) {
    const path = join(import.meta.dirname, name);
    if (existsSync(path)) return path;
  }
  throw new Error("worker.cjs is missing beside the program");
}

export class Pool {
  /** Rejects when a worker fails. */
  readonly #failed: Promise<never>;
  #fail: (error: unknown) => void = () => {};
  /** What workers send is for whoever is at work. */
  #receive: (message: CrewHeads | CrewOutput) => void = () => {};

  private constructor(
    readonly module: WebAssembly.Module,
    readonly paths: readonly string[],
    readonly next: Int32Array<SharedArrayBuffer>,
    readonly members: readonly CrewMember[],
    readonly workers: readonly Worker[],
  ) {
    this.#failed = new Promise<never>((_, reject) => (this.#fail = reject));
    // It may fail while nobody waits; whoever waits next is told.
    this.#failed.catch(() => {});
    for (const worker of workers) {
      worker.on("message", (message: CrewHeads | CrewOutput) => {
        try {
          this.#receive(message);
        } catch (error) {
          this.#fail(error);
        }
      });
      worker
        .on("error", this.#fail)
        .on("exit", (code) => code !== 0 && this.#fail(new Error(`a worker ended with ${code}`)));
    }
  }

  /** Starts all threads but this one, which takes them some ten milliseconds; `readHeads` is to be called meanwhile. */
  static async start(module: WebAssembly.Module, threads: number, paths: readonly string[]): Promise<Pool> {
    // Loaded here only, because a build without threads should not wait for it.
    const { Worker } = await import("node:worker_threads");
    const next = newNext();
    const members = Array.from({ length: threads - 1 }, (_, index) => crewMember(index, module, paths, next));
    const path = workerPath();
    const workers = members.map((member) => new Worker(path, { workerData: member }));
    return new Pool(module, paths, next, members, workers);
  }

  get threads(): number {
    return this.workers.length + 1;
  }

  /** The heads of all files, in their order: this thread reads them, too, and waits for what others have taken. */
  async readHeads(): Promise<HeadRead[]> {
    const read: HeadRead[] = new Array<HeadRead>(this.paths.length);
    let missing = this.paths.length;
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const take = ({ from, heads }: CrewHeads): void => {
      heads.forEach((head, at) => (read[from + at] = head));
      missing -= heads.length;
      if (missing === 0) end();
    };
    this.#receive = (message) => take(message as CrewHeads);
    for (const heads of shareOfHeads(this.paths, this.next)) take(heads);
    if (missing > 0) await Promise.race([ended, this.#failed]);
    return read;
  }

  /** Builds all tasks; resolves when the last is written. */
  async run(orders: CrewOrders, sink: LineSink): Promise<void> {
    const line = new Line(sink, (output) => this.#giveBack(output));
    this.#receive = (message) => line.receive(message as CrewOutput);
    for (const worker of this.workers) worker.postMessage(orders);
    try {
      await Promise.race([this.#build(orders, line).then(() => line.until(orders.tasks.length)), this.#failed]);
    } finally {
      await this.stop();
    }
  }

  /** This thread's share. */
  async #build(orders: CrewOrders, line: Line): Promise<void> {
    let looked = Date.now();
    for (const { task, bytes, report } of shareOfTasks(this.module, this.next, orders)) {
      if (bytes.length > 0) line.add(task, bytes);
      if (report !== undefined) line.end(task, report);
      if (line.kept > mostKept) await line.until(task);
      if (Date.now() - looked < lookAfter) continue;
      await new Promise((resolve) => setImmediate(resolve));
      looked = Date.now();
    }
  }

  #giveBack({ worker, slot }: CrewOutput): void {
    this.workers[worker]?.postMessage(slot, [slot]);
    const { returned } = this.members[worker] as CrewMember;
    Atomics.add(returned, 0, 1);
    Atomics.notify(returned, 0);
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}
