// `init` and `uninstall` on settings as people have them: what is added is ours, what was there keeps its bytes, and what
// cannot be done is said before anything is written.

import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { before, test, type TestContext } from "node:test";
import { EVENTS } from "../../host-node/setup/hooks.ts";
import { packageAt, Person } from "./command.ts";

const events: readonly string[] = EVENTS;
let dist = "";
before(async () => {
  dist = await packageAt("spanloom");
});
const person = (t: TestContext, at = dist): Person => new Person(t, at);
const read = (path: string): string => readFileSync(path, "utf8");

interface Hook {
  type: string;
  command: string;
  timeout: number;
}
interface Settings {
  hooks?: Record<string, { matcher?: string; hooks: Hook[] }[]>;
}
const settingsOf = (path: string): Settings => JSON.parse(read(path).replace(/^\ufeff/, "")) as Settings;
const commandOf = (at: string): string => `"${process.execPath}" "${join(at, "hook.cjs")}"`;
const foreign = { type: "command", command: "node /opt/other/dist/hook.cjs" };

test("with no settings there, every event gets the hook, and again is a no-op", async (t) => {
  const p = person(t);
  assert.equal((await p.run(["init", "--yes"])).code, 0);
  const { hooks = {} } = settingsOf(p.settings);
  assert.deepEqual(Object.keys(hooks), events);
  for (const groups of Object.values(hooks))
    assert.deepEqual(groups, [{ matcher: "", hooks: [{ type: "command", command: commandOf(dist), timeout: 10 }] }]);
  const text = read(p.settings);
  const again = await p.run(["init"]);
  assert.equal(again.code, 0);
  assert.match(again.stderr, /registered already/);
  assert.equal(read(p.settings), text);
  assert.deepEqual(readdirSync(p.claude), ["settings.json"]);
  assert.equal((await p.run(["uninstall"])).code, 0);
  assert.ok(!existsSync(p.settings));
});

const layouts: Record<string, string> = {
  "two spaces": '{\n  "model": "opus",\n  "permissions": {"allow": ["Read",   "Bash(ls)"]}\n}\n',
  "four spaces, no line end": '{\n    "model": "opus"\n}',
  tabs: '{\n\t"model": "opus",\n\t"list": [ 1,2 ]\n}\n',
  CRLF: '{\r\n  "model": "opus"\r\n}\r\n',
  "one line": '{"model":"opus","permissions":{"allow":[]}}',
  "a byte order mark": '\ufeff{\n  "model": "opus"\n}\n',
  "empty object": "{}\n",
  "empty file": "",
  "empty containers": '{\n  "hooks": {\n    "Stop": [],\n    "Notification": [ ]\n  }\n}\n',
  "own hooks": `{\n  "hooks": {\n    "Stop": [\n      { "hooks": [ ${JSON.stringify(foreign)} ] }\n    ],\n    "PreToolUse": [ { "matcher": "Bash", "hooks": [] } ]\n  },\n  "model": "opus"\n}\n`,
};

