// What a destination has accepted, and what waits for it.

import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openLedger } from "../../host-node/state/ledger.ts";
import { signature } from "../../host-node/state/living.ts";
import { openSpool, type Spool, type SpoolHeader } from "../../host-node/state/spool.ts";
import { listener, placesOf } from "./here.ts";

const trace = (n: number): string => n.toString(16).padStart(32, "0");
const header = (...traces: number[]): SpoolHeader => ({ traces: traces.map(trace), contentType: "a/b", encoding: "gzip" });
const body = Buffer.from([0, 10, 255, 10]);

/** A batch of these requests. */
function put(spool: Spool, headers: readonly SpoolHeader[], content: Buffer = body): boolean {
  const batch = spool.open();
  for (const each of headers) batch.add(each, content);
  return batch.close();
}

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

test("a ledger that is too long forgets the older half", (test) => {
  const where = placesOf(test);
  const ledger = openLedger(where, "one", undefined, 10);
  for (let n = 0; n < 10; n++) ledger.add([trace(n)]);
  assert.equal(ledger.size, 10);
  ledger.add([trace(10)]);
  for (const each of [ledger, openLedger(where, "one")]) {
    assert.deepEqual([each.size, each.has(trace(5)), each.has(trace(6)), each.has(trace(10))], [5, false, true, true]);
  }
  ledger.add([trace(11)]);
  assert.equal(openLedger(where, "one").size, 6);
});

test("a spool gives requests back in the order they were put, whatever the clock does", (test) => {
  const where = placesOf(test);
  const times = [1000, 900, 2000, 1];
  const now = (): number => times.shift() as number;
  for (let n = 0; n < 2; n++) put(openSpool(where, "one", { now: () => 1000 }), [header(n)]);
  const spool = openSpool(where, "one", { now });
  for (let n = 2; n < 6; n++) put(spool, [header(n), header(n + 10)]);
  const requests = spool.list().map((entry) => spool.read(entry));
  const order = [0, 1, 2, 12, 3, 13, 4, 14, 5, 15];
  assert.deepEqual(requests.map((request) => request?.traces), order.map((n) => [trace(n)]));
  assert.deepEqual(requests[0], { traces: [trace(0)], contentType: "a/b", encoding: "gzip", body });
  assert.deepEqual(spool.traces(), new Set(order.map(trace)));
  const [first] = spool.list();
  assert.equal(statSync(join(first!.batch, `${first!.stem}.otlp`)).mode & 0o777, 0o600);
  assert.equal(statSync(first!.batch).mode & 0o777, 0o700);
  assert.equal(openSpool(where, "two").list().length, 0);
});

test("a batch is not there before it is closed, and not at all if it is abandoned", (test) => {
  const where = placesOf(test);
  const spool = openSpool(where, "one");
  const batch = spool.open();
  batch.add(header(), body);
  batch.add(header(1), body);
  assert.deepEqual([spool.list(), spool.traces().size], [[], 0]);
  batch.close();
  assert.deepEqual([spool.list().length, spool.traces().size], [2, 1]);
  const other = spool.open();
  other.add(header(2), body);
  other.abandon();
  assert.deepEqual(readdirSync(join(where.state, "spool", "one")).length, 1);
  assert.ok(put(spool, []), "none is a batch, too");
  assert.equal(spool.list().length, 2);
});

test("what is done with is noted in order, once all before it is, and then gone", (test) => {
  const where = placesOf(test);
  const spool = openSpool(where, "one");
  put(spool, [header(), header(1), header(2)]);
  const [a, b, c] = spool.list();
  const noted: string[] = [];
  const note = (traces: readonly string[]): void => void noted.push(...traces);
  spool.move(b!, "sent");
  spool.settle(note, b);
  assert.deepEqual([noted, spool.list().length, spool.traces().size], [[], 2, 2]);
  spool.move(a!, "sending");
  assert.deepEqual(spool.list().map(({ state }) => state), ["sending", "otlp"]);
  spool.move(spool.list()[0]!, "sent");
  spool.settle(note);
  assert.deepEqual([noted, spool.list().length], [[trace(1)], 1]);
  spool.move(c!, "sent");
  assert.throws(() => spool.settle(() => assert.fail("full")), { message: "full" });
  spool.settle(note);
  assert.deepEqual(noted, [trace(1), trace(2)]);
  assert.deepEqual(readdirSync(join(where.state, "spool", "one")), []);
  assert.equal(spool.move(c!, "sending"), undefined);
});

test("halves take the place of their whole when both are there", (test) => {
  const spool = openSpool(placesOf(test), "one");
  put(spool, [header(), header(1), header(2)]);
  const [, whole] = spool.list();
  const half = (...traces: number[]) => ({ ...header(...traces), body });
  const halves = spool.cut(whole!, [half(), half(1)]);
  spool.cut(halves[1]!, [half(), half(1)]);
  assert.deepEqual(spool.list().map(({ stem }) => stem), ["000001", "000002a", "000002ba", "000002bb", "000003"]);
  writeFileSync(join(whole!.batch, "000002.sending"), "not cut yet");
  assert.deepEqual(spool.list().map(({ stem }) => stem), ["000001", "000002", "000003"]);
});

