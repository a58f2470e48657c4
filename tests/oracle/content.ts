// Messages, parts and results: JSON that is put together from texts as they were written.
//
// It decides nothing about spans; it only turns blocks of a record into members of a message.

import { createHash } from "node:crypto";
import { items, member, text, type Json } from "./json.ts";
import { isBlank } from "./prompt.ts";

const quoted = (written: string): string => JSON.stringify(written);

/** Bytes behind base64, or undefined if it is not base64: the standard alphabet, padding optional. */
function decodeBase64(data: string | undefined): Buffer | undefined {
  if (data === undefined || !/^[A-Za-z0-9+/]*={0,2}$/.test(data)) return undefined;
  const bare = data.replace(/=+$/, "");
  if (bare.length % 4 === 1 || (data !== bare && data.length % 4 !== 0)) return undefined;
  return Buffer.from(bare, "base64");
}

const isBinary = (block: Json): boolean => text(member(block, "source", "type")) === "base64";

/** `,"byte_size":…,"sha256":…` of the decoded bytes; nothing if they cannot be decoded. */
function sizeAndHash(block: Json): string {
  const bytes = decodeBase64(text(member(block, "source", "data")));
  if (!bytes) return "";
  return `,"byte_size":${bytes.length},"sha256":"${createHash("sha256").update(bytes).digest("hex")}"`;
}

function textPart(written: Json | undefined): string | undefined {
  return written?.kind === "string" && !isBlank(text(written)) ? `{"type":"text","content":${written.raw}}` : undefined;
}

/** One block as a part of a message; undefined if it makes none. */
export function part(block: Json): string | undefined {
  const type = member(block, "type");
  if (type?.kind !== "string") return undefined;
  switch (text(type)) {
    case "text":
      return textPart(member(block, "text"));
    case "thinking": {
      const written = member(block, "thinking");
      if (written?.kind !== "string" || isBlank(text(written))) return undefined;
      return `{"type":"reasoning","content":${written.raw}}`;
    }
    case "redacted_thinking":
      return '{"type":"reasoning","content":"[redacted]"}';
    case "tool_use": {
      const id = text(member(block, "id"));
      const input = member(block, "input")?.raw ?? "null";
      return `{"type":"tool_call","id":${id ? quoted(id) : "null"},"name":${quoted(text(member(block, "name")) ?? "")},"arguments":${input}}`;
    }
    case "image":
    case "document": {
      const called = quoted(text(type) ?? "");
      if (!isBinary(block)) return `{"type":${called}}`;
      const media = member(block, "source", "media_type");
      return `{"type":${called}${media?.kind === "string" ? `,"mime_type":${quoted(text(media) ?? "")}` : ""}${sizeAndHash(block)}}`;
    }
    default:
      return `{"type":${quoted(text(type) ?? "")}}`;
  }
}

/** The parts of a message's content, whether it is one string or a list of blocks. */
export function partsOf(content: Json | undefined): string[] {
  const whole = content?.kind === "string" ? [textPart(content)] : (items(content) ?? []).map(part);
  return whole.filter((one) => one !== undefined);
}

export function textPartsOf(content: Json | undefined): string[] {
  if (content?.kind === "string") return partsOf(content);
  return (items(content) ?? []).filter((block) => text(member(block, "type")) === "text").map(part).filter((one) => one !== undefined);
}

export function userMessage(parts: string[]): string {
  return `{"role":"user","parts":[${parts.join(",")}]}`;
}

const finishes = new Map([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["max_tokens", "length"],
  ["tool_use", "tool_call"],
  ["refusal", "content_filter"],
]);

/** `stop` is the client's own word. */
export function assistantMessage(parts: string[], stop: string | undefined): string {
  const finish = stop === undefined ? "error" : (finishes.get(stop) ?? stop);
  return `{"role":"assistant","parts":[${parts.join(",")}],"finish_reason":${quoted(finish)}}`;
}

/** A result as the model saw it; undefined if the record has none. */
export function resultText(content: Json | undefined): string | undefined {
  if (content === undefined) return undefined;
  if (content.kind === "string") return text(content);
  if (content.kind !== "array") return content.raw === "null" ? undefined : content.raw;
  const blocks = content.items.map((block) => {
    const type = member(block, "type");
    if (!isBinary(block) || type?.kind !== "string") return block.raw;
    const media = member(block, "source", "media_type");
    const mediaType = media?.kind === "string" ? `,"media_type":${media.raw}` : "";
    return `{"type":${type.raw},"source":{"type":"base64"${mediaType}${sizeAndHash(block)}}}`;
  });
  return `[${blocks.join(",")}]`;
}

/** What a result says: its string, or its first text block. */
export function saying(content: Json | undefined): string {
  const first = (items(content) ?? []).find((block) => text(member(block, "type")) === "text");
  return text(content) ?? text(member(first, "text")) ?? "";
}

/** A status message: at most 256 bytes, never half a character. */
export function short(written: string): string {
  const bytes = Buffer.from(written, "utf8");
  if (bytes.length <= 256) return written;
  let end = 256;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString("utf8");
}
