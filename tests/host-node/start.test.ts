// The program starts with code made for it beforehand, and does the same without.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import packageJson from "../../package.json" with { type: "json" };
import { program, sample } from "./command.ts";
import { folderOf } from "./folder.ts";

const dist = join(program, "..");
const stampLength = 68;

function build(cli: string): Buffer {
  return execFileSync(process.execPath, [cli, "build", sample, "-f", "otlp-json"], { stdio: ["ignore", "pipe", "ignore"] });
}

/** Says whether V8 takes the code that lies beside the program in `folder`. */
function isTaken(folder: string): boolean {
  const script = `
    const { readFileSync } = require("node:fs");
    const cachedData = readFileSync("program.code").subarray(${stampLength});
    const { cachedDataRejected } = new (require("node:vm").Script)(readFileSync("program.cjs", "latin1"), { cachedData });
    process.exit(cachedDataRejected ? 1 : 0);`;
  return spawnSync(process.execPath, ["-e", script], { cwd: folder }).status === 0;
}

test("the code is of the program beside it, and V8 takes it", () => {
  const [text, code] = [readFileSync(join(dist, "program.cjs")), readFileSync(join(dist, "program.code"))];
  assert.deepEqual(code.subarray(0, stampLength), text.subarray(0, stampLength));
  assert.equal(text.indexOf("\n"), stampLength - 1);
  assert.ok(
    text.every((byte) => byte < 128),
    "the program is read as one byte a character",
  );
  assert.ok(isTaken(dist));
});

function copyOf(test: TestContext): string {
  const folder = folderOf(test);
  for (const name of ["cli.cjs", "program.cjs", "program.code", "core.wasm"]) cpSync(join(dist, name), join(folder, name));
  return folder;
}

test("code that is missing, or of another V8, changes nothing", (test) => {
  const folder = copyOf(test);
  const cli = join(folder, "cli.cjs");
  const code = join(folder, "program.code");
  const made = readFileSync(code);
  const expected = build(program);
  assert.ok(expected.length > 10_000);
  assert.ok(build(cli).equals(expected));

  // The word after V8's own mark is its version.
  const other = Buffer.from(made);
  other.fill(0x5a, stampLength + 4, stampLength + 8);
  writeFileSync(code, other);
  assert.ok(!isTaken(folder));
  assert.ok(build(cli).equals(expected));

  rmSync(code);
  assert.ok(build(cli).equals(expected));
});

test("code of another program is not taken, though V8 would", (test) => {
  const folder = copyOf(test);
  const path = join(folder, "program.cjs");
  const text = readFileSync(path, "latin1");
  // Just as long, which is all that V8 compares.
  const other = packageJson.version.replaceAll(/\d/g, "7");
  writeFileSync(path, text.replace(/^\/\/ .{8}/, "// 00000000").replace(`"${packageJson.version}"`, `"${other}"`), "latin1");
  assert.ok(isTaken(folder));
  const said = execFileSync(process.execPath, [join(folder, "cli.cjs"), "--version"], { encoding: "utf8" });
  assert.equal(said, `spanloom ${other}\n`);
});

test("the command may be a link, as a package manager makes it", { skip: process.platform === "win32" }, (test) => {
  const link = join(folderOf(test), "spanloom");
  symlinkSync(program, link);
  assert.ok(build(link).equals(build(program)));
});
