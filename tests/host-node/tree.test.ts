// The tree: what a person sees of a session, in how many columns, with and without colour, whatever is in it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { amount, counted, duration, grouped } from "../../host-node/cli/figures.ts";
import { asked, point } from "../../host-node/cli/gist.ts";
import { fit, harmless, width } from "../../host-node/cli/terminal.ts";
import { sample, spanloom } from "./command.ts";
import { folderOf } from "./folder.ts";
import { call, lines, prompt, smallSession, uuid } from "./rows.ts";

const id = uuid(1001);

async function tree(...args: string[]): Promise<string> {
  const { code, stdout } = await spanloom(["build", ...args, "--format", "tree"]);
  assert.equal(code, 0);
  return stdout.toString();
}

test("the sample is drawn as it happened", async () => {
  const text = await tree(sample);
  const expected = [
    /^ +time +in +out$/,
    /^0f343b2e  claude-code  2026-11-21 09:14 +5m40s +\d+k +\S+k$/,
    /^claude-sonnet-4-5, claude-haiku-4-5-20251001$/,
    /^3 turns · 15 chats · 13 tools · 2 agents · 3 failed$/,
    /^1  The forecast tests fail since yesterday\. What broke\? +10s/,
    /^ {3}├─ chat claude-sonnet-4-5 +4\.6s +14\.3k +529$/,
    /^ {3}├─ Bash  git log --oneline -3 +3\.5s$/,
    /^ {3}├─ Read  …\/weather\/src\/forecast\.js +1\.0s$/,
    /^ {3}├─ ✗ Bash · tool_error  npm test --silent +4\.9s$/,
    /^ {3}├─ agent Explore  Find every caller/,
    /^ {3}│ {2}├─ Bash  grep -rn parseForecast src test +12s$/,
    /^ {3}│ {2}└─ chat claude-haiku-4-5-20251001/,
    /^3  Fix it, and add a test for a day without wind\. +11s/,
  ];
  const rows = text.split("\n");
  let from = 0;
  for (const pattern of expected) {
    const found = rows.findIndex((row, index) => index >= from && pattern.test(row));
    assert.ok(found >= 0, `${pattern} after row ${from}\n${text}`);
    from = found + 1;
  }
  assert.ok(
    rows.every((row) => width(row) <= 80),
    "eighty columns where nothing says otherwise",
  );
});

test("an id that begins with a word all sessions have is cut further on", async () => {
  const text = await tree(fileURLToPath(new URL("../fixtures/opencode/interleaved-sessions/events.sse", import.meta.url)));
  const ids = [...text.matchAll(/^(ses_[0-9a-f]{8}) {2}opencode /gm)].map(([, id]) => id);
  assert.ok(ids.length > 1);
  assert.equal(new Set(ids).size, ids.length, "no two alike");
});

test("both shapes are drawn alike", async () => {
  assert.equal(await tree(sample, "--shape", "session"), await tree(sample));
});

test("colour follows the flag, then NO_COLOR, then CLICOLOR_FORCE", async () => {
  const coloured = async (flags: string[], env: Record<string, string>): Promise<boolean> => {
    const { stdout } = await spanloom(["build", sample, "-f", "tree", ...flags], { env });
    return stdout.includes("\u001b[");
  };
  assert.equal(await coloured([], {}), false);
  assert.equal(await coloured([], { CLICOLOR_FORCE: "1" }), true);
  assert.equal(await coloured([], { CLICOLOR_FORCE: "1", NO_COLOR: "1" }), false);
  assert.equal(await coloured(["--color", "always"], { NO_COLOR: "1" }), true);
  assert.equal(await coloured(["--color", "never"], { CLICOLOR_FORCE: "1" }), false);
});

test("colour changes no column", async () => {
  const painted = await tree(sample, "--color", "always");
  assert.equal(painted.replace(/\u001b\[\d+m/g, ""), await tree(sample));
});

test("COLUMNS is respected behind a pipe", async () => {
  const { stdout } = await spanloom(["build", sample, "-f", "tree"], { env: { COLUMNS: "60" } });
  assert.ok(
    stdout
      .toString()
      .split("\n")
      .every((row) => width(row) <= 60),
  );
});

test("nothing in a prompt reaches the terminal as a command", async (test) => {
  const evil = "\u001b[2Jcleared\u001b]0;title\u0007 \u009b31m \u202egnp.exe";
  const rows = smallSession(id, 1, evil);
  rows.push(
    prompt("second\r\nline", { n: 9, session: id }),
    call("toolu_9", "Ba\u001bsh", { command: "a\u0008b" }, { n: 10, session: id }),
  );
  const folder = folderOf(test, { [`${id}.jsonl`]: lines(rows) });
  const text = await tree(folder);
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  assert.match(text, /␛\[2Jcleared/);
  assert.match(text, /^2  second /m);
  assert.doesNotMatch(text, /^line/m);
});

test("a slash command is shown as it was typed", async (test) => {
  const words =
    "<command-message>review</command-message>\n<command-name>/review</command-name>\n<command-args>src main</command-args>";
  const folder = folderOf(test, { [`${id}.jsonl`]: smallSession(id, 1, words) });
  assert.match(await tree(folder), /^1  \/review src main /m);
});

test("the gist of arguments is the one that tells most", () => {
  assert.equal(point('{"description":"List","command":"ls -la"}'), "ls -la");
  assert.equal(point('{"file_path":"/a/b/c/d/e.ts","old_string":"cut o'), "…/c/d/e.ts");
  assert.equal(point('{"filePath":"/a/b/c/d/e.ts"}'), "…/c/d/e.ts");
  assert.equal(point('{"tool":"nosuch","error":"no such tool"}'), "nosuch");
  assert.equal(point('{"command":"echo \\"a'), 'echo "a');
  assert.equal(point("{}"), "");
  assert.equal(point('{"a":2,"b":3}'), '"a":2,"b":3');
  assert.equal(point(undefined), "");
  assert.equal(asked("\n\n  first\nsecond"), "first");
  assert.equal(asked(undefined), "");
});

test("text is measured and cut by columns", () => {
  assert.equal(width("abc"), 3);
  assert.equal(width("漢字"), 4);
  assert.equal(width("e\u0301"), 1);
  assert.equal(width("🚀"), 2);
  assert.equal(fit("abcdef", 6), "abcdef");
  assert.equal(fit("abcdefg", 6), "abcde…");
  assert.equal(fit("漢字漢字", 6), "漢字…");
  assert.equal(fit("abc", 0), "");
  assert.equal(harmless("a\tb\u0000c\ud800d"), "a b␀c\ufffdd");
});

test("figures are short", () => {
  assert.deepEqual([0, 999, 1000, 9949, 12_000, 65_000, 3_725_000, 90_000_000].map(duration), [
    "0ms",
    "999ms",
    "1.0s",
    "9.9s",
    "12s",
    "1m05s",
    "1h02m",
    "1d01h",
  ]);
  assert.deepEqual([0, 999, 1000, 12_449, 124_000, 999_960, 1_500_000].map(amount), [
    "0",
    "999",
    "1.0k",
    "12.4k",
    "124k",
    "1.0M",
    "1.5M",
  ]);
  assert.equal(grouped(1234567), "1,234,567");
  assert.equal(counted(1, "turn"), "1 turn");
  assert.equal(counted(2, "copy", "copies"), "2 copies");
});
