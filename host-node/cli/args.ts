// Reads the command line into one plain object, or says what is wrong with it. Defaults that depend on where the output
// goes are not decided here.

import { parseArgs } from "node:util";

export type Format = "tree" | "otlp-json" | "otlp-proto";
export type Colour = "auto" | "always" | "never";

export interface BuildArgs {
  readonly paths: string[];
  /** Absent: the tree on a terminal, OTLP JSON elsewhere. */
  readonly format: Format | undefined;
  /** A path, or `-` for standard output. */
  readonly output: string;
  readonly shape: "turns" | "session";
  readonly content: "full" | "metadata";
  readonly agentName: string | undefined;
  readonly batchBytes: number | undefined;
  /** Absent: as many as the work is worth. */
  readonly workers: number | undefined;
  readonly colour: Colour;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export type Command = { kind: "help" } | { kind: "version" } | { kind: "build"; args: BuildArgs };

/** The command line makes no sense; the message says why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const options = {
  format: { type: "string", short: "f" },
  output: { type: "string", short: "o" },
  shape: { type: "string" },
  content: { type: "string" },
  "agent-name": { type: "string" },
  "batch-bytes": { type: "string" },
  workers: { type: "string" },
  color: { type: "string" },
  quiet: { type: "boolean", short: "q" },
  verbose: { type: "boolean", short: "v" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
} as const;

function oneOf<T extends string>(flag: string, value: string | undefined, words: readonly T[]): T | undefined {
  if (value === undefined || (words as readonly string[]).includes(value)) return value as T | undefined;
  throw new UsageError(`--${flag} is ${words.slice(0, -1).join(", ")} or ${words.at(-1)}, not ${JSON.stringify(value)}`);
}

function integer(flag: string, value: string | undefined, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`--${flag} is a whole number from ${least} to ${most}, not ${JSON.stringify(value)}`);
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    // The first sentence says what is wrong; the rest advises about words that begin with a dash.
    const [first] = (error as Error).message.split(/\. |\n/);
    throw new UsageError(first ?? "");
  }
}

/** What the command line asks for. */
export function readArgs(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  if (values.help) return { kind: "help" };
  if (values.version) return { kind: "version" };
  const [command, ...paths] = positionals;
  if (command === "help") return { kind: "help" };
  if (command === undefined) throw new UsageError("no command given");
  if (command !== "build") throw new UsageError(`there is no command ${JSON.stringify(command)}`);
  if (paths.length === 0) throw new UsageError("build needs a PATH: a session, a folder of sessions, or - for standard input");
  if (paths.filter((path) => path === "-").length > 1) throw new UsageError("- is given twice; standard input can be read once");
  if (values.quiet && values.verbose) throw new UsageError("--quiet and --verbose exclude each other");
  if (values.output === "") throw new UsageError("--output needs a file, or - for standard output");
  return {
    kind: "build",
    args: {
      paths,
      format: oneOf("format", values.format, ["tree", "otlp-json", "otlp-proto"]),
      output: values.output ?? "-",
      shape: oneOf("shape", values.shape, ["turns", "session"]) ?? "turns",
      content: oneOf("content", values.content, ["full", "metadata"]) ?? "full",
      agentName: values["agent-name"],
      batchBytes: integer("batch-bytes", values["batch-bytes"], 1, 1073741824),
      workers: integer("workers", values.workers, 1, 64),
      colour: oneOf("color", values.color, ["auto", "always", "never"]) ?? "auto",
      quiet: values.quiet ?? false,
      verbose: values.verbose ?? false,
    },
  };
}

export const helpText = `Turns recorded sessions of a coding agent into OpenTelemetry traces.

Usage: spanloom build PATH... [options]

  PATH is a session (.jsonl), a folder to be searched for sessions, or - for
  standard input. Transcripts of sub-agents are found by themselves.

Options:
  -f, --format FORMAT   tree, otlp-json (a request a line) or otlp-proto
                        (default: tree on a terminal, otlp-json elsewhere)
  -o, --output FILE     write there, all or nothing; - is standard output
      --shape SHAPE     turns: a trace per turn; session: one per session
                        (default: turns)
      --content WHAT    full: with prompts, answers, arguments and results;
                        metadata: without (default: full)
      --agent-name NAME name of the agent (default: the client's own)
      --batch-bytes N   limit of one request in bytes (default: 2097152)
      --workers N       threads (default: as many as the work is worth)
      --color WHEN      auto, always or never; NO_COLOR is respected
  -q, --quiet           only errors on standard error
  -v, --verbose         name every broken row and every ignored file
  -h, --help            this text
  -V, --version         the version

Examples:
  spanloom build session.jsonl
  spanloom build ~/.claude/projects -o traces.jsonl
  spanloom build session.jsonl --content metadata | jq .resourceSpans
  spanloom build session.jsonl -f otlp-proto -o request.pb

Exit status: 0 done, 1 something could not be read, built or written, 2 usage.
Data goes to standard output, everything else to standard error.
`;
