// What belongs together is found by itself, in every layout clients wrote, and is named the same on every machine.

import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { test, type TestContext } from "node:test";
import { findFamilies } from "../../host-node/sources/find.ts";
import { documentNames } from "../../host-node/sources/names.ts";
import { folderOf } from "./folder.ts";
import { agentRows, lines, prompt, type Row, smallSession, uuid } from "./rows.ts";

const one = uuid(1001);
const two = uuid(1002);
const three = uuid(1003);
const meta = '{"agentType":"Explore","toolUseId":"toolu_1"}';

/** The names in each family of these paths below a folder. */
function namesOf(folder: string, ...paths: string[]): string[][] {
  const { families } = findFamilies(paths.map((path) => join(folder, path)));
  return families.map(({ documents }) => documents.map(({ name }) => name));
}

function layout(test: TestContext): string {
  return folderOf(test, {
    [`project/${one}.jsonl`]: smallSession(one),
    [`project/${one}/subagents/agent-a1.jsonl`]: agentRows(one, "a1", 50),
    [`project/${one}/subagents/agent-a1.meta.json`]: meta,
    [`project/${one}/subagents/workflows/wf_12345678-abc/agent-a2.jsonl`]: agentRows(one, "a2", 60),
    [`project/${one}/subagents/workflows/wf_12345678-abc/journal.jsonl`]:
      '{"type":"started","key":"v2:0","agentId":"a2"}\n',
    [`project/${one}/tool-results/toolu_1.jsonl`]: '{"some":"output"}\n',
    "history.jsonl": '{"display":"hello","timestamp":1,"project":"/home/dev/project","sessionId":"x"}\n',
    "hooks.jsonl": `{"session_id":"${one}","hook_event_name":"Stop","cwd":"/home/dev/project"}\n`,
    "stream.jsonl": `{"type":"result","subtype":"success","session_id":"${one}","uuid":"${uuid(7)}"}\n`,
  });
}

const family = [
  `${one}.jsonl`,
  `${one}/subagents/agent-a1.jsonl`,
  `${one}/subagents/agent-a1.meta.json`,
  `${one}/subagents/workflows/wf_12345678-abc/agent-a2.jsonl`,
];

test("a session is found with its sub-agents, from the file and from any folder above", (test) => {
  const folder = layout(test);
  for (const path of [`project/${one}.jsonl`, "project", "."]) assert.deepEqual(namesOf(folder, path), [family], path);
});

test("a name does not depend on how the path was written", (test) => {
  const folder = layout(test);
  symlinkSync(join(folder, "project"), join(folder, "link"));
  const written = [
    relative(process.cwd(), join(folder, "project")),
    `${folder}/project/../project/`,
    join(folder, "link"),
  ];
  for (const path of written) {
    assert.deepEqual(
      findFamilies([path]).families.map(({ documents }) => documents.map(({ name }) => name)),
      [family],
      path,
    );
  }
});

test("the same session named twice is one", (test) => {
  const folder = layout(test);
  assert.deepEqual(namesOf(folder, `project/${one}.jsonl`, "project", "."), [family]);
});

test("files that are no sessions are ignored in a folder, and errors when named", (test) => {
  const folder = layout(test);
  const { problems, ignored } = findFamilies([folder]);
  assert.deepEqual(problems, []);
  assert.deepEqual(ignored.map((path) => relative(folder, path)).sort(), [
    "history.jsonl",
    "hooks.jsonl",
    `project/${one}/subagents/workflows/wf_12345678-abc/journal.jsonl`,
    `project/${one}/tool-results/toolu_1.jsonl`,
    "stream.jsonl",
  ]);
  for (const name of ["history.jsonl", "hooks.jsonl", "stream.jsonl"]) {
    assert.deepEqual(
      findFamilies([join(folder, name)]).problems.map(({ kind }) => kind),
      ["not-a-session"],
      name,
    );
  }
});

test("sub-agents of older clients lie beside their session", (test) => {
  const folder = folderOf(test, {
    [`${one}.jsonl`]: smallSession(one),
    [`${two}.jsonl`]: smallSession(two, 20),
    "agent-11111111.jsonl": agentRows(one, "11111111", 50),
    "agent-22222222.jsonl": agentRows(two, "22222222", 60),
    "agent-33333333.jsonl": agentRows(three, "33333333", 70),
  });
  assert.deepEqual(namesOf(folder, `${one}.jsonl`), [[`${one}.jsonl`, "agent-11111111.jsonl"]]);
  assert.deepEqual(namesOf(folder, "."), [
    [`${one}.jsonl`, "agent-11111111.jsonl"],
    [`${two}.jsonl`, "agent-22222222.jsonl"],
    ["agent-33333333.jsonl"],
  ]);
});

test("forks and resumed copies given together are one family", (test) => {
  const original = smallSession(one);
  const fork = [
    ...original.map((row): Row => ({ ...row, sessionId: two })),
    prompt("Another way.", { n: 9, session: two, parent: 4 }),
  ];
  const resumed = [...original, prompt("Go on.", { n: 12, session: three, parent: 4 })];
  const folder = folderOf(test, { [`${one}.jsonl`]: original, [`${two}.jsonl`]: fork, [`${three}.jsonl`]: resumed });
  assert.deepEqual(namesOf(folder, "."), [[`${one}.jsonl`, `${two}.jsonl`, `${three}.jsonl`]]);
  assert.deepEqual(namesOf(folder, `${two}.jsonl`), [[`${two}.jsonl`]]);
});

