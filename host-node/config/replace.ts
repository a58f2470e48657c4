// Replaces one of the user's own files: whole or not at all, through links, with the permissions it had.

import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { codeOf, StateError, stateError, writeAtomic } from "../state/files.ts";

const maxLinks = 40;

/** The file behind links, also one that does not exist yet. */
export function targetOf(path: string): string {
  let target = path;
  for (let links = 0; lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink(); links++) {
    if (links === maxLinks) throw new StateError(path, "ELOOP");
    target = resolve(dirname(target), readlinkSync(target));
  }
  const folder = dirname(target);
  return statSync(folder, { throwIfNoEntry: false }) ? join(realpathSync(folder), basename(target)) : target;
}

/** The text of a file; nothing if there is none. Throws a StateError. */
export function readText(path: string): string | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    // Reading a pipe would wait for ever.
    if (stat && !stat.isFile()) throw new StateError(path, stat.isDirectory() ? "EISDIR" : "no file");
    return stat && readFileSync(path, "utf8");
  } catch (error) {
    throw stateError(path, error);
  }
}

/** Writes what should stand instead of `before`, which was read. Throws a StateError. */
export function replaceText(path: string, before: string | undefined, after: string): void {
  try {
    const target = targetOf(path);
    if (readText(target) !== before) throw new StateError(path, "changed meanwhile");
    if (before === undefined) return writeAtomic(target, after);
    // The rename would also replace a file that nobody may write.
    accessSync(target, constants.W_OK);
    const mode = statSync(target).mode & 0o7777;
    writeAtomic(target, after);
    if (mode !== 0o600) chmodSync(target, mode);
  } catch (error) {
    throw stateError(path, error);
  }
}

/** Copies what was read of a file to the first free name beside it; answers that. Throws a StateError. */
export function backUp(path: string, text: string, name: (number: number) => string): string {
  for (let number = 1; ; number++) {
    const copy = join(dirname(targetOf(path)), name(number));
    try {
      writeFileSync(copy, text, { flag: "wx", mode: statSync(path).mode & 0o777 });
      return copy;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw stateError(copy, error);
    }
  }
}
