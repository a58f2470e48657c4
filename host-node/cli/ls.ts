// The command `ls`: what the local store holds, a session a line, the one in which something happened last first.

import { realpathSync } from "node:fs";
import { resolve, sep } from "node:path";
import { places } from "../state/paths.ts";
import { readCatalogue } from "../store/catalogue.ts";
import type { Summary } from "../store/summary.ts";
import { UsageError } from "./args.ts";
import type { CommandSpec } from "./command.ts";
import { EXIT_FAILED, EXIT_OK } from "./exit.ts";
import { colourOf, countOf, type Parsed, readFlags } from "./flags.ts";
import { drawList, listed, tabbed } from "./list.ts";
import { openOutput } from "./output.ts";
import { Printer } from "./print.ts";
import { columns, isTerminal, painter, STDERR, STDOUT, wantsColour } from "./terminal.ts";
import { instant } from "./when.ts";

/** Version of the JSON document: raised when a key changes its meaning or goes. */
const VERSION = 1;

export const NO_TRACES = "no traces yet: run spanloom init, or spanloom build PATH";

const help = `Lists the sessions in the local store, the latest first.

Usage: spanloom ls [options]

      --since WHEN      sessions in which something happened since then: 7d,
                        12h, 30m, 2w, a date (2026-01-31) or a date and a time
                        (2026-01-31T18:00), local unless it says otherwise
      --until WHEN      sessions that began by then; a date counts to its end
      --repo WHERE      sessions that worked in or below a folder (a path: .,
                        .., or with a /), or in any folder of that name
      --failed          sessions in which something failed
      --limit N         at most so many
      --json            one JSON document
      --color WHEN      auto, always or never; NO_COLOR is respected
  -h, --help            this text

Behind a pipe each line has, between tabs: session, end of what happened last,
folder, branch, turns, agents, tools, tokens in, tokens out, milliseconds from
the first to the last, failed, words of the first prompt.

Exit status: 0 done, 1 something of the store cannot be read, 2 usage.
`;

const options = {
  since: { type: "string" },
  until: { type: "string" },
  repo: { type: "string" },
  failed: { type: "boolean" },
  limit: { type: "string" },
  json: { type: "boolean" },
  color: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** Tells whether a session worked there. */
function worksIn(where: string): (session: Summary) => boolean {
  if (where === "") throw new UsageError("--repo needs a path or a name");
  if (!/^\.{1,2}$|[\\/]/.test(where)) {
    return ({ directories }) => directories.some((directory) => directory.split(/[\\/]/).includes(where));
  }
  const given = resolve(where);
  const folders = [given];
  try {
    folders.push(realpathSync(given));
  } catch {
    // Sessions outlive folders.
  }
  const inside = (directory: string): boolean =>
    folders.some((folder) => directory === folder || directory.startsWith(folder.endsWith(sep) ? folder : folder + sep));
  return ({ directories }) => directories.some(inside);
}

function filterOf({ texts, given }: Parsed, now: number): (session: Summary) => boolean {
  const { since, until, repo } = texts;
  const from = since === undefined ? -Infinity : instant(since, "since", now);
  const to = until === undefined ? Infinity : instant(until, "until", now, true);
  const here = repo === undefined ? () => true : worksIn(repo);
  const failed = given.has("failed");
  return (session) =>
    session.end >= from && session.start <= to && (!failed || session.failed > 0) && here(session);
}

/** Lists; answers the exit code. */
async function run(argv: readonly string[]): Promise<number> {
  const parsed = await readFlags(argv, options);
  const output = openOutput("-");
  const say = (text: string): void => output.write(Buffer.from(text));
  if (parsed.given.has("help")) {
    say(help);
    return EXIT_OK;
  }
  if (parsed.positionals.length > 0) throw new UsageError(`ls takes no ${JSON.stringify(parsed.positionals[0])}`);
  const colour = colourOf(parsed);
  const limit = countOf(parsed, "limit");
  const now = Date.now();
  const wanted = filterOf(parsed, now);
  const printer = new Printer(painter(wantsColour(colour, STDERR)));

  const { entries, problems } = readCatalogue(places(process.env));
  for (const problem of problems) printer.stored(problem);
  const sessions = entries
    .filter(wanted)
    .sort((a, b) => b.end - a.end)
    .slice(0, limit);
  if (parsed.given.has("json")) say(`{"version":${VERSION},"sessions":[\n${sessions.map(listed).join(",\n")}\n]}\n`);
  else if (entries.length === 0) printer.note(NO_TRACES);
  else if (sessions.length === 0) printer.note("no session is like that");
  else if (!isTerminal(STDOUT)) say(sessions.map((session) => `${tabbed(session)}\n`).join(""));
  else say(drawList(sessions, { columns: columns(STDOUT), paint: painter(wantsColour(colour, STDOUT)) }, now));
  return problems.some(({ line }) => line === undefined) ? EXIT_FAILED : EXIT_OK;
}

export const command: CommandSpec = { name: "ls", summary: "sessions in the local store, latest first", help, run };
