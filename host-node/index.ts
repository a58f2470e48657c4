// The library for Node: sessions on disk to OTLP requests, or to nested spans as plain objects.
//
//   import { buildSessions, readSessions } from "spanloom";
//
//   for (const { bytes } of buildSessions(["session.jsonl"], { format: "otlp-proto" })) send(bytes);
//   for (const { sessions } of readSessions(["~/projects"])) for (const { turns } of sessions) ...
//
// It prints nothing and ends no process: what could not be read or built is in the reports.

import type { OpenOptions } from "../bridge/index.ts";
import { Builder, type Encoder, type FamilyReport, requests } from "./build/family.ts";
import { readTree, type SessionTree } from "./build/tree.ts";
import type { Family, SourceProblem } from "./sources/document.ts";
import { findFamilies } from "./sources/find.ts";
import { coreModule } from "./wasm.ts";

export type { OpenOptions } from "../bridge/index.ts";
export type { BrokenPlace, Failure, FamilyReport } from "./build/family.ts";
export type { SessionTree, SpanNode } from "./build/tree.ts";
export type { Family, ProblemKind, SourceDocument, SourceProblem } from "./sources/document.ts";
export { findFamilies, type Found } from "./sources/find.ts";

export interface BuildOptions extends OpenOptions {
  /** `otlp-proto` (default) or `otlp-json`. */
  format?: "otlp-proto" | "otlp-json" | undefined;
  /** Told of each path that gave nothing. */
  onProblem?: ((problem: SourceProblem) => void) | undefined;
  /** Told of each family when it is done: its counters, its broken rows, what failed. */
  onReport?: ((report: FamilyReport, family: Family) => void) | undefined;
}

/** One ExportTraceServiceRequest. */
export interface SessionRequest {
  /** The request, in memory of its own. */
  readonly bytes: Uint8Array;
  /** The family it belongs to. */
  readonly family: Family;
}

function* each(
  paths: readonly string[],
  options: BuildOptions,
  encode: Encoder,
): Generator<SessionRequest, void, undefined> {
  const { families, problems } = findFamilies(paths);
  for (const problem of problems) options.onProblem?.(problem);
  const builder = new Builder(coreModule(), options, Infinity);
  for (const family of families) {
    const building = builder.build(family, encode);
    let step = building.next();
    for (; !step.done; step = building.next()) if (step.value.length > 0) yield { bytes: step.value, family };
    options.onReport?.(step.value, family);
  }
}

/**
 * Builds the sessions at or below `paths`, one request after another, families in order of time.
 * Memory stays bounded by the largest session's facts, whatever the number and size of sessions.
 */
export function* buildSessions(
  paths: readonly string[],
  options: BuildOptions = {},
): Generator<SessionRequest, void, undefined> {
  const encode = requests(options.format === "otlp-json" ? "json" : "proto");
  // The core's memory is its own; what leaves here may be kept.
  for (const { bytes, family } of each(paths, options, encode)) yield { bytes: bytes.slice(), family };
}

/** Reads the sessions at or below `paths` as nested spans, without encoding anything. */
export function* readSessions(
  paths: readonly string[],
  options: BuildOptions = {},
): Generator<{ readonly sessions: SessionTree[]; readonly family: Family }, void, undefined> {
  let sessions: SessionTree[] = [];
  const mark = new Uint8Array(1);
  const encode: Encoder = function* (core, files) {
    sessions = readTree(core, files);
    yield mark;
  };
  for (const { family } of each(paths, options, encode)) yield { sessions, family };
}
