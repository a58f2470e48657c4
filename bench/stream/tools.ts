// The tools of opencode: what a call is given, what it says while it runs, what comes back.
//
// Keys and the doubling of content (a file read stands in its part twice, the output of a command too, a file written in every write
// of its part) are those of client 1.18.x. Sub-agents are not here: a call that spawns one is part of the turn.

import type { Grain } from "../session/calls.ts";
import type { Random } from "../session/random.ts";
import { filePath, phrase, symbol, type Library } from "../session/text.ts";
import { directory, type Json } from "./server.ts";

export interface Call {
  tool: string;
  input: Json;
  /** The `metadata` of each time that the part is written again while it runs. */
  progress: Json[];
  /** Undefined if it failed. */
  output?: string;
  metadata?: Json;
  title: string;
  error?: string;
  /** How long it took, in milliseconds. */
  took: number;
  /** What it did to a file. */
  diff?: Json;
}

/** What a call may draw on. `fits` keeps a size below what the stream has left. */
export interface Supply {
  random: Random;
  library: Library;
  grain: Grain;
  fits(size: number): number;
}

/** What a tool gives back at most, and what a command is seen to have said while it runs. */
const OUTPUT_LIMIT = 50_000;
const PREVIEW_LIMIT = 30_000;

function failure(tool: string, input: Json, error: string): Call {
  return { tool, input, progress: [], title: "", error, took: 20 };
}

function bash({ random, library, grain, fits }: Supply): Call {
  const program = random.pick(["npm test", "git diff", "ls -la", "rg", "cargo build", "python3 -m pytest", "node"]);
  const command = `${program} ${filePath(random)} 2>&1 | tail -${random.between(5, 400)}`;
  const input = { command, description: phrase(random) };
  const output = library.output.take(random, Math.min(OUTPUT_LIMIT, fits(random.size(grain.output)))).text;
  // its part is written when it begins, and again whenever it has said more
  const writes = random.size([1, 1, 2, 3, 5, 14]);
  const progress: Json[] = [{ output: "" }];
  for (let write = 1; write <= writes; write++) progress.push({ output: output.slice(0, Math.floor((output.length * write) / writes)).slice(-PREVIEW_LIMIT) });
  const metadata = { output: output.slice(-PREVIEW_LIMIT), exit: random.chance(0.09) ? 1 : 0, truncated: false };
  return { tool: "bash", input, progress, output, metadata, title: command, took: random.between(30, 20_000) };
}

function read({ random, library, grain, fits }: Supply): Call {
  const path = filePath(random);
  const input = { filePath: `${directory}/${path}` };
  if (random.chance(0.02)) return failure("read", input, `File not found: ${input.filePath}`);
  const { text, lines } = library.code.take(random, Math.min(OUTPUT_LIMIT, fits(random.size(grain.read))));
  const rows = text.split("\n");
  const numbered = rows.map((line, index) => `${index + 1}: ${line}`).join("\n");
  const output = `<path>${input.filePath}</path>\n<type>file</type>\n<content>\n${numbered}\n\n(End of file - total ${lines} lines)\n</content>`;
  const display = { type: "file", path: input.filePath, text, lineStart: 1, lineEnd: lines, totalLines: lines, truncated: false };
  const metadata = { preview: rows.slice(0, 20).join("\n"), truncated: false, loaded: [], display };
  return { tool: "read", input, progress: [], output, metadata, title: path, took: random.between(4, 160) };
}

function edit({ random, library, fits }: Supply): Call {
  const path = filePath(random);
  const lines = library.code.take(random, fits(1_600)).text.split("\n");
  const at = random.below(Math.max(1, lines.length - 12));
  const old = lines.slice(at, at + random.between(1, 8));
  const fresh = old.map((line) => (random.chance(0.6) ? `${line} // ${symbol(random)}` : line));
  const input = { filePath: `${directory}/${path}`, oldString: old.join("\n"), newString: fresh.join("\n") };
  if (random.chance(0.04)) {
    return failure("edit", input, "Could not find oldString in the file. It must match exactly, including whitespace, indentation, and line endings.");
  }
  const around = 4;
  const before = lines.slice(Math.max(0, at - around), at);
  const after = lines.slice(at + old.length, at + old.length + around);
  const marked = (mark: string, some: string[]): string[] => some.map((line) => mark + line);
  const size = before.length + old.length + after.length;
  const hunk = [`@@ -${at + 1},${size} +${at + 1},${size} @@`, ...marked(" ", before), ...marked("-", old), ...marked("+", fresh), ...marked(" ", after)];
  const head = [`Index: ${input.filePath}`, "=".repeat(67), `--- ${input.filePath}`, `+++ ${input.filePath}`];
  const patch = `${[...head, ...hunk].join("\n")}\n`;
  const counts = { additions: fresh.length, deletions: old.length };
  const metadata = { diagnostics: {}, diff: patch, filediff: { file: input.filePath, patch, ...counts }, truncated: false };
  const diff = { file: path, patch, ...counts, status: "modified" };
  return { tool: "edit", input, progress: [], output: "Edit applied successfully.", metadata, title: path, took: 90, diff };
}

function write({ random, library, grain, fits }: Supply): Call {
  const path = filePath(random);
  const content = library.code.take(random, fits(random.size(grain.written))).text;
  const input = { filePath: `${directory}/${path}`, content };
  const metadata = { diagnostics: {}, filepath: input.filePath, exists: false, truncated: false };
  return { tool: "write", input, progress: [], output: "Wrote file successfully.", metadata, title: path, took: 60 };
}

function grep({ random, library, grain, fits }: Supply): Call {
  const input = { pattern: `${symbol(random)}\\(.*"`, path: directory };
  const found = library.output.take(random, Math.min(OUTPUT_LIMIT, fits(random.size(grain.output))));
  const metadata = { matches: found.lines, truncated: false };
  return { tool: "grep", input, progress: [], output: `Found ${found.lines} matches\n${found.text}`, metadata, title: input.pattern, took: 35 };
}

function glob({ random }: Supply): Call {
  const files = Array.from({ length: random.between(0, 60) }, () => `${directory}/${filePath(random)}`);
  const output = files.length > 0 ? files.join("\n") : "No files found";
  return { tool: "glob", input: { pattern: "**/*.{ts,md}" }, progress: [], output, metadata: { count: files.length, truncated: false }, title: "", took: 25 };
}

function todowrite({ random }: Supply): Call {
  const todos = Array.from({ length: 6 }, (_, index) => ({ content: phrase(random), status: index < 2 ? "completed" : "pending", priority: "high" }));
  return { tool: "todowrite", input: { todos }, progress: [], output: JSON.stringify(todos, null, 2), metadata: { todos, truncated: false }, title: "4 todos", took: 5 };
}

function webfetch({ random, library, grain, fits }: Supply): Call {
  const input = { url: `https://docs.example.org/${symbol(random)}`, format: "markdown" };
  const output = library.prose.take(random, fits(random.size(grain.page))).text;
  return { tool: "webfetch", input, progress: [], output, metadata: { truncated: false }, title: `${input.url} (text/html)`, took: 2_400 };
}

/** Shares of a thousand calls: as the made sessions of Claude Code have them. */
const kinds: readonly (readonly [number, (supply: Supply) => Call])[] = [
  [405, bash],
  [300, read],
  [130, edit],
  [65, grep],
  [38, glob],
  [30, write],
  [20, todowrite],
  [12, webfetch],
];

export function makeCall(supply: Supply): Call {
  return supply.random.share(kinds)(supply);
}
