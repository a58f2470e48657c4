// From what a person has configured of one destination, by a preset or by address, to a destination.
//
// Where the settings were written is not known here. A setting that is named wins over the environment's variable for it;
// what is missing is said by both names, and never by value.

import {
  type Compression,
  type Destination,
  type Environment,
  idOf,
  isHeader,
  type Profile,
  type Protocol,
  readUrl,
  type Resolved,
  resourceFrom,
  routingOf,
  type Tls,
  tracesUrl,
} from "./destination.ts";
import { type Preset, presets, type Values } from "./presets.ts";

export interface DestinationSettings {
  /** The presets' name, or none for any OTLP endpoint. */
  readonly preset?: string;
  /** For people and for the files kept; the preset's name where there is none. */
  readonly name?: string;
  /** Base address: of a preset its own, else one that `v1/traces` is put behind. */
  readonly endpoint?: string;
  /** The whole address, used as it is. */
  readonly tracesEndpoint?: string;
  /** The preset's settings by name: key, project and so on. */
  readonly values?: Values;
  /** In addition to the preset's, and before them. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocol?: Protocol;
  readonly compression?: Compression;
  readonly timeoutMs?: number;
  readonly content?: "full" | "metadata";
  readonly profile?: Profile;
  readonly resource?: Readonly<Record<string, string>>;
  readonly tls?: Tls;
}

/** A preset of its own for an endpoint without one. */
const plainPreset: Preset = {
  title: "OTLP",
  settings: { endpoint: { env: [], optional: true } },
  url: ({ endpoint }) => (endpoint !== undefined && URL.canParse(endpoint) ? tracesUrl(endpoint) : (endpoint ?? "")),
  headers: () => ({}),
  protocols: ["http/protobuf", "http/json"],
  compression: "none",
  profile: "genai",
  notes: "",
};

type Entries = readonly (readonly [string, string])[];

const given = (record: Readonly<Record<string, string | undefined>> = {}): Entries =>
  Object.entries(record).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "");

/** The preset's values, each from the settings, the environment or its default, and words for those that are missing. */
function valuesOf(preset: Preset, settings: DestinationSettings, env: Environment): { values: Values; missing: string[] } {
  const values: Record<string, string> = {};
  const missing: string[] = [];
  const named: Values = { ...settings.values, ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }) };
  for (const [name, setting] of Object.entries(preset.settings)) {
    const variable = setting.env.map((each) => env[each]?.trim()).find(Boolean);
    const value = named[name] || variable || setting.otherwise;
    if (value !== undefined) values[name] = value;
    else if (setting.optional !== true) missing.push([name, ...setting.env].join(" or "));
  }
  return { values, missing };
}

export function destinationFromSettings(settings: DestinationSettings, env: Environment): Resolved {
  const problems: string[] = [];
  const fail = (problem: string): Resolved => ({ destination: undefined, problems: [...problems, problem] });
  const preset = settings.preset === undefined ? plainPreset : Object.hasOwn(presets, settings.preset) ? presets[settings.preset] : undefined;
  if (preset === undefined) return fail(`there is no preset "${settings.preset}"; there are ${Object.keys(presets).join(", ")}`);
  const name = settings.name ?? settings.preset ?? "otlp";
  const { values, missing } = valuesOf(preset, settings, env);
  if (missing.length > 0) return fail(`${name}: missing ${missing.join(", ")}`);
  const endpoint = readUrl(settings.tracesEndpoint ?? preset.url(values));
  if (endpoint === undefined) return fail(`${name}: the endpoint is no http or https address`);
  const protocol = settings.protocol ?? preset.protocols[0] ?? "http/protobuf";
  if (!preset.protocols.includes(protocol)) return fail(`${name}: ${preset.title} takes ${preset.protocols.join(" or ")} only`);
  const headers: Record<string, string> = endpoint.authorization === undefined ? {} : { authorization: endpoint.authorization };
  for (const [header, value] of [...given(preset.headers(values)), ...given(settings.headers)]) {
    if (isHeader(header, value)) headers[header.toLowerCase()] = value;
    else problems.push(`${name}: header ${JSON.stringify(header)} cannot be sent; left out`);
  }
  const { resource, problems: wrong } = resourceFrom(env);
  const attributes = new Map([...resource, ...given(preset.resource?.(values)), ...given(settings.resource)]);
  const places = given(values).filter(([value]) => preset.settings[value]?.place === true);
  const destination: Destination = {
    id: idOf(name, endpoint.url, [...places.map(([place, value]) => `${place}:${value}`), ...routingOf(headers)]),
    name,
    url: endpoint.url,
    headers,
    protocol,
    compression: settings.compression ?? preset.compression,
    timeoutMs: settings.timeoutMs ?? 10_000,
    content: settings.content ?? "metadata",
    profile: settings.profile ?? preset.profile,
    resource: [...attributes],
    tls: settings.tls,
  };
  return { destination, problems: [...problems, ...wrong] };
}
