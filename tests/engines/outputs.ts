// What an engine makes of a recording: a SHA-256 for each way it can be asked for, of the bytes the command would write.
//
// The one driver for all engines, so it stands on the language and WebCrypto alone: Node runs it as it is, a page loads it
// with its types taken off. It imports nothing at run time; whoever calls brings the core.

import type { Core } from "../../bridge/index.ts";
import type { Document } from "../support/core.ts";

export const shapes = ["turns", "session"] as const;
export const contents = ["full", "metadata"] as const;
export const formats = ["proto", "json"] as const;

type Way = `${(typeof shapes)[number]}/${(typeof contents)[number]}/${(typeof formats)[number]}`;

/** What of the bridge's core a driver needs: an engine the bridge cannot reach brings this much itself. */
export type Door = Pick<
  Core,
  "open" | "beginDocument" | "write" | "endDocument" | "finish" | "encode" | "next" | "supplyBytes"
>;

export interface Recording {
  name: string;
  documents: Document[];
}

export interface Output {
  /** In lower-case hex. */
  sha256: string;
  length: number;
}

export type Outputs = Record<Way, Output>;

/** The bytes of all requests in a format, a JSON request on a line of its own. */
function encoded(core: Door, format: (typeof formats)[number], documents: readonly Document[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  core.encode(format);
  for (let step = core.next(); step.status !== "done"; step = core.next()) {
    if (step.status === "batch") {
      parts.push(step.bytes.slice());
      if (format === "json") parts.push(Uint8Array.of(0x0a));
    } else core.supplyBytes(documents[step.document]!.bytes.subarray(step.offset, step.offset + step.length));
  }
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function output(bytes: Uint8Array<ArrayBuffer>): Promise<Output> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return { sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join(""), length: bytes.length };
}

async function outputs(core: Door, documents: readonly Document[]): Promise<Outputs> {
  const made: Partial<Outputs> = {};
  for (const shape of shapes) {
    for (const content of contents) {
      // Of a session's shape nothing is kept, so that every engine also asks for content.
      core.open({ shape, content, keptBytes: shape === "session" ? 0 : undefined });
      for (const { name, bytes } of documents) {
        core.beginDocument(name);
        core.write(bytes);
        core.endDocument();
      }
      core.finish();
      for (const format of formats) made[`${shape}/${content}/${format}`] = await output(encoded(core, format, documents));
    }
  }
  return made as Outputs;
}

/** Every recording through one instance, in their order. */
export async function allOutputs(core: Door, recordings: readonly Recording[]): Promise<Outputs[]> {
  const all: Outputs[] = [];
  for (const { documents } of recordings) all.push(await outputs(core, documents));
  return all;
}
