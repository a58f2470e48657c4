// Delivery: every span once, in order, or kept, or named; whatever the backend, the network and the disk do.

import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { test, type TestContext } from "node:test";
import type { Summary } from "../../host-node/exporter/deliver.ts";
import type { Destination } from "../../host-node/exporter/destination.ts";
import type { Kept, Request } from "../../host-node/exporter/keep.ts";
import { readJson, readProto, spansOf } from "../support/otlp.ts";
import { type Answer, type Sink, startSink } from "../support/sink.ts";
import { deliver, destinationAt, large, type Made, made, QuickClock, spanIds, type State, stateOf, waitingIds } from "./parts.ts";

interface Place extends State {
  readonly sink: Sink;
  deliver(requests: Iterable<Request> | AsyncIterable<Request>, more?: Partial<Destination>, ms?: number): Promise<Summary & { kept: Kept }>;
}

async function placeOf(test: TestContext): Promise<Place> {
  const sink = await startSink();
  test.after(() => sink.close());
  const state = stateOf(test);
  return {
    ...state,
    sink,
    deliver(requests, more, ms = 60_000) {
      const clock = new QuickClock();
      return deliver(destinationAt(sink.url, more), requests, state, clock.now() + ms, clock);
    },
  };
}

const idsOf = (of: Made): string[] => spanIds(spansOf(of.requests.map(({ body }) => readProto(body))));
const status = (code: number, message?: string): Answer => ({ kind: "status", status: code, ...(message !== undefined && { message }) });
const all = made();
const tracesIn = (place: Place): string[] => [...place.spool.traces()];

/** What the sink has and what waits is each span once, in order; a trace is in the ledger or still to come. */
function assertNothingLost(place: Place, of: Made): void {
  assert.deepEqual([...spanIds(place.sink.accepted()), ...waitingIds(place)], idsOf(of));
  assert.deepEqual([...place.noted(), ...tracesIn(place)], of.traces);
}

test("there are several requests, some end traces and some do not, or the tests below say little", () => {
  assert.deepEqual([all.requests.length, all.traces.length], [16, 8]);
  assert.ok(all.requests.some(({ traces }) => traces.length === 0) && all.requests.some(({ traces }) => traces.length > 1));
  assert.ok(all.requests.filter(({ whole }) => whole).length > 1 && all.requests.some(({ traces, whole }) => traces.length > 0 && !whole));
});

test("all is accepted: every span once and in order, every trace in the ledger", async (test) => {
  const place = await placeOf(test);
  const summary = await place.deliver(all.requests);
  assert.deepEqual(summary, {
    accepted: all.requests.length,
    waiting: 0,
    refused: 0,
    repeated: 0,
    rejectedSpans: 0,
    traces: all.traces.length,
    messages: [],
    stopped: undefined,
    kept: { requests: all.requests.length, messages: [], complete: true },
  });
  assert.deepEqual(spanIds(place.sink.accepted()), idsOf(all));
  assertNothingLost(place, all);
});

test("JSON as well, and requests that come one by one", async (test) => {
  const place = await placeOf(test);
  const json = made("json");
  const slowly = async function* (): AsyncGenerator<Request> {
    for (const request of json.requests) yield await Promise.resolve(request);
  };
  await place.deliver(slowly(), { protocol: "http/json", compression: "none" });
  const whole = readJson(json.requests.map(({ body }) => Buffer.from(body).toString("utf8")));
  assert.deepEqual(spanIds(place.sink.accepted()), spanIds(spansOf(whole)));
});

test("a body is done with before the next request is asked for", async (test) => {
  const place = await placeOf(test);
  place.sink.next({ kind: "status", status: 413 }, status(400), status(400), status(503), status(503), status(503), status(503), status(503));
  const memory = Buffer.alloc(1 << 20);
  const reused = function* (): Generator<Request> {
    for (const { body, ...rest } of all.requests) {
      memory.fill(0xff).set(body);
      yield { ...rest, body: memory.subarray(0, body.length) };
    }
  };
  await place.deliver(reused());
  const seen = new Set([...spanIds(place.sink.received.flatMap(({ request }) => spansOf([request]))), ...waitingIds(place)]);
  assert.deepEqual([...seen].sort(), idsOf(all).sort());
});

