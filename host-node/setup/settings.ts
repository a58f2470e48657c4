// One file of Claude Code's settings: what it would be with our hooks and without, and the change itself.
//
// Out again is exact where it can be: if what stands there is what registering makes of a backup, or of no file at all, then
// nothing else has changed since, and that is put back to the byte. Else our entries are taken out and all else stays.

import { readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { BrokenFile } from "../config/broken.ts";
import { readJson } from "../config/edit.ts";
import { JsonText } from "../config/json.ts";
import { isObject } from "../config/object.ts";
import { backUp, readText, replaceText, targetOf } from "../config/replace.ts";
import { codeOf, StateError, stateError } from "../state/files.ts";
import { ourHooks, register, ShapeError, unregister } from "./registration.ts";

export interface Change {
  readonly path: string;
  /** Nothing: there is no file. */
  readonly before: string | undefined;
  /** Nothing: the file goes. */
  readonly after: string | undefined;
  /** A copy of just this, which is then no longer needed. */
  readonly backup?: string;
  /** The client runs no hooks at all, for these settings say so. */
  readonly hooksOff: boolean;
}

const backupName = (path: string, number: number): string => `${basename(path)}.spanloom-backup-${number}`;

/** Backups beside a file, the latest first. */
function backupsOf(path: string): string[] {
  const folder = dirname(targetOf(path));
  const start = backupName(path, 0).slice(0, -1);
  const numberOf = (name: string): number => Number(name.slice(start.length));
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)))
      .sort((a, b) => numberOf(b) - numberOf(a))
      .map((name) => join(folder, name));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw stateError(folder, error);
  }
}

/** Does something to settings, with their complaints in the file's name. */
function edit<T>(path: string, json: JsonText, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof ShapeError) throw new BrokenFile(path, json.lineOf(error.path), error.message);
    throw error;
  }
}

const hooksAreOff = (settings: unknown): boolean => isObject(settings) && settings["disableAllHooks"] === true;

/** The settings with our hooks. Throws BrokenFile and StateError. */
export function withHooks(path: string, command: string, script: string): Change {
  const { before, json } = readJson(path);
  const hooksOff = hooksAreOff(json.value);
  const old = json.text;
  edit(path, json, () => register(json, command, script));
  return { path, before, after: json.text === old ? before : json.text, hooksOff };
}

/** What registering made the present text of, if that can be told. */
function originOf(
  path: string,
  text: string,
  command: string,
  script: string,
): Pick<Change, "after" | "backup"> | undefined {
  const makes = (original: string | undefined): boolean => {
    try {
      const json = new JsonText(original === undefined || original.trim() === "" ? "{}\n" : original);
      register(json, command, script);
      return json.text === text;
    } catch {
      return false; // a backup that is no settings
    }
  };
  for (const backup of backupsOf(path)) {
    const original = readText(backup);
    if (original !== undefined && makes(original)) return { after: original, backup };
  }
  return makes(undefined) ? { after: undefined } : undefined;
}

/** The settings without our hooks. Throws BrokenFile and StateError. */
export function withoutHooks(path: string, script: string): Change {
  const { before, json } = readJson(path);
  const hooksOff = hooksAreOff(json.value);
  const ours = edit(path, json, () => ourHooks(json.value, script));
  if (before === undefined || ours.length === 0) return { path, before, after: before, hooksOff };
  const commands = new Set(ours.map(({ command }) => command));
  const [command] = commands;
  const origin = commands.size === 1 ? originOf(path, before, command as string, script) : undefined;
  if (origin !== undefined) return { path, before, hooksOff, ...origin };
  unregister(json, script);
  return { path, before, after: json.text, hooksOff };
}

/** Removes a file, if it still is what was read. */
function remove(path: string, before: string | undefined): void {
  try {
    if (readText(path) !== before) throw new StateError(path, "changed meanwhile");
    rmSync(targetOf(path), { force: true });
  } catch (error) {
    throw stateError(path, error);
  }
}

/** Makes the change; answers the path of the backup, if what was there is not to be had otherwise. Throws a StateError. */
export function apply({ path, before, after, backup }: Change): string | undefined {
  if (after === undefined) {
    remove(path, before);
    return undefined;
  }
  const restores = backup !== undefined;
  const copy =
    before === undefined || restores ? undefined : backUp(path, before, (number) => backupName(path, number));
  try {
    replaceText(path, before, after);
  } catch (error) {
    if (copy !== undefined) rmSync(copy, { force: true });
    throw error;
  }
  if (restores) rmSync(backup, { force: true });
  return copy;
}
