// What the doctor and `status` say of the way out: settings, folders, what waits, and each endpoint by a question.

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, utimesSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { Look } from "../../host-node/doctor/check.ts";
import { checkNode } from "../../host-node/doctor/machine.ts";
import { sample } from "../host-node/command.ts";
import { selfSigned } from "../support/certificate.ts";
import { startProxy } from "../support/proxy.ts";
import { type Answer, type Sink, startSink } from "../support/sink.ts";
import { assertOne, Desk } from "./desk.ts";

async function sinkOf(test: TestContext): Promise<Sink> {
  const sink = await startSink();
  test.after(() => sink.close());
  return sink;
}

const endpoint = (url: string): Record<string, string> => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url });

test("a Node that is too old", () => {
  const [found] = checkNode({ version: "v18.19.1" } as Look);
  assert.deepEqual([found?.grade, found?.says], ["fail", "v18.19.1 is too old: Spanloom needs 20 or later"]);
});

test("folders that others can read, and one that cannot be written", async (test) => {
  const desk = await Desk.ready(test);
  mkdirSync(join(desk.own, "data"), { recursive: true });
  chmodSync(join(desk.own, "data"), 0o755);
  desk.user({ disable: false });
  chmodSync(join(desk.own, "config", "config.json"), 0o644);
  desk.write(join(desk.own, "state"), "a file where a folder should be");
  const found = await desk.doctor();
  assertOne(found.of("folders"), "warn", /data is open to others \(mode 755\)/);
  assertOne(found.of("folders"), "warn", /config\.json, which may hold keys, is open to others \(mode 644\)/);
  assertOne(found.of("folders"), "fail", /state cannot be written \(E\w+\): what happens in a session is lost/);
  assert.equal(found.code, 1);
});

test("settings that are broken, not allowed, or not enough", async (test) => {
  const desk = await Desk.ready(test);
  desk.user('{\n  "destinations": [\n}');
  const broken = await desk.doctor();
  assertOne(broken.of("configuration"), "fail", /config\.json:3: not JSON/);
  assertOne(broken.of("tracing"), "warn", /are not traced: .*config\.json cannot be read, and could forbid it/);
  desk.user({ destinations: [{ name: "team", preset: "weave", values: { key: "k" } }] });
  desk.write(join(desk.repository, ".spanloom.json"), { destinations: [{ name: "evil", endpoint: "https://evil.test" }] });
  const found = await desk.doctor();
  assertOne(found.of("configuration"), "warn", /\.spanloom\.json:1: destinations is not for a project to set: ignored/);
  assertOne(found.of("configuration"), "fail", /^team: missing entity or WANDB_ENTITY, project or WANDB_PROJECT$/);
  const status = await desk.run(["status"]);
  assert.equal(status.code, 1);
  assert.match(status.stdout, /team: missing entity/);
});

test("a repository that is off", async (test) => {
  const desk = await Desk.ready(test);
  await desk.run(["off", "--repo"]);
  const found = await desk.doctor();
  assertOne(found.of("tracing"), "warn", /are not traced: .*repository is switched off/);
  assert.equal(found.code, 0);
});

const answers: [answer: Answer, grade: "ok" | "warn" | "fail", word: RegExp][] = [
  [{ kind: "accept" }, "ok", /takes traces \(HTTP 200, \d+ ms\)/],
  [{ kind: "status", status: 400, message: "empty" }, "ok", /is there, and refuses an empty request \(HTTP 400\)/],
  [{ kind: "status", status: 401, message: "who are you" }, "fail", /HTTP 401: the credentials are missing or wrong: who are you/],
  [{ kind: "status", status: 403 }, "fail", /HTTP 403: these credentials may not write there/],
  [{ kind: "status", status: 404 }, "fail", /HTTP 404: nothing takes traces at this address/],
  [{ kind: "status", status: 302, headers: { location: "https://login.test/" } }, "fail", /it redirects to https:\/\/login\.test\//],
  [{ kind: "status", status: 503, message: "later" }, "warn", /HTTP 503: later/],
  [{ kind: "hang" }, "fail", /no answer within 0\.4 s/],
  [{ kind: "garbage" }, "fail", /does not answer in HTTP\/1\.1; is it a gRPC port/],
];
test("what an endpoint answers, in people's words and with what to do", async (test) => {
  const sink = await sinkOf(test);
  const desk = await Desk.ready(test, { ...endpoint(sink.url), OTEL_EXPORTER_OTLP_TIMEOUT: "400", OTEL_EXPORTER_OTLP_HEADERS: "authorization=sEcReT" });
  for (const [answer, grade, word] of answers) {
    sink.always(answer);
    const found = await desk.doctor();
    assertOne(found.of("endpoint"), grade, word);
    assert.equal(found.code, grade === "fail" ? 1 : 0);
    assert.equal(found.of("endpoint")[0]?.advice === undefined, grade === "ok");
  }
  assert.ok(sink.received.every(({ request }) => (request.resourceSpans ?? []).length === 0), "it sends no span");
  assert.equal(sink.received[0]?.headers.authorization, "sEcReT");
  assert.ok(!desk.said.includes("sEcReT"));
});

test("endpoints that are not there, or not trusted", async (test) => {
  const free = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => free.on("listening", resolve));
  const { port } = free.address() as AddressInfo;
  await new Promise((resolve) => free.close(resolve));
  const desk = await Desk.ready(test);
  assertOne((await desk.doctor(endpoint(`http://127.0.0.1:${port}`))).of("endpoint"), "fail", /nothing listens there \(ECONNREFUSED\)/);
  const nowhere = await desk.doctor({ ...endpoint("http://nowhere.invalid"), SPANLOOM_CONTENT_NETWORK: "full" });
  assertOne(nowhere.of("endpoint"), "fail", /there is no such host|cannot be looked up/);
  assertOne(nowhere.of("content"), "warn", /prompts, answers, arguments and results are sent, .* over http, which whoever is on the way can read/);
  const certificate = selfSigned("doctor", "IP:127.0.0.1");
  if (certificate === undefined) return;
  const sink = await startSink({ tls: certificate });
  test.after(() => sink.close());
  assertOne((await desk.doctor(endpoint(sink.url))).of("endpoint"), "fail", /TLS failed: its certificate is self-signed/);
  const trusted = await desk.doctor({ ...endpoint(sink.url), OTEL_EXPORTER_OTLP_CERTIFICATE: certificate.certificate });
  assertOne(trusted.of("endpoint"), "ok", /takes traces/);
});

