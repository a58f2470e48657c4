// The command `uninstall`: takes our hooks out of Claude Code's settings and, when asked to, removes all that was kept.

import type { CommandSpec } from "./command.ts";
import { EXIT_FAILED, EXIT_OK } from "./exit.ts";
import type { Parsed } from "./flags.ts";
import { framed, print } from "./frame.ts";
import { inertLines, scopeFlags, scopeOf } from "./init.ts";
import type { Printer } from "./print.ts";

const help = `Takes Spanloom's hooks out of Claude Code's settings.

Usage: spanloom uninstall [options]

      --user      from your settings (the default)
      --project   from .claude/settings.json of the repository you are in
      --purge     also remove settings, stored traces and state of Spanloom
      --yes       do not ask before a purge
      --dry-run   only show what would change
  -h, --help      this text

Other hooks and everything else in the file stay as they are.

Exit status: 0 they are gone, 1 they are not, 2 usage.
`;

/** Asks for the purge before anything is done; answers whether to go on. */
async function agrees(parsed: Parsed, paths: readonly string[], printer: Printer): Promise<boolean> {
  if (parsed.given.has("yes") || paths.length === 0) return true;
  const { ask } = await import("./ask.ts");
  for (const path of paths) printer.say(`  ${path}`);
  return ask("Remove all of this?", "nobody can be asked here: --purge needs --yes");
}

async function work(parsed: Parsed, printer: Printer): Promise<number> {
  const scope = scopeOf(parsed);
  const { hookScript, settingsFile } = await import("../setup/places.ts");
  const { apply, withoutHooks } = await import("../setup/settings.ts");
  const { places } = await import("../state/paths.ts");
  const { purge, purgeable } = await import("../setup/purge.ts");
  const own = places(process.env);
  const doomed = parsed.given.has("purge") ? purgeable(own) : [];
  const path = settingsFile(scope, process.env, process.cwd());
  const change = withoutHooks(path, hookScript());
  if (parsed.given.has("dry-run")) {
    const { difference } = await import("../setup/difference.ts");
    if (change.before !== change.after) print(inertLines(difference(path, change.before, change.after, () => false)));
    for (const each of doomed) printer.note(`would be removed: ${each}`);
    return EXIT_OK;
  }
  if (!(await agrees(parsed, doomed, printer))) return (printer.note("nothing was changed"), EXIT_FAILED);
  if (change.before === change.after) {
    printer.note(`${path}: none of the hooks is registered here`);
  } else {
    const backup = apply(change);
    printer.note(`${path}: the hooks are gone${backup === undefined ? "" : `; as it was: ${backup}`}`);
  }
  if (parsed.given.has("purge")) {
    for (const left of purge(own)) printer.note(`${left}: stays, for it holds what is not Spanloom's`);
    for (const each of doomed) printer.note(`removed: ${each}`);
  }
  return EXIT_OK;
}

export const command: CommandSpec = framed({
  name: "uninstall",
  summary: "takes the hooks out again",
  help,
  flags: { ...scopeFlags, purge: { type: "boolean" }, yes: { type: "boolean" }, "dry-run": { type: "boolean" } },
  work,
});
