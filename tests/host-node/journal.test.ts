// A journal given beside its session is known by its rows, wherever it lies, and adds events to spans that stay the same.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { attributes, readJson, spansOf } from "../support/otlp.ts";
import { id, journal, transcript } from "../support/scenes/scene.ts";
import { spanloom } from "./command.ts";
import { folderOf } from "./folder.ts";

const record = transcript((it) => it.prompt("one").call("m1", "t1").wait(10).result("t1").say("m2", "done"));
const told = journal(
  (it) =>
    it
      .told("SessionStart")
      .told("PermissionRequest", { tool_name: "Bash", tool_input: { uuid: "x", teamName: "y", isSidechain: true } })
      .told("Notification", { message: "may I?" })
      .told("PreCompact", { trigger: "auto" }),
  id,
  4,
);

async function spans(...paths: string[]) {
  const { code, stdout, stderr } = await spanloom(["build", "-q", "-f", "otlp-json", ...paths]);
  assert.equal(code, 0, stderr);
  return spansOf(readJson(String(stdout).split("\n").filter(Boolean)));
}

test("a journal given beside its session, in another folder or under any name", async (test) => {
  const folder = folderOf(test);
  for (const name of ["project", "state", "both"]) mkdirSync(join(folder, name));
  const session = join(folder, "project", `${id}.jsonl`);
  writeFileSync(session, record.bytes);
  const bare = await spans(session);
  for (const name of [`state/${id}.jsonl`, `state/${id}.hooks.jsonl`, "project/any.jsonl"]) {
    const path = join(folder, name);
    writeFileSync(path, told.bytes);
    const built = await spans(session, path);
    assert.deepEqual(
      built.map(({ events: _, ...span }) => ({ ...span, attributes: { ...attributes(span), "spanloom.source.file": "" } })),
      bare.map((span) => ({ ...span, attributes: { ...attributes(span), "spanloom.source.file": "" } })),
    );
    const named = built.flatMap((span) => (span.events ?? []).map((event) => `${span.name} ${event.name}`));
    assert.deepEqual(named, [
      "invoke_agent claude-code spanloom.notification",
      "invoke_agent claude-code spanloom.compaction_request",
      "execute_tool Bash spanloom.permission_request",
    ]);
  }
  assert.deepEqual(await spans(join(folder, "project")), await spans(session, join(folder, "project", "any.jsonl")));
});

test("inspect says what a journal is and counts what it gave", async (test) => {
  const folder = folderOf(test);
  writeFileSync(join(folder, `${id}.jsonl`), record.bytes);
  writeFileSync(join(folder, `${id}.hooks.jsonl`), Buffer.concat([told.bytes, Buffer.from("garbage\n")]));
  const { families } = JSON.parse(String((await spanloom(["inspect", "--json", folder])).stdout));
  assert.equal(families.length, 1);
  const [{ files, events, warnings }] = families;
  const file = files.find(({ name }: { name: string }) => name.endsWith(".hooks.jsonl"));
  assert.deepEqual([file.kind, file.session, file.used, file.skippedBy, file.broken], ["journal", id, 3, { metadata: 1 }, 1]);
  assert.deepEqual(events, {
    compactions: 0,
    apiErrors: 0,
    interrupts: 0,
    hooks: 0,
    permissions: 0,
    permissionRequests: 1,
    permissionDenials: 0,
    notifications: 1,
    compactionRequests: 1,
  });
  assert.deepEqual(warnings.map(({ kind }: { kind: string }) => kind), ["broken-rows"]);
});
