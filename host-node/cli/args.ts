// Reads the command line into one plain object, or says what is wrong with it. Defaults that depend on where the output
// goes are not decided here.

import { type Profile, PROFILES } from "../../bridge/index.ts";

export type Format = "tree" | "otlp-json" | "otlp-proto";
export type Colour = "auto" | "always" | "never";

/** What every command that reads sessions is told. */
export interface CommonArgs {
  readonly paths: string[];
  /** A path, or `-` for standard output. */
  readonly output: string;
  readonly content: "full" | "metadata";
  readonly colour: Colour;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export interface BuildArgs extends CommonArgs {
  /** Absent: the tree on a terminal, OTLP JSON elsewhere. */
  readonly format: Format | undefined;
  readonly shape: "turns" | "session";
  readonly agentName: string | undefined;
  readonly profile: Profile | undefined;
  readonly batchBytes: number | undefined;
  /** Absent: as many as the work is worth. */
  readonly workers: number | undefined;
}

export interface InspectArgs extends CommonArgs {
  readonly json: boolean;
}

export type Command =
  { kind: "help" } | { kind: "version" } | { kind: "build"; args: BuildArgs } | { kind: "inspect"; args: InspectArgs };

/** The command line makes no sense; the message says why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Flags by their long names; `false`: takes no value. Read by hand, because a library would cost a millisecond. */
const flags = {
  format: true,
  output: true,
  shape: true,
  content: true,
  "agent-name": true,
  profile: true,
  "batch-bytes": true,
  workers: true,
  json: false,
  color: true,
  quiet: false,
  verbose: false,
  help: false,
  version: false,
} as const;
const shortFlags: Record<string, Flag> = {
  f: "format",
  o: "output",
  q: "quiet",
  v: "verbose",
  h: "help",
  V: "version",
};

/** Options that only one command has. */
const owners: Partial<Record<Flag, "build" | "inspect">> = {
  format: "build",
  shape: "build",
  "agent-name": "build",
  profile: "build",
  "batch-bytes": "build",
  workers: "build",
  json: "inspect",
};

type Flag = keyof typeof flags;
type Values = Partial<Record<Flag, string>>;

function oneOf<T extends string>(flag: string, value: string | undefined, words: readonly T[]): T | undefined {
  if (value === undefined || (words as readonly string[]).includes(value)) return value as T | undefined;
  throw new UsageError(
    `--${flag} is ${words.slice(0, -1).join(", ")} or ${words.at(-1)}, not ${JSON.stringify(value)}`,
  );
}

function integer(flag: string, value: string | undefined, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`--${flag} is a whole number from ${least} to ${most}, not ${JSON.stringify(value)}`);
}

function longFlag(name: string, shown: string): Flag {
  if (Object.hasOwn(flags, name)) return name as Flag;
  throw new UsageError(`there is no option ${JSON.stringify(shown)}`);
}

/** Flags and what is none: `--flag value`, `--flag=value`, `-f value`, `-fvalue`, `-qv`; after `--` all is no flag. */
function parse(argv: readonly string[]): { values: Values; positionals: string[] } {
  const values: Values = {};
  const positionals: string[] = [];
  const rest = [...argv];
  const take = (flag: Flag, given: string | undefined): void => {
    if (!flags[flag] && given !== undefined) throw new UsageError(`--${flag} takes no value`);
    const value = flags[flag] ? (given ?? rest.shift()) : "";
    if (value === undefined) throw new UsageError(`--${flag} needs a value`);
    values[flag] = value;
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") {
      positionals.push(...rest.splice(0));
    } else if (word.startsWith("--")) {
      const equals = word.indexOf("=");
      const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
      take(longFlag(name, `--${name}`), equals < 0 ? undefined : word.slice(equals + 1));
    } else if (word.startsWith("-") && word !== "-") {
      for (let at = 1; at < word.length; at++) {
        const flag = longFlag(shortFlags[word[at] as string] ?? "", `-${word[at]}`);
        const joined = flags[flag] && at + 1 < word.length;
        take(flag, joined ? word.slice(at + 1) : undefined);
        if (joined) break;
      }
    } else {
      positionals.push(word);
    }
  }
  return { values, positionals };
}

