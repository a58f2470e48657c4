// Presets and settings: what each backend is sent, and what is said when something is missing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PROFILES } from "../../bridge/index.ts";
import { readDestination } from "../../host-node/config/destination.ts";
import type { Destination, Environment, Profile } from "../../host-node/exporter/destination.ts";
import { presets } from "../../host-node/exporter/presets.ts";
import { destinationFromSettings, type DestinationSettings } from "../../host-node/exporter/settings.ts";

function destination(settings: DestinationSettings, env: Environment = {}): Destination {
  const { destination, problems } = destinationFromSettings(settings, env);
  assert.deepEqual(problems, []);
  assert.ok(destination);
  return destination;
}

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString("base64")}`;

/** With the variables a user of that backend has, and nothing else. */
const expected: Record<string, { env: Environment; values?: Record<string, string>; url: string; headers: Record<string, string>; resource?: [string, string][]; profile?: Profile }> = {
  weave: {
    env: { WANDB_API_KEY: "k", WANDB_ENTITY: "team", WANDB_PROJECT: "p" },
    url: "https://trace.wandb.ai/agents/otel/v1/traces",
    headers: { "wandb-api-key": "k" },
    resource: [
      ["wandb.entity", "team"],
      ["wandb.project", "p"],
    ],
    profile: "weave",
  },
  langfuse: {
    env: { LANGFUSE_PUBLIC_KEY: "pk", LANGFUSE_SECRET_KEY: "sk", LANGFUSE_HOST: "https://us.cloud.langfuse.com/" },
    url: "https://us.cloud.langfuse.com/api/public/otel/v1/traces",
    headers: { authorization: basic("pk:sk"), "x-langfuse-ingestion-version": "4" },
    profile: "langfuse",
  },
  phoenix: {
    env: { PHOENIX_PROJECT_NAME: "p" },
    url: "http://localhost:6006/v1/traces",
    headers: { "x-project-name": "p" },
    resource: [["openinference.project.name", "p"]],
    profile: "openinference",
  },
  honeycomb: { env: { HONEYCOMB_API_KEY: "k" }, url: "https://api.honeycomb.io/v1/traces", headers: { "x-honeycomb-team": "k" } },
  datadog: {
    env: { DD_API_KEY: "k", DD_SITE: "datadoghq.eu" },
    url: "https://otlp.datadoghq.eu/v1/traces",
    headers: { "dd-api-key": "k", "dd-otlp-source": "llmobs" },
    profile: "datadog",
  },
  grafana: {
    env: {},
    values: { endpoint: "https://otlp-gateway-prod-eu-west-0.grafana.net/otlp", instance: "123", key: "t" },
    url: "https://otlp-gateway-prod-eu-west-0.grafana.net/otlp/v1/traces",
    headers: { authorization: basic("123:t") },
  },
  tempo: { env: {}, values: { tenant: "a" }, url: "http://localhost:4318/v1/traces", headers: { "x-scope-orgid": "a" } },
  jaeger: { env: {}, url: "http://localhost:4318/v1/traces", headers: {} },
  braintrust: {
    env: { BRAINTRUST_API_KEY: "k", BRAINTRUST_PARENT: "project_name:p" },
    url: "https://api.braintrust.dev/otel/v1/traces",
    headers: { authorization: "Bearer k", "x-bt-parent": "project_name:p" },
    profile: "braintrust",
  },
  langsmith: {
    env: { LANGSMITH_API_KEY: "k", LANGSMITH_PROJECT: "p", LANGSMITH_WORKSPACE_ID: "w" },
    url: "https://api.smith.langchain.com/otel/v1/traces",
    headers: { "x-api-key": "k", "langsmith-project": "p", "x-tenant-id": "w" },
    profile: "langsmith",
  },
  mlflow: { env: { MLFLOW_EXPERIMENT_ID: "7" }, url: "http://localhost:5000/v1/traces", headers: { "x-mlflow-experiment-id": "7" }, profile: "mlflow" },
};

test("a profile can be set, and is one the core has", () => {
  for (const profile of Object.keys(PROFILES)) {
    assert.equal(destination({ endpoint: "http://localhost:4318", profile: profile as Profile }).profile, profile);
    const wrong: string[] = [];
    assert.equal(readDestination({ name: "d", endpoint: "http://localhost:4318", profile }, (words) => void wrong.push(words))?.profile, profile, wrong.join());
  }
});

test("every preset is expected here", () => {
  assert.deepEqual(Object.keys(presets).sort(), Object.keys(expected).sort());
});

for (const [preset, { env, values, url, headers, resource = [], profile = "genai" }] of Object.entries(expected)) {
  test(`${preset}: address, headers, resource and profile from what its users have`, () => {
    const made = destination({ preset, ...(values && { values }) }, env);
    assert.equal(made.url, url);
    assert.deepEqual(made.headers, headers);
    assert.deepEqual(made.resource, resource);
    assert.equal(made.protocol, "http/protobuf");
    assert.equal(made.content, "metadata");
    assert.equal(made.profile, profile);
    assert.match(made.id, new RegExp(`^${preset}-[0-9a-f]{12}$`));
  });

  test(`${preset}: says what is missing by both names`, () => {
    const needed = Object.entries(presets[preset]?.settings ?? {}).filter(([, { optional, otherwise }]) => !optional && otherwise === undefined);
    const { destination, problems } = destinationFromSettings({ preset }, {});
    assert.equal(destination === undefined, needed.length > 0);
    for (const [name, { env }] of needed) for (const word of [name, ...env]) assert.ok(problems.join().includes(word), word);
  });
}

test("a setting wins over the environment, and the environment over the default", () => {
  const env = { WANDB_API_KEY: "k", WANDB_ENTITY: "team", WANDB_PROJECT: "p", WF_TRACE_SERVER_URL: "https://weave.example" };
  const made = destination({ preset: "weave", values: { project: "mine" } }, env);
  assert.equal(made.url, "https://weave.example/agents/otel/v1/traces");
  assert.deepEqual(made.resource.at(-1), ["wandb.project", "mine"]);
  assert.equal(destination({ preset: "weave", endpoint: "http://localhost:1/" }, env).url, "http://localhost:1/agents/otel/v1/traces");
});

test("another project is another destination, another key is not", () => {
  const id = (values: Record<string, string>): string =>
    destination({ preset: "weave", values: { key: "k", entity: "e", project: "p", ...values } }).id;
  assert.equal(id({}), id({ key: "other" }));
  assert.notEqual(id({}), id({ project: "q" }));
  const tenant = (name: string): string => destination({ endpoint: "http://h", headers: { "X-Scope-OrgID": name } }).id;
  assert.notEqual(tenant("a"), tenant("b"));
});

test("a backend that takes protobuf only is not sent JSON", () => {
  const { destination, problems } = destinationFromSettings({ preset: "mlflow", values: { experiment: "1" }, protocol: "http/json" }, {});
  assert.equal(destination, undefined);
  assert.match(problems.join(), /MLflow takes http\/protobuf only/);
});

test("any endpoint, by base or by its whole address, with headers of one's own", () => {
  const made = destination({ name: "My Team!", endpoint: "https://host/otlp", headers: { "X-Key": "k" }, protocol: "http/json", compression: "gzip", content: "full" });
  assert.equal(made.url, "https://host/otlp/v1/traces");
  assert.deepEqual(made.headers, { "x-key": "k" });
  assert.deepEqual([made.protocol, made.compression, made.content, made.profile], ["http/json", "gzip", "full", "genai"]);
  assert.match(made.id, /^my-team-[0-9a-f]{12}$/);
  assert.equal(destination({ tracesEndpoint: "https://host/as/is" }).url, "https://host/as/is");
});

test("what cannot be used is said", () => {
  const wrong: [DestinationSettings, RegExp][] = [
    [{ preset: "nobody" }, /there is no preset "nobody"; there are weave, langfuse/],
    [{ preset: "toString" }, /there is no preset/],
    [{}, /otlp: the endpoint is no http or https address/],
    [{ endpoint: "host:4318" }, /otlp: the endpoint is no http or https address/],
  ];
  for (const [settings, word] of wrong) {
    const { destination, problems } = destinationFromSettings(settings, {});
    assert.equal(destination, undefined);
    assert.match(problems.join(), word);
  }
  const header = destinationFromSettings({ endpoint: "http://h", headers: { "x-a": "se\ncret" } }, {});
  assert.deepEqual(header.destination?.headers, {});
  assert.match(header.problems.join(), /header "x-a" cannot be sent/);
  assert.doesNotMatch(header.problems.join(), /cret/);
});

test("the environment's resource comes first, what is configured last", () => {
  const made = destination({ endpoint: "http://h", resource: { team: "b" } }, { OTEL_SERVICE_NAME: "mine", OTEL_RESOURCE_ATTRIBUTES: "team=a" });
  assert.deepEqual(made.resource, [
    ["team", "b"],
    ["service.name", "mine"],
  ]);
});
