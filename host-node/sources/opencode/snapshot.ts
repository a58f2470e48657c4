// A database as it is at one instant, although opencode goes on writing it.
//
// opencode writes ahead: what is new stands in a file of its own (`-wal`) until it is copied back now and then. The
// engine here has no part in the locks of the system's processes and must leave nothing in opencode's folder. So it is
// given a folder of its own: in it a link to the database, which is opened for reading alone, and a copy of the -wal file.
// The two fit together as long as nothing was copied back meanwhile, and that shows: the database has changed then, or the
// -wal file begins anew. Where it did, all is read once more.

import { closeSync, copyFileSync, mkdtempSync, openSync, readSync, realpathSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sqlite, { type Database } from "node-sqlite3-wasm";

const tries = 8;
const walHead = 32;

/** The head of the -wal file, whose salts are new each time it is begun anew; "" where there is none. */
function headOf(wal: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(wal, "r");
  } catch {
    return "";
  }
  try {
    const head = Buffer.alloc(walHead);
    return head.toString("latin1", 0, readSync(descriptor, head, 0, walHead, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** What changes when something is copied back. */
function stateOf(path: string): string {
  const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
  return [ino, size, mtimeNs, ctimeNs, headOf(`${path}-wal`)].join(" ");
}

function place(path: string, link: string): void {
  try {
    symlinkSync(path, link);
  } catch (error) {
    // Windows grants links to few.
    if (!["EPERM", "EACCES", "ENOSYS"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    copyFileSync(path, link);
  }
}

function withCopy<T>(path: string, read: (database: Database) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "spanloom-"));
  try {
    const link = join(folder, "opencode.db");
    place(path, link);
    try {
      copyFileSync(`${path}-wal`, `${link}-wal`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
    const database = new sqlite.Database(link, { readOnly: true });
    try {
      // Alone in its folder, it needs no memory shared with other processes, which this engine has not got.
      database.exec("PRAGMA locking_mode = EXCLUSIVE");
      return read(database);
    } finally {
      database.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Reads from a database that may be in use; `read` is called again where what it read was not of one instant, and what it
 * did before must then count for nothing.
 */
export function readSnapshot<T>(file: string, read: (database: Database) => T): T {
  const path = realpathSync.native(file);
  for (let tried = 1; ; tried++) {
    const before = stateOf(path);
    let outcome: { value: T } | { error: unknown };
    try {
      outcome = { value: withCopy(path, read) };
    } catch (error) {
      outcome = { error };
    }
    // An error may come of a change, too.
    if (stateOf(path) === before) {
      if ("error" in outcome) throw outcome.error;
      return outcome.value;
    }
    if (tried === tries) throw new Error("it is written all the time");
  }
}