function commonArgs(command: string, paths: string[], values: Values): CommonArgs {
  if (paths.length === 0)
    throw new UsageError(`${command} needs a PATH: a session, a folder of sessions, or - for standard input`);
  if (paths.filter((path) => path === "-").length > 1)
    throw new UsageError("- is given twice; standard input can be read once");
  if (values.quiet !== undefined && values.verbose !== undefined)
    throw new UsageError("--quiet and --verbose exclude each other");
  if (values.output === "") throw new UsageError("--output needs a file, or - for standard output");
  for (const flag of Object.keys(values) as Flag[])
    if ((owners[flag] ?? command) !== command) throw new UsageError(`--${flag} is no option of ${command}`);
  return {
    paths,
    output: values.output ?? "-",
    content: oneOf("content", values.content, ["full", "metadata"]) ?? "full",
    colour: oneOf("color", values.color, ["auto", "always", "never"]) ?? "auto",
    quiet: values.quiet !== undefined,
    verbose: values.verbose !== undefined,
  };
}

/** What the command line asks for. */
export function readArgs(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  if (values.help !== undefined) return { kind: "help" };
  if (values.version !== undefined) return { kind: "version" };
  const [command, ...paths] = positionals;
  if (command === "help") return { kind: "help" };
  if (command === undefined) throw new UsageError("no command given");
  if (command !== "build" && command !== "inspect")
    throw new UsageError(`there is no command ${JSON.stringify(command)}`);
  const common = commonArgs(command, paths, values);
  if (command === "inspect") return { kind: "inspect", args: { ...common, json: values.json !== undefined } };
  return {
    kind: "build",
    args: {
      ...common,
      format: oneOf("format", values.format, ["tree", "otlp-json", "otlp-proto"]),
      shape: oneOf("shape", values.shape, ["turns", "session"]) ?? "turns",
      agentName: values["agent-name"],
      profile: oneOf("profile", values.profile, Object.keys(PROFILES) as Profile[]),
      batchBytes: integer("batch-bytes", values["batch-bytes"], 1, 1073741824),
      workers: integer("workers", values.workers, 1, 64),
    },
  };
}

export const helpText = `Turns recorded sessions of a coding agent into OpenTelemetry traces.

Usage: spanloom build PATH... [options]     the traces
       spanloom inspect PATH... [options]   what was read, and what became of it
       spanloom init                        trace every session from now on
       spanloom collect --opencode URL      trace an opencode server's sessions
       spanloom ls, show SESSION            what was traced
       spanloom status, doctor              what waits, and what is wrong
       spanloom export, sweep, hook, config, on, off, uninstall

  PATH is a session (.jsonl; of opencode its database, an export or events), a
  folder to be searched for sessions, or - for standard input.

Options of build:
  -f, --format FORMAT   tree, otlp-json (a request a line) or otlp-proto
                        (default: tree on a terminal, otlp-json elsewhere)
      --shape SHAPE     a trace for each of the turns (default), or the session
      --agent-name NAME name of the agent (default: the client's own)
      --profile NAME    add what a backend needs (default: genai, nothing)
      --batch-bytes N   limit of one request in bytes (default: 2097152)
      --workers N       threads (default: as many as the work is worth)
Options of inspect:
      --json            one JSON document instead of words
Options of both:
  -o, --output FILE     write there, all or nothing; - is standard output
      --content WHAT    full: with prompts, answers, arguments and results;
                        metadata: without (default: full)
      --color WHEN      auto, always or never; NO_COLOR is respected
  -q, --quiet           only errors on standard error
  -v, --verbose         name every broken row and every ignored file
  -h, --help            this text
  -V, --version         the version

Examples:
  spanloom build ~/.claude/projects -o traces.jsonl
  spanloom build session.jsonl --content metadata | jq .resourceSpans
  spanloom build session.jsonl -f otlp-proto -o request.pb

Exit status: 0 done, 1 something could not be read, built or written, 2 usage.
Data goes to standard output, everything else to standard error.
`;
