// Rows of a document in memory, and the places inside a row's JSON: what mutations change and shrinking takes away.
//
// It joins and parts bytes at newlines and keeps every other byte, so that damage made before stays as it is.

import type { Document } from "../support/core.ts";

const newline = 10;

/** A document's rows without their newlines; joined again they are the document, to the byte. */
export function rowsOf({ bytes }: Document): Buffer[] {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rows: Buffer[] = [];
  let from = 0;
  for (let at = whole.indexOf(newline); at >= 0; at = whole.indexOf(newline, from)) {
    rows.push(whole.subarray(from, at));
    from = at + 1;
  }
  rows.push(whole.subarray(from));
  return rows;
}

export function withRows({ name }: Document, rows: readonly Buffer[]): Document {
  return { name, bytes: Buffer.concat(rows.flatMap((row, index) => (index === 0 ? [row] : [Buffer.from([newline]), row]))) };
}

/** What a row says, if it is an object or array that JSON.parse reads. */
export function parsed(row: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(row).toString("utf8"));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A member of an object or an item of an array, at any depth. */
export interface Place {
  holder: Record<string, unknown>;
  key: string;
}

export function placesIn(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}

/** Takes a member away, or an item out of its array. */
export function remove({ holder, key }: Place): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}
