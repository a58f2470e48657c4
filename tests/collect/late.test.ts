// What comes late, or was begun before anybody listened: nothing is sent too early, nothing twice, and nothing is forgotten.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { tryLock } from "../../host-node/state/lock.ts";
import { places } from "../../host-node/state/paths.ts";
import { sweepLock } from "../../host-node/state/pending.ts";
import type { Event } from "../support/opencode-server.ts";
import type { OtlpSpan } from "../support/otlp.ts";
import { bySession, deskOf, eventsOf, until } from "./desk.ts";
import { arrived, built, byId, ids } from "./spans.ts";

/** A recording cut before the last event of a kind. */
function cutBefore(events: readonly Event[], isIt: (event: Event) => boolean): [Event[], Event[]] {
  const at = events.length - 1 - [...events].reverse().findIndex(isIt);
  return [events.slice(0, at), events.slice(at)];
}

const isAnswer = ({ type, properties }: Event): boolean => type === "message.part.updated" && (properties["part"] as { type?: string }).type === "step-finish";

const seconds = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1000 * count));

/** What of a span is the same, whatever was heard of it and when. */
const sums = (span: object): object => {
  const { name, startTimeUnixNano, endTimeUnixNano } = span as OtlpSpan;
  return { name, startTimeUnixNano, endTimeUnixNano };
};

// They wait, mostly.
describe("late", { concurrency: 8 }, () => {
  test("what comes late after an abort is waited for", async (test) => {
    const desk = await deskOf(test);
    await desk.collect();
    const events = eventsOf("aborted");
    const error = events.findIndex(({ type }) => type === "session.error");
    const idle = events.findIndex(({ type }, at) => at > error && type === "session.idle");
    desk.server.emit(...events.slice(0, idle + 1));
    await new Promise((resolve) => setTimeout(resolve, 3000));
    desk.server.emit(...events.slice(idle + 1));
    const expected = built(events);
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
    assert.deepEqual(early, ids(built(before)));
    // Nothing has happened: nothing is sent.
    collector = await desk.collect();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await collector.kill("SIGTERM");
    assert.deepEqual(ids(desk.sink.accepted()), early);
    collector = await desk.collect();
    desk.server.emit(...after);
    const expected = ids(built(events));
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
    const expected = ids(built(before));
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
    await arrived(desk, ids(built(first)));
    // It is written down that it did.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await collector.kill("SIGKILL");
    desk.server.miss(gone(two));
    collector = await desk.collect();
    await arrived(desk, ids([first, second].flatMap((each) => built(each))));
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
    await arrived(desk, ids([events, eventsOf("single-turn")].flatMap((each) => built(each))));
    await collector.kill("SIGTERM");
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
    await arrived(desk, ids(built(events.slice(0, first))));
    desk.server.emit(...events.slice(begun));
    const expected = built(events);
    await arrived(desk, ids(expected));
    await collector.kill("SIGTERM");
    assert.deepEqual(byId(desk.sink.accepted()), byId(expected));
  });

  test("a prompt that the server has not begun with is not sent without its answer", async (test) => {
    const desk = await deskOf(test);
    await desk.collect();
    const events = eventsOf("multi-turn");
    const first = events.findIndex(({ type }) => type === "session.idle") + 1;
    const isPrompt = ({ type, properties }: Event): boolean => type === "message.part.updated" && (properties["part"] as { type?: string }).type === "text";
    const asked = first + events.slice(first).findIndex(isPrompt) + 1;
    desk.server.emit(...events.slice(0, asked));
    await seconds(3);
    desk.server.emit(...events.slice(asked));
    const expected = built(events);
    await arrived(desk, ids(expected));
    assert.deepEqual(byId(desk.sink.accepted()), byId(expected));
  });

  test("what is still said of a deleted session when it was sent sends nothing twice", async (test) => {
    const desk = await deskOf(test);
    const collector = await desk.collect();
    // A tool runs.
    const events = eventsOf("failing-tools");
    const before = events.slice(0, events.findIndex(isAnswer));
    const [id] = [...bySession(before).keys()] as [string];
    desk.server.emit(...before, { type: "session.deleted", properties: { sessionID: id, info: { id } } });
    const expected = ids(built(before));
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
    const expected = built(events);
    await until("the turn", () => here().length >= expected.length);
    await collector.kill("SIGTERM");
    assert.deepEqual(ids(here()), ids(expected));
  });

  test("a family that is caught up with is sent when all of it is", async (test) => {
    const desk = await deskOf(test);
    let collector = await desk.collect();
    desk.server.emit(...eventsOf("single-turn"));
    await arrived(desk, ids(built(eventsOf("single-turn"))));
    await collector.kill("SIGTERM");
    const events = eventsOf("subagents");
    desk.server.miss(...events);
    // An answer after another, the parent's first, and time in between.
    desk.server.delayMs = 600;
    collector = await desk.collect();
    const expected = [eventsOf("single-turn"), events].flatMap((each) => built(each));
    await arrived(desk, ids(expected));
    await collector.kill("SIGTERM");
    const byTrace = (spans: readonly OtlpSpan[]): object[] => [...spans].sort((a, b) => (a.spanId < b.spanId ? -1 : 1)).map(({ name, parentSpanId, attributes }) => ({ name, parentSpanId, join: attributes.filter(({ key }) => key === "spanloom.agent.join") }));
    assert.deepEqual(byTrace(desk.sink.accepted()), byTrace(expected));
  });

  test("what was left when the server is away is sent when it is back", async (test) => {
    const desk = await deskOf(test);
    const collector = await desk.collect();
    const events = eventsOf("single-turn");
    // The prompt is there, and nobody works at it yet.
    const at = events.findIndex(({ type }) => type === "message.part.updated") + 1;
    desk.server.emit(...events.slice(0, at));
    await until("heard", () => desk.files().some((file) => file.includes("/ses_") && file.endsWith(".jsonl")));
    await collector.kill("SIGKILL");
    await desk.server.close();
    const again = desk.start();
    await seconds(3);
    desk.server.miss(...events.slice(at));
    await desk.server.open();
    const expected = built(events);
    await arrived(desk, ids(expected));
    await again.kill("SIGTERM");
    assert.deepEqual(byId(desk.sink.accepted()).map(sums), byId(expected).map(sums));
  });
});
