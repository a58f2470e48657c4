// The commands `off` and `on`: tracing as a whole, of a repository or of a session.

import { UsageError } from "./args.ts";
import type { CommandSpec } from "./command.ts";
import { EXIT_OK } from "./exit.ts";
import type { Parsed } from "./flags.ts";
import { framed } from "./frame.ts";
import type { Printer } from "./print.ts";

const helpOf = (name: "off" | "on"): string => `Switches tracing ${name}.

Usage: spanloom ${name}                  everywhere
       spanloom ${name} --repo [PATH]    for a repository: the one PATH or the
                                     current folder is in
       spanloom ${name} --session ID     for a session

  -h, --help            this text

Exit status: 0 done, 1 it cannot be written down, 2 usage.
`;

/** A repository or folder in or out of the list of those that are off. */
async function switchFolder(where: string, off: boolean, printer: Printer): Promise<void> {
  const { readConfig, userFileOf } = await import("../config/config.ts");
  const { editFile } = await import("../config/edit.ts");
  const { nearestRealPath, repositoryOf } = await import("../config/repository.ts");
  const { resolve } = await import("node:path");
  const folder = repositoryOf(where)?.root ?? nearestRealPath(resolve(where));
  const { off: listed, places } = readConfig({ env: process.env });
  const rest = listed.filter((each) => nearestRealPath(each) !== folder);
  const list = off ? [...rest, folder] : rest;
  const changes = off ? rest.length === listed.length : rest.length < listed.length;
  if (changes) editFile(userFileOf(places), ["off"], list.length > 0 ? list : undefined);
  printer.note(`${folder} is switched ${off ? "off" : "on"}`);
}

async function switchAll(off: boolean, printer: Printer): Promise<void> {
  const { userFileOf } = await import("../config/config.ts");
  const { editFile } = await import("../config/edit.ts");
  const { places } = await import("../state/paths.ts");
  editFile(userFileOf(places(process.env)), ["disable"], off ? true : undefined);
  printer.note(`tracing is switched ${off ? "off" : "on"}`);
}

async function switchSession(session: string, off: boolean, printer: Printer): Promise<void> {
  const { setOff } = await import("../state/off.ts");
  const { isSessionId, places } = await import("../state/paths.ts");
  if (!isSessionId(session)) throw new UsageError("--session takes the id of a session");
  setOff(places(process.env), session, off);
  printer.note(`session ${session} is switched ${off ? "off" : "on"}`);
}

async function work(off: boolean, { given, texts, positionals }: Parsed, printer: Printer): Promise<number> {
  const session = texts["session"];
  const where = given.has("repo") ? (positionals[0] ?? process.cwd()) : undefined;
  if (session !== undefined && where !== undefined) throw new UsageError("--repo and --session exclude each other");
  if (positionals.length > (where === undefined ? 0 : 1))
    throw new UsageError("a PATH stands behind --repo, and only one");
  if (session !== undefined) await switchSession(session, off, printer);
  else if (where !== undefined) await switchFolder(where, off, printer);
  else await switchAll(off, printer);
  if (off) return EXIT_OK;

  // Something else may still say no.
  const { readConfig } = await import("../config/config.ts");
  const { isTraced } = await import("../config/traced.ts");
  const cwd = where ?? process.cwd();
  const { traced, why } = isTraced(readConfig({ env: process.env, cwd }), cwd, session);
  if (!traced) printer.note(`sessions in ${cwd} are still not traced: ${why}`);
  return EXIT_OK;
}

/** Either command. */
export function switchTo(name: "off" | "on"): CommandSpec {
  return framed({
    name,
    summary: `switches tracing ${name}: everywhere, for a repository or a session`,
    help: helpOf(name),
    flags: { repo: { type: "boolean" }, session: { type: "string" } },
    work: (parsed, printer) => work(name === "off", parsed, printer),
  });
}
