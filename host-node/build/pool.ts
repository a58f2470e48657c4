// Several threads over many families, with the output of one: tasks are taken in order, built in any, written in order.
//
// The task whose turn it is is written as it comes; what comes early waits in its worker's slots. Tasks are taken in
// order, so the task whose turn it is is always being built, its worker's slots are freed, and nobody waits for ever.

import { existsSync } from "node:fs";
import type { Worker } from "node:worker_threads";
import { type CrewMember, type CrewOrders, type CrewOutput, crewMember, SLOT_BYTES } from "./crew.ts";
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
    if (existsSync(url)) return url;
  }
  throw new Error("worker.js is missing beside the program");
}

/** Writes what workers hand over in the order of tasks. */
class Line {
  turn = 0;
  readonly #early = new Map<number, CrewOutput[]>();

  constructor(
    readonly members: readonly CrewMember[],
    readonly orders: CrewOrders,
    readonly sink: PoolSink,
  ) {}

  receive(output: CrewOutput): void {
    if (output.task !== this.turn) {
      const waiting = this.#early.get(output.task);
      if (waiting === undefined) this.#early.set(output.task, [output]);
      else waiting.push(output);
      return;
    }
    let ended = this.#write(output);
    while (ended) {
      this.turn++;
      const waiting = this.#early.get(this.turn) ?? [];
      this.#early.delete(this.turn);
      ended = false;
      for (const next of waiting) ended = this.#write(next);
    }
  }

  /** True if that was the last of its task. */
  #write({ worker, slot, length, report }: CrewOutput): boolean {
    const { slots, full } = this.members[worker] as CrewMember;
    this.sink.write(slots.subarray(slot * SLOT_BYTES, slot * SLOT_BYTES + length));
    Atomics.store(full, slot, 0);
    Atomics.notify(full, slot);
    if (report === undefined) return false;
    this.sink.report(report, this.orders.tasks[this.turn]?.length ?? 0);
    return true;
  }
}

export class Pool {
  readonly #workers: Worker[];
  readonly #members: CrewMember[];

  private constructor(workers: Worker[], members: CrewMember[]) {
    this.#workers = workers;
    this.#members = members;
  }

  /** Starts threads, which takes them some ten milliseconds that the caller can use. */
  static async start(module: WebAssembly.Module, threads: number): Promise<Pool> {
    // Loaded here only, because a build without threads should not wait for it.
    const { Worker } = await import("node:worker_threads");
    const next = new Int32Array(new SharedArrayBuffer(4));
    const members = Array.from({ length: threads }, (_, index) => crewMember(index, module, next));
    const path = workerPath();
    return new Pool(
      members.map((member) => new Worker(path, { workerData: member })),
      members,
    );
  }

  get threads(): number {
    return this.#workers.length;
  }

  /** Builds all tasks; resolves when the last is written. */
  async run(orders: CrewOrders, sink: PoolSink): Promise<void> {
    const line = new Line(this.#members, orders, sink);
    try {
      await new Promise<void>((resolve, reject) => {
        const receive = (output: CrewOutput): void => {
          try {
            line.receive(output);
            if (line.turn === orders.tasks.length) resolve();
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