test("two processes that put at the same instant overwrite nothing", (test) => {
  const where = placesOf(test);
  const other = openSpool(where, "one", { now: () => 7 });
  const spool = openSpool(where, "one", {
    now() {
      // After this one has looked at what is there, and before it writes.
      put(other, [header(1)]);
      return 7;
    },
  });
  put(spool, [header(2)]);
  assert.deepEqual(spool.traces(), new Set([1, 2].map(trace)));
});

test("a spool that is full drops the oldest and counts them, never a part of what belongs together", (test) => {
  const where = placesOf(test);
  const big = Buffer.alloc(1000);
  const byBytes = openSpool(where, "bytes", { mostBytes: 5000, now: () => 5 });
  for (let n = 1; n <= 5; n++) assert.ok(put(byBytes, [header(), header(n, n + 100)], big));
  assert.deepEqual(byBytes.traces(), new Set([4, 104, 5, 105].map(trace)));
  const { bytes, ...counts } = byBytes.dropped();
  assert.deepEqual(counts, { requests: 6, traces: 6, at: 5 });
  assert.ok(bytes > 6000 && bytes < 7000);
  assert.ok(byBytes.list().reduce((sum, entry) => sum + entry.bytes, 0) <= 5000);

  const byCount = openSpool(where, "count", { mostRequests: 2 });
  for (let n = 1; n <= 5; n++) put(byCount, [header(n)]);
  assert.deepEqual(byCount.traces(), new Set([4, 5].map(trace)));
  assert.equal(openSpool(where, "count").dropped().requests, 3);
});

test("of what is dropped half-sent only what was not is counted as requests, and all its traces", (test) => {
  const spool = openSpool(placesOf(test), "one", { mostRequests: 3 });
  put(spool, [header(1), header(), header(2)]);
  const [, second] = spool.list();
  spool.move(second!, "sent");
  put(spool, [header(3), header(4)]);
  assert.deepEqual([spool.dropped().requests, spool.dropped().traces], [2, 2]);
  assert.deepEqual(spool.traces(), new Set([3, 4].map(trace)));
});

test("a batch too large for the spool is counted, and nothing goes for its sake", (test) => {
  const where = placesOf(test);
  const spool = openSpool(where, "one", { mostBytes: 500 });
  assert.deepEqual(spool.dropped(), { requests: 0, bytes: 0, traces: 0, at: 0 });
  put(spool, [header(1)]);
  assert.equal(put(spool, [header(2), header(3)], Buffer.alloc(300)), false);
  assert.deepEqual(spool.traces(), new Set([trace(1)]));
  assert.deepEqual([spool.dropped().requests, spool.dropped().traces], [2, 2]);
  assert.equal(readdirSync(join(where.state, "spool", "one")).length, 2);
});

test("what is no request of ours is told, and never read as one", (test) => {
  const where = placesOf(test);
  const folder = join(where.state, "spool", "one");
  const { told, tell } = listener();
  const spool = openSpool(where, "one", { tell });
  put(spool, [header(1)]);
  const batch = join(folder, "00000000000001-000000");
  mkdirSync(batch);
  const name = (n: number): string => join(batch, `00000${n}.otlp`);
  const whole = JSON.stringify({ ...header(2), bytes: 4 });
  const contents = ["", "garbage", `${whole}\n123`, `${whole}\n12345`, '{"traces":[1],"bytes":0}\n', whole];
  contents.forEach((content, n) => writeFileSync(name(n), content));
  writeFileSync(join(batch, "README"), "");
  writeFileSync(join(folder, "README"), "");
  const entries = spool.list();
  assert.equal(entries.length, contents.length + 1);
  const read = entries.filter((entry) => spool.read(entry) !== undefined);
  assert.equal(read.length, 1);
  assert.deepEqual(told, contents.map((_, n) => `${name(n)}: is no request of ours, left out`));
  assert.equal(spool.drop(entries[0]!), true);
  assert.equal(spool.drop(entries[1]!), false);
  assert.deepEqual([spool.list(), spool.dropped().requests], [read, contents.length]);
  writeFileSync(join(folder, "dropped.json"), "{");
  assert.equal(spool.dropped().requests, 0);
});

test("a header may be long", (test) => {
  const spool = openSpool(placesOf(test), "one");
  put(spool, [header(...Array.from({ length: 5000 }, (_, n) => n))]);
  assert.equal(spool.traces().size, 5000);
  assert.deepEqual(spool.read(spool.list()[0]!)?.body, body);
});

test("what a killed writer left half-written is no request, and goes with the next that is put", (test) => {
  const where = placesOf(test);
  const folder = join(where.state, "spool", "one");
  const spool = openSpool(where, "one");
  put(spool, [header(1)]);
  const dead = `.${signature().replace(/-\d+-(\d+)-/, "-0-4194305-")}.tmp`;
  mkdirSync(join(folder, dead));
  writeFileSync(join(folder, dead, "000001.otlp"), "half");
  const living = spool.open();
  living.add(header(2), body);
  assert.equal(spool.list().length, 1);
  put(openSpool(where, "one"), [header(3)]);
  assert.ok(!readdirSync(folder).includes(dead));
  living.close();
  assert.deepEqual(spool.traces(), new Set([1, 2, 3].map(trace)));
});
