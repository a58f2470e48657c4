// Bundles what the package publishes, so that it depends on nothing at run time and starts as fast as Node does.
//
// The entries are data. One that does not exist is skipped and said so. It does not check types.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { writeNotices } from "./notices.mjs";
import { top } from "./source-files.mjs";

const node = { platform: "node", target: "node20" };
// Node has `import.meta.dirname` since 20.11.
const folder = 'import { fileURLToPath as pathOf } from "node:url";\nconst moduleFolder = pathOf(new URL(".", import.meta.url));';
const library = {
  ...node,
  format: "esm",
  define: { "import.meta.dirname": "moduleFolder" },
  banner: { js: folder },
};
/** CommonJS has its loader at hand; to ask Node for it costs every start some of its time. */
const ownLoader = {
  name: "own loader",
  setup: (build) => {
    build.onResolve({ filter: /^node:module$/ }, ({ path }) => ({ path, namespace: "own loader" }));
    build.onLoad({ filter: /.*/, namespace: "own loader" }, () => ({ contents: "export const createRequire = () => require;" }));
  },
};
// The command is CommonJS: Node's loader of ES modules, and every `import()`, would cost milliseconds at each start.
const commonJs = {
  ...node,
  format: "cjs",
  supported: { "dynamic-import": false },
  // A library as modules can be bundled in part, and one of them only like that (jsonc-parser).
  mainFields: ["module", "main"],
  define: { "import.meta.dirname": "__dirname" },
  plugins: [ownLoader],
};
const command = { ...commonJs, banner: { js: "#!/usr/bin/env node" } };
// One function, for the command to compile and call (host-node/cli/start.ts).
const program = {
  ...commonJs,
  charset: "ascii",
  banner: { js: '(function (require, __dirname) {\n"use strict";' },
  footer: { js: "})" },
};
/** Loaded by the program when it is asked for one of them; beside it, so under the name it has there. */
const commandsApart = {
  name: "commands apart",
  setup: (build) => build.onResolve({ filter: /^\.\/commands\.ts$/ }, () => ({ path: "./commands.cjs", external: true })),
};
/**
 * What the libraries for proxies ask for and nobody needs: one to be known to a proxy by way of the system, and one that
 * would print a proxy's address with its password.
 */
const leftOut = {
  "proxy-agent-negotiate": "export const createNegotiateAuth = undefined;",
  debug: "export default () => () => {};",
};
const lean = {
  name: "lean",
  setup: (build) => {
    const filter = new RegExp(`^(${Object.keys(leftOut).join("|")})$`);
    build.onResolve({ filter }, ({ path }) => ({ path, namespace: "left out" }));
    build.onLoad({ filter: /.*/, namespace: "left out" }, ({ path }) => ({ contents: leftOut[path] }));
  },
};
const browser = { platform: "browser", target: "es2022", format: "esm" };

const bundles = [
  { from: "host-node/cli/start.ts", to: "dist/cli.cjs", options: command, mode: 0o755 },
  { from: "host-node/cli/main.ts", to: "dist/program.cjs", options: { ...program, plugins: [ownLoader, commandsApart] }, stamped: true },
  { from: "host-node/cli/commands.ts", to: "dist/commands.cjs", options: { ...commonJs, plugins: [ownLoader, lean] } },
  { from: "host-node/hook/main.ts", to: "dist/hook.cjs", options: commonJs },
  { from: "host-node/sources/opencode/reader.ts", to: "dist/opencode.cjs", options: commonJs },
  { from: "host-node/build/worker.ts", to: "dist/worker.cjs", options: commonJs },
  { from: "host-node/index.ts", to: "dist/index.js", options: library },
  { from: "bridge/index.ts", to: "dist/browser.js", options: browser },
];

/** What a bundled library reads at run time. */
const libraryFiles = [["node-sqlite3-wasm/dist/node-sqlite3-wasm.wasm", "node-sqlite3-wasm.wasm"]];

/** Answers the files that went into it; nothing if it was not written. */
async function bundle({ from, to, options, mode = 0o644, stamped = false }) {
  if (!existsSync(join(top, from))) {
    // What an older tree left here must not pass for this one.
    rmSync(join(top, to), { force: true });
    console.log(`${to}: skipped, ${from} does not exist yet`);
    return [];
  }
  try {
    const result = await build({
      absWorkingDir: top,
      entryPoints: [from],
      outfile: to,
      bundle: true,
      charset: "utf8",
      legalComments: "eof",
      logLevel: "warning",
      write: false,
      metafile: true,
      ...options,
    });
    const aside = join(top, `${to}.${process.pid}`);
    const { contents, text } = result.outputFiles[0];
    writeFileSync(aside, stamped ? `// ${createHash("sha256").update(contents).digest("hex")}\n${text}` : contents);
    chmodSync(aside, mode);
    renameSync(aside, join(top, to));
    const taken = Object.values(result.metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
    return taken.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  } catch (error) {
    // esbuild has already said what is wrong in the sources; anything else is ours.
    if (!Array.isArray(error.errors)) throw error;
    console.error(`${to}: not bundled`);
    return undefined;
  }
}

/** True if every bundle whose entry exists was written. */
export async function buildBundles() {
  const dist = join(top, "dist");
  mkdirSync(dist, { recursive: true });
  // All of dist/ is published, so a bundle that has changed its name must not stay.
  const ours = new Set(bundles.map(({ to }) => join(top, to)));
  for (const name of readdirSync(dist)) if (/\.c?js$/.test(name) && !ours.has(join(dist, name))) rmSync(join(dist, name));
  for (const [from, to] of libraryFiles) copyFileSync(join(top, "node_modules", from), join(dist, to));
  const written = await Promise.all(bundles.map(bundle));
  if (written.includes(undefined)) return false;
  writeNotices(written.flat());
  return true;
}

/** Declarations beside the bundles; whether the types are right is the business of `npm run typecheck`. */
export function buildTypes() {
  if (!existsSync(join(top, "bridge/index.ts")) || !existsSync(join(top, "host-node/index.ts"))) {
    console.log("dist/types: skipped, an entry does not exist yet");
    return Promise.resolve(true);
  }
  const tsc = join("node_modules", "typescript", "bin", "tsc");
  return new Promise((resolve, reject) => {
    spawn(process.execPath, [tsc, "-p", "tsconfig.types.json"], { cwd: top, stdio: "inherit" })
      .on("error", reject)
      .on("close", (code) => resolve(code === 0));
  });
}
