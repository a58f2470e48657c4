// The configuration for a person or as one document: every setting, every file, every variable with a say. Secrets are
// stars in either (mask.ts).

import type { Config } from "./config.ts";
import type { Value } from "./layer.ts";
import { maskedAttribute, maskedValue, maskedVariables } from "./mask.ts";
import type { Told } from "./problems.ts";
import { type Name, settings } from "./schema.ts";

/** Version of the JSON document: raised when a key changes its meaning or goes. */
const VERSION = 1;

type Environment = Readonly<Record<string, string | undefined>>;

interface Row {
  readonly key: string;
  readonly value: unknown;
  readonly origin: string;
  readonly source: string;
}

function rowsOf({ values, attributes, destinations }: Config): Row[] {
  const row = (key: string, { origin, source }: Value, value: unknown): Row => ({
    key,
    value: value ?? null,
    origin,
    source,
  });
  return [...values].flatMap(([name, value]: [Name, Value]) => {
    const { key } = settings[name];
    if (name === "resource")
      return [...attributes].map(([attribute, each]) =>
        row(`${key}.${attribute}`, each, maskedAttribute(attribute, each.value as string)),
      );
    // With what each may be sent, which more than its own word decides.
    return [row(key, value, maskedValue(name, name === "destinations" ? destinations : value.value))];
  });
}

export function configDocument(config: Config, env: Environment, problems: readonly Told[]): object {
  return {
    version: VERSION,
    files: config.files.map(({ origin, source, state }) => ({ origin, path: source, state })),
    values: rowsOf(config),
    environment: Object.fromEntries(maskedVariables(env)),
    problems,
  };
}

const written = (value: unknown): string =>
  typeof value === "string" ? value : value === null ? "-" : JSON.stringify(value);

/** Columns, as wide as their longest word but the last. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((word, at) => Math.max(most[at] ?? 0, Math.min(word.length, 40))),
    [],
  );
  return rows.map((row) =>
    row.map((word, at) => (at === row.length - 1 ? word : word.padEnd(widths[at] ?? 0))).join("  "),
  );
}

export function drawConfig(config: Config, env: Environment, harmless: (text: string) => string): string {
  const settled = rowsOf(config).flatMap(({ key, value, source }) => {
    // One line a destination.
    if (Array.isArray(value) && value.length > 0)
      return value.map((each) => [key, harmless(written(each)), harmless(source)]);
    return [[key, Array.isArray(value) ? "none" : harmless(written(value)), harmless(source)]];
  });
  const variables = [...maskedVariables(env)].map(([name, value]) => [name, harmless(value), "environment"]);
  const files = config.files.map(({ origin, source, state }) => [`${origin}'s file`, harmless(source), state]);
  return [columns(settled), columns(variables), columns(files)]
    .filter((part) => part.length > 0)
    .map((part) => `${part.join("\n")}\n`)
    .join("\n");
}
