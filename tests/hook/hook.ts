// The built hook as a child process: fed as a client feeds it, and watched.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const hook = fileURLToPath(new URL("../../dist/hook.cjs", import.meta.url));

if (!existsSync(hook)) throw new Error("dist/hook.cjs is missing; run `npm run build` first");

export const session = "a2e7fb50-c5fc-4a23-9c21-47963f141002";

export function payload(event: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  // In the client's order.
  const common = { session_id: session, transcript_path: "/none/transcript.jsonl", cwd: "/none" };
  return { ...common, permission_mode: "default", hook_event_name: event, ...more };
}

export interface Hooked {
  readonly code: number | null;
  /** What it wrote on either stream. */
  readonly said: string;
  readonly milliseconds: number;
}

export interface HookOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The program, where it is not the one that was built. */
  readonly program?: string;
  /** Runs it below this command. */
  readonly within?: readonly string[];
  /** Leaves standard input open. */
  readonly open?: boolean;
}

/** Runs the hook with nothing of this process's environment but the path. */
export function runHook(
  input: string | Buffer | Readonly<Record<string, unknown>>,
  { env = {}, cwd, program = hook, within = [], open = false }: HookOptions = {},
): Promise<Hooked> {
  const [command = "", ...args] = [...within, process.execPath, program];
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(command, args, { env: { PATH: process.env.PATH, ...env }, ...(cwd && { cwd }) });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text) => (said += text));
    // A hook that has ended reads no more.
    child.stdin?.on("error", () => {});
    const bytes = typeof input === "string" || Buffer.isBuffer(input) ? input : JSON.stringify(input);
    child.stdin?.write(bytes);
    if (!open) child.stdin?.end();
    child.on("error", reject);
    child.on("exit", () => child.stdin?.destroy());
    child.on("close", (code) => resolve({ code, said, milliseconds: performance.now() - begun }));
  });
}
