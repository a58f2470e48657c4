// The command `export`: brings sessions to where traces go, history included, through the same ledger as the hook's worker.

import { UsageError } from "./args.ts";
import type { CommandSpec } from "./command.ts";
import { EXIT_FAILED, EXIT_OK } from "./exit.ts";
import { counted } from "./figures.ts";
import { readFlags } from "./flags.ts";
import { Printer } from "./print.ts";
import { painter, STDERR, wantsColour } from "./terminal.ts";
import { instant } from "./when.ts";

const lifetimeMs = 3_600_000;

export const command: CommandSpec = {
  name: "export",
  summary: "send sessions to where traces go",
  help: `Sends sessions to the configured destinations, each turn once: what a
destination accepted before is left out, and so are sessions of folders that are
switched off. Without a destination they go to the local store.

Usage: spanloom export PATH... [options]

      --since WHEN      sessions that began since then: 7d, 12h, 30m, 2w, a date
                        (2026-01-31) or a date and a time (2026-01-31T18:00)
      --dry-run         say what would be sent, and send nothing
      --force           send what was accepted before, too
  -h, --help            this text

Exit status: 0 all of it was accepted or stored, 1 something was not, 2 usage.
`,
  async run(argv) {
    const { texts, given, positionals } = await readFlags(argv, {
      since: { type: "string" },
      "dry-run": { type: "boolean" },
      force: { type: "boolean" },
    });
    if (positionals.length === 0) throw new UsageError("export needs a PATH: a session, or a folder of sessions");
    const tell = (words: string): void => void process.stderr.write(`spanloom: ${words}\n`);
    const printer = new Printer(painter(wantsColour("auto", STDERR)));
    const { since } = texts;
    const { backfill } = await import("../worker/backfill.ts");
    const done = await backfill({
      env: process.env,
      paths: positionals,
      since: since === undefined ? 0 : instant(since, "since", Date.now()),
      dryRun: given.has("dry-run"),
      force: given.has("force"),
      lifetimeMs,
      tell,
      problem: (problem) => printer.problem(problem),
    });
    const turns = counted(done.due, "turn");
    if (given.has("dry-run")) tell(`${turns} of ${counted(done.sessions, "session")} would be sent to ${done.targets.join(", ")}`);
    else tell(`${turns} of ${counted(done.sessions, "session")}: ${done.words.join("; ") || "nothing to send"}`);
    return done.complete ? EXIT_OK : EXIT_FAILED;
  },
};
