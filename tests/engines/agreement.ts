// What engines made of the same recordings, side by side: a table for people, and whether they all agree. It judges bytes by
// their SHA-256 and runs nothing itself but the engines it is given.

import { createHash } from "node:crypto";
import { table } from "../../bench/figures.ts";
import { type Engine, EngineMissing, type Made } from "./engine.ts";
import type { Output, Outputs, Recording } from "./outputs.ts";

/** An engine's column: what it made, or why it made nothing. */
export type Column = { name: string } & (Made | { missing: string } | { failed: string });

/** All engines at once, each over all recordings. */
export function columns(engines: readonly Engine[], core: Uint8Array<ArrayBuffer>, recordings: readonly Recording[]): Promise<Column[]> {
  const column = async ({ name, make }: Engine): Promise<Column> => {
    try {
      return { name, ...(await make(core, recordings)) };
    } catch (error) {
      const { message } = error as Error;
      return error instanceof EngineMissing ? { name, missing: message } : { name, failed: message };
    }
  };
  return Promise.all(engines.map(column));
}

export const ran = (column: Column): column is { name: string } & Made => "outputs" in column;

const short = (sha256: string): string => sha256.slice(0, 12);
const said = ({ sha256, length }: Output): string => `${short(sha256)} (${length} bytes)`;

/** One digest over all ways. */
function cell(outputs: Outputs): string {
  const hash = createHash("sha256");
  for (const { sha256 } of Object.values(outputs)) hash.update(sha256);
  return short(hash.digest("hex"));
}

/** Where engines differ over recording number `row`, a line a way; empty if they agree. */
export function differences(all: readonly Column[], row: number): string[] {
  const made = all.filter(ran);
  const [first] = made;
  const ways = Object.keys(first?.outputs[row] ?? {}) as (keyof Outputs)[];
  return ways.flatMap((way) => {
    const each = made.map(({ name, outputs }) => ({ name, output: outputs[row]![way] }));
    if (each.every(({ output }) => output.sha256 === each[0]!.output.sha256)) return [];
    return [`${way}: ${each.map(({ name, output }) => `${name} ${said(output)}`).join(", ")}`];
  });
}

export interface Agreement {
  /** Every engine ran, and for every recording all made the same bytes. */
  whole: boolean;
  text: string;
}

export function agreement(all: readonly Column[], recordings: readonly Recording[]): Agreement {
  const made = all.filter(ran);
  const rows = recordings.map(({ name }, row) => [name, ...all.map((column) => (ran(column) ? cell(column.outputs[row]!) : "-"))]);
  const differing = recordings
    .map(({ name }, row) => ({ name, lines: differences(all, row) }))
    .filter(({ lines }) => lines.length > 0);
  const absent = all.flatMap((column) => {
    if (ran(column)) return [];
    return "missing" in column ? [`${column.name} is missing: ${column.missing}`] : [`${column.name} failed: ${column.failed}`];
  });
  const agreeing = recordings.length - differing.length;
  const names = made.map(({ name, version }) => `${name} ${version}`).join(", ");
  const counted = made[0]?.outputs.reduce((sum, outputs) => sum + Object.keys(outputs).length, 0) ?? 0;
  const whole = absent.length === 0 && differing.length === 0 && recordings.length > 0;
  const lines = [
    table([["", ...all.map(({ name }) => name)], ...rows]),
    "",
    ...differing.flatMap(({ name, lines }) => lines.map((line) => `${name} differs, ${line}`)),
    ...absent,
    made.length < 2
      ? `nothing to compare: only ${names || "no engine"} ran`
      : `${agreeing} of ${recordings.length} recordings agree, ${counted} outputs in each of: ${names}`,
  ];
  return { whole, text: lines.join("\n") };
}
