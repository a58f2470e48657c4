// What each span of opencode says of itself, in the order of the table in docs/SPANS.md.

import type { Attributes, Options, Value } from "../attributes.ts";
import { count, member, name, text } from "../json.ts";
import { resultText } from "../content.ts";
import { assistantMessage, chatParts, compact, promptOf, promptParts, textParts, userMessage } from "./content.ts";
import { chatId, costOf, isAnswered, providerOf, resultOf, state, stopOf, tokensOf, type Call, type Chat, type Owner } from "./facts.ts";
import { Family } from "./family.ts";
import type { Node, Turn } from "./spans.ts";
import type { Session } from "./state.ts";

type Add = (key: string, value: Value | undefined) => void;

export function agentNameOf(node: Node, options: Options): string {
  if (!node.agent) return options.agentName;
  const { call, answers } = node.agent;
  const asked = call ? name(member(call.part.value, "state", "input", "subagent_type")) : undefined;
  const answering = answers.map((message) => name(member(message.value, "agent")) ?? name(member(message.value, "mode"))).find((found) => found !== undefined);
  return asked ?? answering ?? (call ? "general" : "agent");
}

export const modelOf = (chat: Chat): string | undefined => name(member(chat.message.value, "modelID"));

export function sumOfTokens(chats: Chat[], of: "input" | "output"): bigint {
  return chats.reduce((sum, chat) => sum + (tokensOf(chat)?.[of] ?? 0n), 0n);
}

function sumOfCost(chats: Chat[]): Value | undefined {
  const known = chats.map(costOf).filter((cost) => cost !== undefined);
  return known.length > 0 ? dollars(known.reduce((a, b) => a + b, 0n)) : undefined;
}

const dollars = (nano: bigint | undefined): number | undefined => (nano === undefined ? undefined : Number(nano) / 1e9);

function common(node: Node, turn: Turn, agentName: string, add: Add): void {
  add("gen_ai.conversation.id", turn.conversation);
  add("session.id", turn.conversation);
  add("gen_ai.agent.name", agentName);
  add("spanloom.source.file", node.row.document.name);
  add("spanloom.source.line", BigInt(node.row.line));
  add("error.type", node.failure?.type);
  add("spanloom.time", node.inferred ? "inferred" : undefined);
}

function usage(chats: Chat[], add: Add): void {
  if (chats.length === 0) return;
  add("gen_ai.usage.input_tokens", sumOfTokens(chats, "input"));
  add("gen_ai.usage.output_tokens", sumOfTokens(chats, "output"));
  add("spanloom.cost.usd", sumOfCost(chats));
}

function place(session: Session | undefined, add: Add, cwd?: string): void {
  add("process.working_directory", cwd ?? name(member(session?.value, "directory")));
  add("spanloom.client.version", name(member(session?.value, "version")));
  add("spanloom.evidence", session?.streamed ? "events" : "state");
}

function called(call: Call | undefined, full: boolean, add: Add): void {
  if (!call) return;
  const input = state(call, "input");
  if (full && input) add("gen_ai.tool.call.arguments", compact(input));
  const result = resultOf(call);
  if (full && result) add("gen_ai.tool.call.result", result.kind === "string" ? text(result) : resultText({ kind: "literal", raw: compact(result) }));
  if (!isAnswered(call)) return;
  add("spanloom.tool.exit_code", count(state(call, "metadata", "exit")));
  add("spanloom.permission.wait_ms", call.waited);
}

function answerOf(owner: Owner): string | undefined {
  const chat = owner.chats.at(-1);
  const parts = chat ? textParts(chat) : [];
  return chat && parts.length > 0 ? assistantMessage(parts, stopOf(chat)) : undefined;
}

function agentInput(node: Node): string | undefined {
  if (node.call) return userMessage(promptOf(state(node.call, "input", "prompt")));
  const [first] = node.owner.inputs;
  return first && first.row === node.row ? userMessage(promptParts(first)) : undefined;
}

function agentOutput(node: Node): string | undefined {
  const own = answerOf(node.owner);
  const result = node.call && resultOf(node.call);
  if (own !== undefined || !result) return own;
  const parts = promptOf(result);
  return parts.length > 0 ? assistantMessage(parts, node.failure ? undefined : "stop") : undefined;
}

