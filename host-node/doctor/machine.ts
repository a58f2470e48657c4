// This machine: Node, our folders and who may read them, room on the disk.

import { existsSync, statfsSync, statSync } from "node:fs";
import { userFileOf } from "../config/config.ts";
import { nearestFolder, whyUnwritable } from "../state/probe.ts";
import { type Finding, fail, type Look, megabytes, ok, warn } from "./check.ts";

const leastNode = 20;

export function checkNode({ version }: Look): Finding[] {
  const major = Number(/^v(\d+)/.exec(version)?.[1]);
  if (major >= leastNode) return [ok(version)];
  return [fail(`${version} is too old: Spanloom needs ${leastNode} or later`, "install a newer Node, then run spanloom init again")];
}

const modeOf = (path: string): number => (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o777;
/** Windows has other rights than these. */
const areOthersLet = (path: string): boolean => process.platform !== "win32" && (modeOf(path) & 0o077) !== 0;

export function checkFolders({ places }: Look): Finding[] {
  const folder = (name: string, path: string, holds: string): Finding => {
    const reason = whyUnwritable(path);
    if (reason !== undefined) return fail(`${path} cannot be written (${reason}): ${holds} is lost`, "give yourself the right to, or choose another place with SPANLOOM_HOME", name);
    if (areOthersLet(path)) return warn(`${path} is open to others (mode ${modeOf(path).toString(8)})`, `chmod 700 ${path}`, name);
    return ok(existsSync(path) ? path : `${path}, made when it is needed`, name);
  };
  const found = [folder("state", places.state, "what happens in a session"), folder("data", places.data, "what the local store should keep")];
  // Only a person writes there, who will be told.
  const file = userFileOf(places);
  if (areOthersLet(file)) found.push(warn(`${file}, which may hold keys, is open to others (mode ${modeOf(file).toString(8)})`, `chmod 600 ${file}`, "config"));
  else found.push(ok(existsSync(file) ? file : `${file}, not made yet: defaults hold`, "config"));
  return found;
}

/** What a full spool takes, and a bit. */
const enough = 320 * 1048576;
const next = 16 * 1048576;

export function checkDisk({ places }: Look): Finding[] {
  const rooms = [...new Set([places.state, places.data].map(nearestFolder))].map((path) => ({ path, ...statfsSync(path) }));
  const least = rooms.map(({ path, bavail, bsize, files, ffree }) => ({ path, bytes: files > 0 && ffree === 0 ? 0 : bavail * bsize })).sort((a, b) => a.bytes - b.bytes)[0];
  if (least === undefined) return [];
  const says = `${megabytes(least.bytes)} free for ${least.path}`;
  if (least.bytes < next) return [fail(`${says}: what a hook is told, and what cannot be sent, is lost`, "make room")];
  if (least.bytes < enough) return [warn(`${says}: less than what may wait for a destination`, "make room, or lower spool.bytes and store.bytes (spanloom config)")];
  return [ok(says)];
}
