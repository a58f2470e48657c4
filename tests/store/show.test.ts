// `show`: the same tree from the store as from the record, by any id that is enough, whatever is wrong with the file.

import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { LineFile } from "../../host-node/store/lines.ts";
import { readStoredTree } from "../../host-node/store/tree.ts";
import { drawSession, drawTitles } from "../../host-node/cli/tree.ts";
import { sample, spanloom } from "../host-node/command.ts";
import { folderOf } from "../host-node/folder.ts";
import { agentRows, smallSession, uuid } from "../host-node/rows.ts";
import { spansOf, readJson } from "../support/otlp.ts";
import { built, fixtureNames, fixtures, request, sampleId, sampleLines, storeOf } from "./store.ts";

const plain = { columns: 80, paint: (_: string, text: string) => text };

test("every recording is drawn from the store as from the record", async (test) => {
  // moment() is local, and the program that is compared with runs in UTC.
  const zone = process.env["TZ"];
  process.env["TZ"] = "UTC";
  test.after(() => (zone === undefined ? delete process.env["TZ"] : (process.env["TZ"] = zone)));
  const drawnAlike = async (name: string): Promise<void> => {
    const path = join(fixtures, name);
    const sessions = await built(path, "--batch-bytes", "20000");
    const store = storeOf(test, sessions);
    const drawn = Object.keys(sessions).map((session) => {
      const file = new LineFile(store.path(session));
      const tree = readStoredTree(file, (problem) => assert.fail(problem.detail));
      file.close();
      assert.ok(tree);
      assert.equal(tree.conversation, session);
      return drawSession(tree, plain);
    });
    const { stdout } = await spanloom(["build", path, "-f", "tree", "-q"]);
    assert.equal(drawTitles(plain) + drawn.join("\n"), stdout.toString(), name);
  };
  for (let next = 0; next < fixtureNames.length; next += 4)
    await Promise.all(fixtureNames.slice(next, next + 4).map(drawnAlike));
});

test("times that are inferred, and agents nobody called, look alike too", async (test) => {
  const rows = smallSession(uuid(1001)).map(({ timestamp, ...row }, index) => (index === 1 ? row : { timestamp, ...row }));
  const folder = folderOf(test, {
    [`${uuid(1001)}.jsonl`]: rows,
    [`${uuid(1001)}/subagents/agent-a1.jsonl`]: agentRows(uuid(1001), "a1", 20),
  });
  const expected = (await spanloom(["build", folder, "-f", "tree", "-q"])).stdout.toString();
  assert.match(expected, /~\d/);
  assert.match(expected, /no call recorded/);
  const store = storeOf(test, await built(folder));
  assert.equal((await store.run(["show", uuid(1001)])).stdout.toString(), expected);
});

test("a span that stands twice counts once", async (test) => {
  const lines = await sampleLines();
  const store = storeOf(test, { [sampleId]: lines });
  const once = (await store.run(["show", sampleId, "--full"])).stdout.toString();
  store.put(sampleId, [...lines, ...lines]);
  assert.equal((await store.run(["show", sampleId, "--full"])).stdout.toString(), once);
});

test("the command draws what build draws, in either shape", async (test) => {
  const expected = (await spanloom(["build", sample, "-f", "tree", "-q"])).stdout.toString();
  const store = storeOf(test, await built(sample));
  const { code, stdout, stderr } = await store.run(["show", sampleId]);
  assert.deepEqual([code, stdout.toString(), stderr], [0, expected, ""]);
  const whole = storeOf(test, await built(sample, "--shape", "session"));
  assert.equal((await whole.run(["show", sampleId])).stdout.toString(), expected);
});

