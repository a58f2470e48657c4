// Where state lies, how it is written, and what readers make of what others left there.

import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  appendRecord,
  appendRecords,
  readLines,
  readObject,
  removeTemporaries,
  StateError,
  writeAtomic,
  writeNew,
} from "../../host-node/state/files.ts";
import { isSessionId, places, PlacesError } from "../../host-node/state/paths.ts";
import { folderOf } from "../host-node/folder.ts";
import { listener } from "./here.ts";

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test("the folders are those of the XDG specification, or all below SPANLOOM_HOME", () => {
  const home = { HOME: "/h" };
  const usual = { config: "/h/.config/spanloom", data: "/h/.local/share/spanloom", state: "/h/.local/state/spanloom" };
  assert.deepEqual(places(home), usual);
  assert.deepEqual(places({ ...home, XDG_CONFIG_HOME: "/c", XDG_DATA_HOME: "/d", XDG_STATE_HOME: "/s" }), {
    config: "/c/spanloom",
    data: "/d/spanloom",
    state: "/s/spanloom",
  });
  assert.deepEqual(places({ ...home, XDG_CONFIG_HOME: "c", XDG_DATA_HOME: "", XDG_STATE_HOME: "./s" }), usual);
  const own = { config: "/o/config", data: "/o/data", state: "/o/state" };
  assert.deepEqual(places({ ...home, XDG_CONFIG_HOME: "/c", SPANLOOM_HOME: "/o" }), own);
  assert.deepEqual(places({ ...home, SPANLOOM_HOME: "" }), usual);
});

test("without a home there is no place, and the message names what to set", () => {
  assert.throws(() => places({}), PlacesError);
  assert.throws(() => places({ HOME: "relative", XDG_DATA_HOME: "/d" }), /^PlacesError: HOME: /);
  assert.throws(() => places({ HOME: "/h", SPANLOOM_HOME: "relative" }), /^PlacesError: SPANLOOM_HOME: /);
  assert.ok(places({ XDG_CONFIG_HOME: "/c", XDG_DATA_HOME: "/d", XDG_STATE_HOME: "/s" }));
});

test("a session id names a file and never a path", () => {
  for (const id of ["a2e7fb50-c5fc-4a23-9c21-47963f141002", "ses_01Ab", "x".repeat(128)]) assert.ok(isSessionId(id), id);
  for (const id of ["", "..", "a/b", "a.b", "a\n", "é", "x".repeat(129), "a\0"]) assert.ok(!isSessionId(id), id);
});

test("what is written is the owner's alone, and nothing lies beside it", (test) => {
  const folder = folderOf(test);
  const path = join(folder, "a", "b", "file");
  writeAtomic(path, "one");
  writeAtomic(path, Buffer.from("two"));
  assert.equal(readFileSync(path, "utf8"), "two");
  appendRecord(join(folder, "a", "lines"), "line");
  assert.deepEqual([path, join(folder, "a", "lines"), join(folder, "a"), join(folder, "a", "b")].map(mode), ["600", "600", "700", "700"]);
  assert.deepEqual(readdirSync(join(folder, "a", "b")), ["file"]);
  assert.ok(!writeNew(path, Buffer.from("three")));
  assert.ok(writeNew(join(folder, "a", "b", "new"), Buffer.from("four")));
  assert.equal(readFileSync(path, "utf8"), "two");
  assert.equal(readFileSync(join(folder, "a", "b", "new"), "utf8"), "four");
  assert.deepEqual(readdirSync(join(folder, "a", "b")), ["file", "new"]);
});

test("a torn last line is left out, and costs the next one nothing", (test) => {
  const path = join(folderOf(test), "lines");
  appendRecords(path, ["one", "two"]);
  for (const torn of ["thr", "\nfo", ""]) {
    appendFileSync(path, torn);
    assert.deepEqual(readLines(path).filter((line) => line.length > 2 && line !== "thr"), ["one", "two"]);
    assert.ok(!readLines(path).includes("fo"));
  }
  appendRecord(path, "five");
  appendRecords(path, []);
  assert.deepEqual(readLines(path), ["one", "two", "thr", "fo", "five"]);
});

test("readers take what is missing, torn or foreign for nothing, and say where and why", (test) => {
  const folder = folderOf(test, { torn: '{"a":1', list: "[1]", empty: "", binary: Buffer.from([0, 255, 10, 254]) });
  const { told, tell } = listener();
  assert.deepEqual(readLines(join(folder, "none"), tell), []);
  assert.equal(readObject(join(folder, "none"), tell), undefined);
  assert.deepEqual(readLines(join(folder, "empty"), tell), []);
  assert.deepEqual(readLines(join(folder, "torn"), tell), []);
  assert.equal(readLines(join(folder, "binary"), tell).length, 1);
  assert.deepEqual(told, []);
  for (const name of ["torn", "list", "empty", "binary"]) {
    assert.equal(readObject(join(folder, name), tell), undefined);
    assert.equal(told.pop(), `${join(folder, name)}: is not what it should be, left out`);
  }
  assert.deepEqual(readLines(folder, tell), []);
  assert.deepEqual(told, [`${folder}: EISDIR`]);
});

test("a full disk and a folder that cannot be are one error, with the file and the reason", (test) => {
  const folder = folderOf(test, { file: "" });
  const below = join(folder, "file", "state");
  assert.throws(() => writeAtomic(below, ""), { name: "StateError", reason: "ENOTDIR" });
  assert.throws(() => appendRecord(below, ""), (error) => error instanceof StateError && error.message.startsWith(folder));
  if (!existsSync("/dev/full")) return;
  const full = join(folder, "full");
  symlinkSync("/dev/full", full);
  assert.throws(() => appendRecord(full, "line"), { message: `${full}: ENOSPC` });
  // A folder is in the way of the name: nothing stays beside it.
  mkdirSync(join(folder, "taken", "x"), { recursive: true });
  assert.throws(() => writeAtomic(join(folder, "taken"), "text"), { name: "StateError" });
  assert.deepEqual(readdirSync(folder), ["file", "full", "taken"]);
});

test("what killed writers left beside their files goes after an hour", (test) => {
  const folder = folderOf(test, { ".a.1-0.tmp": "half", ".b.2-0.tmp": "half", "c.tmp": "", ".d": "" });
  const now = Date.now();
  const old = (now - 3_700_000) / 1000;
  for (const name of [".a.1-0.tmp", "c.tmp", ".d"]) utimesSync(join(folder, name), old, old);
  removeTemporaries(folder, () => now);
  assert.deepEqual(readdirSync(folder).sort(), [".b.2-0.tmp", ".d", "c.tmp"]);
  removeTemporaries(join(folder, "none"));
});
