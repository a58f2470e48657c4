// What a user waits for: whole processes of the built command, started cold.
//
//     tsx bench/process.ts [--only start,hook,workers,memory,growth,module] [--rounds 15] [--files 200 --file-bytes 1m] [--largest 1g] [--seed 7] [--json FILE]
//
// Everything here runs dist/cli.cjs (or dist/hook.cjs) as a process of its own and writes its output to a file, except
// where it says "in process". It needs `npm run build` and, for the largest session, about twice its size on the disk.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { instantiateCore } from "../bridge/index.ts";
import { coreFile, scalarFile, timed } from "./cases.ts";
import { exponent, median, sizeName, spread, table } from "./figures.ts";
import { hookFile, withHome, withHookCases } from "./hook.ts";
import { familyOf, madeFamily, madeFolder, scratch, type Family } from "./input.ts";
import { machine, machineLine, moduleFacts, writeResult } from "./machine.ts";
import { parseSize } from "./make-session.ts";
import { encodeFamily, fileSources, readFamily } from "./pipeline.ts";
import { bundleWorker, threadsSpeed } from "./threads.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "start,hook,workers,memory,growth,module" },
    rounds: { type: "string", default: "15" },
    files: { type: "string", default: "200" },
    "file-bytes": { type: "string", default: "1m" },
    largest: { type: "string", default: "1g" },
    seed: { type: "string", default: "7" },
    json: { type: "string" },
  },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed);
const largest = parseSize(values.largest);
const cli = fileURLToPath(new URL("../dist/cli.cjs", import.meta.url));
const output = join(scratch, `output-${process.pid}`);

for (const file of [cli, hookFile, coreFile]) {
  if (existsSync(file)) continue;
  console.error(`${file} is not built: npm run build`);
  process.exit(1);
}
mkdirSync(scratch, { recursive: true });

function build(input: string, ...more: string[]): string[] {
  return [cli, "build", input, "-o", output, "--format", "otlp-proto", "--quiet", ...more];
}

// Certificates of one's own would be read at the start of every Node, as long as all the rest of it takes.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

