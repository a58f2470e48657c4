// What each backend wants besides the GenAI attributes, as data by PROFILE_*. docs/SPANS.md says the same in words, and
// why: how each of them adds up tokens. No profile, no cost: a span without one is written as if this folder were not there.

/** Sums of turns and agents are no `gen_ai.usage.*`: who adds up spans would count each token twice. */
export const SUMS_APART = 1;
/** The model of a chat is said to be the one asked for, too. */
export const REQUEST_MODEL = 2;
/** Turns and agents say the model of their last response. */
export const AGENT_MODEL = 4;

export const TRAITS: StaticArray<u32> = [
  0, // genai
  SUMS_APART, // openinference
  SUMS_APART | REQUEST_MODEL | AGENT_MODEL, // weave
  SUMS_APART, // langfuse
  SUMS_APART | REQUEST_MODEL, // datadog
  SUMS_APART | REQUEST_MODEL, // braintrust
  SUMS_APART | REQUEST_MODEL, // langsmith
  SUMS_APART, // mlflow
];

/** Backends with a word of their own for the kind of a span: the key, and its words for a chat, a tool and the rest. */
export const KINDS: StaticArray<string> = [
  "", "", "", "", // genai
  "openinference.span.kind", "LLM", "TOOL", "AGENT",
  "", "", "", "", // weave
  "langfuse.observation.type", "generation", "tool", "agent",
  "", "", "", "", // datadog
  "braintrust.span_attributes", '{"type":"llm"}', '{"type":"tool"}', '{"type":"task"}',
  "langsmith.span.kind", "llm", "tool", "chain",
  "", "", "", "", // mlflow
];

/** Backends that take the usage of a chat as JSON: the key, and the text (spell.ts says what its letters are). */
export const USAGES: StaticArray<string> = [
  "", "", // genai
  "", "", // openinference
  "", "", // weave
  "langfuse.observation.usage_details", '{"input":$u,"output":$o,"input_cached_tokens":$r,"input_cache_creation":$w,"total":$t}',
  "", "", // datadog
  "braintrust.metrics", '{"prompt_tokens":$i,"completion_tokens":$o,"tokens":$t,"prompt_cached_tokens":$r,"prompt_cache_creation_tokens":$w}',
  "langsmith.usage_metadata", '{"input_tokens":$i,"output_tokens":$o,"total_tokens":$t,"input_token_details":{"cache_read":$r,"cache_creation":$w}}',
  "", "", // mlflow
];
