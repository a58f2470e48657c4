// Whether anything can be written at all, tried out: for a person who asks why nothing happens. Rights alone do not tell: root
// has them all, disks are read-only or full.

import { accessSync, constants, existsSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { codeOf } from "./files.ts";

/** The folder itself or the nearest one above it that is there. */
export function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}

/** The system's word for why nothing can be written in a folder, or where it would be made; nothing if it can. */
export function whyUnwritable(folder: string): string | undefined {
  const there = nearest(folder);
  try {
    if (there !== folder) {
      accessSync(there, constants.W_OK | constants.X_OK);
      return undefined;
    }
    const probe = join(folder, `.probe.${process.pid}.tmp`);
    try {
      // A disk may have room for names and none for content.
      writeFileSync(probe, Buffer.alloc(4096), { mode: 0o600, flag: "wx" });
    } finally {
      rmSync(probe, { force: true });
    }
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
}
