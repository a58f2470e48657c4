// The names spans give their documents: the path below the folder of the session, with forward slashes. The same on
// every machine and however the path was written on the command line.

import { basename, dirname, relative, sep } from "node:path";

export interface Named {
  readonly path: string;
  /** The transcript whose folder it is named from; its own path for a transcript. */
  readonly owner: string;
}

const slashed = (path: string): string => (sep === "/" ? path : path.replaceAll(sep, "/"));

/** `path` below `folder`, or nothing if it lies elsewhere. */
function below(folder: string, path: string): string | undefined {
  // Nearly always; what Node does to find the way between any two paths takes a small build longer than all else here.
  if (path.startsWith(folder + sep)) return slashed(path.slice(folder.length + 1));
  const found = slashed(relative(folder, path));
  return found === "" || found.startsWith("../") || found === ".." || /^[A-Za-z]:/.test(found) ? undefined : found;
}

function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0] as string);
  while (!paths.every((path) => below(folder, path) !== undefined) && dirname(folder) !== folder)
    folder = dirname(folder);
  return folder;
}

/** One name each, all different, in the order given. */
export function documentNames(documents: readonly Named[]): string[] {
  const names = documents.map(({ path, owner }) =>
    path === owner ? basename(path) : (below(dirname(owner), path) ?? basename(path)),
  );
  const sharing = new Map<string, number[]>();
  names.forEach((name, index) => sharing.set(name, [...(sharing.get(name) ?? []), index]));
  for (const indexes of sharing.values()) {
    if (indexes.length === 1) continue;
    // Copies of one session in several folders: named from the folder that holds them all.
    const paths = indexes.map((index) => (documents[index] as Named).path);
    const folder = commonFolder(paths);
    indexes.forEach((index, at) => (names[index] = below(folder, paths[at] as string) ?? slashed(paths[at] as string)));
  }
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let copy = 2; taken.has(free); copy++) free = `${name}~${copy}`;
    taken.add(free);
    return free;
  });
}
