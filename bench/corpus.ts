// Everything below a folder, as people have it: many sessions, most of them small, of all versions, some of them damaged.
//
//     tsx bench/corpus.ts DIR [--rounds 9] [--json FILE]
//
// The families are those the command finds, built by its own code in this process, one thread, the output dropped: finding is
// not in the time, opening and reading are. The baseline parses each row of the same files, from memory; a row that is no JSON
// costs it an exception. Rounds are interleaved, and the first does not count.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { OpenOptions } from "../bridge/index.ts";
import { addReport, Builder, noReport, requests, type FamilyReport } from "../host-node/build/family.ts";
import { findFamilies } from "../host-node/sources/find.ts";
import { coreModule } from "../host-node/wasm.ts";
import { eachRow, timed } from "./cases.ts";
import { median, sizeName, spread, table } from "./figures.ts";
import { machine, machineLine, writeResult } from "./machine.ts";

const { values, positionals } = parseArgs({
  options: { rounds: { type: "string", default: "9" }, json: { type: "string" } },
  allowPositionals: true,
});
if (positionals.length === 0) {
  console.error("which folder? tsx bench/corpus.ts DIR");
  process.exit(2);
}

const { families, problems } = findFamilies(positionals);
// What lies in a database has no rows to parse.
const files = families.filter(({ documents }) => documents.every(({ records }) => records === undefined));
const contents = files.flatMap(({ documents }) => documents.map(({ path }) => readFileSync(path)));
const bytes = contents.reduce((sum, content) => sum + content.length, 0);
if (bytes === 0) {
  console.error("no sessions there");
  process.exit(1);
}

/** Builds every family; answers what came of it. */
function buildAll(builder: Builder): FamilyReport {
  const sum = noReport();
  const encode = requests("proto");
  for (const family of files) {
    const building = builder.build(family, encode);
    let step = building.next();
    while (!step.done) step = building.next();
    addReport(sum, step.value, 0);
  }
  return sum;
}

const rowBytes: number[] = [];
let notJson = 0;

function parseAll(): void {
  notJson = 0;
  eachRow(contents, "ndjson", (row) => {
    try {
      JSON.parse(row.toString("utf8"));
    } catch {
      notJson++;
    }
  });
}

eachRow(contents, "ndjson", (row) => rowBytes.push(row.length));
let report = noReport();
const building = (options: OpenOptions): (() => void) => {
  const builder = new Builder(coreModule(), options, 0);
  return () => (report = buildAll(builder));
};
const baseline = "JSON.parse per line";
const cases: Record<string, () => void> = {
  "files -> OTLP protobuf": building({}),
  "  read again, nothing kept": building({ keptBytes: 0 }),
  "  metadata mode": building({ content: "metadata" }),
  [baseline]: parseAll,
};
const samples = new Map<string, number[]>();
for (let round = 0; round <= Number(values.rounds); round++) {
  for (const [name, run] of Object.entries(cases)) {
    const seconds = timed(run);
    if (round > 0) samples.set(name, [...(samples.get(name) ?? []), seconds]);
  }
}

const facts = machine();
console.log(machineLine(facts));
const sizes = files.map((family) => family.bytes);
console.log(`\n${sizeName(bytes)}, ${files.length} families of ${contents.length} files; median family ${sizeName(median(sizes))}, median row ${median(rowBytes)} bytes`);
const parse = median(samples.get(baseline) as number[]);
const rows = [...samples].map(([name, seconds]) => {
  const each = median(seconds);
  return [name, (bytes / each / 1e9).toFixed(3), `${(spread(seconds) * 100).toFixed(0)} %`, (parse / each).toFixed(2), Math.round(contents.length / each).toString()];
});
console.log(table([["", "GB/s", "±", "/ JSON.parse", "files/s"], ...rows]));
const { counters, failures } = report;
console.log(`${counters.rows} rows (${counters.used} used, ${counters.skipped} skipped, ${counters.broken} broken; ${notJson} that JSON.parse refuses), ${counters.spans} spans; ${problems.length} problems, ${failures.length} failures`);
console.log(`\n${writeResult("corpus", { machine: facts, ...{ bytes, files: contents.length, families: files.length, counters, samples: Object.fromEntries(samples) } }, values.json)}`);
