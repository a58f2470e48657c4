// `npm run bless`: rewrites the goldens that differ from what is made today, and shows how each differs.
//
//   npm run bless                    all of them
//   npm run bless -- tests/abi       only those at or below a path (several may be given)
//
// It does not judge a difference: whoever blesses reads it and commits it with its cause. In CI it refuses, because there
// nobody reads.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { difference } from "../tests/support/difference.ts";
import { blessed, goldens, orphans, pathOf } from "../tests/support/goldens.ts";

const paths = process.argv.slice(2).map((path) => path.replace(/^\.\//, "").replace(/\/$/, ""));
const wanted = (file: string): boolean => paths.length === 0 || paths.some((path) => file === path || file.startsWith(`${path}/`));

function bless(): void {
  let [all, rewritten] = [0, 0];
  for (const golden of goldens().filter(({ file }) => wanted(file))) {
    all++;
    const before = blessed(golden);
    const after = golden.make();
    if (before === after) continue;
    rewritten++;
    console.log(`\n${golden.file}${before === undefined ? " is new" : `\n${difference(before, after)}`}`);
    mkdirSync(dirname(pathOf(golden)), { recursive: true });
    writeFileSync(pathOf(golden), after);
  }
  for (const file of orphans().filter(wanted)) {
    rmSync(join(fileURLToPath(new URL("..", import.meta.url)), file));
    console.log(`\n${file} is removed: its recording is gone`);
  }
  console.log(`${rewritten} of ${all} goldens rewritten`);
}

if (process.env["CI"]) {
  console.error("bless: refused, CI is set: goldens are blessed by somebody who reads the difference");
  process.exitCode = 1;
} else bless();
