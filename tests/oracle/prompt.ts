// What a user row is: a prompt, a command, a result, or something the client put in.
//
// It judges one row by its own text; whether a command ran the model is seen only later, in family.ts.

import { isTrue, items, member, text, type Json } from "./json.ts";
import type { Row } from "./document.ts";

export type UserRow = "result" | "interrupt" | "message" | "output" | "injected" | "command" | "prompt" | "feedback";

const messages = ["<task-notification>", "<teammate-message", "Another Claude session sent a message:"];
const outputs = ["<local-command-stdout>", "<local-command-stderr>"];
const injected = [
  "<local-command-caveat>",
  "<bash-input>",
  "<bash-stdout>",
  "<bash-stderr>",
  "<system-reminder>",
  "<session-start-hook>",
  "<user-prompt-submit-hook>",
  "<post-tool-use-hook>",
  "Caveat: The messages below were generated",
  "[Image: source:",
  "Base directory for this skill:",
  "This session is being continued from a previous conversation",
];
const commands = ["<command-name>", "<command-message>"];
const notes = ["<ide_opened_file>", "<ide_selection>", "<system-reminder>"];
export const interruptMarker = "[Request interrupted by user";

const begins = (written: string, beginnings: string[]): boolean => beginnings.some((beginning) => written.startsWith(beginning));

export function blocksOf(row: Row): Json[] {
  return items(member(row.value, "message", "content")) ?? [];
}

/** The texts of a user row as they were written: its content, or the texts of its blocks. */
export function textsOf(row: Row): Json[] {
  const content = member(row.value, "message", "content");
  const written = content?.kind === "string" ? [content] : blocksOf(row).filter(isText).map((block) => member(block, "text"));
  return written.filter((one): one is Json => one?.kind === "string");
}

const typeOf = (block: Json): string | undefined => text(member(block, "type"));
const isText = (block: Json): boolean => typeOf(block) === "text";

/** The text that decides what a user row is: of a list the first that is neither blank nor a note. */
export function decidingText(row: Row): string | undefined {
  const texts = textsOf(row).map((written) => text(written) ?? "");
  return items(member(row.value, "message", "content")) ? texts.find((written) => !isBlank(written) && !begins(written, notes)) : texts[0];
}

export function isBlank(written: string | undefined): boolean {
  return written === undefined || /^[ \t\r\n]*$/.test(written);
}

export function userRow(row: Row): UserRow {
  const blocks = blocksOf(row);
  if (blocks.some((block) => typeOf(block) === "tool_result")) return "result";
  if (isTrue(member(row.value, "isCompactSummary"))) return "injected";
  const deciding = decidingText(row);
  if (deciding?.startsWith(interruptMarker)) return "interrupt";
  const pictured = blocks.some((block) => ["image", "document"].includes(typeOf(block) ?? ""));
  const origin = text(member(row.value, "origin", "kind"));
  if (origin !== undefined && origin !== "human") return "message";
  if (deciding !== undefined && begins(deciding, messages)) return "message";
  if (deciding?.startsWith("Stop hook feedback:")) return "feedback";
  if (isTrue(member(row.value, "isMeta"))) return "injected";
  if (deciding === undefined || isBlank(deciding)) return pictured ? "prompt" : "injected";
  if (begins(deciding, outputs)) return "output";
  if (begins(deciding, injected)) return "injected";
  if (begins(deciding, commands)) return "command";
  return "prompt";
}
