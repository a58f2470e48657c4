// Lines of styled pieces that fit into so many columns, for everything that is drawn on a terminal.

import type { CommonArgs } from "./args.ts";
import { columns, fit, type Paint, painter, STDOUT, type Style, wantsColour, width } from "./terminal.ts";

export interface Drawing {
  readonly columns: number;
  readonly paint: Paint;
}

export type Piece = readonly [text: string, style?: Style];

/** How to draw where the output goes. */
export function drawingFor({ colour, output }: CommonArgs): Drawing {
  // Into a file nobody is looking, whatever standard output is.
  const paint = painter(output === "-" ? wantsColour(colour, STDOUT) : colour === "always");
  return { columns: output === "-" ? columns(STDOUT) : 80, paint };
}

/** Pieces in at most `most` columns, painted, and filled up to exactly `most`. */
export function compose(pieces: readonly Piece[], most: number, paint: Paint): string {
  let line = "";
  let left = most;
  for (const [text, style] of pieces) {
    const fitted = fit(text, left);
    line += style === undefined ? fitted : paint(style, fitted);
    left -= width(fitted);
    if (fitted !== text) break;
  }
  return line + " ".repeat(Math.max(0, left));
}

/** Words on as many lines as they need. */
export function wrap(words: string, most: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words.split(" ")) {
    if (line !== "" && width(line) + 1 + width(word) > most) {
      lines.push(line);
      line = "";
    }
    line += `${line === "" ? "" : " "}${word}`;
  }
  return [...lines, line];
}

/** A mark, a name, and words on as many lines as they need. */
export function marked(mark: string, name: string, words: string, { columns, paint }: Drawing): string[] {
  const indent = 4 + name.length;
  return wrap(words, columns - indent).map(
    (line, at) => (at === 0 ? `  ${mark} ${paint("dim", name)}` : " ".repeat(indent)) + line,
  );
}
