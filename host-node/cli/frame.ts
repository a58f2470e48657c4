// What the commands that set things up share: their flags, their help, and whom they tell.

import { BrokenFile } from "../config/broken.ts";
import type { CommandSpec } from "./command.ts";
import { EXIT_FAILED, EXIT_OK } from "./exit.ts";
import { type Flags, type Parsed, readFlags } from "./flags.ts";
import { openOutput } from "./output.ts";
import { Printer } from "./print.ts";
import { painter, STDERR, wantsColour } from "./terminal.ts";

/** Data, as opposed to words about it. */
export function print(text: string): void {
  openOutput("-").write(Buffer.from(text));
}

interface Framed extends Omit<CommandSpec, "run"> {
  readonly flags: Flags;
  work(parsed: Parsed, printer: Printer): Promise<number>;
}

/** A command whose `--help` is answered, and whom a file of the user's that is broken stops with its line. */
export function framed({ flags, work, ...spec }: Framed): CommandSpec {
  return {
    ...spec,
    async run(argv) {
      const parsed = await readFlags(argv, { ...flags, help: { type: "boolean", short: "h" } });
      if (parsed.given.has("help")) return (print(spec.help), EXIT_OK);
      const printer = new Printer(painter(wantsColour("auto", STDERR)));
      try {
        return await work(parsed, printer);
      } catch (error) {
        if (!(error instanceof BrokenFile)) throw error;
        printer.error(error.message);
        return EXIT_FAILED;
      }
    },
  };
}
