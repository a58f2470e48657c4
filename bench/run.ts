// `npm run bench`: speeds side by side, in one run, over the same made sessions.
//
//     npm run bench -- [--size 100m[,10m...]] [--rounds 7] [--seed 7] [--grain coarse|fine] [--only TEXT] [--json FILE]
//     npm run bench -- --session PATH.jsonl
//     npm run bench -- --stream global|event [--form sse|ndjson]      event streams of opencode in place of sessions
//
// The rounds are interleaved: every case once, then every case again, so that a machine that drifts drifts for all. The
// first round warms up and is dropped, and each run has one before it that does not count. The baseline is JSON.parse of
// each line, which builds no output at all.

import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { baseline, coreFile, makeCases, pipeline, scalarFile, type Made } from "./cases.ts";
import { median, sizeName, spread, table } from "./figures.ts";
import { familyOf, madeFamily, madeStream, type Expected, type Family } from "./input.ts";
import { machine, machineLine, moduleFacts, writeResult } from "./machine.ts";
import { parseSize } from "./make-session.ts";
import { forms, views } from "./stream/server.ts";

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "1m,10m,100m" },
    rounds: { type: "string", default: "7" },
    seed: { type: "string", default: "7" },
    grain: { type: "string", default: "coarse" },
    session: { type: "string" },
    stream: { type: "string" },
    form: { type: "string", default: "sse" },
    only: { type: "string" },
    json: { type: "string" },
  },
});

// Garbage of one case must not be collected in the next one's time.
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

interface Line {
  name: string;
  missing?: string;
  bytesPerSecond?: number;
  spread?: number;
  seconds?: number[];
}

function measure(family: Family, rounds: number): { lines: Line[]; made: Made | null } {
  // About 25 MB a run at least: long against the clock, short against patience.
  const { list, made, close } = makeCases(family, Math.max(1, Math.round(25e6 / family.bytes)));
  const chosen = list.filter(({ name }) => values.only === undefined || name.includes(values.only));
  const samples = new Map<string, number[]>();
  for (let round = 0; round <= rounds; round++) {
    for (const each of chosen) {
      if ("missing" in each) continue;
      // The case before has driven this one's bytes and code out of the caches, and an idle page may have left memory:
      // a run before the run brings them back.
      if (round > 0 && !each.ownWarmUp) each.run();
      collect();
      const seconds = each.run();
      if (round > 0) samples.set(each.name, [...(samples.get(each.name) ?? []), seconds]);
    }
  }
  close();
  const lines = chosen.map((each): Line => {
    if ("missing" in each) return each;
    const seconds = samples.get(each.name) as number[];
    return { name: each.name, bytesPerSecond: family.bytes / median(seconds), spread: spread(seconds), seconds };
  });
  return { lines, made: made.last };
}

function report(lines: readonly Line[]): string {
  const speedOf = (test: (name: string) => boolean): number | undefined => {
    const speeds = lines.flatMap(({ name, bytesPerSecond: speed }) => (test(name) && speed !== undefined ? [speed] : []));
    return speeds.length > 0 ? Math.max(...speeds) : undefined;
  };
  const marks: [string, number | undefined][] = [
    ["/ JSON.parse", speedOf((name) => name === baseline)],
    ["/ split+parse", speedOf((name) => name.startsWith("readFile"))],
    ["/ simdjson", speedOf((name) => name.startsWith("simdjson") && name.endsWith("content"))],
    ["/ memcpy", speedOf((name) => name.startsWith("memcpy"))],
  ];
  const rows = lines.map(({ name, missing, bytesPerSecond: speed, spread: wide }) => {
    if (speed === undefined) return [`${name}: ${missing}`];
    const ratios = marks.map(([, mark]) => (mark === undefined ? "-" : (speed / mark).toFixed(2)));
    return [name, (speed / 1e9).toFixed(3), `${((wide ?? 0) * 100).toFixed(0)} %`, ...ratios];
  });
  return table([["", "GB/s", "±", ...marks.map(([name]) => name)], ...rows]);
}

/** Says whether what was measured was also right. */
function compare(family: Family, { outcome, counters, memoryBytes }: Made): string[] {
  const { rows, used, skipped, broken } = counters;
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const said = [
    `${rows} rows (${used} used, ${skipped} skipped, ${broken} broken), ${outcome.spans} spans;`,
    `${outcome.requests} requests of ${megabytes(outcome.bytes)} together;`,
    `${outcome.needs} second readings of ${megabytes(outcome.suppliedBytes)}; memory of the core ${megabytes(memoryBytes)}`,
  ];
  const { truth } = family;
  if (truth === null) return said;
  const counted = { ...counters, copies: counters.skippedBy.copy };
  for (const name of Object.keys(truth) as (keyof Expected)[]) {
    if (counted[name] !== truth[name]) said.push(`NOT RIGHT: ${counted[name]} ${name}, there are ${truth[name]}`);
  }
  return said;
}

function make(bytes: number): Family {
  const [seed, view, form] = [Number(values.seed), views.find((each) => each === values.stream), forms.find((each) => each === values.form)];
  if (values.stream === undefined) return madeFamily(bytes, seed, values.grain);
  if (view === undefined || form === undefined) throw new Error(`a stream is ${views.join(" or ")}, its form ${forms.join(" or ")}`);
  return madeStream(bytes, seed, values.grain, view, form);
}

const facts = machine();
const modules = { core: moduleFacts(coreFile), scalar: moduleFacts(scalarFile) };
console.log(machineLine(facts));
if (modules.core === null) console.log("dist/core.wasm is not built (npm run build): only what needs no core is measured");
const families = values.session !== undefined ? [familyOf(values.session)] : values.size.split(",").map((size) => make(parseSize(size)));
const results = families.map((family) => {
  const { lines, made } = measure(family, Number(values.rounds));
  console.log(`\n${sizeName(family.bytes)}, ${family.documents.length} documents; median of ${values.rounds}`);
  console.log(report(lines));
  if (made !== null) for (const line of compare(family, made)) console.log(line);
  const core = lines.find((line) => line.name === pipeline)?.bytesPerSecond;
  const parse = lines.find((line) => line.name === baseline)?.bytesPerSecond;
  if (core !== undefined && parse !== undefined) console.log(`${(core / parse).toFixed(1)} times as fast as ${baseline}`);
  return { bytes: family.bytes, documents: family.documents.length, truth: family.truth, lines, made };
});
console.log(`\n${writeResult("run", { machine: facts, ...{ grain: values.grain, seed: values.seed, modules, results } }, values.json)}`);
