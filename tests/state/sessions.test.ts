// What is kept of a session: its journal, its marks and claims, what the worker remembers, and whether it is off.

import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { appendJournal, type JournalRecord, readJournal, removeJournal } from "../../host-node/state/journal.ts";
import { isOff, listOff, setOff } from "../../host-node/state/off.ts";
import { claim, listPending, markPending, pendingToken } from "../../host-node/state/pending.ts";
import { forgetSession, listSessions, readSession, type SessionState, writeSession } from "../../host-node/state/sessions.ts";
import { listener, placesOf } from "./here.ts";

function record(at: number): JournalRecord {
  return { at, event: "Stop", session: "s", transcript: "/t.jsonl", cwd: "/c", payload: { text: "a\nb\u2028é" } };
}

test("a journal gives back what was told, in order", (test) => {
  const where = placesOf(test);
  assert.deepEqual(readJournal(where, "s"), []);
  const records = [record(2), record(1), { ...record(3), event: "SessionEnd" }];
  for (const each of records) appendJournal(where, each);
  assert.deepEqual(readJournal(where, "s"), records);
  removeJournal(where, "s");
  removeJournal(where, "s");
  assert.deepEqual(readJournal(where, "s"), []);
});

test("lines that are no records are left out and told as a number; a torn one costs no other", (test) => {
  const where = placesOf(test);
  const path = join(where.state, "sessions", "s.hooks.jsonl");
  appendJournal(where, record(1));
  appendFileSync(path, 'null\n{"at":1}\n\0\0\0\n{"at":"1","event":"Stop"}\n{"at":5,"event":"St');
  const { told, tell } = listener();
  assert.deepEqual(readJournal(where, "s", tell), [record(1)]);
  assert.deepEqual(told, [`${path}: 4 of 5 lines are no records, left out`]);
  appendJournal(where, record(2));
  assert.deepEqual(readJournal(where, "s"), [record(1), record(2)]);
});

test("a journal that has grown long notes what happens without saying what", (test) => {
  const where = placesOf(test);
  const path = join(where.state, "sessions", "s.hooks.jsonl");
  appendJournal(where, record(1));
  const size = statSync(path).size;
  truncateSync(path, 17 * 1024 * 1024);
  appendJournal(where, record(2));
  assert.ok(statSync(path).size - 17 * 1024 * 1024 < size);
  assert.deepEqual(readJournal(where, "s"), [record(1), { ...record(2), payload: {} }]);
});

test("no session id becomes a path", (test) => {
  const where = placesOf(test);
  const wrong = "../s";
  assert.throws(() => appendJournal(where, { ...record(1), session: wrong }), { name: "StateError" });
  assert.throws(() => markPending(where, wrong), { name: "StateError" });
  assert.throws(() => setOff(where, wrong, true), { name: "StateError" });
  assert.throws(() => writeSession(where, wrong, {} as SessionState), { name: "StateError" });
  assert.deepEqual(readJournal(where, wrong), []);
  assert.equal(claim(where, wrong), undefined);
  assert.equal(readSession(where, wrong), undefined);
  assert.equal(pendingToken(where, wrong), "");
  assert.ok(!isOff(where, wrong));
});

test("a session is pending from its mark to its claim, and again from the next mark", (test) => {
  const where = placesOf(test);
  assert.deepEqual(listPending(where), []);
  assert.equal(claim(where, "s"), undefined);
  markPending(where, "s");
  const first = pendingToken(where, "s");
  markPending(where, "s");
  const second = pendingToken(where, "s");
  assert.notEqual(first, second);
  assert.deepEqual(listPending(where), ["s"]);
  const claimed = claim(where, "s");
  assert.equal(claimed?.token, second);
  assert.deepEqual(listPending(where), []);
  assert.equal(claim(where, "s"), undefined);
  markPending(where, "s");
  assert.deepEqual(listPending(where), ["s"]);
  assert.equal(claim(where, "s"), undefined, "it is being worked on");
  claimed?.done();
  assert.deepEqual(readdirSync(join(where.state, "working")), []);
  claim(where, "s")?.done();
  assert.deepEqual(listPending(where), []);
});

