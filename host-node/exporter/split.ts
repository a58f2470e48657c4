// Cuts a request in two between spans, for an endpoint that finds it too large. Both halves repeat what stands around
// their spans (resource, scope, schema); a span itself is never opened, so nothing in it can change. Spans are picked out of a
// request in the same way.

import { BYTES, type Field, fields, head } from "./wire.ts";

/** One half: a request of its own. */
export interface Part {
  readonly body: Uint8Array;
  readonly spans: number;
}

// ExportTraceServiceRequest.resource_spans, ResourceSpans.scope_spans, ScopeSpans.spans (opentelemetry-proto 1.x).
const RESOURCE_SPANS = 1;
const SCOPE_SPANS = 2;
const SPANS = 2;

/** Two halves of about the same size; undefined if there are fewer than two spans, or no request at all. */
export function split(body: Uint8Array, contentType: string): [Part, Part] | undefined {
  return orNothing(() => halves(opened(body, contentType)));
}

/** The request with chosen spans alone, by their number in it; undefined if there are none, or no request at all. */
export function pick(body: Uint8Array, contentType: string, chosen: Chosen): Part | undefined {
  return orNothing(() => {
    const { sizes, part } = opened(body, contentType);
    const spans = sizes.filter((_, span) => chosen(span)).length;
    return spans === 0 ? undefined : { body: part(chosen), spans };
  });
}

const opened = (body: Uint8Array, contentType: string): Opened => (contentType === "application/json" ? openJson(body) : openProto(body));

function orNothing<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Which spans, by their number in the request, belong to a part. */
type Chosen = (span: number) => boolean;

interface Opened {
  /** Of each span, in bytes. */
  readonly sizes: readonly number[];
  readonly part: (chosen: Chosen) => Uint8Array;
}

/** The number of the first span of the second half: the cut nearest to the middle that leaves no half empty. */
function middle(sizes: readonly number[]): number | undefined {
  if (sizes.length < 2) return undefined;
  const all = sizes.reduce((sum, size) => sum + size, 0);
  let [cut, before] = [1, sizes[0] ?? 0];
  while (before + (sizes[cut] ?? 0) / 2 < all / 2) before += sizes[cut++] ?? 0;
  return cut;
}

function halves({ sizes, part }: Opened): [Part, Part] | undefined {
  const cut = middle(sizes);
  if (cut === undefined) return undefined;
  return [
    { body: part((span) => span < cut), spans: cut },
    { body: part((span) => span >= cut), spans: sizes.length - cut },
  ];
}

const isField = ({ number, wire }: Field, wanted: number): boolean => number === wanted && wire === BYTES;

function openProto(body: Uint8Array): Opened {
  const sizes: number[] = [];
  for (const resource of fields(body)) {
    if (!isField(resource, RESOURCE_SPANS)) continue;
    for (const scope of fields(body, resource.value, resource.to)) {
      if (!isField(scope, SCOPE_SPANS)) continue;
      for (const span of fields(body, scope.value, scope.to)) if (isField(span, SPANS)) sizes.push(span.to - span.from);
    }
  }
  const part = (chosen: Chosen): Uint8Array => {
    let span = 0;
    /** What stands between two places, with the messages of one kind made anew; without any of them nothing. */
    const rebuilt = (from: number, to: number, kind: number, make: (field: Field) => Uint8Array[]): Uint8Array[] => {
      const out: Uint8Array[] = [];
      let any = false;
      for (const field of fields(body, from, to)) {
        const made = isField(field, kind) ? make(field) : [body.subarray(field.from, field.to)];
        if (isField(field, kind) && made.length > 0) any = true;
        out.push(...made);
      }
      return any ? out : [];
    };
    const message = (number: number, inside: Uint8Array[]): Uint8Array[] => {
      const length = inside.reduce((sum, { length }) => sum + length, 0);
      return inside.length === 0 ? [] : [head(number, length), ...inside];
    };
    const ofScope = (field: Field): Uint8Array[] => (chosen(span++) ? [body.subarray(field.from, field.to)] : []);
    const ofResource = ({ value, to }: Field): Uint8Array[] => message(SCOPE_SPANS, rebuilt(value, to, SPANS, ofScope));
    const top = ({ value, to }: Field): Uint8Array[] => message(RESOURCE_SPANS, rebuilt(value, to, SCOPE_SPANS, ofResource));
    return Buffer.concat(rebuilt(0, body.length, RESOURCE_SPANS, top));
  };
  return { sizes, part };
}

interface JsonRequest {
  resourceSpans?: { scopeSpans?: { spans?: unknown[] }[] }[];
}

function openJson(body: Uint8Array): Opened {
  const request = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString("utf8")) as JsonRequest | null;
  const sizes: number[] = [];
  for (const { scopeSpans = [] } of request?.resourceSpans ?? []) {
    for (const { spans = [] } of scopeSpans) for (const span of spans) sizes.push(JSON.stringify(span).length);
  }
  const part = (chosen: Chosen): Uint8Array => {
    let at = 0;
    const resourceSpans = (request?.resourceSpans ?? []).map(({ scopeSpans = [], ...resource }) => ({
      ...resource,
      scopeSpans: scopeSpans
        .map(({ spans = [], ...scope }) => ({ ...scope, spans: spans.filter(() => chosen(at++)) }))
        .filter(({ spans }) => spans.length > 0),
    }));
    const kept = resourceSpans.filter(({ scopeSpans }) => scopeSpans.length > 0);
    return Buffer.from(JSON.stringify({ ...request, resourceSpans: kept }));
  };
  return { sizes, part };
}
