// One request over a real connection: what arrives, and what each way of failing is called.

import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import type { Destination } from "../../host-node/exporter/destination.ts";
import { hangUp } from "../../host-node/exporter/http.ts";
import type { Outcome } from "../../host-node/exporter/outcome.ts";
import { send } from "../../host-node/exporter/send.ts";
import { readJson, readProto, spansOf } from "../support/otlp.ts";
import { type Sink, type SinkOptions, startSink } from "../support/sink.ts";
import { destinationAt, large, made, QuickClock, spanIds } from "./parts.ts";

const request = made().requests[0]!;

async function sinkOf(test: TestContext, options?: SinkOptions): Promise<Sink> {
  const sink = await startSink(options);
  test.after(() => sink.close());
  return sink;
}

/** Sends once there is a final outcome or `ms` have passed, waits taking no time. */
async function sent(destination: Destination, ms = 20_000, clock = new QuickClock()): Promise<Outcome> {
  try {
    return await send(destination, request.body, clock.now() + ms, { clock });
  } finally {
    hangUp(destination);
  }
}

for (const [protocol, type] of [["http/protobuf", "application/x-protobuf"], ["http/json", "application/json"]] as const) {
  for (const compression of ["gzip", "none"] as const) {
    test(`${protocol}, ${compression}: every span arrives as it was made`, async (test) => {
      const sink = await sinkOf(test);
      const destination = destinationAt(sink.url, { protocol, compression, headers: { "x-key": "k" } });
      const isJson = protocol === "http/json";
      const { body } = made(isJson ? "json" : "proto").requests[0]!;
      const outcome = await send(destination, body, Date.now() + 5000);
      hangUp(destination);
      assert.deepEqual(outcome, { kind: "accepted", rejectedSpans: 0, message: "" });
      const [got] = sink.received;
      const whole = isJson ? readJson([Buffer.from(body).toString("utf8")])[0]! : readProto(body);
      assert.deepEqual(got?.request, whole);
      assert.deepEqual([got?.method, got?.path], ["POST", "/v1/traces"]);
      assert.equal(got?.headers["content-type"], type);
      assert.equal(got?.headers["content-encoding"], compression === "gzip" ? "gzip" : undefined);
      assert.equal(Number(got?.headers["content-length"]), got?.length);
      assert.equal(got!.length < body.length, compression === "gzip");
      assert.equal(got?.headers["x-key"], "k");
      assert.match(got?.headers["user-agent"] ?? "", /^spanloom\/\d+\.\d+\.\d+$/);
    });
  }
}

test("429, 502, 503 and 504 are tried again until accepted", async (test) => {
  const sink = await sinkOf(test);
  for (const status of [429, 502, 503, 504]) sink.next({ kind: "status", status });
  assert.equal((await sent(destinationAt(sink.url))).kind, "accepted");
  assert.deepEqual(sink.received.map(({ status }) => status), [429, 502, 503, 504, 200]);
});

test("a closed connection and a timeout are tried again", async (test) => {
  const sink = await sinkOf(test);
  sink.next({ kind: "close" }, { kind: "hang" });
  assert.equal((await sent(destinationAt(sink.url, { timeoutMs: 200 }))).kind, "accepted");
  assert.deepEqual(sink.received.map(({ answered }) => answered), ["close", "hang", "accept"]);
});

test("any other status is final at once", async (test) => {
  const sink = await sinkOf(test);
  const words = { kind: "status", message: "no such project" } as const;
  const refused: [number, boolean][] = [[400, false], [401, true], [403, true], [404, true], [408, true], [413, false], [500, false], [501, true]];
  for (const [status, stop] of refused) {
    sink.next({ ...words, status });
    const outcome = await sent(destinationAt(sink.url));
    assert.deepEqual([outcome.kind, outcome.kind === "refused" && [outcome.status, outcome.stop]], ["refused", [status, stop]]);
    assert.match(outcome.message, new RegExp(`^HTTP ${status}.*no such project$`));
  }
  assert.equal(sink.received.length, refused.length);
});

for (const [name, value] of [
  ["seconds", () => "7"],
  ["a date", () => new Date(Date.now() + 8000).toUTCString()],
] as const) {
  test(`Retry-After as ${name} is waited for, and not beyond the deadline`, async (test) => {
    const sink = await sinkOf(test);
    const busy = { kind: "status", status: 429, headers: { "retry-after": value() } } as const;
    sink.next(busy);
    const clock = new QuickClock();
    assert.equal((await sent(destinationAt(sink.url), 20_000, clock)).kind, "accepted");
    assert.equal(clock.slept.length, 1);
    assert.ok(clock.slept[0]! > 6000 && clock.slept[0]! <= 8000, String(clock.slept));
    sink.next(busy);
    const outcome = await sent(destinationAt(sink.url), 5000);
    assert.ok(outcome.kind === "later" && outcome.retryAfterMs! > 5000);
    assert.equal(sink.received.length, 3);
  });
}

