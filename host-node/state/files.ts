// The two ways state is written, and how it is read back: a file that is replaced whole, and a file of lines that grows.
//
// Whoever is killed, at whatever instant, leaves the old file or the new one, and of lines all that were there and
// perhaps a torn last one. A line is written together with a line break on either side, by one call that the system
// appends as a whole: so a torn line ends where the next one begins, without anybody having to look for it, and two
// processes need no lock. Blank lines mean nothing.
//
// Files are 0600, folders 0700. What cannot be written is a StateError, an ordinary outcome; what cannot be read is told
// and counts as not there.

import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/** Something of the state could not be written: which file, and the system's word for why. */
export class StateError extends Error {
  override readonly name = "StateError";
  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(`${path}: ${reason}`);
  }
}

/** Where a reader says what it had to leave out: one line, file and reason. */
export type Tell = (message: string) => void;
export const silent: Tell = () => {};

/** The system's word for an error. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error));
}

export function stateError(path: string, error: unknown): StateError {
  return error instanceof StateError ? error : new StateError(path, codeOf(error));
}

export function ensureFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw stateError(path, error);
  }
}

/** Does it, and once more with the folder made where there was none. */
function inFolder<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw stateError(path, error);
  }
  ensureFolder(dirname(path));
  try {
    return act();
  } catch (error) {
    throw stateError(path, error);
  }
}

/** All of it, however little a call takes. */
export function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length; ) from += writeSync(descriptor, bytes, from, bytes.length - from);
}

/** Makes names durable, where the system can do that for a folder. */
export function syncFolder(path: string): void {
  try {
    const descriptor = openSync(path, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Windows cannot, and some file systems refuse.
  }
}

export interface WriteOptions {
  /** Whether it must outlive a loss of power, not only of the process. */
  readonly sync?: boolean;
}

let written = 0;

/** The bytes under a name of their own beside `path`, given to `name`; nothing of that name stays. */
function writeAside(path: string, content: Uint8Array | string, sync: boolean, name: (aside: string) => void): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const aside = join(dirname(path), `.${basename(path)}.${process.pid}-${written++}.tmp`);
  const descriptor = inFolder(aside, () => openSync(aside, "wx", 0o600));
  try {
    try {
      writeWhole(descriptor, bytes);
      if (sync) fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    name(aside);
  } catch (error) {
    rmSync(aside, { force: true });
    throw stateError(path, error);
  }
  if (sync) syncFolder(dirname(path));
}

/** Puts a file with these bytes in the place of whatever is there. */
export function writeAtomic(path: string, content: Uint8Array | string, { sync = true }: WriteOptions = {}): void {
  writeAside(path, content, sync, (aside) => renameSync(aside, path));
}

/** Gives a file a second name, where that name is free, and takes away the first. False if it is not free. */
export function moveNew(from: string, to: string): boolean {
  try {
    linkSync(from, to);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (codeOf(error) === "ENOENT") throw error;
    // A file system without links: nearly as good.
    if (statSync(to, { throwIfNoEntry: false }) !== undefined) return false;
    renameSync(from, to);
    return true;
  }
  rmSync(from, { force: true });
  return true;
}

/** Writes a file that is not there yet. False, and nothing written, if it is. */
export function writeNew(path: string, content: Uint8Array, { sync = true }: WriteOptions = {}): boolean {
  let isNew = true;
  writeAside(path, content, sync, (aside) => {
    isNew = moveNew(aside, path);
    if (!isNew) rmSync(aside, { force: true });
  });
  return isNew;
}

/** Appends these lines, all in one piece. */
export function appendRecords(path: string, lines: readonly string[], { sync = false }: WriteOptions = {}): void {
  if (lines.length === 0) return;
  const bytes = Buffer.from(`\n${lines.join("\n")}\n`);
  const descriptor = inFolder(path, () => openSync(path, "a", 0o600));
  try {
    // Never the rest by a second call: between the two another process may append.
    if (writeSync(descriptor, bytes) < bytes.length) throw new StateError(path, "ENOSPC");
    if (sync) fsyncSync(descriptor);
  } catch (error) {
    throw stateError(path, error);
  } finally {
    closeSync(descriptor);
  }
}

/** Appends a line; it holds no line break itself. */
export function appendRecord(path: string, line: string, options: WriteOptions = {}): void {
  appendRecords(path, [line], options);
}

function tryRead(path: string, tell: Tell): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") tell(`${path}: ${codeOf(error)}`);
    return undefined;
  }
}

/** The lines of a file that end in a line break, without blank ones; none of a file that is missing or unreadable. */
export function readLines(path: string, tell: Tell = silent): string[] {
  const bytes = tryRead(path, tell);
  if (bytes === undefined) return [];
  try {
    const text = bytes.toString("utf8", 0, bytes.lastIndexOf(10) + 1);
    return text.split("\n").filter((line) => line !== "");
  } catch (error) {
    // Longer than a string may be: none of ours.
    tell(`${path}: ${codeOf(error)}`);
    return [];
  }
}

/** A JSON object, or nothing. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The JSON object a file holds, or nothing. */
export function readObject(path: string, tell: Tell = silent): Record<string, unknown> | undefined {
  const bytes = tryRead(path, tell);
  if (bytes === undefined) return undefined;
  const value = parseObject(bytes.toString("utf8"));
  if (value === undefined) tell(`${path}: is not what it should be, left out`);
  return value;
}

/** The names in a folder; none if there is no such folder. */
export function namesIn(path: string, tell: Tell = silent): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") tell(`${path}: ${codeOf(error)}`);
    return [];
  }
}

const oldEnough = 3_600_000;

/** Removes what killed writers left beside their files an hour ago or longer. */
export function removeTemporaries(folder: string, now: () => number = Date.now): void {
  for (const name of namesIn(folder)) {
    if (!/^\..*\.tmp$/.test(name)) continue;
    const path = join(folder, name);
    const at = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (now() - at > oldEnough) rmSync(path, { recursive: true, force: true });
  }
}
