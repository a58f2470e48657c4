// Drawing by chance: words for what is usual and what is not, and names that several kinds of row share.

import fc from "fast-check";
import type { Ref } from "../script.ts";

export const pick = <T>(...list: T[]): fc.Arbitrary<T> => fc.constantFrom(...list);

/** The usual so many times as often as the unusual. */
export const often = <T>(share: number, usual: fc.Arbitrary<T>, unusual: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: usual, weight: share }, { arbitrary: unusual, weight: 1 });
/** Mostly undefined. */
export const seldom = <T>(share: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  often<T | undefined>(share, fc.constant(undefined), arbitrary);

export const ref: fc.Arbitrary<Ref> = often(3, fc.constant({}), fc.record({ again: fc.nat(3) }));
export const types = ["Explore", "Plan", "general-purpose"];
export const names = ["ann", "bob", "Explore"];
