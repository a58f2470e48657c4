// Writes down what V8 compiles of the program while it builds the sample, for host-node/cli/start.ts to begin with.
//
// Run as a process of its own (`buildCodeCache`), because the program sets flags, ends its process and counts on a fresh engine, and V8
// refuses code that was made under other flags.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import v8 from "node:v8";
import { Script } from "node:vm";
import { top } from "./source-files.mjs";

const file = join(top, "dist/program.cjs");
const code = join(top, "dist/program.code");
const formats = ["otlp-proto", "otlp-json", "tree"];

async function write() {
  const scratch = mkdtempSync(join(tmpdir(), "spanloom-code-"));
  const argv = ["build", join(top, "samples/claude-code"), "-o", join(scratch, "output"), "--quiet", "--format"];
  try {
    // Flags are part of what V8 compares.
    v8.setFlagsFromString = () => {};
    let ended;
    process.exit = (status) => (ended = status);
    const text = readFileSync(file, "latin1");
    const script = new Script(text, { filename: file });
    const program = script.runInThisContext();
    for (const format of formats) {
      process.argv = [process.execPath, file, ...argv, format];
      ended = undefined;
      program(createRequire(file), join(top, "dist"));
      while (ended === undefined) await new Promise((resolve) => setImmediate(resolve));
      if (ended !== 0) return;
    }
    const aside = `${code}.${process.pid}`;
    writeFileSync(aside, text.slice(0, text.indexOf("\n") + 1), "latin1");
    writeFileSync(aside, script.createCachedData(), { flag: "a" });
    renameSync(aside, code);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** True if the code was written, or there is no program it could be made of. */
export function buildCodeCache() {
  rmSync(code, { force: true });
  if (!existsSync(file) || !existsSync(join(top, "dist/core.wasm"))) return Promise.resolve(true);
  const { NODE_OPTIONS: _, ...env } = process.env;
  return new Promise((resolve, reject) => {
    spawn(process.execPath, [fileURLToPath(import.meta.url)], { cwd: top, stdio: "inherit", env })
      .on("error", reject)
      .on("close", (status) => resolve(status === 0));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await write();