test("a backend that is down: all is kept, in order, and sent when it is up again, before what is new", async (test) => {
  const place = await placeOf(test);
  place.sink.always(status(503, "starting"));
  const cut = all.requests.findIndex(({ whole }) => whole) + 1;
  const [first, second] = [all.requests.slice(0, cut), all.requests.slice(cut)];
  const down = await place.deliver(first);
  assert.deepEqual([down.accepted, down.waiting, down.kept.complete], [0, first.length, true]);
  assert.match(down.stopped ?? "", /HTTP 503: starting/);
  assert.deepEqual(place.noted(), []);
  const waiting = place.spool.list();
  await place.deliver([]);
  assert.deepEqual(place.spool.list(), waiting, "what waits is left where it is");
  place.sink.always({ kind: "accept" });
  const up = await place.deliver(second);
  assert.deepEqual([up.accepted, up.waiting, up.stopped], [all.requests.length, 0, undefined]);
  assert.deepEqual(place.spool.list(), []);
  assertNothingLost(place, all);
  const again = await place.deliver([]);
  assert.equal(again.accepted, 0, "nothing twice");
});

test("a backend that is down is not asked for every request", async (test) => {
  const place = await placeOf(test);
  place.sink.always(status(502));
  await place.deliver(all.requests);
  const firstIds = new Set(place.sink.received.map(({ request }) => spansOf([request])[0]?.spanId));
  assert.equal(firstIds.size, 2, "two requests in a row tell");
});

test("503 for a while is waited out", async (test) => {
  const place = await placeOf(test);
  place.sink.next(status(503), status(503), status(503));
  const summary = await place.deliver(all.requests);
  assert.deepEqual([summary.accepted, summary.messages], [all.requests.length, []]);
  assertNothingLost(place, all);
});

test("requests that always fail do not take their neighbours along", async (test) => {
  const place = await placeOf(test);
  const unlucky = [1, 3, 5].map((index) => spanIds(spansOf([readProto(all.requests[index]!.body)])));
  const isUnlucky = (id = ""): boolean => unlucky.some(([first]) => first === id);
  place.sink.always((request) => (isUnlucky(spansOf([request])[0]?.spanId) ? { kind: "close" } : { kind: "accept" }));
  const summary = await place.deliver(all.requests, {}, 600_000);
  assert.deepEqual([summary.accepted, summary.waiting, summary.stopped], [all.requests.length - 3, 3, undefined]);
  assert.deepEqual(waitingIds(place), unlucky.flat());
});

for (const code of [401, 403, 404]) {
  test(`${code} stops: all is kept, and the backend's words are told`, async (test) => {
    const place = await placeOf(test);
    place.sink.next({ kind: "accept" }, status(code, "who are you"));
    const summary = await place.deliver(all.requests);
    assert.deepEqual([summary.accepted, summary.waiting, summary.refused], [1, all.requests.length - 1, 0]);
    assert.match(summary.stopped ?? "", new RegExp(`HTTP ${code}: .*who are you`));
    assert.equal(place.sink.received.length, 2);
    assertNothingLost(place, all);
    await place.deliver([]);
    assert.deepEqual(place.spool.list(), []);
    assertNothingLost(place, all);
  });
}

test("400 is about one request: it is counted and named, and its neighbours go on", async (test) => {
  const place = await placeOf(test);
  const ending = all.requests.findIndex(({ traces }) => traces.length > 0);
  place.sink.next(...all.requests.slice(0, ending).map(() => ({ kind: "accept" }) as const), status(400, "bad attribute"));
  const summary = await place.deliver(all.requests);
  assert.deepEqual([summary.accepted, summary.refused, summary.waiting, summary.stopped], [all.requests.length - 1, 1, 0, undefined]);
  assert.equal(summary.messages.length, 1);
  assert.match(summary.messages[0]!, /a request of \d+ bytes was refused: HTTP 400: .*bad attribute/);
  assert.deepEqual(place.noted(), all.traces, "it is final: nothing is sent again for it");
});

