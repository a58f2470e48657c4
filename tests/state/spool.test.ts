// What a destination has accepted, and what waits for it.

import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openLedger } from "../../host-node/state/ledger.ts";
import { openSpool, type SpoolHeader } from "../../host-node/state/spool.ts";
import { listener, placesOf } from "./here.ts";

const trace = (n: number): string => n.toString(16).padStart(32, "0");
const header = (...traces: number[]): SpoolHeader => ({ traces: traces.map(trace), contentType: "a/b", encoding: "gzip" });
const body = Buffer.from([0, 10, 255, 10]);

test("a ledger remembers what was added, for each destination", (test) => {
  const where = placesOf(test);
  const ledger = openLedger(where, "one");
  assert.equal(ledger.size, 0);
  ledger.add([trace(1), trace(2), trace(1)]);
  ledger.add([trace(2), trace(3)]);
  ledger.add([]);
  assert.deepEqual([ledger.size, ledger.has(trace(3)), ledger.has(trace(4))], [3, true, false]);
  const again = openLedger(where, "one");
  assert.deepEqual([again.size, again.has(trace(1)), again.has(trace(3)), again.has(trace(4))], [3, true, true, false]);
  assert.equal(openLedger(where, "two").size, 0);
  assert.equal(statSync(join(where.state, "ledger", "one")).size, 3 * 33 + 2, "none is written twice");
});

test("a torn or foreign line is no trace id, and costs no other", (test) => {
  const where = placesOf(test);
  const path = join(where.state, "ledger", "one");
  openLedger(where, "one").add([trace(1)]);
  appendFileSync(path, `${trace(2).toUpperCase().replace(/0/g, "A")}\n\0\n${trace(3).slice(0, 20)}`);
  const { told, tell } = listener();
  const ledger = openLedger(where, "one", tell);
  assert.equal(ledger.size, 1);
  assert.deepEqual(told, [`${path}: 2 of 3 lines are no trace ids, left out`]);
  ledger.add([trace(3)]);
  assert.ok(openLedger(where, "one").has(trace(3)));
  assert.throws(() => ledger.add(["x"]), TypeError);
  assert.throws(() => openLedger(where, "../one"), TypeError);
});

test("what could not be written goes with the next", { skip: !existsSync("/dev/full") }, (test) => {
  const where = placesOf(test);
  const path = join(where.state, "ledger", "one");
  mkdirSync(join(where.state, "ledger"), { recursive: true });
  const ledger = openLedger(where, "one");
  symlinkSync("/dev/full", path);
  assert.throws(() => ledger.add([trace(1)]), { message: `${path}: ENOSPC` });
  assert.ok(ledger.has(trace(1)));
  rmSync(path);
  ledger.add([trace(2)]);
  const again = openLedger(where, "one");
  assert.deepEqual([again.has(trace(1)), again.has(trace(2))], [true, true]);
});

test("a spool gives requests back in the order they were put, whatever the clock does", (test) => {
  const where = placesOf(test);
  const times = [1000, 900, 2000, 1];
  const now = (): number => times.shift() as number;
  for (let n = 0; n < 2; n++) openSpool(where, "one", { now: () => 1000 }).put(header(n), body);
  const spool = openSpool(where, "one", { now });
  for (let n = 2; n < 6; n++) spool.put(header(n), body);
  const requests = spool.list().map((entry) => spool.read(entry));
  assert.deepEqual(
    requests.map((request) => request?.traces),
    [0, 1, 2, 3, 4, 5].map((n) => [trace(n)]),
  );
  assert.deepEqual(requests[0], { traces: [trace(0)], contentType: "a/b", encoding: "gzip", body });
  assert.deepEqual(spool.traces(), new Set([0, 1, 2, 3, 4, 5].map(trace)));
  const [first] = spool.list();
  assert.ok(first);
  assert.equal(statSync(first.path).mode & 0o777, 0o600);
  spool.remove(first);
  spool.remove(first);
  assert.equal(spool.read(first), undefined);
  assert.equal(spool.list().length, 5);
  assert.ok(!spool.traces().has(trace(0)));
  assert.equal(openSpool(where, "two").list().length, 0);
});

