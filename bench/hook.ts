// What an agent waits for at each hook: until the process has ended and both its streams are closed, whatever the worker it
// started has before it. Each run has a home of its own, so that each starts a worker; that one is ended before the next.

import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { lockHolder } from "../host-node/state/lock.ts";
import { places } from "../host-node/state/paths.ts";
import { sweepLock } from "../host-node/state/pending.ts";
import { startBlackHole } from "../tests/support/black-hole.ts";
import { madeFamily, scratch } from "./input.ts";

export const hookFile = fileURLToPath(new URL("../dist/hook.cjs", import.meta.url));

export interface HookCase {
  readonly name: string;
  readonly input: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Payloads as a client writes them. */
function told(event: string, transcript = "/none/none.jsonl"): string {
  const session = basename(transcript, ".jsonl");
  return JSON.stringify({ session_id: session, transcript_path: transcript, cwd: "/none", hook_event_name: event, last_assistant_message: "Done." });
}

/** The cases there are, while they are measured. */
export async function withHookCases<T>(seed: number, measure: (cases: readonly HookCase[]) => T): Promise<T> {
  const [small, large] = [1e6, 100e6].map((size) => madeFamily(size, seed, "coarse").documents[0]?.path as string);
  const hole = await startBlackHole();
  const endpoint = (url: string): Record<string, string> => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
  try {
    return measure([
      { name: "Notification", input: told("Notification"), env: {} },
      { name: "Stop", input: told("Stop", small), env: {} },
      { name: "Stop, endpoint black-holed", input: told("Stop", small), env: endpoint(hole.url) },
      // Nothing listens on the port of discarding.
      { name: "Stop, endpoint refusing", input: told("Stop", small), env: endpoint("http://127.0.0.1:9") },
      { name: "Stop, session of 100 MB", input: told("Stop", large), env: endpoint("http://127.0.0.1:9") },
    ]);
  } finally {
    hole.close();
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4));
const sleep = (ms: number): void => void Atomics.wait(pause, 0, 0, ms);

/** Runs it with a new home, and ends the worker it has started. */
export function withHome<T>(run: (env: Record<string, string>) => T): T {
  mkdirSync(scratch, { recursive: true });
  const home = mkdtempSync(join(scratch, "hook-"));
  const lock = sweepLock(places({ SPANLOOM_HOME: home }));
  try {
    const result = run({ SPANLOOM_HOME: home });
    // A worker takes a tenth of a second to begin; one that is done by then has let the lock go.
    for (let looks = 0; looks < 40 && lockHolder(lock) === undefined && !existsSync(join(home, "state", "last-sweep.json")); looks++) sleep(10);
    const holder = lockHolder(lock);
    if (holder !== undefined) process.kill(holder.pid, "SIGKILL");
    while (lockHolder(lock) !== undefined) sleep(5);
    return result;
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }
}
