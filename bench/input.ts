// Where the measured sessions lie: made once from their seed, outside of the tree, and found again by the next run.
//
// The folder's name carries a digest of the maker's sources, so that a session of an older maker is never measured for a new one.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeSession } from "./make-session.ts";
import { makeStream } from "./make-stream.ts";
import type { Truth } from "./session/transcript.ts";
import type { Form, StreamTruth, View } from "./stream/server.ts";

export interface Document {
  /** Relative to the folder of the session: the same on every machine. */
  name: string;
  path: string;
  bytes: number;
}

export interface Family {
  directory: string;
  /** The session itself first, then its agents. */
  documents: Document[];
  /** Of all documents. */
  bytes: number;
  /** What its rows stand in: lines, or Server-Sent Events. */
  form: Form;
  /** What the core has to count; null for what was not made here. */
  truth: Expected | null;
}

/** Counters of the core, by their names. */
export type Expected = Partial<Record<"rows" | "copies" | "turns" | "responses" | "calls" | "agents" | "spans" | "inputTokens" | "outputTokens", number>>;

const here = dirname(fileURLToPath(import.meta.url));

export const scratch = process.env["SPANLOOM_BENCH_DIR"] ?? join(tmpdir(), "spanloom-bench");

function makerDigest(): string {
  const hash = createHash("sha256");
  const below = ["session", "stream"].flatMap((folder) => readdirSync(join(here, folder)).sort().map((name) => join(folder, name)));
  const sources = ["make-session.ts", "make-stream.ts", ...below];
  for (const source of sources) hash.update(readFileSync(join(here, source)));
  return hash.digest("hex").slice(0, 8);
}

/** The folder of that name, filled by `make` now if no earlier run has left it. */
function made(name: string, make: (directory: string) => void): string {
  const directory = join(scratch, `${name}-${makerDigest()}`);
  if (existsSync(directory)) return directory;
  // Made aside and renamed, so that an interrupted run leaves nothing that looks whole.
  const aside = `${directory}.${process.pid}`;
  rmSync(aside, { recursive: true, force: true });
  make(aside);
  renameSync(aside, directory);
  return directory;
}

/** A folder of many sessions of so many bytes each. */
export function madeFolder(bytes: number, seed: number, files: number): string {
  return made(`folder-${bytes}-${seed}-${files}`, (directory) => {
    for (let file = 0; file < files; file++) makeSession({ seed: seed + file, bytes, directory });
  });
}

/** A session of so many bytes. */
export function madeFamily(bytes: number, seed: number, grain: string): Family {
  const directory = made(`${grain}-${bytes}-${seed}`, (aside) => void makeSession({ seed, bytes, grain, directory: aside }));
  const session = readdirSync(directory).find((name) => name.endsWith(".jsonl")) as string;
  const truth = JSON.parse(readFileSync(join(directory, session.replace(/jsonl$/, "truth.json")), "utf8")) as Truth;
  const family = familyOf(join(directory, session));
  // A metadata file is one row of a document of its own.
  return { ...family, truth: { rows: truth.rows + family.documents.length - truth.transcripts, ...spansOf(truth, truth.calls) } };
}

/** An event stream of so many bytes. */
export function madeStream(bytes: number, seed: number, grain: string, view: View, form: Form): Family {
  const directory = made(`${view}-${form}-${grain}-${bytes}-${seed}`, (aside) => void makeStream({ seed, bytes, grain, view, form, directory: aside }));
  const truth = JSON.parse(readFileSync(join(directory, `${view}.truth.json`), "utf8")) as StreamTruth;
  const family = familyOf(join(directory, `${view}.${form}`));
  return { ...family, form, truth: { rows: truth.rows, copies: truth.copies, ...spansOf(truth, truth.calls + truth.agents) } };
}

/** Spans and tokens; a call that spawns an agent is the agent's span. */
function spansOf({ turns, responses, agents, inputTokens, outputTokens }: Truth | StreamTruth, calls: number): Expected {
  return { turns, responses, calls: calls - agents, agents, spans: turns + responses + calls, inputTokens, outputTokens };
}

/** The session at `path` and what lies in the folder of its name. */
export function familyOf(path: string): Family {
  const directory = dirname(path);
  const folder = path.replace(/\.jsonl$/, "");
  const paths = [path];
  if (folder !== path && existsSync(folder)) {
    const below = readdirSync(folder, { recursive: true }) as string[];
    paths.push(...below.filter((name) => /(\.jsonl|\.meta\.json)$/.test(name)).sort().map((name) => join(folder, name)));
  }
  const documents = paths.map((each) => {
    const name = each === path ? basename(path) : each.slice(directory.length + 1);
    return { name, path: each, bytes: statSync(each).size };
  });
  return { directory, documents, bytes: documents.reduce((sum, document) => sum + document.bytes, 0), form: "ndjson", truth: null };
}
