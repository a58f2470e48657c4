// The command `build` as a person or a script meets it: what goes to which stream, how it ends, and what it never does.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { attribute, program, sample, spanloom, spansOf } from "./command.ts";
import { folderOf } from "./folder.ts";
import { lines, smallSession, uuid } from "./rows.ts";

const one = uuid(1001);
const two = uuid(1002);

test("behind a pipe a build gives OTLP JSON lines, and one line for people on standard error", async () => {
  const { code, stdout, stderr } = await spanloom(["build", sample]);
  assert.equal(code, 0);
  const spans = spansOf(stdout);
  assert.deepEqual(
    spans.filter((span) => !span.parentSpanId).map((span) => span.name),
    Array(3).fill("invoke_agent claude-code"),
  );
  assert.match(
    stderr,
    /^1 session, 3 turns, 15 chats, 13 tools, 2 agents, 33 spans, 3 failed; .* tokens in, .* out; rows: 43 used, 13 skipped \(.*\), 0 broken\n$/,
  );
  assert.equal(spans.length, 33);
});

test("sources are named below their folder, in the spans too", async () => {
  const { stdout } = await spanloom(["build", sample]);
  const files = new Set(spansOf(stdout).map((span) => attribute(span, "spanloom.source.file")));
  const session = "0f343b2e-d4a2-4a24-abf1-78c76385ae0a";
  assert.deepEqual([...files].sort(), [
    `${session}.jsonl`,
    `${session}/subagents/agent-a21695ece744cdf04.jsonl`,
    `${session}/subagents/agent-ad55e42eec0a2b7d5.jsonl`,
  ]);
});

test("the same bytes come from the file, its folder, and through standard input", async (test) => {
  const folder = folderOf(test, { [`${one}.jsonl`]: smallSession(one) });
  const path = join(folder, `${one}.jsonl`);
  const file = await spanloom(["build", path]);
  const inFolder = await spanloom(["build", "."], { cwd: folder });
  const piped = await spanloom(["build", "-"], { input: readFileSync(path) });
  assert.equal(piped.code, 0);
  assert.ok(file.stdout.equals(inFolder.stdout));
  assert.ok(file.stdout.equals(piped.stdout));
});

test("standard input leaves nothing behind", async (test) => {
  const temporary = folderOf(test);
  await spanloom(["build", "-"], { input: lines(smallSession(one)), env: { TMPDIR: temporary } });
  assert.deepEqual(readdirSync(temporary), []);
});

test("the formats agree on how many spans there are", async () => {
  const json = spansOf((await spanloom(["build", sample])).stdout).length;
  const small = await spanloom(["build", sample, "--batch-bytes", "4096"]);
  assert.equal(spansOf(small.stdout).length, json);
  assert.ok(small.stdout.toString().trimEnd().split("\n").length > 1, "a request a line");
  const proto = await spanloom(["build", sample, "--format=otlp-proto"]);
  assert.ok(proto.stdout.length > 0 && proto.stdout[0] === 0x0a, "ResourceSpans is field 1");
});

test("shape, content and agent name reach the spans", async () => {
  const { stdout } = await spanloom([
    "build",
    sample,
    "--shape",
    "session",
    "--content",
    "metadata",
    "--agent-name",
    "weaver",
  ]);
  const spans = spansOf(stdout);
  assert.equal(new Set(spans.map((span) => span.traceId)).size, 1);
  assert.equal(spans[0]?.name, "session weaver");
  assert.ok(spans.every((span) => attribute(span, "gen_ai.input.messages") === undefined));
  const full = spansOf((await spanloom(["build", sample])).stdout);
  assert.ok(full.some((span) => attribute(span, "gen_ai.input.messages")?.includes("The forecast tests fail")));
});

test("a profile reaches the spans", async () => {
  const spans = spansOf((await spanloom(["build", sample, "--profile", "openinference"])).stdout);
  assert.ok(spans.every((span) => attribute(span, "openinference.span.kind") !== undefined));
  assert.match((await spanloom(["build", sample, "--profile", "nobody"])).stderr, /--profile is genai, .* or mlflow/);
});

