// One destination as the user's file has it: the words of the file, checked. What a preset fills in, where a request goes
// and what the environment adds are the exporter's business.

import { isAbsolute } from "node:path";
import { isObject } from "./object.ts";
import type { Content } from "./schema.ts";

export interface DestinationSetting {
  /** Names its ledger and its spool, too. */
  readonly name: string;
  readonly preset?: string;
  /** What the preset asks for: a key, a project. */
  readonly values?: Readonly<Record<string, string>>;
  /** The base, as OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint?: string;
  /** The whole address, as OTEL_EXPORTER_OTLP_TRACES_ENDPOINT. */
  readonly tracesEndpoint?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers, and the variables that hold their values. */
  readonly headersFromEnv?: Readonly<Record<string, string>>;
  readonly protocol?: "http/protobuf" | "http/json";
  readonly compression?: "gzip" | "none";
  readonly timeoutMs?: number;
  /** Paths of PEM files, as OTEL_EXPORTER_OTLP_CERTIFICATE and its relatives. */
  readonly certificate?: string;
  readonly clientKey?: string;
  readonly clientCertificate?: string;
  readonly content?: Content;
  readonly profile?: "genai" | "openinference" | "weave" | "langfuse" | "datadog" | "braintrust" | "langsmith" | "mlflow";
}

type Wrong = (words: string, at?: readonly string[]) => void;
type Check = (value: unknown) => string | undefined;

const among =
  (...all: readonly string[]): Check =>
  (value) =>
    all.includes(value as string) ? undefined : `is ${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
const matching =
  (pattern: RegExp, words: string): Check =>
  (value) =>
    typeof value === "string" && pattern.test(value) ? undefined : words;

function checkEndpoint(value: unknown): string | undefined {
  const good = typeof value === "string" && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
  return good ? undefined : "is an address that begins with http:// or https://";
}

function checkValues(value: unknown): string | undefined {
  const good = isObject(value) && Object.values(value).every((text) => typeof text === "string");
  return good ? undefined : "is an object of names and texts";
}

function checkHeaders(value: unknown): string | undefined {
  // The names a header may have (RFC 9110), and values that cannot become a second header.
  const good =
    isObject(value) &&
    Object.entries(value).every(
      ([name, text]) =>
        /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && typeof text === "string" && !/[\u0000\r\n]/.test(text),
    );
  return good ? undefined : "is an object of header names and texts";
}

const checkFile: Check = (value) =>
  typeof value === "string" && isAbsolute(value) ? undefined : "is the absolute path of a PEM file";

const checks: Record<keyof DestinationSetting, Check> = {
  name: matching(
    /^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/,
    "begins with a letter or digit and has up to 64, dots, dashes and underscores",
  ),
  preset: matching(/^[0-9A-Za-z._-]+$/, "is the name of a preset"),
  values: checkValues,
  endpoint: checkEndpoint,
  tracesEndpoint: checkEndpoint,
  headers: checkHeaders,
  headersFromEnv: checkHeaders,
  protocol: among("http/protobuf", "http/json"),
  compression: among("gzip", "none"),
  timeoutMs: (value) =>
    Number.isSafeInteger(value) && (value as number) > 0 ? undefined : "is a whole number of milliseconds, 1 or more",
  certificate: checkFile,
  clientKey: checkFile,
  clientCertificate: checkFile,
  content: among("full", "metadata"),
  profile: among("genai", "openinference", "weave", "langfuse", "datadog", "braintrust", "langsmith", "mlflow"),
};

export const DESTINATION_KEYS = Object.keys(checks);

/** The destination, or nothing where what is wrong leaves no doubt-free place to send to. */
export function readDestination(entry: unknown, wrong: Wrong): DestinationSetting | undefined {
  if (!isObject(entry)) return void wrong("is an object: ignored");
  const found: Record<string, unknown> = {};
  let usable = true;
  for (const [key, value] of Object.entries(entry)) {
    if (!Object.hasOwn(checks, key)) {
      wrong("is no key of a destination: ignored", [key]);
      continue;
    }
    const words = checks[key as keyof DestinationSetting](value);
    if (words === undefined) {
      found[key] = value;
    } else if (key === "content") {
      wrong(`${words}: taken as metadata`, [key]);
      found[key] = "metadata";
    } else {
      wrong(`${words}: this destination is ignored`, [key]);
      usable = false;
    }
  }
  if (!usable) return undefined;
  if (found["name"] === undefined) return void wrong("has no name: ignored");
  if (!["preset", "endpoint", "tracesEndpoint"].some((key) => Object.hasOwn(found, key)))
    return void wrong("has neither preset nor endpoint: ignored");
  return found as unknown as DestinationSetting;
}
