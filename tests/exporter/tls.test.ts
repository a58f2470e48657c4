// TLS: who is trusted, who we are, and what a failure is called. Certificates are made by openssl for the run.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test, type TestContext } from "node:test";
import type { Tls } from "../../host-node/exporter/destination.ts";
import { hangUp } from "../../host-node/exporter/http.ts";
import type { Outcome } from "../../host-node/exporter/outcome.ts";
import { send } from "../../host-node/exporter/send.ts";
import { pathOf as path, selfSigned } from "../support/certificate.ts";
import { type SinkOptions, startSink } from "../support/sink.ts";
import { destinationAt, made, QuickClock } from "./parts.ts";

const server = selfSigned("server", "IP:127.0.0.1");
const elsewhere = selfSigned("elsewhere", "DNS:elsewhere.example");
const client = selfSigned("client", "DNS:client");
const skip = server === undefined && "openssl is not installed";

async function outcomeOf(test: TestContext, given: SinkOptions["tls"], tls: Tls = {}, scheme?: "http" | "https"): Promise<[Outcome, number]> {
  const sink = await startSink(given === undefined ? {} : { tls: given });
  test.after(() => sink.close());
  const destination = destinationAt(scheme === undefined ? sink.url : sink.url.replace(/^https?/, scheme), { tls });
  const clock = new QuickClock();
  const outcome = await send(destination, made().requests[0]!.body, clock.now() + 2000, { clock });
  hangUp(destination);
  return [outcome, sink.received.length];
}

function assertStops([outcome, received]: [Outcome, number], word: RegExp): void {
  assert.ok(outcome.kind === "refused" && outcome.stop && outcome.status === 0, JSON.stringify(outcome));
  assert.match(outcome.message, word);
  assert.equal(received, 0);
}

test("a certificate that is named is trusted", { skip }, async (test) => {
  const [outcome, received] = await outcomeOf(test, server!, { certificate: server!.certificate });
  assert.equal(outcome.kind, "accepted");
  assert.equal(received, 1);
});

test("one that is not stops, and nothing is sent", { skip }, async (test) => {
  assertStops(await outcomeOf(test, server!), /TLS failed: its certificate is self-signed; name it in OTEL_EXPORTER_OTLP_CERTIFICATE/);
  assertStops(await outcomeOf(test, server!, { certificate: client!.certificate }), /TLS failed: its certificate is self-signed/);
});

test("one of another host stops", { skip }, async (test) => {
  assertStops(await outcomeOf(test, elsewhere!, { certificate: elsewhere!.certificate }), /TLS failed: its certificate is for another host/);
});

test("a client that shows its certificate is let in, one that has none is not", { skip }, async (test) => {
  const strict = { ...server!, clientAuthority: client!.certificate };
  const trusted = { certificate: server!.certificate };
  const shown = { ...trusted, clientKey: client!.key, clientCertificate: client!.certificate };
  assert.equal((await outcomeOf(test, strict, shown))[0].kind, "accepted");
  const [outcome, received] = await outcomeOf(test, strict, trusted);
  assert.notEqual(outcome.kind, "accepted");
  assert.equal(received, 0);
});

test("a file that cannot be read stops, by name", { skip }, async (test) => {
  assertStops(await outcomeOf(test, server!, { certificate: path("absent.crt") }), /absent\.crt: cannot be read \(ENOENT\)/);
});

test("a file that holds no certificate stops", { skip }, async (test) => {
  writeFileSync(path("not.key"), "no key\n");
  assertStops(await outcomeOf(test, server!, { clientKey: path("not.key"), clientCertificate: client!.certificate }), /cannot be sent to|TLS failed/);
});

test("https to a port that speaks http stops, and says so", { skip }, async (test) => {
  assertStops(await outcomeOf(test, undefined, {}, "https"), /TLS failed.*http instead of https/);
});

test("http to a port that speaks TLS never counts as accepted", { skip }, async (test) => {
  const [outcome] = await outcomeOf(test, server!, {}, "http");
  assert.notEqual(outcome.kind, "accepted");
});
