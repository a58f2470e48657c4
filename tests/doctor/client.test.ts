// What the doctor says of Claude Code: whether it runs our hooks, in this folder, and what it keeps.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Look } from "../../host-node/doctor/check.ts";
import { clientFiles, managedFiles } from "../../host-node/doctor/client.ts";
import { checkSwitches } from "../../host-node/doctor/hooks.ts";
import { appendJournal } from "../../host-node/state/journal.ts";
import { places } from "../../host-node/state/paths.ts";
import { folderOf } from "../host-node/folder.ts";
import { assertOne, Desk } from "./desk.ts";

test("a machine that is set up has nothing to be said of, in words as in JSON, and nothing is changed", async (test) => {
  const desk = await Desk.ready(test);
  const before = desk.files();
  const found = await desk.doctor();
  assert.deepEqual([found.code, found.ok, found.failures, found.warnings], [0, true, 0, 0], JSON.stringify(found.checks));
  assert.deepEqual(new Set(found.checks.map(({ grade }) => grade)), new Set(["ok"]));
  const { stdout } = await desk.run(["doctor"]);
  assert.equal(stdout.trimEnd().split("\n").length, found.checks.length + 2);
  assert.match(stdout, /^ok    node {11}v\d+/);
  assert.match(stdout, /\n\n0 failures, 0 warnings\n$/);
  assert.deepEqual(desk.files(), before);
});

