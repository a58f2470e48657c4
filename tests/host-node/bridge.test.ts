// The bridge keeps the promises of the door on its side: no view outlives a growth, a fault is told and survived, a
// trap ends the instance, and what is no core is refused.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  between,
  AbiMismatch,
  BATCH,
  compileCore,
  Core,
  CoreFault,
  CoreTrap,
  FAULT_CALL_ORDER,
  FAULT_SOURCE,
  instantiateCore,
  jsonText,
  NEED,
  STATE_COUNTERS,
  STATE_NEED_DOCUMENT,
  STATE_NEED_LENGTH,
  STATE_NEED_OFFSET,
  STATE_OUT_LENGTH,
  STATE_OUT_POINTER,
  STATE_OUT_SPANS,
  WINDOW_BYTES,
} from "../../bridge/index.ts";
import { fakeCore, scratchAddress } from "./fake-core.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test("options are written at the input and set in order", () => {
  const fake = fakeCore();
  const core = new Core(fake);
  core.open({ shape: "session", content: "metadata", batchBytes: 9, agentName: "agent", resource: { a: "b" } });
  assert.deepEqual(fake.calls, ["state()", "open(1, 0, 9)", "input(5)", "option(1, 5)", "input(3)", "option(2, 3)"]);
});

test("a window is all of memory, the same view until memory grows", () => {
  const fake = fakeCore();
  const core = new Core(fake);
  const first = core.window(10).memory;
  assert.equal(core.window(10).memory, first);
  fake.growIn("feed");
  core.feed(1);
  const second = core.window(10);
  assert.notEqual(second.memory, first);
  assert.equal(second.memory.byteLength, 9 * 65536);
  assert.equal(first.byteLength, 0, "the old view is detached");
});

test("memory that grows while a window is asked for is seen", () => {
  const fake = fakeCore();
  const core = new Core(fake);
  fake.growIn("input");
  const { memory, offset } = core.window(4);
  memory.set([1, 2, 3, 4], offset);
  core.feed(4);
  assert.deepEqual([...(fake.fed[0] as Uint8Array)], [1, 2, 3, 4]);
});

test("bytes from elsewhere are fed in windows", () => {
  const fake = fakeCore();
  new Core(fake).write(new Uint8Array(WINDOW_BYTES + 5).fill(7));
  assert.deepEqual(
    fake.fed.map((piece) => piece.length),
    [WINDOW_BYTES, 5],
  );
  assert.ok(fake.fed.every((piece) => piece.every((byte) => byte === 7)));
});

test("next answers requests, needs and the end", () => {
  const fake = fakeCore();
  const core = new Core(fake);
  fake.answer("next", BATCH, NEED, 3);
  fake.u32(STATE_OUT_POINTER, scratchAddress);
  fake.u32(STATE_OUT_LENGTH, 3);
  fake.u32(STATE_OUT_SPANS, 2);
  fake.write(scratchAddress, bytesOf("abc"));
  const batch = core.next();
  assert.ok(batch.status === "batch" && batch.spans === 2);
  assert.equal(new TextDecoder().decode(batch.bytes), "abc");
  fake.u32(STATE_NEED_DOCUMENT, 4);
  fake.u32(STATE_NEED_LENGTH, 5);
  fake.u32(STATE_NEED_OFFSET, 6);
  fake.u32(STATE_NEED_OFFSET + 4, 1);
  assert.deepEqual(core.next(), { status: "need", document: 4, offset: 4294967296 + 6, length: 5 });
  assert.deepEqual(core.next(), { status: "done" });
});

test("a fault is told and the instance goes on", () => {
  const fake = fakeCore();
  const core = new Core(fake);
  fake.answer("feed", FAULT_CALL_ORDER);
  assert.throws(
    () => core.feed(1),
    (error) =>
      error instanceof CoreFault && error.call === "feed" && error.code === FAULT_CALL_ORDER && error.detail === 77,
  );
  core.feed(1);
  assert.equal(core.dead, false);
  fake.answer("supply", FAULT_SOURCE);
  assert.throws(() => core.supply(1), CoreFault);
  fake.answer("input", 0);
  assert.throws(() => core.window(1), CoreFault);
});

