// What goes when there are too many days or bytes, and what never does.

import assert from "node:assert/strict";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { prune } from "../../host-node/store/retention.ts";
import { request, type Store, storeOf } from "./store.ts";

const day = 86_400_000;
const now = Date.UTC(2026, 6, 1);

/** Sessions last active so many days ago, written in another order, all of one size. */
function aged(test: TestContext): Store {
  const store = storeOf(test);
  for (const days of [3, 40, 10, 90]) store.put(`s${days}`, [request(`s${days}`, { at: now - days * day, prompt: `${days}`.padStart(9) })]);
  return store;
}

const left = (store: Store): string[] => ["s3", "s10", "s40", "s90"].filter((session) => existsSync(store.path(session)));
const size = (store: Store, session: string): number => statSync(store.path(session)).size;

test("without limits nothing goes", (test) => {
  const store = aged(test);
  assert.deepEqual(prune(store.places, {}, [], () => now), { sessions: [], bytes: 0, detail: "" });
  assert.equal(left(store).length, 4);
});

test("sessions in which nothing happened for longer go, whenever they were written", (test) => {
  const store = aged(test);
  const bytes = size(store, "s40") + size(store, "s90");
  assert.deepEqual(prune(store.places, { days: 30 }, [], () => now), { sessions: ["s90", "s40"], bytes, detail: "" });
  assert.deepEqual(left(store), ["s3", "s10"]);
});

test("of too many bytes the oldest sessions go, as many as it takes", (test) => {
  const store = aged(test);
  const limit = size(store, "s3") + size(store, "s10");
  assert.deepEqual(prune(store.places, { bytes: limit }, [], () => now).sessions, ["s90", "s40"]);
  assert.deepEqual(prune(store.places, { bytes: limit }, [], () => now).sessions, []);
  assert.deepEqual(prune(store.places, { bytes: limit - 1 }, [], () => now).sessions, ["s10"]);
  assert.deepEqual(left(store), ["s3"]);
});

test("the session just written never goes", (test) => {
  const store = aged(test);
  assert.deepEqual(prune(store.places, { days: 1, bytes: 0 }, ["s90"], () => now).sessions, ["s40", "s10", "s3"]);
  assert.deepEqual(left(store), ["s90"]);
});

test("what is no session's file is nobody's to remove", (test) => {
  const store = aged(test);
  const others = ["notes.txt", "a b.jsonl", "index.json"].map((name) => join(store.places.data, "traces", name));
  for (const path of others) writeFileSync(path, "mine");
  prune(store.places, { bytes: 0 }, [], () => now);
  assert.deepEqual(left(store), []);
  assert.deepEqual(others.map(existsSync), [true, true, true]);
});

test("a file without a span is as old as its writing", (test) => {
  const store = aged(test);
  store.put("broken", ["{"]);
  const later = Date.now() + 31 * day;
  assert.ok(!prune(store.places, { days: 30 }, [], () => Date.now()).sessions.includes("broken"));
  assert.ok(prune(store.places, { days: 30 }, [], () => later).sessions.includes("broken"));
});
