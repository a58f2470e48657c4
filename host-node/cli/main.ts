// The program `spanloom`: picks the command, and turns what comes of it into an exit code. Nothing heavy is imported
// here or on the way to a small build: the process should start in the time of Node itself.

import packageJson from "../../package.json" with { type: "json" };
import { helpText, readArgs } from "./args.ts";
import { runBuild } from "./build.ts";
import { codeOf } from "./ending.ts";
import { EXIT_OK } from "./exit.ts";
import { runInspect } from "./inspect.ts";
import { writeAll } from "./output.ts";
import { Printer } from "./print.ts";
import { findTerminals, painter, STDERR, STDOUT, wantsColour } from "./terminal.ts";

function show(text: string): number {
  try {
    writeAll(STDOUT, Buffer.from(text));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  }
  return EXIT_OK;
}

/** Commands of another bundle: commands.ts. */
const others = new Set(["init", "uninstall", "ls", "show", "export", "status", "doctor", "collect", "sweep", "hook", "config", "on", "off"]);

async function main(argv: readonly string[]): Promise<number> {
  await findTerminals();
  let printer = new Printer(painter(wantsColour("auto", STDERR)));
  try {
    const [name = "", ...rest] = argv;
    if (others.has(name)) return await (await import("./commands.ts")).runCommand(name, rest);
    const command = readArgs(argv);
    if (command.kind === "help") return show(helpText);
    if (command.kind === "version") return show(`spanloom ${packageJson.version}\n`);
    printer = new Printer(painter(wantsColour(command.args.colour, STDERR)), command.args.quiet);
    if (command.kind === "inspect") return await runInspect(command.args, printer);
    return await runBuild(command.args, printer);
  } catch (error) {
    return codeOf(error, printer);
  }
}

void main(process.argv.slice(2)).then((code) => {
  // What these write is written when they return. The engine would take milliseconds to take itself apart.
  if (!others.has(process.argv[2] ?? "")) process.exit(code);
  process.exitCode = code;
});
