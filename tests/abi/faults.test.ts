// Wrong calls: each answers the documented negative status, says so in the state block and leaves the instance as it was,
// so that the family it holds still gives the same bytes.
//
// It calls the exports themselves, because the bridge makes most of these mistakes impossible.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as abi from "../../assembly/abi/layout.ts";
import type { CoreExports } from "../../bridge/index.ts";
import { coreModule, type Document, run } from "../support/core.ts";
import { Session } from "../support/session.ts";

const session = new Session("00000000-0000-4000-8000-0000000000fa");
const document: Document = session.prompt("one").call("m1", "t1").result("t1").say("m2", "two").document();
const expected = run([document]).proto;

type Act = (core: CoreExports) => number;

function place(core: CoreExports, bytes: Uint8Array): number {
  const address = core.input(bytes.length) >>> 0;
  assert.notEqual(address, 0, "there is room");
  new Uint8Array(core.memory.buffer).set(bytes, address);
  return bytes.length;
}

const text = (core: CoreExports, written: string): number => place(core, Buffer.from(written));

function field(core: CoreExports, offset: number): number {
  return new DataView(core.memory.buffer).getInt32((core.state() >>> 0) + offset, true);
}

function answerNeed(core: CoreExports): void {
  const from = field(core, abi.STATE_NEED_OFFSET);
  const length = field(core, abi.STATE_NEED_LENGTH);
  assert.equal(core.supply(place(core, document.bytes.subarray(from, from + length))), abi.OK);
}

/** What was encoded from here on. */
function requests(core: CoreExports): Buffer[] {
  const made: Buffer[] = [];
  for (;;) {
    const status = core.next();
    if (status === abi.DONE) return made;
    if (status === abi.NEED) answerNeed(core);
    else if (status === abi.BATCH) {
      const from = field(core, abi.STATE_OUT_POINTER) >>> 0;
      made.push(Buffer.from(new Uint8Array(core.memory.buffer, from, field(core, abi.STATE_OUT_LENGTH))));
    } else assert.fail(`next answered ${status}`);
  }
}

/** The way through the door, one place a step; wrong calls are tried at each. */
const places = ["closed", "open", "reading", "read", "finished", "encoding", "waiting"] as const;
type Place = (typeof places)[number];

const steps: Record<Exclude<Place, "closed">, (core: CoreExports) => void> = {
  open: (core) => {
    assert.equal(core.open(abi.SHAPE_TURNS, abi.CONTENT_FULL, 0), abi.OK);
    // What is kept is never asked for.
    assert.equal(core.option(abi.OPTION_KEPT_BYTES, place(core, new Uint8Array(4))), abi.OK);
  },
  reading: (core) => {
    assert.equal(core.begin_document(text(core, document.name)), 0);
    const half = document.bytes.length >> 1;
    assert.equal(core.feed(place(core, document.bytes.subarray(0, half))), abi.OK);
  },
  read: (core) => {
    const half = document.bytes.length >> 1;
    assert.equal(core.feed(place(core, document.bytes.subarray(half))), abi.OK);
    assert.equal(core.end_document(), abi.OK);
  },
  finished: (core) => assert.equal(core.finish(), abi.OK),
  encoding: (core) => assert.equal(core.encode(abi.FORMAT_PROTO), abi.OK),
  waiting: (core) => assert.equal(core.next(), abi.NEED),
};

const newExports = (): CoreExports => new WebAssembly.Instance(coreModule()).exports as unknown as CoreExports;

/** Goes to a place, does what is wrong there, goes on to the end, and expects the same bytes as if nothing had been. */
function undisturbed(at: Place, wrong: (core: CoreExports) => void): void {
  const core = newExports();
  for (const place of places) {
    if (place !== "closed") steps[place](core);
    if (place === at) wrong(core);
  }
  answerNeed(core);
  assert.deepEqual(requests(core), expected, `the family built ${at} comes out the same`);
}

function assertFault(core: CoreExports, act: Act, code: number, words: string): void {
  assert.equal(act(core), code, words);
  assert.equal(field(core, abi.STATE_FAULT_CODE), code, `${words}: the state block`);
}

const calls: Record<string, Act> = {
  option: (core) => core.option(abi.OPTION_AGENT_NAME, text(core, "robot")),
  begin_document: (core) => core.begin_document(text(core, "other.jsonl")),
  feed: (core) => core.feed(0),
  end_document: (core) => core.end_document(),
  finish: (core) => core.finish(),
  encode: (core) => core.encode(abi.FORMAT_JSON),
  next: (core) => core.next(),
  supply: (core) => core.supply(0),
};

/** Which calls are in order where, as docs/ABI.md draws it; `open`, `close`, `table`, `state` and `abi_version` are everywhere. */
const inOrder: Record<Place, string[]> = {
  closed: [],
  open: ["option", "begin_document", "finish"],
  reading: ["feed", "end_document"],
  read: ["begin_document", "finish"],
  finished: ["encode"],
  encoding: ["encode", "next"],
  waiting: ["encode", "supply"],
};

for (const at of places) {
  test(`out of order, ${at}: a fault that changes nothing`, () => {
    for (const [name, act] of Object.entries(calls)) {
      if (inOrder[at].includes(name)) continue;
      undisturbed(at, (core) => assertFault(core, act, abi.FAULT_CALL_ORDER, `${name} while ${at}`));
    }
  });
}

