// The variables of OpenTelemetry, as its specification reads them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Destination, destinationFromEnvironment, type Environment, shownUrl } from "../../host-node/exporter/destination.ts";

function destination(env: Environment): Destination {
  const { destination, problems } = destinationFromEnvironment(env);
  assert.deepEqual(problems, []);
  assert.ok(destination);
  return destination;
}

const base = "OTEL_EXPORTER_OTLP_ENDPOINT";
const own = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const at = { [base]: "http://collector:4318" };

test("v1/traces goes behind the base address, with one slash", () => {
  const urls: [string, string][] = [
    ["http://collector:4318", "http://collector:4318/v1/traces"],
    ["http://collector:4318/", "http://collector:4318/v1/traces"],
    ["https://host/otlp", "https://host/otlp/v1/traces"],
    ["https://host/otlp/", "https://host/otlp/v1/traces"],
    ["https://host/otlp/v1/traces", "https://host/otlp/v1/traces/v1/traces"],
    ["https://host/otlp?tenant=a", "https://host/otlp/v1/traces?tenant=a"],
    [" http://collector:4318 ", "http://collector:4318/v1/traces"],
  ];
  for (const [endpoint, url] of urls) assert.equal(destination({ [base]: endpoint }).url, url);
});

test("the address for traces wins and is used as it is", () => {
  assert.equal(destination({ ...at, [own]: "https://host/api/ingest" }).url, "https://host/api/ingest");
  assert.equal(destination({ ...at, [own]: "https://host" }).url, "https://host/", "only an empty path becomes /");
  assert.equal(destination({ [own]: "https://host/x/" }).url, "https://host/x/");
});

test("without an endpoint nothing is sent, unless OTEL_TRACES_EXPORTER asks for otlp", () => {
  assert.deepEqual(destinationFromEnvironment({}), { destination: undefined, problems: [] });
  assert.equal(destinationFromEnvironment({ [base]: "" }).destination, undefined, "an empty variable is not set");
  assert.equal(destination({ OTEL_TRACES_EXPORTER: "otlp" }).url, "http://localhost:4318/v1/traces");
});

test("switched off is switched off", () => {
  assert.deepEqual(destinationFromEnvironment({ ...at, OTEL_SDK_DISABLED: "TRUE" }), { destination: undefined, problems: [] });
  assert.deepEqual(destinationFromEnvironment({ ...at, OTEL_TRACES_EXPORTER: "none" }), { destination: undefined, problems: [] });
  assert.ok(destination({ ...at, OTEL_SDK_DISABLED: "false" }));
  const one = destinationFromEnvironment({ ...at, OTEL_SDK_DISABLED: "1" });
  assert.ok(one.destination, "only true is true");
  assert.match(one.problems.join(), /OTEL_SDK_DISABLED is neither true nor false/);
  const console = destinationFromEnvironment({ ...at, OTEL_TRACES_EXPORTER: "console" });
  assert.equal(console.destination, undefined);
  assert.match(console.problems.join(), /OTEL_TRACES_EXPORTER names no exporter/);
  assert.ok(destination({ ...at, OTEL_TRACES_EXPORTER: "console, otlp" }));
});

