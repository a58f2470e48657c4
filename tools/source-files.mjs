// Where the sources are and how new they are. It does not read them.

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's top folder, with a separator at its end left out. */
export const top = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/** Every file below a folder, relative to it and with forward slashes, sorted; nothing if the folder is absent. */
export function filesBelow(folder) {
  let entries;
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1).replaceAll("\\", "/"))
    .filter((path) => !/(^|\/)(node_modules|dist|scratch|coverage)\//.test(path))
    .sort();
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
