// Draws a list of sessions, a line each: as many columns as the terminal has room for beside the words of the prompt, or
// all of them, tab-separated, for a pipe.

import { basename } from "node:path";
import type { Summary } from "../store/summary.ts";
import { compose, type Drawing, type Piece } from "./draw.ts";
import { amount, duration } from "./figures.ts";
import { asked } from "./gist.ts";
import { harmless, width } from "./terminal.ts";
import { ago } from "./when.ts";

const gap = "  ";
const leastWords = 20;
const mostPlace = 24;

interface Column {
  readonly title: string;
  readonly cell: (session: Summary) => string;
}

/** The last is the first to go where there is no room. */
const figureColumns: readonly Column[] = [
  { title: "time", cell: ({ start, end }) => duration(end - start) },
  { title: "in", cell: ({ inputTokens }) => amount(inputTokens) },
  { title: "turns", cell: ({ turns }) => amount(turns) },
  { title: "out", cell: ({ outputTokens }) => amount(outputTokens) },
  { title: "tools", cell: ({ tools }) => amount(tools) },
  { title: "agents", cell: ({ agents }) => amount(agents) },
];
/** The order they stand in. */
const order = ["turns", "agents", "tools", "time", "in", "out"];

/** How many characters of each id tell them apart: eight, as everywhere, unless that is too few. */
function idLength(sessions: readonly Summary[]): number {
  const most = sessions.reduce((longest, { session }) => Math.max(longest, session.length), 8);
  for (let length = 8; length < most; length += 4) {
    if (new Set(sessions.map(({ session }) => session.slice(0, length))).size === sessions.length) return length;
  }
  return most;
}

const directoryOf = ({ directories: [first = ""] }: Summary): string => harmless(first);
const repository = (session: Summary): string => basename(directoryOf(session).replaceAll("\\", "/"));
const place = (session: Summary): string => [repository(session), harmless(session.branch)].filter(Boolean).join(" ");

const widest = (texts: readonly string[]): number => texts.reduce((most, text) => Math.max(most, width(text)), 0);

/** Sessions in the order given, below a line of titles. */
export function drawList(sessions: readonly Summary[], drawing: Drawing, now: number): string {
  const { columns, paint } = drawing;
  const idColumn = idLength(sessions);
  const whens = sessions.map(({ end }) => ago(end, now));
  const whenColumn = widest(["when", ...whens]);
  const placeColumn = Math.min(mostPlace, widest(["where", ...sessions.map(place)]));
  let left = columns - idColumn - whenColumn - placeColumn - 3 * gap.length - leastWords;
  const shown: (Column & { readonly wide: number })[] = [];
  for (const column of figureColumns) {
    const wide = widest([column.title, ...sessions.map(column.cell)]);
    if (wide + gap.length > left) break;
    left -= wide + gap.length;
    shown.push({ ...column, wide });
  }
  shown.sort((a, b) => order.indexOf(a.title) - order.indexOf(b.title));
  const words = Math.max(leastWords + left, 0);

  const line = (id: Piece, when: string, where: readonly Piece[], cells: string, rest: readonly Piece[]): string =>
    [
      compose([id], idColumn, paint),
      paint("dim", when + " ".repeat(whenColumn - width(when))),
      compose(where, placeColumn, paint),
      ...(cells === "" ? [] : [paint("dim", cells)]),
      compose(rest, words, paint),
    ]
      .join(gap)
      .trimEnd();

  const titles = shown.map(({ title, wide }) => title.padStart(wide)).join(gap);
  const head = paint("dim", line(["session"], "when", [["where"]], titles, [["prompt"]]));
  const rows = sessions.map((session, index) => {
    const branch = harmless(session.branch);
    const where: Piece[] = [[repository(session)], [branch === "" ? "" : ` ${branch}`, "dim"]];
    const cells = shown.map(({ cell, wide }) => cell(session).padStart(wide)).join(gap);
    const failed: Piece[] = session.failed === 0 ? [] : [[`\u2717${session.failed} `, "red"]];
    const id: Piece = [session.session.slice(0, idColumn), "bold"];
    return line(id, whens[index] as string, where, cells, [...failed, [asked(session.prompt)]]);
  });
  return `${[head, ...rows].join("\n")}\n`;
}

/** A session in a line, its members between tabs; `ls --help` names them. */
export function tabbed(session: Summary): string {
  return [
    session.session,
    new Date(session.end).toISOString(),
    directoryOf(session),
    harmless(session.branch),
    session.turns,
    session.agents,
    session.tools,
    session.inputTokens,
    session.outputTokens,
    Math.round(session.end - session.start),
    session.failed,
    asked(session.prompt),
  ].join("\t");
}

/** The same as JSON, under names. */
export function listed(session: Summary): string {
  const { session: id, start, end, directories, branch, prompt, transcripts, ...counts } = session;
  return JSON.stringify({
    session: id,
    start: new Date(start).toISOString(),
    end: new Date(end).toISOString(),
    durationMs: end - start,
    directories,
    branch,
    turns: counts.turns,
    chats: counts.chats,
    tools: counts.tools,
    agents: counts.agents,
    failed: counts.failed,
    inputTokens: counts.inputTokens,
    outputTokens: counts.outputTokens,
    prompt: asked(prompt),
    transcripts,
  });
}
