// Loaded before tests: a failing `assert.ok` without a message says so at once.
//
// Node would look for the words of the assertion in the source, at the line and column of the JavaScript that tsx has made
// of it, which are others; in a long file that search does not end.

import assert from "node:assert/strict";

const { ok } = assert;

assert.ok = function (...given) {
  const [value, message = "not true; the stack has the line"] = given;
  // Node's own words for being asked nothing.
  if (given.length === 0) return ok();
  ok(value, message);
};
