// What a person's session in opencode becomes, told as a server's events or as the exports made of them afterwards. Whatever is
// built here, the oracle has to say the same of it.

import assert from "node:assert/strict";
import { compare } from "../../oracle/opencode/compare.ts";
import { inWords } from "../../oracle/compare.ts";
import type { Document, Given } from "../../support/core.ts";
import { Stream } from "../../support/opencode-stream.ts";
import { Built } from "../built.ts";

export function built(documents: readonly Document[], given: Given = {}): Built {
  const { shape, content } = given;
  assert.equal(inWords(compare([...documents], { ...(shape && { shape }), ...(content && { content }) })), "");
  return new Built(documents, given);
}

export function streamed(write: (it: Stream) => unknown): Stream {
  const it = new Stream();
  write(it);
  return it;
}

/** Of a stream of events. */
export const heard = (write: (it: Stream) => unknown, given: Given = {}): Built => built([streamed(write).document()], given);

/** Of the exports that are left of it. */
export const exported = (write: (it: Stream) => unknown, given: Given = {}): Built => built(streamed(write).exports(), given);

/** Both, for what must not depend on how it is told. */
export const both = (write: (it: Stream) => unknown, given: Given = {}): Built[] => [heard(write, given), exported(write, given)];

/** A document of lines, whatever they are. */
export const lines = (...rows: readonly unknown[]): Document => ({
  name: "events.ndjson",
  bytes: Buffer.from(rows.map((row) => `${typeof row === "string" ? row : JSON.stringify(row)}\n`).join("")),
});
