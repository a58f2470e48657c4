// The commands of the store as a program of their own, as `host-node/cli/main.ts` runs commands, for tests to start as
// child processes: program.ts ls|show ARGS...

import type { CommandSpec } from "../../host-node/cli/command.ts";
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE } from "../../host-node/cli/exit.ts";
import { UsageError } from "../../host-node/cli/args.ts";
import { command as ls } from "../../host-node/cli/ls.ts";
import { OutputClosed } from "../../host-node/cli/output.ts";
import { Printer } from "../../host-node/cli/print.ts";
import { command as show } from "../../host-node/cli/show.ts";
import { findTerminals, painter } from "../../host-node/cli/terminal.ts";

const commands: Record<string, CommandSpec> = { ls, show };

async function main([name = "", ...argv]: readonly string[]): Promise<number> {
  await findTerminals();
  try {
    return await (commands[name] as CommandSpec).run(argv);
  } catch (error) {
    if (error instanceof OutputClosed) return EXIT_OK;
    new Printer(painter(false)).failed(error);
    return error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED;
  }
}

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
