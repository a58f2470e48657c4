// The one place where facts become sentences and advice. Everything it says goes to standard error; it never repeats
// what a session contains.

import { AbiMismatch, type BrokenName, SKIP_NAMES, type SkipName } from "../../bridge/index.ts";
import type { BrokenPlace, Failure, FamilyReport } from "../build/family.ts";
import type { SourceProblem } from "../sources/document.ts";
import { StateError } from "../state/files.ts";
import { PlacesError } from "../state/paths.ts";
import type { StoreProblem } from "../store/requests.ts";
import { UsageError } from "./args.ts";
import { amount, counted, grouped } from "./figures.ts";
import { OutputError, writeAll } from "./output.ts";
import { harmless, type Paint, STDERR } from "./terminal.ts";

const systemWords: Record<string, string> = {
  EACCES: "you are not allowed to",
  EPERM: "you are not allowed to",
  EISDIR: "it is a folder",
  ELOOP: "its link leads in a circle",
  EMFILE: "too many files are open",
  ENOENT: "it does not exist",
  ENOSPC: "the disk is full",
  ENOTDIR: "part of its path is not a folder",
  EROFS: "the disk is read-only",
};

export const brokenWords: Record<BrokenName, string> = {
  syntax: "not JSON",
  torn: "cut off in the middle",
  escape: "a backslash before something JSON does not know",
  trailing: "more after the end of the record",
  deep: "nested too deep",
  unknown: "broken",
};

export const skipWords: Record<SkipName, readonly [one: string, many: string]> = {
  copy: ["copy", "copies"],
  progress: ["progress", "progress"],
  snapshot: ["snapshot", "snapshots"],
  metadata: ["metadata", "metadata"],
  queue: ["queue", "queue"],
  injected: ["injected", "injected"],
  attachment: ["attachment", "attachments"],
  notice: ["notice", "notices"],
  summary: ["summary", "summaries"],
  "not-a-record": ["not a record", "not records"],
  unknown: ["unknown", "unknown"],
  synthetic: ["synthetic", "synthetic"],
};

const system = (word: string): string => (systemWords[word] ? `${systemWords[word]} (${word})` : word);

function problemWords({ kind, shown, detail = "" }: SourceProblem): string {
  const path = harmless(shown === "-" ? "standard input" : shown);
  switch (kind) {
    case "missing":
      return `${path}: there is no such file or folder`;
    case "unreadable":
      return `${path}: cannot be read: ${system(detail)}`;
    case "empty":
      return `${path}: is empty`;
    case "not-a-session":
      return `${path}: is not a session; expected a transcript of Claude Code, one JSON record a line`;
    case "no-sessions":
      return `${path}: no sessions in this folder; Claude Code keeps them below ~/.claude/projects`;
  }
}

function failureWords({ kind, shown, detail }: Failure): string {
  const path = harmless(shown);
  switch (kind) {
    case "unreadable":
      return `${path}: cannot be read: ${system(detail)}`;
    case "changed":
      return `${path}: changed while it was read (${detail}); build it again when nobody writes to it`;
    case "memory":
      return `${path}: needs more memory than can be had; --content metadata or a smaller --batch-bytes needs less`;
    case "trap":
      return `${path}: the core stopped (${detail}); this is a defect of spanloom, please report it`;
    case "fault":
      return `${path}: the core refused a call (${detail}); this is a defect of spanloom, please report it`;
  }
}

function errorWords(error: unknown, command: string | undefined): string {
  if (error instanceof UsageError) return `${error.message}\nTry: spanloom ${command === undefined ? "" : `${command} `}--help`;
  if (error instanceof OutputError) return `${harmless(error.shown)}: cannot be written: ${system(error.detail)}`;
  if (error instanceof StateError) return `${harmless(error.path)}: cannot be used: ${system(error.reason)}`;
  if (error instanceof PlacesError) return error.message;
  if (error instanceof AbiMismatch)
    return `core.wasm does not belong to this program (${error.message}); install spanloom anew`;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" && path?.endsWith("core.wasm"))
    return `core.wasm is missing beside the program; install spanloom anew`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What came of a build, in one line. */
export function summaryLine({ counters, tools }: FamilyReport, ignored: number): string {
  const things = [
    counted(counters.sessions, "session"),
    counted(counters.turns, "turn"),
    counted(counters.responses, "chat"),
    counted(tools, "tool"),
    counted(counters.agents, "agent"),
    counted(counters.spans, "span"),
  ];
  if (counters.errors > 0) things.push(`${grouped(counters.errors)} failed`);
  const tokens = `${amount(counters.inputTokens)} tokens in, ${amount(counters.outputTokens)} out`;
  const reasons = SKIP_NAMES.filter((name) => counters.skippedBy[name] > 0)
    .sort((a, b) => counters.skippedBy[b] - counters.skippedBy[a])
    .map((name) => `${grouped(counters.skippedBy[name])} ${skipWords[name][counters.skippedBy[name] === 1 ? 0 : 1]}`);
  const skipped = `${grouped(counters.skipped)} skipped${reasons.length > 0 ? ` (${reasons.join(", ")})` : ""}`;
  const rows = `rows: ${grouped(counters.used)} used, ${skipped}, ${grouped(counters.broken)} broken`;
  const others = ignored > 0 ? `; ${counted(ignored, "other file")}` : "";
  return `${things.join(", ")}; ${tokens}; ${rows}${others}`;
}

/** Says things on standard error. */
export class Printer {
  #progress = false;

  constructor(
    readonly paint: Paint,
    readonly quiet = false,
  ) {}

  problem(problem: SourceProblem): void {
    this.error(problemWords(problem));
  }

  failure(failure: Failure): void {
    this.error(failureWords(failure));
  }

  /** A line of the store, or a file of it, that could not be read. */
  stored({ path, line, detail }: StoreProblem): void {
    if (line === undefined) this.error(`${harmless(path)}: cannot be read: ${system(detail)}`);
    else this.note(`${harmless(path)}:${line}: ${detail}; the rest of the file counts`);
  }

  /** `command`: one that has a help of its own. */
  failed(error: unknown, command?: string): void {
    this.error(errorWords(error, command));
  }

  /** Rows that are no rows of a session: the first by name, of the rest the number. */
  broken(places: readonly BrokenPlace[], total: number): void {
    if (this.quiet) return;
    for (const { shown, line, reason } of places) this.say(`${harmless(shown)}:${line}: ${brokenWords[reason]}`);
    const rest = total - places.length;
    if (rest > 0) this.say(`${counted(rest, "more broken row")}; --verbose names them all`);
  }

  note(text: string): void {
    if (!this.quiet) this.say(text);
  }

  /** Replaces what it last said of the progress; for a terminal only. */
  progress(text: string): void {
    this.#progress = true;
    this.#write(`\r\u001b[K${text}`);
  }

  error(text: string): void {
    this.say(`${this.paint("red", "spanloom:")} ${text}`);
  }

  say(text: string): void {
    this.clear();
    this.#write(`${text}\n`);
  }

  clear(): void {
    if (this.#progress) this.#write("\r\u001b[K");
    this.#progress = false;
  }

  #write(text: string): void {
    try {
      writeAll(STDERR, Buffer.from(text));
    } catch {
      // Nobody listens; the exit code still tells.
    }
  }
}
