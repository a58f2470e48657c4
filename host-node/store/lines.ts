// Lines of a file, one after another, however long the file is. It keeps one line in memory and knows nothing of what
// stands in it.

import { closeSync, openSync, readSync } from "node:fs";

/** Where a line stands. */
export interface LinePlace {
  /** From 1; blank lines count. */
  readonly line: number;
  readonly offset: number;
  readonly length: number;
}

export interface Line extends LinePlace {
  /** Without its line break. Good until the next line is asked for. */
  readonly bytes: Buffer;
}

const chunkBytes = 256 * 1024;
const lineBreak = 10;

const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte === 32 || (byte >= 9 && byte <= 13));

/** A file held open, so that it stays what it is although another takes its name. */
export class LineFile {
  readonly #descriptor: number;

  constructor(readonly path: string) {
    this.#descriptor = openSync(path, "r");
  }

  /** The lines that are not blank; the last one need not be ended. */
  *lines(): Generator<Line, void, undefined> {
    let [line, offset] = [1, 0];
    let begun: Buffer[] = [];
    const ended = (last: Buffer): Line => {
      const bytes = begun.length === 0 ? last : Buffer.concat([...begun, last]);
      begun = [];
      const whole = { line: line++, offset, length: bytes.length, bytes };
      offset += bytes.length + 1;
      return whole;
    };
    for (const piece of this.#pieces()) {
      let from = 0;
      for (let to = piece.indexOf(lineBreak); to >= 0; to = piece.indexOf(lineBreak, from)) {
        const whole = ended(piece.subarray(from, to));
        if (!isBlank(whole.bytes)) yield whole;
        from = to + 1;
      }
      // The chunk is written over by the next reading.
      if (from < piece.length) begun.push(Buffer.from(piece.subarray(from)));
    }
    const rest = ended(Buffer.alloc(0));
    if (!isBlank(rest.bytes)) yield rest;
  }

  /** A line once more. */
  at({ offset, length }: LinePlace): Buffer {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(this.#descriptor, bytes, 0, length, offset));
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  *#pieces(): Generator<Buffer> {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    for (let position = 0; ;) {
      const read = readSync(this.#descriptor, chunk, 0, chunkBytes, position);
      if (read === 0) return;
      position += read;
      yield chunk.subarray(0, read);
    }
  }
}
