// Requests: protobuf and JSON say the same span for span, to two readers of protobuf; each request keeps its limit; the
// tables say what the requests say.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FLAG_ERROR, jsonText, KIND_CHAT, KIND_TOOL, KIND_TURN, type SpanRow } from "../../bridge/index.ts";
import { type Outcome, run } from "../support/core.ts";
import { fixtures } from "../support/fixture.ts";
import { attributes, CLIENT, ERROR, hasProtoc, type OtlpSpan, readByProtoc, readJson, readProto, spansOf } from "../support/otlp.ts";

const tiny = 4096;
/** Ends and beginnings of requests that hold several spans and keep their limit have to fit as well. */
const limits = [1, tiny, 20_000];

function assertWithin(limit: number, { json, proto, spansIn }: Outcome): void {
  const lengths = { json: json.map((line) => Buffer.byteLength(line)), proto: proto.map((bytes) => bytes.length) };
  for (const format of ["json", "proto"] as const) {
    lengths[format].forEach((length, index) => {
      const spans = spansIn[format][index];
      assert.ok(length <= limit || spans === 1, `${format} request ${index}: ${length} bytes, ${spans} spans, limit ${limit}`);
    });
  }
}

function assertTable(row: SpanRow, rows: readonly SpanRow[], span: OtlpSpan): void {
  const said = attributes(span);
  assert.equal(row.id, span.spanId);
  assert.equal(row.parent === -1 ? undefined : rows[row.parent]?.id, span.parentSpanId);
  assert.ok(row.parent < row.row, "parents stand before their children");
  assert.equal(row.kind === KIND_CHAT, span.kind === CLIENT);
  assert.equal(row.inputTokens, said["gen_ai.usage.input_tokens"]);
  assert.equal(row.outputTokens, said["gen_ai.usage.output_tokens"]);
  assert.equal(row.error, said["error.type"] ?? "");
  assert.equal((row.flags & FLAG_ERROR) !== 0, span.status?.code === ERROR);
  assert.equal(row.line, said["spanloom.source.line"]);
  // A turn's agent is named by whoever opened the family; every other span has its own name.
  if (row.kind !== KIND_TURN) assert.equal(span.name.replace(/^\w+ ?/, ""), row.name);
}

for (const { name, documents } of fixtures()) {
  const outcome = run(documents);
  const requests = readJson(outcome.json);
  const spans = spansOf(requests);

  test(`${name}: protobuf says what JSON says`, () => {
    assert.deepEqual(outcome.proto.map(readProto), requests);
    for (const line of outcome.json) assert.ok(!line.includes("\n"), "a request is one line");
  });

  test(`${name}: protoc reads it so too`, { skip: !hasProtoc && "protoc is not installed" }, () => {
    // All requests one after another are one request.
    const read = readByProtoc(Buffer.concat(run(documents, { batchBytes: tiny, formats: ["proto"] }).proto));
    assert.deepEqual(spansOf([read!]), spans);
  });

  test(`${name}: requests keep their limit and lose nothing`, () => {
    assertWithin(2 << 20, outcome);
    for (const limit of limits) {
      const small = run(documents, { batchBytes: limit });
      assertWithin(limit, small);
      assert.deepEqual(spansOf(readJson(small.json)), spans, `JSON within ${limit}`);
      assert.deepEqual(spansOf(small.proto.map(readProto)), spans, `protobuf within ${limit}`);
      assert.deepEqual(
        readJson(small.json).map((one) => spansOf([one]).length),
        small.spansIn.json,
        "spans a request",
      );
      assert.deepEqual(
        small.proto.map((one) => spansOf([readProto(one)]).length),
        small.spansIn.proto,
        "spans a request",
      );
      const frames = new Set(
        readJson(small.json).map(({ resourceSpans: [first] }) => JSON.stringify([first?.resource, first?.scopeSpans[0]?.scope])),
      );
      assert.ok(frames.size <= 1, "every request has the same resource and scope");
    }
  });

  test(`${name}: the tables say what the requests say`, () => {
    assert.equal(outcome.spans.length, spans.length);
    outcome.spans.forEach((row, index) => assertTable(row, outcome.spans, spans[index]!));
    assert.deepEqual(
      outcome.times.map(String),
      spans.map((span) => `${span.startTimeUnixNano},${span.endTimeUnixNano}`),
    );
    for (const trace of outcome.traces) {
      const own = spans.slice(trace.firstSpan, trace.firstSpan + trace.spans);
      assert.deepEqual([...new Set(own.map(({ traceId }) => traceId))], [trace.id]);
      assert.deepEqual([...new Set(own.map((span) => attributes(span)["gen_ai.conversation.id"]))], [trace.conversation]);
    }
    assert.equal(
      outcome.traces.reduce((sum, trace) => sum + trace.spans, 0),
      spans.length,
    );
    // A row's time is milliseconds with a fraction: exact to the microsecond, which tells events apart.
    const events = spans.flatMap((span, index) =>
      (span.events ?? []).map((event) => [index, Math.round(Number(event.timeUnixNano) / 1e3)]),
    );
    assert.deepEqual(
      outcome.events.map(({ span, time }) => [span, Math.round(time * 1e3)]),
      events,
    );
  });

  test(`${name}: turns show where their prompt stands, tools where their arguments stand`, () => {
    for (const { text, kind, row } of outcome.spans) {
      if (kind !== KIND_TURN && kind !== KIND_TOOL) continue;
      const said = attributes(spans[row]!);
      const prompt = (): { type: string; content: string }[] => JSON.parse(String(said["gen_ai.input.messages"]))[0].parts;
      // An image alone has no words to show.
      if (kind === KIND_TURN && prompt().every(({ type }) => type !== "text")) {
        assert.ok(!text, `the span in row ${row} has no words`);
        continue;
      }
      assert.ok(text, `the span in row ${row} has words`);
      const document = documents.find((one) => one.name === outcome.documents[text.document]?.name)!;
      const bytes = document.bytes.subarray(text.offset, text.offset + text.length);
      if (kind === KIND_TOOL) {
        assert.equal(Buffer.from(bytes).toString("utf8"), said["gen_ai.tool.call.arguments"]);
      } else {
        assert.ok(
          prompt().some((part) => part.content === jsonText(bytes)),
          jsonText(bytes).slice(0, 80),
        );
      }
    }
  });
}
