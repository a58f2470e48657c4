// Input that cannot be read twice (standard input, a pipe) is laid down in a temporary file first: the core reads each
// document once for its facts and asks for stretches of it again while it encodes.
//
// The file is its owner's alone and loses its name at once where the system allows that, so nothing is left behind
// even if the process is killed.

import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** An open file that nobody finds. */
export interface Nameless {
  readonly descriptor: number;
  /** Closes, and removes what is left. */
  remove(): void;
}

export interface Spooled extends Nameless {
  readonly shown: string;
}

/** Opens a file in the folder for what is temporary. */
export function nameless(temporary: string): Nameless {
  const folder = mkdtempSync(join(temporary, "spanloom-"));
  let descriptor: number;
  try {
    descriptor = openSync(join(folder, "input.jsonl"), "wx+", 0o600);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const unlinked = process.platform !== "win32";
  if (unlinked) rmSync(folder, { recursive: true, force: true });
  return {
    descriptor,
    remove() {
      closeSync(descriptor);
      if (!unlinked) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Reads a stream to its end. `-` is standard input, anything else a path that is no regular file. */
export async function spool(shown: string): Promise<Spooled> {
  const { tmpdir } = await import("node:os");
  const { descriptor, remove } = nameless(tmpdir());
  try {
    const input = shown === "-" ? process.stdin : createReadStream(shown, { highWaterMark: 262144 });
    for await (const chunk of input) {
      const bytes = chunk as Buffer;
      for (let from = 0; from < bytes.length;) from += writeSync(descriptor, bytes, from, bytes.length - from);
    }
    return { shown, descriptor, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
