// What each backend wants, as one table: an address, headers, settings and the variables they are usually kept in.
// Every entry names its source. To support another backend, add an entry; nothing else knows their names.
//
// Sources were read in 2026. Where a vendor's own variable exists it is used, none is invented.

import { basic, type Compression, type Profile, type Protocol } from "./destination.ts";

export interface Setting {
  /** Variables of the environment, the first that is set counts. */
  readonly env: readonly string[];
  readonly otherwise?: string;
  readonly optional?: true;
  readonly secret?: true;
  /** It says where in the backend traces land. */
  readonly place?: true;
}

export type Values = Readonly<Record<string, string | undefined>>;

export interface Preset {
  readonly title: string;
  readonly settings: Readonly<Record<string, Setting>>;
  /** The address that is posted to. */
  url(values: Values): string;
  headers(values: Values): Readonly<Record<string, string | undefined>>;
  resource?(values: Values): Readonly<Record<string, string | undefined>>;
  /** Which it takes, the preferred first. */
  readonly protocols: readonly Protocol[];
  /** `gzip` only where it is known to be taken. */
  readonly compression: Compression;
  readonly profile: Profile;
  /** Known limits, for people: bytes of a request, bytes of an attribute's value, age of a span in hours. */
  readonly limits?: { readonly requestBytes?: number; readonly valueBytes?: number; readonly ageHours?: number };
  readonly notes: string;
}

const both: readonly Protocol[] = ["http/protobuf", "http/json"];
const below = (base: string | undefined, path: string): string => (base ?? "").replace(/\/+$/, "") + path;
const bearer = (key: string | undefined): string | undefined => (key === undefined ? undefined : `Bearer ${key}`);
const MiB = 1 << 20;

