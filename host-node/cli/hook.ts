// The command `hook`: what `init` registers as a file of its own, for whoever writes the client's settings by hand.

import type { CommandSpec } from "./command.ts";

export const command: CommandSpec = {
  name: "hook",
  summary: "take what an agent tells a hook",
  help: `Takes what a coding agent tells a hook, on standard input, and starts a worker
where there is something to do. It says nothing.

Usage: spanloom hook < payload.json

spanloom init registers dist/hook.cjs, which does the same and starts faster.

  -h, --help            this text

Exit status: 0 whatever happens.
`,
  run: async () => await (await import("../hook/hook.ts")).runHook(),
};
