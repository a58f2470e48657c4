// One batch of requests in a spool: a folder that holds whole traces, one file a request, numbered in their order.
//
//     000003.otlp      waits: a line of JSON about the request, and then its body
//     000003.sending   is under way; where nobody is sending, one whose answer was never heard
//     000003.sent      is done with, accepted or refused for good; only its first line still matters
//     000003a, 000003b the halves of one that was too large; they count once the whole is gone
//
// A request goes from one state to the next by one rename, so that what is known of it is on the disk as soon as it is
// known. A trace is complete when its last request and all before that are done with.

import { closeSync, fsyncSync, openSync, readFileSync, readSync, renameSync, rmSync, statSync, truncateSync } from "node:fs";
import { basename, join } from "node:path";
import { codeOf, ensureFolder, namesIn, parseObject, stateError, type Tell, writeAtomic, writeWhole } from "./files.ts";

export interface SpoolHeader {
  /** The traces that are complete once this request and all before it in its batch are done with. */
  readonly traces: readonly string[];
  readonly contentType: string;
  /** As in Content-Encoding; "" for none. */
  readonly encoding: string;
}

export interface SpooledRequest extends SpoolHeader {
  readonly body: Uint8Array;
}

export type RequestState = "otlp" | "sending" | "sent";

export interface SpoolEntry {
  /** Path of the batch. */
  readonly batch: string;
  readonly stem: string;
  readonly state: RequestState;
  /** With its first line. */
  readonly bytes: number;
}

const pattern = /^(\d{6,}[ab]*)\.(otlp|sending|sent)$/;
const headBytes = 65536;

const stemOf = (n: number): string => String(n).padStart(6, "0");

export function pathOf({ batch, stem }: Pick<SpoolEntry, "batch" | "stem">, state: RequestState): string {
  return join(batch, `${stem}.${state}`);
}

export function contentOf({ traces, contentType, encoding, body }: SpooledRequest): Buffer {
  const head = JSON.stringify({ traces, contentType, encoding, bytes: body.length });
  return Buffer.concat([Buffer.from(`${head}\n`), body]);
}

