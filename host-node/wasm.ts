// Finds the core beside the bundle, or in dist/ when the sources run as they are, and compiles it.
// At once and synchronously: the engine compiles functions as they are first called, which takes about a millisecond.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

function corePath(): string {
  const beside = fileURLToPath(new URL("./core.wasm", import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL("../dist/core.wasm", import.meta.url));
}

let compiled: WebAssembly.Module | undefined;

/** The core's module, compiled once a process. */
export function coreModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(corePath()));
  return compiled;
}
