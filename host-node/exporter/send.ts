// One request to one destination: encoded once, sent until there is a final outcome or no time.

import type { Destination } from "./destination.ts";
import { type Content, post, PostError } from "./http.ts";
import type { Outcome } from "./outcome.ts";
import { packed, unpacked } from "./packing.ts";
import { outcomeOf } from "./response.ts";
import { type Clock, retry, systemClock } from "./retry.ts";

export interface SendOptions {
  /** What the body is, where that is not what the destination is usually sent. */
  readonly contentType?: string | undefined;
  /** The body is packed already. */
  readonly isPacked?: boolean | undefined;
  readonly clock?: Clock | undefined;
  /** Told at once when it is accepted. */
  readonly accepted?: () => void;
  /** Told when it is sent once more and nobody knows whether it was taken the time before. */
  readonly repeated?: () => void;
}

export function contentTypeOf({ protocol }: Destination): string {
  return protocol === "http/json" ? "application/json" : "application/x-protobuf";
}

/**
 * With retries until the deadline (milliseconds since 1970). Never throws for what a network or a backend does; only for
 * a packed body that cannot be unpacked.
 */
export async function send(destination: Destination, body: Uint8Array, deadline: number, options: SendOptions = {}): Promise<Outcome> {
  const { clock = systemClock, contentType = contentTypeOf(destination), isPacked, accepted, repeated } = options;
  const content = await encoded(destination, body, contentType, isPacked);
  const heard = (status: number): void => {
    if (status >= 200 && status < 300) accepted?.();
  };
  let unheard = false;
  const attempt = async (leftMs: number): Promise<Outcome> => {
    if (unheard) repeated?.();
    const outcome = await tried(destination, content, Math.min(leftMs, destination.timeoutMs), clock, heard);
    // Of several tries one may have been taken, whatever became of the last.
    if (outcome.kind === "later") unheard ||= outcome.unheard === true;
    return outcome.kind === "later" && unheard ? { ...outcome, unheard } : outcome;
  };
  return retry(attempt, deadline, clock);
}

/** What goes out for a body: packed as the destination wants it. */
export async function encoded({ compression }: Destination, body: Uint8Array, contentType: string, isPacked = false): Promise<Content> {
  if (compression === "none") return { body: isPacked ? await unpacked(body) : body, contentType, encoding: undefined };
  return { body: isPacked ? body : await packed(body), contentType, encoding: "gzip" };
}

async function tried(destination: Destination, content: Content, timeoutMs: number, clock: Clock, heard: (status: number) => void): Promise<Outcome> {
  try {
    return outcomeOf(await post(destination, content, timeoutMs, heard), clock.now());
  } catch (error) {
    if (!(error instanceof PostError)) throw error;
    const { message, unheard } = error;
    if (error.again) return { kind: "later", message, ...(unheard ? { unheard } : {}) };
    return { kind: "refused", status: 0, message, stop: true };
  }
}
