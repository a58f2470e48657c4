// Settings that a real client ran all hooks of, as `init` had written them: what is registered must stay what was seen to work.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { JsonText } from "../../host-node/config/json.ts";
import { hookCommand } from "../../host-node/setup/hooks.ts";
import { register, unregister } from "../../host-node/setup/registration.ts";

const read = (name: string): string => readFileSync(new URL(`../fixtures/hooks/${name}`, import.meta.url), "utf8");
// A folder whose name a shell would take apart if it could.
const script = "/home/dev/my $tools it's/spanloom/dist/hook.cjs";
const command = hookCommand("/usr/bin/node", script);

test("registering makes of the settings that were there what the client was run with", { skip: process.platform === "win32" }, () => {
  const json = new JsonText(read("settings.json"));
  register(json, command, script);
  assert.equal(json.text, read("settings.registered.json"));
  register(json, command, script);
  assert.equal(json.text, read("settings.registered.json"), "again");
});

test("taking them out leaves what was there", () => {
  const json = new JsonText(read("settings.registered.json"));
  unregister(json, script);
  assert.deepEqual(json.value, JSON.parse(read("settings.json")));
});
