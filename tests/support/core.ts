// The core over a family that lies in memory: fed as a test wishes, and everything it answers kept.
//
// It goes through the bridge like every host, copies what the bridge only shows, and judges nothing. Modules are compiled
// once a process.

import { readFileSync } from "node:fs";
import {
  type BrokenName,
  type Core,
  type Counters,
  type DocumentRow,
  type Encoding,
  type EventRow,
  instantiateCore,
  type OpenOptions,
  SPAN_END,
  SPAN_START,
  type SpanRow,
  TABLE_SPANS,
  type TraceRow,
} from "../../bridge/index.ts";

export interface Document {
  name: string;
  bytes: Uint8Array;
}

/** The core with SIMD, or the one without. */
export type Build = "simd" | "scalar";

export interface Given extends OpenOptions {
  /**
   * Bytes a `feed`; without it each document is fed whole. In pieces less is kept, too, unless `keptBytes` is given: nothing if their size is
   * odd, else up to half of the family, so that content is brought again in all ways there are.
   */
  window?: number | undefined;
  /** The documents' indexes in the order they are fed. */
  order?: readonly number[] | undefined;
  /** The instance to use; without it a new one. It is left open. */
  core?: Core | undefined;
  build?: Build | undefined;
  /** What is encoded, in this order; both if not said. */
  formats?: readonly Encoding[] | undefined;
}

export interface Outcome {
  /** OTLP/JSON: one line a request. */
  json: string[];
  /** OTLP/protobuf: the bytes of each request. */
  proto: Buffer[];
  /** Spans the core says each request holds. */
  spansIn: Record<Encoding, number[]>;
  /** How often content was asked for. */
  needs: number;
  counters: Counters;
  /** In the order they were fed. */
  documents: DocumentRow[];
  broken: { document: string; line: number; reason: BrokenName }[];
  spans: SpanRow[];
  /** Start and end of each span to the nanosecond, which a row's numbers cannot hold. */
  times: [bigint, bigint][];
  traces: TraceRow[];
  events: EventRow[];
}

const files: Record<Build, string> = { simd: "core.wasm", scalar: "core-scalar.wasm" };
const modules = new Map<Build, WebAssembly.Module>();

/** The bytes `npm run build` wrote. */
export function coreBytes(build: Build = "simd"): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../../dist/${files[build]}`, import.meta.url)));
}

export function coreModule(build: Build = "simd"): WebAssembly.Module {
  let module = modules.get(build);
  if (module === undefined) modules.set(build, (module = new WebAssembly.Module(coreBytes(build))));
  return module;
}

export function newCore(build: Build = "simd"): Core {
  return instantiateCore(coreModule(build));
}

export function feed(core: Core, { name, bytes }: Document, size = Infinity): void {
  core.beginDocument(name);
  for (let from = 0; from < bytes.length; from += size) {
    const piece = bytes.subarray(from, Math.min(bytes.length, from + size));
    const { memory, offset } = core.window(piece.length);
    memory.set(piece, offset);
    core.feed(piece.length);
  }
  core.endDocument();
}

/** Every request in a format, copied; needs are answered from the documents, which stand in the order they were fed. */
function* requests(core: Core, format: Encoding, documents: readonly Document[], asked: () => void) {
  core.encode(format);
  for (let step = core.next(); step.status !== "done"; step = core.next()) {
    if (step.status === "batch") yield { bytes: Buffer.from(step.bytes), spans: step.spans };
    else {
      asked();
      core.supplyBytes(documents[step.document]!.bytes.subarray(step.offset, step.offset + step.length));
    }
  }
}

function exactTimes(core: Core): [bigint, bigint][] {
  const table = core.table(TABLE_SPANS);
  const [start, end] = [table.column(SPAN_START), table.column(SPAN_END)];
  return Array.from({ length: table.rows }, (_, row) => [start.big(row), end.big(row)]);
}

function keptOf(documents: readonly Document[], { keptBytes, window }: Given): number | undefined {
  if (keptBytes !== undefined || window === undefined) return keptBytes;
  return window % 2 === 1 ? 0 : documents.reduce((sum, { bytes }) => sum + bytes.length, 0) >> 1;
}

/** Builds a family and keeps all there is to know of it. */
export function run(documents: readonly Document[], given: Given = {}): Outcome {
  const core = given.core ?? newCore(given.build);
  const fed = (given.order ?? documents.map((_, index) => index)).map((index) => documents[index]!);
  core.open({ ...given, keptBytes: keptOf(documents, given) });
  for (const document of fed) feed(core, document, given.window);
  core.finish();
  const outcome: Outcome = {
    json: [],
    proto: [],
    spansIn: { json: [], proto: [] },
    needs: 0,
    counters: core.counters(),
    documents: core.documents(),
    broken: [...core.brokenRows()].map(({ document, line, reason }) => ({ document: fed[document]!.name, line, reason })),
    spans: core.spans(),
    times: exactTimes(core),
    traces: core.traces(),
    events: core.events(),
  };
  for (const format of given.formats ?? (["json", "proto"] as const)) {
    for (const { bytes, spans } of requests(core, format, fed, () => outcome.needs++)) {
      outcome.spansIn[format].push(spans);
      if (format === "json") outcome.json.push(bytes.toString("utf8"));
      else outcome.proto.push(bytes);
    }
  }
  return outcome;
}

/** Some order of `count` documents, the same for a seed. */
export function shuffled(count: number, seed: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  let state = seed;
  for (let at = count - 1; at > 0; at--) {
    // A linear congruence is random enough to mix a handful of documents.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = state % (at + 1);
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order;
}
