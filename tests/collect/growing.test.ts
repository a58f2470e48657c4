// Turns while they grow, and how each of them ends: the store has them as far as they came, a backend when they are over.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Event } from "../support/opencode-server.ts";
import { Stream } from "../support/opencode-stream.ts";
import { type OtlpSpan, readJson, spansOf } from "../support/otlp.ts";
import { type Desk, deskOf, eventsOf, until } from "./desk.ts";
import { arrived, built, ids } from "./spans.ts";

const storedAt = (desk: Desk, session: string): string => join(desk.env["SPANLOOM_HOME"]!, "data/traces", `${session}.jsonl`);
const read = (path: string): OtlpSpan[] => (existsSync(path) ? spansOf(readJson(readFileSync(path, "utf8").split("\n").filter(Boolean))) : []);
const busy: [string, Record<string, unknown>] = ["session.status", { status: { type: "busy" } }];

/** The recording up to the idle that follows a refusal. */
function refusedIn(scenario: string, words: string): [Event[], Event[]] {
  const events = eventsOf(scenario);
  const refused = events.findIndex((event) => JSON.stringify(event).includes(words));
  const idle = events.findIndex(({ type }, at) => at > refused && type === "session.idle");
  assert.ok(refused > 0 && idle > refused);
  return [events.slice(0, idle + 1), events.slice(idle + 1)];
}

describe("growing", { concurrency: 6 }, () => {
  for (const [what, scenario, words] of [
    ["a permission is refused", "permission-refused", "The user rejected permission to use this specific tool call."],
    ["a question is dismissed", "question-asked", "The user dismissed this question"],
  ] as const) {
    test(`a turn that ends because ${what} is sent then, not with the next one`, async (test) => {
      const desk = await deskOf(test);
      const collector = await desk.collect();
      const [before, after] = refusedIn(scenario, words);
      desk.server.emit(...before);
      await arrived(desk, ids(built(before)));
      desk.server.emit(...after);
      await arrived(desk, ids(built(eventsOf(scenario))));
      await collector.kill("SIGTERM");
    });
  }

  test("a turn that goes on is in the store as far as it has come, each time whole and never less than before", async (test) => {
    const desk = await deskOf(test, { stored: true });
    const collector = await desk.collect();
    const it = new Stream("ses_a").open().event(...busy).prompt("msg_1", "go").begin("msg_2");
    desk.server.emit(...it.events);
    let seen = 0;
    let least = 0;
    for (let call = 0; seen < 2; call++) {
      assert.ok(call < 500, "it is written while the turn goes on");
      const from = it.events.length;
      it.run(`c${call}`).done(`c${call}`);
      desk.server.emit(...it.events.slice(from));
      await new Promise((resolve) => setTimeout(resolve, 60));
      const spans = read(storedAt(desk, "ses_a"));
      assert.ok(spans.length >= least, `${spans.length} after ${least}`);
      for (const { parentSpanId } of spans) assert.ok(parentSpanId === undefined || spans.some(({ spanId }) => spanId === parentSpanId));
      if (spans.length > least) seen++;
      least = spans.length;
    }
    it.end().idle();
    desk.server.emit(...it.events.slice(-4));
    await collector.kill("SIGINT");
    assert.deepEqual(ids(read(storedAt(desk, "ses_a"))), ids(built(it.events)));
  });

  test("a collector that is killed in mid-turn, again and again, leaves the turn to be sent once, whole", async (test) => {
    const desk = await deskOf(test);
    const it = new Stream("ses_a").open().event(...busy).prompt("msg_1", "go").begin("msg_2");
    let from = 0;
    for (let call = 0; call < 3; call++) {
      const collector = await desk.collect();
      it.run(`c${call}`);
      desk.server.emit(...it.events.slice(from));
      from = it.events.length;
      await until("it is written", () => desk.events("ses_a").some((event) => JSON.stringify(event).includes(`"c${call}"`)));
      await collector.kill("SIGKILL");
      it.done(`c${call}`);
      desk.server.miss(...it.events.slice(from));
      from = it.events.length;
    }
    const collector = await desk.collect();
    // Longer than a turn is left alone after its end.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    assert.deepEqual(desk.sink.accepted(), []);
    it.end().idle();
    desk.server.emit(...it.events.slice(from));
    const expected = built(it.events);
    await arrived(desk, ids(expected));
    await collector.kill("SIGTERM");
    assert.deepEqual(ids(desk.sink.accepted()), ids(expected));
  });

  test("sessions that end in one instant are all sent, though a backend does not take one of them", async (test) => {
    const desk = await deskOf(test);
    const collector = await desk.collect();
    const turns = ["ses_a", "ses_b", "ses_c"].map((id) => new Stream(id).open().turn(`msg_${id}1`, "go", `msg_${id}2`, "yes").events);
    desk.sink.next({ kind: "status", status: 400, message: "no" });
    desk.server.emit(...turns.flat());
    await until("the others", () => desk.sink.accepted().length >= 4);
    await collector.kill("SIGTERM");
    assert.equal(new Set(desk.sink.accepted().map(({ traceId }) => traceId)).size, 2);
  });
});