function ofOwner(node: Node, turn: Turn, options: Options, add: Add): void {
  const full = options.content === "full";
  const { owner, agent, call } = node;
  const providers = new Set(owner.chats.map(providerOf));
  add("gen_ai.operation.name", "invoke_agent");
  add("gen_ai.provider.name", providers.size === 1 ? [...providers][0] : undefined);
  common(node, turn, agentNameOf(node, options), add);
  add("spanloom.turn.index", BigInt(turn.index));
  if (node.kind === "turn") add("spanloom.turn.origin", owner.origin);
  add("spanloom.agent.id", agent ? (agent.child?.id ?? (call && isAnswered(call) ? Family.named(call)?.id : undefined)) : undefined);
  add("spanloom.agent.join", agent?.join);
  add("spanloom.async", node.async ? true : undefined);
  add("gen_ai.tool.name", call?.tool);
  add("gen_ai.tool.call.id", call?.id);
  usage(owner.chats, add);
  // Of an agent without a transcript the call is all there is.
  place(owner.session, add, agent?.join === "none" ? name(member(call?.part.message.value, "path", "cwd")) : undefined);
  if (full) {
    add("gen_ai.input.messages", node.kind === "turn" ? userMessage(owner.inputs.flatMap(promptParts)) : agentInput(node));
    add("gen_ai.output.messages", node.kind === "turn" ? answerOf(owner) : agentOutput(node));
  }
  called(call, full, add);
}

function ofTool(node: Node, turn: Turn, agentName: string, options: Options, add: Add): void {
  add("gen_ai.operation.name", "execute_tool");
  common(node, turn, agentName, add);
  add("gen_ai.tool.name", node.call!.tool);
  add("gen_ai.tool.call.id", node.call!.id);
  add("gen_ai.tool.type", "function");
  add("mcp.method.name", node.call!.tool?.startsWith("mcp__") ? "tools/call" : undefined);
  called(node.call, options.content === "full", add);
}

function ofChat(node: Node, turn: Turn, agentName: string, options: Options, add: Add): void {
  const chat = node.chat!;
  const [tokens, stop] = [tokensOf(chat), stopOf(chat)];
  add("gen_ai.operation.name", "chat");
  add("gen_ai.provider.name", providerOf(chat));
  common(node, turn, agentName, add);
  add("gen_ai.request.model", modelOf(chat));
  add("gen_ai.response.id", chatId(chat));
  add("gen_ai.response.finish_reasons", stop === undefined ? undefined : [stop]);
  add("gen_ai.usage.input_tokens", tokens?.input);
  add("gen_ai.usage.output_tokens", tokens?.output);
  add("gen_ai.usage.cache_read.input_tokens", tokens?.read);
  add("gen_ai.usage.cache_creation.input_tokens", tokens?.write);
  add("gen_ai.usage.cache_write.input_tokens", tokens?.write);
  add("gen_ai.usage.reasoning.output_tokens", tokens?.reasoning);
  add("spanloom.cost.usd", dollars(costOf(chat)));
  add("gen_ai.conversation.compacted", chat.compacted ? true : undefined);
  add("spanloom.usage.partial", stop === undefined ? true : undefined);
  if (options.content === "full") add("gen_ai.output.messages", assistantMessage(chatParts(chat), stop));
}

export interface Totals {
  chats: Chat[];
  counts: [string, number][];
}

export function attributesOf(node: Node, turn: Turn, agentName: string, options: Options, totals: Totals = { chats: [], counts: [] }): Attributes {
  const attributes: Attributes = [];
  const add: Add = (key, value) => {
    if (value !== undefined) attributes.push([key, value]);
  };
  if (node.kind === "chat") ofChat(node, turn, agentName, options, add);
  else if (node.kind === "tool") ofTool(node, turn, agentName, options, add);
  else if (node.kind === "session") {
    common(node, turn, options.agentName, add);
    usage(totals.chats, add);
    for (const [key, times] of totals.counts) add(`spanloom.session.${key}`, BigInt(times));
    place(node.owner.session, add);
  } else ofOwner(node, turn, options, add);
  return attributes;
}