/** The nth request of a batch that nobody knows of yet. */
export function writeRequest(batch: string, n: number, content: Uint8Array): void {
  ensureFolder(batch);
  const path = pathOf({ batch, stem: stemOf(n) }, "otlp");
  try {
    const descriptor = openSync(path, "wx", 0o600);
    try {
      writeWhole(descriptor, content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw stateError(path, error);
  }
}

/** All requests of a batch in their order. */
export function entriesIn(batch: string, tell: Tell): SpoolEntry[] {
  const found: SpoolEntry[] = [];
  for (const name of namesIn(batch, tell).sort()) {
    const [, stem, state] = pattern.exec(name) ?? [];
    // In order of names the whole comes before its halves, which are not to be looked at while it is there.
    if (stem === undefined || found.some((other) => stem !== other.stem && stem.startsWith(other.stem))) continue;
    const stat = statSync(join(batch, name), { throwIfNoEntry: false });
    if (stat !== undefined) found.push({ batch, stem, state: state as RequestState, bytes: stat.size });
  }
  return found;
}

function headerOf(line: string): (SpoolHeader & { readonly bytes: number }) | undefined {
  const { traces, contentType, encoding, bytes } = parseObject(line) ?? {};
  if (!Array.isArray(traces) || !traces.every((trace) => typeof trace === "string")) return undefined;
  if (typeof contentType !== "string" || typeof encoding !== "string" || typeof bytes !== "number") return undefined;
  return { traces, contentType, encoding, bytes };
}

/** The first line of a file. */
function firstLine(path: string): Buffer {
  const descriptor = openSync(path, "r");
  try {
    const chunks: Buffer[] = [];
    for (;;) {
      const chunk = Buffer.allocUnsafe(headBytes);
      const length = readSync(descriptor, chunk, 0, headBytes, null);
      const end = chunk.subarray(0, length).indexOf(10);
      chunks.push(chunk.subarray(0, end < 0 ? length : end));
      if (end >= 0 || length === 0) return Buffer.concat(chunks);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The traces a request completes; none where that cannot be read. */
export function tracesOf(entry: SpoolEntry): readonly string[] {
  try {
    return headerOf(firstLine(pathOf(entry, entry.state)).toString("utf8"))?.traces ?? [];
  } catch {
    return [];
  }
}

/** Nothing if it is gone, or is no request of ours (which is told). */
export function readEntry(entry: SpoolEntry, tell: Tell): SpooledRequest | undefined {
  const path = pathOf(entry, entry.state);
  let content: Buffer;
  try {
    content = readFileSync(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") tell(`${path}: ${codeOf(error)}`);
    return undefined;
  }
  const end = content.indexOf(10);
  const header = headerOf(content.toString("utf8", 0, Math.max(end, 0)));
  const body = content.subarray(end + 1);
  if (header !== undefined && header.bytes === body.length) {
    return { traces: header.traces, contentType: header.contentType, encoding: header.encoding, body };
  }
  tell(`${path}: is no request of ours, left out`);
  return undefined;
}

/** The request in its new state; nothing if it is gone, because its batch was dropped. */
export function moveTo(entry: SpoolEntry, state: RequestState): SpoolEntry | undefined {
  if (entry.state === state) return entry;
  const path = pathOf(entry, state);
  try {
    renameSync(pathOf(entry, entry.state), path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw stateError(path, error);
  }
  return { ...entry, state };
}

/** Puts these in the place of a request, at one instant. */
export function replace(entry: SpoolEntry, halves: readonly [SpooledRequest, SpooledRequest]): SpoolEntry[] {
  const { batch } = entry;
  const written = halves.map((half, at): SpoolEntry => {
    const [stem, content] = [`${entry.stem}${"ab"[at]}`, contentOf(half)];
    writeAtomic(pathOf({ batch, stem }, "otlp"), content);
    return { batch, stem, state: "otlp", bytes: content.length };
  });
  rmSync(pathOf(entry, entry.state), { force: true });
  return written;
}

/**
 * Has the traces noted that are complete by now, and takes their requests away; then, if nothing is left of it, the batch.
 * Whoever is killed in between notes them once more.
 */
export function settleBatch(batch: string, note: (traces: readonly string[]) => void, tell: Tell): void {
  const entries = entriesIn(batch, tell);
  const first = entries.findIndex(({ state }) => state !== "sent");
  const done = first < 0 ? entries : entries.slice(0, first);
  const traces = done.flatMap(tracesOf);
  try {
    if (traces.length > 0) note(traces);
  } catch {
    // A full disk: what has been sent makes room for the note of it.
    for (const entry of done) shorten(pathOf(entry, "sent"));
    note(traces);
  }
  for (const entry of done) rmSync(pathOf(entry, "sent"), { force: true });
  if (first < 0) rmSync(batch, { recursive: true, force: true });
}

function shorten(path: string): void {
  truncateSync(path, firstLine(path).length + 1);
}

/** What a batch amounts to: requests that are not done with, bytes, and traces that are not noted. */
export function weigh(batch: string, tell: Tell): { requests: number; bytes: number; traces: string[] } {
  const entries = entriesIn(batch, tell);
  return {
    requests: entries.filter(({ state }) => state !== "sent").length,
    bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
    traces: entries.flatMap(tracesOf),
  };
}

/** When a batch was put, in milliseconds, and its number among those of that instant. */
export function batchName(at: number, n: number): string {
  return `${String(at).padStart(14, "0")}-${String(n).padStart(6, "0")}`;
}

export function readBatchName(path: string): { readonly at: number; readonly n: number } | undefined {
  const match = /^(\d{14})-(\d{6})$/.exec(basename(path));
  return match === null ? undefined : { at: Number(match[1]), n: Number(match[2]) };
}