test("413 cuts the request until it fits; only a span too large by itself is refused", async (test) => {
  for (const [encoding, protocol] of [["proto", "http/protobuf"], ["json", "http/json"]] as const) {
    const place = await placeOf(test);
    const whole = made(encoding, 1 << 20);
    const spans = spansOf(encoding === "proto" ? whole.requests.map(({ body }) => readProto(body)) : readJson(whole.requests.map(({ body }) => Buffer.from(body).toString("utf8"))));
    const monster = spans.reduce((most, span) => (JSON.stringify(span).length > JSON.stringify(most).length ? span : most)).spanId;
    place.sink.always((request) => {
      const ids = spanIds(spansOf([request]));
      return ids.length > 7 || ids.includes(monster) ? status(413, "too large") : { kind: "accept" };
    });
    const summary = await place.deliver(whole.requests, { protocol });
    assert.deepEqual(spanIds(place.sink.accepted()), spanIds(spans).filter((id) => id !== monster));
    assert.deepEqual([summary.refused, summary.waiting, summary.stopped], [1, 0, undefined]);
    assert.match(summary.messages.join(), /refused: HTTP 413: the request is too large: too large/);
    assert.deepEqual(place.noted(), whole.traces);
  }
});

test("a request cut in two whose second half fails is kept in part, from the spool as well", async (test) => {
  const place = await placeOf(test);
  const one = large();
  assert.equal(one.requests.length, 1);
  // Kept whole at first.
  place.sink.next(status(401));
  await place.deliver(one.requests);
  assert.equal(place.spool.list().length, 1);
  place.sink.next(status(413), { kind: "accept" }, status(403));
  const summary = await place.deliver([]);
  assert.deepEqual([summary.accepted, summary.waiting], [1, 1]);
  assert.ok(place.sink.accepted().length > 0);
  assert.deepEqual(place.noted(), [], "half a trace is not one");
  assertNothingLost(place, one);
  await place.deliver([]);
  assert.deepEqual(spanIds(place.sink.accepted()), idsOf(one));
  assertNothingLost(place, one);
});

test("a request that cannot be cut in two for want of room waits as it is", async (test) => {
  const place = await placeOf(test);
  const one = large();
  place.sink.next(status(413));
  const { cut } = place.spool;
  place.spool.cut = () => {
    throw new Error("ENOSPC");
  };
  const summary = await place.deliver(one.requests);
  assert.match(summary.messages.join(), /a request cannot be cut in two: ENOSPC/);
  assertNothingLost(place, one);
  place.spool.cut = cut;
  await place.deliver([]);
  assertNothingLost(place, one);
});

test("a worker killed while it cut a request in two: the whole counts until both halves are there", async (test) => {
  const place = await placeOf(test);
  const one = large();
  place.sink.next(status(401));
  await place.deliver(one.requests);
  const [entry] = place.spool.list();
  const path = `${entry!.batch}/${entry!.stem}a.otlp`;
  writeFileSync(path, "half");
  assert.equal(place.spool.list().length, 1);
  place.sink.next(status(413));
  const summary = await place.deliver([]);
  assert.equal(summary.accepted, 2);
  assertNothingLost(place, one);
});

test("partial success is added up and told once, and not sent again", async (test) => {
  const place = await placeOf(test);
  place.sink.next({ kind: "partial", rejectedSpans: 2, message: "too old" }, { kind: "partial", rejectedSpans: 2, message: "too old" });
  place.sink.next({ kind: "partial", rejectedSpans: 0, message: "slow down" });
  const summary = await place.deliver(all.requests);
  assert.equal(summary.rejectedSpans, 4);
  assert.deepEqual(summary.messages, ["2 spans rejected: too old", "accepted with a warning: slow down"]);
  assert.equal(place.sink.received.length, all.requests.length);
  assert.deepEqual(place.noted(), all.traces);
});

test("429 with a time beyond the deadline stops, and all is kept", async (test) => {
  const place = await placeOf(test);
  place.sink.always({ kind: "status", status: 429, headers: { "retry-after": "3600" } });
  const summary = await place.deliver(all.requests);
  assert.equal(place.sink.received.length, 1, "it is not asked again before its time");
  assert.match(summary.stopped ?? "", /HTTP 429/);
  assert.equal(summary.waiting, all.requests.length);
  assertNothingLost(place, all);
});

test("a hang costs what the deadline grants, and all is kept", async (test) => {
  const place = await placeOf(test);
  place.sink.always({ kind: "hang" });
  const began = Date.now();
  const summary = await place.deliver(all.requests, {}, 400);
  assert.ok(Date.now() - began < 2000);
  assert.equal(summary.waiting, all.requests.length);
  assert.ok(summary.kept.complete);
  assert.match(summary.messages.join(), /no answer within 0\.2 s/);
});

