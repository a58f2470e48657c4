// Draws a session as a person wants to see it at once: turns with what was asked, under each the responses, tools and
// sub-agents as they came, figures in columns on the right. Strings; it reads nothing and prints nothing.

import {
  type EventRow,
  EVENT_API_ERROR,
  EVENT_COMPACTION,
  EVENT_COMPACTION_REQUEST,
  EVENT_HOOK,
  EVENT_INTERRUPT,
  EVENT_NOTIFICATION,
  EVENT_PERMISSION_DENIED,
  EVENT_PERMISSION_REQUEST,
  FLAG_ASYNC,
  FLAG_INFERRED_TIME,
  FLAG_ORPHAN,
  FLAG_PARTIAL_USAGE,
  KIND_AGENT,
  KIND_CHAT,
} from "../../bridge/index.ts";
import { totalsOf } from "../build/totals.ts";
import type { SessionTree, SpanNode } from "../build/tree.ts";
import { compose, type Drawing, type Piece } from "./draw.ts";
import { amount, counted, duration, moment } from "./figures.ts";
import { asked, point } from "./gist.ts";
import { harmless, width } from "./terminal.ts";

type Figures = readonly [time: string, input: string, output: string];

const timeColumn = 8;
const tokenColumn = 7;
const figureColumns = timeColumn + 2 * tokenColumn;

const eventWords: Record<number, string> = {
  [EVENT_COMPACTION]: "\u25b2 context compacted",
  [EVENT_API_ERROR]: "\u25b2 API error",
  [EVENT_INTERRUPT]: "\u25a0 interrupted by the user",
  [EVENT_PERMISSION_REQUEST]: "\u25b2 permission asked for",
  [EVENT_PERMISSION_DENIED]: "\u25b2 permission denied",
  [EVENT_NOTIFICATION]: "\u25b2 the user was notified",
  [EVENT_COMPACTION_REQUEST]: "\u25b2 compaction asked for",
};

function line(pieces: readonly Piece[], [time, input, output]: Figures, { columns, paint }: Drawing): string {
  const left = compose(pieces, columns - figureColumns, paint);
  const right = (time.padStart(timeColumn) + input.padStart(tokenColumn) + output.padStart(tokenColumn)).trimEnd();
  return right === "" ? left.trimEnd() : left + paint("dim", right);
}

function figures(span: SpanNode): Figures {
  const time = (span.flags & FLAG_INFERRED_TIME ? "~" : "") + duration(span.end - span.start);
  const more = span.flags & FLAG_PARTIAL_USAGE ? "+" : "";
  return [
    time,
    span.inputTokens === undefined ? "" : amount(span.inputTokens),
    span.outputTokens === undefined ? "" : amount(span.outputTokens) + more,
  ];
}

function label(span: SpanNode): Piece[] {
  const failed: Piece[] = span.error === "" ? [] : [[` \u00b7 ${harmless(span.error)}`, "red"]];
  const mark: Piece[] = span.error === "" ? [] : [["\u2717 ", "red"]];
  const name = harmless(span.name);
  if (span.kind === KIND_CHAT) return [...mark, ["chat ", "dim"], [name], ...failed];
  if (span.kind !== KIND_AGENT) {
    const gist = point(span.input);
    return [
      ...mark,
      [name, span.error === "" ? undefined : "red"] as Piece,
      ...failed,
      [gist === "" ? "" : `  ${gist}`, "dim"],
    ];
  }
  const notes: string[] = [];
  if (span.flags & FLAG_ASYNC) notes.push("in the background");
  if (span.flags & FLAG_ORPHAN) notes.push("no call recorded");
  const note: Piece[] = notes.length === 0 ? [] : [[` \u00b7 ${notes.join(", ")}`, "yellow"]];
  const prompt = asked(span.words);
  return [...mark, ["agent ", "dim"], [name, "cyan"], ...failed, ...note, [prompt === "" ? "" : `  ${prompt}`, "dim"]];
}

/** Children and events of a span in the order of time; children keep their own order. */
function contents(span: SpanNode): (SpanNode | EventRow)[] {
  // Hooks run around nearly every call; whoever wants them finds them in the spans.
  const events = span.events.filter(({ kind }) => kind !== EVENT_HOOK).sort((a, b) => a.time - b.time);
  const mixed: (SpanNode | EventRow)[] = [];
  for (const child of span.children) {
    while (events[0] !== undefined && events[0].time < child.start) mixed.push(events.shift() as EventRow);
    mixed.push(child);
  }
  return [...mixed, ...events];
}

