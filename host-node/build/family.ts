// Builds one family in one instance of the core: reads its documents straight into linear memory, then hands out what
// an encoder makes of it, reading the stretches of content again as the core asks for them.
//
// It decides neither what belongs to the family nor where the bytes go, and it words no messages.

import {
  addCounters,
  type BrokenName,
  type Core,
  CoreFault,
  CoreTrap,
  type Counters,
  type Encoding,
  FAULT_MEMORY,
  instantiateCore,
  noCounters,
  type OpenOptions,
  TABLE_TRACES,
  WINDOW_BYTES,
} from "../../bridge/index.ts";
import type { Family } from "../sources/document.ts";
import { FamilyFiles, SourceError } from "../sources/reading.ts";

/** Why something of a family, or all of it, was not built. */
export interface Failure {
  readonly kind: "unreadable" | "changed" | "memory" | "trap" | "fault";
  readonly shown: string;
  readonly detail: string;
}

/** A row that is no row of a session. */
export interface BrokenPlace {
  readonly shown: string;
  readonly line: number;
  readonly reason: BrokenName;
}

export interface FamilyReport {
  readonly counters: Counters;
  /** Spans of tools: calls that spawned no agent. */
  tools: number;
  /** The first of them; `counters.broken` says how many there are. */
  readonly broken: BrokenPlace[];
  readonly failures: Failure[];
}

/** The documents of a family under the numbers the core gave them. */
export type DocumentFiles = Pick<FamilyFiles, "read" | "shown">;

/** Makes bytes of a finished family. Views of the core's memory are good until the next is asked for. */
export type Encoder = (core: Core, files: DocumentFiles, family: Family) => Iterable<Uint8Array>;

/** Adds one report to another, keeping no more than `mostBroken` places. */
export function addReport(sum: FamilyReport, more: FamilyReport, mostBroken = Infinity): void {
  addCounters(sum.counters, more.counters);
  sum.tools += more.tools;
  for (const place of more.broken) if (sum.broken.length < mostBroken) sum.broken.push(place);
  sum.failures.push(...more.failures);
}

export function noReport(): FamilyReport {
  return { counters: noCounters(), tools: 0, broken: [], failures: [] };
}

/** OTLP: one ExportTraceServiceRequest after another; `counted` is told how many spans the next one holds. */
export function requests(encoding: Encoding, counted?: (spans: number) => void): Encoder {
  return function* (core, files) {
    core.encode(encoding);
    for (let step = core.next(); step.status !== "done"; step = core.next()) {
      if (step.status === "batch") {
        counted?.(step.spans);
        yield step.bytes;
      } else supply(core, files, step.document, step.offset, step.length);
    }
  };
}

function supply(core: Core, files: DocumentFiles, document: number, from: number, length: number): void {
  const { memory, offset } = core.window(length);
  for (let done = 0; done < length;) {
    const wanted = Math.min(length - done, WINDOW_BYTES);
    const read = files.read(document, memory, offset + done, wanted, from + done);
    if (read < wanted) throw new SourceError("changed", files.shown(document), "it became shorter");
    done += read;
  }
  core.supply(length);
}

/** Nothing to write; yielded between long stretches of work, so that whoever drives a build can look about. */
const pause = new Uint8Array(0);
const pauseAfter = 16 * 1024 * 1024;

function* feed(core: Core, files: FamilyFiles, index: number, size: number): Generator<Uint8Array, void, undefined> {
  let next = pauseAfter;
  for (let position = 0; position < size;) {
    if (position >= next) {
      next += pauseAfter;
      yield pause;
    }
    const wanted = Math.min(size - position, WINDOW_BYTES);
    const { memory, offset } = core.window(wanted);
    const read = files.read(index, memory, offset, wanted, position);
    if (read > 0) core.feed(read);
    if (read < wanted) throw new SourceError("changed", files.shown(index), "it became shorter");
    position += read;
  }
}

/** Builds families one after another; a core that trapped is replaced, so that one family cannot spoil the next. */
export class Builder {
  #core: Core | undefined;

  constructor(
    readonly module: WebAssembly.Module,
    readonly options: OpenOptions,
    /** How many broken rows of a family are named. */
    readonly mostBroken = 10,
  ) {}

  /** Yields what the encoder makes, and now and then nothing: an empty piece is a pause. */
  *build(family: Family, encode: Encoder): Generator<Uint8Array, FamilyReport, undefined> {
    const files = new FamilyFiles(family.documents);
    const report = noReport();
    const core = (this.#core ??= instantiateCore(this.module));
    try {
      core.open(this.options);
      const read = yield* this.#readAll(core, family, files, report);
      core.finish();
      Object.assign(report.counters, core.counters());
      const { spans, turns, responses, agents } = report.counters;
      const over = this.options.shape === "session" ? core.table(TABLE_TRACES).rows : 0;
      report.tools = spans - turns - responses - agents - over;
      for (const { document, line, reason } of core.brokenRows()) {
        if (report.broken.length >= this.mostBroken) break;
        report.broken.push({ shown: files.shown(read[document] ?? document), line, reason });
      }
      yield* encode(core, inOrderRead(files, read), family);
      for (const index of read) files.verify(index);
      core.close();
    } catch (error) {
      // What the instance holds now is of no use; the next family gets a new one.
      this.#core = undefined;
      report.failures.push(failure(error, family));
    } finally {
      files.close();
    }
    return report;
  }

  /** Feeds every document that can be read; answers which, in the order the core knows them. */
  *#readAll(core: Core, family: Family, files: FamilyFiles, report: FamilyReport): Generator<Uint8Array, number[]> {
    const read: number[] = [];
    for (const [index, { name }] of family.documents.entries()) {
      let size: number;
      try {
        size = files.begin(index);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        report.failures.push(failure(error, family));
        continue;
      }
      core.beginDocument(name);
      yield* feed(core, files, index, size);
      core.endDocument();
      read.push(index);
    }
    return read;
  }
}

/** The files under the numbers the core gave them: a document that could not be opened has none. */
function inOrderRead(files: FamilyFiles, read: readonly number[]): DocumentFiles {
  return read.every((index, at) => index === at) ? files : files.renumbered(read);
}

function failure(error: unknown, family: Family): Failure {
  const shown = family.documents[0]?.shown ?? "";
  if (error instanceof SourceError) return { kind: error.kind, shown: error.shown, detail: error.detail };
  if (error instanceof CoreTrap) return { kind: "trap", shown, detail: error.message };
  if (error instanceof CoreFault) {
    return { kind: error.code === FAULT_MEMORY ? "memory" : "fault", shown, detail: error.message };
  }
  throw error;
}
