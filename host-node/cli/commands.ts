// Every command that is not on the path of a small build: each is loaded when it is asked for, and not before.

import type { CommandSpec } from "./command.ts";

type Loaded = Promise<{ readonly command: CommandSpec }>;

/** In the order in which people meet them. */
export const commands: Readonly<Record<string, () => Loaded>> = {
  init: () => import("./init.ts"),
  uninstall: () => import("./uninstall.ts"),
  ls: () => import("./ls.ts"),
  show: () => import("./show.ts"),
  export: () => import("./export.ts"),
  sweep: () => import("./sweep.ts"),
  config: () => import("./config.ts"),
  on: () => import("./on.ts"),
  off: () => import("./off.ts"),
};

/** Runs the command of this name with its own part of the command line; nothing if there is none. */
export async function runCommand(name: string, argv: readonly string[]): Promise<number | undefined> {
  if (!Object.hasOwn(commands, name)) return undefined;
  const { command } = await (commands[name] as () => Loaded)();
  if (argv.includes("--help") || argv.includes("-h")) {
    process.stdout.write(command.help);
    return 0;
  }
  return command.run(argv);
}
