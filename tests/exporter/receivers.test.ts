// Receivers that others wrote: they take what is delivered and find the same spans in it. Each reads requests with code of
// its own, and one of them has no gzip.

import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import mock from "@elastic/mockotlpserver";
import { startServer } from "@jnmetacode/tracelet";
import { readJson, readProto, type Request, spansOf } from "../support/otlp.ts";
import { deliver, destinationAt, everything, large, type Made, made, spanIds, stateOf } from "./parts.ts";

const isJson = ({ requests }: Made): boolean => requests[0]?.body[0] === 0x7b;

function readAll(of: Made): Request[] {
  const { requests } = of;
  return isJson(of) ? readJson(requests.map(({ body }) => Buffer.from(body).toString("utf8"))) : requests.map(({ body }) => readProto(body));
}

async function delivered(test: TestContext, url: string, of: Made, compression: "gzip" | "none"): Promise<void> {
  const state = stateOf(test);
  const destination = destinationAt(url, { compression, protocol: isJson(of) ? "http/json" : "http/protobuf" });
  const summary = await deliver(destination, of.requests, state, Date.now() + 20_000);
  assert.deepEqual([summary.accepted, summary.messages], [of.requests.length, []]);
  assert.deepEqual(state.noted(), of.traces);
}

test("tracelet shows every trace with its spans", async (test) => {
  test.mock.method(console, "log", () => {});
  const { ingest, ui } = startServer({ port: 0, uiPort: 0, open: false });
  test.after(() => Promise.all([ingest, ui].map((server) => new Promise((resolve) => server.close(resolve)))));
  await once(ui, "listening");
  const urlOf = (server: typeof ui): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const of of [made("proto"), made("json"), everything("proto"), everything("json")]) {
    await fetch(`${urlOf(ui)}/api/clear`, { method: "POST" });
    await delivered(test, urlOf(ingest), of, "gzip");
    const spans = spansOf(readAll(of));
    for (const trace of of.traces) {
      const shown = (await (await fetch(`${urlOf(ui)}/api/traces/${trace}`)).json()) as { spans: { spanId: string; name: string }[] };
      const own = spans.filter(({ traceId }) => traceId === trace);
      const named = (all: { spanId: string; name: string }[]): string[] => all.map(({ spanId, name }) => `${spanId} ${name}`).sort();
      assert.deepEqual(named(shown.spans), named(own));
    }
  }
});

test("mockotlpserver reads every span of protobuf and JSON", async (test) => {
  const got: string[] = [];
  const server = new mock.MockOtlpServer({
    services: ["http"],
    httpHostname: "127.0.0.1",
    httpPort: 0,
    logLevel: "warn",
    onTrace({ resourceSpans }) {
      const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
      got.push(...spans.map(({ spanId }) => (typeof spanId === "string" ? spanId : Buffer.from(spanId).toString("hex"))));
    },
  });
  await server.start();
  test.after(() => server.close());
  for (const of of [made("proto"), made("json"), large("proto"), everything("proto"), everything("json")]) {
    got.length = 0;
    await delivered(test, server.httpUrl, of, "none");
    // It has answered before it reads, in one go: what it has not read by now it could not read.
    assert.deepEqual(got, spanIds(spansOf(readAll(of))));
  }
});
