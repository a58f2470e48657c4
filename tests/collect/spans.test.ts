// What arrives of a server that is followed: every span of its record, once, whatever happens in between.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { tryLock } from "../../host-node/state/lock.ts";
import { places } from "../../host-node/state/paths.ts";
import { sweepLock } from "../../host-node/state/pending.ts";
import { spanloom } from "../host-node/command.ts";
import { folderOf } from "../host-node/folder.ts";
import { opencodeFixtures } from "../support/opencode.ts";
import type { Event } from "../support/opencode-server.ts";
import { type OtlpSpan, readJson, spansOf } from "../support/otlp.ts";
import { bySession, type Desk, deskOf, eventsOf, until } from "./desk.ts";

const ids = (spans: readonly { spanId: string }[]): string[] => spans.map(({ spanId }) => spanId).sort();

/** The spans a plain build makes of these events. */
async function built(test: TestContext, events: readonly Event[]): Promise<OtlpSpan[]> {
  const folder = folderOf(test, { "events.ndjson": events.map((event) => `${JSON.stringify(event)}\n`).join("") });
  const { stdout } = await spanloom(["build", "-q", "-f", "otlp-json", "--content", "metadata", join(folder, "events.ndjson")]);
  return spansOf(readJson(String(stdout).split("\n").filter(Boolean)));
}

/** What a span says, apart from where its record lies. */
function said({ attributes, ...span }: OtlpSpan): object {
  return { ...span, attributes: attributes.filter(({ key }) => !key.startsWith("spanloom.source.")) };
}

const byId = (spans: readonly OtlpSpan[]): object[] => [...spans].sort((a, b) => (a.spanId < b.spanId ? -1 : 1)).map(said);

async function arrived(desk: Desk, expected: readonly string[], ms = 60_000): Promise<void> {
  const wanted = new Set(expected);
  const missing = (): string[] => {
    const here = new Set(ids(desk.sink.accepted()));
    return [...wanted].filter((id) => !here.has(id));
  };
  await until("every span arrives", () => missing().length === 0, ms).catch((error: Error) => {
    throw new Error(`${error.message}: ${missing().length} of ${wanted.size} are missing`);
  });
  assert.deepEqual(ids(desk.sink.accepted()), [...expected].sort());
}

/** Events of several recordings, one of each in turn. */
function interleaved(recordings: readonly Event[][]): Event[] {
  const most = Math.max(...recordings.map(({ length }) => length));
  return Array.from({ length: most }, (_, at) => recordings.flatMap((events) => events[at] ?? [])).flat();
}

const recorded = opencodeFixtures().filter(({ readings }) => readings.has("events")).map(({ scenario }) => scenario);

test("of every recording, all at once, each span arrives once and says what a build says", async (test) => {
  const desk = await deskOf(test);
  const collector = await desk.collect();
  const recordings = recorded.map(eventsOf);
  desk.server.emit(...interleaved(recordings));
  // Some were recorded until the server was killed.
  for (const [sessionID, { busy }] of desk.server.sessions) if (busy) desk.server.emit({ type: "session.idle", properties: { sessionID } });
  const expected = (await Promise.all(recordings.map((events) => built(test, events)))).flat();
  await arrived(desk, ids(expected));
  const end = await collector.kill("SIGTERM");
  assert.equal(end.code, 143);
  assert.deepEqual(byId(desk.sink.accepted()), byId(expected));
});

