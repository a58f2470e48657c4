// Every backend counts every token once, cached ones too: what each adds up over a recording is what the chats of that
// recording have used, whatever the shape.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Profile, PROFILES } from "../../bridge/index.ts";
import { type Document, newCore, run } from "../support/core.ts";
import { fixtures } from "../support/fixture.ts";
import { attributes, readJson, spansOf } from "../support/otlp.ts";
import { backends, type Sent, type Usage } from "./backends.ts";

const recordings = fixtures();
const core = newCore();

function sent(documents: readonly Document[], profile: Profile, shape: "turns" | "session"): Sent[] {
  const { json } = run(documents, { profile, shape, content: "metadata", formats: ["json"], core });
  return spansOf(readJson(json)).map((span) => ({ id: span.spanId, parent: span.parentSpanId, attributes: attributes(span) }));
}

/** What was used, from the chats alone. */
function used(documents: readonly Document[]): Usage {
  const sum = { input: 0, output: 0, read: 0, write: 0 };
  for (const { attributes } of sent(documents, "genai", "turns")) {
    if (attributes["gen_ai.operation.name"] !== "chat") continue;
    sum.input += Number(attributes["gen_ai.usage.input_tokens"] ?? 0);
    sum.output += Number(attributes["gen_ai.usage.output_tokens"] ?? 0);
    sum.read += Number(attributes["gen_ai.usage.cache_read.input_tokens"] ?? 0);
    sum.write += Number(attributes["gen_ai.usage.cache_write.input_tokens"] ?? 0);
  }
  return sum;
}

test("every profile but genai has a backend that adds up", () => {
  assert.deepEqual(Object.keys(backends).sort(), Object.keys(PROFILES).filter((profile) => profile !== "genai").sort());
});

for (const [profile, add] of Object.entries(backends) as [Profile, (spans: Sent[]) => Usage][]) {
  test(`${profile} counts each token once`, () => {
    let cached = 0;
    for (const { name, documents } of recordings) {
      const expected = used(documents);
      cached += expected.read + expected.write;
      for (const shape of ["turns", "session"] as const) assert.deepEqual(add(sent(documents, profile, shape)), expected, `${name}, ${shape}`);
    }
    assert.ok(cached > 0, "something was cached");
  });
}

test("without their profiles most would count wrong", () => {
  const { documents } = recordings.find(({ scenario }) => scenario === "two-subagents")!;
  const expected = used(documents);
  const wrong = (Object.entries(backends) as [Profile, (spans: Sent[]) => Usage][])
    .filter(([, add]) => add(sent(documents, "genai", "turns")).input !== expected.input)
    .map(([profile]) => profile);
  assert.deepEqual(wrong, ["weave", "langfuse", "datadog", "braintrust", "langsmith", "mlflow"]);
});
