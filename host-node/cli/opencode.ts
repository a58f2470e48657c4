// What a survey says of opencode alone, in words: what a document is, which sessions are forks, what ended turns.

import type { CauseFacts, Inspection, SourceFacts, TitleState } from "../build/facts.ts";
import { type Drawing, marked } from "./draw.ts";
import { moment } from "./figures.ts";
import { fit, harmless } from "./terminal.ts";

const sourceNames: Readonly<Record<string, string>> = {
  log: "event log",
  run: "opencode run --format json",
  share: "share",
  export: "export",
  database: "database",
  storage: "storage folder",
};
const formNames: Record<SourceFacts["form"], string> = { sse: "SSE", lines: "lines", array: "array", objects: "" };

/** What a document is: of events how they are written, and in which envelopes they come. */
export function sourceWords({ kind, form, envelopes }: SourceFacts): string {
  if (kind !== "events") return sourceNames[kind] ?? "records";
  return `events (${[formNames[form], ...Object.keys(envelopes)].join(", ")})`;
}

export function drawForks({ opencode }: Inspection, { paint }: Drawing): string[] {
  const forks = opencode?.sessions.filter(({ role }) => role === "fork") ?? [];
  const lines = forks.map(({ id, forkOf }) => `  ${harmless(id)}  of ${harmless(forkOf ?? "") || "a session that is not here"}`);
  return lines.length === 0 ? [] : ["", paint("bold", "forks"), ...lines];
}

const titleWords: Record<TitleState, string> = {
  not_started: "no title was being made",
  in_flight: "its title was not made yet",
  completed_before_abort: "its title was made before",
  completed_after_abort: "its title was made after",
  unknown: "nothing says whether its title was being made",
};

/** Who aborted what, and what else ended a turn or sub-agent. */
function causeWords({ first, agent, at, source, reason, message, status, title }: CauseFacts): string {
  const words = [`${agent === undefined ? "" : `sub-agent ${harmless(agent)}, `}${moment(at)}`];
  if (title !== undefined) {
    words.push(`by ${harmless(source ?? "") || "whom it does not say"}${reason === undefined ? "" : ` (${harmless(reason)})`}`);
    words.push(message ? `answer ${harmless(message)}` : "before an answer", titleWords[title]);
  }
  if (status !== undefined) words.push(`status ${status}`);
  if (!first) words.push("not what ended it first");
  return words.join("; ");
}

const mostName = 32;

export function drawCauses({ opencode }: Inspection, drawing: Drawing): string[] {
  const { paint } = drawing;
  if (opencode === undefined || opencode.causes.length === 0) return [];
  const lines = opencode.causes.flatMap((cause) =>
    marked(paint("red", "\u2717"), `turn ${cause.turn + 1} ${fit(harmless(cause.type), mostName)} `, causeWords(cause), drawing),
  );
  return ["", paint("bold", "what ended turns"), ...lines];
}
