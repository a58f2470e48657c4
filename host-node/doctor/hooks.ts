// Whether Claude Code runs our hooks: in its settings, by a command that works, with nothing that switches them off.

import { spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { homeOf } from "../config/config.ts";
import { nearestRealPath } from "../config/repository.ts";
import { commandParts, EVENTS } from "../setup/hooks.ts";
import { type ClientFile, clientNotes, settingOf } from "./client.ts";
import { type Finding, fail, type Look, ok, warn } from "./check.ts";

const registering = "spanloom init";
const patience = 5000;

/** What is wrong with the Node of a hook's command, if anything is. */
function nodeProblem(node: string): string | undefined {
  if (!isAbsolute(node)) return undefined;
  if (!existsSync(node)) return `run ${node}, which does not exist any more`;
  if (realpathSync(node) === realpathSync(process.execPath)) return undefined;
  const { stdout, error } = spawnSync(node, ["--version"], { encoding: "utf8", timeout: patience });
  const major = Number(/^v(\d+)/.exec(stdout ?? "")?.[1]);
  if (error !== undefined || Number.isNaN(major)) return `run ${node}, which does not start`;
  return major < 20 ? `run under Node ${stdout.trim()}, which is too old` : undefined;
}

function checkCommand(file: ClientFile, command: string, own: string): Finding | undefined {
  const { node = "", script = "" } = commandParts(command) ?? {};
  const where = `the hooks in ${file.path}`;
  if (!existsSync(script)) return fail(`${where} run ${script}, which does not exist: sessions are not traced`, registering, file.scope);
  const problem = nodeProblem(node);
  if (problem !== undefined) return fail(`${where} ${problem}: sessions are not traced`, registering, file.scope);
  if (resolve(script) === resolve(own) || realpathSync(script) === realpathSync(own)) return undefined;
  return warn(`${where} run another installation, ${script}, not this one, ${own}`, `${registering}, if this is the one to use`, file.scope);
}

function checkFile(file: ClientFile, own: string): Finding[] {
  const commands = [...new Set(file.ours.map(({ command }) => command))];
  const found = commands.flatMap((command) => checkCommand(file, command, own) ?? []);
  const events = new Set(file.ours.map(({ event }) => event));
  const missing = EVENTS.filter((event) => !events.has(event));
  if (missing.length > 0) found.push(warn(`${file.path} has no hook for ${missing.join(", ")}`, registering, file.scope));
  return found.length > 0 ? found : [ok(`registered in ${file.path}`, file.scope)];
}

export function checkHooks({ client, script, clientFolder }: Look): Finding[] {
  const broken = client
    .filter(({ problem }) => problem !== undefined)
    .map(({ path, problem, scope }) => fail(`${path}: ${problem}; Claude Code reads none of it`, "mend it", scope));
  const own = client.filter(({ ours }) => ours.length > 0);
  if (own.length === 0) {
    const folder = clientFolder === "" ? "neither HOME nor CLAUDE_CONFIG_DIR is set" : `Claude Code's folder is ${clientFolder}`;
    return [...broken, fail(`not registered: no session is traced (${folder})`, registering)];
  }
  const commands = new Set(own.flatMap(({ ours }) => ours.map(({ command }) => command)));
  const twice = own.length > 1 && commands.size > 1 ? [warn(`registered by ${commands.size} different commands: each event is noted that often`, `spanloom uninstall --project, or ${registering} where it is old`)] : [];
  return [...broken, ...own.flatMap((file) => checkFile(file, script)), ...twice];
}

/** What keeps hooks that are registered from being run. */
export function checkSwitches({ client }: Look): Finding[] {
  const found: Finding[] = [];
  const off = settingOf(client, "disableAllHooks");
  if (off?.value === true) found.push(fail(`"disableAllHooks" in ${off.file.path}: Claude Code runs no hook, ours neither`, "take it out there"));
  const managed = client.filter(({ scope }) => scope === "managed");
  const only = settingOf(managed, "allowManagedHooksOnly");
  if (only?.value === true && !managed.some(({ ours }) => ours.length > 0))
    found.push(fail(`"allowManagedHooksOnly" in ${only.file.path}: only the hooks of whoever manages this machine are run`, "ask them to register Spanloom's"));
  return found.length > 0 ? found : [ok("no setting switches hooks off")];
}

/** The folder and those above it, as written and without links. */
function upward(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...upward(above)];
}

/** The client keeps to itself what it has not been told to trust; what it notes of that has not always been what it does. */
export function checkTrust({ env, cwd, clientFolder }: Look): Finding[] {
  if (clientFolder === "") return [];
  const { path, projects } = clientNotes(env, clientFolder, homeOf(env));
  if (projects === undefined) return [warn(`${path} is not there: Claude Code has not been used with this folder for its settings`, "start claude once; if it keeps its settings elsewhere, set CLAUDE_CONFIG_DIR as it has it")];
  const trusted = [...upward(resolve(cwd)), ...upward(nearestRealPath(resolve(cwd)))].find((folder) => {
    const entry = projects[folder] as Record<string, unknown> | null | undefined;
    return entry?.["hasTrustDialogAccepted"] === true;
  });
  if (trusted !== undefined) return [ok(`${trusted} is trusted`)];
  return [warn(`${cwd} is not marked as trusted in ${path}: an interactive session there may run no hooks`, "start claude there and accept the question; claude -p does not ask")];
}

const ours = /^(SPANLOOM_|OTEL_(EXPORTER_OTLP|RESOURCE|SERVICE|TRACES|SDK)|https?_proxy$|no_proxy$)/i;

/** Variables that sessions get from the settings: the worker has them, this shell has not. */
export function checkSessionVariables({ client, env }: Look): Finding[] {
  return client.flatMap(({ settings, path }) => {
    const given = Object.entries((settings?.["env"] as Record<string, unknown> | null | undefined) ?? {});
    const other = given.filter(([name, value]) => ours.test(name) && String(value) !== env[name]).map(([name]) => name);
    if (other.length === 0) return [];
    return [warn(`${path} sets ${other.join(", ")} for sessions; here the value is another, so what is said here of destinations may not hold there`, "run spanloom doctor with the same variables")];
  });
}
