// The command `config`: what every setting is and who says so, and changes of the user's own file.

import { names, settingOf, settings } from "../config/schema.ts";
import { UsageError } from "./args.ts";
import type { CommandSpec } from "./command.ts";
import { EXIT_FAILED, EXIT_OK } from "./exit.ts";
import type { Parsed } from "./flags.ts";
import { framed, print } from "./frame.ts";
import type { Printer } from "./print.ts";
import { harmless } from "./terminal.ts";

/** Words in lines that fit a screen. */
function wrapped(text: string, indent: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = `${lines.at(-1)} ${word}`.trim();
    if (indent.length + line.length <= 80) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines.map((line) => indent + line).join("\n");
}

function keyLines(): string {
  const indent = "      ";
  return names
    .map((name) => {
      const { key, kind, words, variable, project } = settings[name];
      const rights =
        project === "never" ? "" : project === "strictest" ? "; a project may narrow it" : "; a project may set it";
      const about = `${kind.words}${variable ? `; ${variable}` : ""}${rights}`;
      return `  ${key}\n${wrapped(words, indent)}\n${wrapped(about, indent)}`;
    })
    .join("\n");
}

const help = `Shows and changes settings.

Usage: spanloom config show [--json]     each setting, its value and its origin
       spanloom config set KEY VALUE     sets it in the user's file; - reads the
                                         value from standard input, so that a
                                         secret need not be on a command line
       spanloom config unset KEY         removes it there

Flags win over the environment, that over the project's file (.spanloom.json at
the top of the repository), that over the user's, that over defaults. Values of
headers and other secrets are shown as stars.

Exit status: 0 done, 1 a file is broken or cannot be written, 2 usage.

Settings:
${keyLines()}
`;

async function show(json: boolean, printer: Printer): Promise<number> {
  const { readConfig } = await import("../config/config.ts");
  const { drawConfig, configDocument } = await import("../config/show.ts");
  const { lineOf, tell } = await import("../config/problems.ts");
  const config = readConfig({ env: process.env, cwd: process.cwd() });
  const told = await tell(config.problems);
  const text = json
    ? `${JSON.stringify(configDocument(config, process.env, told), null, 2)}\n`
    : drawConfig(config, process.env, harmless);
  print(text);
  for (const problem of told) printer.error(harmless(lineOf(problem)));
  return config.files.some(({ state }) => state === "broken") ? EXIT_FAILED : EXIT_OK;
}

async function valueFrom(text: string): Promise<string> {
  if (text !== "-") return text;
  const { readFileSync } = await import("node:fs");
  return readFileSync(0, "utf8").replace(/\r?\n$/, "");
}

/** The JSON value that stands for a text; throws a UsageError that does not repeat it. */
async function parsed(key: string, text: string): Promise<unknown> {
  const { homeOf } = await import("../config/config.ts");
  const { absolute, folders } = await import("../config/kinds.ts");
  const setting = settingOf(key);
  if (setting === undefined)
    throw new UsageError(`there is no setting ${JSON.stringify(key)}; spanloom config --help names them`);
  const home = homeOf(process.env);
  let value: unknown;
  try {
    value = setting.kind.fromText(await valueFrom(text));
  } catch {
    throw new UsageError(`${key} is ${setting.kind.words}, as JSON`);
  }
  if (setting.kind === folders && Array.isArray(value))
    value = value.map((path) => (typeof path === "string" ? absolute(path, process.cwd(), home) : path));
  setting.kind.read(value, {
    home,
    wrong: (words, at = []) => {
      throw new UsageError(
        `${[key, ...at].join(".")} ${words.replace(/: (this destination is )?(ignored|taken as .*)$/, "")}`,
      );
    },
  });
  return value;
}

async function change(key: string, value: unknown, printer: Printer): Promise<number> {
  const { places } = await import("../state/paths.ts");
  const { userFileOf } = await import("../config/config.ts");
  const { editFile } = await import("../config/edit.ts");
  const file = userFileOf(places(process.env));
  const changed = editFile(file, key.split("."), value);
  printer.note(
    changed ? `${key} is ${value === undefined ? "removed from" : "set in"} ${file}` : `${file}: nothing to change`,
  );
  return EXIT_OK;
}

async function work({ given, positionals }: Parsed, printer: Printer): Promise<number> {
  const [what, key, value, ...rest] = positionals;
  const counts = { show: 1, set: 3, unset: 2 } as Record<string, number>;
  if (what === undefined) throw new UsageError("config needs show, set or unset");
  if (!Object.hasOwn(counts, what)) throw new UsageError(`config has show, set and unset, not ${JSON.stringify(what)}`);
  if (rest.length > 0 || positionals.length !== counts[what])
    throw new UsageError(
      `config ${what} takes ${["no word", "a KEY", "a KEY and a VALUE"][(counts[what] as number) - 1]} more`,
    );
  if (given.has("json") && what !== "show") throw new UsageError("--json is an option of config show");
  if (what === "show") return show(given.has("json"), printer);
  if (what === "set") return change(key as string, await parsed(key as string, value as string), printer);
  if (settingOf(key as string) === undefined) throw new UsageError(`there is no setting ${JSON.stringify(key)}`);
  return change(key as string, undefined, printer);
}

export const command: CommandSpec = framed({
  name: "config",
  summary: "settings: what they are and where from; changes them",
  help,
  flags: { json: { type: "boolean" } },
  work,
});
