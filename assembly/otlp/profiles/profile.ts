// What a profile says of a span, behind everything the GenAI conventions say of it.

import { asciiLength } from "../../bytes/ascii";
import { KIND_AGENT, KIND_CHAT, KIND_TOOL, KIND_TURN, PROFILE_LANGSMITH, PROFILE_OPENINFERENCE, PROFILE_WEAVE } from "../../abi/layout";
import { responses, scopes } from "../../session/model";
import { Span, spanEvents, traces } from "../../trace/spans";
import { contentOfEvent, firstEventOf } from "../events";
import { isRequested, providerOf } from "../facts";
import { full, profile, traits } from "../mode";
import { SCOPE_NAME, SCOPE_VERSION } from "../names";
import { putOpenInference } from "./openinference";
import { sayName, sayString, sayText } from "./say";
import { countTokens } from "./spell";
import { AGENT_MODEL, KINDS, REQUEST_MODEL, USAGES } from "./table";

export function putProfile(span: Span, index: u32): void {
  const kind = profile << 2;
  const key = unchecked(KINDS[kind]);
  if (asciiLength(key)) sayName(key, unchecked(KINDS[kind + (span.kind == KIND_CHAT ? 1 : span.kind == KIND_TOOL ? 2 : 3)]));
  if (span.kind == KIND_CHAT) {
    const response = responses.at(span.subject - 1);
    if (traits & REQUEST_MODEL && !isRequested(response)) sayString("gen_ai.request.model", response.model);
    countTokens(span, response);
    const usage = unchecked(USAGES[profile << 1]);
    if (asciiLength(usage) && response.hasUsage) sayName(usage, unchecked(USAGES[(profile << 1) + 1]));
  } else if (traits & AGENT_MODEL && (span.kind == KIND_TURN || span.kind == KIND_AGENT) && span.scope) {
    const last = scopes.at(span.scope - 1).lastResponse;
    if (last) sayString("gen_ai.request.model", responses.at(last - 1).model);
  }
  if (profile == PROFILE_OPENINFERENCE) putOpenInference(span);
  else if (profile == PROFILE_WEAVE) putWeave(index);
  else if (profile == PROFILE_LANGSMITH) {
    sayString("gen_ai.system", providerOf(span));
    sayString("langsmith.metadata.session_id", traces.at(span.trace).conversation);
  }
}

/** Whose work a span is, and what a compaction left of the conversation. */
function putWeave(index: u32): void {
  sayName("weave.integration.name", SCOPE_NAME);
  sayName("weave.integration.version", SCOPE_VERSION);
  if (!full) return;
  let summary: u32 = 0;
  for (let at = firstEventOf(index); at < spanEvents.rows && spanEvents.at(at).span == index; at++) {
    const content = contentOfEvent(spanEvents.at(at));
    if (content) summary = content;
  }
  if (summary) sayText("weave.compaction.summary", summary);
}
