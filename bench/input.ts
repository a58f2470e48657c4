// Where the measured sessions lie: made once from their seed, outside of the tree, and found again by the next run.
//
// The folder's name carries a digest of the maker's sources, so that a session of an older maker is never measured for a new one.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeSession } from "./make-session.ts";
import type { Truth } from "./session/transcript.ts";

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
  /** Null for a session that was not made here. */
  truth: Truth | null;
}

const here = dirname(fileURLToPath(import.meta.url));

export const scratch = process.env["SPANLOOM_BENCH_DIR"] ?? join(tmpdir(), "spanloom-bench");

function makerDigest(): string {
  const hash = createHash("sha256");
  const sources = ["make-session.ts", ...readdirSync(join(here, "session")).sort().map((name) => join("session", name))];
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
  return { ...familyOf(join(directory, session)), truth };
}

/** The session at `path` and what lies in the folder of its name. */
export function familyOf(path: string): Family {
  const directory = dirname(path);
  const folder = path.replace(/\.jsonl$/, "");
  const paths = [path];
  if (existsSync(folder)) {
    const below = readdirSync(folder, { recursive: true }) as string[];
    paths.push(...below.filter((name) => /(\.jsonl|\.meta\.json)$/.test(name)).sort().map((name) => join(folder, name)));
  }
  const documents = paths.map((each) => {
    const name = each === path ? basename(path) : each.slice(directory.length + 1);
    return { name, path: each, bytes: statSync(each).size };
  });
  return { directory, documents, bytes: documents.reduce((sum, document) => sum + document.bytes, 0), truth: null };
}
