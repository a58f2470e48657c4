// The command `export`: brings sessions to where traces go, history included, through the same ledger as the hook's worker.

import { UsageError } from "./args.ts";
import type { CommandSpec } from "./command.ts";
import { EXIT_FAILED, EXIT_OK } from "./exit.ts";
import { counted } from "./figures.ts";
import { readFlags } from "./flags.ts";

const lifetimeMs = 3_600_000;
const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** The earliest start, in milliseconds since 1970: so many days ago, or a date. */
function sinceOf(text: string | undefined, now: number): number {
  if (text === undefined) return 0;
  const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return now - Number(count) * (units[unit] as number);
  const date = Date.parse(text);
  if (Number.isFinite(date)) return date;
  throw new UsageError(`--since is a time such as 7d or 2026-01-31, not ${JSON.stringify(text)}`);
}

export const command: CommandSpec = {
  name: "export",
  summary: "send sessions to where traces go",
  help: `Sends sessions to the configured destinations, each turn once: what a destination
accepted before is left out. Without a destination they go to the local store.

Usage: spanloom export PATH... [options]

      --since WHEN      sessions that began since then: 90m, 12h, 7d, 4w, or a date
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
    const { backfill } = await import("../worker/backfill.ts");
    const done = await backfill({
      env: process.env,
      paths: positionals,
      since: sinceOf(texts["since"], Date.now()),
      dryRun: given.has("dry-run"),
      force: given.has("force"),
      lifetimeMs,
      tell,
    });
    const turns = counted(done.due, "turn");
    if (given.has("dry-run")) tell(`${turns} of ${counted(done.sessions, "session")} would be sent to ${done.targets.join(", ")}`);
    else tell(`${turns} of ${counted(done.sessions, "session")}: ${done.words.join("; ") || "nothing to send"}`);
    return done.complete ? EXIT_OK : EXIT_FAILED;
  },
};
