// From an answer to an outcome: status, partial success, and what the backend says of an error, in protobuf, JSON or text.
//
// It trusts nothing: a body may be cut, of another type than it says, or a page of HTML. What cannot be read is left out
// of the message and changes no outcome.

import type { Reply } from "./http.ts";
import type { Outcome } from "./outcome.ts";
import { retryAfterMs } from "./retry.ts";
import { BYTES, fields, VARINT, varint } from "./wire.ts";

/** What a person is shown of a backend's words. */
const wordsAtMost = 300;

const transient = new Set([429, 502, 503, 504]);
/** Said of the one request: its neighbours may fare better. Every other refusal is about where or as whom we send. */
const aboutRequest = new Set([400, 413, 422, 500]);

const meanings: Readonly<Record<number, string>> = {
  400: "the request is malformed to it",
  401: "the credentials are missing or wrong",
  403: "these credentials may not write there",
  404: "nothing takes traces at this address",
  405: "nothing takes traces at this address",
  407: "the proxy wants a name and a password",
  413: "the request is too large",
  415: "it does not take this encoding",
  429: "too many requests",
};

export function outcomeOf(reply: Reply, now: number): Outcome {
  const { status } = reply;
  if (status >= 200 && status < 300) return { kind: "accepted", ...partialSuccess(reply) };
  const message = [`HTTP ${status}`, meanings[status], words(reply)].filter(Boolean).join(": ");
  if (transient.has(status)) {
    const wait = retryAfterMs(reply.retryAfter, now);
    return { kind: "later", status, message, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  }
  if (status >= 300 && status < 400) {
    const to = reply.location === undefined ? "" : ` to ${plainly(reply.location)}`;
    return { kind: "refused", status, message: `HTTP ${status}: it redirects${to}; name the final address as endpoint`, stop: true };
  }
  return { kind: "refused", status, message, stop: !aboutRequest.has(status) };
}

/** One line of a bounded length in which nothing moves a cursor or turns the writing direction. */
function plainly(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  return line.length > wordsAtMost ? `${line.slice(0, wordsAtMost)}…` : line;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");

/** The body as JSON, if it is an object. */
function asObject({ body }: Reply): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text(body));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The fields of a protobuf body, as far as it is one: numbers and bytes by field number. */
function asMessage(body: Uint8Array): { numbers: Map<number, number>; bytes: Map<number, Uint8Array> } {
  const numbers = new Map<number, number>();
  const bytes = new Map<number, Uint8Array>();
  try {
    for (const { number, wire, value, to } of fields(body)) {
      if (wire === VARINT) numbers.set(number, Number(varint(body, value, to).value));
      if (wire === BYTES) bytes.set(number, body.subarray(value, to));
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return { numbers, bytes };
}

const isProto = ({ contentType }: Reply): boolean => /^application\/(x-)?protobuf\b/.test(contentType);

/** ExportTraceServiceResponse.partial_success (field 1): rejected_spans (1) and error_message (2). */
function partialSuccess(reply: Reply): { rejectedSpans: number; message: string } {
  const nothing = { rejectedSpans: 0, message: "" };
  let rejected: number;
  let message: string;
  if (isProto(reply)) {
    const partial = asMessage(reply.body).bytes.get(1);
    if (partial === undefined) return nothing;
    const { numbers, bytes } = asMessage(partial);
    [rejected, message] = [numbers.get(1) ?? 0, text(bytes.get(2) ?? new Uint8Array())];
  } else {
    const partial = asObject(reply)?.["partialSuccess"] as Record<string, unknown> | null | undefined;
    if (typeof partial !== "object" || partial === null) return nothing;
    [rejected, message] = [Number(partial["rejectedSpans"] ?? 0), String(partial["errorMessage"] ?? "")];
  }
  return { rejectedSpans: Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0, message: plainly(message) };
}

/** The backend's words for an error: google.rpc.Status.message (2), a JSON message under its usual names, or text. */
function words(reply: Reply): string {
  if (reply.body.length === 0) return "";
  if (isProto(reply)) return plainly(text(asMessage(reply.body).bytes.get(2) ?? new Uint8Array()));
  const object = asObject(reply);
  if (object !== undefined) {
    for (const key of ["message", "error", "errorMessage", "detail", "errors"]) {
      const value = object[key];
      if (typeof value === "string" && value !== "") return plainly(value);
      if (typeof value === "object" && value !== null) return plainly(nested(value));
    }
    return plainly(text(reply.body));
  }
  // Proxies answer with pages: their title says it.
  const page = text(reply.body);
  return plainly(/<title[^>]*>([^<]*)/i.exec(page)?.[1] ?? page.replace(/<[^>]*>/g, " "));
}

function nested(value: object): string {
  const message = (value as Record<string, unknown>)["message"];
  return typeof message === "string" ? message : JSON.stringify(value);
}
