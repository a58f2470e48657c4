// The repository a folder belongs to, and the real path of a folder. Reads nothing but what names a repository.

import { readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

export interface Repository {
  /** The folder that holds `.git`. */
  readonly root: string;
  /** Of a worktree, the repository it was made from; else the root. */
  readonly main: string;
}

const marks = [".git", ".hg", ".jj"];

/** A path without links, in the case the file system has it in; nothing if it does not exist. */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

/** The real path of as much as exists, with the rest as it is written. */
export function nearestRealPath(path: string): string {
  const real = realPath(path);
  const above = dirname(path);
  return real ?? (above === path ? path : join(nearestRealPath(above), basename(path)));
}

export function within(folder: string, path: string): boolean {
  const end = /[/\\]$/.test(folder) ? "" : process.platform === "win32" ? "\\" : "/";
  return path === folder || path.startsWith(folder + end);
}

/** Whether there is something; `unknown` where the system will not say. */
function look(path: string, unknown: "file" | undefined): "file" | "folder" | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat && (stat.isDirectory() ? "folder" : "file");
  } catch {
    return unknown;
  }
}

/** A worktree's `.git` is a file that says where the repository keeps what is the worktree's. */
function mainOf(root: string, mark: string): string {
  try {
    const named = /^gitdir: (.+?)\s*$/.exec(readFileSync(mark, "utf8"))?.[1];
    const folder = named === undefined ? undefined : resolve(root, named);
    const shared = folder && /^(.+)[/\\]\.git[/\\]worktrees[/\\][^/\\]+$/.exec(folder)?.[1];
    return shared ? nearestRealPath(shared) : root;
  } catch {
    return root;
  }
}

/** The innermost repository around a folder. */
export function repositoryOf(cwd: string): Repository | undefined {
  let folder = nearestRealPath(resolve(cwd));
  for (;;) {
    for (const name of marks) {
      const mark = join(folder, name);
      const found = look(mark, undefined);
      if (found !== undefined) return { root: folder, main: found === "file" ? mainOf(folder, mark) : folder };
    }
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
}

/** The project's file for a folder: the nearest one that is not above its repository. */
export function projectFileOf(cwd: string, name: string): string | undefined {
  const repository = repositoryOf(cwd);
  if (repository === undefined) return undefined;
  for (let folder = nearestRealPath(resolve(cwd)); ; folder = dirname(folder)) {
    const file = join(folder, name);
    if (folder === repository.root || look(file, "file") !== undefined) return file;
  }
}
