// The tools an agent calls: what it asks, what comes back to the model, and what the client keeps beside it (`toolUseResult`).
//
// Names, keys and the doubling of content (a file read stands in a row twice, an edit carries the whole old file) are those of
// client 2.1.x. Sub-agents are not here: a call that spawns one is part of the turn.

import type { Random, Spread } from "./random.ts";
import { filePath, phrase, symbol, type Library, type Piece } from "./text.ts";

export interface Call {
  name: string;
  input: unknown;
  /** Of the tool_result block. */
  content: unknown;
  /** The client's own copy. */
  result: unknown;
  /** Undefined where the client writes nothing: only Bash says so of a success. */
  isError?: boolean;
  /** How long the tool took, in milliseconds. */
  took: number;
}

/** How much a kind of content weighs, in characters: quantiles. `coarse` has big files, `fine` what most sessions have. */
export interface Grain {
  read: Spread;
  output: Spread;
  edited: Spread;
  written: Spread;
  page: Spread;
  image: Spread;
  signature: Spread;
  thought: Spread;
  answer: Spread;
  prompt: Spread;
}

export const grains: Record<string, Grain> = {
  coarse: {
    read: [600, 3_000, 7_000, 11_000, 16_000, 28_000, 80_000],
    output: [40, 400, 1_500, 4_500, 10_000, 30_000],
    edited: [2_000, 7_000, 12_000, 20_000, 40_000, 80_000],
    written: [400, 3_000, 8_000, 20_000],
    page: [1_000, 6_000, 20_000, 60_000],
    image: [10_000, 30_000, 80_000, 160_000, 320_000, 2_600_000],
    signature: [300, 800, 2_400, 6_000, 14_000],
    thought: [0, 0, 300, 1_600, 4_000],
    answer: [60, 300, 1_200, 4_000],
    prompt: [20, 80, 400, 3_000],
  },
  fine: {
    read: [120, 1_100, 3_200, 6_200, 18_000, 50_000],
    output: [10, 100, 280, 600, 2_000, 16_000],
    edited: [800, 4_000, 7_000, 11_000, 30_000],
    written: [200, 1_500, 4_000, 16_000],
    page: [600, 1_400, 6_000, 28_000],
    image: [6_000, 24_000, 60_000, 120_000, 500_000],
    signature: [200, 400, 550, 950, 4_000],
    thought: [0, 0, 0, 260, 1_300],
    answer: [30, 50, 90, 200, 1_400],
    prompt: [15, 30, 60, 140, 600],
  },
};

/** What a call may draw on. `fits` keeps a size below what the session has left. */
export interface Supply {
  random: Random;
  library: Library;
  grain: Grain;
  cwd: string;
  fits(size: number): number;
}

/** What the client tells the model after it has changed a file. */
const current = "(file state is current in your context — no need to Read it back)";

function numbered(piece: Piece, from: number): string {
  return piece.text.split("\n").map((line, index) => `${from + index}\t${line}`).join("\n");
}

function failure(name: string, input: unknown, text: string): Call {
  return { name, input, content: text, result: `Error: ${text}`, isError: true, took: 20 };
}

function bash({ random, library, grain, fits }: Supply): Call {
  const program = random.pick(["npm test", "git diff", "ls -la", "rg", "cargo build", "python3 -m pytest", "node"]);
  const command = `${program} ${filePath(random)} 2>&1 | tail -${random.between(5, 400)}`;
  const input = { command, description: phrase(random) };
  const out = library.output.take(random, fits(random.size(grain.output))).text;
  const took = random.between(30, 20_000);
  if (random.chance(0.09)) return { ...failure("Bash", input, `Exit code ${random.between(1, 2)}\n${out}`), took };
  const result = { stdout: out, stderr: "", interrupted: false, isImage: false, noOutputExpected: false };
  return { name: "Bash", input, content: out, result, isError: false, took };
}

function read({ random, library, grain, cwd, fits }: Supply): Call {
  const input = { file_path: `${cwd}/${filePath(random)}` };
  if (random.chance(0.02)) return failure("Read", input, "<tool_use_error>File does not exist. Did you mean another one?</tool_use_error>");
  const piece = library.code.take(random, fits(random.size(grain.read)));
  const from = random.chance(0.3) ? random.between(2, 1200) : 1;
  const total = from + piece.lines + (random.chance(0.5) ? 0 : 400);
  const file = { filePath: input.file_path, content: piece.text, numLines: piece.lines, startLine: from, totalLines: total };
  return { name: "Read", input, content: numbered(piece, from), result: { type: "text", file }, took: random.between(4, 60) };
}

function readImage({ random, library, grain, cwd, fits }: Supply): Call {
  const data = library.base64(random, fits(random.size(grain.image)));
  const input = { file_path: `${cwd}/shots/${random.hex(6)}.png` };
  const dimensions = { originalWidth: 1440, originalHeight: 900, displayWidth: 1440, displayHeight: 900 };
  const file = { base64: data, type: "image/png", originalSize: (data.length / 4) * 3, dimensions };
  const content = [{ type: "image", source: { type: "base64", data, media_type: "image/png" } }];
  return { name: "Read", input, content, result: { type: "image", file }, took: 80 };
}

