// What an engine is to whoever compares them.

import type { Outputs, Recording } from "./outputs.ts";

export interface Made {
  /** Which engine exactly. */
  version: string;
  /** One for each recording. */
  outputs: Outputs[];
}

export interface Engine {
  readonly name: string;
  /**
   * Runs a core's bytes over the recordings.
   * @throws EngineMissing if this machine has no such engine
   */
  make(core: Uint8Array<ArrayBuffer>, recordings: readonly Recording[]): Promise<Made>;
}

/** The engine is not on this machine; the message says what was looked for. Anything else an engine throws is a defect. */
export class EngineMissing extends Error {
  override readonly name = "EngineMissing";
}
