// The text of Claude Code's settings with our hooks in it, and without. Everything else in it keeps its bytes.

import type { JsonText } from "../config/json.ts";
import { isObject } from "../config/object.ts";
import { entryOf, EVENTS, isOurs } from "./hooks.ts";

/** The settings have another shape than the client's. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
  constructor(
    readonly path: readonly string[],
    message: string,
  ) {
    super(message);
  }
}

interface Found {
  readonly event: string;
  readonly group: number;
  readonly hook: number;
  readonly matcher: unknown;
  readonly command: string;
}

function hooksOf(settings: unknown): Record<string, unknown> {
  const hooks = isObject(settings) ? (settings["hooks"] ?? {}) : {};
  if (!isObject(hooks)) throw new ShapeError(["hooks"], `"hooks" is no object`);
  return hooks;
}

/** Every command there is, with its place. */
function* commandsIn(settings: unknown): Generator<Found> {
  for (const [event, groups] of Object.entries(hooksOf(settings))) {
    if (!Array.isArray(groups)) throw new ShapeError(["hooks", event], `"hooks.${event}" is no list`);
    for (const [group, entry] of groups.entries()) {
      if (!isObject(entry) || !Array.isArray(entry["hooks"])) continue;
      for (const [hook, each] of entry["hooks"].entries())
        if (isObject(each) && typeof each["command"] === "string")
          yield { event, group, hook, matcher: entry["matcher"] ?? "", command: each["command"] };
    }
  }
}

/** Our own, in the order of the file. Throws a ShapeError. */
export function ourHooks(settings: unknown, script: string): Found[] {
  const all = [...commandsIn(settings)];
  const eventsOf = (command: string): Set<string> =>
    new Set(all.filter((each) => each.command === command).map(({ event }) => event));
  return all.filter(({ command }) => isOurs(command, script, eventsOf(command)));
}

/** Removes a hook, and what would be empty without it. */
function removeHook(json: JsonText, { event, group, hook }: Found): void {
  const hooks = hooksOf(json.value);
  const groups = hooks[event] as { hooks: unknown[] }[];
  if ((groups[group]?.hooks.length ?? 0) > 1) json.remove(["hooks", event, group, "hooks", hook]);
  else if (groups.length > 1) json.remove(["hooks", event, group]);
  else if (Object.keys(hooks).length > 1) json.remove(["hooks", event]);
  else json.remove(["hooks"]);
}

/** Removes what is ours and chosen, the last first, so that places before it stay. */
function removeOurs(
  json: JsonText,
  script: string,
  chosen: (found: Found, index: number, all: Found[]) => boolean,
): void {
  for (const found of ourHooks(json.value, script).filter(chosen).reverse()) removeHook(json, found);
}

/** Takes our hooks out. */
export function unregister(json: JsonText, script: string): void {
  removeOurs(json, script, () => true);
}

/** Puts our hooks in, once for each event; those of another place, or of another version, become these. */
export function register(json: JsonText, command: string, script: string): void {
  removeOurs(json, script, ({ event, matcher }, index, all) => {
    const wanted = (EVENTS as readonly string[]).includes(event);
    return !wanted || all.findIndex((each) => each.event === event && each.matcher === matcher) < index;
  });
  const ours = ourHooks(json.value, script);
  for (const found of ours) {
    if (found.command === command) continue;
    json.set(["hooks", found.event, found.group, "hooks", found.hook, "command"], command);
  }
  for (const event of EVENTS) {
    if (ours.some((found) => found.event === event)) continue;
    if (hooksOf(json.value)[event] === undefined) json.set(["hooks", event], [entryOf(command)]);
    else json.push(["hooks", event], entryOf(command));
  }
}