test("partial success is accepted, with what was rejected and why", async (test) => {
  const sink = await sinkOf(test);
  for (const protocol of ["http/protobuf", "http/json"] as const) {
    sink.next({ kind: "partial", rejectedSpans: 3, message: "too old" });
    const { body } = made(protocol === "http/json" ? "json" : "proto").requests[0]!;
    const destination = destinationAt(sink.url, { protocol });
    assert.deepEqual(await send(destination, body, Date.now() + 5000), { kind: "accepted", rejectedSpans: 3, message: "too old" });
    hangUp(destination);
  }
  assert.equal(sink.received.length, 2);
});

test("a hang ends with the attempt's timeout, and with the deadline if that is sooner", async (test) => {
  const sink = await sinkOf(test);
  sink.always({ kind: "hang" });
  const began = Date.now();
  const outcome = await send(destinationAt(sink.url, { timeoutMs: 60_000 }), request.body, Date.now() + 300);
  assert.ok(Date.now() - began < 2000);
  assert.equal(outcome.kind, "later");
  assert.match(outcome.message, /127\.0\.0\.1:\d+\/v1\/traces: no answer within 0\.[0-3] s/);
});

test("a body that dawdles or never ends does not undo the 200 before it", async (test) => {
  const sink = await sinkOf(test);
  const destination = destinationAt(sink.url, { timeoutMs: 1200 });
  const took: number[] = [];
  sink.next({ kind: "slow" }, { kind: "endless" });
  for (let n = 0; n < 3; n++) {
    const began = Date.now();
    // On the same connections: one that was left in the middle must not hold the next request up.
    assert.equal((await send(destination, request.body, began + 5000)).kind, "accepted");
    took.push(Date.now() - began);
  }
  hangUp(destination);
  assert.equal(sink.received.length, 3);
  assert.ok(took[0]! < 3000 && took[1]! < 1200 && took[2]! < 1200, String(took));
});

test("a redirect is not followed: no credentials go elsewhere", async (test) => {
  const [sink, other] = [await sinkOf(test), await sinkOf(test)];
  for (const status of [301, 302, 307, 308]) {
    sink.next({ kind: "status", status, headers: { location: `${other.url}/v1/traces` } });
    const outcome = await sent(destinationAt(sink.url));
    assert.ok(outcome.kind === "refused" && outcome.stop);
    assert.ok(outcome.message.includes(`${other.url}/v1/traces`), outcome.message);
  }
  assert.equal(other.received.length, 0);
});

test("what does not answer in HTTP is no backend, and said to be perhaps gRPC", async (test) => {
  const sink = await sinkOf(test);
  sink.always({ kind: "garbage" });
  const outcome = await sent(destinationAt(sink.url));
  assert.ok(outcome.kind === "refused" && outcome.stop && outcome.status === 0);
  assert.match(outcome.message, /does not answer in HTTP\/1\.1.*gRPC port/);
  assert.equal(sink.received.length, 1);
});

test("413 before the body has been read is heard", async (test) => {
  const sink = await sinkOf(test);
  const huge = Buffer.concat(Array.from({ length: 200 }, () => large().requests[0]!.body));
  for (let n = 0; n < 5; n++) {
    sink.next({ kind: "early", status: 413 });
    const destination = destinationAt(sink.url, { compression: "none" });
    const outcome = await send(destination, huge, Date.now() + 5000, { clock: new QuickClock() });
    hangUp(destination);
    assert.ok(outcome.kind === "refused" && outcome.status === 413, JSON.stringify(outcome));
  }
});

test("connection refused is tried again, and named", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const clock = new QuickClock();
  const outcome = await sent(destinationAt(`http://127.0.0.1:${port}`), 10_000, clock);
  assert.equal(outcome.kind, "later");
  assert.match(outcome.message, /nothing listens there \(ECONNREFUSED\)/);
  assert.deepEqual(clock.slept, [500, 1000, 2000, 4000]);
});

test("a host without an address is tried again, and named", async () => {
  const outcome = await sent(destinationAt("http://spanloom.invalid"), 400);
  assert.equal(outcome.kind, "later");
  assert.match(outcome.message, /spanloom\.invalid.*\((ENOTFOUND|EAI_AGAIN)\)/);
});

test("a header that Node refuses stops, and its value is not told", async (test) => {
  const sink = await sinkOf(test);
  const outcome = await sent(destinationAt(sink.url, { headers: { "x-key": "sec\nret" } }));
  assert.ok(outcome.kind === "refused" && outcome.stop);
  assert.match(outcome.message, /cannot be sent to/);
  assert.doesNotMatch(outcome.message, /ret/);
});

test("one connection serves many requests", async (test) => {
  const sink = await sinkOf(test);
  const destination = destinationAt(sink.url);
  for (const { body } of made().requests) await send(destination, body, Date.now() + 5000);
  hangUp(destination);
  assert.ok(sink.received.length > 5);
  assert.equal(new Set(sink.received.map(({ port }) => port)).size, 1);
  assert.deepEqual(spanIds(sink.accepted()), spanIds(spansOf(made().requests.map(({ body }) => readProto(body)))));
});