test("grpc is refused in words that help", () => {
  for (const env of [{ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json", OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "grpc" }]) {
    const { destination, problems } = destinationFromEnvironment({ ...at, ...env });
    assert.equal(destination, undefined);
    assert.match(problems.join(), /_PROTOCOL is grpc, which is not supported; use http\/protobuf/);
  }
  const { protocol } = destination({ ...at, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/protobuf" });
  assert.equal(protocol, "http/protobuf");
});

test("the defaults are protobuf, no compression and ten seconds", () => {
  const { protocol, compression, timeoutMs, content, headers } = destination(at);
  assert.deepEqual({ protocol, compression, timeoutMs, content, headers }, {
    protocol: "http/protobuf",
    compression: "none",
    timeoutMs: 10_000,
    content: "metadata",
    headers: {},
  });
});

test("a variable for traces wins over the one for all signals, each on its own", () => {
  const options = { PROTOCOL: "http/json", COMPRESSION: "gzip", TIMEOUT: "1500", CERTIFICATE: "/ca", CLIENT_KEY: "/key", CLIENT_CERTIFICATE: "/crt" };
  const read = ({ protocol, compression, timeoutMs, tls }: Destination): unknown => [protocol, compression, timeoutMs, tls];
  const tls = { certificate: "/ca", clientKey: "/key", clientCertificate: "/crt" };
  for (const [prefix, other] of [["OTEL_EXPORTER_OTLP_", ""], ["OTEL_EXPORTER_OTLP_TRACES_", "OTEL_EXPORTER_OTLP_"]] as const) {
    const env = Object.fromEntries(Object.entries(options).map(([option, value]) => [prefix + option, value]));
    const against = { PROTOCOL: "http/protobuf", COMPRESSION: "none", TIMEOUT: "9", CERTIFICATE: "x", CLIENT_KEY: "x", CLIENT_CERTIFICATE: "x" };
    const less = other === "" ? {} : Object.fromEntries(Object.entries(against).map(([option, value]) => [other + option, value]));
    assert.deepEqual(read(destination({ ...at, ...less, ...env })), ["http/json", "gzip", 1500, tls]);
  }
  const headers = destination({ ...at, OTEL_EXPORTER_OTLP_HEADERS: "a=1,b=2", OTEL_EXPORTER_OTLP_TRACES_HEADERS: "b=3" }).headers;
  assert.deepEqual(headers, { b: "3" }, "the list for traces replaces the other");
});

test("what a variable cannot mean is said and ignored", () => {
  const { destination, problems } = destinationFromEnvironment({
    ...at,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/xml",
    OTEL_EXPORTER_OTLP_COMPRESSION: "zstd",
    OTEL_EXPORTER_OTLP_TIMEOUT: "-1",
  });
  assert.deepEqual([destination?.protocol, destination?.compression, destination?.timeoutMs], ["http/protobuf", "none", 10_000]);
  assert.equal(problems.length, 3);
  assert.equal(destinationFromEnvironment({ ...at, OTEL_EXPORTER_OTLP_TIMEOUT: "0" }).destination?.timeoutMs, 2 ** 31 - 1, "0 is no limit");
  for (const endpoint of ["collector:4318", "ftp://collector", "no address"]) {
    const wrong = destinationFromEnvironment({ [base]: endpoint });
    assert.equal(wrong.destination, undefined);
    assert.match(wrong.problems.join(), /OTEL_EXPORTER_OTLP_ENDPOINT is no http or https address/);
  }
});

test("headers are pairs with commas between, percent-encoded, and may hold =", () => {
  const { headers } = destination({ ...at, OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Basic%20YTpi==, x-a = b%2Cc ,,x-b=d;e" });
  assert.deepEqual(headers, { authorization: "Basic YTpi==", "x-a": "b,c", "x-b": "d;e" });
});

test("a header that cannot be sent is left out, and its value is not told", () => {
  const list = "x-good=1,novalue,x-line=secret%0d%0ax-evil:1,x y=secret,x-bad=secret%zz";
  const { destination, problems } = destinationFromEnvironment({ ...at, OTEL_EXPORTER_OTLP_HEADERS: list });
  assert.deepEqual(destination?.headers, { "x-good": "1" });
  assert.deepEqual(
    problems.map((problem) => /entry (\d)/.exec(problem)?.[1]),
    ["2", "3", "4", "5"],
  );
  assert.doesNotMatch(problems.join(), /secret/);
});

test("a name and password in the address become a header and are not shown", () => {
  const with_ = destination({ [base]: "https://me:pass%40word@host/otlp?key=k" });
  assert.equal(with_.url, "https://host/otlp/v1/traces?key=k");
  assert.equal(with_.headers["authorization"], `Basic ${Buffer.from("me:pass@word").toString("base64")}`);
  assert.equal(shownUrl(with_), "https://host/otlp/v1/traces");
});

test("service name and resource attributes", () => {
  const list = "service.name=other,team=a%20b,deployment.environment=dev";
  const both = destination({ ...at, OTEL_RESOURCE_ATTRIBUTES: list, OTEL_SERVICE_NAME: "mine" });
  assert.deepEqual(both.resource, [
    ["service.name", "mine"],
    ["team", "a b"],
    ["deployment.environment", "dev"],
  ]);
  const bad = destinationFromEnvironment({ ...at, OTEL_RESOURCE_ATTRIBUTES: "a=1,b=%zz" });
  assert.deepEqual(bad.destination?.resource, [], "one bad pair discards the list");
  assert.match(bad.problems.join(), /OTEL_RESOURCE_ATTRIBUTES/);
});

test("the identity is where traces land: address and project, not keys", () => {
  const id = (env: Environment): string => destination(env).id;
  assert.match(id(at), /^otlp-[0-9a-f]{12}$/);
  assert.equal(id({ ...at, OTEL_EXPORTER_OTLP_HEADERS: "authorization=a" }), id({ ...at, OTEL_EXPORTER_OTLP_HEADERS: "authorization=b" }));
  assert.notEqual(id(at), id({ [base]: "http://other:4318" }));
  assert.notEqual(id({ ...at, OTEL_EXPORTER_OTLP_HEADERS: "x-bt-parent=a" }), id({ ...at, OTEL_EXPORTER_OTLP_HEADERS: "x-bt-parent=b" }));
});
