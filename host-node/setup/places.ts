// Where Claude Code has its settings, and what its hooks run.

import { existsSync, realpathSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { homeOf } from "../config/config.ts";
import { repositoryOf } from "../config/repository.ts";
import { type Environment, PlacesError } from "../state/paths.ts";

export type Scope = "user" | "project";

export function settingsFile(scope: Scope, env: Environment, cwd: string): string {
  if (scope === "project") return join(repositoryOf(cwd)?.root ?? cwd, ".claude", "settings.json");
  const own = env.CLAUDE_CONFIG_DIR;
  if (own) return join(resolve(cwd, own), "settings.json");
  const home = homeOf(env);
  if (home === "") throw new PlacesError("HOME: no home folder is named; set it, or CLAUDE_CONFIG_DIR");
  return join(home, ".claude", "settings.json");
}

/** The hook's program: beside the bundle, or in dist/ when the sources run as they are. */
export function hookScript(): string {
  const beside = join(import.meta.dirname, "hook.cjs");
  return existsSync(beside) ? beside : resolve(import.meta.dirname, "../../dist/hook.cjs");
}

/**
 * Node by a path that outlives it. Homebrew and Nix keep each version in a folder of its own that goes with the next one,
 * and a link that stays; elsewhere the path it runs by is the one to keep.
 */
export function lastingNode(node: string, env: Environment): string {
  if (!/[/\\]Cellar[/\\]|^\/nix\/store\//.test(node)) return node;
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const link = join(folder, "node");
    try {
      if (folder !== "" && !/^\/nix\/store\//.test(link) && realpathSync(link) === realpathSync(node)) return link;
    } catch {
      // Not there.
    }
  }
  return node;
}

/** Whether the package lies where npm keeps what it may throw away. */
export const isPassing = (script: string): boolean => /[/\\]_npx[/\\]/.test(script);
