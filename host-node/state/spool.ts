// Requests that wait for their destination, in batches (batch.ts) named by time, so that names in order are requests in
// order. Everything that is sent has been here first: so whoever is killed knows afterwards what had been sent, but for
// the one request whose answer it did not live to hear.
//
// A batch appears whole, by one rename, or not at all. The spool is bounded, by bytes and by count. What no longer fits is
// dropped, the oldest batch first and always all of it: its traces are not noted as sent, so they are made again when
// their session is looked at again. A drop is counted before it is done: a crash in between counts once too often rather
// than too little.

import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  batchName,
  contentOf,
  entriesIn,
  moveTo,
  readBatchName,
  readEntry,
  replace,
  type RequestState,
  settleBatch,
  type SpooledRequest,
  type SpoolEntry,
  type SpoolHeader,
  tracesOf,
  weigh,
  writeRequest,
} from "./batch.ts";
import { codeOf, namesIn, readObject, silent, stateError, syncFolder, type Tell, writeAtomic } from "./files.ts";
import { isLiving, signature } from "./living.ts";
import { destinationName, type Places } from "./paths.ts";

export type { SpooledRequest, SpoolEntry, SpoolHeader } from "./batch.ts";

/** What was dropped since the spool was made. */
export interface Dropped {
  readonly requests: number;
  readonly bytes: number;
  readonly traces: number;
  /** When the last was, in milliseconds. */
  readonly at: number;
}

export interface SpoolLimits {
  readonly mostBytes?: number;
  readonly mostRequests?: number;
  readonly tell?: Tell;
  readonly now?: () => number;
}

/** Requests that are about to wait together. What cannot be written is a StateError; then it is to be abandoned. */
export interface Batch {
  add(header: SpoolHeader, body: Uint8Array): void;
  /** From here on they wait, all of them. False if they are too large for the spool: then they are dropped, and counted. */
  close(): boolean;
  abandon(): void;
}

export interface Spool {
  open(): Batch;
  /** What is not done with, oldest first. */
  list(): SpoolEntry[];
  /** Nothing if it is gone, or is no request of ours (which is told). */
  read(entry: SpoolEntry): SpooledRequest | undefined;
  /** The request in another state; nothing if it is gone. Throws a StateError. */
  move(entry: SpoolEntry, state: RequestState): SpoolEntry | undefined;
  /** Halves in the place of a request. Throws a StateError. */
  cut(entry: SpoolEntry, halves: readonly [SpooledRequest, SpooledRequest]): SpoolEntry[];
  /** Has what is complete noted and takes it away: of this request's batch, or of all. Throws what `note` throws. */
  settle(note: (traces: readonly string[]) => void, entry?: SpoolEntry): void;
  /** Drops all of a request's batch, and counts it. False if it is gone. */
  drop(entry: SpoolEntry): boolean;
  /** All traces that wait here. */
  traces(): Set<string>;
  dropped(): Dropped;
}

class FolderSpool implements Spool {
  readonly #folder: string;
  readonly #mostBytes: number;
  readonly #mostRequests: number;
  readonly #tell: Tell;
  readonly #now: () => number;

  constructor(folder: string, { mostBytes, mostRequests, tell, now }: SpoolLimits) {
    this.#folder = folder;
    this.#mostBytes = mostBytes ?? 256 * 1024 * 1024;
    this.#mostRequests = mostRequests ?? 4096;
    this.#tell = tell ?? silent;
    this.#now = now ?? Date.now;
  }

