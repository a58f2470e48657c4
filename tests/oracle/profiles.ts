// What a profile makes of a span's attributes: docs/SPANS.md, "Profiles", read again from the text.
//
// It takes the attributes everybody gets, moves the sums where they stand apart, and puts the backend's own behind them.

import { argument } from "./agents.ts";
import { modelOf, stopOf, tokensOf, type Attributes, type Options, type Value } from "./attributes.ts";
import { resultText } from "./content.ts";
import { items, member, text, type Json } from "./json.ts";
import { version } from "./otlp.ts";
import { isBlank } from "./prompt.ts";
import type { Node } from "./spans.ts";

type Add = (key: string, value: Value | undefined) => void;

const withModel = new Set(["weave", "datadog", "braintrust", "langsmith"]);

/** Key, and the words for a chat, a tool and all else. */
const kinds: Record<string, [string, string, string, string]> = {
  openinference: ["openinference.span.kind", "LLM", "TOOL", "AGENT"],
  langfuse: ["langfuse.observation.type", "generation", "tool", "agent"],
  braintrust: ["braintrust.span_attributes", '{"type":"llm"}', '{"type":"tool"}', '{"type":"task"}'],
  langsmith: ["langsmith.span.kind", "llm", "tool", "chain"],
};

type Tokens = NonNullable<ReturnType<typeof tokensOf>>;

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

const isBlock = (block: Json, type: string): boolean => text(member(block, "type")) === type;

/** The words of blocks, or of a string in their place. */
function textsOf(content: Json | undefined): string[] {
  const written = content?.kind === "string" ? [content] : (items(content) ?? []).filter((block) => isBlock(block, "text")).map((block) => member(block, "text"));
  return written.map(text).filter((one): one is string => one !== undefined && !isBlank(one));
}

const listOf = (blocks: Json[]): Json => ({ kind: "array", raw: "", items: blocks });

const joined = (texts: string[]): string | undefined => (texts.length > 0 ? texts.join("\n\n") : undefined);

/** A key for a value, and one for what kind of text it is. */
function addTyped(which: "input" | "output", value: string | undefined, type: string, add: Add): void {
  if (value === undefined) return;
  add(`${which}.value`, value);
  add(`${which}.mime_type`, type);
}

function addResult(node: Node, add: Add): void {
  const content = member(node.call?.result?.block, "content");
  addTyped("output", resultText(content), content?.kind === "string" ? "text/plain" : "application/json", add);
}

function addMessage(blocks: Json[], add: Add): void {
  const message = "llm.output_messages.0.message";
  add(`${message}.role`, "assistant");
  let [texts, calls] = [0, 0];
  for (const block of blocks) {
    const words = text(member(block, "text"));
    const thought = text(member(block, "thinking"));
    const said = (type: string, value: string): void => {
      add(`${message}.contents.${texts}.message_content.type`, type);
      add(`${message}.contents.${texts++}.message_content.text`, value);
    };
    if (isBlock(block, "text") && words !== undefined && !isBlank(words)) said("text", words);
    else if (isBlock(block, "thinking") && thought !== undefined && !isBlank(thought)) said("reasoning", thought);
    else if (isBlock(block, "redacted_thinking")) said("reasoning", "[redacted]");
    else if (isBlock(block, "tool_use")) {
      const call = `${message}.tool_calls.${calls++}.tool_call`;
      add(`${call}.id`, text(member(block, "id")) || undefined);
      add(`${call}.function.name`, text(member(block, "name")) || undefined);
      add(`${call}.function.arguments`, member(block, "input")?.raw);
    }
  }
}

