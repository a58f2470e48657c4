// A failing input as a file: readable where it is text, exact where it is not.
//
// Rows stand as lines of a list, so that a difference of two versions shows which row it is.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "../support/core.ts";
import type { Client, Failure, FuzzInput } from "./check.ts";

interface KeptDocument {
  name: string;
  rows?: string[];
  /** Of bytes that are not UTF-8. */
  base64?: string;
}

export interface Kept extends Omit<FuzzInput, "client" | "documents"> {
  /** Claude Code, if it is not said. */
  client?: Client;
  /** What was wrong, in words. */
  found: string;
  /** The seed it was made of, before it was made smaller. */
  seed?: number;
  documents: KeptDocument[];
}

function keepDocument({ name, bytes }: Document): KeptDocument {
  const text = Buffer.from(bytes).toString("utf8");
  return Buffer.from(text).equals(bytes) ? { name, rows: text.split("\n") } : { name, base64: Buffer.from(bytes).toString("base64") };
}

export function keep({ client, documents, options, window, shuffle }: FuzzInput, failures: readonly Failure[], seed?: number): Kept {
  const found = failures.map(({ kind, words }) => `${kind}: ${words}`).join("\n");
  return { found, ...(seed === undefined ? {} : { seed }), client, options, window, shuffle, documents: documents.map(keepDocument) };
}

export function restore({ client = "claude-code", documents, options, window, shuffle }: Kept): FuzzInput {
  const restored = documents.map(({ name, rows, base64 }) => ({
    name,
    bytes: base64 === undefined ? Buffer.from((rows ?? []).join("\n")) : Buffer.from(base64, "base64"),
  }));
  return { client, documents: restored, options, window, shuffle };
}

export function write(folder: string, name: string, kept: Kept): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`);
  return file;
}

export function read(file: string): Kept {
  return JSON.parse(readFileSync(file, "utf8")) as Kept;
}

/** Every kept input of a folder, by name. */
export function keptIn(folder: string): { name: string; kept: Kept }[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort();
  return files.map((name) => ({ name: name.replace(/\.json$/, ""), kept: read(join(folder, name)) }));
}