test("-o writes a file and nothing to standard output", async (test) => {
  const folder = folderOf(test);
  const file = join(folder, "traces.jsonl");
  const { code, stdout } = await spanloom(["build", sample, "-o", file]);
  assert.equal(code, 0);
  assert.equal(stdout.length, 0);
  assert.equal(spansOf(readFileSync(file)).length, 33);
  assert.deepEqual(readdirSync(folder), ["traces.jsonl"], "nothing beside it");
});

test("-o replaces a file only when there is something to replace it with", async (test) => {
  const folder = folderOf(test, { "traces.jsonl": "old", "nothing.jsonl": "" });
  const file = join(folder, "traces.jsonl");
  const failed = await spanloom(["build", join(folder, "nothing.jsonl"), "-o", file]);
  assert.equal(failed.code, 1);
  assert.equal(readFileSync(file, "utf8"), "old");
  symlinkSync(file, join(folder, "link"));
  assert.equal((await spanloom(["build", sample, "-o", join(folder, "link")])).code, 0);
  assert.equal(spansOf(readFileSync(file)).length, 33, "through the link");
  assert.deepEqual(readdirSync(folder).sort(), ["link", "nothing.jsonl", "traces.jsonl"]);
});

test("what cannot be written is told and fails", async (test) => {
  const folder = folderOf(test);
  const absent = await spanloom(["build", sample, "-o", join(folder, "absent", "traces.jsonl")]);
  assert.equal(absent.code, 1);
  assert.match(absent.stderr, /cannot be written/);
  const isFolder = await spanloom(["build", sample, "-o", folder]);
  assert.equal(isFolder.code, 1);
  assert.match(isFolder.stderr, /it is a folder/);
});

test("a device is written to, not replaced", { skip: !existsSync("/dev/full") }, async () => {
  const full = await spanloom(["build", sample, "-o", "/dev/full"]);
  assert.equal(full.code, 1);
  assert.match(full.stderr, /the disk is full/);
  assert.ok(statSync("/dev/full").isCharacterDevice());
});

