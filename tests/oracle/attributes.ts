// What each span says of itself, in the order of the table in docs/SPANS.md.
//
// One function a group of the table; a value that is not known is left out.

import { argument, callType, firstUsed, metadataType, workflowRun } from "./agents.ts";
import { assistantMessage, partsOf, resultText, textPartsOf, userMessage } from "./content.ts";
import type { Row } from "./document.ts";
import type { Response } from "./facts.ts";
import { count, isTrue, member, name, text, type Json } from "./json.ts";
import type { Node } from "./spans.ts";

/** A number is a double; whole numbers are bigints. */
export type Value = string | bigint | number | boolean | string[];
export type Attributes = [string, Value][];

export interface Options {
  shape: "turns" | "session";
  content: "metadata" | "full";
  agentName: string;
  resource: [string, string][];
  /** A word of docs/SPANS.md, "Profiles". */
  profile: string;
}

type Add = (key: string, value: Value | undefined) => void;

export function agentNameOf(node: Node, options: Options): string {
  const { spawned, call } = node;
  if (!spawned) return options.agentName;
  const labelled = spawned.agents.map(metadataType).find((type) => type !== undefined);
  return labelled ?? (call ? callType(call) : "agent");
}

// --- facts of a response

const usageOf = (response: Response, ...path: string[]): bigint | undefined =>
  response.rows
    .map((row) => count(member(row.value, "message", "usage", ...path)))
    .reduce((most, one) => (most === undefined || (one !== undefined && one > most) ? one : most), undefined);

const lastOf = (response: Response, key: string): string | undefined =>
  response.rows.map((row) => name(member(row.value, "message", key))).filter((found) => found !== undefined).at(-1);

export const modelOf = (response: Response): string | undefined => lastOf(response, "model");
export const stopOf = (response: Response): string | undefined => lastOf(response, "stop_reason");

/** Cache writes by how long they are kept: some versions wrote these and a total of zero. */
function writeBreakdown(row: Row): bigint {
  const kept = ["ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens"];
  return kept.reduce((sum, key) => sum + (count(member(row.value, "message", "usage", "cache_creation", key)) ?? 0n), 0n);
}

export function tokensOf(response: Response): { input: bigint; output: bigint; read: bigint; write: bigint } | undefined {
  const keys = ["input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"];
  const found = keys.map((key) => usageOf(response, key));
  if (found.every((one) => one === undefined) && response.rows.every((row) => writeBreakdown(row) === 0n)) return undefined;
  const [uncached, output, read, total] = found.map((one) => one ?? 0n) as [bigint, bigint, bigint, bigint];
  const write = [total, ...response.rows.map(writeBreakdown)].reduce((most, one) => (one > most ? one : most));
  return { input: uncached + read + write, output, read, write };
}

export function providerOf(response: Response): string | undefined {
  if (response.messageId?.startsWith("msg_bdrk_")) return "aws.bedrock";
  if (response.messageId?.startsWith("msg_vrtx_")) return "gcp.vertex_ai";
  return response.rows.some((row) => text(member(row.value, "requestId"))?.startsWith("req_")) ? "anthropic" : undefined;
}

function agreedProvider(responses: Response[]): string | undefined {
  const all = new Set(responses.map(providerOf));
  return all.size === 1 ? [...all][0] : undefined;
}

export function sumOfTokens(responses: Response[], of: "input" | "output" | "read" | "write"): bigint {
  return responses.reduce((sum, response) => sum + (tokensOf(response)?.[of] ?? 0n), 0n);
}

// --- groups of the table

function common(node: Node, agentName: string, inferred: boolean, add: Add): void {
  const conversation = node.turn.first.document.root;
  add("gen_ai.conversation.id", conversation);
  add("session.id", conversation);
  add("gen_ai.agent.name", agentName);
  add("spanloom.source.file", node.row.document.name);
  add("spanloom.source.line", BigInt(node.row.line));
  add("error.type", node.failure?.type);
  add("spanloom.time", inferred ? "inferred" : undefined);
}

function usage(responses: Response[], add: Add): void {
  if (responses.length === 0) return;
  add("gen_ai.usage.input_tokens", sumOfTokens(responses, "input"));
  add("gen_ai.usage.output_tokens", sumOfTokens(responses, "output"));
}

function place(row: Row, add: Add): void {
  add("process.working_directory", name(member(row.value, "cwd")));
  const branch = name(member(row.value, "gitBranch"));
  add("vcs.ref.head.name", branch === "HEAD" ? undefined : branch);
  add("spanloom.client.version", name(member(row.value, "version")));
}

function call(node: Node, full: boolean, add: Add): void {
  if (!node.call) return;
  const { block, result } = node.call;
  if (full) add("gen_ai.tool.call.arguments", member(block, "input")?.raw);
  if (full && result) add("gen_ai.tool.call.result", resultText(member(result.block, "content")));
  add("spanloom.tool.result.size", count(member(result?.row.value, "toolUseResult", "persistedOutputSize")));
  if (full) add("spanloom.tool.result.file", name(member(result?.row.value, "toolUseResult", "persistedOutputPath")));
}

/** The text parts of a response's blocks as one assistant message, or undefined if it has none. */
function answerOf(response: Response | undefined): string | undefined {
  const parts = response ? response.blocks.filter((block) => text(member(block, "type")) === "text").flatMap((block) => textPartsOf(listOf(block))) : [];
  return response && parts.length > 0 ? `[${assistantMessage(parts, stopOf(response))}]` : undefined;
}

