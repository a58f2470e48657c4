// `npm run typecheck`: each room of TypeScript on its own, so that one host's globals cannot leak into another.
//
// The rooms are those with a tsconfig.json and something to check; the core is checked by its own compiler.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { filesBelow, top } from "./source-files.mjs";

const rooms = ["bridge", "host-node", "host-browser", "tests", "tests/host-browser", "tests/e2e", "bench", "tools"];

function hasSomethingToCheck(room) {
  if (!existsSync(join(top, room, "tsconfig.json"))) return false;
  return filesBelow(join(top, room)).some((file) => file.endsWith(".ts") && !file.endsWith(".spec.ts"));
}

function check(room) {
  const tsc = join("node_modules", "typescript", "bin", "tsc");
  const args = [tsc, "-p", `${room}/tsconfig.json`, "--noEmit", "--pretty", "false"];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: top, stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (said += text));
    child.on("error", reject).on("close", (code) => {
      process.stdout.write(said);
      resolve(code === 0);
    });
  });
}

/** The rooms that do not check. */
export async function typecheck() {
  const waiting = rooms.filter(hasSomethingToCheck);
  const failed = [];
  async function worker() {
    for (let room = waiting.shift(); room !== undefined; room = waiting.shift()) {
      if (!(await check(room))) failed.push(room);
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return failed;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const failed = await typecheck();
  console.log(failed.length === 0 ? "types: every room checks" : `types: ${failed.sort().join(", ")} do not check`);
  if (failed.length > 0) process.exitCode = 1;
}
