// The same bytes come out however a family goes in: in pieces of any size, in any order of its documents, again in the same
// instance or in another, with SIMD or without.

import assert from "node:assert/strict";
import { test } from "node:test";
import { newCore, run, shuffled } from "../support/core.ts";
import { fixtures } from "../support/fixture.ts";
import { scenes } from "../support/scenes/index.ts";
import { assertSame } from "./same.ts";

const windows = [1, 7, 4096];
const seeds = [1, 2, 3, 4, 5];
const all = fixtures();

// What was built in one instance before may not show in what is built now, so one instance serves them all.
const shared = newCore();
const scalar = newCore("scalar");

for (const { name, documents } of all) {
  const expected = run(documents);

  test(`${name}: any cutting`, () => {
    for (const window of windows) assertSame(run(documents, { core: shared, window }), expected, `pieces of ${window}`);
  });

  // One document has one order.
  if (documents.length > 1)
    test(`${name}: any order of documents`, () => {
      const backwards = documents.map((_, index) => documents.length - 1 - index);
      for (const order of [backwards, ...seeds.map((seed) => shuffled(documents.length, seed))]) {
        assertSame(run(documents, { core: shared, order }), expected, `order ${order.join(" ")}`);
      }
    });

  test(`${name}: kept, or brought again`, () => {
    const bytes = documents.reduce((sum, document) => sum + document.bytes.length, 0);
    assert.equal(expected.needs, 0, "nothing is asked for of a family that is kept");
    for (const keptBytes of [0, bytes >> 2, bytes, bytes + 4096]) {
      assertSame(run(documents, { core: shared, keptBytes, window: 4096 }), expected, `at most ${keptBytes} bytes kept`);
    }
    assert.ok(run(documents, { core: shared, keptBytes: 0 }).needs > 0, "nothing kept, so content is asked for");
  });

  test(`${name}: twice in one instance and in another`, () => {
    const core = newCore();
    assertSame(run(documents, { core }), expected, "another instance");
    assertSame(run(documents, { core, formats: ["proto", "json"] }), expected, "again, the formats the other way round");
  });

  test(`${name}: without SIMD`, () => {
    assertSame(run(documents, { core: scalar }), expected, "scalar");
    assertSame(run(documents, { core: scalar, window: 61 }), expected, "scalar, pieces of 61");
  });
}

// What hand-written families hold is odder than any recording: cut and mixed as well, all ways at once.
for (const { name, documents } of scenes) {
  test(`${name}: any cutting and any order`, () => {
    const expected = run(documents);
    for (const [index, window] of windows.entries()) {
      const order = shuffled(documents.length, index + 1);
      assertSame(run(documents, { core: shared, window, order }), expected, `pieces of ${window}, order ${order.join(" ")}`);
      assertSame(run(documents, { core: scalar, window, order }), expected, `scalar, pieces of ${window}`);
    }
  });
}

test("an instance that held everything else before gives the same, and takes no more memory for it", () => {
  const core = newCore();
  const first = all.map(({ documents }) => run(documents, { core }));
  const held = core.memoryBytes;
  all.forEach(({ name, documents }, index) => assertSame(run(documents, { core }), first[index]!, name));
  // Memory is used again: a second round over the same families may need no new page.
  assert.equal(core.memoryBytes, held);
});

test("an order is mixed by its seed and loses nothing", () => {
  assert.deepEqual([...shuffled(9, 4)].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(shuffled(9, 4), shuffled(9, 4));
  assert.notDeepEqual(shuffled(9, 4), shuffled(9, 5));
});
