// Proxies as the environment names them: which requests go through, what a proxy gets to see, and what is said when it is
// in the way.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Tls } from "../../host-node/exporter/destination.ts";
import { hangUp } from "../../host-node/exporter/http.ts";
import type { Outcome } from "../../host-node/exporter/outcome.ts";
import { send } from "../../host-node/exporter/send.ts";
import { selfSigned } from "../support/certificate.ts";
import { type Proxy, startProxy } from "../support/proxy.ts";
import { type Sink, type SinkOptions, startSink } from "../support/sink.ts";
import { destinationAt, made, QuickClock } from "./parts.ts";

const names = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"];
const server = selfSigned("backend.test", "DNS:backend.test");
const client = selfSigned("client", "DNS:client");
const skip = server === undefined && "openssl is not installed";

function set(test: TestContext, variables: Record<string, string>): void {
  const all = names.flatMap((name) => [name, name.toLowerCase()]);
  const before = Object.fromEntries(all.map((name) => [name, process.env[name]]));
  for (const name of all) delete process.env[name];
  Object.assign(process.env, variables);
  test.after(() => {
    for (const name of all) delete process.env[name];
    for (const [name, value] of Object.entries(before)) if (value !== undefined) process.env[name] = value;
  });
}

async function pair(test: TestContext, tls?: SinkOptions["tls"]): Promise<{ sink: Sink; proxy: Proxy }> {
  const sink = await startSink(tls === undefined ? {} : { tls });
  const proxy = await startProxy(sink.url);
  test.after(async () => {
    await proxy.close();
    await sink.close();
  });
  return { sink, proxy };
}

/** Twice, so that a connection that is kept is used again. */
async function sendTo(url: string, tls: Tls = {}): Promise<Outcome> {
  const destination = destinationAt(url, { tls });
  const clock = new QuickClock();
  const body = made().requests[0]!.body;
  const outcome = await send(destination, body, clock.now() + 2000, { clock });
  if (outcome.kind === "accepted") await send(destination, body, clock.now() + 2000, { clock });
  hangUp(destination);
  return outcome;
}

const messageOf = (outcome: Outcome): string => `${outcome.kind}: ${outcome.message}`;

test("TLS goes through a tunnel, and the proxy sees a host and nothing else", { skip }, async (test) => {
  const { sink, proxy } = await pair(test, { ...server!, clientAuthority: client!.certificate });
  const named = proxy.url.replace("http://", "http://me:p%40ss@");
  set(test, { HTTPS_PROXY: named, HTTP_PROXY: "http://127.0.0.1:1" });
  const tls = { certificate: server!.certificate, clientKey: client!.key, clientCertificate: client!.certificate };
  const outcome = await sendTo("https://backend.test", tls);
  assert.equal(outcome.kind, "accepted", messageOf(outcome));
  assert.deepEqual(proxy.asked.map(({ method, target }) => [method, target]), [["CONNECT", "backend.test:443"]]);
  assert.equal(proxy.asked[0]?.headers["proxy-authorization"], `Basic ${Buffer.from("me:p@ss").toString("base64")}`);
  assert.equal(proxy.asked[0]?.headers.authorization, undefined);
  assert.deepEqual(sink.received.map(({ headers }) => headers.authorization), ["Bearer secret", "Bearer secret"]);
});

test("what is not TLS goes by way of the proxy", async (test) => {
  const { sink, proxy } = await pair(test);
  set(test, { http_proxy: proxy.url });
  assert.equal((await sendTo("http://backend.test:4318")).kind, "accepted");
  assert.deepEqual(proxy.asked.map(({ method, target }) => [method, target]), Array(2).fill(["POST", "http://backend.test:4318/v1/traces"]));
  assert.equal(sink.received.length, 2);
});

test("a proxy without a scheme speaks HTTP, whatever the address speaks", { skip }, async (test) => {
  const { sink, proxy } = await pair(test, server!);
  set(test, { HTTPS_PROXY: new URL(proxy.url).host });
  assert.equal((await sendTo("https://backend.test", { certificate: server!.certificate })).kind, "accepted");
  assert.equal(sink.received.length, 2);
});

test("NO_PROXY and what is on this machine are reached directly", async (test) => {
  const { sink, proxy } = await pair(test);
  set(test, { HTTP_PROXY: proxy.url, NO_PROXY: "other.test,.backend.test" });
  assert.equal((await sendTo(sink.url)).kind, "accepted");
  assert.equal((await sendTo(sink.url.replace("127.0.0.1", "localhost"))).kind, "accepted");
  // Directly there is no such host.
  assert.match(messageOf(await sendTo("http://my.backend.test:4318")), /^later: http:\/\/my\.backend\.test:4318\/v1\/traces: (?!.*proxy)/);
  assert.deepEqual(proxy.asked, []);
});

test("a proxy that is in the way is told from a backend that is", { skip }, async (test) => {
  const { sink, proxy } = await pair(test, server!);
  set(test, { HTTPS_PROXY: proxy.url });
  const shown = proxy.url.replaceAll(".", "\\.");
  const cases: [status: number, word: RegExp][] = [
    [407, new RegExp(`^refused: https://backend\\.test/v1/traces: the proxy ${shown} does not let us through \\(HTTP 407\\): it wants a name and a password`)],
    [403, /^refused: .*the proxy .* does not let us through \(HTTP 403\)$/],
    [503, /^later: .*the proxy .* does not let us through \(HTTP 503\)$/],
  ];
  for (const [status, word] of cases) {
    proxy.refuseWith(status);
    assert.match(messageOf(await sendTo("https://backend.test", { certificate: server!.certificate })), word);
  }
  assert.equal(sink.received.length, 0);
});

test("a proxy that is not there, or is none, is named without its password", async (test) => {
  set(test, { HTTPS_PROXY: "http://me:secret@127.0.0.1:1" });
  const refused = messageOf(await sendTo("https://backend.test"));
  assert.match(refused, /^later: https:\/\/backend\.test\/v1\/traces through the proxy http:\/\/127\.0\.0\.1:1: nothing listens there/);
  set(test, { HTTPS_PROXY: "socks5://me:secret@127.0.0.1:1" });
  const none = messageOf(await sendTo("https://backend.test"));
  assert.match(none, /^refused: socks5:\/\/127\.0\.0\.1:1: is no http or https proxy/);
  assert.ok(!`${refused}${none}`.includes("secret"));
});
