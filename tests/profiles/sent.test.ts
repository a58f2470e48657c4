// A destination gets its profile: two presets, one session, and each sink holds what is its backend's.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { spanloom } from "../host-node/command.ts";
import { folderOf } from "../host-node/folder.ts";
import { attributes } from "../support/otlp.ts";
import { startSink } from "../support/sink.ts";

test("presets send their profiles", async (test) => {
  const home = folderOf(test);
  const [phoenix, weave] = [await startSink(), await startSink()];
  test.after(() => Promise.all([phoenix.close(), weave.close()]));
  mkdirSync(join(home, "config"));
  const destinations = [
    { name: "phoenix", preset: "phoenix", endpoint: phoenix.url, content: "full" },
    { name: "weave", preset: "weave", endpoint: weave.url },
  ];
  writeFileSync(join(home, "config", "config.json"), JSON.stringify({ destinations }));
  const project = fileURLToPath(new URL("../fixtures/claude-code/two-subagents/project", import.meta.url));
  const env = { SPANLOOM_HOME: home, HOME: home, WANDB_API_KEY: "k", WANDB_ENTITY: "team", WANDB_PROJECT: "p", PHOENIX_COLLECTOR_ENDPOINT: "" };
  const { code, stderr } = await spanloom(["export", project], { env });
  assert.equal(code, 0, stderr);
  const at = (sink: typeof phoenix) => sink.accepted().map(attributes);
  assert.ok(at(phoenix).length > 0 && at(phoenix).length === at(weave).length);
  for (const span of at(phoenix)) assert.ok("openinference.span.kind" in span && !("weave.integration.name" in span));
  for (const span of at(weave)) assert.ok(span["weave.integration.name"] === "spanloom" && !("openinference.span.kind" in span));
  assert.ok(at(phoenix).some((span) => "input.value" in span));
  assert.ok(at(weave).every((span) => !("gen_ai.input.messages" in span)));
  const [resource] = weave.received.flatMap(({ request }) => request.resourceSpans.map(({ resource }) => attributes(resource)));
  assert.deepEqual([resource?.["wandb.entity"], resource?.["wandb.project"]], ["team", "p"]);
});
