// Phoenix understands what it is sent: the converter that OpenInference publishes derives from the GenAI attributes what the
// profile says itself, for every span of every recording. Where the two differ on purpose, docs/SPANS.md says so and here is how.

import assert from "node:assert/strict";
import { test } from "node:test";
import { convertGenAISpanAttributesToOpenInferenceSpanAttributes as convert } from "@arizeai/openinference-genai";
import { newCore, run } from "../support/core.ts";
import { fixtures } from "../support/fixture.ts";
import { attributes, type OtlpSpan, type Plain, readJson, spansOf } from "../support/otlp.ts";

type Attributes = Record<string, Plain | undefined>;

const core = newCore();
const own = /^(openinference|agent|llm|tool|tool_call|input|output)\./;

/** As an SDK has them: counts are numbers. */
function plainly(span: OtlpSpan): Attributes {
  return Object.fromEntries(Object.entries(attributes(span)).map(([key, value]) => [key, /token/.test(key) && value !== undefined ? Number(value) : value]));
}

/** Its own attributes. Half a character, which a message has as an escape, cannot be sent as text: U+FFFD stands for it. */
function onlyOwn(of: Attributes): Attributes {
  const whole = (value: Plain | undefined): Plain | undefined => (typeof value === "string" ? Buffer.from(value).toString() : value);
  return Object.fromEntries(Object.entries(of).flatMap(([key, value]) => (own.test(key) ? [[key, whole(value)]] : [])));
}

interface Part {
  type: string;
  content?: string;
}

/** The texts of messages in JSON, as the profile writes them. */
function textsIn(messages: Plain | undefined): string | undefined {
  if (messages === undefined) return undefined;
  const parts = (JSON.parse(String(messages)) as { parts: Part[] }[]).flatMap(({ parts }) => parts).filter(({ type }) => type === "text");
  return parts.length > 0 ? parts.map(({ content }) => content).join("\n\n") : undefined;
}

function put(into: Attributes, which: "input" | "output", value: string | undefined, type: string): void {
  for (const key of [`${which}.value`, `${which}.mime_type`]) delete into[key];
  if (value !== undefined) Object.assign(into, { [`${which}.value`]: value, [`${which}.mime_type`]: type });
}

/** Messages with the parts the profile has keys for; the converter writes any other part as its JSON. */
function known(messages: Plain | undefined): Plain | undefined {
  if (messages === undefined) return undefined;
  const types = ["text", "reasoning", "tool_call"];
  return JSON.stringify((JSON.parse(String(messages)) as { parts: Part[] }[]).map((message) => ({ ...message, parts: message.parts.filter(({ type }) => types.includes(type)) })));
}

/** What the converter says, with the differences there are meant to be. */
function expectedOf(sent: Attributes): Attributes {
  const given = { ...sent, "gen_ai.output.messages": known(sent["gen_ai.output.messages"]) };
  const made = convert(given as Parameters<typeof convert>[0]) as Attributes;
  const operation = sent["gen_ai.operation.name"];
  if (operation === "chat") {
    // The texts of an answer; its message is taken apart anyway.
    put(made, "output", textsIn(sent["gen_ai.output.messages"]), "text/plain");
    // The converter does not know these.
    const [reason] = (sent["gen_ai.response.finish_reasons"] ?? []) as string[];
    if (reason !== undefined) made["llm.finish_reason"] = reason;
    const reasoning = sent["gen_ai.usage.reasoning.output_tokens"];
    if (reasoning !== undefined) made["llm.token_count.completion_details.reasoning"] = reasoning;
  } else {
    // Only a model call has a model's attributes.
    for (const key of Object.keys(made)) if (key.startsWith("llm.")) delete made[key];
  }
  if (operation === "execute_tool") {
    // It repeats the arguments, and takes a text that is JSON for JSON.
    delete made["tool.parameters"];
    put(made, "output", sent["gen_ai.tool.call.result"] as string | undefined, "");
  } else if (operation !== "chat") {
    // It takes a sub-agent for a tool because it has a call.
    made["openinference.span.kind"] = "AGENT";
    for (const key of Object.keys(made)) if (key.startsWith("tool")) delete made[key];
    put(made, "input", textsIn(sent["gen_ai.input.messages"]), "text/plain");
    const answer = textsIn(sent["gen_ai.output.messages"]);
    put(made, "output", answer, "text/plain");
  }
  return made;
}

for (const content of ["full", "metadata"] as const) {
  test(`the profile says what the converter derives, ${content}`, () => {
    let compared = 0;
    for (const { name, documents } of fixtures()) {
      const { json } = run(documents, { profile: "openinference", content, formats: ["json"], core });
      for (const span of spansOf(readJson(json))) {
        const all = plainly(span);
        const sent = Object.fromEntries(Object.entries(all).filter(([key]) => !own.test(key)));
        const [said, expected] = [onlyOwn(all), onlyOwn(expectedOf(sent))];
        // A result's type: JSON if it was a list, whatever a text looks like.
        if (sent["gen_ai.operation.name"] === "execute_tool" && said["output.mime_type"] !== undefined) {
          assert.match(String(said["output.mime_type"]), /^(text\/plain|application\/json)$/);
          if (said["output.mime_type"] === "application/json") JSON.parse(String(said["output.value"]));
          expected["output.mime_type"] = said["output.mime_type"];
        }
        // A sub-agent's result in the place of an answer is the result as it is, and here is where it is one.
        if (sent["gen_ai.operation.name"] === "invoke_agent" && said["output.value"] === sent["gen_ai.tool.call.result"] && said["output.value"] !== undefined)
          put(expected, "output", String(said["output.value"]), String(said["output.mime_type"]));
        assert.deepEqual(said, expected, `${name} ${span.name} ${span.spanId}`);
        compared++;
      }
    }
    assert.ok(compared > 300, `${compared} spans`);
  });
}

test("without content no text is sent", () => {
  const { documents } = fixtures().find(({ scenario }) => scenario === "thinking-and-parallel")!;
  const { json } = run(documents, { profile: "openinference", content: "metadata", formats: ["json"], core });
  for (const span of spansOf(readJson(json))) for (const key of Object.keys(attributes(span))) assert.doesNotMatch(key, /^(input|output)\.|message/);
});