test("a proxy on the way", async (test) => {
  const sink = await sinkOf(test);
  const proxy = await startProxy(sink.url);
  test.after(() => proxy.close());
  const desk = await Desk.ready(test, { ...endpoint("http://backend.test"), HTTP_PROXY: proxy.url });
  assertOne((await desk.doctor()).of("endpoint"), "ok", new RegExp(`takes traces through the proxy ${proxy.url}`));
});

test("a clock that is wrong, by the endpoint's", async (test) => {
  const sink = await sinkOf(test);
  const desk = await Desk.ready(test, endpoint(sink.url));
  assertOne((await desk.doctor()).of("clock"), "ok", /agrees with 1 endpoint/);
  for (const [minutes, word] of [[-7, /this clock is 7 minutes ahead of that of/], [130, /this clock is 2 hours behind that of/]] as const) {
    sink.always({ kind: "status", status: 200, headers: { date: new Date(Date.now() + minutes * 60_000 + 5000 * Math.sign(minutes)).toUTCString() } });
    assertOne((await desk.doctor()).of("clock"), "warn", word);
  }
});

test("what waits, what was refused, dropped, forgotten: and why, in the backend's words", async (test) => {
  const sink = await sinkOf(test);
  const desk = await Desk.ready(test, endpoint(sink.url));
  const status = async (env: Record<string, string> = {}): Promise<[number | null, string]> => {
    const { code, stdout } = await desk.run(["status"], env);
    return [code, stdout];
  };
  assert.deepEqual((await status())[0], 0);

  sink.always({ kind: "status", status: 503, message: "come back", headers: { "retry-after": "3600" } });
  await desk.run(["export", sample]);
  assertOne((await desk.doctor()).of("delivery"), "warn", /^1 request \(.* MiB\) waiting, the first for 1 minute; last success never: HTTP 503: come back$/);
  assert.deepEqual((await status())[0], 1);
  const elsewhere = endpoint(sink.url.replace("127.0.0.1", "localhost"));
  assertOne((await desk.doctor(elsewhere)).of("delivery"), "warn", /1 request .* waiting for a destination that is no longer set, otlp-/);
  const [code, words] = await status(elsewhere);
  assert.equal(code, 1);
  assert.match(words, /1 request waiting for a destination that is no longer set/);

  sink.always({ kind: "accept" });
  assert.equal((await desk.run(["sweep", "--wait"])).code, 0);
  assertOne((await desk.doctor()).of("delivery"), "ok", /^3 turns sent, last success 1 minute ago, nothing waiting$/);
  assert.deepEqual((await status())[0], 0);

  sink.always({ kind: "status", status: 400, message: "too odd" });
  await desk.run(["export", "--force", sample]);
  const refused = await desk.doctor();
  assertOne(refused.of("delivery"), "fail", /^1 request and 0 spans refused in the last run: .*too odd/);
  assert.equal(refused.code, 1);
  sink.always({ kind: "accept" });
  await desk.run(["export", "--force", sample]);
  const [after, said] = await status();
  assert.equal(after, 0);
  assert.match(said, /last refusal just now: .*too odd/);

  const [id] = (JSON.parse((await desk.run(["status", "--json"])).stdout) as { destinations: { id: string }[] }).destinations.map((each) => each.id);
  const dropped = (at: number): string => desk.write(join(desk.own, "state", "spool", String(id), "dropped.json"), { requests: 2, bytes: 9, traces: 5, at });
  dropped(Date.now() - 3_600_000);
  assertOne((await desk.doctor()).of("delivery"), "warn", /^2 requests with the end of 5 turns were dropped because too much was waiting, the last 1 hour ago$/);
  assert.deepEqual((await status())[0], 1);
  dropped(Date.now() - 30 * 86_400_000);
  assert.deepEqual((await status())[0], 0, "history");
});

test("a session that is marked, and nobody comes", async (test) => {
  const desk = await Desk.ready(test);
  const mark = desk.write(join(desk.own, "state", "pending", "11111111-1111-4111-8111-111111111111"), "token");
  chmodSync(join(desk.own, "state"), 0o700);
  assertOne((await desk.doctor()).of("pending"), "ok", /^1 session pending$/);
  assert.equal((await desk.run(["status"])).code, 0);
  const past = Date.now() / 1000 - 7200;
  utimesSync(mark, past, past);
  assertOne((await desk.doctor()).of("pending"), "warn", /^1 session pending, the first for 2 hours, and nobody is at work$/);
  assert.equal((await desk.run(["status"])).code, 1);
});
