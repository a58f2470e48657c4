// The recordings below tests/fixtures: a scenario's documents, named as a host names them, and what the model said.
//
// It reads whole files and judges nothing; PROVENANCE.md says where they come from.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Document } from "./core.ts";

/** One response of the scripted model. `label` is the beginning of the prompt; null for what the client asked on its own.
 * `finish` is null where the answer broke off. */
export interface Truth {
  label: string | null;
  step: number;
  id: string;
  model: string;
  finish: string | null;
  usage: {
    input_tokens: number;
    output_tokens: number;
    cache_read_input_tokens: number;
    cache_creation_input_tokens: number;
  };
  tools: { id: string; name: string; arguments: Record<string, unknown> }[];
}

export interface Fixture {
  /** `<client>/<scenario>` */
  name: string;
  scenario: string;
  documents: Document[];
  truth: Truth[];
}

const root = fileURLToPath(new URL("../fixtures/", import.meta.url));

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]));
}

function read(client: string, scenario: string): Fixture {
  const folder = join(root, client, scenario);
  const project = join(folder, "project");
  const documents = filesBelow(project)
    // A workflow's journal is none of the session's documents: its agents have transcripts of their own.
    .filter((file) => (file.endsWith(".jsonl") && !file.endsWith("journal.jsonl")) || file.endsWith(".meta.json"))
    .map((file) => ({ name: relative(project, file).split(sep).join("/"), bytes: new Uint8Array(readFileSync(file)) }));
  const truth = join(folder, "truth.jsonl");
  const said = existsSync(truth) ? readFileSync(truth, "utf8").split("\n").filter(Boolean) : [];
  return { name: `${client}/${scenario}`, scenario, documents, truth: said.map((line) => JSON.parse(line) as Truth) };
}

/** Every recording of a client, by name. */
export function fixtures(client = "claude-code"): Fixture[] {
  return readdirSync(join(root, client))
    .sort()
    .map((scenario) => read(client, scenario));
}

/** Every row of a fixture that is JSON, with its document's name. */
export function* rowsOf(documents: readonly Document[]): Generator<{ document: string; row: Record<string, any> }> {
  const decoder = new TextDecoder();
  for (const { name, bytes } of documents) {
    if (!name.endsWith(".jsonl")) continue;
    for (const line of decoder.decode(bytes).split("\n")) {
      if (line !== "") yield { document: name, row: JSON.parse(line) as Record<string, any> };
    }
  }
}
