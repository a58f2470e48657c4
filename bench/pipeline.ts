// A family through the core, as a host does it: windows are read straight into linear memory, and what the core asks for
// while it encodes is read again. The output is looked at and dropped.
//
// It uses the bridge and nothing of a host, so what is measured is the core, the bridge and the reading.

import { closeSync, openSync, readSync } from "node:fs";
import { WINDOW_BYTES, type Core, type Encoding, type OpenOptions } from "../bridge/index.ts";
import type { Family } from "./input.ts";

/** Where bytes come from: a file that is read in windows, or memory. */
export interface Source {
  name: string;
  bytes: number;
  /** Feeds all of it. */
  feed(core: Core): void;
  /** Answers a need. */
  supply(core: Core, offset: number, length: number): void;
  close(): void;
}

export interface Outcome {
  requests: number;
  spans: number;
  bytes: number;
  needs: number;
  /** Bytes that were read a second time. */
  suppliedBytes: number;
}

function readFully(file: number, memory: Uint8Array, at: number, length: number, position: number): number {
  let done = 0;
  while (done < length) {
    const read = readSync(file, memory, at + done, length - done, position + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}

export function fileSources({ documents }: Family): Source[] {
  return documents.map(({ name, path, bytes }) => {
    const file = openSync(path, "r");
    return {
      name,
      bytes,
      feed(core) {
        for (let position = 0; position < bytes; ) {
          const { memory, offset } = core.window(WINDOW_BYTES);
          const read = readSync(file, memory, offset, Math.min(WINDOW_BYTES, bytes - position), position);
          if (read === 0) throw new Error(`${name} became shorter`);
          core.feed(read);
          position += read;
        }
      },
      supply(core, offset, length) {
        const window = core.window(length);
        core.supply(readFully(file, window.memory, window.offset, length, offset));
      },
      close: () => closeSync(file),
    };
  });
}

/** The same from memory: the core copies in what a file would have been read into. */
export function memorySources({ documents }: Family, contents: readonly Buffer[]): Source[] {
  return documents.map(({ name, bytes }, index) => {
    const content = contents[index] as Buffer;
    return {
      name,
      bytes,
      feed: (core) => core.write(content),
      supply: (core, offset, length) => core.supplyBytes(content.subarray(offset, offset + length)),
      close: () => undefined,
    };
  });
}

/** The first reading, up to `finish`: facts and positions, no content. */
export function readFamily(core: Core, sources: readonly Source[], options: OpenOptions = {}): void {
  core.open(options);
  for (const source of sources) {
    core.beginDocument(source.name);
    source.feed(core);
    core.endDocument();
  }
  core.finish();
}

/** All requests in one format, with the second reading if the core asks for it. */
export function encodeFamily(core: Core, sources: readonly Source[], format: Encoding = "proto"): Outcome {
  const outcome: Outcome = { requests: 0, spans: 0, bytes: 0, needs: 0, suppliedBytes: 0 };
  core.encode(format);
  for (;;) {
    const step = core.next();
    if (step.status === "done") return outcome;
    if (step.status === "batch") {
      outcome.requests++;
      outcome.spans += step.spans;
      outcome.bytes += step.bytes.length;
    } else {
      outcome.needs++;
      outcome.suppliedBytes += step.length;
      const source = sources[step.document];
      if (source === undefined) throw new Error(`the core asks for document ${step.document} of ${sources.length}`);
      source.supply(core, step.offset, step.length);
    }
  }
}
