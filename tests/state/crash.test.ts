// Processes that write state are killed at random instants, two at a time: nothing that was accepted is lost, every file
// reads, and the next one goes on as if nothing had been.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { appendRecord, readLines } from "../../host-node/state/files.ts";
import { appendJournal, readJournal } from "../../host-node/state/journal.ts";
import { openLedger } from "../../host-node/state/ledger.ts";
import { lockHolder, tryLock } from "../../host-node/state/lock.ts";
import { places } from "../../host-node/state/paths.ts";
import { claim, listPending, sweepLock } from "../../host-node/state/pending.ts";
import { openSpool } from "../../host-node/state/spool.ts";
import { folderOf } from "../host-node/folder.ts";
import { Child, killed } from "./children.ts";

const rounds = 8;

test("a journal two processes append to keeps all they were told, though both are killed", async (test) => {
  const home = folderOf(test);
  const where = places({ SPANLOOM_HOME: home });
  const children = await killed(home, "journal", rounds, 1);
  const told: string[] = [];
  const records = readJournal(where, "one", (message) => told.push(message));
  const kept = new Set(records.map(({ event }) => event));
  children.forEach((child, at) => {
    const name = `${"ab"[at % 2]}${(at >> 1).toString(16)}f`;
    assert.ok(child.accepted.length > 0);
    for (const n of child.accepted) assert.ok(kept.has(`${name} ${n}`), `${name} ${n} is lost`);
  });
  const lines = readLines(join(where.state, "sessions", "one.hooks.jsonl"));
  assert.ok(lines.length - records.length <= children.length, "more is torn than was killed");
  appendJournal(where, { at: 0, event: "last", session: "one", transcript: "t", cwd: "c", payload: {} });
  assert.equal(readJournal(where, "one").at(-1)?.event, "last");
});

test("a ledger knows every trace that was added, though its writers are killed", async (test) => {
  const home = folderOf(test);
  const children = await killed(home, "ledger", rounds, 2);
  const ledger = openLedger(places({ SPANLOOM_HOME: home }), "sink");
  const accepted = children.flatMap((child) => child.accepted);
  assert.ok(accepted.length >= 3 * children.length);
  assert.deepEqual(
    accepted.filter((id) => !ledger.has(id)),
    [],
  );
});

test("a spool gives back every request that was put, whole, and nothing but requests", async (test) => {
  const home = folderOf(test);
  const where = places({ SPANLOOM_HOME: home });
  const children = await killed(home, "spool", rounds, 3);
  const spool = openSpool(where, "sink", { tell: assert.fail });
  const entries = spool.list();
  const found = entries.map((entry, at) => {
    const request = spool.read(entry);
    assert.ok(request);
    const [first, padding, last] = Buffer.from(request.body).toString().split(" ");
    assert.equal(first, last);
    assert.match(padding as string, /^x*$/);
    assert.deepEqual(request.traces, at % 2 === 0 ? [] : [first], "half of a batch is there");
    return first as string;
  });
  assert.deepEqual(spool.traces(), new Set(found));
  const accepted = children.flatMap((child) => child.accepted);
  const lost = accepted.filter((trace) => !spool.traces().has(trace));
  const { requests } = spool.dropped();
  assert.ok(requests === 0 ? lost.length === 0 : lost.length <= requests, `${lost.length} lost, ${requests} dropped`);
  assert.ok(entries.reduce((sum, { bytes }) => sum + bytes, 0) <= 4_000_000 + 4 * 21_000);
});

test("a file that is replaced is the old one or the new one at every instant", async (test) => {
  const home = folderOf(test);
  const path = join(home, "state", "whole.json");
  for (let round = 0; round < rounds; round++) {
    const pair = [new Child(home, "file", "a"), new Child(home, "file", "b")];
    const gone = Promise.all(pair.map((child) => child.kill(10 + round * 2)));
    let isGone = false;
    void gone.then(() => (isGone = true));
    while (!isGone) {
      if (pair.some((child) => child.accepted.length > 0)) {
        const { n, end } = JSON.parse(readFileSync(path, "utf8")) as { n: number; end: number };
        assert.equal(n, end);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await gone;
    const { n, end } = JSON.parse(readFileSync(path, "utf8")) as { n: number; end: number };
    assert.equal(n, end);
  }
});

/** The highest value of each session. */
function highest(lines: readonly string[]): Map<string, number> {
  const values = new Map<string, number>();
  for (const line of lines) {
    const [session = "", value] = line.split(" ");
    values.set(session, Math.max(values.get(session) ?? 0, Number(value)));
  }
  return values;
}

test("whatever happened is seen by a worker afterwards, though hooks and workers are killed", async (test) => {
  const home = folderOf(test);
  const where = places({ SPANLOOM_HOME: home });
  const children = await killed(home, "happen", rounds, 4);
  assert.equal(lockHolder(sweepLock(where)), undefined, "a dead process has the lock");
  const seen = join(where.state, "seen");
  const lock = tryLock(sweepLock(where));
  assert.ok(lock, "nobody can take the lock over");
  for (const session of listPending(where)) {
    const claimed = claim(where, session);
    assert.ok(claimed, `${session} is nobody's and cannot be claimed`);
    appendRecord(seen, `${session} ${readFileSync(join(where.state, `${session}.value`), "utf8")}`);
    claimed.done();
  }
  lock.release();
  assert.deepEqual(readdirSync(join(where.state, "working")), []);
  const values = highest(readLines(seen));
  for (const [session, value] of highest(children.flatMap((child) => child.accepted))) {
    assert.ok((values.get(session) ?? 0) >= value, `${session} ${value} was never looked at`);
  }
  // One at a time: whoever enters finds that the one before has left, or was killed.
  const turns = readLines(join(where.state, "turns")).map((line) => line.split(" "));
  const dead = new Set(children.map(({ pid }) => String(pid)));
  assert.ok(turns.length > 0);
  turns.forEach(([what, pid], at) => {
    const [before, whose] = turns[at - 1] ?? ["leave"];
    if (what === "leave") assert.deepEqual([before, whose], ["enter", pid]);
    else assert.ok(before === "leave" || (dead.has(whose as string) && whose !== pid), `${pid} entered over ${whose}`);
  });
});

test("of hooks at the same time that start no second worker none is forgotten", async (test) => {
  const home = folderOf(test);
  const where = places({ SPANLOOM_HOME: home });
  const children = ["a", "b", "c"].map((name) => new Child(home, "step", name));
  for (let step = 1; step <= 60; step++) {
    for (const child of children) child.step();
    await Promise.all(children.map((child) => child.hasSaid(2 * step)));
    assert.deepEqual(listPending(where), [], `left at step ${step}`);
  }
  await Promise.all(children.map((child) => child.kill(0)));
  const happened = highest(children.flatMap((child) => child.accepted.filter((line) => line !== "over")));
  assert.equal(happened.size, 9);
  assert.deepEqual(highest(readLines(join(where.state, "seen"))), happened);
});
