// A worker thread: reads heads as long as there are any to be read; then takes the next task until there is none, builds
// its families, hands over what comes out.
// It writes nothing itself; the order of tasks is the main thread's business (line.ts).

import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
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

const member = workerData as CrewMember;

/** Bytes into slots; a request may lie in several, because in the end they are written one after another. */
class Outbox {
  /** The slot that is being filled, if there is one. */
  #slot: Uint8Array<ArrayBuffer> | undefined;
  #length = 0;
  #made = 0;

  constructor(
    readonly member: CrewMember,
    readonly port: MessagePort,
  ) {}

  add(task: number, bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      const slot = (this.#slot ??= this.#take());
      const taken = Math.min(bytes.length - from, SLOT_BYTES - this.#length);
      slot.set(bytes.subarray(from, from + taken), this.#length);
      from += taken;
      this.#length += taken;
      if (this.#length === SLOT_BYTES) this.#send(task, slot);
    }
  }

  end(task: number, report: FamilyReport): void {
    this.#send(task, this.#slot ?? this.#take(), report);
  }

  /** A slot that came back, else a new one, else the next to come back. */
  #take(): Uint8Array<ArrayBuffer> {
    for (;;) {
      const returned = Atomics.load(this.member.returned, 0);
      const back = receiveMessageOnPort(this.port) as { message: ArrayBuffer } | undefined;
      if (back !== undefined) return new Uint8Array(back.message);
      if (this.#made++ < SLOTS) return new Uint8Array(SLOT_BYTES);
      Atomics.wait(this.member.returned, 0, returned);
    }
  }

  #send(task: number, { buffer: slot }: Uint8Array<ArrayBuffer>, report?: FamilyReport): void {
    const output: CrewOutput = { worker: this.member.index, task, slot, length: this.#length, ...(report ? { report } : {}) };
    this.port.postMessage(output, [slot]);
    this.#slot = undefined;
    this.#length = 0;
  }
}

function work(port: MessagePort, orders: CrewOrders): void {
  const outbox = new Outbox(member, port);
  for (const { task, bytes, report } of shareOfTasks(member.module, member.next, orders)) {
    outbox.add(task, bytes);
    if (report !== undefined) outbox.end(task, report);
  }
}

const port = parentPort as MessagePort;
port.once("message", (orders: CrewOrders) => {
  work(port, orders);
  port.close();
});
for (const heads of shareOfHeads(member.paths, member.next)) port.postMessage(heads);
