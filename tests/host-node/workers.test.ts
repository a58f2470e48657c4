// Threads change how long a build takes and nothing else: bytes, words and exit code are those of one thread.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { planTasks, threadsFor } from "../../host-node/build/plan.ts";
import type { Family } from "../../host-node/sources/document.ts";
import { program, sample, spanloom } from "./command.ts";
import { folderOf } from "./folder.ts";
import { agentRows, lines, type Row, smallSession, uuid } from "./rows.ts";

const long = "A sentence that says little but takes its place. ".repeat(40);

/** Sessions of different sizes, some with sub-agents, some broken. */
function manySessions(count: number): Record<string, readonly Row[] | string> {
  const files: Record<string, readonly Row[] | string> = {};
  for (let n = 0; n < count; n++) {
    const id = uuid(5000 + n);
    const turns = Array.from({ length: 1 + (n % 7) * 30 }, (_, turn) =>
      smallSession(id, 1 + n * 1000 + turn * 4, long),
    ).flat();
    files[`${n % 3}/${id}.jsonl`] = n % 5 === 0 ? `${lines(turns)}{"torn` : turns;
    if (n % 4 === 0) files[`${n % 3}/${id}/subagents/agent-a${n}.jsonl`] = agentRows(id, `a${n}`, 900_000 + n * 10);
  }
  return files;
}

test("any number of threads gives the bytes and the words of one", async (test) => {
  const folder = folderOf(test, manySessions(40));
  for (const format of ["otlp-json", "otlp-proto"]) {
    const one = await spanloom(["build", folder, "-f", format, "--workers", "1"]);
    assert.equal(one.code, 0);
    assert.ok(one.stdout.length > 1_000_000);
    for (const workers of ["2", "3"]) {
      const several = await spanloom(["build", folder, "-f", format, "--workers", workers]);
      assert.equal(several.code, 0, several.stderr);
      assert.ok(several.stdout.equals(one.stdout), `${format}, ${workers} threads`);
      assert.equal(several.stderr, one.stderr);
    }
  }
});

test("what is no session is told in the same order, whichever thread looked at it", async (test) => {
  const files: Record<string, readonly Row[] | string> = {};
  for (let n = 0; n < 100; n++) {
    const name = `${String(n).padStart(3, "0")}.jsonl`;
    files[name] = n % 3 === 0 ? smallSession(uuid(n), 1 + n * 10) : n % 3 === 1 ? '{"no":"session"}\n' : "";
  }
  const folder = folderOf(test, files);
  const paths = [folder, join(folder, "001.jsonl"), join(folder, "002.jsonl"), join(folder, "absent.jsonl")];
  const [one, three] = await Promise.all(
    ["1", "3"].map((workers) => spanloom(["build", ...paths, "--verbose", "--workers", workers])),
  );
  assert.equal(one?.code, 1);
  assert.equal(one.stderr.match(/ignored/g)?.length, 64);
  assert.equal(three?.code, 1);
  assert.equal(three.stderr, one.stderr);
  assert.ok(three.stdout.equals(one.stdout));
});

test("one session in several threads is still one session", async () => {
  const one = await spanloom(["build", sample, "--workers", "1"]);
  const several = await spanloom(["build", sample, "--workers", "4"]);
  assert.ok(several.stdout.equals(one.stdout));
});

test("a request larger than a slot passes through several", async (test) => {
  const big = smallSession(uuid(1), 1, "x".repeat(5_000_000));
  const folder = folderOf(test, { "a.jsonl": big, "b.jsonl": smallSession(uuid(2), 20) });
  const one = await spanloom(["build", folder, "--workers", "1"]);
  const two = await spanloom(["build", folder, "--workers", "2"]);
  assert.ok(one.stdout.length > 5_000_000 && two.stdout.equals(one.stdout));
});

test("a reader that leaves early ends all threads quietly", async (test) => {
  const folder = folderOf(test, manySessions(30));
  const child = spawn(process.execPath, [program, "build", folder, "--workers", "2"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdout.once("data", () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(code, 0);
  assert.equal(stderr, "");
});

test("tasks keep the order, lose nothing and gather what is small", () => {
  const families = Array.from({ length: 1000 }, (_, n): Family => ({
    documents: [],
    bytes: n % 100 === 0 ? 50_000_000 : 40_000,
    started: String(n),
  }));
  const tasks = planTasks(families, 2);
  assert.deepEqual(tasks.flat(), families);
  assert.ok(tasks.length < 60);
  assert.ok(
    tasks.every((task) => task.length === 1 || task.reduce((sum, { bytes }) => sum + bytes, 0) <= 16 * 1024 * 1024),
  );
  assert.deepEqual(planTasks([], 2), []);
});

test("threads are started only where they help", () => {
  const megabyte = 1024 * 1024;
  assert.equal(threadsFor(1, 10_000 * megabyte, 8), 1);
  assert.equal(threadsFor(1000, 10 * megabyte, 8), 1);
  assert.equal(threadsFor(1000, 1000 * megabyte, 2), 2);
  assert.equal(threadsFor(1000, 1000 * megabyte, 64), 8);
  assert.equal(threadsFor(1000, 1000 * megabyte, 1), 1);
});
