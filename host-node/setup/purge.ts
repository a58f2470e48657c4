// Removes what Spanloom keeps for itself. A folder that carries its name goes whole; one that does not (SPANLOOM_HOME can be
// any) loses what is known to be ours, and goes if nothing is left.

import { existsSync, lstatSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { stateError } from "../state/files.ts";
import type { Places } from "../state/paths.ts";

const known: Record<keyof Places, readonly string[]> = {
  config: ["config.json"],
  data: ["traces"],
  state: ["sessions", "pending", "working", "ledger", "spool", "off", "sweep.lock"],
};

const isNamed = (folder: string): boolean => [basename(folder), basename(dirname(folder))].includes("spanloom");

/** What would be removed: folders and files that are there. */
export function purgeable(places: Places): string[] {
  return (Object.keys(known) as (keyof Places)[]).flatMap((place) => {
    const folder = places[place];
    const paths = isNamed(folder) ? [folder] : known[place].map((name) => join(folder, name));
    return paths.filter((path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined);
  });
}

/** Removes it; answers the folders that stay because something else is in them. Throws a StateError. */
export function purge(places: Places): string[] {
  for (const path of purgeable(places)) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch (error) {
      throw stateError(path, error);
    }
  }
  const folders = Object.values(places);
  for (const folder of [
    ...folders,
    ...new Set(folders.map((each) => dirname(each)).filter((each) => isEmptyHome(each, folders))),
  ])
    removeEmpty(folder);
  return folders.filter((folder) => existsSync(folder));
}

/** The one folder above all three: SPANLOOM_HOME. */
const isEmptyHome = (folder: string, folders: readonly string[]): boolean =>
  folders.every((each) => dirname(each) === folder) && existsSync(folder) && readdirSync(folder).length === 0;

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not there, or not empty.
  }
}
