// The spans a family becomes, found by what the record calls them: a response, a call or a sub-agent by its id, a turn by its
// place. An outline shows them all at once.
//
// It finds and reads, and judges nothing but that what was asked for is there once.

import assert from "node:assert/strict";
import { type Document, type Given, type Outcome, run } from "../support/core.ts";
import { attributes, ERROR, type OtlpSpan, type Plain, readJson, spansOf } from "../support/otlp.ts";
import { transcript } from "../support/scenes/scene.ts";
import { began, type Session } from "../support/session.ts";

export interface Span extends OtlpSpan {
  said: Record<string, Plain | undefined>;
}

export interface Part {
  type: string;
  content?: string;
  name?: string;
}

type Side = "input" | "output";

/** All parts of a span's messages, in order. */
export const parts = ({ said }: Span, side: Side): Part[] =>
  (JSON.parse(String(said[`gen_ai.${side}.messages`] ?? "[]")) as { parts: Part[] }[]).flatMap((message) => message.parts);

/** The texts among them. */
export const texts = (span: Span, side: Side): string[] =>
  parts(span, side).flatMap(({ type, content }) => (type === "text" ? [content!] : []));

/** Input and output tokens. */
export const tokens = ({ said }: Span): unknown[] => [said["gen_ai.usage.input_tokens"], said["gen_ai.usage.output_tokens"]];

/** Start and end in seconds after the beginning of hand-written time. */
export const seconds = ({ startTimeUnixNano, endTimeUnixNano }: Span): number[] =>
  [startTimeUnixNano, endTimeUnixNano].map((time) => (Number(BigInt(time) / 1_000_000n) - began) / 1000);

/** `error.type` and message of a span that failed, else undefined: success has no status at all. */
export function failure({ said, status }: Span): unknown[] | undefined {
  assert.equal(status?.code === ERROR, said["error.type"] !== undefined, "a failure has a type, and nothing else has");
  return status && [said["error.type"], status.message];
}

/** Names and attributes of a span's events. */
export const events = (span: Span): [string, Record<string, Plain | undefined>][] =>
  (span.events ?? []).map((event) => [event.name, attributes(event)]);

/** What a span is and what the record calls it. */
function title(span: Span): string {
  const { said } = span;
  const call = said["gen_ai.tool.call.id"];
  if (said["gen_ai.operation.name"] === "chat") return `chat ${String(said["gen_ai.response.id"])}`;
  if (said["gen_ai.operation.name"] === "execute_tool") return `tool ${String(call)}`;
  if (said["spanloom.agent.join"] !== undefined) return `agent ${String(call ?? said["spanloom.agent.id"])}`;
  return `turn ${texts(span, "input").join(" + ") || String(said["spanloom.turn.origin"])}`;
}

export class Built {
  readonly spans: Span[];
  readonly outcome: Outcome;

  constructor(documents: readonly Document[], given: Given = {}) {
    this.outcome = run(documents, { formats: ["json"], ...given });
    this.spans = spansOf(readJson(this.outcome.json)).map((span) => ({ ...span, said: attributes(span) }));
  }

  private only(of: string, is: (span: Span) => boolean): Span {
    const found = this.spans.filter(is);
    assert.equal(found.length, 1, `${of}: ${found.length} spans`);
    return found[0]!;
  }

  /** Spans without a parent: the turns, in the shape of turns. */
  get roots(): Span[] {
    return this.spans.filter(({ parentSpanId }) => parentSpanId === undefined);
  }

  chat(id: string): Span {
    return this.only(`response ${id}`, (span) => title(span) === `chat ${id}`);
  }

  call(id: string): Span {
    return this.only(`call ${id}`, ({ said }) => said["gen_ai.tool.call.id"] === id);
  }

  agent(id: string): Span {
    return this.only(`agent ${id}`, ({ said }) => said["spanloom.agent.id"] === id);
  }

  below(parent: Span): Span[] {
    return this.spans.filter(({ parentSpanId }) => parentSpanId === parent.spanId);
  }

  /** Every span on a line in the order they come, two spaces deeper than its parent. */
  outline(): string[] {
    const depths = new Map<string | undefined, number>([[undefined, -1]]);
    return this.spans.map((span) => {
      const depth = depths.get(span.parentSpanId)! + 1;
      depths.set(span.spanId, depth);
      return "  ".repeat(depth) + title(span);
    });
  }
}

/** A family of these documents. */
export const build = (...documents: (Document | Document[])[]): Built => new Built(documents.flat());

/** A session of one transcript. */
export const built = (write: (it: Session) => unknown): Built => build(transcript(write));
