// Every check there is, in the order in which one thing needs another, and the whole of what they found.

import { homeOf, readConfig } from "../config/config.ts";
import type { Probe } from "../exporter/probe.ts";
import { hookScript, settingsFile } from "../setup/places.ts";
import { type Environment, places as placesIn } from "../state/paths.ts";
import { targetsOf } from "../worker/targets.ts";
import { dirname } from "node:path";
import { type Check, type Finding, fail, type Look } from "./check.ts";
import { clientFiles } from "./client.ts";
import { checkPending, checkQueues, checkStore, checkSweep } from "./delivery.ts";
import { checkClock, checkContent, checkEndpoints } from "./endpoints.ts";
import { checkHooks, checkSessionVariables, checkSwitches, checkTrust } from "./hooks.ts";
import { checkDisk, checkFolders, checkNode } from "./machine.ts";
import { checkConfiguration, checkTracing } from "./settings.ts";
import { checkRetention, checkUnseen } from "./transcripts.ts";

export const checks: readonly Check[] = [
  { name: "node", run: checkNode },
  { name: "folders", run: checkFolders },
  { name: "disk", run: checkDisk },
  { name: "configuration", run: checkConfiguration },
  { name: "tracing", run: checkTracing },
  { name: "hooks", run: checkHooks },
  { name: "switches", run: checkSwitches },
  { name: "trust", run: checkTrust },
  { name: "variables", run: checkSessionVariables },
  { name: "retention", run: checkRetention },
  { name: "sessions", run: checkUnseen },
  { name: "pending", run: checkPending },
  { name: "sweep", run: checkSweep },
  { name: "store", run: checkStore },
  { name: "content", run: checkContent },
  { name: "delivery", run: checkQueues },
  { name: "endpoint", run: checkEndpoints },
  { name: "clock", run: checkClock },
];

export interface Examined extends Finding {
  readonly check: string;
}

const probeMs = 5000;

/** Throws a PlacesError where the environment leaves no place for anything. */
export function lookAround(env: Environment, cwd: string, now: () => number = Date.now): Look {
  const places = placesIn(env);
  const config = readConfig({ env, cwd });
  const targets = targetsOf(config, env);
  const script = hookScript();
  // The environment may name our folders and no home.
  const hasClient = homeOf(env) !== "" || Boolean(env.CLAUDE_CONFIG_DIR);
  let asked: Promise<readonly Probe[]> | undefined;
  const ask = async (): Promise<readonly Probe[]> => {
    const { probe } = await import("../exporter/probe.ts");
    return Promise.all(targets.destinations.map((destination) => probe(destination, probeMs, now)));
  };
  return {
    env,
    cwd,
    now,
    version: process.version,
    places,
    config,
    targets,
    clientFolder: hasClient ? dirname(settingsFile("user", env, cwd)) : "",
    client: hasClient ? clientFiles(env, cwd, script) : [],
    script,
    probes: () => (asked ??= ask()),
  };
}

/** All findings, in the order of the checks; a check that breaks is a finding itself. */
export async function examine(look: Look): Promise<Examined[]> {
  const found = await Promise.all(
    checks.map(async ({ name, run }): Promise<Examined[]> => {
      try {
        return (await run(look)).map((finding) => ({ check: name, ...finding }));
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        return [{ check: name, ...fail(`could not be checked: ${words}`, "if it is no matter of rights, please report it") }];
      }
    }),
  );
  return found.flat();
}
