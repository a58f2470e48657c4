// Every setting there is, in one table: its key, what it can be, what it is when nobody says, and who may say so.
//
// A project's file comes with the project, so it is not the user's word: it may make less of what is recorded or sent, and
// name things, and nothing else.

import { attributes, destinations, folders, type Kind, oneOf, text, truth, wholeNumber } from "./kinds.ts";

export type Content = "full" | "metadata";

export interface Setting<T = unknown> {
  readonly key: string;
  readonly kind: Kind<T>;
  /** Nothing: there is no default, and being absent has its own meaning. */
  readonly fallback: T | undefined;
  readonly variable?: string;
  /** `strictest`: a project's file may only say `cautious`. `named`: anything but what routes. */
  readonly project: "never" | "strictest" | "named";
  /** What a value counts as that makes no sense, where ignoring it could send or record more than somebody wanted. */
  readonly cautious?: T;
  readonly words: string;
}

const setting = <T>(entry: Setting<T>): Setting<T> => entry;
const MiB = 1024 * 1024;

export const settings = {
  disable: setting({
    key: "disable",
    kind: truth,
    fallback: false,
    variable: "SPANLOOM_DISABLE",
    project: "strictest",
    cautious: true,
    words: "nothing is recorded and nothing is sent",
  }),
  roots: setting({
    key: "roots",
    kind: folders,
    fallback: undefined,
    variable: "SPANLOOM_ROOTS",
    project: "never",
    cautious: [],
    words: "folders in which sessions are traced; absent: everywhere",
  }),
  off: setting({
    key: "off",
    kind: folders,
    fallback: [],
    project: "never",
    // Everything lies in it.
    cautious: ["/"],
    words: "repositories in which sessions are not traced",
  }),
  network: setting({
    key: "content.network",
    kind: oneOf<Content>("full", "metadata"),
    fallback: "metadata",
    variable: "SPANLOOM_CONTENT_NETWORK",
    project: "strictest",
    cautious: "metadata",
    words: "what destinations are sent: with prompts, answers, arguments and results, or without",
  }),
  local: setting({
    key: "content.store",
    kind: oneOf<Content>("full", "metadata"),
    fallback: "full",
    variable: "SPANLOOM_CONTENT_STORE",
    project: "strictest",
    cautious: "metadata",
    words: "what the local store keeps",
  }),
  destinations: setting({
    key: "destinations",
    kind: destinations,
    fallback: [],
    project: "never",
    words: "where traces are sent; none: they are kept in the local store",
  }),
  agentName: setting({
    key: "agentName",
    kind: text,
    fallback: undefined,
    variable: "SPANLOOM_AGENT_NAME",
    project: "named",
    words: "name of the agent in traces; absent: the client's own",
  }),
  resource: setting({
    key: "resource",
    kind: attributes,
    fallback: new Map(),
    project: "named",
    words: "attributes of the resource, beside OTEL_RESOURCE_ATTRIBUTES",
  }),
  quietAfterMs: setting({
    key: "quietAfterMs",
    kind: wholeNumber(1000),
    fallback: 30 * 60 * 1000,
    variable: "SPANLOOM_QUIET_AFTER_MS",
    project: "never",
    words: "milliseconds after which a session that nobody ended counts as abandoned",
  }),
  storeDays: setting({
    key: "store.days",
    kind: wholeNumber(0),
    fallback: 90,
    variable: "SPANLOOM_STORE_DAYS",
    project: "never",
    words: "days the local store keeps a session; 0: for ever",
  }),
  storeBytes: setting({
    key: "store.bytes",
    kind: wholeNumber(0),
    fallback: 1024 * MiB,
    variable: "SPANLOOM_STORE_BYTES",
    project: "never",
    words: "bytes the local store holds, the oldest go first; 0: any number",
  }),
  spoolBytes: setting({
    key: "spool.bytes",
    kind: wholeNumber(0),
    fallback: 256 * MiB,
    variable: "SPANLOOM_SPOOL_BYTES",
    project: "never",
    words: "bytes that may wait for each destination, the oldest go first",
  }),
} as const;

export type Name = keyof typeof settings;
export const names = Object.keys(settings) as Name[];

export function settingOf(key: string): (Setting & { readonly name: Name }) | undefined {
  const name = names.find((each) => settings[each].key === key);
  return name && { ...(settings[name] as Setting), name };
}

/** Attributes of the resource by which backends choose where a trace goes: for a project's file these are destinations. */
export const routes = (attribute: string): boolean =>
  attribute === "service.name" || /^(wandb|openinference\.project|langsmith|braintrust|mlflow)(\.|$)/.test(attribute);

const signals = ["", "TRACES_"];
const forEach = (word: string): string[] => signals.map((signal) => `OTEL_EXPORTER_OTLP_${signal}${word}`);

/** Variables of OpenTelemetry, and for proxies, that have a say; the exporter reads them, and they are listed beside the settings. */
export const standardVariables: readonly { readonly name: string; readonly holds: "plain" | "address" | "pairs" }[] = [
  ...forEach("ENDPOINT").map((name) => ({ name, holds: "address" }) as const),
  ...forEach("HEADERS").map((name) => ({ name, holds: "pairs" }) as const),
  ...["PROTOCOL", "COMPRESSION", "TIMEOUT", "CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"]
    .flatMap(forEach)
    .map((name) => ({ name, holds: "plain" }) as const),
  { name: "OTEL_SERVICE_NAME", holds: "plain" },
  { name: "OTEL_RESOURCE_ATTRIBUTES", holds: "pairs" },
  { name: "OTEL_TRACES_EXPORTER", holds: "plain" },
  { name: "OTEL_SDK_DISABLED", holds: "plain" },
  ...["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"]
    .flatMap((name) => [name, name.toLowerCase()])
    .map((name) => ({ name, holds: "address" }) as const),
  ...["NO_PROXY", "no_proxy"].map((name) => ({ name, holds: "plain" }) as const),
];