function edit({ random, library, grain, cwd, fits }: Supply): Call {
  const filePathOf = `${cwd}/${filePath(random)}`;
  const piece = library.code.take(random, fits(random.size(grain.edited)));
  const lines = piece.text.split("\n");
  const at = random.below(Math.max(1, lines.length - 12));
  const old = lines.slice(at, at + random.between(1, 8));
  const fresh = old.map((line) => (random.chance(0.6) ? `${line} // ${symbol(random)}` : line));
  const input = { replace_all: false, file_path: filePathOf, old_string: old.join("\n"), new_string: fresh.join("\n") };
  if (random.chance(0.04)) {
    return failure("Edit", input, `<tool_use_error>String to replace not found in file.\nString: ${input.old_string}</tool_use_error>`);
  }
  const around = 3;
  const before = lines.slice(Math.max(0, at - around), at);
  const after = lines.slice(at + old.length, at + old.length + around);
  const marked = (mark: string, some: string[]): string[] => some.map((line) => mark + line);
  const hunk = [...marked(" ", before), ...marked("-", old), ...marked("+", fresh), ...marked(" ", after)];
  const start = at + 1 - before.length;
  const size = before.length + old.length + after.length;
  const result = {
    filePath: filePathOf,
    oldString: input.old_string,
    newString: input.new_string,
    originalFile: piece.text,
    structuredPatch: [{ oldStart: start, oldLines: size, newStart: start, newLines: size, lines: hunk }],
    userModified: false,
    replaceAll: false,
  };
  return { name: "Edit", input, content: `The file ${filePathOf} has been updated successfully. ${current}`, result, took: 90 };
}

function write({ random, library, grain, cwd, fits }: Supply): Call {
  const path = `${cwd}/${filePath(random)}`;
  const content = library.code.take(random, fits(random.size(grain.written))).text;
  const result = { type: "create", filePath: path, content, structuredPatch: [], originalFile: null, userModified: false };
  const input = { file_path: path, content };
  return { name: "Write", input, content: `File created successfully at: ${path} ${current}`, result, took: 60 };
}

function grep({ random, library, grain, fits }: Supply): Call {
  const found = library.output.take(random, fits(random.size(grain.output)));
  const input = { pattern: `${symbol(random)}\\(.*"`, output_mode: "content", "-n": true };
  const result = { mode: "content", numFiles: 0, filenames: [], content: found.text, numLines: found.lines };
  return { name: "Grep", input, content: found.text, result, took: 35 };
}

function glob({ random }: Supply): Call {
  const filenames = Array.from({ length: random.between(0, 60) }, () => filePath(random));
  const result = { filenames, durationMs: random.between(2, 90), numFiles: filenames.length, truncated: false };
  const content = filenames.length > 0 ? filenames.join("\n") : "No files found";
  return { name: "Glob", input: { pattern: "**/*.{ts,md}" }, content, result, took: 25 };
}

function mcp({ random, library, grain, fits }: Supply): Call {
  const name = random.pick(["mcp__browser__snapshot", "mcp__tracker__search", "mcp__database__query"]);
  const input = { query: phrase(random), limit: random.between(1, 50), options: { deep: true, fields: ["title", "body"] } };
  if (random.chance(0.06)) return failure(name, input, "MCP error -32603: connection closed");
  const block = () => ({ type: "text", text: library.output.take(random, fits(random.size(grain.output))).text });
  const blocks = Array.from({ length: random.between(1, 3) }, block);
  return { name, input, content: blocks, result: blocks, took: random.between(100, 4_000) };
}

function todo({ random }: Supply): Call {
  const entry = (done: boolean) => ({ content: phrase(random), status: done ? "completed" : "pending", activeForm: phrase(random) });
  const list = (done: number) => Array.from({ length: 6 }, (_, index) => entry(index < done));
  const oldTodos = list(2);
  const newTodos = list(3);
  const content = "Todos have been modified successfully. Please proceed with the current tasks if applicable";
  return { name: "TodoWrite", input: { todos: newTodos }, content, result: { oldTodos, newTodos }, took: 5 };
}

function fetchPage({ random, library, grain, fits }: Supply): Call {
  const input = { url: `https://docs.example.org/${symbol(random)}`, prompt: phrase(random) };
  const text = library.prose.take(random, fits(random.size(grain.page))).text;
  const result = { bytes: text.length * 3, code: 200, codeText: "OK", result: text, durationMs: 2_400, url: input.url };
  return { name: "WebFetch", input, content: text, result, took: 2_400 };
}

/** Shares of a thousand calls. */
const kinds: readonly (readonly [number, (supply: Supply) => Call])[] = [
  [400, bash],
  [290, read],
  [2, readImage],
  [130, edit],
  [60, grep],
  [35, glob],
  [30, write],
  [25, mcp],
  [16, todo],
  [10, fetchPage],
];

export function makeCall(supply: Supply): Call {
  return supply.random.share(kinds)(supply);
}
