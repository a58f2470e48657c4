// Events of opencode row by row, as no server tells them: what is built of them is held against the oracle.

import assert from "node:assert/strict";
import { idAt } from "../../support/opencode-records.ts";
import { type Outcome, run } from "../../support/core.ts";
import { attributes, type OtlpSpan, readJson, spansOf } from "../../support/otlp.ts";
import { inWords, modes } from "../compare.ts";
import { compare } from "./compare.ts";
import { inLines } from "./script.ts";

export type Row = Record<string, unknown>;

export const begun = 1_795_220_000_000;
let events = 0;
export const event = (type: string, properties: Row): Row => ({ id: idAt("evt", begun + events, events++), type, properties });
export const session = (id: string, at: number, more: Row = {}): Row => event("session.created", { info: { id, time: { created: begun + at, updated: begun + at }, ...more } });
export const message = (id: string, sessionID: string, role: string, at: number, more: Row = {}): Row => event("message.updated", { info: { id, sessionID, role, time: { created: begun + at }, ...more } });
export const part = (id: string, messageID: string, sessionID: string, type: string, more: Row = {}): Row => event("message.part.updated", { part: { id, messageID, sessionID, type, ...more } });
export const prompt = (id: string, sessionID: string, at: number): Row[] => [message(id, sessionID, "user", at), part(`prt_of_${id}`, id, sessionID, "text", { text: "Do." })];
export const answer = (id: string, sessionID: string, parentID: string, at: number): Row[] => [message(id, sessionID, "assistant", at, { parentID }), part(`prt_of_${id}`, id, sessionID, "text", { text: "Done.", time: { start: begun + at, end: begun + at + 1 } })];
export const failed = (sessionID: string): Row => event("session.error", { sessionID, error: { name: "APIError", data: { message: "Overloaded" } } });

export function told(rows: Row[]): { outcome: Outcome; spans: OtlpSpan[] } {
  const documents = [inLines("events.ndjson", rows)];
  for (const mode of modes) assert.equal(inWords(compare(documents, mode)), "");
  const outcome = run(documents, { agentName: "opencode", formats: ["json"] });
  return { outcome, spans: spansOf(readJson(outcome.json)) };
}

export const said = (spans: OtlpSpan[], key: string): unknown[] => spans.map((span) => attributes(span)[key]);
export const chats = (spans: OtlpSpan[]): OtlpSpan[] => spans.filter(({ name }) => name.startsWith("chat"));

export const trunk = [session("ses_1", 0), ...prompt("msg_1", "ses_1", 1), ...answer("msg_2", "ses_1", "msg_1", 2)];
export const fork = [session("ses_2", 50), ...prompt("msg_3", "ses_2", 1), ...answer("msg_4", "ses_2", "msg_3", 2)];
