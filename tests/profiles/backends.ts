// How each backend adds up the tokens of what it was sent, from its sources or documents as of 2026, in as few lines as say it.
//
// Only what makes a difference to us is here: which spans count, which attribute counts, and what becomes of cached tokens.

import type { Profile } from "../../bridge/index.ts";
import type { Plain } from "../support/otlp.ts";

export interface Sent {
  id: string;
  parent: string | undefined;
  attributes: Record<string, Plain | undefined>;
}

export interface Usage {
  input: number;
  output: number;
  read: number;
  write: number;
}

const none: Usage = { input: 0, output: 0, read: 0, write: 0 };
const add = (a: Usage, b: Usage): Usage => ({ input: a.input + b.input, output: a.output + b.output, read: a.read + b.read, write: a.write + b.write });
const total = (all: Usage[]): Usage => all.reduce(add, none);
const number = (value: Plain | undefined): number => Number(value ?? 0);

/** The usage a span has in the GenAI attributes, or nothing. */
function genAi({ attributes }: Sent): Usage | undefined {
  if (attributes["gen_ai.usage.input_tokens"] === undefined) return undefined;
  return {
    input: number(attributes["gen_ai.usage.input_tokens"]),
    output: number(attributes["gen_ai.usage.output_tokens"]),
    read: number(attributes["gen_ai.usage.cache_read.input_tokens"]),
    write: number(attributes["gen_ai.usage.cache_creation.input_tokens"]),
  };
}

const everySpan = (spans: Sent[]): Usage => total(spans.map((span) => genAi(span) ?? none));

/** A member of a JSON attribute, at a path. */
function inJson(span: Sent, key: string, ...path: string[]): number {
  let value: unknown = JSON.parse(String(span.attributes[key] ?? "{}"));
  for (const step of path) value = (value as Record<string, unknown> | undefined)?.[step];
  return Number(value ?? 0);
}

// Phoenix, db/insertion/span.py: spans of kind LLM, added up along the tree. trace/otel.py puts the keys that a span has not
// from its GenAI attributes.
function phoenix(spans: Sent[]): Usage {
  const kindOf = ({ attributes }: Sent): Plain | undefined =>
    attributes["openinference.span.kind"] ?? (attributes["gen_ai.operation.name"] === "chat" ? "LLM" : "AGENT");
  return total(
    spans
      .filter((span) => kindOf(span) === "LLM")
      .map((span) => {
        const other = genAi(span) ?? none;
        const count = (key: string, otherwise: number): number => number(span.attributes[`llm.token_count.${key}`] ?? otherwise);
        return {
          input: count("prompt", other.input),
          output: count("completion", other.output),
          read: count("prompt_details.cache_read", other.read),
          write: count("prompt_details.cache_write", other.write),
        };
      }),
  );
}

// Weave, migrations/030_add_agent_tables.up.sql: agents_mv adds input_tokens and output_tokens of all spans with an agent's name.
const weave = (spans: Sent[]): Usage => everySpan(spans.filter(({ attributes }) => attributes["gen_ai.agent.name"] !== undefined));

// Langfuse, server/otel/OtelIngestionProcessor.ts: usage_details if it is there, else every gen_ai.usage.* is a member of its own,
// where input loses what is known to be a part of it. The total is that of all members, over all observations.
function langfuse(spans: Sent[]): Usage {
  return total(
    spans.map((span) => {
      const given = span.attributes["langfuse.observation.usage_details"];
      if (given !== undefined) {
        const of = (member: string): number => inJson(span, "langfuse.observation.usage_details", member);
        const [read, write] = [of("input_cached_tokens"), of("input_cache_creation")];
        return { input: of("input") + read + write, output: of("output"), read, write };
      }
      const usage = genAi(span) ?? none;
      // A name it does not know as a part of the input is counted beside it.
      return { ...usage, input: usage.input + number(span.attributes["gen_ai.usage.cache_write.input_tokens"]) };
    }),
  );
}

// Braintrust: braintrust.metrics where it is there, else what the GenAI attributes map to.
function braintrust(spans: Sent[]): Usage {
  return total(
    spans.map((span) => {
      if (span.attributes["braintrust.metrics"] === undefined) return genAi(span) ?? none;
      const of = (member: string): number => inJson(span, "braintrust.metrics", member);
      return { input: of("prompt_tokens"), output: of("completion_tokens"), read: of("prompt_cached_tokens"), write: of("prompt_cache_creation_tokens") };
    }),
  );
}

// LangSmith: langsmith.usage_metadata goes before the flat keys.
function langsmith(spans: Sent[]): Usage {
  return total(
    spans.map((span) => {
      if (span.attributes["langsmith.usage_metadata"] === undefined) return genAi(span) ?? none;
      const of = (...path: string[]): number => inJson(span, "langsmith.usage_metadata", ...path);
      return { input: of("input_tokens"), output: of("output_tokens"), read: of("input_token_details", "cache_read"), write: of("input_token_details", "cache_creation") };
    }),
  );
}

// MLflow, tracing/utils: aggregate_usage_from_spans() goes down the tree and takes no span below one that was taken.
function mlflow(spans: Sent[]): Usage {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const isBelowUsage = ({ parent }: Sent): boolean => {
    const above = parent === undefined ? undefined : byId.get(parent);
    return above !== undefined && (genAi(above) !== undefined || isBelowUsage(above));
  };
  return everySpan(spans.filter((span) => !isBelowUsage(span)));
}

export const backends: Record<Exclude<Profile, "genai">, (spans: Sent[]) => Usage> = {
  openinference: phoenix,
  weave,
  langfuse,
  datadog: everySpan,
  braintrust,
  langsmith,
  mlflow,
};
