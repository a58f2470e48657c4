// What the main thread and its workers share: which heads are to be read next, which task is next, and for each worker
// a row of slots that its output passes through. A worker fills a slot, says so, and goes on with the next; the main thread writes the slot out where
// it lies and frees it. Nothing is allocated while they work, and a worker far ahead of its turn waits for a free slot.

import type { Encoding, OpenOptions } from "../../bridge/index.ts";
import type { Family } from "../sources/document.ts";
import { type HeadRead, tryHead } from "../sources/head.ts";
import type { FamilyReport } from "./family.ts";

export const SLOT_BYTES = 1024 * 1024;
/** How far a worker can be ahead of what is written: so many slots. */
export const SLOTS = 32;

export interface CrewMember {
  readonly index: number;
  readonly module: WebAssembly.Module;
  /** Files whose heads are wanted. */
  readonly paths: readonly string[];
  /** Two integers, of all members: the next of these files, the next task. */
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

/** From a worker: the heads of some files, from the one numbered `from` on. */
export interface CrewHeads {
  readonly from: number;
  readonly heads: readonly HeadRead[];
}

const headsAtOnce = 16;
const [NEXT_HEAD, NEXT_TASK] = [0, 1];

export function newNext(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** Reads the heads of the next files until there are none. */
export function* shareOfHeads(paths: readonly string[], next: Int32Array): Generator<CrewHeads, void, undefined> {
  for (;;) {
    const from = Atomics.add(next, NEXT_HEAD, headsAtOnce);
    if (from >= paths.length) return;
    yield { from, heads: paths.slice(from, from + headsAtOnce).map(tryHead) };
  }
}

/** The number of the next task. */
export function takeTask(next: Int32Array): number {
  return Atomics.add(next, NEXT_TASK, 1);
}

export function crewMember(
  index: number,
  module: WebAssembly.Module,
  paths: readonly string[],
  next: Int32Array<SharedArrayBuffer>,
): CrewMember {
  return {
    index,
    module,
    paths,
    next,
    full: new Int32Array(new SharedArrayBuffer(SLOTS * 4)),
    slots: new Uint8Array(new SharedArrayBuffer(SLOTS * SLOT_BYTES)),
  };
}
