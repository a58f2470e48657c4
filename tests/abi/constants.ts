// The numbers of the door as assembly/abi/layout.ts has them, and what its comments say of the tables' columns.
//
// It reads the text beside the module, because a width stands in a comment only.

import { readFileSync } from "node:fs";
import * as layout from "../../assembly/abi/layout.ts";

export const constants: Record<string, number> = { ...layout };

/** One line a constant, sorted by name: what a change of any number has to change too. */
export function constantsText(): string {
  const lines = Object.entries(constants).map(([name, value]) => `${name} = ${value}`);
  return `${lines.sort().join("\n")}\n`;
}

/** The prefix of a table's columns. */
export const prefixes: Record<number, string> = {
  [layout.TABLE_STRINGS]: "STRING",
  [layout.TABLE_DOCUMENTS]: "DOCUMENT",
  [layout.TABLE_BROKEN]: "BROKEN",
  [layout.TABLE_TRACES]: "TRACE",
  [layout.TABLE_SPANS]: "SPAN",
  [layout.TABLE_EVENTS]: "EVENT",
  [layout.TABLE_INVOCATIONS]: "INVOCATION",
  [layout.TABLE_TRANSCRIPTS]: "TRANSCRIPT",
  [layout.TABLE_WRITERS]: "WRITER",
  [layout.TABLE_COPIES]: "COPY",
  [layout.TABLE_CHECKS]: "CHECK",
};

const widths: Record<string, number> = { u32: 4, i32: 4, u64: 8, i64: 8 };

/** Width of each column of a table, by the column's number: constants of its prefix whose comment begins with a type. */
export function columnWidths(table: number): number[] {
  const text = readFileSync(new URL("../../assembly/abi/layout.ts", import.meta.url), "utf8");
  const found: number[] = [];
  for (const [, name, value, type] of text.matchAll(/^export const (\w+) = (\d+); \/\/ ([ui](?:32|64)|\d+ bytes)\b/gm)) {
    if (!name!.startsWith(`${prefixes[table]!}_`)) continue;
    found[Number(value)] = widths[type!] ?? Number.parseInt(type!, 10);
  }
  return found;
}
