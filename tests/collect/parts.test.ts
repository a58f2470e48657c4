// The parts a collector is made of, each by itself: families, files made smaller, what was missed, sessions in little memory.

import assert from "node:assert/strict";
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { missedMessages, missedRemovals, missedSession, readKnown } from "../../host-node/collect/catchup.ts";
import { compact } from "../../host-node/collect/compact.ts";
import { readEvent } from "../../host-node/collect/event.ts";
import { Kin } from "../../host-node/collect/kin.ts";
import { Live } from "../../host-node/collect/live.ts";
import type { Message } from "../../host-node/collect/server.ts";
import { Sessions } from "../../host-node/collect/sessions.ts";
import { nothingKept, Shelf } from "../../host-node/collect/shelf.ts";
import { folderOf } from "../host-node/folder.ts";
import { opencodeFixtures } from "../support/opencode.ts";
import { type Event, FakeServer, sorted } from "../support/opencode-server.ts";
import { bySession, eventsOf } from "./desk.ts";

const line = (event: Event): string => JSON.stringify(event);
const rowsOf = (path: string): Event[] => readFileSync(path, "utf8").split("\n").filter(Boolean).map((row) => JSON.parse(row) as Event);

/** What a server that heard these events would answer. */
function answers(events: readonly Event[], id: string): { info: object; messages: Message[] } {
  const server = new FakeServer();
  server.miss(...events);
  const { info, messages } = server.sessions.get(id)!;
  return { info, messages: sorted(messages).map((message) => ({ info: message.info, parts: sorted(message.parts) })) };
}

test("a family is a session, what it started at any depth, and its forks, in whatever order they are met", () => {
  const made = { root: ["", 100, 101], child: ["root", 110, 111], grandchild: ["child", 120, 121], fork: ["", 500, 101], "fork of fork": ["", 600, 101], other: ["", 100, 102] } as const;
  const names = Object.keys(made) as (keyof typeof made)[];
  for (let turn = 0; turn < names.length; turn++) {
    const kin = new Kin();
    for (const name of [...names.slice(turn), ...names.slice(0, turn)].reverse()) {
      const [parent, created, first] = made[name];
      kin.tell(name, { parent, created, first });
    }
    assert.equal(kin.root("grandchild"), "root");
    assert.deepEqual(kin.family("fork"), ["child", "fork", "fork of fork", "grandchild", "root"], String(turn));
    assert.deepEqual(kin.family("other"), ["other"]);
  }
});

test("sessions that name each other as parents do no harm", () => {
  const kin = new Kin();
  kin.tell("a", { parent: "b", created: 1, first: 0 });
  kin.tell("b", { parent: "a", created: 1, first: 0 });
  kin.tell("a", { parent: "a", created: 1, first: 0 });
  assert.deepEqual([kin.family("a"), kin.family("b")], [["a", "b"], ["a", "b"]]);
});

test("forks of the real client are found", () => {
  const kin = new Kin();
  const events = bySession(eventsOf("forked"));
  for (const [id, rows] of events) {
    const live = new Live(id, nothingKept, true);
    for (const row of rows) live.note(readEvent(line(row))!);
    kin.tell(id, live);
  }
  const roots = [...events.keys()].filter((id) => kin.root(id) === id);
  assert.equal(roots.length, 1);
  assert.deepEqual(kin.family(roots[0]!), [...events.keys()].sort());
});

test("a file made smaller says the same", (test) => {
  const folder = folderOf(test);
  let [before, after] = [0, 0];
  for (const { scenario } of opencodeFixtures().filter(({ readings }) => readings.has("events"))) {
    for (const [id, events] of bySession(eventsOf(scenario))) {
      const path = join(folder, "events.jsonl");
      writeFileSync(path, events.map(line).join("\n\n"));
      before += statSync(path).size;
      compact(path);
      after += statSync(path).size;
      const kept = rowsOf(path);
      if (!events.some(({ type }) => type === "session.deleted")) assert.deepEqual(answers(kept, id), answers(events, id), scenario);
      const others = (rows: Event[]): Event[] => rows.filter(({ type }) => !/^message\.part|^session\.diff|^todo/.test(type));
      assert.deepEqual(others(kept), others(events), scenario);
      compact(path);
      assert.deepEqual(rowsOf(path), kept, "again is harmless");
      assert.deepEqual(readdirSync(folder), ["events.jsonl"]);
    }
  }
  assert.ok(after < before * 0.9, `${after} of ${before}`);
});