test("a session is found by the beginning of its id", async (test) => {
  const store = storeOf(test, {
    "abcd-1": [request("abcd-1", { prompt: "First words" })],
    "abcd-2": [request("abcd-2", { prompt: "Second words", at: Date.UTC(2026, 5, 1) })],
    abcd: [request("abcd")],
    bcde: [request("bcde", { file: "feed.jsonl" })],
  });
  assert.equal((await store.run(["show", "b"])).code, 0);
  assert.match((await store.run(["show", "abcd"])).stdout.toString(), /^abcd {2}/m, "an id that is whole is meant");
  assert.match((await store.run(["show", "fee"])).stdout.toString(), /^bcde {2}/m, "a fork's id shows its session");

  const several = await store.run(["show", "abcd-"]);
  assert.equal(several.code, 1);
  assert.equal(several.stdout.length, 0);
  assert.deepEqual(several.stderr.trimEnd().split("\n"), [
    'spanloom: 2 sessions could be meant by "abcd-":',
    "  abcd-2  2026-06-01 00:00  Second words",
    "  abcd-1  2026-01-02 03:04  First words",
  ]);
  const none = await store.run(["show", "x"]);
  assert.deepEqual([none.code, none.stderr], [1, 'spanloom: no session begins with "x"; spanloom ls lists them\n']);
});

test("a turn alone keeps its number, and all of it can be read", async (test) => {
  const store = storeOf(test, { [sampleId]: await sampleLines() });
  const whole = (await store.run(["show", sampleId])).stdout.toString();
  const second = (await store.run(["show", sampleId, "--turn", "2"])).stdout.toString();
  const [head, , two] = whole.split(/\n(?=\n\d {2})/) as [string, string, string];
  assert.equal(second, `${head}\n${two}\n`);

  const full = (await store.run(["show", sampleId, "--turn", "2", "--full"])).stdout.toString();
  const wanted = [
    /^ +│ {2}prompt$/,
    /^ +│ {4}Find every caller of parseForecast, and check in the recorded data how often the wind is missing\.$/,
    /^ +│ +answer$/,
    /^ +│ +Two questions that do not depend on each other, so two agents\.$/,
    /^ +│ {2}│ +arguments$/,
    /^ +│ {2}│ +"command": "grep -rn parseForecast src test",$/,
    /^ +│ {2}│ +result$/,
    /^ +│ {2}│ +src\/index\.js:12:console\.log\(parseForecast\(day\)\.wind\);$/,
  ];
  const rows = full.split("\n");
  let from = 0;
  for (const pattern of wanted) {
    from = rows.findIndex((row, index) => index >= from && pattern.test(row)) + 1;
    assert.ok(from > 0, `${pattern}\n${full}`);
  }
  const withoutContent = rows.filter((row) => second.split("\n").includes(row)).join("\n");
  assert.equal(withoutContent, second, "the tree is what it is without");
  const everything = (await store.run(["show", sampleId, "--full"])).stdout.toString();
  assert.ok(everything.includes(full.slice(full.indexOf("\n2  "))), "each turn is drawn as it is alone");

  const beyond = await store.run(["show", sampleId, "--turn", "4"]);
  assert.deepEqual([beyond.code, beyond.stderr], [1, "spanloom: there is no turn 4; the session has 3 turns\n"]);
});

test("nothing that was said reaches the terminal as a command", async (test) => {
  const evil = "a\u001b[2Jb\n\tc\u0007\u009b31m\u202ed";
  const store = storeOf(test, { evil: [request("evil", { prompt: evil, branch: evil, directory: evil })] });
  for (const args of [["show", "evil"], ["show", "evil", "--full"], ["ls"]]) {
    const text = (await store.run(args)).stdout.toString();
    assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/, args.join(" "));
    assert.match(text, /a␛\[2Jb/);
  }
});

test("JSON is what is stored, all of it or a turn", async (test) => {
  const lines = await sampleLines();
  const store = storeOf(test, { [sampleId]: lines });
  const whole = await store.run(["show", sampleId, "--json"]);
  assert.equal(whole.stdout.toString(), readFileSync(store.path(sampleId), "utf8"));
  const all = spansOf(readJson(lines));
  const trace = [...new Set(all.map(({ traceId }) => traceId))][1];
  const turn = (await store.run(["show", sampleId, "--json", "--turn", "2"])).stdout.toString().trimEnd().split("\n");
  assert.deepEqual(
    spansOf(readJson(turn)),
    all.filter(({ traceId }) => traceId === trace),
  );
});

