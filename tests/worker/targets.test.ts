// From the user's file to where a request goes: every key of a destination has its effect.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { readConfig } from "../../host-node/config/config.ts";
import { DESTINATION_KEYS } from "../../host-node/config/destination.ts";
import { type Targets, targetsOf } from "../../host-node/worker/targets.ts";
import { folderOf } from "../host-node/folder.ts";

function targets(test: TestContext, destination: object, more: Record<string, string> = {}): Targets {
  const env = { SPANLOOM_HOME: folderOf(test), HOME: "/nobody", ...more };
  mkdirSync(join(env.SPANLOOM_HOME, "config"));
  writeFileSync(join(env.SPANLOOM_HOME, "config", "config.json"), JSON.stringify({ destinations: [destination] }));
  const config = readConfig({ env });
  assert.deepEqual(config.problems, []);
  return targetsOf(config, env);
}

test("a preset takes what it needs from the file", (test) => {
  const values = { key: "secret", entity: "me", project: "sessions" };
  const { destinations, problems } = targets(test, { name: "team", preset: "weave", values });
  assert.deepEqual(problems, []);
  assert.equal(destinations[0]?.headers["wandb-api-key"], "secret");
  assert.deepEqual(Object.fromEntries(destinations[0]?.resource ?? []), { "wandb.entity": "me", "wandb.project": "sessions" });
});

test("every key of a destination reaches the exporter", (test) => {
  const setting = {
    name: "mine",
    preset: "jaeger",
    values: {},
    endpoint: "http://localhost:1",
    tracesEndpoint: "https://traces.test/in",
    headers: { "x-plain": "a" },
    headersFromEnv: { authorization: "MY_TOKEN" },
    protocol: "http/json",
    compression: "none",
    timeoutMs: 77,
    certificate: "/a.pem",
    clientKey: "/b.pem",
    clientCertificate: "/c.pem",
    content: "full",
    profile: "openinference",
  };
  assert.deepEqual(Object.keys(setting).sort(), [...DESTINATION_KEYS].sort());
  const { destinations } = targets(test, setting, { MY_TOKEN: "Bearer b" });
  const { id: _, ...found } = destinations[0]!;
  assert.deepEqual(found, {
    name: "mine",
    url: "https://traces.test/in",
    headers: { "x-plain": "a", authorization: "Bearer b" },
    protocol: "http/json",
    compression: "none",
    timeoutMs: 77,
    content: "full",
    profile: "openinference",
    resource: [],
    tls: { certificate: "/a.pem", clientKey: "/b.pem", clientCertificate: "/c.pem" },
  });
});

test("a variable that should hold a header and does not is named, and nothing is sent without it", (test) => {
  const { destinations, problems } = targets(test, { name: "mine", endpoint: "http://localhost:1", headersFromEnv: { authorization: "MY_TOKEN" } });
  assert.deepEqual(destinations, []);
  assert.deepEqual(problems, ["mine: MY_TOKEN, which holds header authorization, is not set"]);
});
