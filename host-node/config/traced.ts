// Whether a session in a folder is traced, and why. In doubt it is not: what was not recorded can be built from the
// transcript later, what was sent cannot be taken back.

import { resolve } from "node:path";
import { isOff } from "../state/off.ts";
import type { Config } from "./config.ts";
import { nearestRealPath, realPath, repositoryOf, within } from "./repository.ts";

export interface Tracing {
  readonly traced: boolean;
  readonly why: string;
}

/** Folders a session counts as being in: as written, without links, and of a worktree also its repository. */
function placesOf(cwd: string): string[] {
  const main = repositoryOf(cwd)?.main;
  return [resolve(cwd), nearestRealPath(resolve(cwd)), ...(main === undefined ? [] : [main])];
}

/** The configuration must be the one for this folder (`readConfig` with it). */
export function isTraced(config: Config, cwd: string, session?: string): Tracing {
  const not = (why: string): Tracing => ({ traced: false, why });
  if (config.disable) return not(`disable is set by ${config.values.get("disable")?.source}`);
  const broken = config.files.find(({ state }) => state === "broken");
  if (broken !== undefined) return not(`${broken.source} cannot be read, and could forbid it`);
  if (session !== undefined && isOff(config.places, session)) return not("this session is switched off");

  const inside = placesOf(cwd);
  for (const folder of config.off)
    if (inside.some((path) => within(folder, path) || within(nearestRealPath(folder), path)))
      return not(`${folder} is switched off`);

  if (config.roots === undefined) return { traced: true, why: "no roots are set: sessions are traced everywhere" };
  const real = realPath(cwd);
  if (real === undefined) return not(`roots are set, and where ${cwd} really is cannot be told`);
  const root = config.roots.find((folder) => {
    const realRoot = realPath(folder);
    return realRoot !== undefined && within(realRoot, real);
  });
  return root === undefined ? not(`${real} is in none of the roots`) : { traced: true, why: `${real} is in ${root}` };
}
