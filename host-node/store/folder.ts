// The local store as a folder: one file a session, named by the id of the session at the root of its forks, and beside
// them an index that can always be made again. It reads no file's content.

import { readdirSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { codeOf, stateError } from "../state/files.ts";
import { isSessionId, type Places } from "../state/paths.ts";

/** One session's file as the folder knows it. */
export interface StoredFile {
  readonly session: string;
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970, with fractions. */
  readonly mtime: number;
}

const ending = ".jsonl";

export const tracesFolder = ({ data }: Places): string => join(data, "traces");

export const indexPath = (places: Places): string => join(tracesFolder(places), "index.json");

export const tracesPath = (places: Places, session: string): string => join(tracesFolder(places), session + ending);

/** Every session's file, by id; none if there is no store yet. Throws a StateError if the folder cannot be read. */
export function storedFiles(places: Places): StoredFile[] {
  const folder = tracesFolder(places);
  const files: StoredFile[] = [];
  for (const name of namesIn(folder).sort()) {
    const session = name.slice(0, -ending.length);
    if (!name.endsWith(ending) || !isSessionId(session)) continue;
    const path = join(folder, name);
    const stat = statOf(path);
    if (stat?.isFile()) files.push({ session, path, size: stat.size, mtime: stat.mtimeMs });
  }
  return files;
}

/** Nothing for what is gone, and for links that lead nowhere. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw stateError(folder, error);
  }
}
