// On what a figure was measured, to stand beside it. It measures nothing.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

export interface Machine {
  date: string;
  processor: string;
  threads: number;
  memoryBytes: number;
  node: string;
  v8: string;
  /** Of the last minute: more than one means that somebody else was working. */
  load: number;
}

export function machine(): Machine {
  return {
    date: new Date().toISOString(),
    processor: cpus()[0]?.model ?? "unknown",
    threads: availableParallelism(),
    memoryBytes: totalmem(),
    node: process.versions.node,
    v8: process.versions.v8,
    load: loadavg()[0] as number,
  };
}

export function machineLine({ processor, threads, node, load }: Machine): string {
  const busy = load > 1 ? " (others were working: ratios may hold, speeds do not)" : "";
  return `${processor}, ${threads} threads, Node ${node}, load ${load.toFixed(2)}${busy}`;
}

/** A module's weight, and which build it was. */
export function moduleFacts(file: string): { bytes: number; gzip: number; sha256: string } | null {
  if (!existsSync(file)) return null;
  const bytes = readFileSync(file);
  return { bytes: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Writes a result to `file`, or into bench/results under its date; answers where. */
export function writeResult(kind: string, result: { machine: Machine }, file?: string): string {
  const results = join(dirname(fileURLToPath(import.meta.url)), "results");
  const path = file ?? join(results, `${kind}-${result.machine.date.replace(/[:.]/g, "-")}.json`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
  return path;
}
