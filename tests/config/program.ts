// The commands under test as a program of their own, until the last word: what they throw becomes an exit code as in
// host-node/cli/main.ts.

import { UsageError } from "../../host-node/cli/args.ts";
import type { CommandSpec } from "../../host-node/cli/command.ts";
import { command as config } from "../../host-node/cli/config.ts";
import { command as init } from "../../host-node/cli/init.ts";
import { command as off } from "../../host-node/cli/off.ts";
import { command as on } from "../../host-node/cli/on.ts";
import { command as uninstall } from "../../host-node/cli/uninstall.ts";
import { findTerminals } from "../../host-node/cli/terminal.ts";
import { StateError } from "../../host-node/state/files.ts";

const commands: readonly CommandSpec[] = [config, init, off, on, uninstall];

async function main([name, ...argv]: readonly string[]): Promise<number> {
  await findTerminals();
  const command = commands.find((each) => each.name === name);
  if (command === undefined) throw new Error(`no command ${name}`);
  try {
    return await command.run(argv);
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof StateError)) throw error;
    console.error(`spanloom: ${error.message}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