test("killed, cut off and started again, it sends every span once", async (test) => {
  const desk = await deskOf(test);
  const scenarios = ["multi-turn", "subagents", "interleaved-sessions", "idle-turns", "aborted", "failing-tools"].filter((name) => recorded.includes(name));
  const recordings = scenarios.map(eventsOf);
  const events = interleaved(recordings);
  let collector = await desk.collect();
  const pieces = 8;
  for (let piece = 0; piece < pieces; piece++) {
    const part = events.slice((piece * events.length) / pieces, ((piece + 1) * events.length) / pieces);
    const half = part.length / 2;
    desk.server.emit(...part.slice(0, half));
    await new Promise((resolve) => setTimeout(resolve, 200 + 150 * piece));
    if (piece % 3 === 2) {
      await desk.server.close();
      desk.server.miss(...part.slice(half));
      await desk.server.open();
    } else {
      await collector.kill("SIGKILL");
      desk.server.miss(...part.slice(half));
      collector = await desk.collect();
    }
  }
  const expected = (await Promise.all(recordings.map((each) => built(test, each)))).flat();
  await arrived(desk, ids(expected));
  await collector.kill("SIGTERM");
  assert.deepEqual(ids(desk.sink.accepted()), ids(expected));
});

test("idle is no end of a session, and what comes after it is in the same one", async (test) => {
  const desk = await deskOf(test, { stored: true });
  const collector = await desk.collect();
  const events = eventsOf("idle-turns");
  const [id] = [...bySession(events).keys()] as [string];
  const stored = (): OtlpSpan[] => {
    const path = join(desk.env["SPANLOOM_HOME"]!, "data/traces", `${id}.jsonl`);
    return existsSync(path) ? spansOf(readJson(readFileSync(path, "utf8").split("\n").filter(Boolean))) : [];
  };
  let last = 0;
  let from = 0;
  for (const [at, { type }] of events.entries()) {
    if (type !== "session.idle" || at - from < 20) continue;
    const expected = ids(await built(test, events.slice(0, at + 1)));
    desk.server.emit(...events.slice(from, at + 1));
    from = at + 1;
    await until("the turn is stored", () => ids(stored()).join() === expected.join());
    assert.ok(stored().length >= last);
    last = stored().length;
  }
  assert.ok(last > 0);
  desk.server.emit(...events.slice(from));
  await collector.kill("SIGINT");
  assert.deepEqual(ids(stored()), ids(await built(test, events)));
});

/** A recording cut before the last event of a kind. */
function cutBefore(events: readonly Event[], isIt: (event: Event) => boolean): [Event[], Event[]] {
  const at = events.length - 1 - [...events].reverse().findIndex(isIt);
  return [events.slice(0, at), events.slice(at)];
}

const isAnswer = ({ type, properties }: Event): boolean => type === "message.part.updated" && (properties["part"] as { type?: string }).type === "step-finish";

test("what comes late after an abort is waited for", async (test) => {
  const desk = await deskOf(test);
  await desk.collect();
  const events = eventsOf("aborted");
  const error = events.findIndex(({ type }) => type === "session.error");
  const idle = events.findIndex(({ type }, at) => at > error && type === "session.idle");
  desk.server.emit(...events.slice(0, idle + 1));
  await new Promise((resolve) => setTimeout(resolve, 3000));
  desk.server.emit(...events.slice(idle + 1));
  const expected = await built(test, events);
  await arrived(desk, ids(expected));
  assert.deepEqual(byId(desk.sink.accepted()), byId(expected));
});

test("a turn that was cut off is sent as it is, and its further spans if it goes on after all", async (test) => {
  const desk = await deskOf(test);
  let collector = await desk.collect();
  const events = eventsOf("failing-tools");
  const at = events.findIndex(isAnswer);
  const [before, after] = [events.slice(0, at), events.slice(at)];
  desk.server.emit(...before);
  await until("heard", () => desk.files().some((file) => file.includes("/ses_") && file.endsWith(".jsonl")));
  await collector.kill("SIGTERM");
  const early = ids(desk.sink.accepted());
  assert.deepEqual(early, ids(await built(test, before)));
  // Nothing has happened: nothing is sent.
  collector = await desk.collect();
  await new Promise((resolve) => setTimeout(resolve, 2500));
  await collector.kill("SIGTERM");
  assert.deepEqual(ids(desk.sink.accepted()), early);
  collector = await desk.collect();
  desk.server.emit(...after);
  const expected = ids(await built(test, events));
  assert.ok(expected.length > early.length);
  await arrived(desk, expected);
  await collector.kill("SIGTERM");
  assert.deepEqual(ids(desk.sink.accepted()), expected);
});

