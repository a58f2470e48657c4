// What is measured side by side, over one family of documents. Each case is prepared once and then run again and again;
// a run answers the seconds it took. It prints nothing and compares nothing; `run.ts` does.

import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { WINDOW_BYTES, instantiateCore, type Core, type Encoding, type OpenOptions } from "../bridge/index.ts";
import type { Family } from "./input.ts";
import type { Form } from "./stream/server.ts";
import { encodeFamily, fileSources, memorySources, readFamily, type Outcome, type Source } from "./pipeline.ts";
import { buildSimdjson, implementations, runSimdjson } from "./simdjson.ts";

export interface Case {
  name: string;
  /** Seconds of one run. */
  run(): number;
  /** True if a run warms up by itself before it looks at the clock. */
  ownWarmUp?: boolean;
}

/** A case there is nothing to run for, and why. */
export interface Missing {
  name: string;
  missing: string;
}

/** What the core made of the family, to hold against the truth; from the last run of the whole pipeline. */
export interface Made {
  outcome: Outcome;
  counters: ReturnType<Core["counters"]>;
  memoryBytes: number;
}

export interface Cases {
  list: (Case | Missing)[];
  made: { last: Made | null };
  close(): void;
}

export const baseline = "JSON.parse per line";
export const pipeline = "file -> OTLP protobuf";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
export const coreFile = join(dist, "core.wasm");
export const scalarFile = join(dist, "core-scalar.wasm");

/** V8 keeps no string longer than this. */
const STRING_LIMIT = 0x1fffffe8;

export function timed(run: () => void): number {
  const began = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - began) / 1e9;
}

/** `passes` runs as one, so that small inputs are longer than the clock's noise. `before` is done once, and not timed. */
function repeated(name: string, passes: number, run: () => void, before?: () => void): Case {
  let first = true;
  const pass = (): void => {
    for (let count = 0; count < passes; count++) run();
  };
  return {
    name,
    run() {
      if (first) before?.();
      first = false;
      return timed(pass) / passes;
    },
  };
}

function loadCore(file: string): Core {
  return instantiateCore(readFileSync(file));
}

interface CoreInput {
  family: Family;
  files: readonly Source[];
  contents: readonly Buffer[] | null;
  passes: number;
  made: Cases["made"];
}

function coreCases({ family, files, contents, passes, made }: CoreInput): (Case | Missing)[] {
  const notBuilt = (name: string, file: string): Missing => ({ name, missing: `dist/${basename(file)} is not built: npm run build` });
  // Each case has an instance of its own: memory that one has grown must not serve another.
  const whole = (name: string, file: string, sources: readonly Source[], format: Encoding = "proto", options: OpenOptions = {}): Case | Missing => {
    if (!existsSync(file)) return notBuilt(name, file);
    const core = loadCore(file);
    return repeated(name, passes, () => {
      readFamily(core, sources, options);
      const outcome = encodeFamily(core, sources, format);
      if (name === pipeline) made.last = { outcome, counters: core.counters(), memoryBytes: core.memoryBytes };
    });
  };
  const stages = (): Case[] => {
    const [reading, encoding] = [loadCore(coreFile), loadCore(coreFile)];
    return [
      repeated("  facts only (to finish)", passes, () => readFamily(reading, files)),
      repeated("  encode only", passes, () => void encodeFamily(encoding, files), () => readFamily(encoding, files)),
    ];
  };
  return [
    whole(pipeline, coreFile, files),
    ...(existsSync(coreFile) ? stages() : []),
    whole("  metadata mode", coreFile, files, "proto", { content: "metadata" }),
    ...(contents === null ? [] : [whole("memory -> OTLP protobuf", coreFile, memorySources(family, contents))]),
    whole("file -> OTLP JSON", coreFile, files, "json"),
    whole(`${pipeline}, scalar`, scalarFile, files),
  ];
}

/** What stands before an event's JSON. */
const DATA = "data: ";

/** Calls `visit` with the bytes of each row that is not blank; of Server-Sent Events with those of their data. */
export function eachRow(contents: readonly Buffer[], form: Form, visit: (row: Buffer) => void): void {
  const before = form === "sse" ? DATA.length : 0;
  for (const content of contents) {
    for (let at = 0; at < content.length; ) {
      let end = content.indexOf(10, at);
      if (end < 0) end = content.length;
      if (end > at) visit(content.subarray(at + before, end));
      at = end + 1;
    }
  }
}

function plainCases(family: Family, contents: readonly Buffer[] | null, passes: number): (Case | Missing)[] {
  const window = Buffer.alloc(WINDOW_BYTES);
  const read = repeated("read only, 256 KiB windows", passes, () => {
    for (const { path } of family.documents) {
      const file = openSync(path, "r");
      while (readSync(file, window, 0, window.length, null) > 0);
      closeSync(file);
    }
  });
  if (contents === null) return [read, { name: baseline, missing: "too big to hold in memory" }];
  const copy = Buffer.alloc(family.bytes);
  const whole = Buffer.concat(contents);
  const parse = repeated(baseline, passes, () => eachRow(contents, family.form, (row) => void JSON.parse(row.toString("utf8"))));
  const split = "readFile + split + JSON.parse";
  const longest = Math.max(...family.documents.map((document) => document.bytes));
  return [
    repeated("memcpy (Buffer.copy)", passes, () => void whole.copy(copy)),
    read,
    parse,
    longest > STRING_LIMIT
      ? { name: split, missing: "longer than a string may be" }
      : repeated(split, passes, () => {
          for (const { path } of family.documents) {
            for (const line of readFileSync(path, "utf8").split("\n")) if (line !== "") JSON.parse(family.form === "sse" ? line.slice(DATA.length) : line);
          }
        }),
  ];
}

function nativeCases(family: Family, passes: number): (Case | Missing)[] {
  const paths = family.documents.filter(({ path }) => path.endsWith(".jsonl")).map(({ path }) => path);
  // It reads sessions of Claude Code.
  if (paths.length === 0) return [];
  const bytes = family.documents.reduce((sum, { path, bytes: size }) => sum + (path.endsWith(".jsonl") ? size : 0), 0);
  const rest = family.bytes / bytes;
  return implementations.flatMap((implementation) => {
    const built = buildSimdjson(implementation);
    return (["envelope", "content"] as const).map((mode) => {
      const name = `simdjson ${implementation}, ${mode}`;
      if ("missing" in built) return { name, missing: built.missing };
      // Metadata files are left out there and make no difference here: counted as if read at the same speed.
      return { name, ownWarmUp: true, run: () => runSimdjson(built.program, mode, passes, paths).seconds * rest };
    });
  });
}

/** All cases of a family. Small ones are run `passes` times in a row. */
export function makeCases(family: Family, passes: number): Cases {
  const contents = family.bytes < 600e6 ? family.documents.map(({ path }) => readFileSync(path)) : null;
  const made: Cases["made"] = { last: null };
  const files = fileSources(family);
  const core = coreCases({ family, files, contents, passes, made });
  const list = [...core, ...plainCases(family, contents, passes), ...nativeCases(family, passes)];
  return { list, made, close: () => files.forEach((source) => source.close()) };
}
