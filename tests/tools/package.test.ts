// What is published: the files a user needs and no others, and with every piece of somebody else's work its licence.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const top = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string): string => readFileSync(`${top}${path}`, "utf8");

interface Packed {
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** As npm would pack it, without building again. */
function packed(): Packed["files"] {
  const { stdout, error } = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: top, encoding: "utf8", shell: process.platform === "win32" });
  if (error !== undefined) throw error;
  return (JSON.parse(stdout) as Packed[])[0]!.files;
}

const files = packed();
const bundles = files.map(({ path }) => path).filter((path) => /^dist\/[^/]+\.c?js$/.test(path));

test("what is published is what runs, what it is typed as, and what there is to read", () => {
  const types = /^dist\/types\/.+\.d\.ts$/;
  const paths = files.map(({ path }) => path).filter((path) => !types.test(path));
  assert.deepEqual(paths.sort(), [
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "dist/THIRD-PARTY-NOTICES.txt",
    "dist/browser.js",
    "dist/cli.cjs",
    "dist/commands.cjs",
    "dist/core-scalar.wasm",
    "dist/core.wasm",
    "dist/hook.cjs",
    "dist/index.js",
    "dist/node-sqlite3-wasm.wasm",
    "dist/opencode.cjs",
    "dist/program.cjs",
    "dist/program.code",
    "dist/worker.cjs",
    "package.json",
  ]);
  assert.ok(files.some(({ path }) => types.test(path)));
  assert.equal((files.find(({ path }) => path === "dist/cli.cjs")?.mode ?? 0) & 0o111, 0o111, "the command can be run");
});

test("nothing published needs a package that is not there", () => {
  assert.equal((JSON.parse(read("package.json")) as { dependencies?: object }).dependencies, undefined);
  const builtin = /^(node:)?(assert|child_process|crypto|events|fs|http|https|module|net|os|path|process|readline|stream|tls|tty|url|util|v8|vm|worker_threads|zlib)(\/\w+)?$/;
  for (const path of bundles) {
    const named = [...read(path).matchAll(/\brequire\("([^"]+)"\)|^import\b[^"']*"([^"]+)";?$/gm)].map(([, one, other]) => one ?? other ?? "");
    assert.deepEqual(
      named.filter((name) => !builtin.test(name) && !name.startsWith("./")),
      [],
      path,
    );
  }
});

test("every package that went into a bundle, and the compiler's library, is named with its licence", () => {
  const notices = read("dist/THIRD-PARTY-NOTICES.txt").split(`\n${"-".repeat(80)}\n`).slice(1);
  const named = notices.map((notice) => notice.trim().split(" ")[0] ?? "");
  // The bundler writes above each file which it is.
  const inside = bundles.flatMap((path) => [...read(path).matchAll(/^\s*\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)].map(([, name]) => name ?? ""));
  assert.deepEqual(named, [...new Set(["assemblyscript", ...inside])].sort());
  assert.ok(named.includes("jsonc-parser"));
  for (const notice of notices) assert.match(notice, /Permission is hereby granted|Redistribution and use|Apache License/, notice.slice(0, 60));
});

test("what an agent waits for holds nobody else's code", () => {
  for (const path of ["dist/hook.cjs", "dist/cli.cjs"]) assert.doesNotMatch(read(path), /node_modules/);
});
