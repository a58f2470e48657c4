// Sessions a person has switched off: an empty file each. The hook and the worker leave them alone.

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { namesIn, StateError, writeAtomic } from "./files.ts";
import { isSessionId, type Places } from "./paths.ts";

const folderOf = (places: Places): string => join(places.state, "off");

export function isOff(places: Places, session: string): boolean {
  return isSessionId(session) && existsSync(join(folderOf(places), session));
}

export function listOff(places: Places): string[] {
  return namesIn(folderOf(places)).filter(isSessionId);
}

export function setOff(places: Places, session: string, off: boolean): void {
  if (!isSessionId(session)) throw new StateError(folderOf(places), "no session id");
  const path = join(folderOf(places), session);
  if (off) writeAtomic(path, "");
  else rmSync(path, { force: true });
}
