// Makes large sessions of Claude Code 2.1.x out of a seed: the same seed and size give the same bytes on every machine.
//
//     tsx bench/make-session.ts --size 100m --seed 7 --out DIR [--files N] [--grain coarse|fine]
//
// Beside each session stands `<session>.truth.json` with what was really written: turns, responses, calls, agents, tokens.
// It makes well-formed sessions; damage (torn rows, bad escapes) is the fuzzer's business.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { grains } from "./session/calls.ts";
import { Random } from "./session/random.ts";
import { Scene } from "./session/scene.ts";
import { Story } from "./session/story.ts";
import { Library } from "./session/text.ts";
import { Clock, type Client, type Truth } from "./session/transcript.ts";

export interface SessionOptions {
  seed: number;
  /** Of the session and its sub-agents' transcripts together. */
  bytes: number;
  directory: string;
  grain?: string;
}

export interface MadeSession {
  /** The session's own transcript; sub-agents are in the folder of the same name without the ending. */
  path: string;
  truth: Truth;
}

export function makeSession({ seed, bytes, directory, grain: name = "coarse" }: SessionOptions): MadeSession {
  const grain = grains[name];
  if (grain === undefined) throw new Error(`no such grain: ${name}; there are ${Object.keys(grains).join(", ")}`);
  mkdirSync(directory, { recursive: true });
  const random = new Random(seed);
  const library = new Library(random);
  const client: Client = {
    sessionId: random.uuid(),
    cwd: "/home/dev/project",
    gitBranch: random.pick(["main", "develop", "fix/größe"]),
    model: random.pick(["claude-opus-4-8", "claude-sonnet-4-6"]),
  };
  const truth: Truth = {
    seed, bytes: 0, rows: 0, longestRow: 0, transcripts: 0, turns: 0, responses: 0, calls: 0, agents: 0,
    failedCalls: 0, compactions: 0, interrupts: 0, apiErrors: 0, inputTokens: 0, outputTokens: 0,
  };
  const clock = new Clock(Date.UTC(2026, 2, 2, 8, 0, 0));
  new Story(new Scene(random, library, grain, client, clock, truth, bytes, directory)).tell();
  const path = join(directory, `${client.sessionId}.jsonl`);
  writeFileSync(join(directory, `${client.sessionId}.truth.json`), `${JSON.stringify(truth, null, 2)}\n`);
  return { path, truth };
}

/** "100k", "1m", "1g" or plain bytes; powers of ten, as disks and LIMITS count. */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([kmg]?)b?$/i.exec(text);
  if (match === null) throw new Error(`not a size: ${text}`);
  const unit = { "": 1, k: 1e3, m: 1e6, g: 1e9 }[(match[2] as string).toLowerCase() as "" | "k" | "m" | "g"];
  return Math.round(Number(match[1]) * unit);
}

function main(): void {
  const { values } = parseArgs({
    options: {
      size: { type: "string" },
      seed: { type: "string", default: "7" },
      out: { type: "string" },
      files: { type: "string", default: "1" },
      grain: { type: "string", default: "coarse" },
    },
  });
  if (values.size === undefined || values.out === undefined) {
    throw new Error("usage: make-session --size 100m --out DIR [--seed 7] [--files N] [--grain coarse|fine]");
  }
  for (let file = 0; file < Number(values.files); file++) {
    const made = makeSession({ seed: Number(values.seed) + file, bytes: parseSize(values.size), directory: values.out, grain: values.grain });
    console.log(made.path);
    if (Number(values.files) === 1) console.log(JSON.stringify(made.truth, null, 2));
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) main();
