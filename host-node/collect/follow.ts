// Follows a server's stream for as long as it is wanted: what breaks is connected again, after a while that doubles with
// each failure, up to half a minute. A stream that says nothing for long is broken, too: servers send a heartbeat.

import { createParser } from "eventsource-parser";
import { type Server, ServerError } from "./server.ts";

export interface Follower {
  /** The stream is there, from now on; what happened before it is not in it. */
  connected(): void;
  event(data: string): void;
  /** It is not. `again` is in so many milliseconds. */
  lost(reason: string, again: number): void;
}

const firstMs = 250;
const mostMs = 30_000;
const silenceMs = 75_000;
/** A server that is just starting may take a connection and forget it. */
const greetingMs = 8_000;

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}

/** One connection, to its end; answers why it ended. */
async function once(server: Server, follower: Follower, signal: AbortSignal, heard: () => void): Promise<string> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), greetingMs);
  try {
    const body = await server.stream(AbortSignal.any([signal, silence.signal]));
    follower.connected();
    heard();
    const parser = createParser({ onEvent: ({ data }) => follower.event(data) });
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), silenceMs);
      parser.feed(decoder.decode(chunk, { stream: true }));
    }
    return "the server closed it";
  } catch (error) {
    if (silence.signal.aborted) return "the server fell silent";
    if (error instanceof ServerError) throw error;
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Until the signal. Throws the ServerError of a server that refuses us before it was ever heard. */
export async function follow(server: Server, follower: Follower, signal: AbortSignal): Promise<void> {
  let wait = firstMs;
  let everHeard = false;
  while (!signal.aborted) {
    let reason: string;
    try {
      reason = await once(server, follower, signal, () => {
        everHeard = true;
        wait = firstMs;
      });
    } catch (error) {
      const { status, message } = error as ServerError;
      if (!everHeard && status >= 400 && status < 500) throw error;
      reason = message;
    }
    if (signal.aborted) return;
    follower.lost(reason, wait);
    await pause(wait, signal);
    wait = Math.min(wait * 2, mostMs);
  }
}