test("a server that dies in the middle of a turn leaves what it had, which is sent once", async (test) => {
  const desk = await deskOf(test);
  const collector = await desk.collect();
  const events = eventsOf("server-restarted");
  const [before] = cutBefore(events, isAnswer);
  desk.server.emit(...before);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await desk.server.close();
  await desk.server.open();
  const expected = ids(await built(test, before));
  await arrived(desk, expected);
  await collector.kill("SIGTERM");
  assert.deepEqual(ids(desk.sink.accepted()), expected);
});

test("of a session that is deleted all there is is sent, and of one deleted while nobody listened", async (test) => {
  const desk = await deskOf(test);
  let collector = await desk.collect();
  const [first] = cutBefore(eventsOf("single-turn"), isAnswer);
  const [second] = cutBefore(eventsOf("edit-and-write"), isAnswer);
  const [one] = [...bySession(first).keys()] as [string];
  const [two] = [...bySession(second).keys()] as [string];
  const gone = (id: string): Event => ({ type: "session.deleted", properties: { sessionID: id, info: { id } } });
  desk.server.emit(...first, ...second);
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(desk.sink.accepted().length, 0);
  desk.server.emit(gone(one));
  await arrived(desk, ids(await built(test, first)));
  // It is written down that it did.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await collector.kill("SIGKILL");
  desk.server.miss(gone(two));
  collector = await desk.collect();
  await arrived(desk, ids((await Promise.all([first, second].map((each) => built(test, each)))).flat()));
});

test("what a backend does not take waits, and is sent when it does", async (test) => {
  const desk = await deskOf(test);
  desk.sink.always({ kind: "status", status: 503, message: "later" });
  let collector = await desk.collect();
  const events = eventsOf("multi-turn");
  desk.server.emit(...events);
  await until("it was tried", () => desk.sink.received.length > 0);
  await collector.kill("SIGTERM");
  desk.sink.always({ kind: "accept" });
  collector = await desk.collect();
  desk.server.emit(...eventsOf("single-turn"));
  await arrived(desk, ids((await Promise.all([events, eventsOf("single-turn")].map((each) => built(test, each)))).flat()));
  await collector.kill("SIGTERM");
});

test("its files are sessions, for every other command too", async (test) => {
  const desk = await deskOf(test);
  const collector = await desk.collect();
  desk.server.emit(...eventsOf("subagents"));
  const expected = await built(test, eventsOf("subagents"));
  await arrived(desk, ids(expected));
  await collector.kill("SIGTERM");
  const folder = folderOf(test);
  for (const file of desk.files().filter((each) => each.endsWith(".jsonl"))) writeFileSync(join(folder, file.split("/").at(-1)!), readFileSync(file));
  assert.equal(readdirSync(folder).length, 3);
  const { stdout } = await spanloom(["build", "-q", "-f", "otlp-json", "--content", "metadata", folder]);
  assert.deepEqual(byId(spansOf(readJson(String(stdout).split("\n").filter(Boolean)))), byId(expected));
});

test("a prompt that comes while a turn is on its way is no part of what is sent", async (test) => {
  const desk = await deskOf(test);
  const collector = await desk.collect();
  const events = eventsOf("multi-turn");
  const ends = events.flatMap(({ type }, at) => (type === "session.idle" ? [at + 1] : []));
  const first = ends[0]!;
  const begun = first + events.slice(first).findIndex(isAnswer);
  // Whoever works for hooks has the lock for a while.
  const lock = tryLock(sweepLock(places(desk.env)))!;
  desk.server.emit(...events.slice(0, first));
  await new Promise((resolve) => setTimeout(resolve, 2000));
  desk.server.emit(...events.slice(first, begun));
  await new Promise((resolve) => setTimeout(resolve, 500));
  lock.release();
  await arrived(desk, ids(await built(test, events.slice(0, first))));
  desk.server.emit(...events.slice(begun));
  const expected = await built(test, events);
  await arrived(desk, ids(expected));
  await collector.kill("SIGTERM");
  assert.deepEqual(byId(desk.sink.accepted()), byId(expected));
});

