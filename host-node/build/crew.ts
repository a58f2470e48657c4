// What the main thread and its workers share: which task is next, and for each worker a row of slots that its output
// passes through. A worker fills a slot, says so, and goes on with the next; the main thread writes the slot out where
// it lies and frees it. Nothing is allocated while they work, and a worker far ahead of its turn waits for a free slot.

import type { Encoding, OpenOptions } from "../../bridge/index.ts";
import type { Family } from "../sources/document.ts";
import type { FamilyReport } from "./family.ts";

export const SLOT_BYTES = 1024 * 1024;
/** How far a worker can be ahead of what is written: so many slots. */
export const SLOTS = 32;

export interface CrewMember {
  readonly index: number;
  readonly module: WebAssembly.Module;
  /** One integer, of all members: the next task. */
  readonly next: Int32Array<SharedArrayBuffer>;
  /** One integer a slot: 0 while it is free. */
  readonly full: Int32Array<SharedArrayBuffer>;
  readonly slots: Uint8Array<SharedArrayBuffer>;
}

export interface CrewOrders {
  readonly tasks: readonly (readonly Family[])[];
  readonly options: OpenOptions;
  readonly encoding: Encoding;
  readonly mostBroken: number;
}

/** From a worker: a slot is full, with some output of a task; with a report, the last of it. */
export interface CrewOutput {
  readonly worker: number;
  readonly task: number;
  readonly slot: number;
  readonly length: number;
  readonly report?: FamilyReport;
}

export function crewMember(index: number, module: WebAssembly.Module, next: Int32Array<SharedArrayBuffer>): CrewMember {
  return {
    index,
    module,
    next,
    full: new Int32Array(new SharedArrayBuffer(SLOTS * 4)),
    slots: new Uint8Array(new SharedArrayBuffer(SLOTS * SLOT_BYTES)),
  };
}
