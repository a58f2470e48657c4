// The command line of a command that is not on the path of a small build: read by Node's own parser, which takes a
// millisecond to load, with its complaints in our words.

import type { ParseArgsConfig } from "node:util";
import { type Colour, UsageError } from "./args.ts";

export type Flags = NonNullable<ParseArgsConfig["options"]>;

export interface Parsed {
  /** Values of flags that take one. */
  readonly texts: Readonly<Record<string, string | undefined>>;
  /** Flags given that take none. */
  readonly given: ReadonlySet<string>;
  readonly positionals: readonly string[];
}

/** Flags and positionals; throws a UsageError for what is neither. */
export async function readFlags(argv: readonly string[], options: Flags): Promise<Parsed> {
  const { parseArgs } = await import("node:util");
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
    const texts: Record<string, string> = {};
    const given = new Set<string>();
    for (const [name, value] of Object.entries(values)) {
      if (typeof value === "string") texts[name] = value;
      else if (value === true) given.add(name);
    }
    return { texts, given, positionals };
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (!code.startsWith("ERR_PARSE_ARGS")) throw error;
    // What follows the first sentence is advice to programmers.
    throw new UsageError(message.split(/\.(?: |\n|$)/)[0] ?? message);
  }
}

export function colourOf({ texts }: Parsed): Colour {
  const value = texts["color"] ?? "auto";
  if (value === "auto" || value === "always" || value === "never") return value;
  throw new UsageError(`--color is auto, always or never, not ${JSON.stringify(value)}`);
}

export function countOf({ texts }: Parsed, name: string): number | undefined {
  const value = texts[name];
  if (value === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new UsageError(`--${name} is a whole number from 1, not ${JSON.stringify(value)}`);
}
