// Finds the core beside the bundle, or in dist/ when the sources run as they are, and compiles it.
// At once and synchronously: the engine compiles functions as they are first called, which takes about a millisecond.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Up to so many bytes of input the optimising compiler costs more time than its code saves. */
export const SMALL_BUILD = 8 * 1024 * 1024;

function corePath(): string {
  const beside = join(import.meta.dirname, "core.wasm");
  return existsSync(beside) ? beside : join(import.meta.dirname, "../dist/core.wasm");
}

let compiled: WebAssembly.Module | undefined;

/** The core's module, compiled once a process. */
export function coreModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(corePath()));
  return compiled;
}

/**
 * Lets functions of the core run longer before the engine optimises them; to be called before a small build in a process
 * that ends with it. Optimising in the background takes half the time of such a build from a busy machine.
 */
export async function deferOptimising(): Promise<void> {
  // A setting of V8 that these versions are known to have; another would complain on standard error.
  const version = Number(process.versions.v8?.split(".")[0]);
  if (!(version >= 11 && version <= 13)) return;
  const { setFlagsFromString } = await import("node:v8");
  setFlagsFromString("--wasm-tiering-budget=50000000");
}
