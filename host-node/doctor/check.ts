// What a check is: a name, and a function from where it looks to what it found. None of them changes anything.

import type { Config } from "../config/config.ts";
import type { Probe } from "../exporter/probe.ts";
import type { Environment, Places } from "../state/paths.ts";
import type { Targets } from "../worker/targets.ts";
import type { ClientFile } from "./client.ts";

/** `warn`: it works, but not as one might think, or not for long. `fail`: traces are lost, or do not come. */
export type Grade = "ok" | "warn" | "fail";

export interface Finding {
  readonly grade: Grade;
  /** Which of several: a folder, a destination. */
  readonly subject?: string;
  /** What is so, and what it means. */
  readonly says: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** Where checks look. */
export interface Look {
  readonly env: Environment;
  readonly cwd: string;
  readonly now: () => number;
  /** As `process.version`. */
  readonly version: string;
  readonly places: Places;
  readonly config: Config;
  readonly targets: Targets;
  /** Claude Code's own folder; empty where the environment names neither it nor a home. */
  readonly clientFolder: string;
  /** Its settings, the strongest first. */
  readonly client: readonly ClientFile[];
  /** The file our hooks should run. */
  readonly script: string;
  /** Asks each destination, once. */
  readonly probes: () => Promise<readonly Probe[]>;
}

export interface Check {
  readonly name: string;
  /** Empty: there is nothing to be looked at. */
  run(look: Look): readonly Finding[] | Promise<readonly Finding[]>;
}

export const ok = (says: string, subject?: string): Finding => ({ grade: "ok", says, ...(subject === undefined ? {} : { subject }) });

const grave =
  (grade: Grade) =>
  (says: string, advice: string, subject?: string): Finding => ({ grade, says, advice, ...(subject === undefined ? {} : { subject }) });

export const warn = grave("warn");
export const fail = grave("fail");

const dayMs = 86_400_000;

/** 3 minutes, 2 hours, 12 days: how long, in the unit that suits. */
export function span(ms: number): string {
  const [count, unit] =
    ms < 3_600_000 ? [ms / 60_000, "minute"] : ms < 2 * dayMs ? [ms / 3_600_000, "hour"] : [ms / dayMs, "day"];
  const whole = Math.max(1, Math.floor(count));
  return `${whole} ${unit}${whole === 1 ? "" : "s"}`;
}

/** 1 turn, 2 turns. */
export const count = (number: number, one: string): string => `${number} ${one}${number === 1 ? "" : "s"}`;

export function megabytes(bytes: number): string {
  return `${(bytes / 1048576).toFixed(bytes < 10 * 1048576 ? 1 : 0)} MiB`;
}
