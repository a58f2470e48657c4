// opencode's databases and storage folders: recognised by what is in them, read while they are written, given as events.

import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { findFamilies } from "../../host-node/sources/find.ts";
import { readSnapshot } from "../../host-node/sources/opencode/snapshot.ts";
import type { Family } from "../../host-node/sources/document.ts";
import { FamilyFiles } from "../../host-node/sources/reading.ts";
import { folderOf } from "../host-node/folder.ts";
import { opencodeFixtures } from "../support/opencode.ts";
import { addSession, made, olderKeys, openDatabase, rowsOf, writeDatabase, writeStorage } from "../support/opencode-records.ts";

/** The bytes of each document of a family, as a build reads them. */
function textOf(family: Family): string[] {
  const files = new FamilyFiles(family.documents);
  try {
    return family.documents.map((_, index) => {
      const bytes = Buffer.alloc(files.begin(index));
      assert.equal(files.read(index, bytes, 0, bytes.length, 0), bytes.length);
      files.verify(index);
      return bytes.toString();
    });
  } finally {
    files.close();
  }
}

type Event = { type: string; properties: { info?: unknown; part?: unknown; source?: string } };
const eventsOf = (text: string): Event[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Event);

/** The rows of a family's only document, without the word about where they come from. */
function rows(family: Family, source: string): unknown[] {
  const [text = "", ...others] = textOf(family);
  assert.deepEqual(others, []);
  const [first, ...events] = eventsOf(text);
  assert.deepEqual([first?.type, first?.properties.source], ["spanloom.source", source]);
  return events.map(({ properties }) => properties.info ?? properties.part);
}

const sessionsOf = (families: readonly Family[]): string[][] => families.map(({ documents }) => documents.flatMap(({ records }) => records?.sessions ?? []));

const one = made({ id: "ses_one", turns: 2 });
const two = made({ id: "ses_two", at: 100_000 });

test("a database gives what an export has, under any name", (test) => {
  const folder = folderOf(test);
  writeDatabase(join(folder, "backup of mine"), [one, two]);
  const { families, problems } = findFamilies([join(folder, "backup of mine")]);
  assert.deepEqual(problems, []);
  assert.deepEqual(families.map((family) => rows(family, "database")), [rowsOf(one), rowsOf(two)]);
  assert.deepEqual(families.map(({ documents }) => documents[0]?.name), ["backup of mine", "backup of mine"]);
  assert.deepEqual(families.map(({ changed }) => changed), [one, two].map(({ info }) => new Date((info["time"] as { updated: number }).updated).toISOString()));
});

test("columns an older version lacks are absent, and those nobody knows are not read", (test) => {
  const folder = folderOf(test);
  writeDatabase(join(folder, "opencode.db"), [one], "older");
  const info = Object.fromEntries(Object.entries(one.info).filter(([key]) => olderKeys.includes(key)));
  assert.deepEqual(rows(findFamilies([folder]).families[0] as Family, "database"), [info, ...rowsOf(one).slice(1)]);
});

test("tables that hold secrets are not touched", (test) => {
  const folder = folderOf(test);
  const path = join(folder, "opencode.db");
  const database = openDatabase(path);
  addSession(database, one);
  for (const table of ["account", "control_account"]) database.exec(`CREATE VIEW ${table} AS SELECT * FROM not_to_be_read`);
  database.close();
  const text = findFamilies([path]).families.flatMap(textOf).join("");
  assert.ok(text.includes("ses_one"));
  assert.doesNotMatch(text, /secret/);
});

