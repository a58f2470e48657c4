// Requests that wait for their destination: one file each, a line of JSON about the request and then its body, named by
// time so that names in order are requests in order.
//
// It is bounded, by bytes and by count. What no longer fits is dropped, the oldest first, and the drop is counted before
// it is done: a crash in between counts once too often rather than too little.

import { closeSync, openSync, readFileSync, readSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  codeOf,
  namesIn,
  parseObject,
  readObject,
  removeTemporaries,
  silent,
  stateError,
  type Tell,
  writeAtomic,
  writeNew,
} from "./files.ts";
import { destinationName, type Places } from "./paths.ts";

export interface SpoolHeader {
  /** The traces that are complete once this request and all before it are accepted. */
  readonly traces: readonly string[];
  readonly contentType: string;
  /** As in Content-Encoding; "" for none. */
  readonly encoding: string;
}

export interface SpoolEntry {
  readonly name: string;
  readonly path: string;
  /** When it was put, in milliseconds. */
  readonly at: number;
  readonly bytes: number;
}

export interface SpooledRequest extends SpoolHeader {
  readonly body: Uint8Array;
}

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

export interface Spool {
  /** Writes a request down, durably. Nothing if it is too large for the spool, and counted. Throws a StateError. */
  put(header: SpoolHeader, body: Uint8Array): SpoolEntry | undefined;
  /** Oldest first. */
  list(): SpoolEntry[];
  /** Nothing if it is gone, or is no request of ours (which is told). */
  read(entry: SpoolEntry): SpooledRequest | undefined;
  remove(entry: SpoolEntry): void;
  /** All traces that wait here. */
  traces(): Set<string>;
  dropped(): Dropped;
}

const pattern = /^(\d{14})-(\d{6})\.otlp$/;
const headBytes = 65536;

function nameOf(at: number, n: number): string {
  return `${String(at).padStart(14, "0")}-${String(n).padStart(6, "0")}.otlp`;
}

function headerOf(line: string): (SpoolHeader & { readonly bytes: number }) | undefined {
  const { traces, contentType, encoding, bytes } = parseObject(line) ?? {};
  if (!Array.isArray(traces) || !traces.every((trace) => typeof trace === "string")) return undefined;
  if (typeof contentType !== "string" || typeof encoding !== "string" || typeof bytes !== "number") return undefined;
  return { traces, contentType, encoding, bytes };
}

/** The first line of a file. */
function firstLine(path: string): string {
  const descriptor = openSync(path, "r");
  try {
    const chunks: Buffer[] = [];
    for (;;) {
      const chunk = Buffer.allocUnsafe(headBytes);
      const length = readSync(descriptor, chunk, 0, headBytes, null);
      const end = chunk.subarray(0, length).indexOf(10);
      chunks.push(chunk.subarray(0, end < 0 ? length : end));
      if (end >= 0 || length === 0) return Buffer.concat(chunks).toString("utf8");
    }
  } finally {
    closeSync(descriptor);
  }
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
    removeTemporaries(folder, this.#now);
  }

  put({ traces, contentType, encoding }: SpoolHeader, body: Uint8Array): SpoolEntry | undefined {
    const head = JSON.stringify({ traces, contentType, encoding, bytes: body.length });
    const content = Buffer.concat([Buffer.from(`${head}\n`), body]);
    if (content.length > this.#mostBytes) {
      this.#count(1, content.length, traces.length);
      return undefined;
    }
    const waiting = this.#makeRoom(content.length);
    // A clock that goes back must not put a request before those it follows.
    const last = waiting.at(-1);
    const at = Math.max(Math.floor(this.#now()), last?.at ?? 0);
    for (let n = last?.at === at ? Number(pattern.exec(last.name)?.[2]) + 1 : 0; ; n++) {
      const name = nameOf(at, n);
      const path = join(this.#folder, name);
      if (writeNew(path, content)) return { name, path, at, bytes: content.length };
    }
  }

  list(): SpoolEntry[] {
    return namesIn(this.#folder, this.#tell)
      .sort()
      .flatMap((name) => {
        const match = pattern.exec(name);
        const path = join(this.#folder, name);
        const stat = match === null ? undefined : statSync(path, { throwIfNoEntry: false });
        return stat === undefined ? [] : [{ name, path, at: Number(match?.[1]), bytes: stat.size }];
      });
  }

  read({ path }: SpoolEntry): SpooledRequest | undefined {
    let content: Buffer;
    try {
      content = readFileSync(path);
    } catch (error) {
      if (codeOf(error) !== "ENOENT") this.#tell(`${path}: ${codeOf(error)}`);
      return undefined;
    }
    const end = content.indexOf(10);
    const header = headerOf(content.toString("utf8", 0, Math.max(end, 0)));
    const body = content.subarray(end + 1);
    if (header !== undefined && header.bytes === body.length) {
      return { traces: header.traces, contentType: header.contentType, encoding: header.encoding, body };
    }
    this.#tell(`${path}: is no request of ours, left out`);
    return undefined;
  }

  remove({ path }: SpoolEntry): void {
    try {
      rmSync(path, { force: true });
    } catch (error) {
      throw stateError(path, error);
    }
  }

  traces(): Set<string> {
    return new Set(this.list().flatMap((entry) => this.#tracesOf(entry)));
  }

  dropped(): Dropped {
    const { requests, bytes, traces, at } = readObject(this.#countPath, this.#tell) ?? {};
    const number = (value: unknown): number => (typeof value === "number" ? value : 0);
    return { requests: number(requests), bytes: number(bytes), traces: number(traces), at: number(at) };
  }

  get #countPath(): string {
    return join(this.#folder, "dropped.json");
  }

  #tracesOf({ path }: SpoolEntry): readonly string[] {
    try {
      return headerOf(firstLine(path))?.traces ?? [];
    } catch {
      return [];
    }
  }

  /** Drops the oldest until there is room for one more; answers what is left. */
  #makeRoom(bytes: number): SpoolEntry[] {
    const waiting = this.list();
    let sum = bytes;
    let stay = waiting.length;
    while (stay > 0 && waiting.length - stay + 1 < this.#mostRequests) {
      sum += waiting[stay - 1]?.bytes ?? 0;
      if (sum > this.#mostBytes) break;
      stay--;
    }
    const out = waiting.slice(0, stay);
    if (out.length === 0) return waiting;
    const outBytes = out.reduce((total, entry) => total + entry.bytes, 0);
    const outTraces = out.reduce((total, entry) => total + this.#tracesOf(entry).length, 0);
    const count = (): boolean => {
      try {
        this.#count(out.length, outBytes, outTraces);
        return true;
      } catch {
        return false;
      }
    };
    const isCounted = count();
    for (const entry of out) this.remove(entry);
    // On a full disk there is room for the count only now.
    if (!isCounted) count();
    return waiting.slice(stay);
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
