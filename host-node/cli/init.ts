// The command `init`: registers our hooks in Claude Code's settings, after showing what that changes.

import { UsageError } from "./args.ts";
import type { CommandSpec } from "./command.ts";
import { EXIT_FAILED, EXIT_OK } from "./exit.ts";
import type { Parsed } from "./flags.ts";
import { framed, print } from "./frame.ts";
import type { Printer } from "./print.ts";
import { inert } from "./terminal.ts";

const help = `Registers Spanloom's hooks in Claude Code's settings.

Usage: spanloom init [options]

      --user      in your settings, for all projects (the default):
                  $CLAUDE_CONFIG_DIR/settings.json or ~/.claude/settings.json
      --project   in .claude/settings.json of the repository you are in
      --yes       do not ask
      --dry-run   only show what would change
      --opencode  only say how opencode, which has no hooks, is traced
  -h, --help      this text

Everything else in the file stays as it is, and a copy of it is left beside it.
Again is harmless, and needed where Spanloom or Node has moved.

Exit status: 0 they are registered, 1 they are not (the answer was no, or the
file is broken or cannot be written), 2 usage.
`;

export const scopeFlags = { user: { type: "boolean" }, project: { type: "boolean" } } as const;

export function scopeOf({ given, positionals }: Parsed): "user" | "project" {
  if (positionals.length > 0)
    throw new UsageError(`there is nothing ${JSON.stringify(positionals[0])} could mean here`);
  if (given.has("user") && given.has("project")) throw new UsageError("--user and --project exclude each other");
  return given.has("project") ? "project" : "user";
}

const forOpencode = `opencode is followed while it runs, by a command beside its server:

  opencode serve --port 4096
  spanloom collect --opencode http://127.0.0.1:4096

It traces whatever uses that server (an editor, opencode attach) until it is
stopped; spanloom collect --help says more. Sessions that are there already:

  spanloom export ~/.local/share/opencode
`;

async function work(parsed: Parsed, printer: Printer): Promise<number> {
  if (parsed.given.has("opencode")) return (print(forOpencode), EXIT_OK);
  const scope = scopeOf(parsed);
  const { existsSync } = await import("node:fs");
  const { hookScript, isPassing, lastingNode, settingsFile } = await import("../setup/places.ts");
  const { hookCommand } = await import("../setup/hooks.ts");
  const { apply, withHooks } = await import("../setup/settings.ts");
  const script = hookScript();
  if (!existsSync(script)) {
    printer.error(`${script} is missing; install spanloom anew`);
    return EXIT_FAILED;
  }
  const path = settingsFile(scope, process.env, process.cwd());
  const command = hookCommand(lastingNode(process.execPath, process.env), script);
  const change = withHooks(path, command, script);
  if (change.hooksOff) printer.note(`${path}: "disableAllHooks" is set, so Claude Code runs no hook, ours neither`);
  if (isPassing(script))
    printer.note(`${script} lies in a cache that npm may empty; npm install -g spanloom gives it a place`);
  if (change.before === change.after) {
    printer.note(`${path}: the hooks are registered already`);
    return EXIT_OK;
  }
  const { difference } = await import("../setup/difference.ts");
  const shown = (): string => inertLines(difference(path, change.before, change.after, (value) => value === command));
  if (parsed.given.has("dry-run")) return (print(shown()), EXIT_OK);
  if (!parsed.given.has("yes")) {
    const { ask } = await import("./ask.ts");
    const { isTerminal, STDERR } = await import("./terminal.ts");
    if (isTerminal(STDERR)) printer.say(shown());
    const agreed = await ask(`Change ${path}?`, "nobody can be asked here: --yes writes, --dry-run only shows");
    if (!agreed) return (printer.note("nothing was changed"), EXIT_FAILED);
  }
  const backup = apply(change);
  printer.note(`${path}: the hooks are registered${backup === undefined ? "" : `; as it was: ${backup}`}`);
  printer.note("They run in sessions that start from now on.");
  return EXIT_OK;
}

/** Text of somebody's file, which can do nothing to a terminal. */
export function inertLines(text: string): string {
  return text.replace(/[^\n\t]+/g, inert);
}

export const command: CommandSpec = framed({
  name: "init",
  summary: "registers the hooks in Claude Code's settings",
  help,
  flags: { ...scopeFlags, yes: { type: "boolean" }, "dry-run": { type: "boolean" }, opencode: { type: "boolean" } },
  work,
});
