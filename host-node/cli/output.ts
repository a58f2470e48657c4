// Where the bytes go: standard output, or a file that appears whole or not at all. Writes at once, so that memory of
// the core can be written without a copy.

import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { systemWord } from "../sources/document.ts";
import { STDOUT } from "./terminal.ts";

/** The output could not be written. */
export class OutputError extends Error {
  override readonly name = "OutputError";
  constructor(
    readonly shown: string,
    readonly detail: string,
  ) {
    super(`${shown}: ${detail}`);
  }
}

/** Nobody reads standard output any more; no failure, but no reason to go on either. */
export class OutputClosed extends Error {
  override readonly name = "OutputClosed";
}

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Writes all of it, waiting where a pipe that does not block is full. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length;) {
    try {
      from += writeSync(descriptor, bytes, from, bytes.length - from);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

export interface Output {
  readonly shown: string;
  write(bytes: Uint8Array): void;
  /** All is written: a file takes its name. */
  commit(): void;
  /** Not all could be written: nothing is left of a file. Does nothing to one that has its name. */
  discard(): void;
}

class StandardOutput implements Output {
  readonly shown = "standard output";

  write(bytes: Uint8Array): void {
    try {
      writeAll(STDOUT, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EPIPE") throw new OutputClosed();
      throw new OutputError(this.shown, systemWord(error));
    }
  }

  commit(): void {}
  discard(): void {}
}

class FileOutput implements Output {
  readonly #target: string;
  readonly #aside: string | undefined;
  readonly #descriptor: number;
  #open = true;
  #committed = false;

  constructor(readonly shown: string) {
    try {
      const stat = statSync(shown, { throwIfNoEntry: false });
      if (stat?.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
      // A link stays a link; a device or pipe is written to, never replaced.
      this.#target = stat === undefined ? shown : realpathSync(shown);
      const plain = stat === undefined || stat.isFile();
      this.#aside = plain ? join(dirname(this.#target), `.${basename(this.#target)}.${process.pid}`) : undefined;
      this.#descriptor = openSync(this.#aside ?? this.#target, plain ? "wx" : "w");
    } catch (error) {
      throw new OutputError(shown, systemWord(error));
    }
  }

  write(bytes: Uint8Array): void {
    try {
      writeAll(this.#descriptor, bytes);
    } catch (error) {
      throw new OutputError(this.shown, systemWord(error));
    }
  }

  commit(): void {
    try {
      this.#close();
      if (this.#aside !== undefined) renameSync(this.#aside, this.#target);
      this.#committed = true;
    } catch (error) {
      throw new OutputError(this.shown, systemWord(error));
    }
  }

  discard(): void {
    // Called at every end; looking for a file that has its name takes a millisecond.
    if (this.#committed) return;
    this.#close();
    if (this.#aside !== undefined) rmSync(this.#aside, { force: true });
  }

  #close(): void {
    if (this.#open) closeSync(this.#descriptor);
    this.#open = false;
  }
}

/** Opens `-` or a file. */
export function openOutput(shown: string): Output {
  return shown === "-" ? new StandardOutput() : new FileOutput(shown);
}
