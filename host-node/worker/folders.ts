// In which folder each turn of a family was worked: settings are a folder's, and a stream of events holds the sessions of any
// number of folders.

import { Told } from "../build/opencode.ts";
import { folderOf } from "../sources/cwd.ts";
import type { Family } from "../sources/document.ts";
import { FamilyFiles, SourceError } from "../sources/reading.ts";
import type { Turn } from "./making.ts";

/** Turns of one folder, or of nobody knows which. */
export interface Folder {
  readonly cwd: string | undefined;
  readonly turns: readonly Turn[];
}

/** Where sessions of opencode work, by their ids. What cannot be read says nothing, and of records the family says it. */
function directoriesIn({ documents }: Family): Map<string, string> {
  const told = new Told();
  const files = new FamilyFiles(documents);
  try {
    for (const [index, { name, records }] of documents.entries()) if (records === undefined) told.read(files, index, name, files.begin(index));
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
  } finally {
    files.close();
  }
  const directories = new Map<string, string>();
  for (const { id, parent, directory } of told.sessions.values()) {
    if (directory === "") continue;
    directories.set(id, directory);
    // One that is not here itself works where those it started do.
    if (parent !== "" && (told.sessions.get(parent)?.directory ?? "") === "") directories.set(parent, directory);
  }
  return directories;
}

/** The turns by folder. Those of sessions that do not say where they work count to the first folder there is. */
export function byFolder(family: Family, turns: readonly Turn[]): Folder[] {
  const directories = directoriesIn(family);
  const first = family.directory ?? family.documents.map(({ path }) => folderOf(path)).find((folder) => folder !== undefined);
  const folders = new Map<string | undefined, Turn[]>();
  for (const turn of turns) {
    const cwd = directories.get(turn.conversation) ?? first;
    const own = folders.get(cwd);
    if (own === undefined) folders.set(cwd, [turn]);
    else own.push(turn);
  }
  return [...folders].map(([cwd, own]) => ({ cwd, turns: own }));
}