test("after a trap the instance refuses everything", () => {
  const fake = fakeCore();
  const core = new Core(fake);
  fake.answer("finish", new WebAssembly.RuntimeError("unreachable"));
  assert.throws(
    () => core.finish(),
    (error) => error instanceof CoreTrap && error.call === "finish",
  );
  assert.equal(core.dead, true);
  const before = fake.calls.length;
  for (const again of [
    () => core.open(),
    () => core.feed(1),
    () => core.next(),
    () => core.table(0),
    () => core.counters(),
    () => core.close(),
  ]) {
    assert.throws(again, CoreTrap);
  }
  assert.equal(fake.calls.length, before, "nothing is called any more");
});

test("an address above two gigabytes is no negative number", () => {
  const fake = fakeCore();
  const core = new Core(fake);
  fake.answer("input", -2147483648 + 16);
  assert.equal(core.window(1).offset, 2147483648 + 16);
});

test("counters are named and wider than 32 bits", () => {
  const fake = fakeCore();
  const core = new Core(fake);
  fake.u32(STATE_COUNTERS + 8, 1);
  fake.u32(STATE_COUNTERS + 12, 2);
  fake.u32(STATE_COUNTERS + 8 * (16 + 3), 9);
  const { bytes, skippedBy } = core.counters();
  assert.equal(bytes, 2 * 4294967296 + 1);
  assert.equal(skippedBy.metadata, 9);
});

test("columns are read in place, also after memory grew", () => {
  const fake = fakeCore();
  const core = new Core(fake);
  fake.describe(2, [
    [scratchAddress, 16, 8],
    [scratchAddress + 8, 16, 4],
  ]);
  fake.u32(scratchAddress + 8, 5);
  fake.u32(scratchAddress + 16, 0xffffffff);
  fake.u32(scratchAddress + 20, 0xffffffff);
  fake.u32(scratchAddress + 24, 6);
  const table = core.table(4);
  fake.memory.grow(1);
  assert.equal(table.rows, 2);
  assert.deepEqual(
    [0, 1].map((row) => table.column(1).u32(row)),
    [5, 6],
  );
  assert.equal(table.column(0).i64(1), -1);
  assert.equal(table.column(0).big(1), -1n);
  assert.equal(table.column(0).hex(1), "ffffffffffffffff");
  assert.throws(() => table.column(2), RangeError);
});

test("what lies between two times has no noise of their size", () => {
  const [start, end] = [1763712000014.7957, 1763712002485.296];
  assert.notEqual(end - start, 2470.5);
  assert.equal(between(start, end), 2470.5);
});

test("what is no core is refused", async () => {
  const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  const module = await compileCore(empty);
  assert.throws(
    () => instantiateCore(module),
    (error) => error instanceof AbiMismatch && error.wrong.includes("memory is not exported"),
  );
  // (import "env" "seed" (func))
  const importing = Uint8Array.of(
    0,
    97,
    115,
    109,
    1,
    0,
    0,
    0,
    1,
    4,
    1,
    0x60,
    0,
    0,
    2,
    12,
    1,
    3,
    101,
    110,
    118,
    4,
    115,
    101,
    101,
    100,
    0,
    0,
  );
  assert.throws(() => instantiateCore(importing), /env\.seed is imported/);
});

test("text of a file is decoded as JSON means it", () => {
  const text = (raw: string, cut = false): string => jsonText(bytesOf(raw), cut);
  assert.equal(text("plain ü 漢"), "plain ü 漢");
  assert.equal(text('a\\n\\"b\\" \\u00e9 \\ud83d\\ude80'), 'a\n"b" é 🚀');
  assert.equal(text("broken \\x and \\u12 stay"), "broken \\x and \\u12 stay");
  assert.equal(text("tab\there"), "tab\there");
  assert.equal(text("a\\\\", true), "a\\");
  assert.equal(text("a\\", true), "a");
  assert.equal(text("a\\u00", true), "a");
  assert.equal(jsonText(bytesOf("漢字").subarray(0, 5), true), "漢");
});
