// What the main thread and its workers share: which heads are to be read next, which task is next. Output passes in slots:
// a worker fills one, hands it over and goes on with the next; the main thread writes it out and hands it back. So little
// is allocated while they work, and a worker far ahead of its turn waits for a slot.
//
// A slot is seen by one thread at a time: copying into memory that several see takes the engine five times as long.

import type { Encoding, OpenOptions } from "../../bridge/index.ts";
import type { Family } from "../sources/document.ts";
import { type HeadRead, tryHead } from "../sources/head.ts";
import { addReport, Builder, type FamilyReport, noReport, requests } from "./family.ts";

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
  /** One integer: how many slots were handed back. */
  readonly returned: Int32Array<SharedArrayBuffer>;
}

export interface CrewOrders {
  readonly tasks: readonly (readonly Family[])[];
  readonly options: OpenOptions;
  readonly encoding: Encoding;
  readonly mostBroken: number;
}

/** From a worker: a slot with some output of a task; with a report, the last of it. The slot itself is what goes back. */
export interface CrewOutput {
  readonly worker: number;
  readonly task: number;
  readonly slot: ArrayBuffer;
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

/** Some output of a task, good until the next is asked for; with a report, the last of it. */
export interface Piece {
  readonly task: number;
  /** Empty between long stretches of work, so that whoever takes pieces can look about. */
  readonly bytes: Uint8Array;
  readonly report?: FamilyReport;
}

const [newline, nothing] = [Uint8Array.of(10), new Uint8Array(0)];

/** Takes the next task until there is none, and builds its families. */
export function* shareOfTasks(module: WebAssembly.Module, next: Int32Array, orders: CrewOrders): Generator<Piece, void, undefined> {
  const { tasks, options, encoding, mostBroken } = orders;
  const builder = new Builder(module, options, mostBroken);
  const encode = requests(encoding);
  for (;;) {
    const task = Atomics.add(next, NEXT_TASK, 1);
    const families = tasks[task];
    if (families === undefined) return;
    const sum = noReport();
    for (const family of families) {
      const building = builder.build(family, encode);
      let step = building.next();
      for (; !step.done; step = building.next()) {
        yield { task, bytes: step.value };
        if (encoding === "json" && step.value.length > 0) yield { task, bytes: newline };
      }
      addReport(sum, step.value, mostBroken);
    }
    yield { task, bytes: nothing, report: sum };
  }
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
    returned: new Int32Array(new SharedArrayBuffer(4)),
  };
}
