// A worker thread: reads heads as long as there are any to be read; then takes the next task until there is none, builds
// its families, hands over what comes out.
// It writes nothing itself; the order of tasks is the main thread's business (line.ts).

import { parentPort, workerData } from "node:worker_threads";
import {
  type CrewMember,
  type CrewOrders,
  type CrewOutput,
  shareOfHeads,
  shareOfTasks,
  SLOT_BYTES,
  SLOTS,
} from "./crew.ts";
import type { FamilyReport } from "./family.ts";

/** Bytes into slots; a request may lie in several, because in the end they are written one after another. */
class Outbox {
  #slot = 0;
  #length = 0;
  #ready = false;

  constructor(readonly member: CrewMember) {}

  add(task: number, bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      this.#await();
      const taken = Math.min(bytes.length - from, SLOT_BYTES - this.#length);
      this.member.slots.set(bytes.subarray(from, from + taken), this.#slot * SLOT_BYTES + this.#length);
      from += taken;
      this.#length += taken;
      if (this.#length === SLOT_BYTES) this.#send(task);
    }
  }

  end(task: number, report: FamilyReport): void {
    this.#await();
    this.#send(task, report);
  }

  /** Waits until the slot to be written to is free. */
  #await(): void {
    if (this.#ready) return;
    Atomics.wait(this.member.full, this.#slot, 1);
    this.#ready = true;
  }

  #send(task: number, report?: FamilyReport): void {
    Atomics.store(this.member.full, this.#slot, 1);
    const output: CrewOutput = {
      worker: this.member.index,
      task,
      slot: this.#slot,
      length: this.#length,
      ...(report ? { report } : {}),
    };
    parentPort?.postMessage(output);
    this.#slot = (this.#slot + 1) % SLOTS;
    this.#length = 0;
    this.#ready = false;
  }
}

function work(member: CrewMember, orders: CrewOrders): void {
  const outbox = new Outbox(member);
  for (const { task, bytes, report } of shareOfTasks(member.module, member.next, orders)) {
    outbox.add(task, bytes);
    if (report !== undefined) outbox.end(task, report);
  }
}

const member = workerData as CrewMember;
parentPort?.once("message", (orders: CrewOrders) => {
  work(member, orders);
  parentPort?.close();
});
for (const heads of shareOfHeads(member.paths, member.next)) parentPort?.postMessage(heads);
