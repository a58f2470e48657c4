// The folder a session began in, as its record says near the top.

import { closeSync, openSync, readSync } from "node:fs";
import { HEAD_BYTES } from "./head.ts";

/** Nothing where it does not say, or cannot be read. */
export function folderOf(path: string): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, "r");
    const bytes = Buffer.alloc(HEAD_BYTES);
    const head = bytes.toString("utf8", 0, readSync(descriptor, bytes, 0, bytes.length, 0));
    const word = /"cwd": ?("(?:[^"\\]|\\.)*")/.exec(head)?.[1];
    return word === undefined ? undefined : (JSON.parse(word) as string);
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
