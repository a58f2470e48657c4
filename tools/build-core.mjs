// Compiles the core to dist/: one module with SIMD, one without, from the same sources, as asconfig.json says. Then wasm-opt makes it smaller.
//
// Each module is written aside and renamed, so whoever loads the core meanwhile gets the old one or the new one.
// It does not judge the result: sizes have their own gate, exports and imports have tests.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { top, upToDate } from "./source-files.mjs";

const modules = { release: "dist/core.wasm", scalar: "dist/core-scalar.wasm" };
// The lock file stands for the compiler's version.
const inputs = ["assembly", "asconfig.json", "package-lock.json", "tools/ascii.mjs", "tools/build-core.mjs"];

/** What the compiler lets the module use; wasm-opt wants to hear it again. */
const features = ["mutable-globals", "sign-ext", "nontrapping-float-to-int", "bulk-memory", "simd"];

/**
 * wasm-opt would put every function with one caller into it, however large. A function of thousands of blocks costs the
 * engine's first compiler memory for all its locals at each of them: of a small build's page faults, a quarter.
 */
const largestInlined = 175;

function run(script, args) {
  return new Promise((resolve, reject) => {
    spawn(process.execPath, [join("node_modules", script), ...args], { cwd: top, stdio: "inherit" })
      .on("error", reject)
      .on("close", (code) => resolve(code === 0));
  });
}

/**
 * Compiles one module for speed, then makes it smaller where that costs none. In the order of their names, functions of one file stand together,
 * and what is alike compresses: a fiftieth of the module, more than short numbers for what is called often. Names are needed for that alone.
 */
async function compile(target, outFile) {
  const aside = `${outFile}.${process.pid}`;
  const wasmOpt = (...passes) => run("binaryen/bin/wasm-opt", [aside, ...passes, ...features.map((feature) => `--enable-${feature}`), "--output", aside]);
  const inlining = ["--one-caller-inline-max-function-size", String(largestInlined)];
  const done =
    (await run("assemblyscript/bin/asc.js", ["--config", "asconfig.json", "--target", target, "--transform", "./tools/ascii.mjs", "--debug", "--outFile", aside])) &&
    (await wasmOpt("--debuginfo", "-Oz", "--converge", ...inlining, "--reorder-functions-by-name")) &&
    (await wasmOpt("--strip-debug"));
  if (done) renameSync(join(top, aside), join(top, outFile));
  else rmSync(join(top, aside), { force: true });
  return done;
}

/** True if neither module is older than what it is made from. */
export function coreIsCurrent() {
  return upToDate(Object.values(modules), inputs);
}

/** True if both modules are there when it is done. */
export async function buildCore({ force = false } = {}) {
  if (!existsSync(join(top, "assembly/index.ts"))) {
    console.log("core: skipped, assembly/index.ts does not exist yet");
    return true;
  }
  const targets = Object.entries(modules).filter(([, outFile]) => force || !upToDate([outFile], inputs));
  mkdirSync(join(top, "dist"), { recursive: true });
  const compiled = await Promise.all(targets.map(([target, outFile]) => compile(target, outFile)));
  const failed = targets.filter((_, index) => !compiled[index]).map(([target]) => target);
  if (failed.length > 0) console.error(`core: ${failed.join(" and ")} did not compile`);
  return failed.length === 0;
}
