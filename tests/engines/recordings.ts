// What the engines are compared over: the recordings of both clients, grouped into families as the library groups them.
//
// Of opencode every scenario is there in every way it was told (streams, exports, what a run printed) but `two-hundred`: it is one turn two
// hundred times, and half of all bytes. Wasmtime is handed its input in words of eight bytes, so that bytes are what costs here.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findFamilies } from "../../host-node/sources/find.ts";
import { fixtures } from "../support/fixture.ts";
import { opencodeFixtures } from "../support/opencode.ts";
import type { Recording } from "./outputs.ts";

/** A family, and the files that the library makes it of. */
export interface Recorded extends Recording {
  paths: string[];
}

/** What the library builds at a time: a folder of several sessions is several families. */
function familiesIn(folder: string, name: string): Recorded[] {
  const { families } = findFamilies([folder]);
  return families.map(({ documents }, at) => ({
    name: families.length > 1 ? `${name} ${at + 1}` : name,
    paths: documents.map(({ path }) => path),
    documents: documents.map(({ name: called, path }) => ({ name: called, bytes: new Uint8Array(readFileSync(path)) })),
  }));
}

function ofClaudeCode(): Recorded[] {
  const project = (scenario: string): string => fileURLToPath(new URL(`../fixtures/claude-code/${scenario}/project`, import.meta.url));
  return fixtures().flatMap(({ scenario }) => familiesIn(project(scenario), scenario));
}

/** Each reading lies in a folder of its own, unpacked, below one that is gone when the process is. */
function ofOpencode(): Recorded[] {
  const top = mkdtempSync(join(tmpdir(), "spanloom-engines-"));
  process.on("exit", () => rmSync(top, { recursive: true, force: true }));
  return opencodeFixtures()
    .filter(({ scenario }) => scenario !== "two-hundred")
    .flatMap(({ scenario, readings }) =>
      [...readings].flatMap(([reading, documents]) => {
        const folder = join(top, scenario, reading);
        mkdirSync(folder, { recursive: true });
        for (const { name, bytes } of documents) writeFileSync(join(folder, name), bytes);
        return familiesIn(folder, `opencode ${scenario}, ${reading}`);
      }),
    );
}

export const recorded = (): Recorded[] => [...ofClaudeCode(), ...ofOpencode()];
