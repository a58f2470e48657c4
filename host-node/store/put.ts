// Writes what is known of a session, all of it, in the place of what was known before.
//
// A session grows turn by turn, and a later turn can change an earlier one: an agent in the background ends, a result
// comes late, a fork turns out to share its history. Ids stay, spans do not. So the file is not appended to: each time the
// whole session is built afresh and written beside the old file, which it then replaces. Whoever looks, at any instant,
// finds the old traces or the new ones, each once, and no index of what is in them has to be kept true. The price is that
// a turn costs a copy of its session: of n turns the last file is written about n/2 times over. That is some
// milliseconds for a usual session and a tenth of a second for one of 60 MB, and it is a worker that waits, nobody else.

import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ensureFolder, StateError, stateError, syncFolder, writeWhole } from "../state/files.ts";
import { isSessionId, type Places } from "../state/paths.ts";
import { tracesPath } from "./folder.ts";

export type Put =
  | { readonly kind: "stored"; readonly path: string; readonly bytes: number; readonly requests: number }
  /** There was nothing to store; what was there stays. */
  | { readonly kind: "empty" }
  /** A full disk, a folder that cannot be written: what was there stays. `detail` is the system's word. */
  | { readonly kind: "failed"; readonly path: string; readonly detail: string };

const newline = Uint8Array.of(10);
let written = 0;

/** Tells what the file system refuses from whatever making the bytes may throw. */
function system<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw stateError(path, error);
  }
}

/** What writeAtomic does (state/files.ts), of pieces that need not fit into memory, each used before the next is asked for. */
function writePieces(path: string, pieces: Iterable<Uint8Array>): void {
  ensureFolder(dirname(path));
  const aside = join(dirname(path), `.${basename(path)}.${process.pid}-${written++}.tmp`);
  const descriptor = system(path, () => openSync(aside, "wx", 0o600));
  let open = true;
  try {
    for (const piece of pieces) system(path, () => writeWhole(descriptor, piece));
    system(path, () => fsyncSync(descriptor));
    open = false;
    system(path, () => closeSync(descriptor));
    system(path, () => renameSync(aside, path));
  } catch (error) {
    if (open) closeSync(descriptor);
    rmSync(aside, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/**
 * Stores a session: `lines` are the requests of all its traces, OTLP JSON, without line breaks. Empty ones are passed over.
 * It throws what `lines` throws, and nothing else; what was stored then stays.
 */
export function put(places: Places, session: string, lines: Iterable<Uint8Array>): Put {
  const path = tracesPath(places, session);
  if (!isSessionId(session)) return { kind: "failed", path, detail: "not fit to name a file" };
  let [bytes, requests] = [0, 0];
  const nothing = Symbol("nothing to store");
  function* pieces(): Generator<Uint8Array> {
    for (const line of lines) {
      if (line.length === 0) continue;
      yield line;
      yield newline;
      bytes += line.length + 1;
      requests++;
    }
    if (requests === 0) throw nothing;
  }
  try {
    writePieces(path, pieces());
  } catch (error) {
    if (error === nothing) return { kind: "empty" };
    if (error instanceof StateError) return { kind: "failed", path: error.path, detail: error.reason };
    throw error;
  }
  return { kind: "stored", path, bytes, requests };
}
