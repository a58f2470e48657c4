// The command `show`: one stored session as the tree that a build of it would draw, a turn of it alone, with all that
// was said, or the requests as they are stored.

import { codeOf } from "../state/files.ts";
import { type Places, places } from "../state/paths.ts";
import { type Entry, entryOf, readCatalogue } from "../store/catalogue.ts";
import { type StoredFile, storedFiles } from "../store/folder.ts";
import { LineFile } from "../store/lines.ts";
import { readRequests, type StoredRequest, type StoreProblem } from "../store/requests.ts";
import { readStoredTree } from "../store/tree.ts";
import { UsageError } from "./args.ts";
import type { CommandSpec } from "./command.ts";
import type { Drawing } from "./draw.ts";
import { EXIT_FAILED, EXIT_OK } from "./exit.ts";
import { counted, moment } from "./figures.ts";
import { colourOf, countOf, readFlags } from "./flags.ts";
import { FullReader } from "./full.ts";
import { asked } from "./gist.ts";
import { NO_TRACES } from "./ls.ts";
import { openOutput, type Output } from "./output.ts";
import { Printer } from "./print.ts";
import { columns, fit, harmless, painter, STDERR, STDOUT, wantsColour } from "./terminal.ts";
import { drawHeader, drawTitles, drawTurn } from "./tree.ts";

const mostCandidates = 20;

const help = `Shows a session of the local store as a tree.

Usage: spanloom show SESSION [options]

  SESSION is its id, or so much of it that it is the only one; spanloom ls
  lists them. The id of a fork shows the session it belongs to.

      --turn N          only this turn, counted from 1
      --full            with prompts, answers, arguments and results, whole
      --json            the requests as they are stored, OTLP JSON, one a line
      --color WHEN      auto, always or never; NO_COLOR is respected
  -h, --help            this text

Exit status: 0 done, 1 there is no such session or turn, 2 usage.
`;