test("what is put back is pending with its token, unless something has happened since", (test) => {
  const where = placesOf(test);
  markPending(where, "s");
  const token = pendingToken(where, "s");
  claim(where, "s")?.putBack();
  assert.equal(pendingToken(where, "s"), token);
  const again = claim(where, "s");
  markPending(where, "s");
  const newer = pendingToken(where, "s");
  again?.putBack();
  assert.equal(pendingToken(where, "s"), newer);
  assert.deepEqual(readdirSync(join(where.state, "working")), []);
});

test("what a dead worker had claimed is pending, and one claim takes it all", (test) => {
  const where = placesOf(test);
  const working = join(where.state, "working");
  const die = (): void => {
    claim(where, "s");
    const name = readdirSync(working).find((each) => !each.includes("-1-1-")) as string;
    // The same process under another start.
    renameSync(join(working, name), join(working, name.replace(/-\d+-(\d+)-([0-9a-f]+)$/, "-1-$1-$2")));
  };
  markPending(where, "s");
  const token = pendingToken(where, "s");
  die();
  assert.deepEqual(listPending(where), ["s"]);
  const taken = claim(where, "s");
  assert.equal(taken?.token, token);
  assert.equal(claim(where, "s"), undefined);
  taken?.putBack();
  die();
  markPending(where, "s");
  assert.deepEqual(listPending(where), ["s"]);
  const newer = pendingToken(where, "s");
  const both = claim(where, "s");
  assert.equal(both?.token, newer);
  both?.done();
  assert.deepEqual(readdirSync(working), []);
});

test("who has waited longest comes first; names of others are no sessions", (test) => {
  const where = placesOf(test);
  for (const [at, id] of ["c", "a", "b"].entries()) {
    markPending(where, id);
    utimesSync(join(where.state, "pending", id), 100 + at, 100 + at);
  }
  writeFileSync(join(where.state, "pending", ".a.1-0.tmp"), "half");
  mkdirSync(join(where.state, "working"));
  writeFileSync(join(where.state, "working", "README"), "");
  assert.deepEqual(listPending(where), ["c", "a", "b"]);
});

const state: SessionState = {
  transcript: "/t.jsonl",
  cwd: "/c",
  lastEvent: "Stop",
  ended: false,
  seenSize: 12,
  seenMtime: 34.5,
  quietSince: 0,
};

test("what the worker remembers comes back, and what makes no sense is told and forgotten", (test) => {
  const where = placesOf(test);
  assert.equal(readSession(where, "s"), undefined);
  writeSession(where, "s", state);
  writeSession(where, "r", { ...state, ended: true });
  appendJournal(where, record(1));
  assert.deepEqual(readSession(where, "s"), state);
  assert.equal(readSession(where, "r")?.ended, true);
  assert.deepEqual(listSessions(where).sort(), ["r", "s"]);
  const path = join(where.state, "sessions", "s.json");
  for (const text of ["", "{", "[]", "{}", JSON.stringify({ ...state, ended: 1 })]) {
    writeFileSync(path, text);
    const { told, tell } = listener();
    assert.equal(readSession(where, "s", tell), undefined);
    assert.deepEqual(told, [`${path}: is not what it should be, left out`]);
  }
  forgetSession(where, "s");
  assert.deepEqual(listSessions(where), ["r"]);
  assert.equal(readFileSync(join(where.state, "sessions", "s.hooks.jsonl"), "utf8").length > 0, true);
});

test("a session is off until it is on again", (test) => {
  const where = placesOf(test);
  assert.ok(!isOff(where, "s"));
  setOff(where, "s", true);
  setOff(where, "s", true);
  assert.ok(isOff(where, "s"));
  assert.deepEqual(listOff(where), ["s"]);
  setOff(where, "s", false);
  setOff(where, "s", false);
  assert.ok(!isOff(where, "s"));
});
