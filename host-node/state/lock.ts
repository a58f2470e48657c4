// A lock that one process has at a time, and that a killed one does not keep.
//
// It is a folder with one file in it, the token, whose name says who has it: `free`, or `held.` and a signature. To
// take it, to give it back and to take it over from the dead is each one rename of that name, and of several
// processes that rename the same name one succeeds. Signatures never come again, so nobody can take over a lock that
// has changed hands since it was looked at; and there is never an instant at which the token is missing.

import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { codeOf, ensureFolder, stateError, StateError } from "./files.ts";
import { isLiving, readSignature, signature, type Signed } from "./living.ts";

export interface Lock {
  /** Lets go; does nothing if it was taken away. */
  release(): void;
}

const free = "free";
const held = "held.";
/** Each time round somebody else was faster; so often in a row means that the lock is well used. */
const tries = 8;

/** The tokens, of which there is one; while it is renamed a listing may show none, or both names. */
function tokensOf(path: string): string[] | undefined {
  let names: string[];
  try {
    names = readdirSync(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw stateError(path, error);
  }
  const tokens = names.filter((name) => name === free || name.startsWith(held));
  if (tokens.length === 0 && names.length > 0) throw new StateError(path, `is no lock: it holds ${names[0]}`);
  return tokens;
}

/** Makes the folder with the token in it, at once; nothing happens where somebody else has. */
function create(path: string, now: () => number): void {
  ensureFolder(dirname(path));
  const aside = join(dirname(path), `.${basename(path)}.${signature(now)}.tmp`);
  try {
    mkdirSync(aside, { mode: 0o700 });
    writeFileSync(join(aside, free), "", { mode: 0o600 });
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    // A folder takes the place of an empty one only. Windows has its own word for that.
    if (!["ENOTEMPTY", "EEXIST", "EPERM"].includes(codeOf(error))) throw stateError(path, error);
  }
}

function renamed(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw stateError(from, error);
  }
}

const holderOf = (token: string): string => token.slice(held.length);

/** The lock, or nothing if a living process has it. Throws a StateError where there can be no lock. */
export function tryLock(path: string, now: () => number = Date.now): Lock | undefined {
  const mine = `${held}${signature(now)}`;
  for (let tried = 0; tried < tries; tried++) {
    const tokens = tokensOf(path) ?? [];
    if (tokens.length === 0) create(path, now);
    if (tokens.some((token) => token !== free && isLiving(holderOf(token), now))) return undefined;
    if (tokens.some((token) => renamed(join(path, token), join(path, mine)))) {
      return {
        release() {
          try {
            renameSync(join(path, mine), join(path, free));
          } catch {
            // Taken away, or the folder is; and a lock that cannot be given back is free when this process has ended.
          }
        },
      };
    }
  }
  return undefined;
}

/** The living process that has the lock. Never throws: where there can be no lock, nobody has it. */
export function lockHolder(path: string, now: () => number = Date.now): Signed | undefined {
  try {
    const token = tokensOf(path)?.find((name) => name !== free && isLiving(holderOf(name), now));
    return token === undefined ? undefined : readSignature(holderOf(token));
  } catch {
    return undefined;
  }
}