const options = {
  turn: { type: "string" },
  full: { type: "boolean" },
  json: { type: "boolean" },
  color: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** What to show, and where. */
interface Showing {
  readonly turn: number | undefined;
  readonly full: boolean;
  readonly drawing: Drawing;
  readonly output: Output;
  readonly printer: Printer;
}

/** The files that may be meant: by their own ids, else by those of forks that went into them. */
function candidates(places: Places, prefix: string): StoredFile[] {
  const files = storedFiles(places);
  const exact = files.find(({ session }) => session === prefix);
  if (exact !== undefined) return [exact];
  const begun = files.filter(({ session }) => session.startsWith(prefix));
  if (begun.length > 0) return begun;
  const { entries } = readCatalogue(places);
  const holding = entries.filter(({ transcripts }) => transcripts.some((name) => name.startsWith(prefix)));
  const sessions = new Set(holding.map(({ session }) => session));
  return files.filter(({ session }) => sessions.has(session));
}

function tellCandidates(prefix: string, found: readonly StoredFile[], printer: Printer): void {
  printer.error(`${counted(found.length, "session")} could be meant by ${JSON.stringify(prefix)}:`);
  const entries = found
    .slice(0, mostCandidates)
    .map((file) => entryOf(file, []))
    .filter((entry): entry is Entry => entry !== undefined)
    .sort((a, b) => b.end - a.end);
  for (const { session, end, prompt } of entries)
    printer.say(fit(`  ${session}  ${moment(end)}  ${asked(prompt)}`.trimEnd(), columns(STDERR)));
  if (found.length > mostCandidates) printer.say(`  and ${found.length - mostCandidates} more`);
}

/** The spans of one trace. */
function only(trace: string, { resourceSpans }: StoredRequest): StoredRequest | undefined {
  const resources = resourceSpans.flatMap((resource) => {
    const scopes = resource.scopeSpans.flatMap((scope) => {
      const spans = scope.spans.filter(({ traceId }) => traceId === trace);
      return spans.length === 0 ? [] : [{ ...scope, spans }];
    });
    return scopes.length === 0 ? [] : [{ ...resource, scopeSpans: scopes }];
  });
  return resources.length === 0 ? undefined : { resourceSpans: resources };
}

const newline = Uint8Array.of(10);

function writeRequests(file: LineFile, trace: string | undefined, output: Output, problem: (it: StoreProblem) => void): void {
  for (const { line, request } of readRequests(file, problem)) {
    const chosen = trace === undefined ? line.bytes : only(trace, request);
    if (chosen === undefined) continue;
    output.write(chosen instanceof Uint8Array ? chosen : Buffer.from(JSON.stringify(chosen)));
    output.write(newline);
  }
}

/** Shows a file; answers the exit code. */
function show(file: LineFile, showing: Showing, json: boolean): number {
  const { turn, full, drawing, output, printer } = showing;
  const problem = (it: StoreProblem): void => printer.stored(it);
  if (json && turn === undefined) {
    writeRequests(file, undefined, output, problem);
    return EXIT_OK;
  }
  const tree = readStoredTree(file, problem);
  if (tree === undefined) {
    printer.error(`${harmless(file.path)}: there is no span in it`);
    return EXIT_FAILED;
  }
  const chosen = turn === undefined ? undefined : tree.turns[turn - 1];
  if (turn !== undefined && chosen === undefined) {
    printer.error(`there is no turn ${turn}; the session has ${counted(tree.turns.length, "turn")}`);
    return EXIT_FAILED;
  }
  if (json && chosen !== undefined) {
    // What is broken was told when the tree was read.
    writeRequests(file, tree.traces[chosen.trace], output, () => {});
    return EXIT_OK;
  }
  output.write(Buffer.from(drawTitles(drawing) + drawHeader(tree, drawing)));
  const reader = full ? new FullReader(file, tree, drawing.paint) : undefined;
  for (const [index, each] of tree.turns.entries()) {
    if (chosen !== undefined && each !== chosen) continue;
    output.write(Buffer.from(drawTurn(tree, index, drawing, reader?.detailsOf(each))));
  }
  return EXIT_OK;
}

/** Shows; answers the exit code. */
async function run(argv: readonly string[]): Promise<number> {
  const parsed = await readFlags(argv, options);
  const output = openOutput("-");
  if (parsed.given.has("help")) {
    output.write(Buffer.from(help));
    return EXIT_OK;
  }
  const [prefix = "", more] = parsed.positionals;
  if (prefix === "") throw new UsageError("show needs a SESSION: its id, or the beginning of it");
  if (more !== undefined) throw new UsageError(`show takes one SESSION, and no ${JSON.stringify(more)}`);
  const json = parsed.given.has("json");
  const full = parsed.given.has("full");
  if (json && full) throw new UsageError("--json and --full exclude each other: requests are whole");
  const colour = colourOf(parsed);
  const turn = countOf(parsed, "turn");
  const drawing = { columns: columns(STDOUT), paint: painter(wantsColour(colour, STDOUT)) };
  const printer = new Printer(painter(wantsColour(colour, STDERR)));
  const store = places(process.env);
  const found = candidates(store, prefix);
  const [first] = found;
  if (first === undefined) {
    const none = storedFiles(store).length === 0;
    printer.error(none ? NO_TRACES : `no session begins with ${JSON.stringify(prefix)}; spanloom ls lists them`);
    return EXIT_FAILED;
  }
  if (found.length > 1) {
    tellCandidates(prefix, found, printer);
    return EXIT_FAILED;
  }
  let file: LineFile;
  try {
    file = new LineFile(first.path);
  } catch (error) {
    printer.stored({ path: first.path, detail: codeOf(error) });
    return EXIT_FAILED;
  }
  try {
    return show(file, { turn, full, drawing, output, printer }, json);
  } finally {
    file.close();
  }
}

export const command: CommandSpec = { name: "show", summary: "a session of the local store as a tree", help, run };
