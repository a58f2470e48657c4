// Draws an inspection for a person on a terminal: a family's files, turns and sub-agents as tables, then what can be
// checked, then what can be done about it. One string a family; it reads nothing and prints nothing.

import type { AgentFacts, FileFacts, Inspection, Prompts, TurnFacts } from "../build/facts.ts";
import type { Counters, SkipName } from "../../bridge/index.ts";
import { checkLines } from "./checks.ts";
import { compose, type Drawing, marked, type Piece, wrap } from "./draw.ts";
import { amount, counted, duration, grouped, moment } from "./figures.ts";
import type { Finding } from "./findings.ts";
import { asked } from "./gist.ts";
import { drawCauses, drawForks, sourceWords } from "./opencode.ts";
import { brokenWords, skipWords } from "./print.ts";
import { harmless, width } from "./terminal.ts";

/** Columns at the right of a table: titles, and how wide each is. */
type Columns = readonly (readonly [title: string, width: number])[];

const fileColumns: Columns = [
  ["bytes", 7],
  ["rows", 7],
  ["used", 7],
  ["skipped", 8],
  ["broken", 7],
];
const turnColumns: Columns = [
  ["time", 8],
  ["chats", 6],
  ["tools", 6],
  ["in", 7],
  ["out", 7],
];

/** Rows of one table: words at the left, figures at the right, each under its title. */
class Table {
  readonly lines: string[] = [];
  readonly #columns: Columns;
  readonly #left: number;

  constructor(
    title: string,
    columns: Columns,
    readonly drawing: Drawing,
  ) {
    this.#columns = columns;
    this.#left = drawing.columns - columns.reduce((sum, [, wide]) => sum + wide, 0);
    this.row(
      [[title, "bold"]],
      columns.map(([name]) => name),
    );
  }

