// A scene: a small family written by hand for one sentence of docs/SPANS.md that no recording reaches.
//
// It says what is in the record and nothing of what comes of it: that is for two builders to agree on.

import type { Document } from "../core.ts";
import { Session } from "../session.ts";

export interface Scene {
  name: string;
  documents: Document[];
}

export const id = "00000000-0000-4000-8000-000000000001";
export const other = "00000000-0000-4000-8000-000000000002";

/** A transcript; `start` in seconds. */
export function transcript(write: (it: Session) => unknown, session = id, start = 0): Document {
  const it = new Session(session, {}, start);
  write(it);
  return it.document();
}

/** What hooks were told of a session. */
export function journal(write: (it: Session) => unknown, session = id, start = 0): Document {
  const it = new Session(session, {}, start);
  write(it);
  return it.document(`${session}.hooks.jsonl`);
}

/** A scene of one transcript. */
export const scene = (name: string, write: (it: Session) => unknown): Scene => ({ name, documents: [transcript(write)] });

export const family = (name: string, ...documents: (Document | Document[])[]): Scene => ({ name, documents: documents.flat() });

/** A call that spawns a sub-agent. */
export const spawn = (it: Session, call: string, input: Record<string, unknown> = {}): Session =>
  it.call(`m-${call}`, call, "Agent", { description: "d", prompt: `do ${call}`, subagent_type: "Explore", ...input });

/** What a sub-agent does: one call, one answer. */
export const worked =
  (label: string) =>
  (it: Session): Session =>
    it.prompt(`do ${label}`).call(`m-${label}-1`, `t-${label}`).result(`t-${label}`).say(`m-${label}-2`, `${label} done`);

/** A block whose source is base64, or claims to be. */
export const binary = (type: string, data: unknown, media?: string): unknown => ({
  type,
  source: { type: "base64", ...(media === undefined ? {} : { media_type: media }), data },
});

export const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
