// The process that holds Wasmtime: one task in, one answer out. wasmtime.ts starts it and says why it is apart.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { MailboxCore } from "./mailbox-core.ts";
import { allOutputs } from "./outputs.ts";
import type { Answer, Task } from "./wasmtime.ts";

type Wasmtime = typeof import("wasmtime");

/** The package's own version says little; the engine it was built from is what it was declared with. */
function version(): string {
  const declared = readFileSync(createRequire(import.meta.url).resolve("wasmtime/Cargo.toml"), "utf8");
  return /^wasmtime = "(.+)"$/m.exec(declared)?.[1] ?? "unknown";
}

async function perform({ Config, Engine, Instance, Module, Store }: Wasmtime, { module, recordings }: Task): Promise<Answer> {
  const engine = new Engine(new Config());
  const store = new Store(engine);
  const instance = new Instance(store, Module.fromFile(engine, module));
  const core = new MailboxCore((name) => {
    const found = instance.getFunc(store, name);
    if (found === null) throw new Error(`${name} is not exported`);
    return (...integers) => found.call(store, integers);
  });
  return { made: { version: version(), outputs: await allOutputs(core, recordings) } };
}

process.once("message", async (task: Task) => {
  let answer: Answer;
  try {
    const wasmtime = (await import("wasmtime")).default as Wasmtime;
    answer = await perform(wasmtime, task).catch((error: Error) => ({ failed: error.stack ?? error.message }));
  } catch (error) {
    answer = { missing: `the package wasmtime does not load on ${process.platform} ${process.arch}: ${(error as Error).message}` };
  }
  process.send?.(answer, () => process.disconnect());
});
