// Claude Code's settings as they lie on this machine, read and not judged: the managed ones, the project's two, the user's.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { syntaxProblem } from "../config/json.ts";
import { isObject } from "../config/object.ts";
import { repositoryOf } from "../config/repository.ts";
import { settingsFile } from "../setup/places.ts";
import { ourHooks } from "../setup/registration.ts";
import { codeOf } from "../state/files.ts";
import type { Environment } from "../state/paths.ts";

export interface ClientFile {
  readonly scope: "managed" | "local" | "project" | "user";
  readonly path: string;
  /** Nothing where it could not be read; then there is a problem. */
  readonly settings: Readonly<Record<string, unknown>> | undefined;
  readonly problem: string | undefined;
  /** Milliseconds since 1970. */
  readonly changed: number;
  readonly ours: readonly { readonly event: string; readonly command: string }[];
}

/** Where whoever manages a machine puts settings that nobody can overrule. */
const managedFolders: Readonly<Record<string, string>> = {
  darwin: "/Library/Application Support/ClaudeCode",
  linux: "/etc/claude-code",
  win32: "C:\\Program Files\\ClaudeCode",
};

export function managedFiles(folder = managedFolders[process.platform] ?? ""): string[] {
  const parts = join(folder, "managed-settings.d");
  let names: string[] = [];
  try {
    names = readdirSync(parts).filter((name) => name.endsWith(".json"));
  } catch {
    // Nobody manages it, or not in parts.
  }
  return folder === "" ? [] : [...names.sort().reverse().map((name) => join(parts, name)), join(folder, "managed-settings.json")];
}

function readClientFile(scope: ClientFile["scope"], path: string, script: string): ClientFile | undefined {
  const file = { scope, path, changed: 0, ours: [], settings: undefined };
  let text: string;
  let changed: number;
  try {
    text = readFileSync(path, "utf8").replace(/^\ufeff/, "");
    changed = statSync(path).mtimeMs;
  } catch (error) {
    return ["ENOENT", "ENOTDIR"].includes(codeOf(error)) ? undefined : { ...file, problem: `cannot be read (${codeOf(error)})` };
  }
  if (text.trim() === "") return { ...file, changed, settings: {}, problem: undefined };
  const broken = syntaxProblem(text);
  if (broken !== undefined) return { ...file, changed, problem: `line ${broken.line}: ${broken.words}` };
  const settings: unknown = JSON.parse(text);
  if (!isObject(settings)) return { ...file, changed, problem: "is no object" };
  try {
    const ours = ourHooks(settings, script).map(({ event, command }) => ({ event, command }));
    return { scope, path, changed, settings, problem: undefined, ours };
  } catch (error) {
    return { ...file, changed, settings, problem: (error as Error).message };
  }
}

/** The files that are there, the strongest first. A session reads the project's from the folder it starts in. */
export function clientFiles(env: Environment, cwd: string, script: string, managed = managedFiles()): ClientFile[] {
  const tops = [...new Set([cwd, repositoryOf(cwd)?.root ?? cwd])];
  const inProject = (name: string): string[] => tops.map((top) => join(top, ".claude", name));
  const places: [ClientFile["scope"], string[]][] = [
    ["managed", managed],
    ["local", inProject("settings.local.json")],
    ["project", inProject("settings.json")],
    ["user", [settingsFile("user", env, cwd)]],
  ];
  const seen = new Set<string>();
  return places.flatMap(([scope, paths]) =>
    paths.flatMap((path) => {
      // At home the user's settings are where a project's would be.
      const file = seen.has(path) ? undefined : readClientFile(scope, path, script);
      seen.add(path);
      return file ?? [];
    }),
  );
}

/** The value that counts, and the file that says it. */
export function settingOf(files: readonly ClientFile[], name: string): { value: unknown; file: ClientFile } | undefined {
  for (const file of files) {
    const value = file.settings?.[name];
    if (value !== undefined) return { value, file };
  }
  return undefined;
}

/** The JSON object in which the client notes what it was told; nothing where there is none. */
export function clientNotes(env: Environment, clientFolder: string, home: string): { path: string; projects: Record<string, unknown> | undefined } {
  const path = env.CLAUDE_CONFIG_DIR ? join(clientFolder, ".claude.json") : join(home, ".claude.json");
  try {
    const notes: unknown = JSON.parse(readFileSync(path, "utf8"));
    const projects = isObject(notes) ? notes["projects"] : undefined;
    return { path, projects: isObject(projects) ? projects : {} };
  } catch {
    return { path, projects: undefined };
  }
}
