// What each backend wants besides the GenAI attributes, as data by PROFILE_*. docs/SPANS.md says the same in words, and
// why: how each of them adds up tokens. No profile, no cost: a span without one is written as if this folder were not there.

import { ascii } from "../../bytes/ascii";
import { PROFILE_BRAINTRUST, PROFILE_LANGFUSE, PROFILE_LANGSMITH, PROFILE_OPENINFERENCE } from "../../abi/layout";

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

/** The profiles with words of their own, WORDS cells each: which one it is, then as below. */
export const WORDS = 7;
/** The key for the kind of a span; behind it the kind of a chat, of a tool and of the rest. */
export const KIND_KEY = 1;
/** The key for the usage of a chat as JSON, if it takes that; behind it the text (expand.ts says what its letters are). */
export const USAGE_KEY = 5;

export const DICTIONARY: StaticArray<usize> = [
  PROFILE_OPENINFERENCE, ascii("openinference.span.kind"), ascii("LLM"), ascii("TOOL"), ascii("AGENT"),
  0, 0,
  PROFILE_LANGFUSE, ascii("langfuse.observation.type"), ascii("generation"), ascii("tool"), ascii("agent"),
  ascii("langfuse.observation.usage_details"), ascii('{"input":$u,"output":$o,"input_cached_tokens":$r,"input_cache_creation":$w,"total":$t}'),
  PROFILE_BRAINTRUST, ascii("braintrust.span_attributes"), ascii('{"type":"llm"}'), ascii('{"type":"tool"}'), ascii('{"type":"task"}'),
  ascii("braintrust.metrics"), ascii('{"prompt_tokens":$i,"completion_tokens":$o,"tokens":$t,"prompt_cached_tokens":$r,"prompt_cache_creation_tokens":$w}'),
  PROFILE_LANGSMITH, ascii("langsmith.span.kind"), ascii("llm"), ascii("tool"), ascii("chain"),
  ascii("langsmith.usage_metadata"), ascii('{"input_tokens":$i,"output_tokens":$o,"total_tokens":$t,"input_token_details":{"cache_read":$r,"cache_creation":$w}}'),
];

/** Where the words of a profile begin; behind the last if it has none. */
export function wordsOf(profile: u32): i32 {
  let at = 0;
  while (at < DICTIONARY.length && unchecked(DICTIONARY[at]) != profile) at += WORDS;
  return at;
}

export const MODEL_ASKED_FOR = ascii("gen_ai.request.model");

export const WEAVE_NAME = ascii("weave.integration.name");
export const WEAVE_VERSION = ascii("weave.integration.version");
export const WEAVE_SUMMARY = ascii("weave.compaction.summary");

export const LANGSMITH_SYSTEM = ascii("gen_ai.system");
export const LANGSMITH_SESSION = ascii("langsmith.metadata.session_id");
