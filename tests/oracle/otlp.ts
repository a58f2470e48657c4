// The oracle's spans as OTLP/JSON: one ExportTraceServiceRequest. Batches and protobuf are the core's affair.

import { readFileSync } from "node:fs";
import type { Built, Span, Value } from "./index.ts";

export const version = (JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }).version;
export const schemaUrl = "https://opentelemetry.io/schemas/1.41.0";

const internal = 1;
const client = 3;
const statusError = 2;

function anyValue(value: Value): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "bigint") return { intValue: value.toString() };
  if (typeof value === "number") return { doubleValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return { arrayValue: { values: value.map(anyValue) } };
}

const keyValues = (attributes: [string, Value][]): object[] => attributes.map(([key, value]) => ({ key, value: anyValue(value) }));

function otlpSpan(span: Span): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: span.kind === "chat" ? client : internal,
    startTimeUnixNano: span.start.toString(),
    endTimeUnixNano: span.end.toString(),
    attributes: keyValues(span.attributes),
    ...(span.events.length === 0
      ? {}
      : { events: span.events.map(({ name, time, attributes }) => ({ timeUnixNano: time.toString(), name, attributes: keyValues(attributes) })) }),
    ...(span.error ? { status: { ...(span.error.message === "" ? {} : { message: span.error.message }), code: statusError } } : {}),
  };
}

export function otlp(built: Built): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: keyValues(built.resource) },
        scopeSpans: [
          { scope: { name: "spanloom", version }, spans: built.traces.flatMap((trace) => trace.spans.map(otlpSpan)), schemaUrl },
        ],
      },
    ],
  };
}