test("a broken line is named and costs itself alone", async (test) => {
  const store = storeOf(test, { [sampleId]: await sampleLines() });
  const path = store.path(sampleId);
  const before = (await store.run(["show", sampleId])).stdout.toString();
  const good = readFileSync(path, "utf8").trimEnd().split("\n");
  writeFileSync(path, `{"resourceSpans":[{\n\n${good.join("\n")}\n{"resourceSpans":[{"scopeSpans":[{"spans":[7]}]}]}\n[`);
  const { code, stdout, stderr } = await store.run(["show", sampleId]);
  assert.deepEqual([code, stdout.toString()], [0, before]);
  const told = [1, good.length + 3, good.length + 4].map((line) => `${path}:${line}: `);
  assert.deepEqual(stderr.trimEnd().split("\n"), [
    `${told[0]}not JSON; the rest of the file counts`,
    `${told[1]}not a request with spans; the rest of the file counts`,
    `${told[2]}not JSON; the rest of the file counts`,
  ]);
  const json = await store.run(["show", sampleId, "--json"]);
  assert.equal(json.stdout.toString(), `${good.join("\n")}\n`);
});

test("spans whose turn stood on a broken line are shown below one that stands for it", async (test) => {
  const lines = await sampleLines();
  const store = storeOf(test, { [sampleId]: ["{", ...lines.slice(1)] });
  const lost = spansOf(readJson(lines.slice(0, 1))).length;
  const all = spansOf(readJson(lines)).length;
  const { code, stdout } = await store.run(["show", sampleId]);
  assert.equal(code, 0);
  assert.match(stdout.toString(), /^1 {2}\(this turn's own line is broken\)/m);
  const drawn = stdout.toString().split("\n").filter((row) => /^\d {2}|─ (?!.*▲)/.test(row)).length;
  assert.equal(drawn, all - lost + 1);
});

test("a file without a span, or none at all, is told", async (test) => {
  const store = storeOf(test, { empty: ["{}"] });
  const empty = await store.run(["show", "empty"]);
  assert.equal(empty.code, 1);
  assert.match(empty.stderr, /empty\.jsonl: there is no span in it\n$/);
  const nothing = storeOf(test);
  const { code, stderr } = await nothing.run(["show", "x"]);
  assert.deepEqual([code, stderr], [1, "spanloom: no traces yet: run spanloom init, or spanloom build PATH\n"]);
});

test("what makes no sense is said", async (test) => {
  const store = storeOf(test);
  const wrong = async (...args: string[]): Promise<string> => {
    const { code, stderr } = await store.run(args);
    assert.equal(code, 2, args.join(" "));
    return stderr.split("\n")[0] as string;
  };
  assert.match(await wrong("show"), /show needs a SESSION/);
  assert.match(await wrong("show", "a", "b"), /takes one SESSION/);
  assert.match(await wrong("show", "a", "--turn", "0"), /--turn is a whole number from 1, not "0"/);
  assert.match(await wrong("show", "a", "--json", "--full"), /exclude each other/);
  assert.match(await wrong("show", "a", "--color", "blue"), /--color is auto, always or never/);
  assert.match(await wrong("show", "--nothing"), /Unknown option '--nothing'$/);
  assert.match(await wrong("show", "a", "--turn"), /--turn/);
  assert.match((await store.run(["show", "--help"])).stdout.toString(), /^Usage: spanloom show SESSION/m);
});

test("lines are found wherever a chunk of the file ends", (test) => {
  const folder = folderOf(test, { "lines.jsonl": "" });
  const path = join(folder, "lines.jsonl");
  const lengths = [0, 262_143, 0, 262_144, 1, 600_000, 262_145];
  for (const [index, length] of lengths.entries()) appendFileSync(path, `${String(index).repeat(length)}\n`);
  appendFileSync(path, "last");
  const file = new LineFile(path);
  const found: [number, number, string][] = [];
  for (const { line, offset, length, bytes } of file.lines()) {
    assert.ok(bytes.equals(file.at({ line, offset, length })), `line ${line}`);
    found.push([line, bytes.length, bytes.toString("latin1", 0, 1)]);
  }
  file.close();
  assert.deepEqual(found, [
    [2, 262_143, "1"],
    [4, 262_144, "3"],
    [5, 1, "4"],
    [6, 600_000, "5"],
    [7, 262_145, "6"],
    [8, 4, "l"],
  ]);
});
