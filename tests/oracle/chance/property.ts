// One property of what is made by chance, as a test: SPANLOOM_CASES=5000 tries more cases, SPANLOOM_SEED=7 others. A failure
// names its seed and path, and shows the smallest case that fails.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assertSame } from "../../golden/same.ts";
import { type Document, type newCore, run, shuffled } from "../../support/core.ts";

export const cases = Number(process.env["SPANLOOM_CASES"] ?? 300);
export const seed = Number(process.env["SPANLOOM_SEED"] ?? 1);

export const shown = (documents: readonly Document[]): string =>
  documents.map(({ name, bytes }) => `--- ${name}\n${Buffer.from(bytes).toString("utf8")}`).join("\n");

/** `holds` throws if it does not; `words` shows a case. */
export function property<T>(name: string, made: fc.Arbitrary<T>, words: (one: T) => string, holds: (one: T) => void): void {
  test(name, () => {
    const told = (one: T): void => {
      try {
        holds(one);
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.message : String(error)}\n${words(one)}`);
      }
    };
    const details = fc.check(fc.property(made, told), { numRuns: cases, seed });
    if (details.failed)
      assert.fail(
        `SPANLOOM_SEED=${details.seed}, path ${details.counterexamplePath}: ${String((details.errorInstance as Error)?.message)}`,
      );
  });
}

/** Neither the order of documents nor how they are cut changes a byte. */
export function readAlike(made: fc.Arbitrary<Document[]>, core: ReturnType<typeof newCore>): void {
  property("the order of documents changes nothing", made, shown, (documents) => {
    const expected = run(documents, { core });
    const backwards = documents.map((_, index) => documents.length - 1 - index);
    for (const order of [backwards, shuffled(documents.length, 1), shuffled(documents.length, 2)])
      assertSame(run(documents, { core, order }), expected, `order ${order.join(" ")}`);
  });
  property("cutting changes nothing", made, shown, (documents) => {
    const expected = run(documents, { core });
    for (const window of [1, 7, 64, 4096]) assertSame(run(documents, { core, window }), expected, `pieces of ${window}`);
    assertSame(run(documents, { build: "scalar", window: 61 }), expected, "without SIMD, in another instance");
  });
}
