// Where traces go: one address with all it takes to be heard there, and how one is read from the environment as
// OpenTelemetry specifies it (protocol/exporter.md, configuration/sdk-environment-variables.md, resource/sdk.md).
//
// What cannot be used is a problem in words, for whoever asked. A value is never in them: it may be a key.

import { createHash } from "node:crypto";

export type Protocol = "http/protobuf" | "http/json";
export type Compression = "gzip" | "none";

/** Further attributes the core adds for a backend; `genai` adds none. */
export type Profile = "genai" | "openinference" | "weave" | "langfuse" | "datadog" | "braintrust" | "langsmith" | "mlflow";

/** Paths of PEM files. */
export interface Tls {
  readonly certificate?: string | undefined;
  readonly clientKey?: string | undefined;
  readonly clientCertificate?: string | undefined;
}

export interface Destination {
  /** A file name: the same as long as traces land in the same place, whatever the credentials. */
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly protocol: Protocol;
  readonly compression: Compression;
  /** Of one attempt. */
  readonly timeoutMs: number;
  readonly content: "full" | "metadata";
  readonly profile: Profile;
  readonly resource: readonly (readonly [string, string])[];
  readonly tls?: Tls | undefined;
}

export interface Resolved {
  /** Undefined where nothing is to be sent. */
  readonly destination: Destination | undefined;
  /** Settings that are wrong or not supported, a sentence each. With a destination, they were ignored. */
  readonly problems: readonly string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

const defaultEndpoint = "http://localhost:4318";
const defaultTimeoutMs = 10_000;
/** The longest a timer of Node's can take; what a timeout of 0, "indefinite", becomes. */
const longestMs = 2 ** 31 - 1;

/** Headers that choose where in a backend traces land. They are part of a destination's identity; keys are not. */
const routing = ["project_id", "x-bt-parent", "x-honeycomb-dataset", "x-mlflow-experiment-id", "x-project-name", "x-scope-orgid", "x-tenant-id", "langsmith-project"];

/** The address without what may be secret in it. */
export function shownUrl({ url }: Pick<Destination, "url">): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** `parts` say where traces land beyond name and address (a project, a tenant). */
export function idOf(name: string, url: string, parts: readonly string[]): string {
  const digest = createHash("sha256").update(JSON.stringify([url, ...parts])).digest("hex");
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? ["otlp"];
  return `${words.join("-").slice(0, 40)}-${digest.slice(0, 12)}`;
}

export function routingOf(headers: Readonly<Record<string, string>>): string[] {
  return routing.filter((name) => headers[name] !== undefined).map((name) => `${name}:${headers[name]}`);
}

/** A base address with `v1/traces` behind its path. */
export function tracesUrl(base: string): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/v1/traces`;
  return url.href;
}

/** An address that can be posted to, as it will be; a name and password in it become a header. Undefined if it is none. */
export function readUrl(text: string): { url: string; authorization: string | undefined } | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) return undefined;
  const pair = `${decoded(url.username) ?? url.username}:${decoded(url.password) ?? url.password}`;
  const authorization = pair === ":" ? undefined : basic(pair);
  url.username = url.password = url.hash = "";
  return { url: url.href, authorization };
}

export function basic(pair: string): string {
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** `key=value` pairs with commas between, percent-encoded; undefined in place of a pair that is none. */
function* pairs(list: string): Generator<[string, string] | undefined> {
  for (const item of list.split(",")) {
    if (item.trim() === "") continue;
    const at = item.indexOf("=");
    const key = decoded(item.slice(0, Math.max(at, 0)).trim());
    const value = decoded(item.slice(at + 1).trim());
    yield key === undefined || key === "" || value === undefined ? undefined : [key, value];
  }
}

/** What HTTP allows as a header's name and value; Node refuses anything else when it is too late. */
export function isHeader(name: string, value: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

/** Reads variables, the one for traces first, and gathers what is wrong with them. */
class Variables {
  readonly problems: string[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** A variable that is set and not empty: the specification makes no difference between the other two. */
  get(name: string): string | undefined {
    const value = this.#env[name]?.trim();
    return value === "" ? undefined : value;
  }

  /** The name of the variable that counts for traces, if either is set. */
  name(option: string): string | undefined {
    return [`OTEL_EXPORTER_OTLP_TRACES_${option}`, `OTEL_EXPORTER_OTLP_${option}`].find((name) => this.get(name) !== undefined);
  }

  option(option: string): string | undefined {
    const name = this.name(option);
    return name === undefined ? undefined : this.get(name);
  }

  flag(name: string): boolean {
    const value = this.get(name)?.toLowerCase();
    if (value !== undefined && value !== "true" && value !== "false") this.problems.push(`${name} is neither true nor false; taken as false`);
    return value === "true";
  }

  choice<Value extends string>(option: string, values: readonly Value[], otherwise: Value): Value {
    const value = this.option(option)?.toLowerCase();
    const known = values.find((each) => each === value);
    if (value !== undefined && known === undefined) this.problems.push(`${this.name(option)} is none of ${values.join(", ")}; ${otherwise} is used`);
    return known ?? otherwise;
  }

  timeout(): number {
    const value = this.option("TIMEOUT");
    if (value === undefined) return defaultTimeoutMs;
    if (/^\d{1,15}$/.test(value)) return Math.min(Number(value) || longestMs, longestMs);
    this.problems.push(`${this.name("TIMEOUT")} is no number of milliseconds; ${defaultTimeoutMs} is used`);
    return defaultTimeoutMs;
  }

  headers(): Record<string, string> {
    const headers: Record<string, string> = {};
    const [name, list] = [this.name("HEADERS"), this.option("HEADERS") ?? ""];
    let place = 0;
    for (const pair of pairs(list)) {
      place++;
      if (pair !== undefined && isHeader(...pair)) headers[pair[0].toLowerCase()] = pair[1];
      else this.problems.push(`${name}: entry ${place} is no header as key=value; left out`);
    }
    return headers;
  }

  /** Undefined if there is none or none that can be used, which is a problem then. */
  url(): ReturnType<typeof readUrl> {
    const name = this.name("ENDPOINT");
    const read = readUrl((name && this.get(name)) ?? defaultEndpoint);
    if (read === undefined) this.problems.push(`${name} is no http or https address; nothing is sent`);
    if (read === undefined || name === "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") return read;
    return { ...read, url: tracesUrl(read.url) };
  }
}

/** OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES. A list with one bad pair counts for nothing, as specified. */
export function resourceFrom(env: Environment): { resource: readonly (readonly [string, string])[]; problems: readonly string[] } {
  const variables = new Variables(env);
  const attributes = new Map<string, string>();
  const read = [...pairs(variables.get("OTEL_RESOURCE_ATTRIBUTES") ?? "")];
  if (read.includes(undefined)) variables.problems.push("OTEL_RESOURCE_ATTRIBUTES is no list of key=value; ignored");
  else for (const pair of read) if (pair !== undefined) attributes.set(...pair);
  const service = variables.get("OTEL_SERVICE_NAME");
  if (service !== undefined) attributes.set("service.name", service);
  return { resource: [...attributes], problems: variables.problems };
}

/** Whether OTEL_TRACES_EXPORTER lets OTLP be used; `asked` if it names it, so that the default address holds. */
function selected(variables: Variables): "asked" | "allowed" | "no" {
  const names = variables.get("OTEL_TRACES_EXPORTER")?.toLowerCase().split(",").map((name) => name.trim());
  if (names === undefined) return "allowed";
  if (names.includes("otlp")) return "asked";
  if (!names.includes("none")) variables.problems.push("OTEL_TRACES_EXPORTER names no exporter there is here (otlp, none); nothing is sent");
  return "no";
}

/**
 * The destination that the variables of OpenTelemetry describe. None without an endpoint (the default address is used only
 * where OTEL_TRACES_EXPORTER asks for `otlp`), and none where tracing is switched off.
 */
export function destinationFromEnvironment(env: Environment): Resolved {
  const variables = new Variables(env);
  const { problems } = variables;
  const nothing: Resolved = { destination: undefined, problems };
  if (variables.flag("OTEL_SDK_DISABLED")) return nothing;
  const exporter = selected(variables);
  if (exporter === "no" || (exporter === "allowed" && variables.name("ENDPOINT") === undefined)) return nothing;
  if (variables.option("PROTOCOL")?.toLowerCase() === "grpc") {
    problems.push(`${variables.name("PROTOCOL")} is grpc, which is not supported; use http/protobuf and the port for HTTP (4318 instead of 4317)`);
    return nothing;
  }
  const endpoint = variables.url();
  if (endpoint === undefined) return nothing;
  const { url, authorization } = endpoint;
  const headers = { ...(authorization === undefined ? {} : { authorization }), ...variables.headers() };
  const { resource, problems: wrong } = resourceFrom(env);
  problems.push(...wrong);
  const destination: Destination = {
    id: idOf("otlp", url, routingOf(headers)),
    name: "otlp",
    url,
    headers,
    protocol: variables.choice("PROTOCOL", ["http/protobuf", "http/json"], "http/protobuf"),
    compression: variables.choice("COMPRESSION", ["gzip", "none"], "none"),
    timeoutMs: variables.timeout(),
    content: "metadata",
    profile: "genai",
    resource,
    tls: {
      certificate: variables.option("CERTIFICATE"),
      clientKey: variables.option("CLIENT_KEY"),
      clientCertificate: variables.option("CLIENT_CERTIFICATE"),
    },
  };
  return { destination, problems };
}
