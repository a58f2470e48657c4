// Several threads over many families, with the output of one: tasks are taken in order, built in any, written in order.
//
// This thread builds, too, and between its pieces writes what the others have ready. Tasks are taken in order, so the
// task whose turn it is is always being built, its worker's slots are freed, and nobody waits for ever.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { type CrewMember, type CrewOrders, type CrewOutput, crewMember } from "./crew.ts";
import { addReport, Builder, noReport, requests } from "./family.ts";
import { Line, type LineSink } from "./line.ts";

/** This thread, too, does not run ahead of the others without bound. */
const mostKept = 32 * 1024 * 1024;
const lookAfter = 4;
const newline = Uint8Array.of(10);

function workerPath(): string {
  for (const name of ["worker.cjs", "worker.ts", "../../dist/worker.cjs"]) {
    const path = join(import.meta.dirname, name);
    if (existsSync(path)) return path;
  }
  throw new Error("worker.cjs is missing beside the program");
}

export class Pool {
  private constructor(
    readonly module: WebAssembly.Module,
    readonly workers: readonly Worker[],
    readonly members: readonly CrewMember[],
    readonly next: Int32Array<SharedArrayBuffer>,
  ) {}

  /** Starts all threads but this one, which takes them some ten milliseconds that the caller can use. */
  static async start(module: WebAssembly.Module, threads: number): Promise<Pool> {
    // Loaded here only, because a build without threads should not wait for it.
    const { Worker } = await import("node:worker_threads");
    const next = new Int32Array(new SharedArrayBuffer(4));
    const members = Array.from({ length: threads - 1 }, (_, index) => crewMember(index, module, next));
    const path = workerPath();
    const workers = members.map((member) => new Worker(path, { workerData: member }));
    return new Pool(module, workers, members, next);
  }

  get threads(): number {
    return this.workers.length + 1;
  }

  /** Builds all tasks; resolves when the last is written. */
  async run(orders: CrewOrders, sink: LineSink): Promise<void> {
    const line = new Line(this.members, sink);
    let fail: (error: unknown) => void = () => {};
    const failed = new Promise<never>((_, reject) => (fail = reject));
    for (const worker of this.workers) {
      worker.on("message", (output: CrewOutput) => {
        try {
          line.receive(output);
        } catch (error) {
          fail(error);
        }
      });
      worker.on("error", fail).on("exit", (code) => code !== 0 && fail(new Error(`a worker ended with ${code}`)));
      worker.postMessage(orders);
    }
    try {
      await Promise.race([this.#build(orders, line).then(() => line.until(orders.tasks.length)), failed]);
    } finally {
      await this.stop();
    }
  }

  /** This thread's share. */
  async #build({ tasks, options, encoding, mostBroken }: CrewOrders, line: Line): Promise<void> {
    const builder = new Builder(this.module, options, mostBroken);
    const encode = requests(encoding);
    let looked = Date.now();
    for (;;) {
      const task = Atomics.add(this.next, 0, 1);
      const families = tasks[task];
      if (families === undefined) return;
      const sum = noReport();
      for (const family of families) {
        const building = builder.build(family, encode);
        let step = building.next();
        for (; !step.done; step = building.next()) {
          if (step.value.length > 0) {
            line.add(task, step.value);
            if (encoding === "json") line.add(task, newline);
          }
          if (line.kept > mostKept) await line.until(task);
          if (Date.now() - looked < lookAfter) continue;
          await new Promise((resolve) => setImmediate(resolve));
          looked = Date.now();
        }
        addReport(sum, step.value, mostBroken);
      }
      line.end(task, sum);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}
