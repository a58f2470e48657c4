// `npm start`: the trace of the sample session, on the screen, from a fresh clone.
//
// Builds first if the command is missing or older than its sources. It configures nothing and sends nothing.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { coreIsCurrent } from "./build-core.mjs";
import { top, upToDate } from "./source-files.mjs";

const command = "dist/cli.cjs";
const sample = "samples/claude-code";
const sources = ["assembly/abi/layout.ts", "bridge", "host-node", "package-lock.json", "tools/build-bundles.mjs"];

function run(args, stdio) {
  const { status, error } = spawnSync(process.execPath, args, { cwd: top, stdio });
  if (error) throw error;
  return status ?? 1;
}

if (!coreIsCurrent() || !upToDate([command], sources)) {
  // The build's words go to stderr: what is shown on stdout is the trace alone.
  const built = run(["tools/build.mjs"], ["ignore", 2, 2]);
  if (built !== 0) process.exit(built);
}
if (!existsSync(join(top, command))) {
  console.error(`${command} was not built`);
  process.exit(1);
}
process.exitCode = run([command, "build", sample, "--format", "tree"], "inherit");