test("a resumed copy whose rows have new ids goes with the session whose responses it repeats", (test) => {
  const old = (rows: Row[]): Row[] => rows.map((row) => ({ ...row, version: "1.0.72" }));
  const again = smallSession(two, 20).map((row, index): Row => ({ ...row, message: smallSession(one)[index]!["message"] }));
  const folder = folderOf(test, {
    [`${one}.jsonl`]: old(smallSession(one)),
    [`${two}.jsonl`]: old([...again, prompt("Go on.", { n: 40, session: two, parent: 22 })]),
    [`${three}.jsonl`]: old(smallSession(three, 30)),
  });
  assert.deepEqual(namesOf(folder, "."), [[`${one}.jsonl`, `${two}.jsonl`], [`${three}.jsonl`]]);
});

test("a session that names another as its origin goes with it", (test) => {
  const forked = smallSession(two, 20).map((row): Row => ({
    ...row,
    forkedFrom: { sessionId: one, messageUuid: uuid(1) },
  }));
  const folder = folderOf(test, { [`${one}.jsonl`]: smallSession(one), [`${two}.jsonl`]: forked });
  assert.deepEqual(namesOf(folder, "."), [[`${one}.jsonl`, `${two}.jsonl`]]);
});

test("members of a team go together", (test) => {
  const team = (rows: Row[]): Row[] => rows.map((row) => ({ ...row, teamName: "builders" }));
  const folder = folderOf(test, {
    [`${one}.jsonl`]: team(smallSession(one)),
    [`${two}.jsonl`]: team(smallSession(two, 20)),
    [`${three}.jsonl`]: smallSession(three, 30),
  });
  assert.deepEqual(namesOf(folder, "."), [[`${one}.jsonl`, `${two}.jsonl`], [`${three}.jsonl`]]);
});

test("the lead of a team is found although it made the team late", (test) => {
  const member = smallSession(two, 20).map((row): Row => ({ ...row, teamName: "builders", agentName: "mason" }));
  const lead = smallSession(one).map((row, at): Row => (at < 3 ? row : { ...row, teamName: "builders" }));
  (lead[2] as { message: Row }).message = { role: "user", content: "x".repeat(3_000_000) };
  const folder = folderOf(test, {
    [`${one}.jsonl`]: lead,
    [`${two}.jsonl`]: member,
    [`${three}.jsonl`]: smallSession(three, 30),
  });
  assert.deepEqual(namesOf(folder, "."), [[`${one}.jsonl`, `${two}.jsonl`], [`${three}.jsonl`]]);
});

test("families come by their first timestamp, then by path", (test) => {
  const folder = folderOf(test, {
    [`a/${three}.jsonl`]: smallSession(three, 30),
    [`b/${one}.jsonl`]: smallSession(one, 10),
    [`c/${two}.jsonl`]: smallSession(two, 20),
  });
  assert.deepEqual(namesOf(folder, "."), [[`${one}.jsonl`], [`${two}.jsonl`], [`${three}.jsonl`]]);
});

test("documents of one name from different folders are told apart", (test) => {
  const folder = folderOf(test, {
    "first/session.jsonl": smallSession(one),
    "second/session.jsonl": smallSession(one),
  });
  assert.deepEqual(namesOf(folder, "."), [["first/session.jsonl", "second/session.jsonl"]]);
  assert.deepEqual(
    documentNames([
      { path: "/a/x", owner: "/a/x" },
      { path: "/a/b/x", owner: "/a/b/x" },
    ]),
    ["x", "b/x"],
  );
});

test("a session is known by its rows: re-spaced, after a broken row, with a long first row, after a byte order mark", (test) => {
  const rows = smallSession(one);
  const spaced = rows.map((row) => JSON.stringify(row).replace(/"(\w+)":/g, '"$1": ')).join("\n");
  const folder = folderOf(test, {
    "spaced.jsonl": spaced,
    "broken.jsonl": `// recorded by hand\n{"type":"user"\n${lines(smallSession(two, 20))}`,
    "long.jsonl": smallSession(three, 30, "x".repeat(200_000)),
    "marked.jsonl": `\ufeff${lines(smallSession(uuid(1004), 40))}`,
  });
  assert.deepEqual(namesOf(folder, "."), [["spaced.jsonl"], ["broken.jsonl"], ["long.jsonl"], ["marked.jsonl"]]);
});

test("what cannot be used is told by kind", (test) => {
  const folder = folderOf(test, {
    "empty.jsonl": "",
    "blank.jsonl": "\n\n",
    "other.jsonl": '{"a":1}\n',
    "nothing/readme.txt": "x",
  });
  symlinkSync(join(folder, "gone"), join(folder, "nothing", "dangling.jsonl"));
  const kinds = (path: string): string[] => findFamilies([join(folder, path)]).problems.map(({ kind }) => kind);
  assert.deepEqual(kinds("empty.jsonl"), ["empty"]);
  assert.deepEqual(kinds("blank.jsonl"), ["empty"]);
  assert.deepEqual(kinds("other.jsonl"), ["not-a-session"]);
  assert.deepEqual(kinds("missing"), ["missing"]);
  assert.deepEqual(kinds("nothing"), ["unreadable", "no-sessions"]);
});

test("links in a circle end", (test) => {
  const folder = folderOf(test, { [`project/${one}.jsonl`]: smallSession(one) });
  symlinkSync(folder, join(folder, "project", "round"));
  assert.deepEqual(namesOf(folder, "."), [[`${one}.jsonl`]]);
});