  open(): Batch {
    this.#removeAbandoned();
    const aside = join(this.#folder, `.${signature()}.tmp`);
    let [requests, bytes] = [0, 0];
    const traces: string[] = [];
    const isTooLarge = (): boolean => bytes > this.#mostBytes || requests > this.#mostRequests;
    const abandon = (): void => rmSync(aside, { recursive: true, force: true });
    return {
      abandon,
      add: (header, body) => {
        const content = contentOf({ ...header, body });
        traces.push(...header.traces);
        bytes += content.length;
        requests++;
        if (isTooLarge()) abandon();
        else writeRequest(aside, requests, content);
      },
      close: () => {
        if (isTooLarge()) this.#count(requests, bytes, traces.length);
        else this.#give(aside, requests, bytes);
        return !isTooLarge();
      },
    };
  }

  list(): SpoolEntry[] {
    return this.#batches().flatMap((batch) => entriesIn(batch, this.#tell).filter(({ state }) => state !== "sent"));
  }

  read(entry: SpoolEntry): SpooledRequest | undefined {
    return readEntry(entry, this.#tell);
  }

  move(entry: SpoolEntry, state: RequestState): SpoolEntry | undefined {
    return moveTo(entry, state);
  }

  cut(entry: SpoolEntry, halves: readonly [SpooledRequest, SpooledRequest]): SpoolEntry[] {
    return replace(entry, halves);
  }

  settle(note: (traces: readonly string[]) => void, entry?: SpoolEntry): void {
    for (const batch of entry === undefined ? this.#batches() : [entry.batch]) settleBatch(batch, note, this.#tell);
  }

  drop({ batch }: SpoolEntry): boolean {
    const isThere = namesIn(batch, this.#tell).length > 0;
    if (isThere) this.#drop([batch]);
    return isThere;
  }

  traces(): Set<string> {
    return new Set(this.#batches().flatMap((batch) => entriesIn(batch, this.#tell).flatMap(tracesOf)));
  }

  dropped(): Dropped {
    const { requests, bytes, traces, at } = readObject(this.#countPath, this.#tell) ?? {};
    const number = (value: unknown): number => (typeof value === "number" ? value : 0);
    return { requests: number(requests), bytes: number(bytes), traces: number(traces), at: number(at) };
  }

  get #countPath(): string {
    return join(this.#folder, "dropped.json");
  }

  /** Oldest first. */
  #batches(): string[] {
    const names = namesIn(this.#folder, this.#tell).filter((name) => readBatchName(name) !== undefined);
    return names.sort().map((name) => join(this.#folder, name));
  }

  /** What killed writers left of batches they had not closed. */
  #removeAbandoned(): void {
    for (const name of namesIn(this.#folder)) {
      const signed = /^\.(.*)\.tmp$/.exec(name)?.[1];
      if (signed !== undefined && !isLiving(signed)) rmSync(join(this.#folder, name), { recursive: true, force: true });
    }
  }

  #give(aside: string, requests: number, bytes: number): void {
    if (requests === 0) return;
    syncFolder(aside);
    const last = readBatchName(this.#makeRoom(requests, bytes).at(-1) ?? "");
    // A clock that goes back must not put a batch before those it follows.
    const at = Math.max(Math.floor(this.#now()), last?.at ?? 0);
    for (let n = last?.at === at ? last.n + 1 : 0; ; n++) {
      const path = join(this.#folder, batchName(at, n));
      try {
        renameSync(aside, path);
      } catch (error) {
        // A folder takes the place of an empty one only. Windows has its own word for that.
        if (["ENOTEMPTY", "EEXIST", "EPERM"].includes(codeOf(error)) && namesIn(path).length > 0) continue;
        throw stateError(path, error);
      }
      return syncFolder(this.#folder);
    }
  }

  /** Drops the oldest until there is room for so much more; answers the batches that are left. */
  #makeRoom(requests: number, bytes: number): string[] {
    const batches = this.#batches();
    let stay = batches.length;
    for (; stay > 0; stay--) {
      const weight = weigh(batches[stay - 1] as string, this.#tell);
      [requests, bytes] = [requests + weight.requests, bytes + weight.bytes];
      if (requests > this.#mostRequests || bytes > this.#mostBytes) break;
    }
    this.#drop(batches.slice(0, stay));
    return batches.slice(stay);
  }

  #drop(batches: readonly string[]): void {
    if (batches.length === 0) return;
    const weights = batches.map((batch) => weigh(batch, this.#tell));
    const sum = (of: (weight: ReturnType<typeof weigh>) => number): number => weights.reduce((total, weight) => total + of(weight), 0);
    const count = (): boolean => {
      try {
        this.#count(sum(({ requests }) => requests), sum(({ bytes }) => bytes), sum(({ traces }) => traces.length));
        return true;
      } catch {
        return false;
      }
    };
    const isCounted = count();
    for (const batch of batches) {
      // At one instant, though there are many files.
      const aside = join(this.#folder, `.${signature()}.tmp`);
      try {
        renameSync(batch, aside);
        rmSync(aside, { recursive: true, force: true });
      } catch (error) {
        if (codeOf(error) !== "ENOENT") throw stateError(batch, error);
      }
    }
    // On a full disk there is room for the count only now.
    if (!isCounted) count();
  }

  #count(requests: number, bytes: number, traces: number): void {
    const before = this.dropped();
    const sum: Dropped = {
      requests: before.requests + requests,
      bytes: before.bytes + bytes,
      traces: before.traces + traces,
      at: this.#now(),
    };
    writeAtomic(this.#countPath, `${JSON.stringify(sum)}\n`);
  }
}

export function openSpool(places: Places, destination: string, limits: SpoolLimits = {}): Spool {
  return new FolderSpool(join(places.state, "spool", destinationName(destination)), limits);
}
