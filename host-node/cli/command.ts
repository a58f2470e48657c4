// What a command is to the program: a name, words for people, and what it does with its own part of the command line.

export interface CommandSpec {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole of `spanloom <name> --help`. */
  readonly help: string;
  /** Answers the exit code (exit.ts). Throws a UsageError for what makes no sense. */
  run(argv: readonly string[]): Promise<number>;
}
