// Families in a folder, grouped in a simple way: every folder that has transcripts in it is one family with all its
// sub-agents' transcripts and metadata; names are relative to it. Only reads.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import type { Input } from "./index.ts";

const wanted = /(\.jsonl|\.meta\.json)$/;

function files(path: string): string[] {
  if (statSync(path).isFile()) return wanted.test(path) ? [path] : [];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() || wanted.test(entry.name) ? files(join(path, entry.name)) : []));
}

/** The folder a file's family lives in: above `<session>/subagents/…` for a sub-agent's, its own for a transcript. */
function home(file: string): string {
  const parts = dirname(file).split("/");
  const at = parts.findIndex((part) => part === "subagents" || part.endsWith(".subagents"));
  if (at < 0) return parts.join("/");
  const session = parts[at - 1] ?? "";
  return parts.slice(0, parts[at] === "subagents" && /^[0-9a-f]{8}-/.test(session) ? at - 1 : at).join("/");
}

export interface Grouped {
  name: string;
  inputs: Input[];
}

export function families(path: string): Grouped[] {
  const groups = new Map<string, string[]>();
  for (const file of files(path)) groups.set(home(file), [...(groups.get(home(file)) ?? []), file]);
  return [...groups].map(([folder, list]) => ({
    name: folder,
    inputs: list.map((file) => ({ name: relative(folder, file) || basename(file), bytes: readFileSync(file) })),
  }));
}
