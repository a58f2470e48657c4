// Where the traces of a session go: the destinations that are configured, else the one the environment names, as the
// exporter knows them. Whatever is wrong with one is a sentence; the others stand.

import type { Config, ConfiguredDestination } from "../config/config.ts";
import { type Destination, destinationFromEnvironment, type Environment, type Resolved } from "../exporter/destination.ts";
import { destinationFromSettings } from "../exporter/settings.ts";

export interface Targets {
  /** None: traces are kept in the local store. */
  readonly destinations: readonly Destination[];
  readonly problems: readonly string[];
}

function configured(setting: ConfiguredDestination, config: Config, env: Environment): Resolved {
  const { headers: own, headersFromEnv = {}, certificate, clientKey, clientCertificate, ...settings } = setting;
  const problems: string[] = [];
  const headers: Record<string, string> = { ...own };
  for (const [header, variable] of Object.entries(headersFromEnv)) {
    const value = env[variable];
    if (value) headers[header] = value;
    else problems.push(`${setting.name}: ${variable}, which holds header ${header}, is not set`);
  }
  if (problems.length > 0) return { destination: undefined, problems };
  const tls = { certificate, clientKey, clientCertificate };
  return destinationFromSettings({ ...settings, headers, tls, resource: Object.fromEntries(config.resource) }, env);
}

function fromEnvironment(config: Config, env: Environment): Resolved {
  const { destination, problems } = destinationFromEnvironment(env);
  if (destination === undefined) return { destination, problems };
  const resource = [...new Map([...destination.resource, ...config.resource])];
  return { destination: { ...destination, content: config.content.network, resource }, problems };
}

/** What is configured counts; the environment, where nothing is. */
export function targetsOf(config: Config, env: Environment): Targets {
  const found = config.destinations.length > 0 ? config.destinations.map((each) => configured(each, config, env)) : [fromEnvironment(config, env)];
  return {
    destinations: found.flatMap(({ destination }) => destination ?? []),
    problems: found.flatMap(({ problems }) => problems),
  };
}