test("with no time left nothing is sent and all is kept", async (test) => {
  const place = await placeOf(test);
  const summary = await place.deliver(all.requests, {}, 0);
  assert.equal(place.sink.received.length, 0);
  assert.deepEqual([summary.stopped, summary.waiting], ["the time is up", all.requests.length]);
  assertNothingLost(place, all);
});

test("what cannot be kept is not sent, and has to be made again", async (test) => {
  const place = await placeOf(test);
  const { open } = place.spool;
  let room = 3;
  place.spool.open = () => {
    const batch = open.call(place.spool);
    return { ...batch, add: (header, body) => (room-- > 0 ? batch.add(header, body) : assert.fail("ENOSPC")) };
  };
  let asked = 0;
  const counted = function* (): Generator<Request> {
    for (const request of all.requests) yield (asked++, request);
  };
  assert.ok(all.requests.slice(0, 3).every(({ whole }) => !whole));
  const { kept, accepted } = await place.deliver(counted());
  assert.deepEqual([kept.complete, kept.requests, accepted], [false, 0, 0]);
  assert.equal(asked, 4, "nothing is made past it");
  assert.match(kept.messages.join(), /cannot be put in the spool: ENOSPC/);
  assert.deepEqual([place.noted(), tracesIn(place), place.sink.received.length], [[], [], 0]);
  assert.deepEqual(readdirSync(place.folder), [], "nothing of it stays");
});

test("a trace whose requests end early is not kept in part", async (test) => {
  const place = await placeOf(test);
  const first = all.requests.findIndex(({ whole }) => whole);
  const { kept } = await place.deliver(all.requests.slice(0, first));
  assert.deepEqual([kept.requests, place.sink.received.length, place.spool.list()], [0, 0, []]);
});

test("a full disk: what was accepted makes room for its own note, and is not sent again", async (test) => {
  const place = await placeOf(test);
  const { settle } = place.spool;
  const sizes: number[] = [];
  place.spool.settle = (note, entry) => {
    const noted = (traces: readonly string[]): void => {
      const { size } = statSync(`${entry!.batch}/${entry!.stem}.sent`);
      sizes.push(size);
      if (size > 1000) throw new Error("ENOSPC");
      note(traces);
    };
    settle.call(place.spool, noted, entry);
  };
  const summary = await place.deliver(large().requests);
  assert.ok(sizes.length === 2 && sizes[0]! > 1000);
  assert.deepEqual([summary.accepted, summary.messages, place.noted()], [1, [], large().traces]);
});

test("a ledger that cannot be written: what was accepted stays marked, and is noted by the next run", async (test) => {
  const place = await placeOf(test);
  const { add } = place.ledger;
  place.ledger.add = () => {
    throw new Error("ledger: EACCES");
  };
  const summary = await place.deliver(all.requests);
  assert.equal(summary.accepted, all.requests.length);
  assert.deepEqual(summary.messages, ["what was sent cannot be noted: ledger: EACCES"]);
  assert.deepEqual([place.noted(), tracesIn(place)], [[], all.traces]);
  place.ledger.add = add;
  const again = await place.deliver([]);
  assert.deepEqual([again.accepted, again.traces, again.repeated], [0, all.traces.length, 0]);
  assertNothingLost(place, all);
});

test("a batch with a damaged request is dropped and counted, and its traces are not noted", async (test) => {
  const place = await placeOf(test);
  place.sink.next(status(401));
  await place.deliver(all.requests);
  const [damaged] = place.spool.list();
  truncateSync(`${damaged!.batch}/${damaged!.stem}.otlp`, 100);
  const inBatch = all.requests.findIndex(({ whole }) => whole) + 1;
  const summary = await place.deliver([]);
  assert.deepEqual([summary.accepted, summary.refused], [all.requests.length - inBatch, 0]);
  assert.match(summary.messages.join(), /a spooled request is damaged and dropped/);
  assert.equal(place.spool.dropped().requests, inBatch);
  const lost = new Set(all.requests.slice(0, inBatch).flatMap(({ traces }) => traces));
  assert.deepEqual(place.noted(), all.traces.filter((trace) => !lost.has(trace)));
});

