// Starts processes that write state (child.ts), kills them at instants that a seed chooses, and gathers what they said
// was accepted.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { random } from "../support/random.ts";

// Bundled once: a process that first translates its sources is killed doing only that.
const folder = mkdtempSync(join(tmpdir(), "spanloom-child-"));
const program = join(folder, "child.mjs");
buildSync({
  entryPoints: [fileURLToPath(new URL("child.ts", import.meta.url))],
  outfile: program,
  bundle: true,
  platform: "node",
  format: "esm",
});
const running = new Set<ChildProcess>();
after(() => {
  // Those of a test that failed.
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

export class Child {
  readonly #process: ChildProcess;
  readonly #ended: Promise<number | null>;
  #said = "";
  #heard: () => void = () => {};

  constructor(home: string, what: string, name: string) {
    const args = [program, home, what, name];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#process = child;
    running.add(child);
    child.stdin.on("error", () => {});
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#said += text;
      this.#heard();
    });
    this.#ended = new Promise((resolve, reject) => {
      child.on("error", reject).on("close", (code) => {
        running.delete(child);
        resolve(code);
        this.#heard();
      });
    });
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** Lets it go on by one. */
  step(): void {
    this.#process.stdin?.write(".");
  }

  async hasSaid(lines: number): Promise<void> {
    while (this.accepted.length < lines) {
      if (!running.has(this.#process)) throw new Error(`a child ended after ${this.accepted.length} of ${lines} lines`);
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
  }

  /** Kills it so many milliseconds after it first said something. */
  async kill(after: number): Promise<void> {
    await this.hasSaid(1);
    await new Promise((resolve) => setTimeout(resolve, after));
    this.#process.kill("SIGKILL");
    await this.#ended;
  }

  /** The lines it said, whole ones. */
  get accepted(): string[] {
    return this.#said.split("\n").slice(0, -1);
  }
}

/** Two children at a time, each killed within some milliseconds, as often as `rounds` says. */
export async function killed(home: string, what: string, rounds: number, seed: number): Promise<Child[]> {
  const next = random(seed);
  const all: Child[] = [];
  for (let round = 0; round < rounds; round++) {
    const pair = ["a", "b"].map((name) => new Child(home, what, `${name}${round.toString(16)}f`));
    all.push(...pair);
    await Promise.all(pair.map((child) => child.kill(next() * 40)));
  }
  return all;
}