/** What else is to be said of a span: lines below its own, as they are. */
export type Details = (span: SpanNode) => readonly string[];

const noDetails: Details = () => [];

const isSpan = (entry: SpanNode | EventRow): entry is SpanNode => "children" in entry;

function drawContents(span: SpanNode, indent: string, drawing: Drawing, details: Details, lines: string[]): void {
  const entries = contents(span);
  const below = indent + (entries.length === 0 ? "   " : "\u2502  ");
  for (const text of details(span)) lines.push(drawing.paint("dim", below) + text);
  entries.forEach((entry, index) => {
    const last = index === entries.length - 1;
    const guide: Piece = [indent + (last ? "\u2514\u2500 " : "\u251c\u2500 "), "dim"];
    if (isSpan(entry)) {
      lines.push(line([guide, ...label(entry)], figures(entry), drawing));
      drawContents(entry, indent + (last ? "   " : "\u2502  "), drawing, details, lines);
    } else {
      lines.push(line([guide, [eventWords[entry.kind] ?? "\u25b2 event", "yellow"]], ["", "", ""], drawing));
    }
  });
}

/** Enough of a session's id to tell it from the others of a day, and to ask for it. Some begin with a word that all have. */
function shortId(id: string): string {
  return id.slice(0, (/^[a-z]{1,4}_/.exec(id)?.[0].length ?? 0) + 8);
}

function header(tree: SessionTree, drawing: Drawing): string[] {
  const totals = totalsOf(tree);
  const tokens = (number: number | undefined): string => (number === undefined ? "" : amount(number));
  const agent = harmless(tree.turns[0]?.name ?? "");
  const models = totals.models.map(harmless);
  const counts = [
    counted(totals.turns, "turn"),
    counted(totals.chats, "chat"),
    counted(totals.tools, "tool"),
    counted(totals.agents, "agent"),
  ].filter((words) => !words.startsWith("0 "));
  const id = shortId(harmless(tree.conversation));
  const first = line(
    [[id, "bold"], ["  "], [agent], ["  "], [moment(totals.start)]],
    [duration(totals.end - totals.start), tokens(totals.inputTokens), tokens(totals.outputTokens)],
    drawing,
  );
  const failures: Piece[] =
    totals.failed === 0
      ? []
      : [
          [" \u00b7 ", "dim"],
          [`${totals.failed} failed`, "red"],
        ];
  const second: Piece[] = [[counts.join(" \u00b7 "), "dim"], ...failures];
  const third: Piece[] = models.length === 0 ? [] : [[models.join(", "), "dim"]];
  const apart: Piece = [" \u00b7 ", "dim"];
  const together = third.length === 0 ? second : [...second, apart, ...third];
  const fits = together.reduce((sum, [text]) => sum + width(text), 0) <= drawing.columns;
  const details = fits ? [together] : [third, second];
  return [first, ...details.map((pieces) => compose(pieces, drawing.columns, drawing.paint).trimEnd())];
}

/** The titles of the columns, to stand above the first session. */
export function drawTitles(drawing: Drawing): string {
  return `${line([], ["time", "in", "out"], drawing)}\n`;
}

/** What stands above the turns of a session. */
export function drawHeader(tree: SessionTree, drawing: Drawing): string {
  return `${header(tree, drawing).join("\n")}\n`;
}

/** One turn, every span of it, with an empty line above. */
export function drawTurn(tree: SessionTree, index: number, drawing: Drawing, details = noDetails): string {
  const turn = tree.turns[index] as SpanNode;
  const digits = String(tree.turns.length).length;
  const prompt = asked(turn.words);
  const number = String(index + 1).padStart(digits);
  const failed: Piece[] = turn.error === "" ? [] : [[`\u2717 ${harmless(turn.error)}  `, "red"]];
  const words: Piece = prompt === "" ? ["(no prompt)", "dim"] : [prompt, "bold"];
  // A sub-agent whose session is not there stands where a turn would.
  const pieces = turn.kind === KIND_AGENT ? label(turn) : [...failed, words];
  const lines = ["", line([[number, "dim"], ["  "], ...pieces], figures(turn), drawing)];
  drawContents(turn, " ".repeat(digits + 2), drawing, details, lines);
  return `${lines.join("\n")}\n`;
}

/** One session, every span of it, ending in a line break. */
export function drawSession(tree: SessionTree, drawing: Drawing): string {
  return drawHeader(tree, drawing) + tree.turns.map((_, index) => drawTurn(tree, index, drawing)).join("");
}
