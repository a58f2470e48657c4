// Whether a folder is traced: real paths, whatever way leads there, and no in every doubt.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { before, test, type TestContext } from "node:test";
import { readConfig } from "../../host-node/config/config.ts";
import { isTraced } from "../../host-node/config/traced.ts";
import { packageAt, Person } from "./command.ts";

let dist = "";
before(async () => {
  dist = await packageAt("spanloom");
});

/** A person with a folder `work` and one beside it whose name begins the same. */
function person(t: TestContext): Person & { work: string; beside: string } {
  const p = new Person(t, dist);
  const [work, beside] = [join(p.home, "work"), join(p.home, "work-too")];
  for (const folder of [join(work, "deep"), join(beside, "deep")]) mkdirSync(folder, { recursive: true });
  return Object.assign(p, { work, beside });
}
const tracing = (p: Person, cwd: string, env = {}, session?: string) =>
  isTraced(readConfig({ env: { ...p.env, ...env }, cwd }), cwd, session);
const traced = (p: Person, cwd: string, env = {}, session?: string): boolean => tracing(p, cwd, env, session).traced;

test("without roots everything is traced, also a folder that is gone", (t) => {
  const p = person(t);
  assert.ok(traced(p, p.work));
  assert.ok(traced(p, join(p.home, "gone")));
});

test("with roots only what really lies in one is traced", (t) => {
  const p = person(t);
  p.user(JSON.stringify({ roots: [p.work] }));
  assert.ok(traced(p, p.work));
  assert.ok(traced(p, join(p.work, "deep")));
  assert.ok(traced(p, join(p.beside, "..", "work", "deep")));
  assert.ok(!traced(p, p.home));
  assert.ok(!traced(p, p.beside));
  assert.ok(!traced(p, join(p.work, "..", "work-too")));
  symlinkSync(p.beside, join(p.work, "out"));
  symlinkSync(p.work, join(p.beside, "in"));
  assert.ok(!traced(p, join(p.work, "out")));
  assert.ok(traced(p, join(p.beside, "in", "deep")));
  assert.ok(!traced(p, join(p.work, "gone")));
  assert.match(tracing(p, join(p.work, "gone")).why, /cannot be told/);
});

test("roots may be links, begin with ~, come from the environment; none that can be used is none at all", (t) => {
  const p = person(t);
  symlinkSync(p.work, join(p.home, "link"));
  p.user('{ "roots": ["~/link"] }');
  assert.ok(traced(p, join(p.work, "deep")));
  assert.ok(!traced(p, p.work, { SPANLOOM_ROOTS: p.beside }));
  assert.ok(traced(p, p.beside, { SPANLOOM_ROOTS: `${p.home}/nowhere:${p.beside}` }));
  for (const roots of [[], ["relative"], "relative", 3, null, [join(p.home, "nowhere")]]) {
    p.user(JSON.stringify({ roots }));
    assert.ok(!traced(p, p.work), JSON.stringify(roots));
  }
  p.user('{ "roots": ["/"] }');
  assert.ok(traced(p, p.work));
});

test("a repository that is off is off by every way that leads there, from its worktrees and when it is gone", (t) => {
  const p = person(t);
  p.user(JSON.stringify({ off: [p.repository] }));
  mkdirSync(join(p.repository, "src"));
  symlinkSync(join(p.repository, "src"), join(p.home, "src"));
  symlinkSync(p.repository, join(p.home, "same"));
  const worktree = join(p.home, "tree");
  p.write(join(worktree, ".git"), `gitdir: ${join(p.repository, ".git", "worktrees", "tree")}\n`);
  for (const cwd of [
    p.repository,
    join(p.repository, "src"),
    join(p.home, "src"),
    join(p.home, "same", "gone"),
    worktree,
    join(worktree, "gone"),
  ])
    assert.ok(!traced(p, cwd), cwd);
  assert.ok(traced(p, p.work));
  p.user(JSON.stringify({ off: [join(p.home, "same")] }));
  assert.ok(!traced(p, p.repository));
  p.user(JSON.stringify({ off: [p.repository], roots: [p.repository] }));
  assert.ok(!traced(p, p.repository));
  rmSync(p.repository, { recursive: true });
  assert.ok(!traced(p, p.repository));
});

test("while a file that could forbid it cannot be read, nothing is traced", (t) => {
  const p = person(t);
  p.user('{ "roots": [');
  assert.match(tracing(p, p.work).why, /config\.json cannot be read/);
  p.user("{}");
  assert.ok(traced(p, p.repository));
  p.project("{ // off\n}");
  assert.ok(!traced(p, p.repository));
  assert.equal(readConfig({ env: p.env, cwd: p.repository }).content.network, "metadata");
  rmSync(join(p.repository, ".spanloom.json"));
  mkdirSync(join(p.repository, ".spanloom.json"));
  assert.ok(!traced(p, p.repository));
  assert.ok(traced(p, p.work));
});

test("off and on: everywhere, a repository, a session", async (t) => {
  const p = person(t);
  assert.equal((await p.run(["off"])).code, 0);
  assert.match(tracing(p, p.work).why, /^disable is set by .*config\.json$/);
  await p.run(["on"]);
  assert.ok(traced(p, p.work));

  const below = join(p.repository, "src");
  mkdirSync(below);
  await p.run(["off", "--repo"], { cwd: below });
  await p.run(["off", "--repo", p.repository]);
  assert.deepEqual(readConfig({ env: p.env }).off, [p.repository]);
  assert.ok(!traced(p, p.repository) && traced(p, p.work));
  assert.equal((await p.run(["on", "--repo", "."], { cwd: below })).code, 0);
  assert.ok(traced(p, p.repository));
  assert.equal(readFileSync(p.userFile, "utf8"), "{}\n");

  const session = "0f343b2e-d4a2-4a24-abf1-78c76385ae0a";
  await p.run(["off", "--session", session]);
  assert.ok(!traced(p, p.work, {}, session) && traced(p, p.work, {}, "another"));
  await p.run(["on", "--session", session]);
  assert.ok(traced(p, p.work, {}, session));

  await p.run(["off", "--repo", p.work]);
  const still = await p.run(["on", "--repo", join(p.work, "deep")]);
  assert.match(still.stderr, /still not traced: .*work is switched off/);
  assert.match(
    (await p.run(["on"], { env: { SPANLOOM_DISABLE: "1" } })).stderr,
    /still not traced: disable is set by SPANLOOM_DISABLE/,
  );
  for (const args of [
    ["off", "--session", "../x"],
    ["off", "--repo", "--session", "a"],
    ["on", "x"],
    ["on", "--repo", "a", "b"],
  ])
    assert.equal((await p.run(args)).code, 2, args.join(" "));
  assert.ok(!existsSync(join(p.own, "x")));
});
