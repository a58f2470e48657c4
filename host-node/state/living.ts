// The signature of a process: a word it leaves where it holds something, by which another judges whether it still lives.
//
// A process id alone does not tell, because ids come round. Where there is a /proc the signature also says when the
// process started, in which namespace its id counts and since which boot. A holder of another namespace (a container
// that shares the folder), or one without a /proc, cannot be judged for sure: it counts as alive for an hour.

import { readFileSync, readlinkSync } from "node:fs";

export interface Signed {
  readonly pid: number;
  /** When it signed, in milliseconds. */
  readonly since: number;
}

const unsure = 3_600_000;
const unknown = "0";

function tryRead(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}

/** What /proc says of a process: its name, and what follows that; nothing where it says nothing. */
function statOf(pid: number): { name: string; fields: string[] } {
  const stat = tryRead(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  // The second field is the program's name, which may hold anything; the third is the state.
  const end = stat.lastIndexOf(")");
  return { name: stat.slice(stat.indexOf("(") + 1, Math.max(end, 0)), fields: stat.slice(end + 2).split(" ") };
}

/** When a process started, in ticks since boot; "" if it has ended or nobody knows. */
function startOf(pid: number): string {
  const { fields } = statOf(pid);
  return fields[0] === "Z" || fields[0] === "X" ? "" : (fields[19] ?? "");
}

const shells = /^(ba|da|a|z|k|mk)?sh$|^(fish|busybox)$/;
const levelsAtMost = 8;

/** Whoever runs this process by a command: its parent, or who stands above the shells that were asked to. */
export function callerOf(pid: number = process.ppid): number {
  for (let level = 0; level < levelsAtMost; level++) {
    const { name, fields } = statOf(pid);
    const parent = Number(fields[1]);
    if (!shells.test(name) || !(parent > 1)) break;
    pid = parent;
  }
  return pid;
}

/** The namespace process ids count in, and the boot they count since. */
function here(): string {
  const space = /\d+/.exec(tryRead(() => readlinkSync("/proc/self/ns/pid")))?.[0] ?? unknown;
  const boot = tryRead(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1")).slice(0, 8) || unknown;
  return `${space}-${boot}`;
}

let signed = 0;

/** A new signature of this process (or of another that runs), unlike any other. It is fit for the name of a file. */
export function signature(now: () => number = Date.now, pid: number = process.pid): string {
  return `${now()}-${signed++}-${pid}-${startOf(pid) || unknown}-${here()}`;
}

const pattern = /^(\d{1,16})-\d+-(\d{1,10})-(\d+)-(\d+)-([0-9a-f]+)$/;

/** Who signed, and when; nothing if it is no signature. */
export function readSignature(text: string): Signed | undefined {
  const match = pattern.exec(text);
  return match === null ? undefined : { since: Number(match[1]), pid: Number(match[2]) };
}

function mayExist(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether whoever signed this still runs. */
export function isLiving(text: string, now: () => number = Date.now): boolean {
  const match = pattern.exec(text);
  if (match === null) return false;
  const [since, pid, start, space, boot] = [Number(match[1]), Number(match[2]), match[3], match[4], match[5]];
  const [ownSpace, ownBoot] = here().split("-");
  if (boot !== ownBoot) return false;
  if (space !== ownSpace) return Math.abs(now() - since) < unsure;
  if (start !== unknown) return startOf(pid) === start;
  return mayExist(pid) && Math.abs(now() - since) < unsure;
}

export function isSameProcess(one: string, other: string): boolean {
  const process = (text: string): string => text.split("-").slice(2).join("-");
  return pattern.test(one) && process(one) === process(other);
}

/** What became of whoever signed this, where it is certain. */
export function fateOf(text: string): "runs" | "gone" | "unknown" {
  const match = pattern.exec(text);
  if (match === null) return "unknown";
  const [pid, start, space, boot] = [Number(match[2]), match[3], match[4], match[5]];
  const [ownSpace, ownBoot] = here().split("-");
  if (boot !== ownBoot) return "gone";
  if (space !== ownSpace) return "unknown";
  if (start === unknown) return mayExist(pid) ? "unknown" : "gone";
  return startOf(pid) === start ? "runs" : "gone";
}
