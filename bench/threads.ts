// Threads over one folder of sessions, without a host: what the core, the bridge and the disk allow.
//
// A thread does not inherit the loader that reads TypeScript here, so its code is bundled first.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { buildSync } from "esbuild";
import { coreFile } from "./cases.ts";
import { scratch, type Family } from "./input.ts";
import type { Done, Task } from "./worker.ts";

/** Bundles `worker.ts`; answers the file. */
export function bundleWorker(): string {
  const outfile = join(scratch, `worker-${process.pid}.mjs`);
  buildSync({ entryPoints: [fileURLToPath(new URL("worker.ts", import.meta.url))], bundle: true, platform: "node", format: "esm", outfile });
  return outfile;
}

/** Bytes a second of `threads` threads over these sessions, from the start signal to the last one's end. */
export async function threadsSpeed(file: string, families: Family[], threads: number): Promise<{ bytesPerSecond: number } & Done> {
  const shared = new SharedArrayBuffer(8);
  const task: Task = { module: new WebAssembly.Module(readFileSync(coreFile)), families, shared };
  const workers = Array.from({ length: threads }, () => new Worker(file, { workerData: task }));
  await Promise.all(workers.map((worker) => once(worker, "message")));
  const ends = workers.map((worker) => once(worker, "message") as Promise<[Done]>);
  const began = process.hrtime.bigint();
  const places = new Int32Array(shared);
  Atomics.store(places, 0, 1);
  Atomics.notify(places, 0);
  const dones = (await Promise.all(ends)).map(([done]) => done);
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  await Promise.all(workers.map((worker) => worker.terminate()));
  const sum = (pick: (done: Done) => number): number => dones.reduce((total, done) => total + pick(done), 0);
  const bytes = sum((done) => done.bytes);
  return { bytesPerSecond: bytes / seconds, bytes, spans: sum((done) => done.spans), outBytes: sum((done) => done.outBytes) };
}