test("of a text that was never ended its pieces stay", (test) => {
  const path = join(folderOf(test), "events.jsonl");
  const piece = (partID: string, delta: string): Event => ({ type: "message.part.delta", properties: { sessionID: "s", messageID: "m", partID, field: "text", delta } });
  const part = (id: string, text: string): Event => ({ type: "message.part.updated", properties: { part: { id, sessionID: "s", messageID: "m", type: "text", text } } });
  const rows = [part("p", ""), piece("p", "a"), part("q", ""), piece("q", "b"), part("p", "a."), piece("q", "c"), piece("p", "late"), piece("r", "alone")];
  writeFileSync(path, `${rows.map(line).join("\n")}\n{"type":"torn`);
  compact(path);
  const texts = readFileSync(path, "utf8").trimEnd().split("\n");
  assert.deepEqual(texts, [...[2, 3, 4, 5, 6, 7].map((at) => line(rows[at]!)), '{"type":"torn']);
});

test("what a server says is compared by content, and only what differs is written", (test) => {
  const path = join(folderOf(test), "events.jsonl");
  const events = eventsOf("multi-turn");
  const [id] = [...bySession(events).keys()] as [string];
  const { info, messages } = answers(events, id);
  // As another version of it would write it.
  const turned = (value: object): Record<string, unknown> => Object.fromEntries(Object.entries(value).reverse());
  const missed = (from: readonly Event[], theirs = messages, touched = new Set<string>()): string[] => {
    writeFileSync(path, from.map(line).join("\n"));
    const known = readKnown(path);
    const seen = new Set<string>();
    return [...missedSession(known, id, turned(info)), ...missedMessages(known, id, theirs.map(({ info: each, parts }) => ({ info: turned(each), parts: parts.map(turned) })), touched, seen), ...missedRemovals(known, id, seen, touched)];
  };
  assert.deepEqual(missed(events), []);
  const all = missed([]);
  assert.equal(all.length, 1 + messages.reduce((sum, { parts }) => sum + 1 + parts.length, 0));
  const half = events.slice(0, Math.floor(events.length / 2));
  const rest = missed(half).map((row) => JSON.parse(row) as Event);
  assert.ok(rest.length > 0 && rest.length < all.length);
  assert.deepEqual(missed([...half, ...rest]), []);
  const last = messages.at(-1)!;
  const name = last.info["id"] as string;
  assert.deepEqual(missed(events, messages.slice(0, -1)).map((row) => (JSON.parse(row) as Event).type), ["message.removed"]);
  assert.deepEqual(missed(events, messages.slice(0, -1), new Set([name])), [], "an event said otherwise meanwhile");
  const [gone] = last.parts;
  const fewer = [...messages.slice(0, -1), { info: last.info, parts: last.parts.slice(1) }];
  assert.deepEqual(missed(events, fewer).map((row) => (JSON.parse(row) as Event).properties["partID"]), [gone!["id"]]);
});

interface Kept {
  readonly sessions: Sessions;
  readonly shelf: Shelf;
  readonly evicted: string[];
  readonly behind: string[];
  say(event: Event): void;
}

function sessionsOf(test: TestContext, mostLive: number, folder = join(folderOf(test), "collect")): Kept {
  const shelf = new Shelf(folder, () => {});
  const [evicted, behind]: [string[], string[]] = [[], []];
  const watch = { isTraced: () => true, evicted: (id: string) => void evicted.push(id), behind: (id: string) => void behind.push(id), tell: () => {} };
  const sessions = new Sessions(shelf, mostLive, watch);
  const say = (event: Event): void => {
    const read = readEvent(line(event))!;
    const live = sessions.live(read.session);
    live.note(read);
    sessions.put(live, [line(event)]);
  };
  return { sessions, shelf, evicted, behind, say };
}

