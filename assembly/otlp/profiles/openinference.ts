// OpenInference: what Phoenix shows of a span. Of texts it wants the words, not messages: a prompt and an answer are the texts
// of their parts, with an empty line between; only a chat has its message taken apart.

import { ascii } from "../../bytes/ascii";
import { KIND_CHAT, KIND_SESSION, KIND_TOOL } from "../../abi/layout";
import {
  Call,
  FORM_TEXT,
  PART_CALL,
  PART_REASONING,
  PART_REDACTED,
  PART_TEXT,
  Part,
  Response,
  calls,
  contents,
  parts,
  responses,
  rows,
  scopes,
} from "../../session/model";
import { Span } from "../../trace/spans";
import { addressOfContent, lengthOfContent } from "../content";
import { agentOf, askedOf, promptOf, providerOf } from "../facts";
import { hasText, speaks } from "../messages";
import { full } from "../mode";
import { contentBytes } from "../ready";
import { countOf, expanded } from "./expand";
import { closeSaying, decoded, emptyLine, openSaying, sayJson, sayName, sayNumber, sayResult, sayString, sayText } from "./say";

const AGENT_NAME = ascii("agent.name");
const PROVIDER = ascii("llm.provider");
const SYSTEM = ascii("llm.system");
const MODEL = ascii("llm.model_name");
const FINISH_REASON = ascii("llm.finish_reason");
/** Keys of counts, and the letters that stand for them (expand.ts). */
const COUNTS: StaticArray<usize> = [
  ascii("llm.token_count.prompt"), 0x69,
  ascii("llm.token_count.completion"), 0x6f,
  ascii("llm.token_count.total"), 0x74,
  ascii("llm.token_count.prompt_details.cache_read"), 0x72,
  ascii("llm.token_count.prompt_details.cache_write"), 0x77,
];
const REASONING_TOKENS = ascii("llm.token_count.completion_details.reasoning");
const TOOL_NAME = ascii("tool.name");
const TOOL_CALL_ID = ascii("tool_call.id");
const INPUT = ascii("input.value");
const INPUT_TYPE = ascii("input.mime_type");
const OUTPUT = ascii("output.value");
const OUTPUT_TYPE = ascii("output.mime_type");
const PLAIN = ascii("text/plain");
const JSON = ascii("application/json");
const ROLE = ascii("llm.output_messages.0.message.role");
const ASSISTANT = ascii("assistant");
const CONTENT_TYPE = ascii("llm.output_messages.0.message.contents.$n.message_content.type");
const CONTENT_TEXT = ascii("llm.output_messages.0.message.contents.$n.message_content.text");
const TEXT = ascii("text");
const REASONING = ascii("reasoning");
const REDACTED = ascii("[redacted]");
const CALL_ID = ascii("llm.output_messages.0.message.tool_calls.$n.tool_call.id");
const CALL_NAME = ascii("llm.output_messages.0.message.tool_calls.$n.tool_call.function.name");
const CALL_ARGUMENTS = ascii("llm.output_messages.0.message.tool_calls.$n.tool_call.function.arguments");

export function putOpenInference(span: Span): void {
  sayString(AGENT_NAME, agentOf(span));
  if (span.kind == KIND_CHAT) putModelCall(span);
  else if (span.kind == KIND_TOOL) putToolCall(calls.at(span.subject - 1));
  else if (full && span.kind != KIND_SESSION) putConversation(span);
}

function putModelCall(span: Span): void {
  const response = responses.at(span.subject - 1);
  sayString(PROVIDER, providerOf(span));
  sayString(SYSTEM, providerOf(span));
  sayString(MODEL, response.model);
  sayString(FINISH_REASON, response.stop);
  for (let i = 0; response.hasUsage && i < COUNTS.length; i += 2) sayNumber(unchecked(COUNTS[i]), countOf(<u8>unchecked(COUNTS[i + 1])));
  if (response.reasoning >= 0) sayNumber(REASONING_TOKENS, response.reasoning);
  if (!full) return;
  putAnswer(response);
  putMessage(response);
}

function putToolCall(call: Call): void {
  sayString(TOOL_NAME, call.name);
  sayString(TOOL_CALL_ID, call.id);
  if (!full) return;
  const given = parts.at(call.part).content;
  if (given) {
    sayJson(INPUT, given);
    sayName(INPUT_TYPE, JSON);
  }
  putCallResult(call);
}

function putCallResult(call: Call): void {
  const result = call.result ? parts.at(call.result - 1).content : 0;
  if (!result) return;
  sayResult(OUTPUT, result);
  sayName(OUTPUT_TYPE, contents.at(result - 1).form == FORM_TEXT ? PLAIN : JSON);
}

// --- what was asked of a turn or agent, and what it answered

function putConversation(span: Span): void {
  const call = span.subject ? calls.at(span.subject - 1) : changetype<Call>(0);
  const asked = call != null ? askedOf(call) : 0;
  const prompt = asked ? 0 : promptOf(span);
  if (asked || (prompt && hasText(prompt))) {
    if (asked) sayText(INPUT, asked);
    else sayTexts(INPUT, prompt);
    sayName(INPUT_TYPE, PLAIN);
  }
  const last = span.scope ? scopes.at(span.scope - 1).lastResponse : 0;
  if (last && hasText(responses.at(last - 1).row)) putAnswer(responses.at(last - 1));
  else if (call != null) putCallResult(call);
}

/** The texts of a response, if it has any. */
function putAnswer(response: Response): void {
  if (!hasText(response.row)) return;
  sayTexts(OUTPUT, response.row);
  sayName(OUTPUT_TYPE, PLAIN);
}

/** The texts of a row and those behind it. */
function sayTexts(key: usize, first: u32): void {
  openSaying(key, contentBytes);
  let between = false;
  for (let at = first; at; at = rows.at(at - 1).next) {
    const row = rows.at(at - 1);
    for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
      const part = parts.at(p);
      if (part.kind != PART_TEXT || !speaks(part)) continue;
      if (between) emptyLine();
      between = true;
      decoded(addressOfContent(part.content), lengthOfContent(part.content));
    }
  }
  closeSaying();
}

// --- the message of a chat, taken apart

function putMessage(response: Response): void {
  sayName(ROLE, ASSISTANT);
  let texts: u32 = 0;
  let used: u32 = 0;
  for (let at = response.row; at; at = rows.at(at - 1).next) {
    const row = rows.at(at - 1);
    for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
      const part = parts.at(p);
      if (!speaks(part)) continue;
      if (part.kind == PART_CALL) putCallPart(part, used++);
      else if (part.kind == PART_TEXT || part.kind == PART_REASONING || part.kind == PART_REDACTED) putTextPart(part, texts++);
    }
  }
}

function putTextPart(part: Part, number: u32): void {
  sayName(expanded(CONTENT_TYPE, number), part.kind == PART_TEXT ? TEXT : REASONING);
  const key = expanded(CONTENT_TEXT, number);
  if (part.kind == PART_REDACTED) sayName(key, REDACTED);
  else sayText(key, part.content);
}

function putCallPart(part: Part, number: u32): void {
  sayString(expanded(CALL_ID, number), part.id);
  sayString(expanded(CALL_NAME, number), part.name);
  if (part.content) sayJson(expanded(CALL_ARGUMENTS, number), part.content);
}
