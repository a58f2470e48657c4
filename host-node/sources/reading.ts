// Reads the documents of one family: once in order, into whatever memory it is given, and then again in places. Between
// the two a file may have grown, which does no harm; anything else is told, because spans would name the wrong bytes.
//
// Few files are open at a time, however many sub-agents a session has.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type SourceDocument, systemWord } from "./document.ts";
import { type Records, recordsReader } from "./opencode/records.ts";
import type { Nameless } from "./spool.ts";

/** A document that could not be read, or changed while it was. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  constructor(
    readonly kind: "unreadable" | "changed",
    readonly shown: string,
    readonly detail: string,
  ) {
    super(`${shown}: ${kind}: ${detail}`);
  }
}

interface Snapshot {
  readonly inode: number;
  readonly size: number;
  readonly modified: number;
}

const mostOpen = 32;

export class FamilyFiles {
  readonly #documents: readonly SourceDocument[];
  readonly #snapshots: (Snapshot | undefined)[] = [];
  // In order of use: the first is the one to close.
  readonly #open = new Map<number, number>();
  /** What was written out to be read, and stays open, because nobody finds it again. */
  readonly #written = new Map<number, Nameless>();

  constructor(documents: readonly SourceDocument[]) {
    this.#documents = documents;
  }

  /** The same files under other numbers: number n of the result is number `order[n]` of this. */
  renumbered(order: readonly number[]): Pick<FamilyFiles, "read" | "shown"> {
    const at = (index: number): number => order[index] ?? -1;
    return {
      read: (index, memory, offset, length, position) => this.read(at(index), memory, offset, length, position),
      shown: (index) => this.shown(at(index)),
    };
  }

  /** Opens a document for the first reading; answers its size, which is all that will be read of it. */
  begin(index: number): number {
    this.#descriptor(index);
    return Math.min((this.#snapshots[index] as Snapshot).size, this.#documents[index]?.upTo ?? Infinity);
  }

  /** Reads `length` bytes from `position` to `memory` at `offset`; fewer only if the file has become shorter. */
  read(index: number, memory: Uint8Array, offset: number, length: number, position: number): number {
    const descriptor = this.#descriptor(index);
    let done = 0;
    try {
      while (done < length) {
        const read = readSync(descriptor, memory, offset + done, length - done, position + done);
        if (read === 0) break;
        done += read;
      }
    } catch (error) {
      throw new SourceError("unreadable", this.shown(index), systemWord(error));
    }
    return done;
  }

  /** Says so if a document is not what it was when it was begun. */
  verify(index: number): void {
    const before = this.#snapshots[index];
    if (before === undefined) return;
    this.#compare(index, before, this.#stat(index, this.#descriptor(index)));
  }

  shown(index: number): string {
    return this.#documents[index]?.shown ?? `document ${index}`;
  }

  close(): void {
    for (const [index, descriptor] of this.#open) this.#close(index, descriptor);
    this.#open.clear();
    for (const { remove } of this.#written.values()) remove();
    this.#written.clear();
  }

  #descriptor(index: number): number {
    const open = this.#open.get(index);
    if (open !== undefined) {
      if (this.#open.size >= mostOpen) {
        this.#open.delete(index);
        this.#open.set(index, open);
      }
      return open;
    }
    const document = this.#documents[index];
    if (document === undefined) throw new RangeError(`no document ${index}`);
    for (const [oldest, descriptor] of this.#open) {
      if (this.#open.size < mostOpen) break;
      this.#close(oldest, descriptor);
      this.#open.delete(oldest);
    }
    let descriptor: number;
    try {
      descriptor = document.descriptor ?? (document.records ? this.#write(index, document, document.records) : openSync(document.path, "r"));
    } catch (error) {
      throw new SourceError("unreadable", document.shown, systemWord(error));
    }
    this.#open.set(index, descriptor);
    const now = this.#stat(index, descriptor);
    const before = this.#snapshots[index];
    if (before === undefined) this.#snapshots[index] = now;
    else this.#compare(index, before, now);
    return descriptor;
  }

  #close(index: number, descriptor: number): void {
    // What came with a descriptor is closed by whoever opened it, and what was written at the end.
    const { descriptor: given, records } = this.#documents[index] as SourceDocument;
    if (given === undefined && records === undefined) closeSync(descriptor);
  }

  /** Sessions out of a database or a folder of records, written to a file once. */
  #write(index: number, { path }: SourceDocument, records: Records): number {
    const before = this.#written.get(index);
    if (before !== undefined) return before.descriptor;
    const reader = recordsReader();
    const file = reader.openNameless();
    this.#written.set(index, file);
    reader.writeSessions(path, records, file.descriptor);
    return file.descriptor;
  }

  #stat(index: number, descriptor: number): Snapshot {
    try {
      const stat = fstatSync(descriptor);
      return { inode: stat.ino, size: stat.size, modified: stat.mtimeMs };
    } catch (error) {
      throw new SourceError("unreadable", this.shown(index), systemWord(error));
    }
  }

  #compare(index: number, before: Snapshot, now: Snapshot): void {
    if (now.size < before.size) throw new SourceError("changed", this.shown(index), "it became shorter");
    if (now.inode !== before.inode) throw new SourceError("changed", this.shown(index), "it was replaced");
    if (now.size === before.size && now.modified !== before.modified) {
      throw new SourceError("changed", this.shown(index), "it was written over");
    }
  }
}
