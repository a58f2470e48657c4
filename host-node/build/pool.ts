// Several threads over many families, with the output of one: tasks are taken in order, built in any, written in order.
//
// The task whose turn it is is written as it comes; what comes early waits here, bounded by what each worker may have
// unwritten. Tasks are taken in order, so the task whose turn it is is always being built, and nobody waits for ever.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";
import { type CrewMember, type CrewOrders, type CrewOutput, FIRST_WAITING } from "./crew.ts";
import type { FamilyReport } from "./family.ts";

export interface PoolSink {
  /** Writes at once or throws. */
  write(bytes: Uint8Array): void;
  /** A task is complete and written. */
  report(report: FamilyReport, families: number): void;
}

function workerPath(): URL {
  for (const name of ["./worker.js", "./worker.ts", "../../dist/worker.js"]) {
    const url = new URL(name, import.meta.url);
    if (existsSync(fileURLToPath(url))) return url;
  }
  throw new Error("worker.js is missing beside the program");
}

export class Pool {
  readonly #workers: Worker[];
  readonly #shared: Int32Array<SharedArrayBuffer>;

  private constructor(workers: Worker[], shared: Int32Array<SharedArrayBuffer>) {
    this.#workers = workers;
    this.#shared = shared;
  }

  /** Starts threads, which takes them some ten milliseconds that the caller can use. */
  static async start(module: WebAssembly.Module, threads: number): Promise<Pool> {
    // Loaded here only, because a build without threads should not wait for it.
    const { Worker } = await import("node:worker_threads");
    const shared = new Int32Array(new SharedArrayBuffer((FIRST_WAITING + threads) * 4));
    const path = workerPath();
    const workers = Array.from({ length: threads }, (_, index) => {
      const member: CrewMember = { index, module, shared };
      return new Worker(path, { workerData: member });
    });
    return new Pool(workers, shared);
  }

  /** Builds all tasks; resolves when the last is written. */
  async run(orders: CrewOrders, sink: PoolSink): Promise<void> {
    const early = new Map<number, CrewOutput[]>();
    let turn = 0;
    try {
      await new Promise<void>((resolve, reject) => {
        const write = (output: CrewOutput): void => {
          sink.write(output.bytes);
          const place = FIRST_WAITING + output.worker;
          Atomics.sub(this.#shared, place, output.bytes.length);
          Atomics.notify(this.#shared, place);
          if (output.report === undefined) return;
          sink.report(output.report, orders.tasks[turn]?.length ?? 0);
          turn++;
          const waiting = early.get(turn) ?? [];
          early.delete(turn);
          for (const next of waiting) write(next);
        };
        const receive = (output: CrewOutput): void => {
          try {
            if (output.task === turn) write(output);
            else early.set(output.task, [...(early.get(output.task) ?? []), output]);
            if (turn === orders.tasks.length) resolve();
          } catch (error) {
            reject(error);
          }
        };
        for (const worker of this.#workers) {
          worker.on("message", receive).on("error", reject);
          worker.on("exit", (code) => code !== 0 && reject(new Error(`a worker ended with ${code}`)));
          worker.postMessage(orders);
        }
        if (orders.tasks.length === 0) resolve();
      });
    } finally {
      await this.stop();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
