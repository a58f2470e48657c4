// `npm test`: builds, then runs every gate and every test there is, and closes with `N passed, N failed`.
//
//   npm test                                all of it
//   npm test -- tests/abi tests/unit/json   the build, then only the tests at or below these paths
//
// The two numbers are those of as-pect (the core's units) and of Node's runner (the rest). A gate that fails counts as
// one failure, so the closing line never says less than the exit code. After a failed build nothing else is run.

import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { checkImports } from "./check-imports.mjs";
import { checkSize } from "./check-size.mjs";
import { filesBelow, top } from "./source-files.mjs";
import { typecheck } from "./typecheck.mjs";
import { runUnit, specs } from "./unit.mjs";

const paths = process.argv.slice(2).map((path) => path.replace(/^\.\//, "").replace(/\/$/, ""));
const total = { passed: 0, failed: 0 };

function run(args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: top, stdio: ["ignore", "pipe", "inherit"], ...options });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      process.stdout.write(text);
      said += text;
    });
    child.on("error", reject).on("close", (code) => resolve({ code, said }));
  });
}

/** One step: its name as a heading, then its wrongs, if any, as one failure. */
async function gate(name, check) {
  console.log(`\n# ${name}`);
  const wrong = await check();
  for (const line of wrong) console.error(line);
  if (wrong.length > 0) total.failed++;
  return wrong.length === 0;
}

async function tests(name, runTests) {
  console.log(`\n# ${name}`);
  const { passed, failed } = await runTests();
  total.passed += passed;
  total.failed += failed;
}

async function build() {
  const { code } = await run(["tools/build.mjs"]);
  return code === 0 ? [] : ["the build failed"];
}

/** Node's runner over these files, TypeScript read through tsx; its own closing lines give the numbers. */
async function runNode(files) {
  if (files.length === 0) {
    console.log("node: no tests");
    return { passed: 0, failed: 0 };
  }
  // By itself it leaves one processor idle; many files wait more than they compute.
  const runner = ["--test", "--test-reporter=spec", `--test-concurrency=${availableParallelism()}`, "--test-timeout=300000"];
  const args = ["--import", "tsx", "--import", "./tools/plain-assert.mjs", ...runner, ...files];
  // A runner started from inside another one would report to it instead of to us.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { code, said } = await run(args, { env });
  const closing = said.slice(said.lastIndexOf("\nℹ tests "));
  const count = (name) => Number(new RegExp(`^ℹ ${name} (\\d+)$`, "m").exec(closing)?.[1] ?? 0);
  const failed = count("fail") + count("cancelled");
  return { passed: count("pass"), failed: Math.max(failed, code === 0 ? 0 : 1) };
}

const nodeTests = filesBelow(join(top, "tests"))
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => `tests/${file}`)
  .filter((file) => paths.length === 0 || paths.some((path) => file === path || file.startsWith(`${path}/`)));

if (await gate("build", build)) {
  if (paths.length === 0) {
    await gate("types", async () => (await typecheck()).map((room) => `${room} does not check`));
    await gate("imports", () => checkImports().wrong);
    await gate("size", checkSize);
  }
  await tests("core", () => runUnit(specs(paths)));
  await tests("node", () => runNode(nodeTests));
}

console.log(`\n${total.passed} passed, ${total.failed} failed`);
if (total.failed > 0) process.exitCode = 1;
