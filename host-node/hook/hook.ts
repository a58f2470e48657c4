// What an agent runs at each hook: writes down what it is told, sees to it that somebody works on it, and is gone.
// The agent waits for it, so it loads nothing it can do without, asks no network and reads no session. Whatever is
// broken, it says nothing and exits 0.
//
// It starts a worker only where none is at work, and no event falls between the two: the hook marks a session and then
// looks at the lock; a worker lets the lock go and then looks for marks. If the hook finds the lock held, the worker's
// look is still to come, and finds the mark. If it finds it free, it starts another; of several started at once one gets
// the lock, and the others go, which is safe for the same reason. A worker that is killed instead leaves its marks to
// the next (host-node/state/pending.ts, lock.ts).

import { join } from "node:path";
import { appendJournal } from "../state/journal.ts";
import { parseObject } from "../state/files.ts";
import { callerOf, signature } from "../state/living.ts";
import { lockHolder } from "../state/lock.ts";
import { isOff } from "../state/off.ts";
import { isSessionId, places, type Places } from "../state/paths.ts";
import { markPending, sweepLock } from "../state/pending.ts";
import { readInput } from "./input.ts";
import { type Payload, readPayload } from "./payload.ts";

/** When the client started it, which is nearer to what it tells of than the moment at which it was understood. */
const began = Math.floor(performance.timeOrigin);
const mostInput = 1024 * 1024;
const patience = 1000;

/** The events it knows, and whether there is something to do at once. It is asked for just these (setup/hooks.ts). */
const events: ReadonlyMap<string, "work" | "note"> = new Map([
  // What earlier sessions left behind.
  ["SessionStart", "work"],
  ["Stop", "work"],
  // Comes in place of Stop where the API failed.
  ["StopFailure", "work"],
  ["SessionEnd", "work"],
  ["SubagentStop", "note"],
  ["PreCompact", "note"],
  ["PermissionRequest", "note"],
  ["PermissionDenied", "note"],
  ["Notification", "note"],
]);

/** Each step on its own: on a full disk a worker can still send what waits, which makes room. */
function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // Whoever is told of it is not the agent.
  }
}

function note(where: Places, { event, session, transcript, cwd, rest }: Payload): void {
  const client = signature(Date.now, callerOf());
  attempt(() => appendJournal(where, { at: began, event, session, transcript, cwd, client, payload: rest }));
  attempt(() => markPending(where, session));
}

async function startWorker(where: Places): Promise<void> {
  if (lockHolder(sweepLock(where)) !== undefined) return;
  const { spawn } = await import("node:child_process");
  const worker = spawn(process.execPath, [join(import.meta.dirname, "cli.cjs"), "sweep", "--worker"], {
    // The session's folder may be a worktree that is about to go.
    cwd: where.state,
    detached: true,
    stdio: "ignore",
    windowsHide: true,
  });
  worker.on("error", () => {});
  worker.unref();
}

async function work(): Promise<void> {
  const disabled = process.env.SPANLOOM_DISABLE ?? "";
  if (disabled !== "" && disabled !== "0") return;
  const where = places(process.env);
  const input = await readInput(mostInput, patience, (text) => parseObject(text) !== undefined);
  const payload = readPayload(input.toString("utf8"));
  const what = payload === undefined ? undefined : events.get(payload.event);
  if (payload === undefined || what === undefined || !isSessionId(payload.session)) return;
  if (isOff(where, payload.session)) return;
  note(where, payload);
  if (what === "work") await startWorker(where);
}

/** Never comes back: the process ends here, with 0. */
export function runHook(): Promise<never> {
  const leave = (): never => process.exit(0);
  process.on("uncaughtException", leave);
  return work().then(leave, leave);
}