test("hooks that nobody has registered", async (test) => {
  const desk = new Desk(test);
  const found = await desk.doctor();
  assert.equal(found.code, 1);
  assertOne(found.of("hooks"), "fail", /not registered: no session is traced \(Claude Code's folder is .*\/\.claude\)/);
  assert.equal(found.of("hooks")[0]?.advice, "spanloom init");
  assert.deepEqual(found.of("sessions"), []);
});

test("an environment that names no home is said to be one, and nothing is looked for elsewhere", async (test) => {
  const desk = new Desk(test, { HOME: "" });
  const found = await desk.doctor();
  assertOne(found.of("hooks"), "fail", /not registered: no session is traced \(neither HOME nor CLAUDE_CONFIG_DIR is set\)/);
  assert.deepEqual([found.of("trust"), found.of("retention")], [[], []]);
});

const changes: Record<string, [edit: (text: string) => string, grade: "warn" | "fail", word: RegExp]> = {
  "a script that is gone": [(text) => text.replaceAll(/[^" ]+hook\.cjs/g, "/gone/spanloom/dist/hook.cjs"), "fail", /run \/gone\/spanloom\/dist\/hook\.cjs, which does not exist: sessions are not traced/],
  "a Node that is gone": [(text) => text.replaceAll(process.execPath, "/gone/bin/node"), "fail", /run \/gone\/bin\/node, which does not exist any more/],
  "an event too few": [(text) => text.replace('"SessionEnd"', '"Later"'), "warn", /has no hook for SessionEnd$/],
  "settings that are broken": [(text) => `${text}}`, "fail", /settings\.json: line \d+: not JSON: more after the end; Claude Code reads none of it/],
};
for (const [name, [edit, grade, word]] of Object.entries(changes)) {
  test(`hooks with ${name}`, async (test) => {
    const desk = await Desk.ready(test);
    desk.change(edit);
    const found = await desk.doctor();
    assertOne(found.of("hooks"), grade, word);
    assert.equal(found.code, grade === "fail" ? 1 : 0);
  });
}

test("hooks of another installation, and hooks in two places", async (test) => {
  const desk = await Desk.ready(test);
  const other = desk.write(join(desk.home, "other", "dist", "hook.cjs"), "");
  desk.write(join(desk.home, "other", "package.json"), { name: "spanloom" });
  const text = readFileSync(desk.settings, "utf8").replaceAll(/\\"[^" ]+hook\.cjs\\"/g, `\\"${other}\\"`);
  desk.write(join(desk.repository, ".claude", "settings.json"), text);
  const found = await desk.doctor();
  assertOne(found.of("hooks"), "ok", /registered in .*\/home\/\.claude\/settings\.json/);
  assertOne(found.of("hooks"), "warn", /run another installation, .*\/other\/dist\/hook\.cjs, not this one, /);
  assertOne(found.of("hooks"), "warn", /registered by 2 different commands/);
});

test("hooks that are switched off; the stronger settings count", async (test) => {
  const desk = await Desk.ready(test);
  desk.set({ disableAllHooks: true });
  const off = await desk.doctor();
  assertOne(off.of("switches"), "fail", /"disableAllHooks" in .*\/home\/\.claude\/settings\.json: Claude Code runs no hook/);
  assert.equal(off.code, 1);
  desk.write(join(desk.repository, ".claude", "settings.local.json"), { disableAllHooks: false });
  assertOne((await desk.doctor()).of("switches"), "ok", /no setting/);
});

test("a machine whose manager lets only managed hooks run", (test) => {
  const managed = folderOf(test, {
    "managed-settings.json": "{}",
    "managed-settings.d/10-hooks.json": '{ "allowManagedHooksOnly": true }',
  });
  const client = clientFiles({ HOME: "/nobody" }, "/nobody", "/x/dist/hook.cjs", managedFiles(managed));
  assertOne(
    checkSwitches({ client } as unknown as Look).map((finding) => ({ check: "", ...finding })),
    "fail",
    /"allowManagedHooksOnly" in .*10-hooks\.json: only the hooks of whoever manages this machine are run/,
  );
});

test("trust: of the folder or one above it, in the file that belongs to the client's folder", async (test) => {
  const desk = await Desk.ready(test);
  desk.trust("/elsewhere");
  const found = await desk.doctor();
  assertOne(found.of("trust"), "warn", /repository is not marked as trusted in .*\/home\/\.claude\.json: an interactive session there may run no hooks/);
  assert.equal(found.code, 0, "claude -p does not ask");
  desk.trust(join(desk.repository, ".."));
  assertOne((await desk.doctor()).of("trust"), "ok", /is trusted/);
  const apart = join(desk.home, "apart");
  mkdirSync(apart);
  const moved = await desk.doctor({ CLAUDE_CONFIG_DIR: apart });
  assertOne(moved.of("trust"), "warn", /apart\/\.claude\.json is not there/);
  assertOne(moved.of("hooks"), "fail", /not registered.*folder is .*\/apart\)/);
});

test("variables that only sessions have", async (test) => {
  const desk = await Desk.ready(test);
  desk.set({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:1", EDITOR: "vi" } });
  assertOne((await desk.doctor()).of("variables"), "warn", /sets OTEL_EXPORTER_OTLP_ENDPOINT for sessions; here the value is another/);
  assert.deepEqual((await desk.doctor({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:1" })).of("variables"), []);
});

const dayMs = 86_400_000;

test("transcripts that go before they are sent", async (test) => {
  const desk = await Desk.ready(test);
  const session = "11111111-1111-4111-8111-111111111111";
  const transcript = desk.write(join(desk.home, ".claude", "projects", "p", `${session}.jsonl`), "{}\n");
  assertOne((await desk.doctor()).of("retention"), "ok", /keeps transcripts for 30 days \(the client's default\); there are 1, the oldest/);
  const at = (Date.now() - 28 * dayMs) / 1000;
  utimesSync(transcript, at, at);
  appendJournal(places({ SPANLOOM_HOME: desk.own }), { at: Date.now(), event: "Stop", session, transcript, cwd: desk.repository, payload: {} });
  desk.write(join(desk.own, "state", "pending", session), "token");
  assertOne((await desk.doctor()).of("retention"), "warn", /removes transcripts after 30 days .* the oldest that is not sent has not changed for 28 days/);
  desk.set({ cleanupPeriodDays: 1 });
  desk.write(join(desk.own, "state", "pending", session), "");
  utimesSync(transcript, Date.now() / 1000 - 60, Date.now() / 1000 - 60);
  assertOne((await desk.doctor()).of("retention"), "warn", /after 1 day \(.*settings\.json\)/);
});

test("sessions of which no hook told, where they should have", async (test) => {
  const desk = await Desk.ready(test);
  const past = Date.now() / 1000 - 3600;
  utimesSync(desk.settings, past, past - 9 * 86_400);
  const begin = (session: string, cwd: string, ms: number): void => {
    const row = { type: "user", sessionId: session, uuid: session, cwd, timestamp: new Date(ms).toISOString(), message: { role: "user", content: "x" } };
    desk.write(join(desk.home, ".claude", "projects", "p", `${session}.jsonl`), `${JSON.stringify(row)}\n`);
  };
  const [silent, early, off] = [1, 2, 3].map((n) => `${String(n).repeat(8)}-1111-4111-8111-111111111111`) as [string, string, string];
  begin(early, desk.repository, Date.now() - 20 * dayMs);
  assertOne((await desk.doctor()).of("sessions"), "ok", /every session lately/);
  begin(off, join(desk.home, "private"), Date.now());
  begin(silent, desk.repository, Date.now());
  desk.user({ off: [join(desk.home, "private")] });
  const found = (await desk.doctor()).of("sessions");
  assertOne(found, "warn", new RegExp(`^1 session of the last week, since .* of which no hook told: ${silent} is one$`));
  assert.match(found[0]?.advice ?? "", new RegExp(`spanloom export .*${silent}\\.jsonl`));
  const transcript = join(desk.home, ".claude", "projects", "p", `${silent}.jsonl`);
  utimesSync(transcript, new Date(), new Date(Date.now() - 8 * dayMs));
  assertOne((await desk.doctor()).of("sessions"), "ok", /every session lately/);
  utimesSync(transcript, new Date(), new Date());
  assertOne((await desk.doctor()).of("sessions"), "warn", /no hook told/);
  desk.write(join(desk.own, "state", "pending", silent), "token");
  assertOne((await desk.doctor()).of("sessions"), "ok", /every session lately/);
});
