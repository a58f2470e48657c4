// What is known of the terminal: whether there is one, its width, whether it wants colour, and how wide text is on it.
// Text from a session is never printed as it is: what would move the cursor or reorder words is neutralised.

import { fstatSync, statSync } from "node:fs";
import type { Colour } from "./args.ts";

export const STDOUT = 1;
export const STDERR = 2;

const terminals = new Set<number>();

/** Finds out which of standard output and error are terminals. To be awaited once, before anything else here. */
export async function findTerminals(): Promise<void> {
  for (const descriptor of [STDOUT, STDERR]) {
    try {
      const stat = fstatSync(descriptor);
      if (!stat.isCharacterDevice() || stat.rdev === statSync("/dev/null", { throwIfNoEntry: false })?.rdev) continue;
    } catch {
      continue; // closed
    }
    // Loaded for a terminal only: it costs milliseconds that nobody behind a pipe should wait for.
    const { isatty } = await import("node:tty");
    if (isatty(descriptor)) terminals.add(descriptor);
  }
}

export function isTerminal(descriptor: number): boolean {
  return terminals.has(descriptor);
}

/** Columns to draw in: the terminal's, within what is readable; 80 where there is none. */
export function columns(descriptor: number): number {
  // The streams are touched only if there is a terminal: making them takes time a pipe need not spend.
  const stream = descriptor === STDERR ? "stderr" : "stdout";
  const wide = isTerminal(descriptor) ? process[stream].columns : Number(process.env["COLUMNS"]);
  return Math.max(40, Math.min(wide || 80, 132));
}

/** The flag, then NO_COLOR, CLICOLOR_FORCE, CLICOLOR, then whether somebody is looking. */
export function wantsColour(colour: Colour, descriptor: number, env: NodeJS.ProcessEnv = process.env): boolean {
  if (colour !== "auto") return colour === "always";
  if (env["NO_COLOR"]) return false;
  if (env["CLICOLOR_FORCE"] && env["CLICOLOR_FORCE"] !== "0") return true;
  if (env["CLICOLOR"] === "0" || env["TERM"] === "dumb") return false;
  return isTerminal(descriptor);
}

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";
export type Paint = (style: Style, text: string) => string;

const codes: Record<Style, [number, number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** Styles text, or leaves it plain. */
export function painter(colour: boolean): Paint {
  if (!colour) return (_, text) => text;
  return (style, text) => (text === "" ? "" : `\u001b[${codes[style][0]}m${text}\u001b[${codes[style][1]}m`);
}

const reordering = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Text on one line that can do nothing to a terminal: controls become their pictures, white space one space. */
export function harmless(text: string): string {
  return inert(text.replace(/[\s\u0085\u2028\u2029]+/g, " "));
}

/** The same with its spaces kept; a tab or a line break is a control like any other. */
export function inert(text: string): string {
  return text
    .replace(reordering, "")
    .replace(/[\u0000-\u001f]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)))
    .replace(/\u007f/g, "\u2421")
    .replace(/[\u0080-\u009f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}

const narrow = /^[\u0020-\u007e\u00a1-\u02ff\u2010-\u2027\u2400-\u24ff\u2500-\u259f]*$/;
const wideText = /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]$/;
const widePicture = /^[\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]$/u;

/** Made when it is needed: the tables of these categories would cost every start some of its time. */
let nothing: RegExp | undefined;

function pointWidth(point: string): number {
  nothing ??= /^[\p{Mn}\p{Me}\p{Cf}]$/u;
  return nothing.test(point) ? 0 : wideText.test(point) || widePicture.test(point) ? 2 : 1;
}

/** Columns that text takes. */
export function width(text: string): number {
  if (narrow.test(text)) return text.length;
  let sum = 0;
  for (const point of text) sum += pointWidth(point);
  return sum;
}

/** Text in at most `most` columns; what is cut ends in an ellipsis. */
export function fit(text: string, most: number): string {
  if (most <= 0) return "";
  // A long prompt is cut before it is measured.
  if (text.length <= most * 4 && width(text) <= most) return text;
  let [taken, sum] = ["", 0];
  for (const point of text) {
    sum += pointWidth(point);
    if (sum > most - 1) break;
    taken += point;
  }
  return `${taken.trimEnd()}\u2026`;
}