test("two processes that put at the same instant overwrite nothing", (test) => {
  const where = placesOf(test);
  const other = openSpool(where, "one", { now: () => 7 });
  const spool = openSpool(where, "one", {
    now() {
      // After this one has looked at what is there, and before it writes.
      other.put(header(1), body);
      return 7;
    },
  });
  spool.put(header(2), body);
  assert.deepEqual(spool.traces(), new Set([1, 2].map(trace)));
});

test("a spool that is full drops the oldest and counts them", (test) => {
  const where = placesOf(test);
  const big = Buffer.alloc(1000);
  const byBytes = openSpool(where, "bytes", { mostBytes: 3500, now: () => 5 });
  for (let n = 1; n <= 5; n++) assert.ok(byBytes.put(header(n, n + 100), big));
  assert.deepEqual(byBytes.traces(), new Set([3, 103, 4, 104, 5, 105].map(trace)));
  const { bytes, ...counts } = byBytes.dropped();
  assert.deepEqual(counts, { requests: 2, traces: 4, at: 5 });
  assert.ok(bytes > 2000 && bytes < 2500);
  assert.ok(byBytes.list().reduce((sum, entry) => sum + entry.bytes, 0) <= 3500);

  const byCount = openSpool(where, "count", { mostRequests: 2 });
  for (let n = 1; n <= 5; n++) byCount.put(header(n), body);
  assert.deepEqual(byCount.traces(), new Set([4, 5].map(trace)));
  assert.equal(openSpool(where, "count").dropped().requests, 3);
});

test("a request too large for the spool is counted, and nothing goes for its sake", (test) => {
  const spool = openSpool(placesOf(test), "one", { mostBytes: 500 });
  assert.deepEqual(spool.dropped(), { requests: 0, bytes: 0, traces: 0, at: 0 });
  spool.put(header(1), body);
  assert.equal(spool.put(header(2, 3), Buffer.alloc(600)), undefined);
  assert.deepEqual(spool.traces(), new Set([trace(1)]));
  assert.deepEqual([spool.dropped().requests, spool.dropped().traces], [1, 2]);
});

test("what is no request of ours is told, and never read as one", (test) => {
  const where = placesOf(test);
  const folder = join(where.state, "spool", "one");
  const { told, tell } = listener();
  const spool = openSpool(where, "one", { tell });
  const kept = spool.put(header(1), body);
  const name = (n: number): string => `00000000000001-00000${n}.otlp`;
  const whole = JSON.stringify({ ...header(2), bytes: 4 });
  const contents = ["", "garbage", `${whole}\n123`, `${whole}\n12345`, '{"traces":[1],"bytes":0}\n', whole];
  contents.forEach((content, n) => writeFileSync(join(folder, name(n)), content));
  writeFileSync(join(folder, "README"), "");
  const entries = spool.list();
  assert.equal(entries.length, contents.length + 1);
  assert.deepEqual(
    entries.filter((entry) => spool.read(entry) !== undefined).map((entry) => entry.name),
    [kept?.name],
  );
  assert.deepEqual(
    told,
    contents.map((_, n) => `${join(folder, name(n))}: is no request of ours, left out`),
  );
  writeFileSync(join(folder, "dropped.json"), "{");
  assert.equal(spool.dropped().requests, 0);
});

test("a header may be long", (test) => {
  const spool = openSpool(placesOf(test), "one");
  const traces = Array.from({ length: 5000 }, (_, n) => n);
  const entry = spool.put(header(...traces), body);
  assert.equal(spool.traces().size, 5000);
  assert.deepEqual(entry && spool.read(entry)?.body, body);
});

test("what a killed writer left half-written is no request, and goes when it is old", (test) => {
  const where = placesOf(test);
  const folder = join(where.state, "spool", "one");
  const spool = openSpool(where, "one");
  spool.put(header(1), body);
  const half = join(folder, `.${spool.list()[0]?.name}.999-0.tmp`);
  writeFileSync(half, "half");
  assert.equal(spool.list().length, 1);
  utimesSync(half, 1, 1);
  openSpool(where, "one");
  assert.deepEqual(readdirSync(folder), [spool.list()[0]?.name]);
});
