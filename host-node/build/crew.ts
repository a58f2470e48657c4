// What the main thread and its workers say to each other. Bytes travel by transfer; who takes which task, and how much
// of a worker's output waits to be written, stand in shared integers, so that a worker needs no turn of an event loop.

import type { Encoding, OpenOptions } from "../../bridge/index.ts";
import type { Family } from "../sources/document.ts";
import type { FamilyReport } from "./family.ts";

/** Shared integers: the next task, then for each worker the bytes it has sent that are not yet written. */
export const NEXT_TASK = 0;
export const FIRST_WAITING = 1;
/** A worker with more than this unwritten waits. The worker whose turn it is never does: its bytes are written at once. */
export const MOST_WAITING = 32 * 1024 * 1024;
/** Output is gathered to about this size before it is sent. */
export const CHUNK_BYTES = 1024 * 1024;

export interface CrewMember {
  readonly index: number;
  readonly module: WebAssembly.Module;
  readonly shared: Int32Array<SharedArrayBuffer>;
}

export interface CrewOrders {
  readonly tasks: readonly (readonly Family[])[];
  readonly options: OpenOptions;
  readonly encoding: Encoding;
  readonly mostBroken: number;
}

/** From a worker: some output of a task; with a report, the last of it. */
export interface CrewOutput {
  readonly worker: number;
  readonly task: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly report?: FamilyReport;
}
