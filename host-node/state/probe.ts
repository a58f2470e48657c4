// Whether the state can be written at all, tried out: for a person who asks why nothing happens.

import { accessSync, constants, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { codeOf } from "./files.ts";

/** The folder itself, or the nearest one above it that is there. */
export function nearestFolder(folder: string): string {
  return statSync(folder, { throwIfNoEntry: false }) !== undefined || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}

/** Why nothing can be written in a folder, or where it would be made; nothing if it can. */
export function whyUnwritable(folder: string): string | undefined {
  try {
    const nearest = nearestFolder(folder);
    accessSync(nearest, constants.W_OK);
    if (nearest !== folder) return undefined;
    const probe = join(folder, `.probe.${process.pid}.tmp`);
    try {
      // A disk may have room for names and none for content.
      writeFileSync(probe, Buffer.alloc(4096), { mode: 0o600 });
    } finally {
      rmSync(probe, { force: true });
    }
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
}
