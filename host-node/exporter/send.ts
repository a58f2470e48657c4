// One request to one destination: encoded once, sent until there is a final outcome or no time.

import type { Destination } from "./destination.ts";
import { type Content, post, PostError } from "./http.ts";
import type { Outcome } from "./outcome.ts";
import { packed } from "./packing.ts";
import { outcomeOf } from "./response.ts";
import { type Clock, retry, systemClock } from "./retry.ts";

export interface SendOptions {
  /** What the body is, where that is not what the destination is usually sent. */
  readonly contentType?: string | undefined;
  readonly clock?: Clock | undefined;
}

export function contentTypeOf({ protocol }: Destination): string {
  return protocol === "http/json" ? "application/json" : "application/x-protobuf";
}

/** With retries until the deadline (milliseconds since 1970). Never throws for what a network or a backend does. */
export async function send(destination: Destination, body: Uint8Array, deadline: number, options: SendOptions = {}): Promise<Outcome> {
  const clock = options.clock ?? systemClock;
  const content = await encoded(destination, body, options.contentType ?? contentTypeOf(destination));
  return retry((leftMs) => attempt(destination, content, Math.min(leftMs, destination.timeoutMs), clock), deadline, clock);
}

export async function encoded({ compression }: Destination, body: Uint8Array, contentType: string): Promise<Content> {
  if (compression === "none") return { body, contentType, encoding: undefined };
  return { body: await packed(body), contentType, encoding: "gzip" };
}

async function attempt(destination: Destination, content: Content, timeoutMs: number, clock: Clock): Promise<Outcome> {
  try {
    return outcomeOf(await post(destination, content, timeoutMs), clock.now());
  } catch (error) {
    if (!(error instanceof PostError)) throw error;
    if (error.again) return { kind: "later", message: error.message };
    return { kind: "refused", status: 0, message: error.message, stop: true };
  }
}
