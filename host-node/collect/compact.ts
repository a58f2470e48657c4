// Makes a session's file smaller without changing what it says: a text streams in as hundreds of pieces, and is then
// written whole; a tool's output is repeated with each line it grows by. What a later line says again goes.
//
// Only that: writes of messages and sessions stay, all of them, because retries and failures belong to what was written
// above them.

import { closeSync, openSync, renameSync, rmSync } from "node:fs";
import { writeWhole } from "../state/files.ts";
import { LineFile } from "../store/lines.ts";
import { readEvent, textOf, valueOf } from "./event.ts";

/** Types of which only the last of a session counts for anybody. */
const replaced = new Set(["session.diff", "todo.updated"]);

interface Line {
  /** What it says again, if it does. */
  readonly key: string;
  readonly isPiece: boolean;
}

function lineOf(bytes: Buffer): Line | undefined {
  const event = readEvent(bytes.toString());
  if (event === undefined) return undefined;
  const { type, properties } = event;
  if (type === "message.part.updated") return { key: textOf(valueOf(properties, "part"), "id"), isPiece: false };
  if (type === "message.part.delta") return { key: textOf(properties, "partID"), isPiece: true };
  return replaced.has(type) ? { key: type, isPiece: false } : undefined;
}

/** Rewrites the file, whole or not at all. */
export function compact(path: string): void {
  const file = new LineFile(path);
  const aside = `${path}.${process.pid}.tmp`;
  try {
    const last = new Map<string, number>();
    for (const { line, bytes } of file.lines()) {
      const found = lineOf(bytes);
      if (found !== undefined && !found.isPiece && found.key !== "") last.set(found.key, line);
    }
    const descriptor = openSync(aside, "w", 0o600);
    try {
      const kept: Buffer[] = [];
      let length = 0;
      const flush = (): void => {
        writeWhole(descriptor, Buffer.concat(kept.splice(0)));
        length = 0;
      };
      for (const { line, bytes } of file.lines()) {
        const found = lineOf(bytes);
        if (found !== undefined && line < (last.get(found.key) ?? 0)) continue;
        // The line's memory is used again for the next.
        kept.push(Buffer.from(bytes), Buffer.from("\n"));
        length += bytes.length;
        if (length > 1024 * 1024) flush();
      }
      flush();
    } finally {
      closeSync(descriptor);
    }
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  } finally {
    file.close();
  }
}