const created = (id: string, parentID?: string): Event => ({ type: "session.created", properties: { info: { id, directory: "/home/dev", ...(parentID ? { parentID } : {}), time: { created: 10, updated: 10 } } } });
const busy = (sessionID: string): Event => ({ type: "session.status", properties: { sessionID, status: { type: "busy" } } });
const tool = (sessionID: string, status: string): Event => ({ type: "message.part.updated", properties: { part: { id: "prt_1", messageID: "msg_1", sessionID, type: "tool", state: { status } } } });

test("sessions that spoke longest ago go out of memory, and come back as they were", (test) => {
  const { sessions, shelf, evicted, say } = sessionsOf(test, 10);
  for (let n = 0; n < 30; n++) {
    say(created(`ses_${n}`, n === 0 ? "ses_above" : undefined));
    say(busy(`ses_${n}`));
    say(tool(`ses_${n}`, "running"));
  }
  assert.equal(sessions.all().length, 10);
  assert.deepEqual(evicted, Array.from({ length: 20 }, (_, n) => `ses_${n}`));
  const back = sessions.live("ses_0");
  assert.deepEqual([back.busy, back.parent, [...back.open], back.isBehind], [true, "ses_above", ["prt_1"], false]);
  say(tool("ses_0", "completed"));
  sessions.write();
  assert.deepEqual(rowsOf(shelf.path("ses_0")).map(({ type }) => type), ["session.created", "session.status", "message.part.updated", "message.part.updated"]);
  // Nothing was left to do for this one.
  back.done = shelf.size("ses_0");
  const before = evicted.length;
  for (let n = 20; n < 31; n++) sessions.live(`ses_${n}`);
  assert.ok(!evicted.slice(before).includes("ses_0"));
});

test("what an earlier run left is taken up, also without what it knew of it", (test) => {
  const folder = join(folderOf(test), "collect");
  const first = sessionsOf(test, 10, folder);
  for (const id of ["ses_a", "ses_b", "ses_c"]) first.say(created(id));
  first.say(tool("ses_a", "running"));
  first.sessions.write();
  const done = first.sessions.live("ses_c");
  done.done = first.shelf.size("ses_c");
  for (const id of ["ses_b", "ses_c"]) first.sessions.keep(first.sessions.live(id));
  writeFileSync(first.shelf.path("ses_a").replace(/l$/, ""), "{torn");
  appendFileSync(first.shelf.path("ses_a"), '{"type":"session.idle","prop');
  const second = sessionsOf(test, 10, folder);
  assert.deepEqual(second.sessions.restore().sort(), ["ses_a", "ses_b"]);
  assert.deepEqual([...second.sessions.live("ses_a").open], ["prt_1"]);
  second.say(tool("ses_a", "completed"));
  second.sessions.write();
  const rows = readFileSync(second.shelf.path("ses_a"), "utf8").split("\n");
  assert.equal(rows.at(-2), line(tool("ses_a", "completed")), "a torn line ends where the next begins");
  assert.deepEqual(second.sessions.restore(Date.now() + 31 * 86_400_000), []);
  assert.ok(!existsSync(second.shelf.path("ses_c")), "after a month nobody comes back");
});

test("where nothing can be written it is kept for a while, and then asked for again", (test) => {
  const folder = folderOf(test, { collect: "a file where the folder should be" });
  const { sessions, behind, say } = sessionsOf(test, 10, join(folder, "collect"));
  say(created("ses_a"));
  sessions.write();
  assert.deepEqual([sessions.live("ses_a").lines.length, behind], [1, []]);
  const large = { type: "todo.updated", properties: { sessionID: "ses_a", todos: "x".repeat(8 * 1024 * 1024) } };
  for (let n = 0; n < 9; n++) say(large);
  sessions.write();
  assert.deepEqual([sessions.live("ses_a").lines.length, behind, sessions.live("ses_a").isBehind], [0, ["ses_a"], true]);
});
