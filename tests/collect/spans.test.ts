// What arrives of a server that is followed: every span of its record, once, whatever happens in between.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { spanloom } from "../host-node/command.ts";
import { folderOf } from "../host-node/folder.ts";
import { opencodeFixtures } from "../support/opencode.ts";
import type { Event } from "../support/opencode-server.ts";
import { attributes, type OtlpSpan, readJson, spansOf } from "../support/otlp.ts";
import { bySession, deskOf, eventsOf, until } from "./desk.ts";
import { arrived, built, byId, ids } from "./spans.ts";

/** Events of several recordings, one of each in turn. */
function interleaved(recordings: readonly Event[][]): Event[] {
  const most = Math.max(...recordings.map(({ length }) => length));
  return Array.from({ length: most }, (_, at) => recordings.flatMap((events) => events[at] ?? [])).flat();
}

const recorded = opencodeFixtures().filter(({ readings }) => readings.has("events")).map(({ scenario }) => scenario);

// They wait, mostly.
describe("spans", { concurrency: 4 }, () => {
  test("of every recording, all at once, each span arrives once and says what a build says", async (test) => {
    const desk = await deskOf(test);
    const collector = await desk.collect();
    const recordings = recorded.map(eventsOf);
    desk.server.emit(...interleaved(recordings));
    // Some were recorded until the server was killed.
    for (const [sessionID, { busy }] of desk.server.sessions) if (busy) desk.server.emit({ type: "session.idle", properties: { sessionID } });
    const expected = recordings.flatMap((events) => built(events));
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
    const expected = recordings.flatMap((each) => built(each));
    await arrived(desk, ids(expected));
    await collector.kill("SIGTERM");
    assert.deepEqual(ids(desk.sink.accepted()), ids(expected));
  });

  test("a project that wants no content sent is heeded, whatever the user's own setting is", async (test) => {
    const desk = await deskOf(test);
    const folder = folderOf(test, {
      "quiet/.git/HEAD": "",
      "quiet/.spanloom.json": '{ "content": { "network": "metadata" } }',
      "open/.git/HEAD": "",
    });
    const config = join(desk.env["SPANLOOM_HOME"]!, "config");
    mkdirSync(config, { recursive: true });
    writeFileSync(join(config, "config.json"), '{ "content": { "network": "full" } }');
    const collector = await desk.collect();
    const within = (name: string, scenario: string): Event[] =>
      JSON.parse(JSON.stringify(eventsOf(scenario)).replaceAll(/"(directory|cwd|root)":"[^"]*"/g, `"$1":${JSON.stringify(join(folder, name))}`)) as Event[];
    const [quiet, open] = [within("quiet", "subagents"), within("open", "single-turn")];
    desk.server.emit(...quiet, ...open);
    const unsaid = ids(built(quiet));
    await arrived(desk, [...unsaid, ...ids(built(open))]);
    await collector.kill("SIGTERM");
    const hasContent = new Map<unknown, boolean>();
    for (const span of desk.sink.accepted()) {
      const said = attributes(span);
      const where = said["process.working_directory"];
      if (where !== undefined && !span.parentSpanId) hasContent.set(where, said["gen_ai.input.messages"] !== undefined);
    }
    assert.deepEqual(hasContent, new Map([[join(folder, "quiet"), false], [join(folder, "open"), true]]));
    for (const span of desk.sink.accepted()) if (unsaid.includes(span.spanId)) assert.doesNotMatch(JSON.stringify(span), /messages|tool\.call\.(?:arguments|result)/);
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
      const expected = ids(built(events.slice(0, at + 1)));
      desk.server.emit(...events.slice(from, at + 1));
      from = at + 1;
      await until("the turn is stored", () => ids(stored()).join() === expected.join());
      assert.ok(stored().length >= last);
      last = stored().length;
    }
    assert.ok(last > 0);
    desk.server.emit(...events.slice(from));
    await collector.kill("SIGINT");
    assert.deepEqual(ids(stored()), ids(built(events)));
  });

  test("its files are sessions, for every other command too", async (test) => {
    const desk = await deskOf(test);
    const collector = await desk.collect();
    desk.server.emit(...eventsOf("subagents"));
    const expected = built(eventsOf("subagents"));
    await arrived(desk, ids(expected));
    await collector.kill("SIGTERM");
    const folder = folderOf(test);
    for (const file of desk.files().filter((each) => each.endsWith(".jsonl"))) writeFileSync(join(folder, file.split("/").at(-1)!), readFileSync(file));
    assert.equal(readdirSync(folder).length, 3);
    const { stdout } = await spanloom(["build", "-q", "-f", "otlp-json", "--content", "metadata", folder]);
    assert.deepEqual(byId(spansOf(readJson(String(stdout).split("\n").filter(Boolean)))), byId(expected));
  });
});
