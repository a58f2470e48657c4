// The core in Wasmtime: joined with the mailbox, because this host can neither import nor see memory, and run in a process of
// its own, because it ends the process for many a thing another host would throw.

import { type ChildProcess, execFile, fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Engine, EngineMissing, type Made } from "./engine.ts";
import type { Recording } from "./outputs.ts";

/** To the process: the file of the joined module, and what to run it over. */
export interface Task {
  module: string;
  recordings: readonly Recording[];
}

/** From the process. */
export type Answer = { made: Made } | { missing: string } | { failed: string };

const merge = fileURLToPath(new URL("../../node_modules/binaryen/bin/wasm-merge", import.meta.url));
const mailbox = fileURLToPath(new URL("mailbox.wat", import.meta.url));
const processFile = fileURLToPath(new URL("wasmtime-process.ts", import.meta.url));
// What the core was compiled with; wasm-merge refuses what it is not told of.
const features = ["simd", "bulk-memory", "sign-ext", "nontrapping-float-to-int", "mutable-globals"];

/** Writes the core with the mailbox's functions beside its own; answers the file. */
async function joinMailbox(core: Uint8Array, folder: string): Promise<string> {
  const [alone, joined] = [join(folder, "core.wasm"), join(folder, "joined.wasm")];
  writeFileSync(alone, core);
  const args = [merge, alone, "core", mailbox, "mailbox", "-o", joined, ...features.map((name) => `--enable-${name}`)];
  await promisify(execFile)(process.execPath, args);
  return joined;
}

/** What the process answers; if it ends without an answer, what it said when it ended. */
function answer(child: ChildProcess, task: Task): Promise<Answer> {
  return new Promise((resolve) => {
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.on("message", (message) => resolve(message as Answer));
    child.on("error", (error) => resolve({ failed: error.message }));
    child.on("close", (code, signal) => resolve({ failed: `it ended by ${signal ?? `exit ${code}`}: ${said.trim()}` }));
    child.send(task);
  });
}

export const wasmtime: Engine = {
  name: "wasmtime",
  async make(core, recordings) {
    const folder = mkdtempSync(join(tmpdir(), "spanloom-engines-"));
    const child = fork(processFile, {
      execArgv: ["--import", "tsx"],
      serialization: "advanced",
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    });
    try {
      const said = await answer(child, { module: await joinMailbox(core, folder), recordings });
      if ("missing" in said) throw new EngineMissing(said.missing);
      if ("failed" in said) throw new Error(`wasmtime: ${said.failed}`);
      return said.made;
    } finally {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
