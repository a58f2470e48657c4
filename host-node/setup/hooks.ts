// The hooks Claude Code is asked for: which, by which command, and which of those in its settings are ours.
//
// The client knows no name for a hook, so one is known by what it runs: two words, the second of them `dist/hook.cjs` of
// a package that is this one, or was.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isObject } from "../config/object.ts";

/** What is worth a wake-up: turns that end, what only a hook tells, and the chance to finish what others left. */
export const EVENTS = [
  "SessionStart",
  "Stop",
  "StopFailure",
  "SubagentStop",
  "SessionEnd",
  "PreCompact",
  "PermissionRequest",
  "PermissionDenied",
  "Notification",
] as const;

/** Seconds. The hook needs a fraction of one; this is for a machine that has stopped to think. */
const TIMEOUT = 10;

export interface Entry {
  readonly matcher: string;
  readonly hooks: readonly { readonly type: "command"; readonly command: string; readonly timeout: number }[];
}

export const entryOf = (command: string): Entry => ({
  matcher: "",
  hooks: [{ type: "command", command, timeout: TIMEOUT }],
});

/** A path as one word of a shell. On Windows the client's shell is that of Git, or one that takes slashes, too. */
function quoted(path: string): string {
  if (process.platform === "win32") return `"${path.replaceAll("\\", "/")}"`;
  return `"${path.replace(/[\\"$`]/g, "\\$&")}"`;
}

export function hookCommand(node: string, script: string): string {
  return `${quoted(node)} ${quoted(script)}`;
}

/** What a command runs, if it is two words and the second could be a hook's script. */
export function commandParts(command: string): { readonly node: string; readonly script: string } | undefined {
  const words = command.match(/"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"']+/g) ?? [];
  if (words.length !== 2 || words.join("").length < command.replace(/\s+/g, "").length) return undefined;
  const [node, script] = words.map((word) =>
    /^"/.test(word) ? word.slice(1, -1).replace(/\\([\\"$`])/g, "$1") : word.replace(/^'|'$/g, ""),
  ) as [string, string];
  return /[/\\]dist[/\\]hook\.cjs$/.test(script) ? { node, script } : undefined;
}

function nameOfPackage(script: string): unknown {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(dirname(dirname(script)), "package.json"), "utf8"));
    return isObject(manifest) ? manifest["name"] : undefined;
  } catch {
    return undefined;
  }
}

/** Tells whether a command is ours; `events` are those it stands under. */
export function isOurs(command: string, own: string, events: ReadonlySet<string>): boolean {
  const script = commandParts(command)?.script;
  if (script === undefined) return false;
  if (resolve(script) === resolve(own)) return true;
  const name = nameOfPackage(script);
  if (name !== undefined) return name === "spanloom";
  // A package that is gone can no longer say its name; its folder may, and nobody else asks for just these.
  if (existsSync(script)) return false;
  return /(^|[/\\])spanloom([-@.][^/\\]*)?[/\\]/i.test(script) || EVENTS.every((event) => events.has(event));
}
