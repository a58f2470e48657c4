// Requests read back from their lines, and what a span says under a name. It takes OTLP/JSON from whoever wrote it;
// a line that is none costs itself alone and is named.

import type { Line, LineFile } from "./lines.ts";

interface AnyValue {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly boolValue?: boolean;
}

interface Attributed {
  readonly attributes?: readonly { readonly key: string; readonly value?: AnyValue }[];
}

export interface StoredEvent extends Attributed {
  readonly name: string;
  readonly timeUnixNano: string | number;
}

export interface StoredSpan extends Attributed {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string | number;
  readonly endTimeUnixNano: string | number;
  readonly events?: readonly StoredEvent[];
  readonly status?: { readonly code?: number; readonly message?: string };
}

export interface StoredRequest {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly StoredSpan[] }[] }[];
}

/** A line, or all of a file, that could not be read. */
export interface StoreProblem {
  readonly path: string;
  /** Absent: the file. */
  readonly line?: number;
  /** A sentence's end, or the system's word. */
  readonly detail: string;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

function isSpan(value: unknown): value is StoredSpan {
  if (!isObject(value)) return false;
  const { traceId, spanId, name, attributes, events } = value as Record<string, unknown>;
  const named = typeof traceId === "string" && typeof spanId === "string" && typeof name === "string";
  const lists = [attributes, events].every((list) => list === undefined || (Array.isArray(list) && list.every(isObject)));
  return named && lists;
}

function isRequest(value: unknown): value is StoredRequest {
  const every = (of: unknown, key: string, check: (member: unknown) => boolean): boolean => {
    const list = isObject(of) ? (of as Record<string, unknown>)[key] : undefined;
    return Array.isArray(list) && list.every(check);
  };
  return every(value, "resourceSpans", (resource) =>
    every(resource, "scopeSpans", (scope) => every(scope, "spans", isSpan)),
  );
}

/** What a line says, or why it says nothing. */
export function parseRequest(bytes: Buffer): StoredRequest | string {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (error) {
    // The engine holds no string as long as that.
    return (error as NodeJS.ErrnoException).code === "ERR_STRING_TOO_LONG" ? "too long to be read" : "not JSON";
  }
  return isRequest(value) ? value : "not a request with spans";
}

export const spansOf = ({ resourceSpans }: StoredRequest): StoredSpan[] =>
  resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));

/** The requests of a file, in order. */
export function* readRequests(
  file: LineFile,
  problem: (problem: StoreProblem) => void,
): Generator<{ readonly line: Line; readonly request: StoredRequest }, void, undefined> {
  for (const line of file.lines()) {
    const request = parseRequest(line.bytes);
    if (typeof request === "string") problem({ path: file.path, line: line.line, detail: request });
    else yield { line, request };
  }
}

export type Said = ReadonlyMap<string, AnyValue>;

export const said = ({ attributes = [] }: Attributed): Said =>
  new Map(attributes.map(({ key, value }) => [key, value ?? {}]));

export function text(said: Said, key: string): string | undefined {
  const value = said.get(key)?.stringValue;
  return typeof value === "string" ? value : undefined;
}

export function integer(said: Said, key: string): number | undefined {
  const value = said.get(key)?.intValue;
  return value === undefined || !Number.isFinite(Number(value)) ? undefined : Number(value);
}

export const isTrue = (said: Said, key: string): boolean => said.get(key)?.boolValue === true;

/** Milliseconds since 1970, with fractions. */
export const milliseconds = (nanoseconds: string | number | undefined): number => Number(nanoseconds ?? 0) / 1e6 || 0;
