// The commands, given what opencode keeps: the same session is the same spans, wherever it is read.

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { spanloom } from "../host-node/command.ts";
import { folderOf } from "../host-node/folder.ts";
import { opencodeFixtures } from "../support/opencode.ts";
import { made, writeDatabase, writeStorage } from "../support/opencode-records.ts";
import { type OtlpSpan, readJson, spansOf } from "../support/otlp.ts";

async function built(...args: string[]): Promise<OtlpSpan[]> {
  const { stdout, stderr, code } = await spanloom(["build", "-q", "-f", "otlp-json", ...args]);
  assert.equal(code, 0, stderr);
  return spansOf(readJson(String(stdout).split("\n").filter(Boolean)));
}

/** What spans say, apart from where their record lies, in the order of their ids. */
function said(spans: readonly OtlpSpan[]): object[] {
  const rest = ({ attributes, ...span }: OtlpSpan): object => ({ ...span, attributes: attributes.filter(({ key }) => !key.startsWith("spanloom.source.")) });
  return [...spans].sort((a, b) => (a.spanId < b.spanId ? -1 : 1)).map(rest);
}

function places(test: TestContext): string {
  const folder = folderOf(test);
  const sessions = [made({ id: "ses_one", turns: 3 }), made({ id: "ses_child", parent: "ses_one", at: 5000 }), made({ id: "ses_two", at: 200_000 })];
  writeDatabase(join(folder, "database/opencode.db"), sessions);
  for (const session of sessions) {
    writeStorage(join(folder, "storage/storage"), session);
    writeStorage(join(folder, "oldest/project/here/storage"), session, true);
    mkdirSync(join(folder, "exports"), { recursive: true });
    writeFileSync(join(folder, "exports", `${session.info.id}.json`), JSON.stringify(session, undefined, 2));
  }
  return folder;
}

test("database, storage folders and exports give the same spans", async (test) => {
  const folder = places(test);
  const expected = said(await built(join(folder, "exports")));
  assert.ok(expected.length >= 15, String(expected.length));
  for (const place of ["database", "database/opencode.db", "storage", "oldest"]) assert.deepEqual(said(await built(join(folder, place))), expected, place);
  assert.deepEqual(said(await built(join(folder, "database"), "--workers", "3")), expected, "on several threads");
});

test("a recorded database gives the spans of the exports beside it", async (test) => {
  const { files } = opencodeFixtures().find(({ scenario }) => scenario === "database")!;
  const folder = folderOf(test, Object.fromEntries(files.map(({ name, bytes }) => [`${/\.db/.test(name) ? "database" : /^export/.test(name) ? "exports" : "other"}/${name}`, Buffer.from(bytes)])));
  assert.deepEqual(readdirSync(join(folder, "database")), ["opencode.db", "opencode.db-wal"]);
  const [database, exports] = [said(await built(join(folder, "database"))), said(await built(join(folder, "exports")))];
  const ids = new Set(database.map((span) => (span as OtlpSpan).spanId));
  for (const span of exports) assert.ok(ids.has((span as OtlpSpan).spanId));
  assert.deepEqual(database.filter((span) => exports.some((other) => (other as OtlpSpan).spanId === (span as OtlpSpan).spanId)), exports);
  // A person was asked, or nobody was: a database does not say.
  assert.ok(JSON.stringify(database).includes('"spanloom.evidence","value":{"stringValue":"state"}'));
});

test("inspect finds nothing to warn of in what is whole", async (test) => {
  const folder = places(test);
  for (const place of ["database", "exports", "storage"]) {
    const { stdout, code } = await spanloom(["inspect", "--json", join(folder, place)]);
    const { families, problems } = JSON.parse(String(stdout)) as { families: { warnings: object[] }[]; problems: object[] };
    assert.deepEqual([code, problems], [0, []], place);
    // Nobody's task names the child.
    const warnings = families.flatMap((family) => family.warnings).filter((warning) => (warning as { kind: string }).kind !== "no-call");
    assert.deepEqual(warnings, [], place);
  }
});

test("export sends of a database what changed since, and nothing of a folder that is switched off", async (test) => {
  const folder = places(test);
  const env = { SPANLOOM_HOME: join(folder, "home"), HOME: folder };
  const dry = async (...args: string[]): Promise<string> => (await spanloom(["export", join(folder, "database"), "--dry-run", ...args], { env })).stderr;
  assert.match(await dry(), /4 turns of 2 sessions/);
  // The first was made before that and changed after it.
  assert.match(await dry("--since", "2026-11-21T00:13:30Z"), /of 2 sessions/);
  assert.match(await dry("--since", "2026-11-21T00:16:00Z"), /of 1 session/);
  mkdirSync(join(folder, "home/config"), { recursive: true });
  writeFileSync(join(folder, "home/config/config.json"), '{"off":["/home/dev/project"]}');
  for (const place of ["database", "exports", "storage"]) assert.match((await spanloom(["export", join(folder, place), "--dry-run"], { env })).stderr, /left out/, place);
});

test("init says how a server of opencode is followed, and changes nothing", async (test) => {
  const folder = folderOf(test);
  const { code, stdout } = await spanloom(["init", "--opencode"], { env: { HOME: folder, SPANLOOM_HOME: join(folder, "home") } });
  assert.equal(code, 0);
  assert.match(String(stdout), /spanloom collect --opencode http:/);
  assert.deepEqual(readdirSync(folder), []);
});
