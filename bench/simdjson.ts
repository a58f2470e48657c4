// Builds and runs the native mark, bench/native/simdjson.cpp: one program for each instruction set, each run a process of its own.
//
// Where there is no compiler, no library or no such processor it says so, and the table goes on without.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { scratch } from "./input.ts";

/** What each implementation of simdjson needs from the compiler; AVX-512 is spelled out, as few processors have all of a name. */
const flags = {
  icelake: ["-march=haswell", "-mavx512f", "-mavx512dq", "-mavx512cd", "-mavx512bw", "-mavx512vl", "-mavx512vbmi", "-mavx512vbmi2"],
  haswell: ["-march=haswell"],
  westmere: ["-march=westmere"],
};

export type Implementation = keyof typeof flags;
export const implementations = Object.keys(flags) as Implementation[];

export interface NativeResult {
  implementation: string;
  bytes: number;
  seconds: number;
  rows: number;
  broken: number;
  content: number;
}

const source = join(dirname(fileURLToPath(import.meta.url)), "native", "simdjson.cpp");

/** The program's path, or why there is none. */
export function buildSimdjson(implementation: Implementation): { program: string } | { missing: string } {
  const digest = createHash("sha256").update(readFileSync(source)).update(flags[implementation].join()).digest("hex").slice(0, 8);
  const program = join(scratch, `simdjson-${implementation}-${digest}`);
  if (!existsSync(program)) {
    mkdirSync(scratch, { recursive: true });
    const args = ["-std=c++17", "-O3", "-DNDEBUG", ...flags[implementation], "-o", program, source, "-lsimdjson"];
    const built = spawnSync("g++", args, { encoding: "utf8" });
    if (built.error !== undefined) return { missing: "not installed: no g++" };
    if (/simdjson\.h: No such|-lsimdjson/.test(built.stderr)) return { missing: "not installed: no libsimdjson-dev" };
    if (built.status !== 0) return { missing: firstLine(built.stderr) };
  }
  // An empty list of rows tells whether the processor has the instructions.
  const probe = spawnSync(program, ["envelope", "1", "/dev/null"], { encoding: "utf8" });
  if (probe.signal === "SIGILL") return { missing: "this processor has no such instructions" };
  if (probe.status !== 0) return { missing: firstLine(probe.stderr) };
  const { implementation: real } = JSON.parse(probe.stdout) as NativeResult;
  return real === implementation ? { program } : { missing: `the library built ${real} instead` };
}

function firstLine(text: string): string {
  return text.split("\n").find((line) => line.includes("error")) ?? "did not run";
}

export function runSimdjson(program: string, mode: "envelope" | "content", passes: number, paths: readonly string[]): NativeResult {
  const run = spawnSync(program, [mode, String(passes), ...paths], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`${program} ended with ${run.status ?? run.signal}: ${run.stderr}`);
  return JSON.parse(run.stdout) as NativeResult;
}
