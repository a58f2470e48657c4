// How a command that failed ends: the words for it, and the exit code.

import { UsageError } from "./args.ts";
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE } from "./exit.ts";
import { OutputClosed } from "./output.ts";
import type { Printer } from "./print.ts";

export function codeOf(error: unknown, printer: Printer, command?: string): number {
  // As with `| head`: who closed the pipe has what they wanted.
  if (error instanceof OutputClosed) return EXIT_OK;
  printer.failed(error, command);
  return error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED;
}
