// What a collector has on disk, whatever happens to it, to the server and to the connection between them.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type Event, FakeServer } from "../support/opencode-server.ts";
import { bySession, deskOf, eventsOf, framesOf, until } from "./desk.ts";

const session = (id: string, more: object = {}): Event => ({
  type: "session.created",
  properties: { sessionID: id, info: { id, directory: "/home/dev/project", title: "A session", version: "1.18.33", time: { created: 1_795_220_000_000, updated: Date.now() }, ...more } },
});
const touched = (id: string): Event => ({ ...session(id), type: "session.updated" });
const prompt = (id: string, n = 0): Event => ({
  type: "message.updated",
  properties: { sessionID: id, info: { id: `msg_${id}_${n}`, sessionID: id, role: "user", time: { created: 1_795_220_001_000 + n } } },
});
const busy = (id: string): Event => ({ type: "session.status", properties: { sessionID: id, status: { type: "busy" } } });
const idle = (id: string): Event => ({ type: "session.idle", properties: { sessionID: id } });
const delta = (id: string, n: number): Event => ({
  id: `evt_${n.toString(16).padStart(12, "0")}AAAAAAAAAAAAAA`,
  type: "message.part.delta",
  properties: { sessionID: id, messageID: `msg_${id}_0`, partID: "prt_1", field: "text", delta: `piece ${n} ` },
});
const deleted = (id: string): Event => ({ type: "session.deleted", properties: { sessionID: id, info: { id } } });

