// One layer of the configuration: what a file, the environment or a command line says, read by the table of settings. It
// does not know the other layers.

import { readFileSync, statSync } from "node:fs";
import type { Environment } from "../state/paths.ts";
import type { Path } from "./kinds.ts";
import { isObject } from "./object.ts";
import type { Problem } from "./problems.ts";
import { type Name, names, routes, type Setting, settingOf, settings } from "./schema.ts";

export type Origin = "flag" | "environment" | "project" | "user" | "default";

export interface Value {
  readonly value: unknown;
  readonly origin: Origin;
  /** The flag, the variable or the file. */
  readonly source: string;
}

export interface Layer {
  readonly origin: Origin;
  /** The file, if it is one. */
  readonly source: string;
  /** What became of a file. One that is broken may have said anything. */
  readonly state: "read" | "missing" | "broken";
  readonly values: ReadonlyMap<Name, Value>;
  readonly problems: readonly Problem[];
}

const mostBytes = 1024 * 1024;

/** The text of a file without its byte order mark; nothing if there is no file. Throws a sentence. */
function textOf(path: string): string | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    if (!stat.isFile()) throw new Error("is no file");
    if (stat.size > mostBytes) throw new Error("is larger than any configuration");
    return readFileSync(path, "utf8").replace(/^\ufeff/, "");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(code === undefined ? message : `cannot be read (${code})`);
  }
}

/** Takes one value by its setting; what makes no sense counts as its cautious value, if it has one. */
function take(setting: Setting, given: unknown, home: string, wrong: (words: string, at?: Path) => void): unknown {
  const { cautious } = setting;
  const rest = cautious === undefined ? "ignored" : `taken as ${JSON.stringify(cautious)}`;
  const closing = setting.kind.words.startsWith("a list of objects") ? "" : `: ${rest}`;
  return setting.kind.read(given, { home, wrong: (words, at) => wrong(words + closing, at) }) ?? cautious;
}

export function fileLayer(origin: "project" | "user", source: string, home: string): Layer {
  const values = new Map<Name, Value>();
  const problems: Problem[] = [];
  const layer = (state: Layer["state"]): Layer => ({ origin, source, state, values, problems });
  let text: string | undefined;
  let top: unknown;
  try {
    text = textOf(source);
    if (text === undefined) return layer("missing");
  } catch (error) {
    problems.push({
      source,
      words: `${(error as Error).message}; nothing of it counts, and nothing is traced until it can be read`,
    });
    return layer("broken");
  }
  try {
    top = JSON.parse(text);
  } catch {
    problems.push({
      source,
      text,
      syntax: true,
      words: "nothing in this file counts, and nothing is traced until it is mended",
    });
    return layer("broken");
  }
  const known = text;
  const report = (words: string, path: Path): void => void problems.push({ source, text: known, path, words });
  if (!isObject(top)) {
    report("is no object; nothing in this file counts, and nothing is traced until it is mended", []);
    return layer("broken");
  }
  const visit = (object: Record<string, unknown>, prefix: string, above: Path): void => {
    for (const [name, given] of Object.entries(object)) {
      const [key, path] = [prefix + name, [...above, name]];
      const setting = settingOf(key);
      if (setting !== undefined) read(setting, given, path);
      else if (isObject(given) && names.some((each) => settings[each].key.startsWith(`${key}.`)))
        visit(given, `${key}.`, path);
      else if (key !== "$schema") report(`${JSON.stringify(key)} is no setting: ignored`, path);
    }
  };
  const read = (setting: Setting & { readonly name: Name }, given: unknown, path: Path): void => {
    const { key, name } = setting;
    const rights = origin === "project" ? setting.project : "all";
    if (rights === "never") return report(`${key} is not for a project to set: ignored`, path);
    let value = take(setting, given, home, (words, at = []) =>
      report(`${[key, ...at].join(".")} ${words}`, [...path, ...at]),
    );
    if (value === undefined) return;
    if (rights === "strictest" && value !== setting.cautious)
      return report(`${key} can only be ${JSON.stringify(setting.cautious)} in a project: ignored`, path);
    if (rights === "named" && value instanceof Map) value = withoutRoutes(value as Map<string, string>, key, path);
    values.set(name, { value, origin, source });
  };
  const withoutRoutes = (map: ReadonlyMap<string, string>, key: string, path: Path): ReadonlyMap<string, string> => {
    for (const name of [...map.keys()].filter(routes))
      report(`${key}.${name} chooses where traces go and is not for a project to set: ignored`, [...path, name]);
    return new Map([...map].filter(([name]) => !routes(name)));
  };
  visit(top, "", []);
  return layer("read");
}

/** What texts say that came one by one: variables or flags. */
function textLayer(
  origin: "flag" | "environment",
  home: string,
  textFor: (setting: Setting, name: Name) => readonly [source: string, text: string | undefined],
): Layer {
  const values = new Map<Name, Value>();
  const problems: Problem[] = [];
  for (const name of names) {
    const setting = settings[name] as Setting;
    const [source, text] = textFor(setting, name);
    if (text === undefined || text === "") continue;
    const wrong = (words: string): void => void problems.push({ source, words });
    let given: unknown = text;
    try {
      given = setting.kind.fromText(text);
    } catch {
      // Then it is not what it should be, and that is told.
    }
    const value = take(setting, given, home, wrong);
    if (value !== undefined) values.set(name, { value, origin, source });
  }
  return { origin, source: "", state: "read", values, problems };
}

export const environmentLayer = (env: Environment, home: string): Layer =>
  textLayer("environment", home, ({ variable }) => [variable ?? "", variable && env[variable]]);

export const flagLayer = (flags: Flags, home: string): Layer =>
  textLayer("flag", home, (_, name) => flags[name] ?? ["", undefined]);

/** Flags that stand for settings: how each was written, and its text. */
export type Flags = Partial<Record<Name, readonly [flag: string, text: string]>>;

export const defaultLayer: Layer = {
  origin: "default",
  source: "",
  state: "read",
  values: new Map(
    names.map((name) => [name, { value: settings[name].fallback, origin: "default", source: "default" }]),
  ),
  problems: [],
};
