// The stream maker: the same bytes for the same seed, events a reader can read, and counts that a plain count confirms.
//
// It does not hold the shape against a real server's; the recordings do that for the core.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeStream, type StreamOptions } from "../../bench/make-stream.ts";

const work = mkdtempSync(join(tmpdir(), "make-stream-"));
after(() => rmSync(work, { recursive: true }));

type Json = Record<string, unknown>;

interface Event {
  id: string;
  type: string;
  properties: Json & { info?: Json; part?: Json };
}

function make(name: string, options: Omit<StreamOptions, "directory">) {
  const made = makeStream({ ...options, directory: join(work, name) });
  const text = readFileSync(made.path, "utf8");
  return { ...made, text };
}

/** The rows of a stream, however they are framed. */
function rows(text: string): Json[] {
  assert.ok(text.endsWith("\n"));
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line.replace(/^data: /, "")) as Json);
}

/** The event in a row; null for a copy. */
function eventOf(row: Json): Event | null {
  const event = (row["payload"] ?? row) as Event;
  return event.type === "sync" ? null : event;
}

test("the same seed and size give the same bytes, another seed others", () => {
  const options = { seed: 3, bytes: 400_000 };
  const one = make("same-1", options).text;
  assert.equal(make("same-2", options).text, one);
  assert.notEqual(make("other", { ...options, seed: 4 }).text, one);
});

test("a stream is as big as asked for, within a tenth", () => {
  for (const grain of ["coarse", "fine"]) {
    for (const view of ["event", "global"] as const) {
      for (let seed = 1; seed <= 4; seed++) {
        const { text, truth } = make(`size-${grain}-${view}-${seed}`, { seed, bytes: 2_000_000, grain, view });
        assert.equal(Buffer.byteLength(text), truth.bytes);
        assert.ok(Math.abs(truth.bytes - 2_000_000) <= 200_000, `${grain} ${view} seed ${seed}: ${truth.bytes}`);
      }
    }
  }
});

for (const grain of ["coarse", "fine"]) {
  test(`a plain count finds what the truth says (${grain})`, () => {
    const { text, truth } = make(`truth-${grain}`, { seed: 5, bytes: 12_000_000, grain, form: "ndjson" });
    const all = rows(text);
    const events = all.map(eventOf).filter((event) => event !== null);
    const last = new Map<string, Json>();
    for (const { properties } of events) for (const written of [properties.info, properties.part]) if (written !== undefined) last.set(written["id"] as string, written);
    const written = [...last.values()];
    const tools = written.filter(({ type }) => type === "tool") as { tool: string; state: Json }[];
    const sessions = written.filter((each) => "slug" in each);
    const main = new Set(sessions.filter((each) => !("parentID" in each)).map(({ id }) => id));
    const tokens = written.filter(({ type }) => type === "step-finish").map((each) => each["tokens"] as Record<string, number> & { cache: Record<string, number> });
    const sum = (numbers: (number | undefined)[]): number => numbers.reduce((total: number, each) => total + (each ?? 0), 0);
    assert.deepEqual(
      {
        rows: all.length,
        copies: all.length - events.length,
        sessions: sessions.length,
        turns: written.filter(({ role, sessionID }) => role === "user" && main.has(sessionID)).length,
        responses: tokens.length,
        calls: tools.filter(({ tool }) => tool !== "task").length,
        agents: tools.filter(({ tool }) => tool === "task").length,
        failedCalls: tools.filter(({ state }) => state["status"] === "error").length,
        inputTokens: sum(tokens.flatMap(({ input, cache }) => [input, cache["read"], cache["write"]])),
        outputTokens: sum(tokens.flatMap(({ output, reasoning }) => [output, reasoning])),
      },
      {
        rows: truth.rows,
        copies: truth.copies,
        sessions: truth.sessions,
        turns: truth.turns,
        responses: truth.responses,
        calls: truth.calls,
        agents: truth.agents,
        failedCalls: truth.failedCalls,
        inputTokens: truth.inputTokens,
        outputTokens: truth.outputTokens,
      },
    );
    assert.ok(tools.every(({ state }) => state["status"] === "completed" || state["status"] === "error"), "every call has ended");
    assert.ok(truth.agents > 0 && truth.failedCalls > 0 && truth.sessions - truth.agents > 4, "a stream of this size has everything");
  });
}

test("every event that is kept stands twice in the global stream, its copy behind it with the same data", () => {
  const all = rows(make("copies", { seed: 9, bytes: 1_000_000 }).text);
  all.forEach((row, place) => {
    const event = eventOf(row);
    if (event === null) return;
    const copy = ((all[place + 1] ?? {})["payload"] as { syncEvent?: Json } | undefined)?.syncEvent;
    const kept = /^(session|message|message\.part)\.(created|updated)$/.test(event.type);
    assert.equal(copy !== undefined, kept, event.type);
    if (copy === undefined) return;
    assert.equal(copy["id"], event.id);
    assert.equal(copy["type"], `${event.type}.1`);
    assert.deepEqual(copy["data"], event.properties);
  });
});

test("a text is what its pieces say, and sessions speak at once", () => {
  const events = rows(make("pieces", { seed: 2, bytes: 1_000_000, view: "event" }).text).map(eventOf) as Event[];
  const texts = new Map<string, string>();
  let changes = 0;
  let before: unknown;
  for (const { type, properties } of events) {
    const { part, partID, delta, sessionID } = properties as Json & { part?: Json; partID: string; delta: string };
    if (type === "message.part.delta") texts.set(partID, (texts.get(partID) ?? "") + delta);
    else if (part !== undefined && texts.has(part["id"] as string)) assert.equal(part["text"], texts.get(part["id"] as string));
    if (sessionID !== before) changes++;
    before = sessionID;
  }
  assert.ok(texts.size > 10);
  assert.ok(changes > events.length / 20, `${changes} changes in ${events.length} events`);
});
