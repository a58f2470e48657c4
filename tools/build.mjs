// `npm run build`: the core, the bundles and their declarations into dist/, what V8 makes of the program, then what each weighs.
//
// The core is compiled again only when it is older than its sources; `--force` compiles it anyway.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildBundles, buildTypes } from "./build-bundles.mjs";
import { buildCodeCache } from "./code-cache.mjs";
import { buildCore } from "./build-core.mjs";
import { top } from "./source-files.mjs";

function printSizes() {
  const dist = join(top, "dist");
  if (!existsSync(dist)) return;
  for (const name of readdirSync(dist).filter((file) => /\.(wasm|c?js|code)$/.test(file)).sort()) {
    const bytes = readFileSync(join(dist, name));
    const zipped = gzipSync(bytes, { level: 9 }).length;
    console.log(`  ${name.padEnd(18)}${String(bytes.length).padStart(9)} bytes ${String(zipped).padStart(9)} gzip`);
  }
}

const done = await Promise.all([buildCore({ force: process.argv.includes("--force") }), buildBundles(), buildTypes()]);
done.push(await buildCodeCache());
printSizes();
if (done.includes(false)) process.exitCode = 1;
