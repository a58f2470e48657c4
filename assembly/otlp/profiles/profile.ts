// What a profile says of a span, behind everything the GenAI conventions say of it.

import { KIND_AGENT, KIND_CHAT, KIND_TOOL, KIND_TURN, PROFILE_LANGSMITH, PROFILE_OPENINFERENCE, PROFILE_WEAVE } from "../../abi/layout";
import { responses, scopes } from "../../session/model";
import { Span, spanEvents, traces } from "../../trace/spans";
import { contentOfEvent, firstEventOf } from "../events";
import { providerOf } from "../facts";
import { full, profile, traits } from "../mode";
import { SCOPE_NAME, SCOPE_VERSION } from "../names";
import { countTokens, expanded } from "./expand";
import { putOpenInference } from "./openinference";
import { sayName, sayString, sayText } from "./say";
import * as TABLE from "./table";

export function putProfile(span: Span, index: u32): void {
  const words = TABLE.wordsOf(profile);
  const known = words < TABLE.DICTIONARY.length;
  if (known) sayName(word(words + TABLE.KIND_KEY), word(words + TABLE.KIND_KEY + (span.kind == KIND_CHAT ? 1 : span.kind == KIND_TOOL ? 2 : 3)));
  if (span.kind == KIND_CHAT) {
    const response = responses.at(span.subject - 1);
    if (traits & TABLE.REQUEST_MODEL) sayString(TABLE.MODEL_ASKED_FOR, response.model);
    countTokens(span, response);
    const usage = known ? word(words + TABLE.USAGE_KEY) : 0;
    if (usage && response.hasUsage) sayName(usage, expanded(word(words + TABLE.USAGE_KEY + 1)));
  } else if (traits & TABLE.AGENT_MODEL && (span.kind == KIND_TURN || span.kind == KIND_AGENT) && span.scope) {
    const last = scopes.at(span.scope - 1).lastResponse;
    if (last) sayString(TABLE.MODEL_ASKED_FOR, responses.at(last - 1).model);
  }
  if (profile == PROFILE_OPENINFERENCE) putOpenInference(span);
  else if (profile == PROFILE_WEAVE) putWeave(index);
  else if (profile == PROFILE_LANGSMITH) {
    sayString(TABLE.LANGSMITH_SYSTEM, providerOf(span));
    sayString(TABLE.LANGSMITH_SESSION, traces.at(span.trace).conversation);
  }
}

// @ts-ignore: decorator
@inline
function word(at: i32): usize {
  return unchecked(TABLE.DICTIONARY[at]);
}

/** Whose work a span is, and what a compaction left of the conversation. */
function putWeave(index: u32): void {
  sayName(TABLE.WEAVE_NAME, SCOPE_NAME);
  sayName(TABLE.WEAVE_VERSION, SCOPE_VERSION);
  if (!full) return;
  let summary: u32 = 0;
  for (let at = firstEventOf(index); at < spanEvents.rows && spanEvents.at(at).span == index; at++) {
    const content = contentOfEvent(spanEvents.at(at));
    if (content) summary = content;
  }
  if (summary) sayText(TABLE.WEAVE_SUMMARY, summary);
}
