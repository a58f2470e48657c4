// The recordings of opencode below tests/fixtures: what each reading of a scenario consists of, and what the model said.
//
// It reads whole files (gzipped ones, too) and judges nothing; PROVENANCE.md says where they come from.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { Document } from "./core.ts";

/** One response of the scripted model, with usage as its provider counts. */
export interface OpencodeTruth {
  label: string | null;
  step: number;
  id: string;
  model: string;
  finish: string | null;
  usage: {
    prompt_tokens: number;
    completion_tokens: number;
    total_tokens: number;
    prompt_tokens_details: { cached_tokens: number };
    completion_tokens_details: { reasoning_tokens: number };
  };
  tools: { id: string; name: string; arguments: unknown }[];
}

export interface OpencodeFixture {
  scenario: string;
  /** All files but the truth, whole, without `.gz` in their names. */
  files: Document[];
  /** Each of them alone tells the scenario: `events`, `global`, `exports`, and `run` of a run that printed its events. */
  readings: Map<string, Document[]>;
  truth: OpencodeTruth[];
}

const root = fileURLToPath(new URL("../fixtures/opencode/", import.meta.url));

const readings: [string, RegExp][] = [
  ["events", /^events\.sse$/],
  ["global", /^global\.sse$/],
  ["exports", /^export-.*\.json$/],
  ["run", /^run.*\.ndjson$/],
];

function read(scenario: string): OpencodeFixture {
  const all = readdirSync(join(root, scenario))
    .sort()
    .map((file): Document => {
      const bytes = readFileSync(join(root, scenario, file));
      return { name: file.replace(/\.gz$/, ""), bytes: new Uint8Array(file.endsWith(".gz") ? gunzipSync(bytes) : bytes) };
    });
  const files = all.filter(({ name }) => name !== "truth.jsonl");
  const told = readings.map(([name, pattern]): [string, Document[]] => [name, files.filter((file) => pattern.test(file.name))]);
  const said = new TextDecoder().decode(all.find(({ name }) => name === "truth.jsonl")!.bytes);
  return {
    scenario,
    files,
    readings: new Map(told.filter(([, documents]) => documents.length > 0)),
    truth: said.split("\n").filter(Boolean).map((line) => JSON.parse(line) as OpencodeTruth),
  };
}

/** Every recording of opencode, by name. */
export function opencodeFixtures(): OpencodeFixture[] {
  return readdirSync(root).sort().map(read);
}
