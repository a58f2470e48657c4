// Answers read: each status to its outcome, and the backend's words out of whatever they come in.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reply } from "../../host-node/exporter/http.ts";
import type { Outcome } from "../../host-node/exporter/outcome.ts";
import { outcomeOf } from "../../host-node/exporter/response.ts";

const proto = "application/x-protobuf";
const json = "application/json";

function outcome(status: number, body: Buffer | string = "", contentType = json, more: Partial<Reply> = {}): Outcome {
  return outcomeOf({ status, contentType, retryAfter: undefined, location: undefined, date: undefined, body: Buffer.from(body), ...more }, 0);
}

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(" ", ""), "hex");
const accepted = (rejectedSpans = 0, message = ""): Outcome => ({ kind: "accepted", rejectedSpans, message });

test("only 429, 502, 503 and 504 are worth another try", () => {
  for (let status = 200; status < 600; status++) {
    const { kind } = outcome(status);
    const expected = status < 300 ? "accepted" : [429, 502, 503, 504].includes(status) ? "later" : "refused";
    assert.equal(kind, expected, String(status));
  }
});

test("400, 413, 422 and 500 are about the request; any other refusal stops", () => {
  for (let status = 300; status < 600; status++) {
    const read = outcome(status);
    if (read.kind === "refused") assert.equal(read.stop, ![400, 413, 422, 500].includes(status), String(status));
  }
});

test("a time the backend names is kept", () => {
  assert.deepEqual(outcome(503, "", json, { retryAfter: "3" }), { kind: "later", status: 503, message: "HTTP 503", retryAfterMs: 3000 });
});

test("a redirect is told with where it leads", () => {
  const read = outcome(307, "", json, { location: "https://other/v1/traces" });
  assert.match(read.message, /redirects to https:\/\/other\/v1\/traces/);
});

test("partial success in JSON", () => {
  assert.deepEqual(outcome(200, "{}"), accepted());
  assert.deepEqual(outcome(200, '{"partialSuccess":{}}'), accepted());
  assert.deepEqual(outcome(200, '{"partialSuccess":null}'), accepted());
  assert.deepEqual(outcome(200, '{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}'), accepted(3, "too old"));
  assert.deepEqual(outcome(200, '{"partialSuccess":{"rejectedSpans":2}}', "application/json; charset=utf-8"), accepted(2));
  assert.deepEqual(outcome(200, '{"partialSuccess":{"errorMessage":"slow down"}}'), accepted(0, "slow down"));
});

test("partial success in protobuf", () => {
  assert.deepEqual(outcome(200, "", proto), accepted());
  assert.deepEqual(outcome(200, bytes("0a00"), proto), accepted());
  assert.deepEqual(outcome(200, bytes("0a07 08 ac02 12 02 6869"), proto), accepted(300, "hi"));
  assert.deepEqual(outcome(200, bytes("0a04 12 02 6869"), "application/protobuf"), accepted(0, "hi"));
  // Unknown fields of every wire type stand around it.
  assert.deepEqual(outcome(200, bytes("10 01 19 0000000000000000 25 00000000 0a02 08 05 32 01 00"), proto), accepted(5));
});

test("a reply that makes no sense is still the reply it was", () => {
  const bodies = ["", "{", "null", "[]", "7", "<html>", "\u0000", '{"partialSuccess":7}', '{"partialSuccess":{"rejectedSpans":"many"}}', '{"partialSuccess":{"rejectedSpans":-4}}'];
  for (const body of bodies) for (const type of [json, proto, "text/html", ""]) assert.deepEqual(outcome(200, body, type), accepted(), `${type} ${body}`);
  for (const hex of ["0a", "0aff", "0a05 08", "ffffffffffffffffffffff", "00", "0f", "0a0b 08 ffffffffffffffffff01", "0a0a 08 80808080808080808080"]) {
    assert.deepEqual(outcome(200, bytes(hex), proto), accepted(), hex);
  }
});

test("the backend's words for an error, whatever they stand in", () => {
  const said: [string | Buffer, string, string][] = [
    ['{"code":3,"message":"no project"}', json, "no project"],
    ['{"error":"no project"}', json, "no project"],
    ['{"error":{"message":"no project","status":400}}', json, "no project"],
    ['{"detail":"no project"}', json, "no project"],
    ['{"errors":[{"detail":"x"}]}', json, '[{"detail":"x"}]'],
    ['{"reason":"no project"}', json, '{"reason":"no project"}'],
    [bytes("08 03 12 0a 6e6f2070726f6a656374"), proto, "no project"],
    ["no\n  project\n", "text/plain", "no project"],
    ["<html><head><title>413 Too Large</title></head><body>x</body></html>", "text/html", "413 Too Large"],
    ["<p>no <b>project</b></p>", "text/html", "no project"],
  ];
  for (const [body, type, words] of said) assert.equal(outcome(400, body, type).message, `HTTP 400: the request is malformed to it: ${words}`);
});

test("words are one line of a bounded length, and nothing in them moves a cursor", () => {
  const { message } = outcome(403, JSON.stringify({ message: `a\u001b[2Jb\r\nc\u202ed\u2028e ${"x".repeat(5000)}` }));
  assert.match(message, /^HTTP 403: [^:]+: a \[2Jb c d e x+…$/);
  assert.ok(message.length < 400);
});
