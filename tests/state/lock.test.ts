// One process has the lock, and only a living one.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fateOf, isLiving, isSameProcess, readSignature, signature } from "../../host-node/state/living.ts";
import { lockHolder, tryLock } from "../../host-node/state/lock.ts";
import { folderOf } from "../host-node/folder.ts";

const hour = 3_600_000;

/** The signature with other parts: since, count, pid, start, namespace, boot. */
function changed(text: string, parts: Readonly<Record<number, string>>): string {
  return text
    .split("-")
    .map((part, at) => parts[at] ?? part)
    .join("-");
}

/** The id of a process that has ended. */
async function deadPid(): Promise<string> {
  const child = spawn(process.execPath, ["-e", "0"], { stdio: "ignore" });
  await new Promise((resolve) => child.on("close", resolve));
  return String(child.pid);
}

test("a lock is had by one at a time, and free again when it is let go", (test) => {
  const path = join(folderOf(test), "below", "lock");
  assert.equal(lockHolder(path), undefined);
  const first = tryLock(path, () => 1234);
  assert.ok(first);
  assert.equal(tryLock(path), undefined);
  assert.deepEqual(lockHolder(path), { pid: process.pid, since: 1234 });
  first.release();
  assert.equal(lockHolder(path), undefined);
  const second = tryLock(path);
  assert.ok(second);
  first.release();
  assert.equal(tryLock(path), undefined, "who has let go lets go of nobody else's");
  second.release();
  assert.deepEqual(readdirSync(path), ["free"]);
  assert.deepEqual(readdirSync(dirname(path)), ["lock"]);
});

test("the lock of a dead process is taken over, that of a living one never", async (test) => {
  const path = join(folderOf(test), "lock");
  tryLock(path);
  const mine = readdirSync(path)[0] as string;
  const dead = changed(mine, { 2: await deadPid() });
  renameSync(join(path, mine), join(path, dead));
  assert.equal(lockHolder(path), undefined);
  const lock = tryLock(path);
  assert.ok(lock);
  assert.equal(lockHolder(path)?.pid, process.pid);
  assert.equal(readdirSync(path).length, 1);
});

test("a process id that has come round is somebody else", { skip: process.platform !== "linux" }, () => {
  const mine = signature();
  assert.ok(isLiving(mine));
  assert.ok(!isLiving(changed(mine, { 3: "1" })), "another start");
  assert.ok(!isLiving(changed(mine, { 5: "00000000" })), "another boot");
  assert.equal(mine.split("-")[4], /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0]);
});

test("whoever cannot be judged counts as alive for an hour", () => {
  const mine = signature(() => 5 * hour);
  const at = (time: number) => (): number => time;
  for (const parts of [{ 4: "1" }, { 3: "0" }]) {
    const unsure = changed(mine, parts);
    assert.ok(isLiving(unsure, at(5.9 * hour)));
    assert.ok(!isLiving(unsure, at(6.1 * hour)));
    assert.ok(!isLiving(unsure, at(3 * hour)), "a clock that was put back");
  }
  assert.ok(isLiving(mine, at(500 * hour)));
});

test("a process that has ended and is not yet collected is dead", { skip: process.platform !== "linux" }, async () => {
  // The shell replaces itself by a program that never asks after its child.
  const parent = spawn("sh", ["-c", "sleep 0.01 & echo $!; exec sleep 30"], { stdio: ["ignore", "pipe", "ignore"] });
  const pid = await new Promise<string>((resolve) => parent.stdout.once("data", (text) => resolve(String(text).trim())));
  const stat = (): string[] => readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
  while (stat()[0] !== "Z") await new Promise((resolve) => setTimeout(resolve, 5));
  const zombie = changed(signature(), { 2: pid, 3: stat()[19] as string });
  process.kill(Number(pid), 0);
  assert.ok(!isLiving(zombie));
  parent.kill("SIGKILL");
});

test("what became of a process is said where it is certain", () => {
  const mine = signature();
  const linux = existsSync("/proc/self/stat");
  assert.equal(fateOf(mine), linux ? "runs" : "unknown");
  assert.equal(fateOf(changed(mine, { 5: "00000000" })), "gone", "another boot");
  assert.equal(fateOf(changed(mine, { 4: "1" })), "unknown", "another namespace");
  assert.equal(fateOf(changed(mine, { 2: "4194305", 3: "0" })), "gone", "no such process");
  assert.equal(fateOf(changed(mine, { 3: "0" })), "unknown", "nobody knows when it started");
  if (linux) assert.equal(fateOf(changed(mine, { 3: "1" })), "gone", "another start");
  assert.equal(fateOf("words"), "unknown");
  assert.ok(isSameProcess(mine, signature()));
  assert.ok(!isSameProcess(mine, changed(mine, { 2: "1" })));
});

test("signatures never come again, and nothing else is one", () => {
  const now = (): number => 7;
  assert.notEqual(signature(now), signature(now));
  assert.deepEqual(readSignature(signature(now)), { pid: process.pid, since: 7 });
  for (const text of ["", "1-2-3", "x-0-1-1-1-0", "1-0-1-1-1-0/.."]) {
    assert.equal(readSignature(text), undefined);
    assert.ok(!isLiving(text));
  }
});

test("a lock folder somebody has emptied is a free lock; one that is something else is an error", (test) => {
  const folder = folderOf(test, { "foreign/thing": "", file: "" });
  const path = join(folder, "lock");
  mkdirSync(path);
  const lock = tryLock(path);
  assert.ok(lock);
  rmSync(path, { recursive: true });
  lock.release();
  for (const [name, reason] of [
    ["foreign", "is no lock: it holds thing"],
    ["file", "ENOTDIR"],
    ["file/below", "ENOTDIR"],
  ] as const) {
    assert.throws(() => tryLock(join(folder, name)), { name: "StateError", reason });
    assert.equal(lockHolder(join(folder, name)), undefined);
  }
  // What a desktop leaves in every folder.
  tryLock(path)?.release();
  writeFileSync(join(path, ".DS_Store"), "");
  assert.ok(tryLock(path));
});
