// Asks a person before something is done. Where nobody can be asked, not answering is no consent.

import { UsageError } from "./args.ts";
import { isTerminal, STDERR } from "./terminal.ts";

const STDIN = 0;

/** Throws a UsageError where there is nobody to ask. */
export async function ask(question: string, otherwise: string): Promise<boolean> {
  const { isatty } = await import("node:tty");
  if (!isatty(STDIN) || !isTerminal(STDERR)) throw new UsageError(otherwise);
  const { createInterface } = await import("node:readline");
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await new Promise<string>((resolve) => {
      // Who closes the input has not said yes.
      reader.on("close", () => resolve(""));
      reader.question(`${question} [y/N] `, resolve);
    });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}
