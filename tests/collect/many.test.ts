// Many sessions, odd ids, and one of them in trouble: none is lost, none gets into another, and no other has to suffer.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Collector } from "../../host-node/collect/collector.ts";
import { Server } from "../../host-node/collect/server.ts";
import { Shelf } from "../../host-node/collect/shelf.ts";
import { places } from "../../host-node/state/paths.ts";
import { folderOf } from "../host-node/folder.ts";
import type { Event } from "../support/opencode-server.ts";
import { Stream } from "../support/opencode-stream.ts";
import { deskOf, until } from "./desk.ts";
import { arrived, built, byId, ids } from "./spans.ts";

/** What a session does in one turn more; the first begins with the session. */
function turnOf(session: string, turn: number): Event[] {
  const it = new Stream(session, 100 * turn);
  if (turn === 0) it.open();
  const id = (n: number): string => `msg_${session}_${turn}${n}`;
  return it.event("session.status", { status: { type: "busy" } }).prompt(id(0), `turn ${turn} of ${session}`).begin(id(1)).run("c1").done("c1").say("yes").end().idle().events;
}

const odd = ["ses_a/b", "ses_a_b", "ses_a\\b", "ses_a.b", "ses_a:b", "ses_a%2fb", "ses_a b", "ses_aéb", "ses_a😀b", "ses_a😁b", "ses_../../b", "ses_a\nb", "ses_ab.json", "ses_ab.jsonl"];

describe("many", { concurrency: 5 }, () => {
  test("far more sessions than there is room for come and go and come back, and every span arrives once", async (test) => {
    const desk = await deskOf(test);
    const names = Array.from({ length: 40 }, (_, n) => `ses_turn${n}`);
    const told: string[] = [];
    const collector = new Collector({ server: new Server(new URL(desk.server.url), "", ""), folder: join(folderOf(test), "collect"), env: desk.env, places: places(desk.env), tell: (words) => told.push(words), mostLive: 4, graceMs: 200 });
    const ended = collector.run();
    await until("connected", () => told.includes("connected"));
    const rounds = [0, 1, 2].map((turn) => names.map((name) => turnOf(name, turn)));
    for (const round of rounds) {
      // All of them are in the middle of a turn at once.
      const most = Math.max(...round.map(({ length }) => length));
      for (let at = 0; at < most; at++) desk.server.emit(...round.flatMap((events) => events[at] ?? []));
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    const expected = built(rounds.flat(2));
    await arrived(desk, ids(expected));
    await collector.stop(Date.now() + 4000);
    await ended;
    assert.equal(expected.length, 40 * 3 * 3);
    assert.deepEqual(byId(desk.sink.accepted()), byId(expected));
    assert.deepEqual(told, ["connected"]);
  });

  test("no id names another's file, and each file tells its id", (test) => {
    const shelf = new Shelf(folderOf(test), () => {});
    for (const [at, id] of odd.entries()) {
      shelf.append(id, [`{"n":${at}}`]);
      shelf.write(id, { parent: id, directory: "", created: at, first: 0, ended: false, busy: false, done: 0 });
    }
    assert.equal(new Set(odd.map((id) => shelf.path(id).toLowerCase())).size, odd.length);
    assert.deepEqual(shelf.list().sort(), [...odd].sort());
    for (const [at, id] of odd.entries()) assert.deepEqual([readFileSync(shelf.path(id), "utf8").trim(), shelf.read(id)?.parent, shelf.read(id)?.created], [`{"n":${at}}`, id, at]);
  });

  test("sessions with odd ids are traced like any other, and found again by whoever comes next", async (test) => {
    const desk = await deskOf(test);
    let collector = await desk.collect();
    const turns = (turn: number): Event[] => odd.flatMap((id) => turnOf(id, turn));
    desk.server.emit(...turns(0));
    await arrived(desk, ids(built(turns(0))));
    await collector.kill("SIGKILL");
    collector = await desk.collect();
    desk.server.emit(...turns(1));
    const expected = built([...turns(0), ...turns(1)]);
    await arrived(desk, ids(expected));
    await collector.kill("SIGTERM");
    assert.equal(expected.length, odd.length * 6);
    assert.deepEqual(byId(desk.sink.accepted()), byId(expected));
  });

  test("a session whose file cannot be written is told, keeps no other waiting, and is sent when it can", async (test) => {
    const desk = await deskOf(test);
    const path = join(desk.env["SPANLOOM_HOME"]!, "state/collect", new URL(desk.server.url).host.replace(":", "_"), "ses_bad.jsonl");
    mkdirSync(path, { recursive: true });
    const collector = await desk.collect();
    const [bad, good] = [turnOf("ses_bad", 0), turnOf("ses_good", 0)];
    desk.server.emit(...bad, ...good);
    await until("it is told", () => collector.said().includes("ses_bad.jsonl"));
    await arrived(desk, ids(built(good)));
    rmSync(path, { recursive: true });
    desk.server.emit(...turnOf("ses_bad", 1));
    const expected = built([...bad, ...turnOf("ses_bad", 1), ...good]);
    await arrived(desk, ids(expected));
    const end = await collector.kill("SIGTERM");
    assert.equal(end.code, 143);
  });

  test("a connection that breaks and comes back, with nothing in between, changes nothing", async (test) => {
    const desk = await deskOf(test);
    const collector = await desk.collect();
    const events = ["ses_a", "ses_b"].flatMap((id) => turnOf(id, 0));
    desk.server.emit(...events);
    const expected = ids(built(events));
    await arrived(desk, expected);
    const before = ["ses_a", "ses_b"].map((id) => JSON.stringify(desk.events(id)));
    for (let n = 0; n < 3; n++) {
      const listed = desk.server.asked.get("/experimental/session") ?? 0;
      desk.server.cut();
      await until("there again", () => desk.server.listeners === 1 && (desk.server.asked.get("/experimental/session") ?? 0) > listed);
    }
    await collector.kill("SIGTERM");
    assert.deepEqual(["ses_a", "ses_b"].map((id) => JSON.stringify(desk.events(id))), before);
    assert.deepEqual(ids(desk.sink.accepted()), expected);
  });
});
