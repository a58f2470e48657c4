// An instance that has trapped is refused: whatever its memory holds now, no call reaches it any more.
//
// A core must not trap, so the traps are provoked from outside: by exports of the test's own, and by ruining the memory of a
// real one behind its back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { AbiMismatch, Core, type CoreExports, CoreFault, CoreTrap, DONE, instantiateCore, STATE_BYTES } from "../../bridge/index.ts";
import { coreModule, feed, newCore, run } from "../support/core.ts";
import { fixtures } from "../support/fixture.ts";

const { documents } = fixtures().find(({ scenario }) => scenario === "single-turn")!;

const everyCall: Record<string, (core: Core) => unknown> = {
  open: (core) => core.open(),
  beginDocument: (core) => core.beginDocument("a"),
  window: (core) => core.window(1),
  feed: (core) => core.feed(0),
  endDocument: (core) => core.endDocument(),
  finish: (core) => core.finish(),
  encode: (core) => core.encode("proto"),
  next: (core) => core.next(),
  supply: (core) => core.supply(0),
  close: (core) => core.close(),
  counters: (core) => core.counters(),
  table: (core) => core.table(0),
  spans: (core) => core.spans(),
};

function assertDead(core: Core, trap: CoreTrap): void {
  assert.ok(core.dead);
  for (const [name, call] of Object.entries(everyCall)) {
    assert.throws(
      () => call(core),
      (error) => error instanceof CoreTrap && error.cause === trap.cause,
      `${name} is refused`,
    );
  }
}

function trapOf(act: () => unknown): CoreTrap {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof CoreTrap, `a trap, not ${String(error)}`);
    return error;
  }
  return assert.fail("it did not trap");
}

/** Exports that answer as a core without spans would, but for those given. */
function exportsWith(given: Partial<CoreExports>): CoreExports {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const own = { memory, state: () => 64, input: () => 1024, next: () => DONE, ...given };
  return new Proxy(own, { get: (target, name) => Reflect.get(target, name) ?? (() => 0) }) as unknown as CoreExports;
}

test("a trap in any call kills the instance", () => {
  for (const call of ["open", "begin_document", "feed", "end_document", "finish", "encode", "next", "supply"] as const) {
    const cause = new WebAssembly.RuntimeError("unreachable");
    const core = new Core(
      exportsWith({
        [call]: () => {
          throw cause;
        },
      }),
    );
    const trap = trapOf(() => {
      for (const act of Object.values(everyCall)) act(core);
    });
    assert.equal(trap.call, call);
    assert.equal(trap.cause, cause);
    assertDead(core, trap);
  }
});

test("a fault kills nothing", () => {
  const core = new Core(exportsWith({ finish: () => -1 }));
  assert.throws(
    () => core.finish(),
    (error) => error instanceof CoreFault && error.call === "finish" && error.code === -1,
  );
  assert.ok(!core.dead);
  core.close();
});

test("an instance whose memory was ruined traps once and is refused ever after; another one knows nothing of it", () => {
  const core = newCore();
  const exports = new WebAssembly.Instance(coreModule()).exports as unknown as CoreExports;
  const ruined = new Core(exports);
  ruined.open();
  for (const document of documents) feed(ruined, document);
  const from = (exports.state() >>> 0) + STATE_BYTES;
  new Uint8Array(exports.memory.buffer).fill(0xff, from);
  const trap = trapOf(() => {
    ruined.finish();
    ruined.encode("proto");
    ruined.next();
  });
  assert.ok(trap.cause instanceof WebAssembly.RuntimeError);
  assertDead(ruined, trap);
  assert.ok(run(documents, { core }).proto.length > 0);
});

test("what is no core of this version is refused before it is called", () => {
  const empty = Buffer.from("0061736d01000000", "hex");
  assert.throws(
    () => instantiateCore(empty),
    (error) => error instanceof AbiMismatch && error.wrong.includes("memory is not exported"),
  );
});