const listOf = (...blocks: Json[]): Json => ({ kind: "array", raw: "", items: blocks });

function promptOf(rows: Row[]): string | undefined {
  const messages = rows.map((row) => partsOf(member(row.value, "message", "content")));
  return messages.some((parts) => parts.length > 0) ? `[${messages.map(userMessage).join(",")}]` : undefined;
}

function agentInput(node: Node): string | undefined {
  if (!node.call) return node.row.as === "user" && !node.events.some(({ row }) => row === node.row) ? promptOf([node.row]) : undefined;
  const parts = partsOf(argument(node.call, "prompt"));
  return parts.length > 0 ? `[${userMessage(parts)}]` : undefined;
}

function agentOutput(node: Node): string | undefined {
  const own = answerOf(node.owner.responses.at(-1));
  const result = node.call?.result;
  if (own !== undefined || !result) return own;
  const parts = textPartsOf(member(result.block, "content"));
  return parts.length > 0 ? `[${assistantMessage(parts, node.failure ? undefined : "end_turn")}]` : undefined;
}

// --- one function a kind

function ofOwner(node: Node, options: Options, add: Add): void {
  const full = options.content === "full";
  const responses = node.owner.responses;
  add("gen_ai.operation.name", "invoke_agent");
  add("gen_ai.provider.name", agreedProvider(responses));
  common(node, agentNameOf(node, options), node.inferred, add);
  add("spanloom.turn.index", BigInt(node.turn.index));
  if (node.kind === "turn") add("spanloom.turn.origin", node.turn.origin);
  add("spanloom.agent.id", node.spawned?.agentId);
  add("spanloom.agent.join", node.spawned?.join);
  add("spanloom.workflow.run.id", node.spawned?.agents.map(workflowRun).find((run) => run !== undefined));
  add("spanloom.async", node.spawned?.async ? true : undefined);
  add("gen_ai.tool.name", node.call?.tool);
  add("gen_ai.tool.call.id", node.call?.id);
  usage(responses, add);
  place((node.spawned ? firstUsed(node.spawned.agents) : undefined) ?? node.row, add);
  if (full) {
    add("gen_ai.input.messages", node.kind === "turn" ? promptOf(node.turn.prompts) : agentInput(node));
    add("gen_ai.output.messages", node.kind === "turn" ? answerOf(responses.at(-1)) : agentOutput(node));
  }
  call(node, full, add);
}

function ofTool(node: Node, agentName: string, options: Options, add: Add): void {
  add("gen_ai.operation.name", "execute_tool");
  common(node, agentName, node.inferred, add);
  add("gen_ai.tool.name", node.call?.tool);
  add("gen_ai.tool.call.id", node.call?.id);
  add("gen_ai.tool.type", "function");
  add("mcp.method.name", node.call?.tool?.startsWith("mcp__") ? "tools/call" : undefined);
  call(node, options.content === "full", add);
}

function ofChat(node: Node, agentName: string, options: Options, add: Add): void {
  const response = node.response!;
  const stop = stopOf(response);
  const tokens = tokensOf(response);
  add("gen_ai.operation.name", "chat");
  add("gen_ai.provider.name", providerOf(response));
  common(node, agentName, node.inferred, add);
  add("gen_ai.response.model", modelOf(response));
  add("gen_ai.response.id", response.messageId);
  add("gen_ai.response.finish_reasons", stop === undefined ? undefined : [stop]);
  add("gen_ai.usage.input_tokens", tokens?.input);
  add("gen_ai.usage.output_tokens", tokens?.output);
  add("gen_ai.usage.cache_read.input_tokens", tokens?.read);
  add("gen_ai.usage.cache_creation.input_tokens", tokens?.write);
  add("gen_ai.usage.cache_write.input_tokens", tokens?.write);
  add("gen_ai.usage.reasoning.output_tokens", usageOf(response, "output_tokens_details", "thinking_tokens"));
  add("gen_ai.conversation.compacted", response.compacted ? true : undefined);
  add("spanloom.usage.partial", stop === undefined ? true : undefined);
  if (options.content === "full") add("gen_ai.output.messages", `[${assistantMessage(partsOf(listOf(...response.blocks)), stop)}]`);
}

/** What a session has below it: its responses, and how many spans of each kind. */
export interface Totals {
  responses: Response[];
  counts: [string, number][];
}

/** `agentName` is the name of the turn or sub-agent the span belongs to; `totals` those of a session. */
export function attributesOf(node: Node, agentName: string, options: Options, totals: Totals = { responses: [], counts: [] }): Attributes {
  const attributes: Attributes = [];
  const add: Add = (key, value) => {
    if (value !== undefined) attributes.push([key, value]);
  };
  if (node.kind === "chat") ofChat(node, agentName, options, add);
  else if (node.kind === "tool") ofTool(node, agentName, options, add);
  else if (node.kind === "session") {
    common(node, options.agentName, node.inferred, add);
    usage(totals.responses, add);
    for (const [key, times] of totals.counts) add(`spanloom.session.${key}`, BigInt(times));
    place(node.row, add);
  } else ofOwner(node, options, add);
  return attributes;
}
