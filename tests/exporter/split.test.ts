// A request cut in two: nothing lost, nothing changed, order kept, and both halves are requests by themselves.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pick, split } from "../../host-node/exporter/split.ts";
import { hasProtoc, type OtlpSpan, readByProtoc, readJson, readProto, type Request, spansOf } from "../support/otlp.ts";
import { large, made } from "./parts.ts";

const proto = "application/x-protobuf";
const json = "application/json";

const read = (body: Uint8Array, type: string): Request => (type === json ? readJson([Buffer.from(body).toString("utf8")])[0]! : readProto(body));

/** Cuts until nothing can be cut. */
function pieces(body: Uint8Array, type: string): Uint8Array[] {
  const halves = split(body, type);
  return halves === undefined ? [body] : halves.flatMap((half) => pieces(half.body, type));
}

for (const [encoding, type] of [["proto", proto], ["json", json]] as const) {
  test(`${encoding}: halves hold all spans in order, with the same around them`, () => {
    for (const { body, spans } of made(encoding, 65_536).requests) {
      const whole = read(body, type);
      const halves = split(body, type);
      assert.ok(halves && spans > 1);
      const parts = halves.map((half) => read(half.body, type));
      assert.deepEqual(spansOf(parts), spansOf([whole]));
      assert.deepEqual(halves.map((half) => half.spans), parts.map((part) => spansOf([part]).length));
      for (const part of parts) {
        assert.deepEqual(part.resourceSpans[0]?.resource, whole.resourceSpans[0]?.resource);
        assert.deepEqual(part.resourceSpans[0]?.scopeSpans[0]?.scope, whole.resourceSpans[0]?.scopeSpans[0]?.scope);
        assert.equal(part.resourceSpans[0]?.scopeSpans[0]?.schemaUrl, whole.resourceSpans[0]?.scopeSpans[0]?.schemaUrl);
      }
    }
  });

  test(`${encoding}: chosen spans alone, as they are, with the same around them`, () => {
    for (const { body, spans } of made(encoding, 65_536).requests) {
      const whole = read(body, type);
      const odd = pick(body, type, (span) => span % 2 === 1);
      const expected = spansOf([whole]).filter((_, span) => span % 2 === 1);
      if (spans < 2) assert.equal(odd, undefined);
      else assert.deepEqual([odd?.spans, spansOf([read(odd!.body, type)])], [expected.length, expected]);
      assert.equal(pick(body, type, () => false), undefined);
    }
    assert.equal(pick(Buffer.from("no request"), type, () => true), undefined);
  });

  test(`${encoding}: cut again and again, each span stands alone`, () => {
    const { requests, spans } = made(encoding, 1 << 20);
    const single = requests.flatMap(({ body }) => pieces(body, type));
    assert.equal(single.length, spans);
    assert.deepEqual(
      spansOf(single.map((body) => read(body, type))),
      spansOf(requests.map(({ body }) => read(body, type))),
    );
  });

  test(`${encoding}: the halves of even spans are about equal`, () => {
    const { body } = large(encoding).requests[0]!;
    const [first, second] = split(body, type)!;
    const largest = Math.max(...pieces(body, type).map((piece) => piece.length));
    assert.ok(Math.abs(first.body.length - second.body.length) <= 2 * largest, `${first.body.length} and ${second.body.length}`);
  });
}

test("protoc reads the halves too", { skip: !hasProtoc && "protoc is not installed" }, () => {
  const { body } = large().requests[0]!;
  const halves = split(body, proto)!.map((half) => readByProtoc(half.body)!);
  assert.deepEqual(spansOf(halves), spansOf([readByProtoc(body)!]));
});

test("several resources and scopes are cut where the spans are, and none is left empty", () => {
  const span = (n: number): Partial<OtlpSpan> => ({ name: `s${n}` });
  const request = {
    resourceSpans: [
      { resource: { attributes: [] }, scopeSpans: [{ scope: { name: "a" }, spans: [span(0)] }, { scope: { name: "b" }, spans: [] }] },
      { resource: { attributes: [] }, scopeSpans: [{ scope: { name: "c" }, spans: [span(1), span(2)], schemaUrl: "u" }], schemaUrl: "v" },
    ],
    unknown: true,
  };
  const halves = split(Buffer.from(JSON.stringify(request)), json)!.map(({ body }) => JSON.parse(Buffer.from(body).toString("utf8")));
  assert.deepEqual(halves, [
    { resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: { name: "a" }, spans: [span(0)] }] }], unknown: true },
    {
      resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: { name: "c" }, spans: [span(1), span(2)], schemaUrl: "u" }], schemaUrl: "v" }],
      unknown: true,
    },
  ]);
});

test("in protobuf too, and a field nobody knows stays", () => {
  const field = (number: number, ...inside: Buffer[]): Buffer => {
    const value = Buffer.concat(inside);
    return Buffer.concat([Buffer.of((number << 3) | 2, value.length), value]);
  };
  const span = (n: number): Buffer => field(2, field(5, Buffer.from(`s${n}`)));
  const unknown = Buffer.of((14 << 3) | 0, 7);
  const scope = (...inside: Buffer[]): Buffer => field(2, field(1, field(1, Buffer.from("scope"))), ...inside, field(3, Buffer.from("u")));
  const resource = (...inside: Buffer[]): Buffer => field(1, field(1, unknown), ...inside, unknown);
  const body = Buffer.concat([resource(scope(span(0)), scope()), resource(scope(span(1), span(2))), unknown]);
  const [first, second] = split(body, proto)!;
  assert.deepEqual(Buffer.from(first.body), Buffer.concat([resource(scope(span(0))), unknown]));
  assert.deepEqual(Buffer.from(second.body), Buffer.concat([resource(scope(span(1), span(2))), unknown]));
});

test("in protobuf too, a number longer than any can be makes it no request", () => {
  const { body } = large().requests[0]!;
  const field = (length: number): Buffer => Buffer.concat([Buffer.of((14 << 3) | 0), Buffer.alloc(length - 1, 0x80), Buffer.of(1)]);
  assert.ok(split(Buffer.concat([body, field(10)]), proto));
  assert.equal(split(Buffer.concat([body, field(11)]), proto), undefined);
});

test("a large span does not keep small ones from a half of their own", () => {
  const sizes = [[1, 1, 90_000], [90_000, 1, 1], [1, 90_000, 1], [1, 1], [90_000, 90_000, 1]];
  for (const names of sizes) {
    const spans = names.map((length) => ({ name: "x".repeat(length) }));
    const halves = split(Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })), json)!;
    assert.ok(halves.every((half) => half.spans > 0));
    assert.equal(halves[0].spans + halves[1].spans, names.length);
  }
});

test("one span, none, or what is no request cannot be cut", () => {
  const one = made("proto", 1).requests[0]!;
  assert.equal(one.spans, 1);
  assert.equal(split(one.body, proto), undefined);
  for (const body of ["", "{}", "null", "{", '{"resourceSpans":[]}', '{"resourceSpans":7}', "\u0000\u0001", "hello"]) {
    assert.equal(split(Buffer.from(body), json), undefined, body);
    assert.equal(split(Buffer.from(body), proto), undefined, body);
  }
  for (let end = 1; end < one.body.length; end += 7) assert.equal(split(one.body.subarray(0, end), proto), undefined);
});