test("what is written ahead is seen, and nothing is left beside the database", (test) => {
  const folder = folderOf(test);
  const path = join(folder, "opencode.db");
  const database = openDatabase(path);
  addSession(database, one);
  const before = readFileSync(path);
  assert.ok(statSync(`${path}-wal`).size > 0);
  const names = readdirSync(folder);
  const { families } = findFamilies([path]);
  assert.deepEqual(rows(families[0] as Family, "database"), rowsOf(one));
  // Later rows belong to later readings.
  addSession(database, two);
  assert.deepEqual(sessionsOf(findFamilies([path]).families), [["ses_one"], ["ses_two"]]);
  assert.deepEqual(readdirSync(folder), names);
  assert.deepEqual(readFileSync(path), before);
  database.close();
});

test("a transaction that is not done is not there", (test) => {
  const folder = folderOf(test);
  const path = join(folder, "opencode.db");
  const database = openDatabase(path);
  addSession(database, one);
  database.exec("PRAGMA cache_size = 1; BEGIN");
  for (let n = 0; n < 50; n++) addSession(database, made({ id: `ses_x${n}`, turns: 5 }));
  assert.deepEqual(sessionsOf(findFamilies([path]).families), [["ses_one"]]);
  database.exec("COMMIT");
  assert.equal(findFamilies([path]).families.flatMap(({ documents }) => documents[0]?.records?.sessions).length, 51);
  database.close();
});