for (const [name, original] of Object.entries(layouts)) {
  test(`settings with ${name}: kept byte for byte beside what is added, and given back`, async (t) => {
    const p = person(t);
    p.write(p.settings, original);
    assert.equal((await p.run(["init", "--yes"])).code, 0);
    const text = read(p.settings);
    const { hooks = {} } = settingsOf(p.settings);
    for (const event of events) assert.equal(hooks[event]?.at(-1)?.hooks[0]?.command, commandOf(dist), event);
    // Every character of the original is there, in its order.
    let at = 0;
    for (const character of original.replace(/\s+/g, "")) {
      const found = text.indexOf(character, at);
      assert.ok(found >= 0, character);
      at = found + 1;
    }
    for (const line of original
      .split("\n")
      .filter((each) => /"model"|"permissions"|"list"/.test(each) && original.includes("\n")))
      assert.ok(text.includes(line.replace(/,?\r?$/, "")), line);
    if (original.includes("\n")) assert.equal(/(?<!\r)\n/.test(text), !original.includes("\r\n"));
    if (original.includes("\t")) assert.match(text, /\n\t"hooks": \{\n\t\t"SessionStart"/);
    assert.equal(text.startsWith("\ufeff"), original.startsWith("\ufeff"));
    assert.equal(read(`${p.settings}.spanloom-backup-1`), original);

    const ended = await p.run(["uninstall"]);
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(read(p.settings), original);
    assert.deepEqual(readdirSync(p.claude), ["settings.json"]);
  });

  test(`settings with ${name}, changed after init: only our entries go`, async (t) => {
    const p = person(t);
    p.write(p.settings, original);
    await p.run(["init", "--yes"]);
    const mine = read(p.settings).replace(/^(\ufeff?\{)/, '$1"late": "word",');
    p.write(p.settings, mine);
    assert.equal((await p.run(["uninstall"])).code, 0);
    const left = settingsOf(p.settings) as Settings & { late?: string };
    const wanted = JSON.parse(original.replace(/^\ufeff/, "") || "{}") as Settings;
    // Nobody can tell containers that were empty from those made for us.
    for (const [event, groups] of Object.entries(wanted.hooks ?? {}))
      if (groups.length === 0) delete wanted.hooks?.[event];
    if (Object.keys(wanted.hooks ?? {}).length === 0) delete wanted.hooks;
    assert.deepEqual(left, { late: "word", ...wanted });
    assert.ok(!read(p.settings).includes("hook.cjs") || read(p.settings).includes("/opt/other"));
  });
}

test("a hook of another program of the same file name is not ours", async (t) => {
  const p = person(t);
  // One that is gone, and one that is there and says its name.
  const there = p.write(join(p.home, "spanloom-like", "dist", "hook.cjs"), "");
  p.write(join(p.home, "spanloom-like", "package.json"), '{ "name": "another" }');
  for (const { command } of [foreign, { command: `node "${there}"` }]) {
    const own = JSON.stringify({ hooks: { Stop: [{ matcher: "", hooks: [{ type: "command", command }] }] } }, null, 2);
    p.write(p.settings, own);
    await p.run(["init", "--yes"]);
    assert.deepEqual(
      settingsOf(p.settings).hooks?.["Stop"]?.map(({ hooks }) => hooks[0]?.command),
      [command, commandOf(dist)],
    );
    p.write(p.settings, own);
    assert.match((await p.run(["uninstall"])).stderr, /none of the hooks is registered/);
    assert.equal(read(p.settings), own);
  }
});

test("a package that has moved takes the place of the old one, whatever its folder is called", async (t) => {
  for (const name of ["spanloom-0.1.0", "tracing"]) {
    const old = await packageAt(name);
    const p = person(t, old);
    await p.run(["init", "--yes"]);
    assert.ok(read(p.settings).includes(old));
    const moved = new Person(t, join(dirname(dirname(old)), `${name}-new`, "dist"));
    renameSync(dirname(old), dirname(moved.dist));
    const ended = await moved.run(["init", "--yes"], { env: { CLAUDE_CONFIG_DIR: p.claude } });
    assert.equal(ended.code, 0, ended.stderr);
    const { hooks = {} } = settingsOf(p.settings);
    for (const event of events)
      assert.deepEqual(
        hooks[event]?.map((group) => group.hooks.map(({ command }) => command)),
        [[commandOf(moved.dist)]],
      );
  }
});

test("entries put twice become one, and one for an event no longer asked for goes", async (t) => {
  const p = person(t);
  const entry = { matcher: "", hooks: [{ type: "command", command: commandOf(dist), timeout: 3 }] };
  p.write(p.settings, JSON.stringify({ hooks: { Stop: [entry, entry], UserPromptSubmit: [entry] } }, null, 2));
  await p.run(["init", "--yes"]);
  const { hooks = {} } = settingsOf(p.settings);
  assert.deepEqual(hooks["Stop"], [entry]);
  assert.equal(hooks["UserPromptSubmit"], undefined);
});

test("a dry run prints a unified difference without anybody's secrets, and writes nothing", async (t) => {
  const p = person(t);
  const secret = "sk-very-secret-1";
  const original = JSON.stringify(
    {
      env: { ANTHROPIC_API_KEY: secret },
      hooks: { Stop: [{ hooks: [{ type: "command", command: `curl -H ${secret}` }] }] },
    },
    null,
    2,
  );
  p.write(p.settings, original);
  const shown = await p.run(["init", "--dry-run"]);
  assert.equal(shown.code, 0);
  assert.match(shown.stdout, /^--- .*settings\.json\n\+\+\+ .*settings\.json\n@@ -/);
  assert.match(shown.stdout, /^\+ +"SessionEnd": \[$/m);
  assert.ok(shown.stdout.includes(JSON.stringify(commandOf(dist))));
  assert.equal(read(p.settings), original);
  assert.deepEqual(readdirSync(p.claude), ["settings.json"]);
  await p.run(["init", "--yes"]);
  const gone = await p.run(["uninstall", "--dry-run"]);
  assert.match(gone.stdout, /^- +"SessionEnd": \[$/m);
  assert.ok(!p.said.includes(secret));
});

test("where nobody can be asked, nothing is done without --yes", async (t) => {
  const p = person(t);
  const ended = await p.run(["init"]);
  assert.equal(ended.code, 2);
  assert.match(ended.stderr, /--yes/);
  assert.ok(!existsSync(p.settings));
  assert.equal((await p.run(["init", "--user", "--project"])).code, 2);
  assert.equal((await p.run(["init", "x"])).code, 2);
  assert.equal((await p.run(["init", "--nonsense"])).code, 2);
});

const broken: Record<string, [text: string, line: number]> = {
  "cut off": ['{\n  "model": "opus",\n', 3],
  "a comment": ['{\n  // mine\n  "model": "opus"\n}', 2],
  "a comma too many": ['{\n  "model": "opus",\n}', 3],
  "a list": ["[]", 1],
  "hooks that are no object": ['{\n\n  "hooks": []\n}', 3],
  "an event that is no list": ['{\n  "hooks": {\n    "Stop": {}\n  }\n}', 3],
};
for (const [name, [text, line]] of Object.entries(broken)) {
  test(`settings that are broken (${name}) are refused with file and line, and not written`, async (t) => {
    const p = person(t);
    p.write(p.settings, text);
    for (const args of [["init", "--yes"], ["init", "--dry-run"], ["uninstall"]]) {
      const ended = await p.run(args);
      assert.equal(ended.code, 1);
      assert.ok(ended.stderr.includes(`${p.settings}:${line}: `), ended.stderr);
      assert.equal(ended.stderr.trim().split("\n").length, 1);
    }
    assert.equal(read(p.settings), text);
    assert.deepEqual(readdirSync(p.claude), ["settings.json"]);
  });
}

test("links are followed and stay links, and a file keeps its permissions", async (t) => {
  const p = person(t);
  const dotfiles = p.write(join(p.home, "dotfiles", "claude.json"), '{ "a": 1 }\n');
  chmodSync(dotfiles, 0o640);
  symlinkSync("../home/dotfiles/claude.json", p.settings);
  assert.equal((await p.run(["init", "--yes"])).code, 0);
  assert.ok(lstatSync(p.settings).isSymbolicLink());
  assert.ok(read(dotfiles).includes("SessionEnd"));
  assert.equal(statSync(dotfiles).mode & 0o777, 0o640);
  await p.run(["uninstall"]);
  assert.equal(read(dotfiles), '{ "a": 1 }\n');
  assert.ok(lstatSync(p.settings).isSymbolicLink());

  const q = person(t);
  mkdirSync(join(q.home, "dotfiles"));
  symlinkSync("../home/dotfiles/new.json", q.settings);
  await q.run(["init", "--yes"]);
  assert.ok(lstatSync(q.settings).isSymbolicLink());
  assert.ok(read(join(q.home, "dotfiles", "new.json")).includes("SessionEnd"));
});

test("a project's settings are those at the top of its repository; without CLAUDE_CONFIG_DIR the user's are in ~/.claude", async (t) => {
  const p = person(t);
  const below = join(p.repository, "src", "deep");
  mkdirSync(below, { recursive: true });
  await p.run(["init", "--project", "--yes"], { cwd: below });
  const file = join(p.repository, ".claude", "settings.json");
  assert.ok(read(file).includes("SessionEnd"));
  assert.ok(!existsSync(p.settings));
  await p.run(["uninstall", "--project"], { cwd: below });
  assert.ok(!existsSync(file));
  await p.run(["init", "--yes"], { env: { CLAUDE_CONFIG_DIR: "" } });
  assert.ok(read(join(p.home, ".claude", "settings.json")).includes("SessionEnd"));
});

test("a path with what a shell would read is one word to it", async (t) => {
  const odd = await packageAt('odd $HOME `id` "q" \\ spanloom');
  const p = person(t, odd);
  await p.run(["init", "--yes"]);
  const [group] = settingsOf(p.settings).hooks?.["Stop"] ?? [];
  const { execFileSync } = await import("node:child_process");
  const words = execFileSync("sh", ["-c", `printf '%s\\n' ${group?.hooks[0]?.command}`], { encoding: "utf8" });
  assert.equal(words, `${process.execPath}\n${join(odd, "hook.cjs")}\n`);
  assert.match((await p.run(["init"])).stderr, /registered already/);
  await p.run(["uninstall"]);
  assert.ok(!existsSync(p.settings));
});

test("settings that cannot be written are told in one line", async (t) => {
  const p = person(t);
  mkdirSync(p.settings);
  const ended = await p.run(["init", "--yes"]);
  assert.equal(ended.code, 1);
  assert.ok(ended.stderr.startsWith(`spanloom: ${p.settings}: EISDIR`), ended.stderr);
});

test("hooks that are switched off as a whole are mentioned", async (t) => {
  const p = person(t);
  p.write(p.settings, '{ "disableAllHooks": true }');
  assert.match((await p.run(["init", "--yes"])).stderr, /disableAllHooks/);
});

test("a purge removes what is ours and nothing else, and only when it is agreed to", async (t) => {
  const p = person(t);
  await p.run(["init", "--yes"]);
  p.user('{ "store": { "days": 3 } }');
  const trace = p.write(join(p.own, "data", "traces", "a.jsonl"), "{}");
  p.write(join(p.own, "state", "ledger", "x"), "");
  const other = p.write(join(p.own, "data", "diary.txt"), "mine");
  assert.equal((await p.run(["uninstall", "--purge"])).code, 2);
  assert.ok(existsSync(trace) && existsSync(p.settings));
  const ended = await p.run(["uninstall", "--purge", "--yes"]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.ok(
    !existsSync(p.settings) && !existsSync(trace) && !existsSync(p.userFile) && !existsSync(join(p.own, "state")),
  );
  assert.equal(read(other), "mine");
  assert.match(ended.stderr, /data: stays/);

  const q = person(t);
  const env = { SPANLOOM_HOME: "", XDG_CONFIG_HOME: "", XDG_DATA_HOME: "", XDG_STATE_HOME: "" };
  q.write(join(q.home, ".local/state/spanloom/anything"), "");
  await q.run(["uninstall", "--purge", "--yes"], { env });
  assert.ok(!existsSync(join(q.home, ".local/state/spanloom")));
  assert.ok(existsSync(join(q.home, ".local/state")));
});
