// What a profile makes of a span's attributes: docs/SPANS.md, "Profiles", read again from the text.
//
// It takes the attributes everybody gets, moves the sums where they stand apart, and puts the backend's own behind them. What
// was said at a span it is told (said.ts, opencode/said.ts): clients write that in ways of their own.

import type { Attributes, Options, Value } from "./attributes.ts";
import { version } from "./otlp.ts";

/** A part of a model's message. A call leaves out what it has not. */
export type Part =
  | { is: "text" | "reasoning"; words: string }
  | { is: "call"; id: string | undefined; name: string | undefined; given: string | undefined };

export interface Tokens {
  input: bigint;
  output: bigint;
  read: bigint;
  write: bigint;
}

/** What was said at a span. */
export interface Said {
  kind: "session" | "turn" | "chat" | "tool" | "agent";
  /** Of a chat its own, of a turn or agent that of its last chat. */
  chat: { model: string | undefined; stop: string | undefined; tokens: Tokens | undefined; parts: Part[] } | undefined;
  /** Of a tool; of an agent its call. */
  call: { name: string | undefined; id: string | undefined; given: string | undefined; result: { value: string; isText: boolean } | undefined } | undefined;
  /** Of a turn or agent: the texts that were asked. */
  asked: string[];
  /** What its last compaction left. */
  summary: string | undefined;
}

type Add = (key: string, value: Value | undefined) => void;

/** The model that was asked for. */
const asked = "gen_ai.request.model";
const withModel = new Set(["weave", "datadog", "braintrust", "langsmith"]);

/** Key, and the words for a chat, a tool and all else. */
const kinds: Record<string, [string, string, string, string]> = {
  openinference: ["openinference.span.kind", "LLM", "TOOL", "AGENT"],
  langfuse: ["langfuse.observation.type", "generation", "tool", "agent"],
  braintrust: ["braintrust.span_attributes", '{"type":"llm"}', '{"type":"tool"}', '{"type":"task"}'],
  langsmith: ["langsmith.span.kind", "llm", "tool", "chain"],
};

const usages: Record<string, [string, (tokens: Tokens) => object]> = {
  langfuse: [
    "langfuse.observation.usage_details",
    ({ input, output, read, write }) => ({
      input: Number(input - read - write),
      output: Number(output),
      input_cached_tokens: Number(read),
      input_cache_creation: Number(write),
      total: Number(input + output),
    }),
  ],
  braintrust: [
    "braintrust.metrics",
    ({ input, output, read, write }) => ({
      prompt_tokens: Number(input),
      completion_tokens: Number(output),
      tokens: Number(input + output),
      prompt_cached_tokens: Number(read),
      prompt_cache_creation_tokens: Number(write),
    }),
  ],
  langsmith: [
    "langsmith.usage_metadata",
    ({ input, output, read, write }) => ({
      input_tokens: Number(input),
      output_tokens: Number(output),
      total_tokens: Number(input + output),
      input_token_details: { cache_read: Number(read), cache_creation: Number(write) },
    }),
  ],
};

const textsOf = (parts: Part[]): string[] => parts.flatMap((part) => (part.is === "text" ? [part.words] : []));

/** A key for texts, and one for what kind of text it is. */
function addTexts(which: "input" | "output", texts: string[], add: Add): boolean {
  if (texts.length > 0) addTyped(which, texts.join("\n\n"), "text/plain", add);
  return texts.length > 0;
}

function addTyped(which: "input" | "output", value: string, type: string, add: Add): void {
  add(`${which}.value`, value);
  add(`${which}.mime_type`, type);
}

function addResult({ call }: Said, add: Add): void {
  if (call?.result) addTyped("output", call.result.value, call.result.isText ? "text/plain" : "application/json", add);
}

function addMessage(parts: Part[], add: Add): void {
  const message = "llm.output_messages.0.message";
  add(`${message}.role`, "assistant");
  let [texts, calls] = [0, 0];
  for (const part of parts) {
    if (part.is === "call") {
      const call = `${message}.tool_calls.${calls++}.tool_call`;
      add(`${call}.id`, part.id);
      add(`${call}.function.name`, part.name);
      add(`${call}.function.arguments`, part.given);
    } else {
      add(`${message}.contents.${texts}.message_content.type`, part.is);
      add(`${message}.contents.${texts++}.message_content.text`, part.words);
    }
  }
}

function openInference({ kind, chat, call }: Said, agentName: string, given: (key: string) => Value | undefined, add: Add): void {
  add("agent.name", agentName);
  if (kind === "chat" && chat) {
    add("llm.provider", given("gen_ai.provider.name"));
    add("llm.system", given("gen_ai.provider.name"));
    add("llm.model_name", chat.model);
    add("llm.finish_reason", chat.stop);
    add("llm.token_count.prompt", chat.tokens?.input);
    add("llm.token_count.completion", chat.tokens?.output);
    add("llm.token_count.total", chat.tokens && chat.tokens.input + chat.tokens.output);
    add("llm.token_count.prompt_details.cache_read", chat.tokens?.read);
    add("llm.token_count.prompt_details.cache_write", chat.tokens?.write);
    add("llm.token_count.completion_details.reasoning", given("gen_ai.usage.reasoning.output_tokens"));
  }
  if (kind === "tool") {
    add("tool.name", call?.name);
    add("tool_call.id", call?.id);
  }
}

function openInferenceContent(said: Said, add: Add): void {
  const { kind, chat, call, asked } = said;
  const answer = textsOf(chat?.parts ?? []);
  if (kind === "chat") {
    addTexts("output", answer, add);
    addMessage(chat!.parts, add);
  } else if (kind === "tool") {
    if (call?.given !== undefined) addTyped("input", call.given, "application/json", add);
    addResult(said, add);
  } else if (kind !== "session") {
    addTexts("input", asked, add);
    if (!addTexts("output", answer, add) && kind === "agent") addResult(said, add);
  }
}

/** `attributes` are those that everybody gets. */
export function profiled(said: Said, agentName: string, options: Options, attributes: Attributes): Attributes {
  const { profile, content } = options;
  if (profile === "genai") return attributes;
  const { kind, chat } = said;
  const apart = (key: string): string => (kind === "chat" ? key : key.replace(/^gen_ai\.usage\./, "spanloom.usage."));
  const all: Attributes = attributes.map(([key, value]) => [apart(key), value]);
  const add: Add = (key, value) => {
    if (value !== undefined) all.push([key, value]);
  };
  const given = (key: string): Value | undefined => attributes.find(([name]) => name === key)?.[1];
  const full = content === "full";
  const word = kinds[profile];
  if (word) add(word[0], word[kind === "chat" ? 1 : kind === "tool" ? 2 : 3]);
  if (kind === "chat") {
    if (withModel.has(profile) && given(asked) === undefined) add(asked, chat?.model);
    const usage = usages[profile];
    if (usage && chat?.tokens) add(usage[0], JSON.stringify(usage[1](chat.tokens)));
  } else if (profile === "weave" && (kind === "turn" || kind === "agent")) add(asked, chat?.model);
  if (profile === "weave") {
    add("weave.integration.name", "spanloom");
    add("weave.integration.version", version);
    if (full) add("weave.compaction.summary", said.summary);
  }
  if (profile === "langsmith") {
    add("gen_ai.system", given("gen_ai.provider.name"));
    add("langsmith.metadata.session_id", given("gen_ai.conversation.id"));
  }
  if (profile === "openinference") {
    openInference(said, agentName, given, add);
    if (full) openInferenceContent(said, add);
  }
  return all;
}