// They wait, mostly.
describe("files", { concurrency: 6 }, () => {
  test("each session has a file of its own, with its events as they came, once and in order", async (test) => {
    const desk = await deskOf(test);
    await desk.collect();
    const told = framesOf("database", "global.sse");
    for (const frame of told) desk.server.raw(frame);
    const payloads = told.map((frame) => (JSON.parse(frame) as { payload: Event }).payload).filter(({ type }) => type !== "sync");
    assert.ok(payloads.length < told.length);
    const expected = bySession(payloads);
    assert.ok(expected.size >= 3);
    for (const [id, events] of expected) {
      await until(`all of ${id}`, () => desk.events(id).length >= events.length);
      assert.deepEqual(desk.events(id), events);
    }
    assert.equal(desk.files().filter((file) => file.endsWith(".jsonl")).length, expected.size);
  });

  test("a killed collector leaves whole lines, and the next one asks for what was missed", async (test) => {
    const desk = await deskOf(test);
    let collector = await desk.collect();
    desk.server.emit(session("ses_a"), prompt("ses_a"), busy("ses_a"));
    await until("a is there", () => desk.events("ses_a").length === 3);
    for (let n = 0; n < 3; n++) {
      const killed = collector.kill("SIGKILL");
      for (let k = 0; k < 500; k++) desk.server.emit(delta("ses_a", n * 1000 + k));
      await killed;
      desk.server.miss(prompt("ses_a", 10 + n), session(`ses_b${n}`), prompt(`ses_b${n}`), touched("ses_a"), touched(`ses_b${n}`));
      collector = await desk.collect();
      const has = (id: string, message: string): boolean => desk.events(id).some(({ properties }) => (properties["info"] as { id?: string } | undefined)?.id === message);
      await until("caught up", () => has("ses_a", `msg_ses_a_${10 + n}`) && has(`ses_b${n}`, `msg_ses_b${n}_0`));
    }
    const prompts = desk.events("ses_a").filter(({ type }) => type === "message.updated");
    assert.equal(prompts.length, 4, "nothing that was known is written again");
  });

  test("what happened while the connection was gone is written as events, and idle too", async (test) => {
    const desk = await deskOf(test);
    const collector = await desk.collect();
    const events = eventsOf("multi-turn");
    const half = Math.floor(events.length / 2);
    desk.server.emit(...events.slice(0, half));
    const [id] = [...bySession(events).keys()] as [string];
    await until("half of it", () => desk.events(id).length > 0);
    await desk.server.close();
    desk.server.miss(...events.slice(half), busy(id));
    await until("it is told", () => /trying again in 0.25 s/.test(collector.said()));
    desk.server.sessions.get(id)!.busy = false;
    await desk.server.open();
    const known = new FakeServer();
    await until("caught up", () => {
      known.sessions.clear();
      known.miss(...desk.events(id));
      const [mine, theirs] = [known, desk.server].map((each) => [...each.sessions.get(id)!.messages].map(([name, { info, parts }]) => [name, info, [...parts.values()]]));
      return JSON.stringify(mine) === JSON.stringify(theirs);
    });
    await until("at rest", () => desk.events(id).at(-1)?.type === "session.idle" || desk.events(id).some(({ type }, at, all) => type === "session.idle" && at > all.length / 2));
    assert.match(collector.said(), /connected again/);
  });

  test("whoever is killed while it catches up is not taken to be up to date", async (test) => {
    const desk = await deskOf(test);
    let collector = await desk.collect();
    desk.server.emit(session("ses_a"), prompt("ses_a"));
    await until("heard", () => desk.events("ses_a").length === 2);
    await collector.kill("SIGTERM");
    const ids = Array.from({ length: 5 }, (_, n) => `ses_missed${n}`);
    for (const id of ids) desk.server.miss(session(id), prompt(id));
    desk.server.delayMs = 500;
    collector = await desk.collect();
    await until("asked", () => (desk.server.asked.get("/session/:id/message") ?? 0) > 0);
    desk.server.emit({ ...session("ses_a", { time: { created: 1, updated: Date.now() + 600_000 } }), type: "session.updated" });
    await until("it is there", () => desk.events("ses_a").length === 3);
    await collector.kill("SIGTERM");
    assert.ok(ids.some((id) => desk.events(id).length === 0));
    desk.server.delayMs = 0;
    await desk.collect();
    for (const id of ids) await until(`${id} is there`, () => desk.events(id).length === 2, 5000);
  });

  test("messages and sessions that went away meanwhile go away", async (test) => {
    const desk = await deskOf(test);
    const collector = await desk.collect();
    desk.server.emit(session("ses_a"), prompt("ses_a", 1), prompt("ses_a", 2), session("ses_b"), prompt("ses_b"), idle("ses_a"));
    await until("both", () => desk.events("ses_b").length === 2 && desk.events("ses_a").length === 4);
    await collector.kill("SIGTERM");
    desk.server.miss({ type: "message.removed", properties: { sessionID: "ses_a", messageID: "msg_ses_a_2" } }, touched("ses_a"), deleted("ses_b"));
    await desk.collect();
    await until("removed", () => desk.events("ses_a").some(({ type }) => type === "message.removed"));
    // It had nothing left to do, so nobody need look; it is gone as soon as it would matter.
    assert.equal(desk.events("ses_a").filter(({ type }) => type === "message.removed").length, 1);
  });

  test("a session whose beginning nobody heard is asked for when it speaks, and what was before it is not", async (test) => {
    const desk = await deskOf(test);
    desk.server.miss(session("ses_old", { time: { created: 1, updated: 2 } }), prompt("ses_old", 1), session("ses_older", { time: { created: 1, updated: 1 } }));
    await desk.collect();
    await until("listed", () => (desk.server.asked.get("/experimental/session") ?? 0) > 0);
    desk.server.emit(prompt("ses_old", 2));
    await until("its past", () => desk.events("ses_old").filter(({ type }) => type === "message.updated").length === 2);
    assert.deepEqual(desk.events("ses_older"), []);
    assert.ok(desk.events("ses_old").some(({ type }) => type === "session.updated"));
  });

  test("what events say while the server is asked is newer than its answer", async (test) => {
    const desk = await deskOf(test);
    desk.server.miss(session("ses_a", { time: { created: 1, updated: 2 } }), prompt("ses_a", 1));
    await desk.collect();
    await until("listed", () => (desk.server.asked.get("/experimental/session") ?? 0) > 0);
    const renamed: Event = { type: "message.updated", properties: { sessionID: "ses_a", info: { id: "msg_ses_a_1", sessionID: "ses_a", role: "user", summary: { title: "new" } } } };
    desk.server.delayMs = 300;
    desk.server.emit(busy("ses_a"));
    await until("asked", () => (desk.server.asked.get("/session/:id/message") ?? 0) > 0);
    // The answer is on its way, made of what was before.
    desk.server.raw(JSON.stringify({ directory: "/home/dev/project", payload: renamed }));
    await until("both", () => desk.events("ses_a").length >= 3);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const last = desk.events("ses_a").filter(({ type }) => type === "message.updated").at(-1);
    assert.deepEqual(last, renamed);
  });

  test("what is still said of a session that was deleted is kept, and nobody is asked for it", async (test) => {
    const desk = await deskOf(test);
    await desk.collect();
    const events = eventsOf("deleted-sessions");
    desk.server.emit(...events);
    for (const [id, expected] of bySession(events)) {
      await until(`all of ${id}`, () => desk.events(id).length >= expected.length);
      assert.deepEqual(desk.events(id), expected);
    }
    assert.equal(desk.server.asked.get("/session/:id"), undefined);
  });

  test("frames that are no events, or of no session, harm nobody", async (test) => {
    const desk = await deskOf(test);
    await desk.collect();
    desk.server.emit(session("ses_a"));
    for (const odd of ["null", "7", "[]", "{", '"x"', '{"payload":null}', '{"type":"message.updated"}', '{"payload":{"type":"message.updated","properties":{"info":null}}}', '{"payload":{"type":"session.error","properties":{"error":{}}}}']) desk.server.raw(odd);
    desk.server.emit(session("ses_../up.x:y"), prompt("ses_a"));
    // Nothing says which of two sessions is on disk first.
    await until("the rest", () => desk.events("ses_a").length === 2 && desk.events("ses_%2e%2e%2fup%2ex%3ay").length === 1);
  });

  test("a folder that is not traced leaves nothing, also where the stream does not say the folder", async (test) => {
    for (const onlyOwn of [false, true]) {
      const desk = await deskOf(test, { onlyOwn });
      mkdirSync(join(desk.env["SPANLOOM_HOME"]!, "config"), { recursive: true });
      writeFileSync(join(desk.env["SPANLOOM_HOME"]!, "config/config.json"), '{"off":["/home/dev/project"]}');
      await desk.collect();
      desk.server.emit(session("ses_a"), prompt("ses_a"));
      desk.server.miss(session("ses_b"));
      desk.server.emit(prompt("ses_b"));
      const elsewhere = session("ses_c", { directory: "/home/dev/other" });
      if (onlyOwn) desk.server.emit(elsewhere);
      else desk.server.raw(JSON.stringify({ directory: "/home/dev/other", payload: elsewhere }));
      await until("the other one", () => desk.events("ses_c").length === 1);
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.deepEqual(desk.files().filter((file) => file.endsWith(".jsonl")).length, 1);
    }
  });

  test("an older server's stream is followed, too", async (test) => {
    const desk = await deskOf(test, { onlyOwn: true });
    await desk.collect();
    desk.server.emit(session("ses_a"), prompt("ses_a"));
    await until("its events", () => desk.events("ses_a").length === 2);
  });

  test("a password is given as the server wants it", async (test) => {
    const password = "Pässwörd ✓";
    const desk = await deskOf(test, { password });
    const refused = await desk.start().ended;
    assert.equal(refused.code, 1);
    const collector = await desk.collect({ OPENCODE_SERVER_PASSWORD: password });
    desk.server.emit(session("ses_a"));
    await until("its events", () => desk.events("ses_a").length === 1);
    assert.doesNotMatch(collector.said(), /P.ssw/);
  });

  test("one collector follows a server, until it is killed", async (test) => {
    const desk = await deskOf(test);
    const first = await desk.collect();
    const second = desk.start();
    assert.equal((await second.ended).code, 1);
    assert.match(second.said(), /another collector/);
    await first.kill("SIGKILL");
    await desk.collect();
  });

  test("it waits longer each time, and begins anew when it was heard", async (test) => {
    const desk = await deskOf(test);
    const collector = await desk.collect();
    const waits = (): string[] => [...collector.said().matchAll(/again in ([\d.]+) s/g)].map((match) => match[1] as string);
    await desk.server.close();
    await until("three tries", () => waits().length >= 4);
    assert.deepEqual(waits().slice(0, 4), ["0.25", "0.5", "1", "2"]);
    await desk.server.open();
    await until("there again", () => desk.server.listeners === 1);
    desk.server.cut();
    await until("cut", () => waits().at(-1) === "0.25");
    await until("there again", () => desk.server.listeners === 1);
  });
});