function openInference(node: Node, agentName: string, provider: Value | undefined, add: Add): void {
  add("agent.name", agentName);
  if (node.kind === "chat") {
    const response = node.response!;
    const tokens = tokensOf(response);
    add("llm.provider", provider);
    add("llm.system", provider);
    add("llm.model_name", modelOf(response));
    add("llm.finish_reason", stopOf(response));
    add("llm.token_count.prompt", tokens?.input);
    add("llm.token_count.completion", tokens?.output);
    add("llm.token_count.total", tokens && tokens.input + tokens.output);
    add("llm.token_count.prompt_details.cache_read", tokens?.read);
    add("llm.token_count.prompt_details.cache_write", tokens?.write);
  }
}

function openInferenceContent(node: Node, add: Add): void {
  if (node.kind === "chat") {
    addTyped("output", joined(textsOf(listOf(node.response!.blocks))), "text/plain", add);
    addMessage(node.response!.blocks, add);
  } else if (node.kind === "tool") {
    addTyped("input", member(node.call?.block, "input")?.raw, "application/json", add);
    addResult(node, add);
  } else if (node.kind !== "session") {
    const orphan = node.row.as === "user" && !node.events.some(({ row }) => row === node.row) ? [node.row] : [];
    const rows = node.kind === "turn" ? node.turn.prompts : orphan;
    const asked = node.call ? textsOf(argument(node.call, "prompt")) : rows.flatMap((row) => textsOf(member(row.value, "message", "content")));
    addTyped("input", joined(asked), "text/plain", add);
    const answer = joined(textsOf(listOf(node.owner.responses.at(-1)?.blocks ?? [])));
    if (answer === undefined && node.kind === "agent") addResult(node, add);
    else addTyped("output", answer, "text/plain", add);
  }
}

function weave(node: Node, full: boolean, add: Add): void {
  add("weave.integration.name", "spanloom");
  add("weave.integration.version", version);
  const content = [...node.events].sort((a, b) => a.row.order - b.row.order).flatMap((event) => event.content ?? []);
  if (full) add("weave.compaction.summary", content.filter(([key]) => key === "spanloom.compaction.summary").at(-1)?.[1]);
}

/** `attributes` are those that everybody gets. */
export function profiled(node: Node, agentName: string, options: Options, attributes: Attributes): Attributes {
  const profile = options.profile;
  if (profile === "genai") return attributes;
  const apart = (key: string): string => (node.kind === "chat" ? key : key.replace(/^gen_ai\.usage\./, "spanloom.usage."));
  const all: Attributes = attributes.map(([key, value]) => [apart(key), value]);
  const add: Add = (key, value) => {
    if (value !== undefined) all.push([key, value]);
  };
  const given = (key: string): Value | undefined => attributes.find(([name]) => name === key)?.[1];
  const full = options.content === "full";
  const kind = kinds[profile];
  if (kind) add(kind[0], kind[node.kind === "chat" ? 1 : node.kind === "tool" ? 2 : 3]);
  if (node.kind === "chat") {
    const tokens = tokensOf(node.response!);
    if (withModel.has(profile)) add("gen_ai.request.model", modelOf(node.response!));
    const usage = usages[profile];
    if (usage && tokens) add(usage[0], JSON.stringify(usage[1](tokens)));
  } else if (profile === "weave" && (node.kind === "turn" || node.kind === "agent")) {
    const last = node.owner.responses.at(-1);
    add("gen_ai.request.model", last && modelOf(last));
  }
  if (profile === "weave") weave(node, full, add);
  if (profile === "langsmith") {
    add("gen_ai.system", given("gen_ai.provider.name"));
    add("langsmith.metadata.session_id", given("gen_ai.conversation.id"));
  }
  if (profile === "openinference") {
    openInference(node, agentName, given("gen_ai.provider.name"), add);
    if (node.kind === "chat") add("llm.token_count.completion_details.reasoning", given("gen_ai.usage.reasoning.output_tokens"));
    if (node.kind === "tool") {
      add("tool.name", node.call?.tool);
      add("tool_call.id", node.call?.id);
    }
    if (full) openInferenceContent(node, add);
  }
  return all;
}
