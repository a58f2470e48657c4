// The core against the oracle of opencode, in the manner of ../compare.ts: over documents in memory, or files on disk.
//
// usage: tsx tests/oracle/opencode/compare.ts PATH...      each file by itself; of a folder its exports together, else each file by itself

import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import type { Profile } from "../../../bridge/index.ts";
import { run } from "../../support/core.ts";
import { between, type Difference, inWords, modes, profiles } from "../compare.ts";
import type { Input } from "../document.ts";
import type { Options } from "../index.ts";
import { build, defaults } from "./index.ts";

/** Lets both build a family, and compares. */
export function compare(inputs: Input[], given: Partial<Options> = {}): Difference[] {
  const { shape, content, agentName, resource, profile } = { ...defaults, ...given };
  const core = run(inputs, { shape, content, agentName, resource: Object.fromEntries(resource), profile: profile as Profile, formats: ["json"] });
  return between(core, build(inputs, given));
}

function read(path: string): Input {
  const bytes = readFileSync(path);
  return { name: basename(path), bytes: new Uint8Array(path.endsWith(".gz") ? gunzipSync(bytes) : bytes) };
}

/** What is told by several files together, and what by each alone. */
function families(path: string): Input[][] {
  if (statSync(path).isFile()) return [[read(path)]];
  const names = readdirSync(path).filter((name) => /\.(sse|ndjson|json)(\.gz)?$/.test(name)).sort();
  const exports = names.filter((name) => /^export[-_](?!sanitized)/.test(name));
  const alone = names.filter((name) => !exports.includes(name) && !/^(ids|messages_|session)/.test(name));
  return [...(exports.length > 0 ? [exports] : []), ...alone.map((name) => [name])].map((list) => list.map((name) => read(join(path, name))));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  let [all, differing] = [0, 0];
  for (const path of process.argv.slice(2))
    for (const inputs of families(path)) {
      all++;
      const found = [...modes, ...profiles].map((mode) => ({ mode, differences: compare(inputs, mode) })).filter(({ differences }) => differences.length > 0);
      if (found.length > 0) differing++;
      for (const { mode, differences } of found)
        console.log(`# ${path} ${inputs[0]!.name} ${Object.values(mode).join(" ") || "turns"}: ${differences.length} differences\n${inWords(differences)}\n`);
    }
  console.log(`${all - differing} of ${all} families agree`);
  if (differing > 0) process.exitCode = 1;
}
