// What was said at a span of opencode, as profiles ask for it: words as words, calls with what they were given.

import { member, text, type Json } from "../json.ts";
import type { Part, Said } from "../profiles.ts";
import { isBlank } from "../prompt.ts";
import { modelOf } from "./attributes.ts";
import { compact } from "./content.ts";
import { inPlace, isAuthored, isHidden, resultOf, state, stopOf, tokensOf, wordsOf, type Call, type Chat } from "./facts.ts";
import type { Node } from "./spans.ts";
import type { Message, Part as Written } from "./state.ts";

const spoken = (words: string | undefined): string[] => (words === undefined || isBlank(words) ? [] : [words]);

function partOf(part: Written): Part[] {
  const { type } = part;
  if (type === "reasoning" || type === "text") return isHidden(part) ? [] : spoken(wordsOf(part)).map((words) => ({ is: type, words }));
  if (type !== "tool") return [];
  const [id, input] = [text(member(part.value, "callID")) || part.id, member(part.value, "state", "input")];
  return [{ is: "call", id, name: text(member(part.value, "tool")) || undefined, given: input && compact(input) }];
}

const chatOf = (chat: Chat): Said["chat"] => ({ model: modelOf(chat), stop: stopOf(chat), tokens: tokensOf(chat), parts: chat.step.parts.flatMap(partOf) });

const written = (value: Json): string => (value.kind === "string" ? text(value)! : compact(value));

function callOf(call: Call): Said["call"] {
  const [input, result] = [state(call, "input"), resultOf(call)];
  return { id: call.id, name: call.tool, given: input && compact(input), result: result && { value: written(result), isText: result.kind === "string" } };
}

/** What somebody typed. */
function typed(message: Message): string[] {
  return message.parts.filter(isAuthored).flatMap((part) => {
    if (part.type === "text") return spoken(wordsOf(part));
    return part.type === "subtask" ? spoken(text(member(part.value, "prompt"))) : [];
  });
}

function askedOf({ kind, owner, call, row }: Node): string[] {
  if (call) return spoken(text(state(call, "input", "prompt")));
  return owner.inputs.filter((message) => kind === "turn" || message.row === row).flatMap(typed);
}

export function said(node: Node): Said {
  const { kind, owner, call, events } = node;
  const isOwner = kind === "turn" || kind === "agent";
  const chat = isOwner ? owner.chats.at(-1) : node.chat;
  const summaries = [...events].sort(inPlace).flatMap(({ summary }) => summary ?? []);
  return { kind, chat: chat && chatOf(chat), call: call && callOf(call), asked: isOwner ? askedOf(node) : [], summary: summaries.at(-1) };
}
