// An oddity: a family in memory with something broken or odd in it, and the means to make one.
//
// Each says which rows are broken, by line, and how many are used; that the result is also the oracle's is the test's to say.

import type { BrokenName } from "../../../bridge/index.ts";
import type { Document } from "../../support/core.ts";
import { Session } from "../../support/session.ts";

export interface Oddity {
  name: string;
  documents: Document[];
  /** Rows of all documents together that are used. */
  used: number;
  /** `line reason` of each broken row. */
  broken?: `${number} ${BrokenName}`[];
  /** Text that has to stand in the spans. */
  says?: string[];
}

export const session = (): Session => new Session("00000000-0000-4000-8000-00000000000a");

/** A turn of four good rows with `between` in the middle: the good ones must be used whatever that is. */
export function amid(...between: (Record<string, unknown> | string | Uint8Array)[]): Session {
  const it = session().prompt("before it").call("m1", "t1");
  for (const row of between) it.raw(row);
  return it.result("t1").say("m2", "after it");
}

/** The same, ended and joined in another way than by single newlines. */
export const written = (it: Session, between: string, end: string): Document[] => [
  { name: `${it.id}.jsonl`, bytes: it.bytes(between, end) },
];
export const one = (it: Session): Document[] => [it.document()];
export const withBytes = (before: Uint8Array | string, it: Session): Document[] => [
  { name: `${it.id}.jsonl`, bytes: Buffer.concat([Buffer.from(before as string), it.bytes()]) },
];

let made = 0;

/** A row with these bytes, which JSON.stringify could not write, where `@` stands. */
export function around(row: Record<string, unknown>, inside: string | Uint8Array): Uint8Array {
  const [before, after] = JSON.stringify({ uuid: `odd-${++made}`, timestamp: "2026-01-02T03:04:07.500Z", ...row }).split("@") as [
    string,
    string,
  ];
  return Buffer.concat([Buffer.from(before), Buffer.from(inside as string), Buffer.from(after)]);
}

/** A response that says these bytes: they are copied into a message as they were written. */
export const spoken = (inside: string | Uint8Array): Uint8Array =>
  around({ type: "assistant", message: { id: `m-odd-${made}`, model: "m", content: [{ type: "text", text: "@" }] } }, inside);

/** A result of the call in the middle that is these bytes: they are decoded. */
export const answered = (inside: string | Uint8Array): Uint8Array =>
  around({ type: "user", message: { content: [{ type: "tool_result", tool_use_id: "t1", content: "@" }] } }, inside);

export const nested = (levels: number): string => `{"type":"progress","data":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
/** A call whose row is so many levels deep: the row, its message, the list of blocks and the block are levels of their own. */
export const nestedCall = (levels: number): string => {
  const input = `${"[".repeat(levels - 4)}"deep down"${"]".repeat(levels - 4)}`;
  const block = `{"type":"tool_use","id":"t-deep","name":"Deep","input":${input}}`;
  return `{"type":"assistant","uuid":"deep-1","timestamp":"2026-01-02T03:04:08.000Z","message":{"id":"m-deep","content":[${block}]}}`;
};

export const halves = "high \\ud83d, low \\ude80, pair \\ud83d\\ude80, two \\ud83d\\ud83d.";
export const notUtf8 = Buffer.from("b \xff, c \xc3( d \xe2\x82 e \xf0\x9f\x9a f \xed\xa0\x80 g \xc0\xaf h", "latin1");
export const huge = "9".repeat(400);
