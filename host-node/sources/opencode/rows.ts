// Records as events, one JSON object a line: what a server would have said of them had it been asked to say all again. So
// a database, a storage folder and an event stream are one thing to the core.

import { writeSync } from "node:fs";

const batchBytes = 1024 * 1024;

/** Collects lines and writes them in large pieces. */
export class EventWriter {
  #lines: string[] = [];
  #length = 0;
  #position = 0;

  constructor(readonly descriptor: number) {}

  /** The first line: where the rest comes from. What only events tell is unknown there. */
  source(source: string, path: string): void {
    this.#add(JSON.stringify({ type: "spanloom.source", properties: { source, path } }));
  }

  session(info: object): void {
    this.#add(JSON.stringify({ type: "session.updated", properties: { info } }));
  }

  /** Messages and parts are JSON on one line. */
  message(info: string): void {
    this.#add(`{"type":"message.updated","properties":{"info":${info}}}`);
  }

  part(part: string): void {
    this.#add(`{"type":"message.part.updated","properties":{"part":${part}}}`);
  }

  flush(): void {
    if (this.#lines.length === 0) return;
    const bytes = Buffer.from(`${this.#lines.join("\n")}\n`);
    for (let from = 0; from < bytes.length; ) {
      const written = writeSync(this.descriptor, bytes, from, bytes.length - from, this.#position);
      from += written;
      this.#position += written;
    }
    this.#lines = [];
    this.#length = 0;
  }

  #add(line: string): void {
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#length >= batchBytes) this.flush();
  }
}

/** One object of two on one line, without reading the second; what is no object stays what it is, for the core to judge. */
export function joined(ids: Readonly<Record<string, string>>, data: string): string {
  // Line breaks between values mean nothing, and within one they are none of JSON's.
  const line = data.replace(/[\r\n]/g, " ").trim();
  const inside = /^\{\s*/.exec(line)?.[0].length;
  if (inside === undefined) return line === "" ? "null" : line;
  const first = JSON.stringify(ids).slice(0, -1);
  return line[inside] === "}" ? `${first}}` : `${first},${line.slice(inside)}`;
}
