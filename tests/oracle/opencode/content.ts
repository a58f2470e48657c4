// Messages, arguments and results of opencode, as the JSON that stands in attributes.

import { createHash } from "node:crypto";
import { member, name, text, type Json } from "../json.ts";
import { isBlank } from "../prompt.ts";
import { isAuthored, isHidden, written, type Chat } from "./facts.ts";
import type { Message, Part } from "./state.ts";

const quoted = JSON.stringify;

/** JSON without the white space between its tokens. */
export function compact(value: Json): string {
  return value.raw.replace(/"(?:[^"\\]|\\.)*"|[ \t\r\n]+/g, (token) => (token.startsWith('"') ? token : ""));
}

const textPart = (raw: string | undefined, type = "text"): string[] =>
  raw === undefined || isBlank(JSON.parse(raw) as string) ? [] : [`{"type":"${type}","content":${raw}}`];

function filePart(part: Part): string {
  const mime = name(member(part.value, "mime"));
  const url = text(member(part.value, "url")) ?? "";
  const data = /^data:[^,]*;base64,([A-Za-z0-9+/]*={0,2})$/.exec(url)?.[1];
  const bare = data?.replace(/=+$/, "");
  const whole = data !== undefined && bare!.length % 4 !== 1 && (data === bare || data.length % 4 === 0);
  const bytes = whole ? Buffer.from(data, "base64") : undefined;
  const size = bytes ? `,"byte_size":${bytes.length},"sha256":"${createHash("sha256").update(bytes).digest("hex")}"` : "";
  return `{"type":"${mime?.startsWith("image/") ? "image" : "file"}"${mime === undefined ? "" : `,"mime_type":${quoted(mime)}`}${size}}`;
}

/** The parts of a prompt: what somebody typed or attached. */
export function promptParts(message: Message): string[] {
  return message.parts.filter(isAuthored).flatMap((part) => {
    if (part.type === "text") return textPart(written(part));
    if (part.type === "file") return [filePart(part)];
    const prompt = part.type === "subtask" ? member(part.value, "prompt") : undefined;
    return textPart(prompt?.kind === "string" ? prompt.raw : undefined);
  });
}

export const userMessage = (parts: string[]): string | undefined => (parts.length > 0 ? `[{"role":"user","parts":[${parts.join(",")}]}]` : undefined);

const finishes = new Map([
  ["tool-calls", "tool_call"],
  ["content-filter", "content_filter"],
]);

export function assistantMessage(parts: string[], stop: string | undefined): string {
  return `[{"role":"assistant","parts":[${parts.join(",")}],"finish_reason":${quoted(stop === undefined ? "error" : (finishes.get(stop) ?? stop))}}]`;
}

export const textParts = ({ step }: Chat): string[] => step.parts.filter((part) => part.type === "text" && !isHidden(part)).flatMap((part) => textPart(written(part)));

export const promptOf = (prompt: Json | undefined): string[] => textPart(prompt?.kind === "string" ? prompt.raw : undefined);

export function chatParts({ step }: Chat): string[] {
  return step.parts.flatMap((part) => {
    if (part.type === "reasoning" || part.type === "text") return isHidden(part) ? [] : textPart(written(part), part.type);
    if (part.type !== "tool") return [];
    const input = member(part.value, "state", "input");
    const id = name(member(part.value, "callID")) ?? part.id;
    return [`{"type":"tool_call","id":${quoted(id)},"name":${quoted(text(member(part.value, "tool")) ?? "")},"arguments":${input ? compact(input) : "null"}}`];
  });
}
