// OpenInference: what Phoenix shows of a span. Of texts it wants the words, not messages: a prompt and an answer are the texts
// of their parts, with an empty line between; only a chat has its message taken apart.

import { asciiAt } from "../../bytes/ascii";
import { KIND_CHAT, KIND_SESSION, KIND_TOOL } from "../../abi/layout";
import { Call, Response, calls, responses, scopes } from "../../session/model";
import { FORM_TEXT, PART_CALL, PART_REASONING, PART_REDACTED, PART_TEXT, Part, contents, parts, rows } from "../../session/record";
import { Span } from "../../trace/spans";
import { agentOf, askedOf, promptOf, providerOf, shownId } from "../facts";
import { holds, speaks } from "../messages";
import { full } from "../mode";
import { contentBytes } from "../ready";
import { closeSaying, decoded, emptyLine, openSaying, sayJson, sayName, sayNumber, sayResult, sayString, sayText } from "./say";
import { countOf, countPart } from "./spell";

const INPUT = "input.value";
const INPUT_TYPE = "input.mime_type";
const OUTPUT = "output.value";
const OUTPUT_TYPE = "output.mime_type";
const PLAIN = "text/plain";
const JSON = "application/json";
/** Keys of counts, and what each counts in the letters of spell.ts. */
const COUNTS: StaticArray<string> = [
  "llm.token_count.prompt",
  "llm.token_count.completion",
  "llm.token_count.total",
  "llm.token_count.prompt_details.cache_read",
  "llm.token_count.prompt_details.cache_write",
];
const LETTERS = "iotrw";

export function putOpenInference(span: Span): void {
  sayString("agent.name", agentOf(span));
  if (span.kind == KIND_CHAT) putModelCall(span);
  else if (span.kind == KIND_TOOL) putToolCall(calls.at(span.subject - 1));
  else if (full && span.kind != KIND_SESSION) putConversation(span);
}

function putModelCall(span: Span): void {
  const response = responses.at(span.subject - 1);
  sayString("llm.provider", providerOf(span));
  sayString("llm.system", providerOf(span));
  sayString("llm.model_name", response.model);
  sayString("llm.finish_reason", response.stop);
  if (response.hasUsage) for (let i = 0; i < COUNTS.length; i++) sayNumber(unchecked(COUNTS[i]), countOf(asciiAt(LETTERS, i)));
  if (response.reasoning >= 0) sayNumber("llm.token_count.completion_details.reasoning", response.reasoning);
  if (!full) return;
  putAnswer(response);
  putMessage(response);
}

function putToolCall(call: Call): void {
  sayString("tool.name", call.name);
  sayString("tool_call.id", shownId(call));
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
  if (asked || (prompt && holds(prompt, true))) {
    if (asked) sayText(INPUT, asked);
    else sayTexts(INPUT, prompt);
    sayName(INPUT_TYPE, PLAIN);
  }
  const last = span.scope ? scopes.at(span.scope - 1).lastResponse : 0;
  if (last && holds(responses.at(last - 1).row, true)) putAnswer(responses.at(last - 1));
  else if (call != null) putCallResult(call);
}

/** The texts of a response, if it has any. */
function putAnswer(response: Response): void {
  if (!holds(response.row, true)) return;
  sayTexts(OUTPUT, response.row);
  sayName(OUTPUT_TYPE, PLAIN);
}

/** The texts of a row and those behind it. */
function sayTexts(key: string, first: u32): void {
  openSaying(key, contentBytes);
  let between = false;
  for (let at = first; at; at = rows.at(at - 1).next) {
    const row = rows.at(at - 1);
    for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
      const part = parts.at(p);
      if (part.kind != PART_TEXT || !speaks(part)) continue;
      if (between) emptyLine();
      between = true;
      decoded(part.content);
    }
  }
  closeSaying();
}

// --- the message of a chat, taken apart

function putMessage(response: Response): void {
  sayName("llm.output_messages.0.message.role", "assistant");
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
  countPart(number);
  sayName("llm.output_messages.0.message.contents.$n.message_content.type", part.kind == PART_TEXT ? "text" : "reasoning");
  const key = "llm.output_messages.0.message.contents.$n.message_content.text";
  if (part.kind == PART_REDACTED) sayName(key, "[redacted]");
  else sayText(key, part.content);
}

function putCallPart(part: Part, number: u32): void {
  countPart(number);
  sayString("llm.output_messages.0.message.tool_calls.$n.tool_call.id", part.shown ? part.shown : part.id);
  sayString("llm.output_messages.0.message.tool_calls.$n.tool_call.function.name", part.name);
  if (part.content) sayJson("llm.output_messages.0.message.tool_calls.$n.tool_call.function.arguments", part.content);
}
