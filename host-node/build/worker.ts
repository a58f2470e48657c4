// A worker thread: takes the next task until there is none, builds its families, sends what comes out.
// It writes nothing itself; the order of tasks is the main thread's business (pool.ts).

import { parentPort, workerData } from "node:worker_threads";
import { CHUNK_BYTES, type CrewMember, type CrewOrders, type CrewOutput, FIRST_WAITING, MOST_WAITING, NEXT_TASK } from "./crew.ts";
import { addReport, Builder, type FamilyReport, noReport, requests } from "./family.ts";

const newline = Uint8Array.of(10);

class Outbox {
  #bytes = new Uint8Array(CHUNK_BYTES);
  #length = 0;
  readonly #place: number;

  constructor(
    readonly member: CrewMember,
    readonly task: number,
  ) {
    this.#place = FIRST_WAITING + member.index;
  }

  add(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) {
      if (this.#length > 0) this.send();
      if (bytes.length > this.#bytes.length) this.#bytes = new Uint8Array(bytes.length + CHUNK_BYTES);
    }
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  send(report?: FamilyReport): void {
    const { shared, index } = this.member;
    for (let waiting = Atomics.load(shared, this.#place); waiting > MOST_WAITING; ) {
      Atomics.wait(shared, this.#place, waiting);
      waiting = Atomics.load(shared, this.#place);
    }
    const bytes = this.#bytes.subarray(0, this.#length);
    Atomics.add(shared, this.#place, bytes.length);
    const output: CrewOutput = { worker: index, task: this.task, bytes, ...(report ? { report } : {}) };
    parentPort?.postMessage(output, [bytes.buffer]);
    if (report) return;
    this.#bytes = new Uint8Array(CHUNK_BYTES);
    this.#length = 0;
  }
}

function work(member: CrewMember, { tasks, options, encoding, mostBroken }: CrewOrders): void {
  const builder = new Builder(member.module, options, mostBroken);
  const encode = requests(encoding);
  for (;;) {
    const task = Atomics.add(member.shared, NEXT_TASK, 1);
    const families = tasks[task];
    if (families === undefined) return;
    const outbox = new Outbox(member, task);
    const sum = noReport();
    for (const family of families) {
      const building = builder.build(family, encode);
      let step = building.next();
      for (; !step.done; step = building.next()) {
        outbox.add(step.value);
        if (encoding === "json") outbox.add(newline);
      }
      addReport(sum, step.value, mostBroken);
    }
    outbox.send(sum);
  }
}

parentPort?.once("message", (orders: CrewOrders) => {
  work(workerData as CrewMember, orders);
  parentPort?.close();
});
