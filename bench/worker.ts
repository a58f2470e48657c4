// A thread of the worker measurement: one instance of its own over a module that all share, taking one session after the
// other until none is left. It waits for the start signal, so that starting is not measured. `threads.ts` starts it.

import { parentPort, workerData } from "node:worker_threads";
import { instantiateCore } from "../bridge/index.ts";
import type { Family } from "./input.ts";
import { encodeFamily, fileSources, readFamily } from "./pipeline.ts";

export interface Task {
  module: WebAssembly.Module;
  families: Family[];
  /** Two 32-bit places: the start signal, and the next session to take. */
  shared: SharedArrayBuffer;
}

export interface Done {
  bytes: number;
  outBytes: number;
  spans: number;
}

const { module, families, shared } = workerData as Task;
const [START, NEXT] = [0, 1];
const places = new Int32Array(shared);
const core = instantiateCore(module);
const done: Done = { bytes: 0, outBytes: 0, spans: 0 };

function build(family: Family): void {
  const sources = fileSources(family);
  readFamily(core, sources);
  const outcome = encodeFamily(core, sources);
  for (const source of sources) source.close();
  done.bytes += family.bytes;
  done.outBytes += outcome.bytes;
  done.spans += outcome.spans;
}

// Once before, so that the code is compiled.
build(families[0] as Family);
Object.assign(done, { bytes: 0, outBytes: 0, spans: 0 });
parentPort?.postMessage("ready");
Atomics.wait(places, START, 0);
for (;;) {
  const family = families[Atomics.add(places, NEXT, 1)];
  if (family === undefined) break;
  build(family);
}
parentPort?.postMessage(done);