/** Seconds a process takes from its start to its end; `input` is what it reads on standard input. */
function processSeconds(args: readonly string[], input = "", more: Record<string, string> = {}): number {
  // A file system may write out a file that takes the place of another before it goes on.
  rmSync(output, { force: true });
  let status: number | null = null;
  let said = "";
  const seconds = timed(() => {
    const run = spawnSync(process.execPath, args, { encoding: "utf8", env: { ...env, ...more }, input });
    status = run.status;
    said = run.stderr;
  });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${said}`);
  return seconds;
}

/** Two things in turn, again and again: A B A B. The first pair warms the page cache and is dropped. */
function inTurn(times: number, a: () => number, b: () => number): { a: number[]; b: number[]; differences: number[] } {
  const result = { a: [] as number[], b: [] as number[], differences: [] as number[] };
  for (let round = 0; round <= times; round++) {
    const [first, second] = [a(), b()];
    if (round === 0) continue;
    result.a.push(first);
    result.b.push(second);
    result.differences.push(first - second);
  }
  return result;
}

const ms = (seconds: number): string => `${(seconds * 1000).toFixed(1)} ms`;

function start(): object {
  const { documents } = madeFamily(1e6, seed, "coarse");
  const path = documents[0]?.path as string;
  const { a, b, differences } = inTurn(rounds, () => processSeconds(build(path)), () => processSeconds(["-e", "0"]));
  const more = median(differences);
  const pairs = `median of ${rounds} pairs, ± ${ms(spread(differences) * more)}`;
  console.log(`build of 1 MB ${ms(median(a))}, node -e 0 ${ms(median(b))}: ${ms(more)} more (${pairs})`);
  return { build: a, node: b, differences };
}

async function hook(): Promise<object> {
  const results = await withHookCases(seed, (cases) =>
    cases.map(({ name, input, env: more }) => {
      const run = (): number => withHome((home) => processSeconds([hookFile], input, { ...home, ...more }));
      const { a, b, differences } = inTurn(rounds, run, () => processSeconds(["-e", "0"], input));
      const difference = median(differences);
      const pairs = `median of ${rounds} pairs, ± ${ms(spread(differences) * difference)}`;
      console.log(`hook, ${name}: ${ms(median(a))}, node -e 0 ${ms(median(b))}: ${ms(difference)} more (${pairs})`);
      return { name, hook: a, node: b, differences };
    }),
  );
  return { results };
}

async function workers(): Promise<object> {
  const files = Number(values.files);
  const bytes = parseSize(values["file-bytes"]);
  const folder = madeFolder(bytes, seed, files);
  const families = readdirSync(folder).filter((name) => name.endsWith(".jsonl")).map((name) => familyOf(join(folder, name)));
  const thread = bundleWorker();
  const core = { one: [] as number[], two: [] as number[] };
  for (let round = 0; round < 5; round++) {
    core.one.push((await threadsSpeed(thread, families, 1)).bytesPerSecond);
    core.two.push((await threadsSpeed(thread, families, 2)).bytesPerSecond);
  }
  rmSync(thread);
  const speed = (list: number[]): string => `${(median(list) / 1e9).toFixed(2)} GB/s`;
  const times = (more: number[], less: number[]): string => `${(median(more) / median(less)).toFixed(2)} times`;
  console.log(`${files} sessions of ${sizeName(bytes)}, core and bridge: one thread ${speed(core.one)}, two ${speed(core.two)}: ${times(core.two, core.one)}`);
  const command = inTurn(5, () => processSeconds(build(folder, "--workers", "1")), () => processSeconds(build(folder, "--workers", "2")));
  console.log(`the whole command: --workers 1 ${ms(median(command.a))}, --workers 2 ${ms(median(command.b))}: ${times(command.a, command.b)}`);
  return { core, command: { one: command.a, two: command.b } };
}

/** Peak resident size of the command, in bytes. */
function peak(path: string): number {
  const time = "/usr/bin/time";
  if (existsSync(time)) {
    const { stderr, status } = spawnSync(time, ["-v", process.execPath, ...build(path)], { encoding: "utf8" });
    const found = /Maximum resident set size \(kbytes\): (\d+)/.exec(stderr);
    if (status === 0 && found !== null) return Number(found[1]) * 1024;
  }
  // The process says it of itself when it ends.
  const report = `process.on("exit", () => process.stderr.write("maxRSS " + process.resourceUsage().maxRSS + "\\n"))`;
  const { stderr } = spawnSync(process.execPath, ["--import", `data:text/javascript,${report}`, ...build(path)], { encoding: "utf8" });
  const found = /maxRSS (\d+)/.exec(stderr);
  if (found === null) throw new Error(`no peak in: ${stderr}`);
  return Number(found[1]) * 1024;
}

function memory(): object {
  const sizes = [1e6, 100e6, largest].filter((size, index, all) => all.indexOf(size) === index);
  const peaks = sizes.map((size) => ({ size, bytes: peak(madeFamily(size, seed, "coarse").documents[0]?.path as string) }));
  for (const { size, bytes } of peaks) console.log(`peak resident size, ${sizeName(size)}: ${(bytes / 1e6).toFixed(0)} MB`);
  return { peaks };
}

function inProcessSeconds(family: Family): number {
  const core = instantiateCore(readFileSync(coreFile));
  const sources = fileSources(family);
  const passes = Math.max(1, Math.round(25e6 / family.bytes));
  const pass = (): void => {
    for (let count = 0; count < passes; count++) {
      readFamily(core, sources);
      encodeFamily(core, sources);
    }
  };
  pass();
  const seconds = median([1, 2, 3, 4, 5].map(() => timed(pass) / passes));
  for (const source of sources) source.close();
  return seconds;
}

function growth(): object {
  const sizes = [1e6, 10e6, 100e6, 1e9].filter((size) => size <= largest);
  const node = median([1, 2, 3, 4, 5].map(() => processSeconds(["-e", "0"])));
  const points = sizes.map((size) => {
    const family = madeFamily(size, seed, "coarse");
    const path = family.documents[0]?.path as string;
    processSeconds(build(path));
    const fresh = median([1, 2, 3].map(() => processSeconds(build(path))));
    return { size, bytes: family.bytes, inProcess: inProcessSeconds(family), fresh, written: statSync(output).size };
  });
  const speed = (bytes: number, seconds: number): string => (bytes / seconds / 1e9).toFixed(2);
  const rows = points.map(({ size, bytes, inProcess, fresh, written }) => [
    ...[sizeName(size), ms(inProcess), speed(bytes, inProcess)],
    ...[ms(fresh), ms(fresh - node), speed(bytes, fresh), `${(written / 1e6).toFixed(1)} MB`],
  ]);
  console.log(table([["", "in process", "GB/s", "fresh", "less node", "GB/s", "written"], ...rows]));
  const exponents = {
    inProcess: exponent(points.map(({ bytes, inProcess }) => [bytes, inProcess])),
    fresh: exponent(points.map(({ bytes, fresh }) => [bytes, fresh])),
    freshLessNode: exponent(points.map(({ bytes, fresh }) => [bytes, Math.max(fresh - node, 1e-4)])),
  };
  const [inProcess, fresh, less] = [exponents.inProcess, exponents.fresh, exponents.freshLessNode].map((power) => power.toFixed(3));
  console.log(`time grows with size to the power of ${inProcess} in process, ${fresh} fresh, ${less} fresh less node's own start`);
  return { node, points, exponents };
}

function modules(): object {
  const facts = { core: moduleFacts(coreFile), scalar: moduleFacts(scalarFile) };
  for (const [name, fact] of Object.entries(facts)) if (fact !== null) console.log(`${name}: ${fact.bytes} bytes, ${fact.gzip} gzip`);
  return facts;
}

const parts: Record<string, () => object | Promise<object>> = { start, hook, workers, memory, growth, module: modules };
const facts = machine();
console.log(machineLine(facts));
const results: Record<string, object> = {};
for (const name of values.only.split(",")) {
  const part = parts[name];
  if (part === undefined) throw new Error(`no such part: ${name}; there are ${Object.keys(parts).join(", ")}`);
  results[name] = await part();
}
rmSync(output, { force: true });
console.log(`\n${writeResult("process", { machine: facts, ...{ seed, results } }, values.json)}`);
