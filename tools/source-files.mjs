// Where the sources are and how new they are. It does not read them.

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's top folder, with a separator at its end left out. */
export const top = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

const notSources = new Set(["node_modules", "dist", "scratch", "coverage"]);

/** Every source file below a folder, relative to it and with forward slashes, sorted; none if the folder is absent. */
export function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile()) {
      found.push(entry.name);
    } else if (entry.isDirectory() && !entry.name.startsWith(".") && !notSources.has(entry.name)) {
      for (const file of filesBelow(join(folder, entry.name))) found.push(`${entry.name}/${file}`);
    }
  }
  return found.sort();
}

/** When the newest of these files or folders (relative to the top) was last changed; 0 if none exists. */
export function newest(paths) {
  let latest = 0;
  for (const path of paths) {
    const absolute = join(top, path);
    const stat = statSync(absolute, { throwIfNoEntry: false });
    if (!stat) continue;
    if (stat.isDirectory()) {
      for (const file of filesBelow(absolute)) latest = Math.max(latest, statSync(join(absolute, file)).mtimeMs);
    } else {
      latest = Math.max(latest, stat.mtimeMs);
    }
  }
  return latest;
}

/** True if every output exists and none is older than any input. */
export function upToDate(outputs, inputs) {
  const latestInput = newest(inputs);
  return outputs.every((output) => {
    const stat = statSync(join(top, output), { throwIfNoEntry: false });
    return stat !== undefined && stat.mtimeMs >= latestInput;
  });
}
