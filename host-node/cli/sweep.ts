// The command `sweep`: does what is pending. The hook starts it in the background; a person may, too.

import { UsageError } from "./args.ts";
import type { CommandSpec } from "./command.ts";
import { EXIT_FAILED, EXIT_OK } from "./exit.ts";
import { readFlags } from "./flags.ts";

const workerLifetimeMs = 60_000;
const waitingLifetimeMs = 600_000;
const lookMs = 250;

export const command: CommandSpec = {
  name: "sweep",
  summary: "send or store what is pending",
  help: `Sends or stores what is pending: sessions that hooks told of, sessions that were
abandoned, requests that could not be sent.

Usage: spanloom sweep [options]

      --wait            until nothing is left, up to ten minutes; if another
                        sweep is at work, after it
      --worker          as the hook starts it: in silence
  -h, --help            this text

Exit status: 0 nothing is left to do, 1 something is, 2 usage.
`,
  async run(argv) {
    const { given, positionals } = await readFlags(argv, { wait: { type: "boolean" }, worker: { type: "boolean" } });
    if (positionals.length > 0) throw new UsageError("sweep takes no path; export does");
    const [waits, quiet] = [given.has("wait"), given.has("worker")];
    const tell = (words: string): void => {
      if (!quiet) process.stderr.write(`spanloom: ${words}\n`);
    };
    const { sweep } = await import("../worker/sweep.ts");
    const until = Date.now() + (waits ? waitingLifetimeMs : workerLifetimeMs);
    for (;;) {
      const swept = await sweep({ env: process.env, lifetimeMs: Math.max(0, until - Date.now()), lingers: waits || quiet, tell });
      if (swept.kind === "done") {
        const { report } = swept;
        const stuck = Object.values(report.destinations).filter(({ stopped, waiting }) => stopped !== undefined || waiting > 0);
        for (const { name, stopped, messages } of stuck) tell(`${name}: ${stopped ?? messages.at(-1) ?? "not all of it could be sent"}`);
        return report.left === 0 && stuck.length === 0 ? EXIT_OK : EXIT_FAILED;
      }
      if (!waits) {
        tell("another sweep is at work");
        return EXIT_OK;
      }
      if (Date.now() >= until) return EXIT_FAILED;
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  },
};