  row(pieces: readonly Piece[], figures: readonly string[]): void {
    const { paint } = this.drawing;
    const right = this.#columns.map(([, wide], index) => (figures[index] ?? "").padStart(wide)).join("");
    this.lines.push(compose(pieces, this.#left, paint) + paint("dim", right.trimEnd()));
  }

  /** More about the row above. */
  note(words: string): void {
    const { columns, paint } = this.drawing;
    this.lines.push(...wrap(words, columns - 4).map((line) => `    ${paint("dim", line)}`));
  }
}

/** A path's end where there is no room for all of it. */
function pathEnd(path: string, most: number): string {
  const shown = harmless(path);
  return width(shown) <= most ? shown : `\u2026${shown.slice(shown.length - most + 1)}`;
}

function reasons(skippedBy: FileFacts["skippedBy"]): string {
  const named = Object.entries(skippedBy) as [SkipName, number][];
  return named
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${grouped(count)} ${skipWords[name][count === 1 ? 0 : 1]}`)
    .join(", ");
}

function fileNotes({ kind, source, agent, versions, skippedBy, copies }: FileFacts): string[] {
  const clients = Object.keys(versions).filter((version) => version !== "");
  const what = [kind === "sub-agent" ? `sub-agent ${harmless(agent ?? "")}` : kind];
  if (source !== undefined) what[0] = sourceWords(source);
  if (clients.length > 0) what.push(`client ${clients.map(harmless).join(", ")}`);
  const skipped = reasons(skippedBy);
  if (skipped !== "") what.push(`skipped: ${skipped}`);
  const from = copies.map(({ from, rows }) => `${counted(rows, "copy", "copies")} of rows in ${harmless(from)}`);
  if (source !== undefined && source.evidence.permissions === "unknown")
    from.push("permissions and retries: unknown, this does not record them; aborts: those that a message tells");
  return [what.join("; "), ...from];
}

function drawFiles({ files }: Inspection, drawing: Drawing): string[] {
  const table = new Table("files", fileColumns, drawing);
  for (const file of files) {
    const figures = [amount(file.bytes), ...[file.rows, file.used, file.skipped].map(grouped)];
    const broken = file.broken === 0 ? "0" : grouped(file.broken);
    table.row(
      [["  "], [pathEnd(file.name, drawing.columns - 38), file.broken > 0 ? "red" : undefined] as Piece],
      [...figures, broken],
    );
    for (const note of fileNotes(file)) table.note(note);
  }
  return table.lines;
}

type Work = Pick<TurnFacts | AgentFacts, "durationMs" | "chats" | "tools" | "inputTokens" | "outputTokens">;

const workFigures = ({ durationMs, chats, tools, inputTokens, outputTokens }: Work): string[] => [
  duration(durationMs),
  grouped(chats),
  grouped(tools),
  amount(inputTokens),
  amount(outputTokens),
];

const failed = (error: string): Piece[] => (error === "" ? [] : [[`\u2717 ${harmless(error)}  `, "red"]]);

function drawTurns({ sessions }: Inspection, prompts: Prompts, drawing: Drawing): string[] {
  return sessions.flatMap(({ id, turns }) => {
    const several = sessions.length > 1 ? ` of ${harmless(id)}` : "";
    const table = new Table(`turns${several}`, turnColumns, drawing);
    const digits = String(turns.length).length;
    let day = "";
    for (const turn of turns) {
      // The date is worth its room where it changes.
      const began = moment(turn.start);
      const when = began.startsWith(day) && day !== "" ? began.slice(11) : began;
      day = began.slice(0, 10);
      const number = String(turn.index + 1).padStart(digits);
      const words = asked(prompts.get(turn.spanId));
      const origin: Piece[] = turn.origin === "person" ? [] : [[`${turn.origin}  `, "yellow"]];
      const pieces: Piece[] = [
        ["  "],
        [number, "dim"],
        [`  ${when}  `, "dim"],
        ...failed(turn.error),
        ...origin,
        [words],
      ];
      table.row(pieces, workFigures(turn));
    }
    return ["", ...table.lines];
  });
}

const joinWords: Record<AgentFacts["join"], string> = {
  tool_use_id: "its metadata names the call",
  result_agent_id: "the call's result names it",
  name: "by its name",
  type: "by its type: no other call or agent fits",
  workflow: "by its workflow's run",
  task_id: "the call goes on with it",
  title: "its title is what the call asked for",
  prompt: "it was asked what the call asks for",
  none: "a call without transcript",
  orphan: "a transcript without call",
};

function drawAgents({ agents }: Inspection, drawing: Drawing): string[] {
  if (agents.length === 0) return [];
  const table = new Table("sub-agents", turnColumns, drawing);
  for (const agent of agents) {
    const { id, type, join, parent, turn, transcripts, outlivesParent, error } = agent;
    const loose = join === "none" || join === "orphan";
    const pieces: Piece[] = [
      ["  "],
      ...failed(error),
      [harmless(type), "cyan"],
      [id === "" ? "" : `  ${harmless(id)}`],
    ];
    table.row(pieces, workFigures(agent));
    const above =
      parent.kind === "turn"
        ? `turn ${turn + 1}`
        : `sub-agent ${harmless(parent.agent) || "without id"} in turn ${turn + 1}`;
    const notes = [`of ${above}`, `${loose ? "" : "joined: "}${joinWords[join]} (${join})`];
    if (outlivesParent) notes.push("ends after its parent");
    table.note(notes.join("; "));
    for (const { file, rows } of transcripts)
      table.note(`${counted(rows, "row")} in ${pathEnd(file, drawing.columns - 20)}`);
  }
  return ["", ...table.lines];
}

function drawEvents({ events }: Inspection, { paint }: Drawing): string[] {
  const words = [
    counted(events.compactions, "compaction"),
    counted(events.apiErrors, "API error"),
    counted(events.interrupts, "interrupt"),
    counted(events.hooks, "hook"),
    counted(events.permissions, "permission"),
    counted(events.permissionRequests, "permission request"),
    counted(events.permissionDenials, "permission denial"),
    counted(events.notifications, "notification"),
    counted(events.compactionRequests, "compaction that was not done", "compactions that were not done"),
  ].filter((each) => !each.startsWith("0 "));
  return words.length === 0 ? [] : ["", `${paint("bold", "events")}  ${words.join(", ")}`];
}

function drawChecks({ checks }: Inspection, counters: Counters, drawing: Drawing): string[] {
  const { paint } = drawing;
  const mark = (good: boolean): string => (good ? paint("green", "\u2713") : paint("yellow", "!"));
  const lines = [...checkLines(checks, counters)];
  return [
    "",
    paint("bold", "checks"),
    ...lines.flatMap(({ good, name, words }) => marked(mark(good), name.padEnd(9), words, drawing)),
  ];
}

function headline({ sessions }: Inspection, counters: Counters, tools: number, { paint }: Drawing): string[] {
  const ids = sessions.map(({ id }) => harmless(id));
  const counts = [
    counted(counters.turns, "turn"),
    counted(counters.responses, "chat"),
    counted(tools, "tool"),
    counted(counters.agents, "agent"),
  ].filter((words) => !words.startsWith("0 "));
  const wrong =
    counters.errors === 0 ? "" : `${paint("dim", " \u00b7 ")}${paint("red", `${grouped(counters.errors)} failed`)}`;
  return [
    paint("bold", ids.join(", ") || "no session"),
    paint("dim", counts.join(" \u00b7 ") || "nothing") + wrong,
    "",
  ];
}

export interface Survey {
  readonly inspection: Inspection;
  readonly findings: readonly Finding[];
  readonly prompts: Prompts;
  readonly counters: Counters;
  readonly tools: number;
  /** Every broken row is named. */
  readonly verbose: boolean;
}

function drawBroken({ broken }: Inspection, { paint }: Drawing): string[] {
  if (broken.length === 0) return [];
  const rows = broken.map(({ path, line, reason }) => `  ${harmless(path)}:${line}: ${brokenWords[reason]}`);
  return ["", paint("bold", "broken rows"), ...rows];
}

/** One family, ending in a line break. */
export function drawSurvey(survey: Survey, drawing: Drawing): string {
  const { inspection, findings, prompts, counters, tools, verbose } = survey;
  const { paint } = drawing;
  const advice = findings.flatMap(({ message }) => marked(paint("yellow", "\u25b2"), "", harmless(message), drawing));
  const lines = [
    ...headline(inspection, counters, tools, drawing),
    ...drawFiles(inspection, drawing),
    ...drawTurns(inspection, prompts, drawing),
    ...drawAgents(inspection, drawing),
    ...drawForks(inspection, drawing),
    ...drawCauses(inspection, drawing),
    ...drawEvents(inspection, drawing),
    ...drawChecks(inspection, counters, drawing),
    ...(verbose ? drawBroken(inspection, drawing) : []),
    ...(advice.length === 0 ? [] : ["", paint("bold", counted(findings.length, "warning")), ...advice]),
  ];
  return `${lines.join("\n")}\n`;
}
