// Puts new requests where they wait to be sent, in batches of whole traces. Nothing is sent that has not been written
// down: so a crash at any instant loses nothing, and what had been sent by then is known but for the request under way.

import type { Destination } from "./destination.ts";
import { packed } from "./packing.ts";
import { contentTypeOf } from "./send.ts";
import type { Batch } from "./waiting.ts";

/** A request as the core makes it. The body is read before the next request is asked for. */
export interface Request {
  readonly body: Uint8Array;
  readonly spans: number;
  /** Traces that are complete once this request and all before it are accepted. */
  readonly traces: readonly string[];
  /** No trace goes on in the next request. */
  readonly whole: boolean;
}

export interface Kept {
  /** Requests that wait now. */
  readonly requests: number;
  /** Each thing worth saying. */
  readonly messages: readonly string[];
  /** None of them has to be made again. */
  readonly complete: boolean;
}

/** Keeps whole traces only: of one whose requests end early, nothing stays. Asks for none past one that cannot be kept. */
export async function keep(
  destination: Destination,
  requests: Iterable<Request> | AsyncIterable<Request>,
  spool: { open(): Batch },
): Promise<Kept> {
  const contentType = contentTypeOf(destination);
  const messages: string[] = [];
  let kept = 0;
  let batch: Batch | undefined;
  let [inBatch, bytes] = [0, 0];
  try {
    for await (const { body, traces, whole } of requests) {
      const content = await packed(body);
      let isKept = true;
      try {
        batch ??= spool.open();
        batch.add({ traces, contentType, encoding: "gzip" }, content);
        [inBatch, bytes] = [inBatch + 1, bytes + content.length];
        if (whole) isKept = batch.close();
      } catch (error) {
        messages.push(`a request cannot be put in the spool: ${error instanceof Error ? error.message : String(error)}`);
        return { requests: kept, messages, complete: false };
      }
      if (!whole) continue;
      if (isKept) kept += inBatch;
      else messages.push(`${inBatch} requests of ${bytes} bytes that belong together are too large for the spool`);
      [batch, inBatch, bytes] = [undefined, 0, 0];
    }
    return { requests: kept, messages, complete: true };
  } finally {
    batch?.abandon();
  }
}
