// The recipe of ids against published vectors, and against what docs/SPANS.md says in words.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { murmur3, spanId, traceId } from "./identity.ts";

test("MurmurHash3 x64 128 gives the published hashes", () => {
  const hash = (written: string): string => murmur3(Buffer.from(written)).map((half) => half.toString(16).padStart(16, "0")).join("");
  assert.equal(hash(""), "0".repeat(32));
  assert.equal(hash("hello"), "cbd8a7b341bd9b025b1e906a48ae1d19");
  assert.equal(hash("The quick brown fox jumps over the lazy dog"), "e34bbc7bbc071b6c7a433ca9c49a9347");
});

test("a trace id is a cut SHA-256 over length-prefixed parts", () => {
  const tuple = Buffer.from("\0\0\0\x11spanloom.trace.v1\0\0\0\x04turn\0\0\0\x0bclaude-code\0\0\0\x02\u00e9", "utf8");
  assert.equal(traceId("turn", "\u00e9").toString("hex"), createHash("sha256").update(tuple).digest("hex").slice(0, 32));
});

test("a span id is the little-endian first half over trace id, role and own id", () => {
  const trace = traceId("turn", "x");
  const [first] = murmur3(Buffer.concat([trace, Buffer.from("chat\0msg_1")]));
  assert.equal(spanId(trace, "chat", "msg_1").readBigUInt64LE(), first);
});
