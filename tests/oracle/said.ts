// What was said at a span of Claude Code, as profiles ask for it: words as words, calls with what they were given.

import { argument } from "./agents.ts";
import { modelOf, stopOf, tokensOf } from "./attributes.ts";
import { resultText } from "./content.ts";
import type { Call, Response } from "./facts.ts";
import { items, member, text, type Json } from "./json.ts";
import type { Part, Said } from "./profiles.ts";
import { isBlank } from "./prompt.ts";
import type { Node } from "./spans.ts";

function partOf(block: Json): Part[] {
  const words = (key: string, is: "text" | "reasoning"): Part[] => {
    const written = text(member(block, key));
    return written === undefined || isBlank(written) ? [] : [{ is, words: written }];
  };
  switch (text(member(block, "type"))) {
    case "text":
      return words("text", "text");
    case "thinking":
      return words("thinking", "reasoning");
    case "redacted_thinking":
      return [{ is: "reasoning", words: "[redacted]" }];
    case "tool_use":
      return [{ is: "call", id: text(member(block, "id")) || undefined, name: text(member(block, "name")) || undefined, given: member(block, "input")?.raw }];
    default:
      return [];
  }
}

/** The texts of a list of blocks, or of a string in its place. */
function textsOf(content: Json | undefined): string[] {
  const written = content?.kind === "string" ? text(content) : undefined;
  if (written !== undefined) return isBlank(written) ? [] : [written];
  return (items(content) ?? []).flatMap(partOf).flatMap((part) => (part.is === "text" ? [part.words] : []));
}

const chatOf = (response: Response): Said["chat"] => ({ model: modelOf(response), stop: stopOf(response), tokens: tokensOf(response), parts: response.blocks.flatMap(partOf) });

function callOf({ id, tool, block, result }: Call): Said["call"] {
  const content = member(result?.block, "content");
  const value = resultText(content);
  return { id, name: tool, given: member(block, "input")?.raw, result: value === undefined ? undefined : { value, isText: content?.kind === "string" } };
}

function askedOf({ kind, row, events, turn, call }: Node): string[] {
  if (call) return textsOf(argument(call, "prompt"));
  const orphan = row.as === "user" && !events.some((event) => event.row === row) ? [row] : [];
  return (kind === "turn" ? turn.prompts : orphan).flatMap((one) => textsOf(member(one.value, "message", "content")));
}

export function said(node: Node): Said {
  const { kind, response, owner, call, events } = node;
  const isOwner = kind === "turn" || kind === "agent";
  const chat = isOwner ? owner.responses.at(-1) : response;
  const content = [...events].sort((a, b) => a.row.order - b.row.order).flatMap((event) => event.content ?? []);
  return {
    kind,
    chat: chat && chatOf(chat),
    call: call && callOf(call),
    asked: isOwner ? askedOf(node) : [],
    summary: content.filter(([key]) => key === "spanloom.compaction.summary").at(-1)?.[1],
  };
}