const wrongArguments: [string, Place, Act][] = [
  ["open: no such shape", "closed", (core) => core.open(2, abi.CONTENT_FULL, 0)],
  ["open: no such shape, in a family", "finished", (core) => core.open(-1, abi.CONTENT_FULL, 0)],
  ["open: no such content", "open", (core) => core.open(abi.SHAPE_TURNS, 2, 0)],
  ["open: a negative limit", "read", (core) => core.open(abi.SHAPE_TURNS, abi.CONTENT_FULL, -1)],
  ["option: no such key", "open", (core) => core.option(99, text(core, "x"))],
  ["option: longer than what was written", "open", (core) => core.option(abi.OPTION_AGENT_NAME, text(core, "x") + 1)],
  ["option: a negative length", "open", (core) => core.option(abi.OPTION_AGENT_NAME, -1)],
  ["option: an agent without a name", "open", (core) => core.option(abi.OPTION_AGENT_NAME, 0)],
  ["option: a resource attribute without a key", "open", (core) => core.option(abi.OPTION_RESOURCE, text(core, "\0value"))],
  ["option: a resource attribute without a value", "open", (core) => core.option(abi.OPTION_RESOURCE, text(core, "key"))],
  ["option: a profile nobody knows", "open", (core) => core.option(abi.OPTION_PROFILE, text(core, String.fromCharCode(abi.PROFILES)))],
  ["option: a profile by name", "open", (core) => core.option(abi.OPTION_PROFILE, text(core, "weave"))],
  ["option: a limit that is no u32", "open", (core) => core.option(abi.OPTION_KEPT_BYTES, text(core, "16777216"))],
  ["begin_document: longer than what was written", "open", (core) => core.begin_document(text(core, "x") + 1)],
  ["begin_document: a negative length", "open", (core) => core.begin_document(-1)],
  ["feed: longer than what was written", "reading", (core) => core.feed(text(core, "{}") + 1)],
  ["feed: a negative length", "reading", (core) => core.feed(-1)],
  ["feed: nothing was written", "reading", (core) => core.feed(1)],
  ["encode: no such format", "finished", (core) => core.encode(7)],
  ["encode: no such format, while encoding", "encoding", (core) => core.encode(-1)],
];

for (const [name, at, act] of wrongArguments) {
  test(`${name}: an argument fault`, () => undisturbed(at, (core) => assertFault(core, act, abi.FAULT_ARGUMENT, name)));
}

test("supply: too few bytes are a source fault, and the right ones are still taken", () => {
  undisturbed("waiting", (core) => {
    const length = field(core, abi.STATE_NEED_LENGTH);
    for (const short of [0, 1, length - 1]) {
      assertFault(core, () => core.supply(place(core, document.bytes.subarray(0, short))), abi.FAULT_SOURCE, `${short} of ${length} bytes`);
      assert.equal(field(core, abi.STATE_NEED_LENGTH), length, "the need stands");
    }
    assertFault(core, () => core.supply(-1), abi.FAULT_SOURCE, "a negative length");
    assert.equal(core.input(length + 1), 0, "there is no room for more than was asked for");
  });
});

test("supply: a length that was never written is a source fault", () => {
  undisturbed("waiting", (core) => {
    const length = field(core, abi.STATE_NEED_LENGTH);
    assert.notEqual(core.input(0), 0);
    assertFault(core, () => core.supply(length), abi.FAULT_SOURCE, "nothing written");
  });
});

test("input: a size that cannot be is no address, and the next size is", () => {
  for (const at of ["open", "reading", "read"] as const) {
    undisturbed(at, (core) => {
      for (const size of [-1, -2147483648, 2147483647]) assert.equal(core.input(size), 0, `${size} bytes while ${at}`);
      assert.notEqual(core.input(10), 0);
    });
  }
});

test("table and state answer at any time and change nothing", () => {
  for (const at of places) {
    undisturbed(at, (core) => {
      const state = core.state();
      for (let id = 0; id < abi.TABLES; id++) assert.notEqual(core.table(id), 0);
      for (const id of [-1, abi.TABLES, 1 << 30]) assert.equal(core.table(id), 0);
      assert.equal(core.abi_version(), abi.ABI_VERSION);
      assert.equal(core.state(), state);
    });
  }
});

test("open and close begin anew at any time", () => {
  for (const at of places) {
    const core = newExports();
    for (const place of places.slice(0, places.indexOf(at) + 1)) if (place !== "closed") steps[place](core);
    for (const again of [() => core.close(), () => core.open(abi.SHAPE_SESSION, abi.CONTENT_METADATA, 100)]) {
      assert.equal(again(), abi.OK);
      for (const place of ["open", "reading", "read", "finished", "encoding"] as const) steps[place](core);
      assert.deepEqual(requests(core), expected, `after ${at}`);
    }
  }
});

test("encoding begun again in the middle hands out everything from the first span", () => {
  for (const format of [abi.FORMAT_PROTO, abi.FORMAT_JSON]) {
    const core = newExports();
    core.open(abi.SHAPE_TURNS, abi.CONTENT_FULL, 1024);
    core.begin_document(text(core, document.name));
    core.feed(place(core, document.bytes));
    core.end_document();
    core.finish();
    assert.equal(core.encode(format), abi.OK);
    const whole = requests(core);
    assert.ok(whole.length > 1, "there is a middle");
    assert.equal(core.encode(format), abi.OK);
    // One request is handed out, and a span beyond it is already encoded, when the host changes its mind.
    for (let status = core.next(); status !== abi.BATCH; status = core.next()) answerNeed(core);
    assert.equal(core.encode(format), abi.OK);
    assert.deepEqual(requests(core), whole);
  }
});
