// The command `collect`: follows a running opencode server until it is told to end, and traces its sessions while they run.

import { UsageError } from "./args.ts";
import type { CommandSpec } from "./command.ts";
import { EXIT_FAILED } from "./exit.ts";
import { readFlags } from "./flags.ts";

/** The exit codes of a process that was ended by a signal. */
const ends = { SIGINT: 130, SIGTERM: 143 } as const;
const drainMs = 4_000;
const lastMs = 4_700;
const graceMs = 1_000;
const mostLive = 4_096;

function urlOf(text: string | undefined): URL {
  if (text === undefined) throw new UsageError("collect needs --opencode URL: the address opencode serve says it listens on");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new UsageError(`--opencode is an address such as http://127.0.0.1:4096, not ${JSON.stringify(text)}`);
}

export const command: CommandSpec = {
  name: "collect",
  summary: "trace an opencode server's sessions while they run",
  help: `Follows the sessions of a running opencode server (opencode serve, an editor's,
a terminal's), and sends or stores each turn as it ends, until it is stopped.

Usage: spanloom collect --opencode URL

      --opencode URL    the server, such as http://127.0.0.1:4096
  -h, --help            this text

A server with a password (OPENCODE_SERVER_PASSWORD, and _USERNAME if it has one)
is asked with the same variables, or with user and password in the URL.
What was missed, stopped or disconnected, is asked of the server afterwards.

Exit status: 0 is none of it, because it goes on until it is stopped: 130 by an
interrupt, 143 by a request to end; 1 the server refuses, or another collector
follows it, 2 usage.
`,
  async run(argv) {
    const { texts, positionals } = await readFlags(argv, { opencode: { type: "string" } });
    if (positionals.length > 0) throw new UsageError(`collect takes no ${JSON.stringify(positionals[0])}`);
    const url = urlOf(texts["opencode"]);
    const tell = (words: string): void => void process.stderr.write(`spanloom: ${words}\n`);
    const { join } = await import("node:path");
    const { places: placesIn } = await import("../state/paths.ts");
    const { tryLock } = await import("../state/lock.ts");
    const { Server, ServerError } = await import("../collect/server.ts");
    const { Collector } = await import("../collect/collector.ts");
    const { env } = process;
    const places = placesIn(env);
    const folder = join(places.state, "collect", `${url.host}${url.pathname}`.replace(/[^0-9A-Za-z.-]+/g, "_").replace(/_$/, ""));
    const lock = tryLock(join(folder, "lock"));
    if (lock === undefined) {
      tell(`another collector follows ${url.host}`);
      return EXIT_FAILED;
    }
    const server = new Server(url, env["OPENCODE_SERVER_PASSWORD"] ?? "", env["OPENCODE_SERVER_USERNAME"] ?? "");
    const collector = new Collector({ server, folder, env, places, tell, mostLive, graceMs });
    const ended = new Promise<number>((resolve) => {
      const end = (signal: keyof typeof ends): void => {
        const now = Date.now();
        // Whatever hangs: nothing that was written is lost by going.
        setTimeout(() => process.exit(ends[signal]), lastMs).unref();
        void collector.stop(now + drainMs).then(() => resolve(ends[signal]));
      };
      process.once("SIGINT", end).once("SIGTERM", end);
    });
    try {
      const refused = collector.run().then(() => ended);
      const code = await Promise.race([refused, ended]);
      lock.release();
      // Connections that are still open would keep the process.
      process.exit(code);
    } catch (error) {
      lock.release();
      if (!(error instanceof ServerError)) throw error;
      const hint = error.status === 401 ? "; OPENCODE_SERVER_PASSWORD is the password the server was started with" : "";
      tell(`${url.host} ${error.message}${hint}`);
      return EXIT_FAILED;
    }
  },
};