const seconds = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1000 * count));

test("what is still said of a deleted session when it was sent sends nothing twice", async (test) => {
  const desk = await deskOf(test);
  const collector = await desk.collect();
  // A tool runs.
  const events = eventsOf("failing-tools");
  const before = events.slice(0, events.findIndex(isAnswer));
  const [id] = [...bySession(before).keys()] as [string];
  desk.server.emit(...before, { type: "session.deleted", properties: { sessionID: id, info: { id } } });
  const expected = ids(await built(test, before));
  await arrived(desk, expected);
  const error = { name: "UnknownError", data: { message: "Failed query: insert into part" } };
  const answer = before.filter(({ type, properties }) => type === "message.updated" && (properties["info"] as { role?: string }).role === "assistant").at(-1)!;
  const failed: Event = { type: "message.updated", properties: { sessionID: id, info: { ...(answer.properties["info"] as object), error, time: { created: 1_795_220_001_000, completed: 1_795_220_009_000 } } } };
  desk.server.emit({ type: "session.error", properties: { sessionID: id, error } }, failed, { type: "session.idle", properties: { sessionID: id } });
  await seconds(2.5);
  await collector.kill("SIGKILL");
  const again = await desk.collect();
  await seconds(2);
  await again.kill("SIGTERM");
  assert.deepEqual(ids(desk.sink.accepted()), expected);
});

test("a turn that is caught up with while it runs is sent when it has ended", async (test) => {
  const desk = await deskOf(test);
  let collector = await desk.collect();
  desk.server.emit(...eventsOf("idle-turns"));
  await until("heard", () => desk.files().some((file) => file.includes("/ses_")));
  await collector.kill("SIGKILL");
  const events = eventsOf("failing-tools");
  // Between two steps nothing is open.
  const step = events.findIndex(isAnswer);
  const done = step + events.slice(step).findIndex(({ type, properties }) => type === "message.updated" && (properties["info"] as { finish?: string }).finish !== undefined);
  const [id] = [...bySession(events).keys()] as [string];
  desk.server.miss(...events.slice(0, done + 1), { type: "session.status", properties: { sessionID: id, status: { type: "busy" } } });
  collector = await desk.collect();
  await seconds(4);
  const here = (): OtlpSpan[] => desk.sink.accepted().filter(({ attributes }) => attributes.some(({ value }) => value.stringValue === id));
  assert.deepEqual(here(), []);
  desk.server.emit(...events.slice(done + 1));
  const expected = await built(test, events);
  await until("the turn", () => here().length >= expected.length);
  await collector.kill("SIGTERM");
  assert.deepEqual(ids(here()), ids(expected));
});

test("a family that is caught up with is sent when all of it is", async (test) => {
  const desk = await deskOf(test);
  let collector = await desk.collect();
  desk.server.emit(...eventsOf("single-turn"));
  await arrived(desk, ids(await built(test, eventsOf("single-turn"))));
  await collector.kill("SIGTERM");
  const events = eventsOf("subagents");
  desk.server.miss(...events);
  // An answer after another, the parent's first, and time in between.
  desk.server.delayMs = 600;
  collector = await desk.collect();
  const expected = (await Promise.all([eventsOf("single-turn"), events].map((each) => built(test, each)))).flat();
  await arrived(desk, ids(expected));
  await collector.kill("SIGTERM");
  const byTrace = (spans: readonly OtlpSpan[]): object[] => [...spans].sort((a, b) => (a.spanId < b.spanId ? -1 : 1)).map(({ name, parentSpanId, attributes }) => ({ name, parentSpanId, join: attributes.filter(({ key }) => key === "spanloom.agent.join") }));
  assert.deepEqual(byTrace(desk.sink.accepted()), byTrace(expected));
});
