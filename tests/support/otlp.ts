// Requests read back, whatever they were written in: OTLP/JSON by JSON.parse, protobuf by protobufjs, and protobuf again by
// protoc where it is installed. All three give the same shape, that of OTLP/JSON, so that they can be held against each other.
//
// It accepts any request and says nothing about right or wrong.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";
import textformat from "protobufjs/ext/textformat.js";

export interface AnyValue {
  stringValue?: string;
  intValue?: string;
  boolValue?: boolean;
  doubleValue?: number;
  arrayValue?: { values: AnyValue[] };
}

export interface KeyValue {
  key: string;
  value: AnyValue;
}

export interface OtlpEvent {
  timeUnixNano: string;
  name: string;
  attributes: KeyValue[];
}

export interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: KeyValue[];
  events?: OtlpEvent[];
  status?: { message?: string; code: number };
}

export interface ScopeSpans {
  scope: { name: string; version: string };
  spans: OtlpSpan[];
  schemaUrl: string;
}

export interface Request {
  resourceSpans: { resource: { attributes: KeyValue[] }; scopeSpans: ScopeSpans[] }[];
}

export type Plain = string | number | boolean | Plain[];

export const INTERNAL = 1;
export const CLIENT = 3;
export const ERROR = 2;

const protoFile = fileURLToPath(new URL("otlp.proto", import.meta.url));
const requestType = protobuf.parse(readFileSync(protoFile, "utf8")).root.lookupType("otlp.ExportTraceServiceRequest");

/** What may be left out because it says nothing, in one form: an empty list is there, an empty message and no event are not. */
function plainly(request: Request): Request {
  request.resourceSpans ??= [];
  for (const span of spansOf([request])) {
    // Protobuf leaves out a zero, JSON writes it.
    span.startTimeUnixNano ??= "0";
    span.endTimeUnixNano ??= "0";
    for (const event of span.events ?? []) {
      event.timeUnixNano ??= "0";
      event.attributes ??= [];
    }
    if (span.status?.message === "") delete span.status.message;
  }
  return request;
}

export function readJson(lines: readonly string[]): Request[] {
  return lines.map((line) => plainly(JSON.parse(line) as Request));
}

const hex = (bytes: unknown): string => Buffer.from(bytes as Uint8Array).toString("hex");

/** A decoded message in the shape of OTLP/JSON: longs as text, ids as hex, enumerations as numbers. */
function asJson(message: protobuf.Message): Request {
  const request = plainly(requestType.toObject(message, { longs: String }) as Request);
  for (const span of spansOf([request])) {
    span.traceId = hex(span.traceId);
    span.spanId = hex(span.spanId);
    if (span.parentSpanId !== undefined) span.parentSpanId = hex(span.parentSpanId);
  }
  return request;
}

/** One request, or several one after another: protobuf does not tell these apart. */
export function readProto(bytes: Uint8Array): Request {
  return asJson(requestType.decode(bytes));
}

/** What protoc makes of the bytes; undefined where there is no protoc. It throws if protoc refuses them. */
export function readByProtoc(bytes: Uint8Array): Request | undefined {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const args = [`--proto_path=${folder}`, "--decode=otlp.ExportTraceServiceRequest", protoFile];
  const { error, status, stdout, stderr } = spawnSync("protoc", args, { input: bytes, maxBuffer: 1 << 28 });
  if (error && (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
  if (error) throw error;
  // A string that is not UTF-8 is a complaint, not a failure; here it is one.
  if (status !== 0 || stderr.length > 0) throw new Error(`protoc: ${stderr.toString("utf8").trim() || `exit ${status}`}`);
  // A field that otlp.proto does not name is printed by its number, and refused here.
  return asJson(textformat.fromText(requestType, stdout.toString("latin1")));
}

export const hasProtoc = spawnSync("protoc", ["--version"]).status === 0;

export function spansOf(requests: readonly Request[]): OtlpSpan[] {
  return requests.flatMap((request) => request.resourceSpans.flatMap((resource) => resource.scopeSpans.flatMap((scope) => scope.spans)));
}

export function plain(value: AnyValue): Plain {
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.intValue !== undefined) return Number(value.intValue);
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.doubleValue !== undefined) return value.doubleValue;
  return (value.arrayValue?.values ?? []).map(plain);
}

/** Attributes by key. */
export function attributes(of: { attributes?: KeyValue[] }): Record<string, Plain | undefined> {
  return Object.fromEntries((of.attributes ?? []).map(({ key, value }) => [key, plain(value)]));
}
