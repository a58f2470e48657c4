// Rows that are read as something they are not written as: attachments, progress and queue operations that hold a prompt,
// a message, a sub-agent's row or a hook's record.
//
// It looks at one document alone and says only what a row is read as; what comes of it is family.ts's to say.

import type { Document, Row } from "./document.ts";
import { member, name, text, type Json } from "./json.ts";
import { journalType } from "./record.ts";
import { textsOf, userRow } from "./prompt.ts";
import { nanoseconds } from "./time.ts";

const object = (members: Iterable<[string, Json | undefined]>): Json => ({
  kind: "object",
  raw: "",
  members: new Map([...members].filter((one): one is [string, Json] => one[1] !== undefined)),
});

const membersOf = (value: Json | undefined): [string, Json][] => (value?.kind === "object" ? [...value.members] : []);

/** What a row read in another's place has of that one, or of the one it stands behind. */
const surroundings = (value: Json | undefined, behind?: Json): [string, Json | undefined][] =>
  ["sessionId", "cwd", "gitBranch", "version"].map((key) => {
    const own = member(value, key);
    return [key, key === "sessionId" || name(own) !== undefined ? own : (member(behind, key) ?? own)];
  });

const message = (content: Json | undefined): [string, Json] => ["message", object([["content", content]])];

/** Rows of the conversation as written, and those an attachment or a progress row stands for. */
export function readAs(row: Row): void {
  const { type, value } = row;
  if (type === "user" || type === "assistant" || type === "system") row.as = type;
  else if (type === journalType) row.as = "journal";
  else if (type === "attachment") readAttachment(row, value);
  else if (type === "progress") {
    const kind = text(member(value, "data", "type"));
    if (kind === "hook_progress") row.as = "hook";
    else if (kind === "agent_progress") readProgress(row, value);
  }
}

function readAttachment(row: Row, value: Json | undefined): void {
  const kind = text(member(value, "attachment", "type"));
  if (kind?.startsWith("hook_")) row.as = "hook";
  if (kind !== "queued_command") return;
  const mode = member(value, "attachment", "commandMode");
  const says = name(mode);
  const origin: [string, Json | undefined][] = says === undefined || says === "prompt" ? [] : [["origin", object([["kind", mode]])]];
  row.as = "user";
  row.value = object([...membersOf(value), message(member(value, "attachment", "prompt")), ...origin]);
}

/** The row of a sub-agent that a progress row repeats. */
function readProgress(row: Row, value: Json | undefined): void {
  const said = member(value, "data", "message");
  const type = text(member(said, "type"));
  const agentId = name(member(value, "data", "agentId"));
  if (agentId === undefined || (type !== "user" && type !== "assistant")) return;
  row.as = type;
  row.value = object([...membersOf(said), ...surroundings(value)]);
  row.uuid = name(member(said, "uuid"));
  row.sidechain = false;
  row.progress = { agentId, call: name(member(value, "parentToolUseID")) };
  const time = nanoseconds(text(member(said, "timestamp")));
  if (time !== undefined) [row.time, row.timeless] = [time, false];
}

/** Rows whose times are lent to those without one. */
export function lendsTime(row: Row): boolean {
  return row.type === "queue-operation" || (row.as !== undefined && row.as !== "journal" && row.progress === undefined);
}

/** Follows a transcript's queue: what `remove` takes is read as a user row, unless it stands elsewhere in the document. */
export function readQueue(document: Document): void {
  const speaks = (row: Row): boolean => ["prompt", "command", "message"].includes(userRow(row));
  const rows = document.rows.filter((row) => row.as === "user" && row.progress === undefined && speaks(row));
  const elsewhere = new Set(rows.flatMap(textsOf).map((written) => written.raw));
  const queue: { row: Row; content: Json | undefined }[] = [];
  for (const row of document.rows.filter((one) => one.type === "queue-operation")) {
    const content = member(row.value, "content");
    const operation = text(member(row.value, "operation"));
    if (operation === "enqueue") queue.push({ row, content: content?.kind === "string" ? content : undefined });
    else if (operation === "popAll") queue.length = 0;
    else if (operation === "dequeue") queue.shift();
    else if (operation === "remove") {
      const first = queue.shift();
      if (!first?.content) continue;
      row.queued = { entry: first.row, text: first.content.raw };
      const above = document.rows.filter((one) => one.line < row.line).reverse().find((one) => ["user", "assistant", "system"].includes(one.type ?? ""));
      const value = object([...surroundings(row.value, above?.value), message(first.content)]);
      const read: Row = { ...row, as: "user", uuid: undefined, sidechain: false, value };
      if (speaks(read) && !elsewhere.has(first.content.raw)) Object.assign(row, read);
    }
  }
}
