// What all parts of one made session share: chance, words, the clock, the count of truth, and how much room is left.
//
// It decides nothing; `story.ts`, `work.ts` and `response.ts` do.

import type { Grain } from "./calls.ts";
import type { Random, Spread } from "./random.ts";
import type { Library } from "./text.ts";
import type { Client, Clock, Transcript, Truth } from "./transcript.ts";

/** A turn is brought to its end when less than this is left, in bytes: an answer and the rows after it. */
export const ENDING = 4_000;

export class Scene {
  /** Tokens the model has before it in the session's own conversation. */
  context = 18_000;

  constructor(
    readonly random: Random,
    readonly library: Library,
    readonly grain: Grain,
    readonly client: Client,
    readonly clock: Clock,
    readonly truth: Truth,
    readonly bytes: number,
    readonly directory: string,
  ) {}

  left(): number {
    return this.bytes - this.truth.bytes;
  }

  /** Keeps a content's size far below what is left: it may stand twice in a row, escaped, and four of its kind beside it. */
  readonly fits = (size: number): number => Math.max(80, Math.min(size, Math.floor((this.left() - ENDING) / 12)));

  prose(spread: Spread): string {
    return this.library.prose.take(this.random, this.fits(this.random.size(spread))).text;
  }

  base64(spread: Spread): string {
    return this.library.base64(this.random, this.fits(this.random.size(spread)));
  }

  /** The model has read a text of the session's own conversation. */
  reads(transcript: Transcript, characters: number): void {
    if (transcript.agentId === null) this.context += 600 + Math.floor(characters / 4);
  }
}
