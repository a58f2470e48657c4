// Asks a destination whether it is there, by a request without a span: the answer is judged, and nothing is kept of it.

import type { Destination } from "./destination.ts";
import { hangUp, post, PostError } from "./http.ts";
import type { Outcome } from "./outcome.ts";
import { proxyFor } from "./proxy.ts";
import { outcomeOf } from "./response.ts";
import { contentTypeOf, encoded } from "./send.ts";

export interface Probe {
  readonly destination: Destination;
  readonly outcome: Outcome;
  /** 0: no answer came. */
  readonly status: number;
  /** Milliseconds since 1970, as the endpoint's clock has it, to the second; nothing where it does not say. */
  readonly date: number | undefined;
  readonly sentAt: number;
  readonly answeredAt: number;
  /** The proxy on the way, without name and password. */
  readonly proxy: string | undefined;
}

/** An ExportTraceServiceRequest that holds nothing. */
const empty = { "http/protobuf": new Uint8Array(), "http/json": Buffer.from("{}") };

export async function probe(destination: Destination, timeoutMs: number, now: () => number): Promise<Probe> {
  const contentType = contentTypeOf(destination);
  const proxy = (await proxyFor(destination.url))?.shown;
  const content = await encoded(destination, empty[destination.protocol], contentType);
  const sentAt = now();
  try {
    const reply = await post(destination, content, Math.min(timeoutMs, destination.timeoutMs));
    const answeredAt = now();
    const date = Date.parse(reply.date ?? "");
    const known = Number.isFinite(date) ? date : undefined;
    return { destination, outcome: outcomeOf(reply, answeredAt), status: reply.status, date: known, sentAt, answeredAt, proxy };
  } catch (error) {
    if (!(error instanceof PostError)) throw error;
    const outcome: Outcome = error.again
      ? { kind: "later", message: error.message }
      : { kind: "refused", status: 0, message: error.message, stop: true };
    return { destination, outcome, status: 0, date: undefined, sentAt, answeredAt: now(), proxy };
  } finally {
    hangUp(destination);
  }
}
