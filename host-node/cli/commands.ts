// Every command that is not on the path of a small build. They are a bundle of their own (tools/build-bundles.mjs): what
// a build never runs would be text for it to read at each start.

import type { CommandSpec } from "./command.ts";
import { codeOf } from "./ending.ts";
import { Printer } from "./print.ts";
import { findTerminals, painter, STDERR, wantsColour } from "./terminal.ts";

type Loaded = Promise<{ readonly command: CommandSpec }>;

/** In the order in which people meet them. The program names them too (main.ts). */
export const commands: Readonly<Record<string, () => Loaded>> = {
  init: () => import("./init.ts"),
  uninstall: () => import("./uninstall.ts"),
  ls: () => import("./ls.ts"),
  show: () => import("./show.ts"),
  export: () => import("./export.ts"),
  status: () => import("./status.ts"),
  doctor: () => import("./doctor.ts"),
  collect: () => import("./collect.ts"),
  sweep: () => import("./sweep.ts"),
  hook: () => import("./hook.ts"),
  config: () => import("./config.ts"),
  on: () => import("./on.ts"),
  off: () => import("./off.ts"),
};

/** Runs the command of this name with its own part of the command line; answers the exit code. */
export async function runCommand(name: string, argv: readonly string[]): Promise<number> {
  // The program knows them, but this bundle has a copy of its own of what is known.
  await findTerminals();
  try {
    const { command } = await (commands[name] as () => Loaded)();
    if (!argv.includes("--help") && !argv.includes("-h")) return await command.run(argv);
    process.stdout.write(command.help);
    return 0;
  } catch (error) {
    return codeOf(error, new Printer(painter(wantsColour("auto", STDERR))), name);
  }
}
