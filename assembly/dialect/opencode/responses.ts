// The response at hand: the rows of one, and when it was over.

import { NO_TIME } from "../../bytes/instant";
import { internLiteral, stringIs, stringStarts } from "../../bytes/strings";
import { beginRow } from "../../session/builder";
import { ROW_COMPACTED, ROW_RESPONSE, ROW_STARTS, Row } from "../../session/record";
import { keepFact } from "./facts";
import * as R from "./records";
import { Record } from "./records";
import { usage } from "./steps";

/** The message that it is of, or one of whose responses it is; its session, and the prompt that it answers. */
export let reply: Record = changetype<Record>(0);
export let home: Record = changetype<Record>(0);
export let prompt: u64 = 0;
/** Its id, 0 outside of one. */
export let response: u32 = 0;
/** It has no word and no call so far, by which to know when it ended. */
export let silent: bool = false;
/** When everything so far had ended. */
export let ended: i64 = 0;
/** Responses that the message is. */
let chats: u32 = 0;

export function beginReply(session: Record, message: Record, to: u64, count: u32): void {
  reply = message;
  home = session;
  prompt = to;
  chats = count;
  response = 0;
  ended = message.start;
}

/** Something was said, or called. */
export function speak(): void {
  silent = false;
}

/** Something of it ended then. */
export function endAt(time: i64): void {
  ended = max(ended, time);
}

/** A row of the response at hand. */
export function part(it: Record, time: i64): Row {
  const row = keepFact(ROW_RESPONSE, it, time, prompt, home);
  row.message = response;
  if (reply.directory) row.directory = reply.directory;
  return row;
}

/** Of a response that said nothing and has no end of its own the message says when it was over. */
export function endSilent(): void {
  if (!response || !silent || reply.end == NO_TIME) return;
  beginRow(reply.line);
  part(reply, reply.end);
  endAt(reply.end);
}

/** Begins a response, the last one of its message or not. */
export function respond(it: Record, id: u32, start: i64, last: bool): void {
  response = id;
  silent = true;
  beginRow(it.line);
  const row = part(it, start);
  row.flags |= ROW_STARTS;
  if (reply.flags & R.COMPACTED) row.flags |= ROW_COMPACTED;
  row.model = reply.model;
  row.provider = provider(reply.provider);
  if (last) row.stop = reply.stop;
  if (chats == 1) row.usage = usage(reply, true);
}

function provider(id: u32): u32 {
  if (stringIs(id, "google")) return internLiteral("gcp.gemini");
  if (stringStarts(id, "google-vertex")) return internLiteral("gcp.vertex_ai");
  if (stringIs(id, "amazon-bedrock")) return internLiteral("aws.bedrock");
  if (stringIs(id, "azure")) return internLiteral("azure.ai.openai");
  if (stringIs(id, "mistral")) return internLiteral("mistral_ai");
  return stringIs(id, "xai") ? internLiteral("x_ai") : id;
}
