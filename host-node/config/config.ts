// The configuration: flags over environment over the project's file over the user's over defaults, each value with where
// it comes from. A file that is broken is named and never stops anything, but no session is traced while one that could
// have forbidden it cannot be read (traced.ts).

import { join } from "node:path";
import { type Environment, type Places, places } from "../state/paths.ts";
import type { DestinationSetting } from "./destination.ts";
import { defaultLayer, environmentLayer, fileLayer, flagLayer, type Flags, type Layer, type Value } from "./layer.ts";
import type { Problem } from "./problems.ts";
import { projectFileOf } from "./repository.ts";
import { type Content, type Name, names, settings } from "./schema.ts";

export const PROJECT_FILE = ".spanloom.json";
export const userFileOf = ({ config }: Places): string => join(config, "config.json");

/** The user's own folder; empty where the environment does not say. */
export const homeOf = (env: Environment): string => env.HOME || env.USERPROFILE || "";

/** A destination, with what it may be sent. */
export type ConfiguredDestination = DestinationSetting & { readonly content: Content };

export interface Config {
  readonly disable: boolean;
  /** Absent: everywhere. */
  readonly roots: readonly string[] | undefined;
  readonly off: readonly string[];
  /** For a destination that is not of the user's file. */
  readonly content: { readonly network: Content; readonly store: Content };
  readonly destinations: readonly ConfiguredDestination[];
  readonly agentName: string | undefined;
  readonly resource: readonly (readonly [string, string])[];
  readonly quietAfterMs: number;
  /** 0: without limit. */
  readonly store: { readonly days: number; readonly bytes: number };
  readonly spool: { readonly bytes: number };

  readonly places: Places;
  readonly values: ReadonlyMap<Name, Value>;
  /** Each attribute of the resource, with where it comes from. */
  readonly attributes: ReadonlyMap<string, Value>;
  /** Files first to last in rank. */
  readonly files: readonly Layer[];
  readonly problems: readonly Problem[];
}

export interface ConfigOptions {
  readonly env: Environment;
  /** The project is looked for from here; absent: none. */
  readonly cwd?: string | undefined;
  readonly flags?: Flags;
}

/** Attributes come together from all layers; the higher one wins each. */
function mergeAttributes(layers: readonly Layer[]): Map<string, Value> {
  const merged = new Map<string, Value>();
  for (const { values } of [...layers].reverse()) {
    const found = values.get("resource");
    for (const [name, value] of (found?.value ?? []) as Iterable<readonly [string, string]>)
      merged.set(name, { ...(found as Value), value });
  }
  return merged;
}

/**
 * What a destination may be sent: its own word before the general one of the same file; but where this project, the
 * environment or a flag asks for less, that is asked of all.
 */
function contentOf({ content }: DestinationSetting, general: Value): Content {
  const narrowed = general.value === "metadata" && !["user", "default"].includes(general.origin);
  return narrowed ? "metadata" : (content ?? (general.value as Content));
}

/** Reads it. Throws a PlacesError where the environment leaves no place for it, and nothing else. */
export function readConfig({ env, cwd, flags = {} }: ConfigOptions): Config {
  const own = places(env);
  const home = homeOf(env);
  const projectFile = cwd === undefined ? undefined : projectFileOf(cwd, PROJECT_FILE);
  const files = [
    ...(projectFile === undefined ? [] : [fileLayer("project", projectFile, home)]),
    fileLayer("user", userFileOf(own), home),
  ];
  const layers = [flagLayer(flags, home), environmentLayer(env, home), ...files, defaultLayer];
  const values = new Map<Name, Value>();
  for (const name of names) values.set(name, layers.find((layer) => layer.values.has(name))?.values.get(name) as Value);
  // A file that cannot be read may have asked for less.
  const broken = files.find(({ state }) => state === "broken");
  if (broken !== undefined) values.set("network", { value: "metadata", origin: broken.origin, source: broken.source });
  const attributes = mergeAttributes(layers);
  const get = <N extends Name>(name: N) => values.get(name)?.value as NonNullable<(typeof settings)[N]["fallback"]>;
  const general = values.get("network") as Value;
  return {
    disable: get("disable"),
    roots: values.get("roots")?.value as readonly string[] | undefined,
    off: get("off"),
    content: { network: get("network") as Content, store: get("local") as Content },
    destinations: get("destinations").map((each) => ({ ...each, content: contentOf(each, general) })),
    agentName: values.get("agentName")?.value as string | undefined,
    resource: [...attributes].map(([name, { value }]) => [name, value as string] as const),
    quietAfterMs: get("quietAfterMs"),
    store: { days: get("storeDays"), bytes: get("storeBytes") },
    spool: { bytes: get("spoolBytes") },
    places: own,
    values,
    attributes,
    files,
    problems: layers.flatMap(({ problems }) => problems),
  };
}
