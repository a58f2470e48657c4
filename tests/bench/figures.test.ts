// The arithmetic behind the bench's tables: middle, spread, exponent, columns.

import assert from "node:assert/strict";
import { test } from "node:test";
import { exponent, median, sizeName, spread, table } from "../../bench/figures.ts";

test("the median is the middle, or the mean of the two in the middle", () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

test("the spread is half the distance of the quartiles over the median", () => {
  assert.equal(spread([10, 10, 10]), 0);
  assert.equal(spread([8, 9, 10, 11, 12]), 0.1);
});

test("the exponent tells linear from quadratic, whatever the factor", () => {
  const sizes = [1, 10, 100, 1000];
  assert.ok(Math.abs(exponent(sizes.map((size) => [size, 7 * size])) - 1) < 1e-12);
  assert.ok(Math.abs(exponent(sizes.map((size) => [size, 0.1 * size * size])) - 2) < 1e-12);
});

test("columns are as wide as their widest cell, and remarks do not widen them", () => {
  assert.equal(table([["", "a"], ["name", "12"], ["a remark much longer than the rest"]]), "       a\nname  12\na remark much longer than the rest");
});

test("sizes have names", () => {
  assert.deepEqual([100_054, 999_394, 1_500_000, 99_999_818, 1_000_000_564].map(sizeName), ["100 KB", "1 MB", "1.5 MB", "100 MB", "1 GB"]);
});