test("a reader that leaves early ends the build quietly", async (test) => {
  const rows = Array.from({ length: 400 }, (_, n) => smallSession(one, 1 + n * 4, "word ".repeat(2000))).flat();
  const folder = folderOf(test, { [`${one}.jsonl`]: rows });
  const child = spawn(process.execPath, [program, "build", folder], { stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdout.once("data", () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(code, 0);
  assert.equal(stderr, "");
});

test("what is missing, empty or no session is told by name and fails, and the rest is built", async (test) => {
  const folder = folderOf(test, {
    "empty.jsonl": "",
    "other.jsonl": '{"a":1}\n',
    "nothing/readme.txt": "",
    [`${one}.jsonl`]: smallSession(one),
  });
  const said: [path: string, word: RegExp][] = [
    ["absent.jsonl", /absent\.jsonl: there is no such file or folder/],
    ["empty.jsonl", /empty\.jsonl: is empty/],
    ["other.jsonl", /other\.jsonl: is not a session/],
    ["nothing", /nothing: no sessions in this folder/],
  ];
  for (const [path, word] of said) {
    const alone = await spanloom(["build", path], { cwd: folder });
    assert.equal(alone.code, 1, path);
    assert.match(alone.stderr, word);
    assert.equal(alone.stdout.length, 0);
    const together = await spanloom(["build", path, `${one}.jsonl`], { cwd: folder });
    assert.equal(together.code, 1, path);
    assert.match(together.stderr, word);
    assert.equal(spansOf(together.stdout).length, 4);
  }
  const piped = await spanloom(["build", "-"], { input: "" });
  assert.equal(piped.code, 1);
  assert.match(piped.stderr, /standard input: is empty/);
});

test("a file that may not be read is told, and the rest is built", async (test) => {
  const folder = folderOf(test, { [`${one}.jsonl`]: smallSession(one), [`${two}.jsonl`]: smallSession(two, 20) });
  chmodSync(folder, 0o755);
  chmodSync(join(folder, `${two}.jsonl`), 0);
  // Nothing is forbidden to root, so the program runs as nobody then, if nobody may read the program.
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const { code, stdout, stderr } = await spanloom(["build", folder], nobody).catch(() => ({
    code: -1,
    stdout: Buffer.alloc(0),
    stderr: "",
  }));
  if (code === -1 || !stderr.includes(".jsonl") || /Cannot find module|EACCES.*cli\.js/.test(stderr)) {
    test.skip("the program itself cannot be run without rights here");
    return;
  }
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`${two}\\.jsonl: cannot be read: you are not allowed to \\(EACCES\\)`));
  assert.equal(spansOf(stdout).length, 4);
});

test("--quiet leaves errors only; --verbose names what is ignored", async (test) => {
  const folder = folderOf(test, { [`${one}.jsonl`]: smallSession(one), "other.jsonl": '{"a":1}\n' });
  const quiet = await spanloom(["build", folder, "absent", "--quiet"], { cwd: folder });
  assert.equal(quiet.stderr, "spanloom: absent: there is no such file or folder\n");
  const usual = await spanloom(["build", folder]);
  assert.match(usual.stderr, /; 1 other file\n$/);
  assert.doesNotMatch(usual.stderr, /other\.jsonl/);
  const verbose = await spanloom(["build", folder, "--verbose"]);
  assert.match(verbose.stderr, /other\.jsonl: no session, ignored/);
});

test("a command line that makes no sense ends with 2 and says why", async () => {
  const wrong: [args: string[], word: RegExp][] = [
    [[], /no command given/],
    [["weave"], /there is no command "weave"/],
    [["build"], /build needs a PATH/],
    [["build", sample, "--format", "xml"], /--format is tree, otlp-json or otlp-proto, not "xml"/],
    [["build", sample, "--shape=round"], /--shape is turns or session/],
    [["build", sample, "--content", "some"], /--content is full or metadata/],
    [["build", sample, "--workers", "0"], /--workers is a whole number from 1 to 64/],
    [["build", sample, "--batch-bytes", "many"], /--batch-bytes is a whole number/],
    [["build", sample, "--color", "blue"], /--color is auto, always or never/],
    [["build", sample, "--frobnicate"], /there is no option "--frobnicate"/],
    [["build", sample, "-x"], /there is no option "-x"/],
    [["build", sample, "--output"], /--output needs a value/],
    [["build", sample, "--quiet=yes"], /--quiet takes no value/],
    [["build", sample, "-qv"], /exclude each other/],
    [["build", "-", "-"], /standard input can be read once/],
  ];
  for (const [args, word] of wrong) {
    const { code, stdout, stderr } = await spanloom(args);
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, word);
    assert.match(stderr, /Try: spanloom --help/);
    assert.equal(stdout.length, 0);
  }
});

test("help fits a screen and names every option; the version is the package's", async () => {
  const { code, stdout } = await spanloom(["--help"]);
  assert.equal(code, 0);
  const text = stdout.toString();
  for (const flag of [
    "format",
    "output",
    "shape",
    "content",
    "agent-name",
    "profile",
    "batch-bytes",
    "workers",
    "json",
    "color",
    "quiet",
    "verbose",
    "help",
    "version",
  ]) {
    assert.ok(text.includes(`--${flag}`), flag);
  }
  const rows = text.trimEnd().split("\n");
  assert.ok(rows.length <= 40 && rows.every((row) => row.length <= 80));
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  assert.equal((await spanloom(["--version"])).stdout.toString(), `spanloom ${version}\n`);
});

test("a path that begins with a dash is one after --", async (test) => {
  const folder = folderOf(test, { "-strange.jsonl": smallSession(one) });
  const { code, stdout } = await spanloom(["build", "--", "-strange.jsonl"], { cwd: folder });
  assert.equal(code, 0);
  assert.equal(spansOf(stdout).length, 4);
});

test("a session whose sub-agent cannot be read is built without it", async (test) => {
  const folder = folderOf(test, { [`${one}.jsonl`]: smallSession(one) });
  symlinkSync(join(tmpdir(), "spanloom-no-such-file"), join(folder, "agent-gone.jsonl"));
  const { code, stdout } = await spanloom(["build", join(folder, `${one}.jsonl`)]);
  assert.equal(code, 0);
  assert.equal(spansOf(stdout).length, 4);
});
