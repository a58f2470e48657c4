// What more than one file has to know of a span before it is written.

import { KIND_AGENT, KIND_CHAT, KIND_SESSION, KIND_TOOL, KIND_TURN } from "../abi/layout";
import { Call, Response, SCOPE_AGENT, SCOPE_MIXED_PROVIDERS, responses, scopes } from "../session/model";
import { ROW_RESPONSE, STRAND_COMPOSED, parts, rows, spawns, strands } from "../session/record";
import { Span, spans } from "../trace/spans";
import { holds } from "./messages";
import { agentName } from "./mode";

/** Name of the agent a span belongs to. */
export function agentOf(span: Span): u32 {
  if (span.kind == KIND_AGENT) return span.name;
  if (span.kind == KIND_TURN || span.kind == KIND_SESSION) return agentName ? agentName : span.name;
  const scope = scopes.at(span.scope - 1);
  if (scope.kind == SCOPE_AGENT) return scope.type;
  if (agentName) return agentName;
  let above = span;
  while (above.kind != KIND_TURN) above = spans.at(above.parent);
  return above.name;
}

export function providerOf(span: Span): u32 {
  if (span.kind == KIND_CHAT) return responses.at(span.subject - 1).provider;
  if (span.kind == KIND_TOOL || span.kind == KIND_SESSION || !span.scope) return 0;
  const scope = scopes.at(span.scope - 1);
  return scope.flags & SCOPE_MIXED_PROVIDERS ? 0 : scope.provider;
}

/** Is its model known as the one that was asked for, not as the one that answered? */
export function isRequested(response: Response): bool {
  return (strands.at(rows.at(response.row - 1).strand).traits & STRAND_COMPOSED) != 0;
}

/** What the model calls a call. */
export function shownId(call: Call): u32 {
  const shown = parts.at(call.part).shown;
  return shown ? shown : call.id;
}

/** The content of the prompt in a call's arguments, or 0. */
export function askedOf(call: Call): u32 {
  const detail = parts.at(call.part).detail;
  return detail ? spawns.at(detail - 1).prompt : 0;
}

/** First row + 1 of what was asked, for a turn or an orphan; the prompt of a call stands in its arguments. */
export function promptOf(span: Span): u32 {
  const first = span.kind == KIND_TURN ? scopes.at(span.scope - 1).prompt : !span.subject && rows.at(span.row - 1).kind != ROW_RESPONSE ? span.row : 0;
  return holds(first, false) ? first : 0;
}
