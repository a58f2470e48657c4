// Delivery: every span once, in order, or kept, or named; whatever the backend, the network and the disk do.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { deliver, type Request, type Summary } from "../../host-node/exporter/deliver.ts";
import type { Destination } from "../../host-node/exporter/destination.ts";
import { readJson, readProto, spansOf } from "../support/otlp.ts";
import { type Answer, type Sink, startSink } from "../support/sink.ts";
import { destinationAt, large, type Made, made, MemoryLedger, MemorySpool, QuickClock, spanIds } from "./parts.ts";

interface Place {
  readonly sink: Sink;
  readonly ledger: MemoryLedger;
  readonly spool: MemorySpool;
  deliver(requests: Iterable<Request> | AsyncIterable<Request>, more?: Partial<Destination>, ms?: number): Promise<Summary>;
}

async function placeOf(test: TestContext): Promise<Place> {
  const sink = await startSink();
  test.after(() => sink.close());
  const [ledger, spool] = [new MemoryLedger(), new MemorySpool()];
  return {
    sink,
    ledger,
    spool,
    deliver(requests, more, ms = 60_000) {
      const clock = new QuickClock();
      return deliver(destinationAt(sink.url, more), requests, { ledger, spool, deadline: clock.now() + ms, clock });
    },
  };
}

const idsOf = (of: Made): string[] => spanIds(spansOf(of.requests.map(({ body }) => readProto(body))));
const spooledIds = ({ entries }: MemorySpool): string[] => spanIds(spansOf(entries.map(({ body }) => readProto(gunzipSync(body)))));
const status = (code: number, message?: string): Answer => ({ kind: "status", status: code, ...(message !== undefined && { message }) });
const all = made();

/** What the sink has and what the spool keeps is each span once, in order; a trace is in the ledger or still to come. */
function assertNothingLost({ sink, ledger, spool }: Place, of: Made): void {
  assert.deepEqual([...spanIds(sink.accepted()), ...spooledIds(spool)], idsOf(of));
  assert.deepEqual([...ledger.ids, ...spool.traces], of.traces);
}

test("there are several requests, some end traces and some do not, or the tests below say little", () => {
  assert.deepEqual([all.requests.length, all.traces.length], [16, 8]);
  assert.ok(all.requests.some(({ traces }) => traces.length === 0) && all.requests.some(({ traces }) => traces.length > 1));
});

