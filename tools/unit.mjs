// `npm run unit`: the specs of the core, compiled to WebAssembly and run by as-pect.
//
//   npm run unit                                    every spec
//   npm run unit -- tests/unit/bytes                the specs below a path
//   npm run unit -- --coverage assembly/bytes/*.ts  and what of these files they reached
//
// as-pect compiles each spec on its own, prints how many tests passed of how many, and colours it all; this file turns
// that into two numbers. A spec that does not compile ends the whole run without numbers, which counts as one failure.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { patchAsPect } from "./patch-as-pect.mjs";
import { filesBelow, top } from "./source-files.mjs";

const folder = "tests/unit";

/** The specs at or below any of these paths; all of them if no path is given. */
export function specs(paths = []) {
  return filesBelow(join(top, folder))
    .filter((file) => file.endsWith(".spec.ts"))
    .map((file) => `${folder}/${file}`)
    .filter((file) => paths.length === 0 || paths.some((path) => file === path || file.startsWith(`${path}/`)));
}

function asPect(entries, coverage) {
  const env = { ...process.env, SPANLOOM_UNIT: entries.join(","), SPANLOOM_COVERAGE: coverage.join(",") };
  const asp = join("node_modules", "@as-pect", "cli", "bin", "asp.js");
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [asp, "--verbose"], { cwd: top, env, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
    child.on("error", reject).on("close", (code) => resolve({ code, said }));
  });
}

/** Without colours, and without the banner, which no flag takes away. */
function plain(said) {
  const text = said.replace(/\u001b\[[0-9;]*m/g, "");
  const start = text.indexOf("ASC Version");
  return start < 0 ? text : text.slice(start);
}

/** Runs these specs; says all there is if something failed, one line a spec otherwise. */
export async function runUnit(entries, coverage = []) {
  patchAsPect();
  if (entries.length === 0) {
    console.log("unit: no specs");
    return { passed: 0, failed: 0 };
  }
  const { code, said } = await asPect(entries, coverage);
  const text = plain(said);
  const [, passed, total] = (/\[Tests\]:\s*(\d+)\s*\/\s*(\d+)/.exec(text) ?? [0, 0, 0]).map(Number);
  // A trap outside any test fails the run while every test counted has passed.
  const failed = Math.max(total - passed, code === 0 ? 0 : 1);
  if (failed > 0 || coverage.length > 0) console.log(text.trimEnd());
  else for (const [, file, count] of text.matchAll(/\[File\]: (.+)\n[^]*?\[Summary\]: (\d+) pass/g)) console.log(`${file}: ${count}`);
  return { passed, failed };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  const covered = args.indexOf("--coverage");
  const paths = covered < 0 ? args : args.slice(0, covered);
  const { passed, failed } = await runUnit(specs(paths), covered < 0 ? [] : args.slice(covered + 1));
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}
