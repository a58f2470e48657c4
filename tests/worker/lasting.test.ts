// What lasts over many runs and destinations: one that is down delays none, what is too much is dropped by whole turns and
// counted, and what hooks or workers have left behind is taken up.

import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { readReport } from "../../host-node/worker/report.ts";
import { sweep as sweepFor } from "../../host-node/worker/sweep.ts";
import { spanloom } from "../host-node/command.ts";
import { spansOf } from "../support/otlp.ts";
import { startSink } from "../support/sink.ts";
import { assertDelivered, built, type Desk, deskOf, ids, noted, pending, status, sweep, tell, tellAll, transcriptsIn, waiting, writeLongTurn } from "./desk.ts";

/** A sweep that is given little time. */
const shortSweep = ({ env }: Desk, lifetimeMs: number) => sweepFor({ env, lifetimeMs, tell: () => {} });

function configure({ places: { config } }: Desk, settings: object): void {
  mkdirSync(config, { recursive: true });
  writeFileSync(join(config, "config.json"), JSON.stringify(settings));
}

describe("over many runs", { concurrency: 3 }, () => {
  test("a destination that hangs does not delay another, and neither has anything twice", async (test) => {
    const desk = await deskOf(test, { recordings: ["two-subagents", "multi-turn-resume"], endpoint: "" });
    const other = await startSink();
    test.after(() => other.close());
    const named = { hanging: desk.sink, well: other };
    configure(desk, { destinations: Object.entries(named).map(([name, { url }]) => ({ name, endpoint: url })) });
    desk.sink.always({ kind: "hang" });
    let cameAfter = 0;
    const began = Date.now();
    other.always(() => {
      cameAfter = Date.now() - began;
      return { kind: "accept" };
    });
    await tellAll(desk, "SessionEnd");
    await shortSweep(desk, 3000);
    const expected = await built(desk);
    assert.ok(Date.now() - began >= 1500, "the one that hangs was not waited for");
    assert.ok(cameAfter < 1500, `the other was served after ${cameAfter} ms`);
    assert.deepEqual(ids(other.accepted()), expected);
    desk.sink.always({ kind: "accept" });
    const swept = await sweep(desk);
    assert.equal(swept.code, 0, swept.stderr);
    assert.deepEqual([ids(desk.sink.accepted()), ids(other.accepted())], [expected, expected]);
  });

  test("too much to keep: the oldest turns go whole, counted and not noted, and export sends them", async (test) => {
    const desk = await deskOf(test, { env: { SPANLOOM_CONTENT_NETWORK: "full", SPANLOOM_SPOOL_BYTES: "1200000" } });
    desk.sink.always({ kind: "status", status: 401, message: "no" });
    for (let n = 0; n < 3; n++) {
      const path = writeLongTurn(desk, 3, 250_000, 1 + 100 * n);
      await tell(desk, "SessionEnd", path);
      await shortSweep(desk, 5000);
    }
    const { words } = await status(desk);
    assert.match(words, /[12] requests? dropped because too much was waiting/);
    assert.deepEqual([noted(desk), pending(desk)], [[], []]);
    const left = waiting(desk).length;
    assert.ok(left > 0 && left < 3);
    desk.sink.always({ kind: "accept" });
    assert.equal((await sweep(desk)).code, 0);
    assert.equal(new Set(ids(desk.sink.accepted()).map((id) => id.slice(0, 32))).size, left);
    assert.equal(noted(desk).length, left);
    assert.equal((await spanloom(["export", desk.project], { env: desk.env })).code, 0);
    await assertDelivered(desk);
  });

  test("a turn of several requests that stops in the middle goes on from there", async (test) => {
    const desk = await deskOf(test, { recordings: ["two-subagents"], env: { SPANLOOM_CONTENT_NETWORK: "full" } });
    writeLongTurn(desk, 24, 250_000);
    let taken = 0;
    desk.sink.always((request) => (spansOf([request]).length > 3 && taken++ > 1 ? { kind: "status", status: 403 } : { kind: "accept" }));
    await tellAll(desk, "SessionEnd");
    await shortSweep(desk, 5000);
    assert.ok(waiting(desk).length > 0 && desk.sink.accepted().length > 0);
    const before = noted(desk);
    desk.sink.always({ kind: "accept" });
    assert.equal((await sweep(desk)).code, 0);
    assert.ok(noted(desk).length > before.length);
    await assertDelivered(desk);
    assert.equal(readReport(desk.places)?.destinations[Object.keys(readReport(desk.places)!.destinations)[0]!]?.repeated, 0);
  });

  test("a worker ends in its time while a backend hangs, and leaves what the next one needs", async (test) => {
    const desk = await deskOf(test, { recordings: ["multi-turn-resume"] });
    desk.sink.always({ kind: "hang" });
    await tellAll(desk, "SessionEnd");
    const began = Date.now();
    await shortSweep(desk, 1000);
    assert.ok(Date.now() - began < 2000);
    assert.deepEqual([pending(desk), noted(desk), readdirSync(join(desk.places.state, "working"))], [[], [], []]);
    assert.equal(waiting(desk).length, 1);
    desk.sink.always({ kind: "accept" });
    assert.equal((await sweep(desk)).code, 0);
    await assertDelivered(desk);
    assert.match((await status(desk)).words, /1 request sent twice because no answer was heard/);
  });

  test("a claim that a dead worker left is taken up", async (test) => {
    const desk = await deskOf(test, { recordings: ["single-turn"] });
    await tellAll(desk, "SessionEnd");
    const { state } = desk.places;
    const session = pending(desk)[0]!;
    mkdirSync(join(state, "working"));
    renameSync(join(state, "pending", session), join(state, "working", `${session}.1-0-4194305-1-1-00000000`));
    assert.equal((await sweep(desk)).code, 0);
    await assertDelivered(desk);
    assert.deepEqual(readdirSync(join(state, "working")), []);
  });

  test("turns that are accepted one by one: each is sent when it has ended, and none again", async (test) => {
    const desk = await deskOf(test, { recordings: ["multi-turn-resume"] });
    const [transcript] = transcriptsIn(desk) as [string];
    const rows = readFileSync(transcript, "utf8").trimEnd().split("\n");
    const expected = await built(desk);
    writeFileSync(transcript, "");
    let some = 0;
    for (let at = 0; at < rows.length; at += 4) {
      appendFileSync(transcript, `${rows.slice(at, at + 4).join("\n")}\n`);
      await tell(desk, "PreCompact");
      await shortSweep(desk, 5000);
      if (desk.sink.accepted().length > 0 && desk.sink.accepted().length < expected.length) some++;
    }
    assert.ok(some > 0);
    await tell(desk, "SessionEnd");
    assert.equal((await sweep(desk)).code, 0);
    assert.deepEqual(ids(desk.sink.accepted()), expected);
  });

  for (const recording of ["two-subagents", "team"]) {
    test(`${recording}: a transcript of another's work makes no trace of its own, whatever a hook says of it`, async (test) => {
      const desk = await deskOf(test, { recordings: [recording] });
      const below = readdirSync(desk.project, { recursive: true, withFileTypes: true }).filter(({ name }) => /^agent-.*\.jsonl$/.test(name));
      assert.ok(below.length > 0);
      const expected = await built(desk);
      for (const { name, parentPath, path } of below as { name: string; parentPath?: string; path: string }[]) {
        const transcript = join(parentPath ?? path, name);
        await tell(desk, "SubagentStop", transcript);
        await tell(desk, "SessionEnd", transcript);
      }
      await sweep(desk);
      assert.deepEqual(ids(desk.sink.accepted()).filter((id) => !expected.includes(id)), []);
      await tellAll(desk, "SessionEnd");
      assert.equal((await sweep(desk)).code, 0);
      assert.deepEqual(ids(desk.sink.accepted()), expected);
    });
  }
});