test("a body that cannot be unpacked is damage, too", async (test) => {
  const place = await placeOf(test);
  place.sink.next(status(401));
  await place.deliver(large().requests);
  const [entry] = place.spool.list();
  const { read } = place.spool;
  place.spool.read = (each) => ({ ...read.call(place.spool, each)!, body: Buffer.from("no gzip") });
  const summary = await place.deliver([], { compression: "none" });
  assert.match(summary.messages.join(), /a spooled request is damaged and dropped/);
  assert.equal(existsSync(entry!.batch), false);
});

test("a request is marked as under way before it is sent, as sent at its status, and goes when its trace is noted", async (test) => {
  const place = await placeOf(test);
  const one = large();
  const steps: string[] = [];
  const { move, settle } = place.spool;
  place.spool.move = (entry, state) => {
    steps.push(`${state} ${place.sink.received.length}`);
    return move.call(place.spool, entry, state);
  };
  place.spool.settle = (note, entry) => {
    if (entry !== undefined) steps.push("settle");
    settle.call(place.spool, (traces) => (steps.push("note"), note(traces)), entry);
  };
  // Its status comes at once, and the rest of the answer never.
  place.sink.next({ kind: "slow" });
  const began = Date.now();
  setTimeout(() => steps.push("a second later"), 1000);
  await place.deliver(one.requests);
  assert.ok(Date.now() - began > 1500);
  assert.deepEqual(steps, ["sending 0", "sent 1", "a second later", "settle", "note"]);
  assert.deepEqual(place.spool.list(), []);
});

test("a request whose answer nobody lived to hear is sent again, and counted; one that was answered is not", async (test) => {
  const place = await placeOf(test);
  place.sink.next(status(401));
  await place.deliver(all.requests);
  const [first, second] = place.spool.list();
  // As two workers leave them that are killed, one before and one after the answer.
  place.spool.move(first!, "sent");
  place.spool.move(second!, "sending");
  const summary = await place.deliver([]);
  assert.deepEqual([summary.accepted, summary.repeated], [all.requests.length - 1, 1]);
  assert.deepEqual([...spanIds(spansOf([readProto(all.requests[0]!.body)])), ...spanIds(place.sink.accepted())], idsOf(all));
  assert.deepEqual(place.noted(), all.traces);
});

test("a timeout leaves in doubt whether it was taken, a refused connection does not", async (test) => {
  const place = await placeOf(test);
  place.sink.always({ kind: "hang" });
  const hung = await place.deliver(large().requests, { timeoutMs: 100 }, 300);
  assert.deepEqual(place.spool.list().map(({ state }) => state), ["sending"]);
  place.sink.always({ kind: "accept" });
  const sent = await place.deliver([]);
  assert.deepEqual([hung.repeated, sent.repeated, sent.accepted], [0, 1, 1]);
  await place.sink.close();
  await place.deliver(all.requests);
  assert.deepEqual([...new Set(place.spool.list().map(({ state }) => state))], ["otlp"]);
});

test("a trace is noted when the last of its requests is done with, whichever that is", async (test) => {
  const place = await placeOf(test);
  const [first] = spanIds(spansOf([readProto(all.requests[0]!.body)]));
  place.sink.always((request) => (spansOf([request])[0]?.spanId === first ? { kind: "close" } : { kind: "accept" }));
  await place.deliver(all.requests, {}, 600_000);
  const batch = all.requests.slice(0, all.requests.findIndex(({ whole }) => whole) + 1).flatMap(({ traces }) => traces);
  assert.deepEqual(place.noted(), all.traces.filter((trace) => !batch.includes(trace)));
  place.sink.always({ kind: "accept" });
  await place.deliver([]);
  assert.deepEqual(place.noted().sort(), [...all.traces].sort());
  assert.deepEqual(spanIds(place.sink.accepted()).sort(), idsOf(all).sort(), "nothing twice");
});

test("what was kept as protobuf is sent so, though the destination takes JSON since", async (test) => {
  const place = await placeOf(test);
  place.sink.next(status(401));
  await place.deliver(all.requests);
  await place.deliver([], { protocol: "http/json", compression: "none" });
  assert.deepEqual(new Set(place.sink.received.slice(1).map(({ headers }) => headers["content-type"])), new Set(["application/x-protobuf"]));
  assertNothingLost(place, all);
});