// These are about time and memory, and have the machine for themselves.

test("everything is on disk within a second, however much comes at once", async (test) => {
  const desk = await deskOf(test);
  const collector = await desk.collect();
  const ids = Array.from({ length: 20 }, (_, n) => `ses_burst${n}`);
  for (const id of ids) desk.server.emit(session(id), prompt(id));
  for (let n = 0; n < 2000; n++) for (const id of ids) desk.server.emit(delta(id, n));
  await desk.server.drained();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await collector.kill("SIGKILL");
  for (const id of ids) assert.equal(desk.events(id).length, 2002, id);
});

test("a thousand sessions and more are followed at once, in little memory", async (test) => {
  const desk = await deskOf(test);
  const collector = await desk.collect();
  const ids = Array.from({ length: 1500 }, (_, n) => `ses_many${n}`);
  for (const id of ids) desk.server.emit(session(id), prompt(id), busy(id));
  const filler = "x".repeat(20_000);
  for (let round = 0; round < 3; round++) {
    for (const id of ids) desk.server.emit({ type: "todo.updated", properties: { sessionID: id, todos: [{ content: filler }] } });
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  await until("all of them", () => desk.events("ses_many1499").length === 6 && desk.events("ses_many0").length === 6, 30_000);
  const memory = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${collector.child.pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  test.diagnostic(`${Math.round(memory)} MiB at most`);
  assert.ok(memory < 300, `${memory} MiB`);
  for (const id of ids) assert.deepEqual(desk.events(id).map(({ type }) => type.replace(/^.*\./, "")), ["created", "updated", "status", "updated", "updated", "updated"]);
});

test("interrupted or asked to end, it ends at once and says so, also when nobody answers", async (test) => {
  const ends = async (signal: NodeJS.Signals, code: number): Promise<void> => {
    const desk = await deskOf(test);
    desk.sink.always({ kind: "hang" });
    const collector = await desk.collect();
    for (const event of eventsOf("interleaved-sessions")) desk.server.emit(event);
    desk.server.emit(session("ses_last"));
    await until("heard", () => desk.events("ses_last").length === 1);
    desk.server.emit(prompt("ses_last"));
    await new Promise((resolve) => setTimeout(resolve, 30));
    const end = await collector.kill(signal);
    assert.deepEqual([end.code, end.signal], [code, null]);
    assert.ok(end.ms < 5000, `${end.ms} ms`);
    assert.equal(desk.events("ses_last").length, 2, "what came last is there");
  };
  await Promise.all([ends("SIGINT", 130), ends("SIGTERM", 143)]);
});