test("what was not of one instant is read again", (test) => {
  const folder = folderOf(test);
  const path = join(folder, "opencode.db");
  const database = openDatabase(path);
  addSession(database, one);
  let times = 0;
  const count = readSnapshot(path, (snapshot) => {
    times++;
    if (times === 1) {
      addSession(database, two);
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    return snapshot.get("SELECT COUNT(*) AS count FROM session")?.["count"];
  });
  assert.deepEqual([times, count], [2, 2]);
  assert.throws(
    () =>
      readSnapshot(path, () => {
        addSession(database, made({ id: "ses_more", turns: 1 }));
        database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      }),
    /all the time/,
  );
  database.close();
});

test("a session is found with its sub-sessions and forks", (test) => {
  const folder = folderOf(test);
  const child = made({ id: "ses_a_child", parent: "ses_one", at: 2000 });
  const grandchild = made({ id: "ses_grand", parent: "ses_a_child", at: 3000 });
  const fork = made({ id: "ses_fork", at: 50_000, turns: 2, forkOf: 0 });
  writeDatabase(join(folder, "opencode.db"), [one, child, grandchild, fork, two]);
  const { families } = findFamilies([folder]);
  assert.deepEqual(sessionsOf(families), [["ses_a_child", "ses_fork", "ses_grand", "ses_one"], ["ses_two"]]);
  assert.deepEqual(rows(families[0] as Family, "database"), [child, fork, grandchild, one].flatMap(rowsOf));
});

test("storage folders of either age give what an export has", (test) => {
  const folder = folderOf(test);
  writeStorage(join(folder, "new/storage"), one);
  writeStorage(join(folder, "old/project/home-dev/storage"), one, true);
  for (const place of ["new", "new/storage", "old", "old/project/home-dev/storage"]) {
    const { families, problems } = findFamilies([join(folder, place)]);
    assert.deepEqual(problems, [], place);
    assert.deepEqual(families.map((family) => rows(family, "storage")), [rowsOf(one)], place);
  }
});

test("a record that is being written is left out", (test) => {
  const folder = folderOf(test);
  writeStorage(join(folder, "storage"), one);
  const [first] = one.messages;
  const [part] = first?.parts ?? [];
  truncateSync(join(folder, `storage/part/${first?.info.id}/${part?.id}.json`), 20);
  const last = one.messages.at(-1);
  writeFileSync(join(folder, `storage/message/ses_one/${last?.info.id}.json`), "");
  const left = rowsOf({ info: one.info, messages: one.messages.slice(0, -1) }).filter((row) => row !== part);
  assert.deepEqual(rows(findFamilies([folder]).families[0] as Family, "storage"), left);
});

test("what a database has taken over is not read again from the folders left behind", (test) => {
  const folder = folderOf(test);
  const stale = made({ id: "ses_one", turns: 1, says: "long ago" });
  writeStorage(join(folder, "storage"), stale);
  writeStorage(join(folder, "storage"), made({ id: "ses_gone", at: 500_000 }));
  writeDatabase(join(folder, "opencode.db"), [one]);
  const { families } = findFamilies([folder]);
  assert.deepEqual(sessionsOf(families), [["ses_one"], ["ses_gone"]]);
  assert.deepEqual(rows(families[0] as Family, "database"), rowsOf(one));
});

test("of a data folder only the sessions are read, and other databases are passed over", (test) => {
  const folder = folderOf(test, {
    "storage/migration": "2",
    "snapshot/global/1/session.jsonl": '{"type":"session.updated","properties":{"info":{"id":"ses_no"}}}\n',
    "auth.json": '{"lab":{"type":"api","key":"a-secret-of-somebody"}}',
    "other.db": "SQLite format 3\0 and what follows is none",
  });
  writeDatabase(join(folder, "opencode.db"), [one]);
  const { families, problems, ignored } = findFamilies([folder]);
  assert.deepEqual([sessionsOf(families), ignored], [[["ses_one"]], []]);
  assert.deepEqual(problems.map(({ kind }) => kind), ["unreadable"]);
  assert.deepEqual(findFamilies([join(folder, "auth.json")]).problems.map(({ kind }) => kind), ["not-a-session"]);
});

test("databases of the real client give what its exports have, their tails included", (test) => {
  let compared = 0;
  for (const { scenario, files } of opencodeFixtures()) {
    const databases = files.filter(({ name }) => name.endsWith(".db"));
    for (const { name } of databases) {
      const kept = Object.fromEntries(files.filter((file) => file.name.startsWith(name)).map((file) => [file.name, Buffer.from(file.bytes)]));
      const folder = folderOf(test, kept);
      const found = new Map(findFamilies([join(folder, name)]).families.flatMap(({ documents }) => documents.flatMap((document) => document.records?.sessions.map((id) => [id, document] as const) ?? [])));
      // What was struck in the middle has come further when it was exported.
      if (name.startsWith("struck")) {
        assert.ok(found.size > 0, scenario);
        continue;
      }
      for (const file of files.filter((each) => each.name.startsWith("export-"))) {
        const exported = JSON.parse(Buffer.from(file.bytes).toString()) as Parameters<typeof rowsOf>[0];
        const document = found.get(exported.info.id);
        assert.ok(document !== undefined, file.name);
        const family = { documents: [{ ...document, records: { kind: "database" as const, sessions: [exported.info.id] } }], bytes: 0, started: "" };
        assert.deepEqual(rows(family, "database"), rowsOf(exported), `${scenario}: ${file.name}`);
        compared++;
      }
    }
  }
  assert.ok(compared >= 3, String(compared));
});

test("a link to a database is the database, its tail included", (test) => {
  const folder = folderOf(test);
  mkdirSync(join(folder, "real"));
  const database = openDatabase(join(folder, "real/opencode.db"));
  addSession(database, one);
  symlinkSync(join(folder, "real/opencode.db"), join(folder, "link.db"));
  assert.deepEqual(sessionsOf(findFamilies([join(folder, "link.db")]).families), [["ses_one"]]);
  database.close();
});

const user = { id: "msg_1", sessionID: "ses_one", role: "user", time: { created: 1_795_220_000_000 } };
const plain = { id: "evt_1", type: "message.updated", properties: { sessionID: "ses_one", info: user } };
const global = { directory: "/home/dev", payload: plain };
const sync = { directory: "/home/dev", payload: { type: "sync", syncEvent: { id: "evt_1", type: "message.updated.1", seq: 1, aggregateID: "ses_one", data: { info: user } } } };
const streams: Record<string, string> = {
  "a line each": `${JSON.stringify(plain)}\n${JSON.stringify(sync)}\n`,
  "all directories": `{"payload":{"id":"evt_0","type":"server.connected","properties":{}}}\n${JSON.stringify(global)}\n`,
  "doubled first": `${JSON.stringify(sync)}\n`,
  "server-sent": `event: message\ndata: ${JSON.stringify(plain)}\n\n`,
  "server-sent, cut": `: hello\r\nid: 1\r\ndata: {"type":"message.updated",\r\ndata: "properties":${JSON.stringify(plain.properties)}}\r\n\r\n`,
  "an array": JSON.stringify([plain], undefined, 2),
  printed: `${JSON.stringify({ type: "step_start", timestamp: 1_795_220_000_000, sessionID: "ses_one", part: { time: { created: 1_795_220_000_000 } } })}\n`,
  "rows of the log": `${JSON.stringify({ id: "evt_1", aggregate_id: "ses_one", seq: 1, type: "message.updated.1", data: user })}\n`,
  shared: JSON.stringify([{ type: "session", data: { id: "ses_one", time: { created: 1_795_220_000_000 } } }]),
  "one long event": `{"id":"evt_1","type":"message.updated","properties":{"sessionID":"ses_one","info":{"time":{"created":1795220000000},"text":"${"x".repeat(100_000)}"}}}\n`,
  "an export": JSON.stringify(made({ id: "ses_one" }), undefined, 2),
  "an export after words": `Exporting session: ses_one\n${JSON.stringify(made({ id: "ses_one" }))}`,
};

test("event streams and exports are recognised by what is in them", (test) => {
  for (const [name, content] of Object.entries(streams)) {
    const folder = folderOf(test, { "some.file": content });
    const { families, problems } = findFamilies([join(folder, "some.file")]);
    assert.deepEqual(problems, [], name);
    assert.deepEqual(families.map(({ started }) => started), ["2026-11-21T00:13:20.000Z"], name);
    for (const ending of ["json", "ndjson", "sse", "jsonl"]) {
      renameSync(join(folder, "some.file"), join(folder, `some.${ending}`));
      assert.equal(findFamilies([folder]).families.length, 1, `${name}, ${ending}`);
      renameSync(join(folder, `some.${ending}`), join(folder, "some.file"));
    }
  }
});

test("what is like it and is not is left alone", (test) => {
  const others = {
    "package.json": '{"type":"module","properties":{},"info":{"id":"x"}}',
    "openapi.json": '{"info":{"title":"api","version":"1"},"paths":{}}',
    "log.ndjson": '{"type":"request","properties":{"id":1}}\n{"level":30,"msg":"hi"}\n',
    "stream.sse": 'data: {"choices":[{"delta":{"content":"hi"}}]}\n\ndata: [DONE]\n',
  };
  const folder = folderOf(test, others);
  const { families, problems, ignored } = findFamilies([folder]);
  assert.deepEqual([families, problems.map(({ kind }) => kind), ignored], [[], ["no-sessions"], []]);
});

test("exports of a session and its sub-session are one family, and an event stream joins them", (test) => {
  const folder = folderOf(test, {
    "parent.json": JSON.stringify(one),
    "child.json": JSON.stringify(made({ id: "ses_child", parent: "ses_one", at: 2000 })),
    "other.json": JSON.stringify(two),
  });
  const names = (): string[][] => findFamilies([folder]).families.map(({ documents }) => documents.map(({ name }) => name).sort());
  assert.deepEqual(names(), [["child.json", "parent.json"], ["other.json"]]);
  // Far behind what is read of a file to find its family.
  const noise = `${JSON.stringify({ type: "session.updated", properties: { info: { id: "ses_noise" }, text: "x".repeat(1000) } })}\n`;
  writeFileSync(join(folder, "events.ndjson"), noise.repeat(100));
  appendFileSync(join(folder, "events.ndjson"), JSON.stringify({ type: "session.idle", properties: { sessionID: "ses_two" } }));
  assert.deepEqual(names(), [["child.json", "parent.json"], ["events.ndjson", "other.json"]]);
});
