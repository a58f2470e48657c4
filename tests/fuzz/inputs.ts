// What a fuzz input is: a family that was recorded or written by hand, changed a few times as a seed says.
//
// The same seed makes the same input on every machine. It does not know what the changes are.

import { Random } from "../../bench/session/random.ts";
import type { Document } from "../support/core.ts";
import { fixtures } from "../support/fixture.ts";
import { scenes } from "../support/scenes/index.ts";
import type { FuzzInput } from "./check.ts";
import { mutations, named } from "./mutate.ts";

/** A family to begin with: large recordings seldom, because one of them costs as much as twenty small ones. */
const large = 60_000;
const sizeOf = (documents: readonly Document[]): number => documents.reduce((sum, { bytes }) => sum + bytes.length, 0);
const recordings = fixtures().map(({ name, documents }) => ({ name, documents }));
const small = [...recordings, ...recordings, ...scenes].filter(({ documents }) => sizeOf(documents) < large);
const others = recordings.filter(({ documents }) => sizeOf(documents) >= large);

export interface Made extends FuzzInput {
  seed: number;
  /** The family that was changed. */
  from: string;
}

/** The input of a seed: the same for ever, as long as the recordings, the scenes and this file are. */
export function inputOf(seed: number): Made {
  const random = new Random(seed);
  const { name, documents } = random.chance(0.02) ? random.pick(others) : random.pick(small);
  const changed = documents.map((document) => ({ ...document }));
  // Another family's documents beside them, now and then: ids that meet are the point of the other changes.
  if (random.chance(0.05))
    for (const { name: called, bytes: whole } of random.pick(small).documents) changed.push({ name: named(called, changed), bytes: whole });
  for (let count = 1 + random.below(6); count > 0; count--) random.pick(mutations)(random, changed);
  const options = {
    shape: random.pick(["turns", "turns", "session"] as const),
    content: random.pick(["full", "full", "full", "metadata"] as const),
  };
  return {
    seed,
    from: name,
    documents: changed,
    options,
    window: random.pick([1, 3, 7, 61, 64, 1000, 4096, 65536]),
    shuffle: random.next(),
  };
}

/** The seeds of a run. */
export function* seedsOf(run: number): Generator<number> {
  const random = new Random(run);
  for (;;) yield random.next();
}
