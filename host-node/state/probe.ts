// Whether the state can be written at all, tried out: for a person who asks why nothing happens.

import { accessSync, constants, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { codeOf } from "./files.ts";

/** Why nothing can be written in a folder, or where it would be made; nothing if it can. */
export function whyUnwritable(folder: string): string | undefined {
  try {
    let nearest = folder;
    while (statSync(nearest, { throwIfNoEntry: false }) === undefined && dirname(nearest) !== nearest) nearest = dirname(nearest);
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
