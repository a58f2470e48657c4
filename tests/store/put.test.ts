// Writing: whole or not at all, whatever happens, and for nobody else to read.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { prune } from "../../host-node/store/retention.ts";
import { put } from "../../host-node/store/put.ts";
import { bundled, inTraces, request, type Store, storeOf } from "./store.ts";

const bytes = (...lines: string[]): Uint8Array[] => lines.map((line) => Buffer.from(line));

test("a session is rewritten whole, in a file of its owner's", (test) => {
  const store = storeOf(test);
  const first = put(store.places, "s", bytes("{}", "", "[]"));
  assert.deepEqual(first, { kind: "stored", path: store.path("s"), bytes: 6, requests: 2 });
  assert.equal(readFileSync(store.path("s"), "utf8"), "{}\n[]\n");
  assert.equal(statSync(store.path("s")).mode & 0o777, 0o600);
  assert.equal(statSync(dirname(store.path("s"))).mode & 0o777, 0o700);
  put(store.places, "s", bytes("7"));
  assert.equal(readFileSync(store.path("s"), "utf8"), "7\n");
  assert.deepEqual(inTraces(store), ["s.jsonl"]);
});

test("pieces may lie in memory that is used again", (test) => {
  const store = storeOf(test);
  const memory = Buffer.alloc(3);
  function* reused(): Generator<Uint8Array> {
    for (const text of ["[1]", "[2]"]) {
      memory.write(text);
      yield memory;
    }
  }
  put(store.places, "s", reused());
  assert.equal(readFileSync(store.path("s"), "utf8"), "[1]\n[2]\n");
});

test("what cannot be made or written leaves what was there", (test) => {
  const store = storeOf(test, { s: ["{}"] });
  assert.deepEqual(put(store.places, "s", bytes()), { kind: "empty" });
  assert.deepEqual(put(store.places, "s", bytes("")), { kind: "empty" });
  function* failing(): Generator<Uint8Array> {
    yield Buffer.from("[");
    throw new RangeError("made wrong");
  }
  assert.throws(() => put(store.places, "s", failing()), /made wrong/);
  for (const session of ["", "..", "a/b", "x".repeat(129), "é"]) {
    const { kind } = put(store.places, session, bytes("{}"));
    assert.equal(kind, "failed", session);
  }
  // A folder of that name cannot be replaced by a file, not even by root.
  mkdirSync(join(store.path("taken"), "inside"), { recursive: true });
  const taken = put(store.places, "taken", bytes("{}"));
  assert.equal(taken.kind, "failed");
  rmSync(store.path("taken"), { recursive: true });
  assert.equal(readFileSync(store.path("s"), "utf8"), "{}\n");
  assert.deepEqual(inTraces(store), ["s.jsonl"]);
});

test("where there can be no folder, the system's word is handed back", (test) => {
  const store = storeOf(test);
  writeFileSync(store.places.data, "");
  const done = put(store.places, "s", bytes("{}"));
  assert.ok(done.kind === "failed" && /^(ENOTDIR|EEXIST)$/.test(done.detail), JSON.stringify(done));
});

test("a full disk leaves the old file", { skip: process.platform === "win32" && "needs limits" }, async (test) => {
  const store = storeOf(test, { s: ["{}"] });
  const limited = bundled("writer.ts");
  // The shell's limit on the size of a file is met as a full disk is: in the middle of a write.
  const code = await new Promise((resolve) =>
    spawn("sh", ["-c", `trap "" XFSZ; ulimit -f 400; exec "$0" "$1" "$2" s 1`, process.execPath, limited, store.home], {
      stdio: "ignore",
    }).on("close", resolve),
  );
  assert.equal(code, 1);
  const lines = readFileSync(store.path("s"), "utf8").trimEnd().split("\n");
  assert.deepEqual(inTraces(store), ["s.jsonl"]);
  assert.ok(assertWhole(lines) > 1);
});

interface Written {
  generation: number;
  line: number;
  of: number;
}

function assertWhole(lines: readonly string[]): number {
  const rows = lines.map((line) => JSON.parse(line) as Written);
  const [{ generation, of }] = rows as [Written];
  assert.deepEqual(
    rows.map((row) => [row.generation, row.line]),
    Array.from({ length: of }, (_, line) => [generation, line]),
  );
  return generation;
}

/** Starts a writer and kills it so many milliseconds after its first word; answers what it last said. */
function killedAfter(program: string, store: Store, from: number, milliseconds: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, store.home, "s", String(from)], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (said === "") setTimeout(() => child.kill("SIGKILL"), milliseconds);
      said += text;
    });
    child.on("error", reject).on("close", () => {
      const whole = said.slice(0, said.lastIndexOf("\n"));
      resolve(Number(whole.slice(whole.lastIndexOf("\n") + 1)));
    });
  });
}

test("a writer killed at any instant leaves the last file that was whole, or the next", async (test) => {
  const program = bundled("writer.ts");
  const store = storeOf(test);
  let seed = 20261121;
  const random = (): number => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  let generation = 0;
  for (let round = 0; round < 25; round++) {
    const said = await killedAfter(program, store, generation + 1, random() * 30);
    const found = assertWhole(readFileSync(store.path("s"), "utf8").trimEnd().split("\n"));
    // It may have been killed between the rename and the word of it.
    assert.ok(found === said || found === said + 1, `${found} after ${said}`);
    generation = found;
  }
  const left = inTraces(store).filter((name) => name !== "s.jsonl");
  assert.ok(left.length > 0, "some were killed in the middle of a write");
  prune(store.places, {}, [], Date.now);
  assert.deepEqual(inTraces(store).length, left.length + 1, "a writer may still be at it");
  const long = Date.now() / 1000 - 4000;
  for (const name of left) utimesSync(join(store.places.data, "traces", name), long, long);
  prune(store.places, {}, [], Date.now);
  assert.deepEqual(inTraces(store), ["s.jsonl"]);
});

test("an unreadable store is told, and nothing is thrown at a worker", async (test) => {
  const store = storeOf(test);
  mkdirSync(store.places.data, { recursive: true });
  writeFileSync(join(store.places.data, "traces"), "");
  assert.deepEqual(prune(store.places, { days: 1 }, [], Date.now), { sessions: [], bytes: 0, detail: "ENOTDIR" });
  const { code, stderr } = await store.run(["ls"]);
  assert.equal(code, 1);
  assert.match(stderr, /^spanloom: .*traces: cannot be used: part of its path is not a folder \(ENOTDIR\)\n$/);
});

test("a file that may not be read is told, and the others are listed", async (test) => {
  const store = storeOf(test, { a: [request("a")], b: [request("b")] });
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  // Open to another user all the way, but for one file.
  for (const folder of [store.home, store.places.data, dirname(store.path("a"))]) chmodSync(folder, 0o777);
  chmodSync(store.path("a"), 0);
  chmodSync(store.path("b"), 0o644);
  const { code, stdout, stderr } = await store.run(["ls"], {}, nobody);
  assert.equal(code, 1);
  assert.match(stderr, /^spanloom: .*a\.jsonl: cannot be read: you are not allowed to \(EACCES\)\n$/);
  assert.match(stdout.toString(), /^b\t/);
});
