// `npm run fuzz`: tries changed recordings for a minute, or as long as it is told, and keeps what fails.
//
//   npm run fuzz -- [--seconds 60 | --inputs 100000] [--seed N] [--workers 2] [--keep FOLDER]
//   npm run fuzz -- --only SEED        one input: what is wrong with it, and where the smaller one was kept
//   npm run fuzz -- --file FILE        a kept input again
//
// Exits with 1 if anything failed. `npm run build` first: it tries the core in dist/.

import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { check, type Failure } from "./check.ts";
import { type Kept, read, restore, write } from "./kept.ts";
import { seedsOf } from "./inputs.ts";
import { pool, type Summary } from "./pool.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string" },
    inputs: { type: "string" },
    seed: { type: "string" },
    workers: { type: "string", default: "2" },
    only: { type: "string" },
    file: { type: "string" },
    keep: { type: "string", default: join(tmpdir(), "spanloom-fuzz") },
  },
});

function number(text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new Error(`${text} is no whole number from ${least}`);
  return value;
}

const indented = (text: string): string => text.replace(/^/gm, "    ");

function report(seed: number, failures: readonly Failure[], kept: Kept | undefined): void {
  if (!kept) return;
  const file = write(values.keep, `${failures[0]!.kind}-${seed}`, kept);
  console.log(
    `\nseed ${seed}: ${failures.map(({ kind, what }) => `${kind} (${what})`).join("; ")}\n${indented(kept.found)}\n    kept as ${file}`,
  );
}

function close({ inputs, compared, withSpans, failing, causes }: Summary, seconds: number): void {
  const of = (kind: string): number => [...causes].reduce((sum, [cause, times]) => sum + (cause.startsWith(`${kind}:`) ? times : 0), 0);
  const each = ["trap", "refused", "hang", "output", "lost", "cutting", "difference", "oracle"].map((kind) => `${kind} ${of(kind)}`);
  for (const [cause, times] of [...causes].sort((a, b) => b[1] - a[1])) console.log(`${String(times).padStart(6)}  ${cause}`);
  console.log(
    `${inputs} inputs in ${seconds.toFixed(0)} s, ${withSpans} with spans, ${compared} compared with the oracle; ${failing} failing (${each.join(", ")})`,
  );
  if (failing > 0) process.exitCode = 1;
}

if (values.file !== undefined) {
  const { failures } = check(restore(read(values.file)));
  console.log(
    failures.length === 0 ? "nothing is wrong with it" : failures.map(({ kind, words }) => `${kind}\n${indented(words)}`).join("\n"),
  );
  if (failures.length > 0) process.exitCode = 1;
} else {
  const run = values.seed === undefined ? Date.now() >>> 0 : number(values.seed, 0);
  const most = values.only !== undefined ? 1 : values.inputs === undefined ? Infinity : number(values.inputs, 1);
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const long = most === Infinity || values.seconds !== undefined ? number(values.seconds ?? "60", 1) : Infinity;
  if (values.only === undefined) console.log(`seed ${run}`);
  let [started, said] = [0, 0];
  const summary = await pool({
    seeds: values.only === undefined ? seedsOf(run) : [number(values.only, 0)].values(),
    more: () => started++ < most && seconds() < long,
    workers: values.only === undefined ? number(values.workers, 1) : 1,
    onFailure: report,
    onProgress: ({ inputs, failing }) => {
      if (seconds() < said + 15) return;
      said = seconds();
      console.log(`${said.toFixed(0)} s: ${inputs} inputs, ${failing} failing`);
    },
  });
  close(summary, seconds());
}
