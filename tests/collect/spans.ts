// Spans at the sink against those a plain build makes of the same events.

import assert from "node:assert/strict";
import { newCore, run } from "../support/core.ts";
import type { Event } from "../support/opencode-server.ts";
import { type OtlpSpan, readJson, spansOf } from "../support/otlp.ts";
import { type Desk, until } from "./desk.ts";

const core = newCore();

export const ids = (spans: readonly { spanId: string }[]): string[] => spans.map(({ spanId }) => spanId).sort();

/** The spans a plain build makes of these events. */
export function built(events: readonly Event[]): OtlpSpan[] {
  const bytes = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  return spansOf(readJson(run([{ name: "events.ndjson", bytes }], { core, content: "metadata", formats: ["json"] }).json));
}

/** What a span says, apart from where its record lies. */
function said({ attributes, ...span }: OtlpSpan): object {
  return { ...span, attributes: attributes.filter(({ key }) => !key.startsWith("spanloom.source.")) };
}

export const byId = (spans: readonly OtlpSpan[]): object[] => [...spans].sort((a, b) => (a.spanId < b.spanId ? -1 : 1)).map(said);

export async function arrived(desk: Desk, expected: readonly string[], ms = 60_000): Promise<void> {
  const wanted = new Set(expected);
  const missing = (): string[] => {
    const here = new Set(ids(desk.sink.accepted()));
    return [...wanted].filter((id) => !here.has(id));
  };
  await until("every span arrives", () => missing().length === 0, ms).catch((error: Error) => {
    throw new Error(`${error.message}: ${missing().length} of ${wanted.size} are missing`);
  });
  assert.deepEqual(ids(desk.sink.accepted()), [...expected].sort());
}
