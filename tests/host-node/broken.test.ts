// Input as it should not be: every row is used, skipped or broken, the broken ones are named, and the rest is built.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { attribute, type Ended, spanloom, spansOf } from "./command.ts";
import { folderOf } from "./folder.ts";
import { lines, type Row, smallSession, uuid } from "./rows.ts";

const id = uuid(1001);
const rows = smallSession(id);
const text = lines(rows);
/** The rows with something in place of, or before, the one at `at`. */
const withRow = (row: string, at = 2): string => {
  const all = rows.map((each) => JSON.stringify(each));
  return `${[...all.slice(0, at), row, ...all.slice(at)].join("\n")}\n`;
};

async function build(test: TestContext, content: string | Buffer, ...flags: string[]): Promise<Ended> {
  const folder = folderOf(test, { "session.jsonl": content });
  return spanloom(["build", "session.jsonl", ...flags], { cwd: folder });
}

async function plain(test: TestContext): Promise<Buffer> {
  return (await build(test, text)).stdout;
}

test("a row that is no JSON is named, and the rest is built", async (test) => {
  const { code, stdout, stderr } = await build(test, withRow('{"type":"user",,}'));
  assert.equal(code, 0);
  assert.equal(spansOf(stdout).length, 4);
  assert.match(stderr, /^session\.jsonl:3: not JSON\n/);
  assert.match(stderr, /4 used, 0 skipped, 1 broken\n$/);
});

test("of many broken rows ten are named; all of them with --verbose", async (test) => {
  const content = withRow(Array.from({ length: 25 }, () => "{oops").join("\n"));
  const usual = (await build(test, content)).stderr.trimEnd().split("\n");
  assert.equal(usual.length, 12);
  assert.equal(usual[10], "15 more broken rows; --verbose names them all");
  const verbose = (await build(test, content, "--verbose")).stderr;
  assert.equal(verbose.match(/: not JSON/g)?.length, 25);
  assert.equal((await build(test, content, "--quiet")).stderr, "");
});

test("a last row that was cut off is told as such", async (test) => {
  const { code, stderr } = await build(test, `${text}{"type":"user","message":{"role":"us`);
  assert.equal(code, 0);
  assert.match(stderr, /^session\.jsonl:5: cut off in the middle\n/);
});

test("a last row without a line break is complete", async (test) => {
  const { stdout, stderr } = await build(test, text.trimEnd());
  assert.match(stderr, /4 used, 0 skipped, 0 broken/);
  assert.ok(stdout.equals(await plain(test)));
});

test("a mark of byte order and Windows line ends change nothing", async (test) => {
  for (const content of [`\ufeff${text}`, text.replaceAll("\n", "\r\n")]) {
    const { code, stdout, stderr } = await build(test, content);
    assert.equal(code, 0);
    assert.match(stderr, /4 used, 0 skipped, 0 broken/);
    assert.equal(spansOf(stdout).length, spansOf(await plain(test)).length);
  }
});

test("rows that are JSON but no record are skipped", async (test) => {
  const { stderr } = await build(test, withRow('null\n[]\n3\n"text"\ntrue'));
  assert.match(stderr, /4 used, 5 skipped \(5 not records\), 0 broken/);
});

test("two records on one row are one broken row", async (test) => {
  const both = `${JSON.stringify(rows[1])}${JSON.stringify(rows[1])}`;
  const { stderr } = await build(test, withRow(both));
  assert.match(stderr, /^session\.jsonl:3: more after the end of the record\n/);
});

test("a backslash before the wrong letter breaks its row only", async (test) => {
  const { stderr } = await build(test, withRow('{"type":"user","text":"\\q"}'));
  assert.match(stderr, /^session\.jsonl:3: a backslash before something JSON does not know\n/);
});

test("three hundred levels are no depth; five thousand are", async (test) => {
  const deep = (levels: number): string => `{"type":"deep","value":${'{"a":'.repeat(levels)}1${"}".repeat(levels)}}`;
  assert.match((await build(test, withRow(deep(300)))).stderr, /4 used, 1 skipped \(1 unknown\), 0 broken/);
  assert.match((await build(test, withRow(deep(5000)))).stderr, /^session\.jsonl:3: nested too deep\n/);
});

test("a row of twenty megabytes is read, whole, and so is what follows", async (test) => {
  const wide = smallSession(id);
  (wide[2] as { message: Row }).message = {
    role: "user",
    content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "x".repeat(20_000_000) }],
  };
  const { code, stdout, stderr } = await build(test, lines(wide));
  assert.equal(code, 0);
  assert.match(stderr, /4 used, 0 skipped, 0 broken/);
  const [tool] = spansOf(stdout).filter((span) => span.name === "execute_tool Bash");
  assert.equal(attribute(tool as never, "gen_ai.tool.call.result")?.length, 20_000_000);
});

test("bytes that are no text end no build", async (test) => {
  const noise = Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 7919) % 251));
  const { code, stderr } = await build(
    test,
    Buffer.concat([Buffer.from(text), noise, Buffer.from("\n"), Buffer.from(lines(smallSession(id, 20)))]),
  );
  assert.equal(code, 0);
  assert.match(stderr, /8 used/);
});

test("a broken sub-agent is named by its own file", async (test) => {
  const folder = folderOf(test, {
    [`${id}.jsonl`]: text,
    [`${id}/subagents/agent-a1.jsonl`]: `{"type":"user","isSidechain":true,"agentId":"a1","sessionId":"${id}"}\n{oops}\n`,
  });
  const { stderr } = await spanloom(["build", folder]);
  assert.ok(stderr.startsWith(`${join(folder, id, "subagents", "agent-a1.jsonl")}:2: not JSON\n`), stderr);
});