export const presets: Readonly<Record<string, Preset>> = {
  // https://docs.wandb.ai/weave/guides/tracking/trace-agents-otel
  weave: {
    title: "W&B Weave",
    settings: {
      endpoint: { env: ["WF_TRACE_SERVER_URL"], otherwise: "https://trace.wandb.ai" },
      key: { env: ["WANDB_API_KEY"], secret: true },
      entity: { env: ["WANDB_ENTITY"], place: true },
      project: { env: ["WANDB_PROJECT"], place: true },
    },
    url: ({ endpoint }) => below(endpoint, "/agents/otel/v1/traces"),
    headers: ({ key }) => ({ "wandb-api-key": key }),
    resource: ({ entity, project }) => ({ "wandb.entity": entity, "wandb.project": project }),
    protocols: ["http/protobuf"],
    compression: "gzip",
    profile: "weave",
    notes: "Spans without entity and project are dropped there.",
  },
  // https://langfuse.com/integrations/native/opentelemetry
  langfuse: {
    title: "Langfuse",
    settings: {
      endpoint: { env: ["LANGFUSE_BASE_URL", "LANGFUSE_HOST"], otherwise: "https://cloud.langfuse.com" },
      publicKey: { env: ["LANGFUSE_PUBLIC_KEY"], place: true },
      secretKey: { env: ["LANGFUSE_SECRET_KEY"], secret: true },
    },
    url: ({ endpoint }) => below(endpoint, "/api/public/otel/v1/traces"),
    headers: ({ publicKey, secretKey }) => ({
      authorization: basic(`${publicKey}:${secretKey}`),
      "x-langfuse-ingestion-version": "4",
    }),
    protocols: both,
    compression: "gzip",
    profile: "langfuse",
    notes: "Self-hosted from 3.22. A span sent twice is counted twice.",
  },
  // https://arize.com/docs/phoenix/tracing/how-to-tracing/setup-tracing and its server, server/api/routers/v1/traces.py
  phoenix: {
    title: "Arize Phoenix",
    settings: {
      endpoint: { env: ["PHOENIX_COLLECTOR_ENDPOINT"], otherwise: "http://localhost:6006" },
      key: { env: ["PHOENIX_API_KEY"], optional: true, secret: true },
      project: { env: ["PHOENIX_PROJECT_NAME"], optional: true, place: true },
    },
    url: ({ endpoint }) => below(endpoint, "/v1/traces"),
    headers: ({ key, project }) => ({ authorization: bearer(key), "x-project-name": project }),
    resource: ({ project }) => ({ "openinference.project.name": project }),
    protocols: ["http/protobuf"],
    compression: "gzip",
    profile: "openinference",
    notes: "A span sent twice is kept once, as it came first.",
  },
  // https://docs.honeycomb.io/send-data/opentelemetry/ ; limits: github.com/honeycombio/husky
  honeycomb: {
    title: "Honeycomb",
    settings: {
      endpoint: { env: ["HONEYCOMB_API_ENDPOINT"], otherwise: "https://api.honeycomb.io" },
      key: { env: ["HONEYCOMB_API_KEY"], secret: true },
      dataset: { env: ["HONEYCOMB_DATASET"], optional: true, place: true },
    },
    url: ({ endpoint }) => below(endpoint, "/v1/traces"),
    headers: ({ key, dataset }) => ({ "x-honeycomb-team": key, "x-honeycomb-dataset": dataset }),
    protocols: both,
    compression: "gzip",
    profile: "genai",
    limits: { requestBytes: 20 * MiB, valueBytes: 65_535 },
    notes: "The dataset is service.name; a dataset is named for classic keys only. EU: https://api.eu1.honeycomb.io.",
  },
  // https://docs.datadoghq.com/llm_observability/instrumentation/otel_instrumentation and /opentelemetry/setup/otlp_ingest/traces
  datadog: {
    title: "Datadog",
    settings: {
      site: { env: ["DD_SITE"], otherwise: "datadoghq.com" },
      endpoint: { env: [], optional: true },
      key: { env: ["DD_API_KEY"], secret: true },
    },
    url: ({ endpoint, site }) => below(endpoint ?? `https://otlp.${site}`, "/v1/traces"),
    headers: ({ key }) => ({ "dd-api-key": key, "dd-otlp-source": "llmobs" }),
    protocols: both,
    compression: "gzip",
    profile: "datadog",
    limits: { ageHours: 24 },
    notes: "The application is service.name. Spans show up after some minutes.",
  },
  // https://grafana.com/docs/grafana-cloud/send-data/otlp/send-data-otlp/
  grafana: {
    title: "Grafana Cloud",
    settings: {
      endpoint: { env: [] },
      instance: { env: [], place: true },
      key: { env: [], secret: true },
    },
    url: ({ endpoint }) => below(endpoint, "/v1/traces"),
    headers: ({ instance, key }) => ({ authorization: basic(`${instance}:${key}`) }),
    protocols: both,
    compression: "gzip",
    profile: "genai",
    limits: { valueBytes: 2048 },
    notes: "The endpoint is that of your zone, https://otlp-gateway-ZONE.grafana.net/otlp. Longer values are cut in silence.",
  },
  // https://grafana.com/docs/tempo/latest/api_docs/ and /operations/manage-advanced-systems/multitenancy/
  tempo: {
    title: "Grafana Tempo",
    settings: {
      endpoint: { env: [], otherwise: "http://localhost:4318" },
      tenant: { env: [], optional: true, place: true },
    },
    url: ({ endpoint }) => below(endpoint, "/v1/traces"),
    headers: ({ tenant }) => ({ "x-scope-orgid": tenant }),
    protocols: both,
    compression: "gzip",
    profile: "genai",
    limits: { valueBytes: 2048 },
    notes: "Longer values are cut in silence (max_attribute_bytes).",
  },
  // https://www.jaegertracing.io/docs/latest/apis/ ; the limit is the Collector's confighttp
  jaeger: {
    title: "Jaeger",
    settings: { endpoint: { env: [], otherwise: "http://localhost:4318" } },
    url: ({ endpoint }) => below(endpoint, "/v1/traces"),
    headers: () => ({}),
    protocols: both,
    compression: "gzip",
    profile: "genai",
    limits: { requestBytes: 20 * MiB },
    notes: "A span sent twice is shown once if nothing in it has changed.",
  },
  // https://www.braintrust.dev/docs/integrations/opentelemetry
  braintrust: {
    title: "Braintrust",
    settings: {
      endpoint: { env: ["BRAINTRUST_API_URL"], otherwise: "https://api.braintrust.dev" },
      key: { env: ["BRAINTRUST_API_KEY"], secret: true },
      parent: { env: ["BRAINTRUST_PARENT"], place: true },
    },
    url: ({ endpoint }) => below(endpoint, "/otel/v1/traces"),
    headers: ({ key, parent }) => ({ authorization: bearer(key), "x-bt-parent": parent }),
    protocols: ["http/protobuf"],
    compression: "none",
    profile: "braintrust",
    notes: "The parent is project_name:NAME, project_id:ID or experiment_id:ID. EU: https://api-eu.braintrust.dev.",
  },
  // https://docs.langchain.com/langsmith/trace-with-opentelemetry
  langsmith: {
    title: "LangSmith",
    settings: {
      endpoint: { env: ["LANGSMITH_ENDPOINT"], otherwise: "https://api.smith.langchain.com" },
      key: { env: ["LANGSMITH_API_KEY"], secret: true },
      project: { env: ["LANGSMITH_PROJECT"], optional: true, place: true },
      workspace: { env: ["LANGSMITH_WORKSPACE_ID"], optional: true, place: true },
    },
    url: ({ endpoint }) => below(endpoint, "/otel/v1/traces"),
    headers: ({ key, project, workspace }) => ({ "x-api-key": key, "langsmith-project": project, "x-tenant-id": workspace }),
    protocols: ["http/protobuf"],
    compression: "none",
    profile: "langsmith",
    notes: "EU: https://eu.api.smith.langchain.com. A self-hosted endpoint ends in /api/v1. Keys of an organization need a workspace.",
  },
  // https://mlflow.org/docs/latest/genai/tracing/opentelemetry/ingest/ and its server, mlflow/server/otel_api.py
  mlflow: {
    title: "MLflow",
    settings: {
      endpoint: { env: ["MLFLOW_TRACKING_URI"], otherwise: "http://localhost:5000" },
      experiment: { env: ["MLFLOW_EXPERIMENT_ID"], place: true },
      token: { env: ["MLFLOW_TRACKING_TOKEN"], optional: true, secret: true },
    },
    url: ({ endpoint }) => below(endpoint, "/v1/traces"),
    headers: ({ experiment, token }) => ({ "x-mlflow-experiment-id": experiment, authorization: bearer(token) }),
    protocols: ["http/protobuf"],
    compression: "gzip",
    profile: "mlflow",
    notes: "From 3.6, with a server that keeps its data in SQL.",
  },
};