test("all is accepted: every span once and in order, every trace in the ledger", async (test) => {
  const place = await placeOf(test);
  const summary = await place.deliver(all.requests);
  assert.deepEqual(summary, {
    accepted: all.requests.length,
    spooled: 0,
    refused: 0,
    rejectedSpans: 0,
    traces: all.traces.length,
    messages: [],
    stopped: undefined,
    complete: true,
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
  const seen = new Set([...spanIds(place.sink.received.flatMap(({ request }) => spansOf([request]))), ...spooledIds(place.spool)]);
  assert.deepEqual([...seen].sort(), idsOf(all).sort());
});

test("a backend that is down: all is kept, in order, and sent when it is up again, before what is new", async (test) => {
  const place = await placeOf(test);
  place.sink.always(status(503, "starting"));
  const [first, second] = [{ ...all, requests: all.requests.slice(0, -2) }, all.requests.slice(-2)];
  const down = await place.deliver(first.requests);
  assert.deepEqual([down.accepted, down.spooled, down.complete], [0, first.requests.length, true]);
  assert.match(down.stopped ?? "", /HTTP 503: starting/);
  assert.deepEqual(place.ledger.ids, []);
  const { entries } = place.spool;
  const still = await place.deliver([]);
  assert.deepEqual([still.spooled, place.spool.entries], [0, entries], "what waits is left where it is");
  place.sink.always({ kind: "accept" });
  const up = await place.deliver(second);
  assert.deepEqual([up.accepted, up.spooled, up.stopped], [all.requests.length, 0, undefined]);
  assert.deepEqual(place.spool.entries, []);
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
  assert.deepEqual([summary.accepted, summary.spooled, summary.stopped], [all.requests.length - 3, 3, undefined]);
  assert.deepEqual(spooledIds(place.spool), unlucky.flat());
});

for (const code of [401, 403, 404]) {
  test(`${code} stops: all is kept, and the backend's words are told`, async (test) => {
    const place = await placeOf(test);
    place.sink.next({ kind: "accept" }, status(code, "who are you"));
    const summary = await place.deliver(all.requests);
    assert.deepEqual([summary.accepted, summary.spooled, summary.refused], [1, all.requests.length - 1, 0]);
    assert.match(summary.stopped ?? "", new RegExp(`HTTP ${code}: .*who are you`));
    assert.equal(place.sink.received.length, 2);
    assertNothingLost(place, all);
    await place.deliver([]);
    assert.deepEqual(place.spool.entries, []);
    assertNothingLost(place, all);
  });
}

test("400 is about one request: it is counted and named, and its neighbours go on", async (test) => {
  const place = await placeOf(test);
  const ending = all.requests.findIndex(({ traces }) => traces.length > 0);
  place.sink.next(...all.requests.slice(0, ending).map(() => ({ kind: "accept" }) as const), status(400, "bad attribute"));
  const summary = await place.deliver(all.requests);
  assert.deepEqual([summary.accepted, summary.refused, summary.spooled, summary.stopped], [all.requests.length - 1, 1, 0, undefined]);
  assert.equal(summary.messages.length, 1);
  assert.match(summary.messages[0]!, /a request of \d+ bytes was refused: HTTP 400: .*bad attribute/);
  assert.deepEqual(place.ledger.ids, all.traces, "it is final: nothing is sent again for it");
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
    assert.deepEqual([summary.refused, summary.spooled, summary.stopped], [1, 0, undefined]);
    assert.match(summary.messages.join(), /refused: HTTP 413: the request is too large: too large/);
    assert.deepEqual(place.ledger.ids, whole.traces);
  }
});

test("a request cut in two whose second half fails is kept in part, from the spool as well", async (test) => {
  const place = await placeOf(test);
  const one = large();
  assert.equal(one.requests.length, 1);
  // Kept whole at first.
  place.sink.next(status(401));
  await place.deliver(one.requests);
  assert.equal(place.spool.entries.length, 1);
  place.sink.next(status(413), { kind: "accept" }, status(403));
  const summary = await place.deliver([]);
  assert.deepEqual([summary.accepted, summary.spooled], [1, 1]);
  assert.equal(place.spool.entries.length, 1);
  assert.ok(place.sink.accepted().length > 0);
  assert.deepEqual(place.ledger.ids, [], "half a trace is not one");
  assertNothingLost(place, one);
  await place.deliver([]);
  assert.deepEqual(spanIds(place.sink.accepted()), idsOf(one));
  assertNothingLost(place, one);
});

test("a full disk while a part is kept: the whole stays in the spool, twice rather than never", async (test) => {
  const place = await placeOf(test);
  const one = large();
  place.sink.next(status(401));
  await place.deliver(one.requests);
  place.spool.full = true;
  place.sink.next(status(413), { kind: "accept" }, status(403));
  const summary = await place.deliver([]);
  assert.match(summary.messages.join(), /cannot be put in the spool: spool: the disk is full/);
  assert.deepEqual(spooledIds(place.spool), idsOf(one));
});

test("one part that cannot be kept keeps the whole, whatever becomes of the other", async (test) => {
  const place = await placeOf(test);
  const one = large();
  place.sink.next(status(401));
  await place.deliver(one.requests);
  const { put } = place.spool;
  let tries = 0;
  place.spool.put = (header, body) => {
    if (tries++ === 0) throw new Error("spool: the disk is full");
    return put.call(place.spool, header, body);
  };
  place.sink.next(status(413), status(403));
  await place.deliver([]);
  assert.equal(tries, 2);
  assert.deepEqual(spooledIds(place.spool).slice(0, one.spans), idsOf(one));
});

test("partial success is added up and told once, and not sent again", async (test) => {
  const place = await placeOf(test);
  place.sink.next({ kind: "partial", rejectedSpans: 2, message: "too old" }, { kind: "partial", rejectedSpans: 2, message: "too old" });
  place.sink.next({ kind: "partial", rejectedSpans: 0, message: "slow down" });
  const summary = await place.deliver(all.requests);
  assert.equal(summary.rejectedSpans, 4);
  assert.deepEqual(summary.messages, ["2 spans rejected: too old", "accepted with a warning: slow down"]);
  assert.equal(place.sink.received.length, all.requests.length);
  assert.deepEqual(place.ledger.ids, all.traces);
});

test("429 with a time beyond the deadline stops, and all is kept", async (test) => {
  const place = await placeOf(test);
  place.sink.always({ kind: "status", status: 429, headers: { "retry-after": "3600" } });
  const summary = await place.deliver(all.requests);
  assert.equal(place.sink.received.length, 1, "it is not asked again before its time");
  assert.match(summary.stopped ?? "", /HTTP 429/);
  assert.equal(summary.spooled, all.requests.length);
  assertNothingLost(place, all);
});

test("a hang costs what the deadline grants, and all is kept", async (test) => {
  const place = await placeOf(test);
  place.sink.always({ kind: "hang" });
  const began = Date.now();
  const summary = await place.deliver(all.requests, {}, 400);
  assert.ok(Date.now() - began < 2000);
  assert.equal(summary.spooled, all.requests.length);
  assert.ok(summary.complete);
  assert.match(summary.messages.join(), /no answer within 0\.2 s/);
});

test("with no time left nothing is sent and all is kept", async (test) => {
  const place = await placeOf(test);
  const summary = await place.deliver(all.requests, {}, 0);
  assert.equal(place.sink.received.length, 0);
  assert.deepEqual([summary.stopped, summary.spooled], ["the time is up", all.requests.length]);
  assertNothingLost(place, all);
});

test("what can be neither sent nor kept ends the run, and says that it has to be made again", async (test) => {
  const place = await placeOf(test);
  place.spool.full = true;
  place.sink.next({ kind: "accept" }, status(403));
  let asked = 0;
  const counted = function* (): Generator<Request> {
    for (const request of all.requests) yield (asked++, request);
  };
  const summary = await place.deliver(counted());
  assert.equal(summary.complete, false);
  assert.equal(asked, 2, "nothing is made past it");
  assert.match(summary.messages.join(), /cannot be put in the spool: spool: the disk is full/);
  assert.deepEqual(place.ledger.ids, all.requests[0]!.traces);
});

test("a spool and a ledger that cannot be written do not stop what is accepted", async (test) => {
  const place = await placeOf(test);
  place.spool.list = () => {
    throw new Error("spool: EACCES");
  };
  place.ledger.add = () => {
    throw new Error("ledger: ENOSPC");
  };
  const summary = await place.deliver(all.requests);
  assert.equal(summary.accepted, all.requests.length);
  assert.deepEqual(summary.messages, ["the spool cannot be read: spool: EACCES", "what was sent cannot be noted: ledger: ENOSPC"]);
});

test("a spooled request that is damaged is dropped, one that is none of ours left alone, and the rest is sent", async (test) => {
  const place = await placeOf(test);
  const [a, b] = all.requests as [Request, Request];
  const header = { contentType: "application/x-protobuf", encoding: "gzip" };
  place.spool.put({ ...header, traces: ["damaged"] }, gzipSync(a.body).subarray(0, 100));
  place.spool.put({ ...header, traces: ["foreign"] }, a.body);
  place.spool.put({ ...header, traces: [], encoding: "" }, a.body);
  place.spool.put({ ...header, traces: b.traces }, gzipSync(b.body));
  const { read } = place.spool;
  Object.assign(place.spool, { read: (entry: Parameters<typeof read>[0]) => (entry.header.traces[0] === "foreign" ? undefined : read(entry)) });
  const summary = await place.deliver([]);
  assert.deepEqual([summary.accepted, summary.refused, place.sink.received.length], [2, 0, 2]);
  assert.match(summary.messages.join(), /a spooled request is damaged and dropped/);
  assert.deepEqual(spanIds(place.sink.accepted()), idsOf({ ...all, requests: [a, b] }));
  assert.deepEqual(place.spool.traces, ["foreign"]);
});

test("a trace is in the ledger before its request leaves the spool", async (test) => {
  const place = await placeOf(test);
  place.sink.next(status(401));
  await place.deliver(all.requests);
  const steps: string[] = [];
  const { remove } = place.spool;
  place.spool.remove = (entry) => {
    steps.push("remove");
    remove.call(place.spool, entry);
  };
  place.ledger.add = (ids) => void steps.push(`add ${ids.length}`);
  await place.deliver([]);
  const expected = all.requests.flatMap(({ traces }) => (traces.length > 0 ? [`add ${traces.length}`, "remove"] : ["remove"]));
  assert.deepEqual(steps, expected);
});

test("a request is in the spool before the next is sent", async (test) => {
  const place = await placeOf(test);
  const keptAt: number[] = [];
  const { put } = place.spool;
  place.spool.put = (header, body) => {
    keptAt.push(place.sink.received.length);
    return put.call(place.spool, header, body);
  };
  place.sink.next(...Array.from({ length: 5 }, () => status(503)));
  const summary = await place.deliver(all.requests, {}, 31_000);
  assert.equal(summary.spooled, 1);
  assert.deepEqual(keptAt, [5]);
});

test("what was kept as protobuf is sent so, though the destination takes JSON since", async (test) => {
  const place = await placeOf(test);
  place.sink.next(status(401));
  await place.deliver(all.requests);
  await place.deliver([], { protocol: "http/json", compression: "none" });
  assert.deepEqual(new Set(place.sink.received.slice(1).map(({ headers }) => headers["content-type"])), new Set(["application/x-protobuf"]));
  assertNothingLost(place, all);
});
