// The way from a hook to a backend or the store, as a client's hooks and a person's commands walk it: the built files, a
// sink on loopback, sessions that grow. What arrives is held against what a clean build makes.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { program, spanloom } from "../host-node/command.ts";
import { folderOf } from "../host-node/folder.ts";
import { readJson, spansOf } from "../support/otlp.ts";
import { type Sink, startSink } from "../support/sink.ts";

const hook = fileURLToPath(new URL("../../dist/hook.cjs", import.meta.url));
const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/claude-code/${name}/project`, import.meta.url));

interface Desk {
  readonly project: string;
  /** Environment of every process. */
  readonly env: Record<string, string>;
  readonly sink: Sink;
}

async function deskOf(test: TestContext, recording?: string, { stored = false } = {}): Promise<Desk> {
  const folder = folderOf(test);
  const project = join(folder, "project");
  mkdirSync(project);
  if (recording !== undefined) cpSync(fixture(recording), project, { recursive: true });
  const sink = await startSink();
  test.after(() => sink.close());
  const endpoint: Record<string, string> = stored ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url };
  return { project, sink, env: { SPANLOOM_HOME: join(folder, "home"), HOME: folder, ...endpoint } };
}

const transcriptsIn = (project: string): string[] =>
  readdirSync(project).filter((name) => name.endsWith(".jsonl")).map((name) => join(project, name));

/** What the client tells its hooks; nobody is started, so that the test decides when a sweep is. */
function tell({ project, env }: Desk, event: string, transcript = transcriptsIn(project)[0]!): void {
  const payload = { session_id: basename(transcript, ".jsonl"), transcript_path: transcript, cwd: project, hook_event_name: event };
  const { status, stdout, stderr } = spawnSync(process.execPath, [hook], { input: JSON.stringify(payload), env: { ...process.env, ...env } });
  assert.deepEqual([status, String(stdout), String(stderr)], [0, "", ""]);
}

const sweep = ({ env }: Desk) => spanloom(["sweep", "--wait"], { env });
const ids = (spans: readonly { spanId: string }[]): string[] => spans.map(({ spanId }) => spanId).sort();

async function built(project: string): Promise<string[]> {
  const { stdout } = await spanloom(["build", "-q", "-f", "otlp-json", project]);
  return ids(spansOf(readJson(String(stdout).split("\n").filter(Boolean))));
}

for (const recording of ["two-subagents", "multi-turn-resume", "compaction", "fork-session", "team"]) {
  test(`${recording}: every span arrives once, over Stop, SessionEnd and once more`, async (test) => {
    const desk = await deskOf(test, recording);
    for (const transcript of transcriptsIn(desk.project)) tell(desk, "Stop", transcript);
    await sweep(desk);
    for (const transcript of transcriptsIn(desk.project)) tell(desk, "SessionEnd", transcript);
    const ended = await sweep(desk);
    assert.equal(ended.code, 0, ended.stderr);
    for (const transcript of transcriptsIn(desk.project)) tell(desk, "SessionEnd", transcript);
    await sweep(desk);
    assert.deepEqual(ids(desk.sink.accepted()), await built(desk.project));
    const content = desk.sink.accepted().flatMap(({ attributes }) => attributes.filter(({ key }) => key === "gen_ai.output.messages"));
    assert.deepEqual(content, [], "without a word of the user's no content leaves the machine");
  });
}

test("a turn that goes on waits for its end, and is sent then", async (test) => {
  const desk = await deskOf(test, "single-turn");
  const [transcript] = transcriptsIn(desk.project) as [string];
  const rows = readFileSync(transcript, "utf8").trimEnd().split("\n");
  const last = rows.length - 1 - [...rows].reverse().findIndex((row) => row.includes('"type":"assistant"'));
  writeFileSync(transcript, `${rows.slice(0, last).join("\n")}\n`);
  tell(desk, "SubagentStop");
  await sweep(desk);
  assert.equal(desk.sink.received.length, 0);
  appendFileSync(transcript, `${rows.slice(last).join("\n")}\n`);
  tell(desk, "Stop");
  assert.equal((await sweep(desk)).code, 0);
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk.project));
});

test("a session that nobody ended is sent when it has been quiet for long", async (test) => {
  const desk = await deskOf(test, "killed");
  tell(desk, "SessionStart");
  await sweep(desk);
  assert.equal(desk.sink.received.length, 0, "its last turn is open");
  await pause(1100);
  await spanloom(["sweep"], { env: { ...desk.env, SPANLOOM_QUIET_AFTER_MS: "1000" } });
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk.project));
});

test("what could not be sent is sent later, once, and status says what happened", async (test) => {
  const desk = await deskOf(test, "two-subagents");
  desk.sink.always({ kind: "status", status: 503, message: "come back later", headers: { "retry-after": "3600" } });
  tell(desk, "SessionEnd");
  const failed = await sweep(desk);
  assert.equal(failed.code, 1);
  assert.deepEqual(desk.sink.accepted(), []);
  const status = await spanloom(["status"], { env: desk.env });
  assert.equal(status.code, 1);
  assert.match(String(status.stdout), /1 request waiting/);
  assert.match(String(status.stdout), /come back later|503/);
  desk.sink.always({ kind: "accept" });
  assert.equal((await sweep(desk)).code, 0);
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk.project));
  const after = await spanloom(["status", "--json"], { env: desk.env });
  assert.equal(JSON.parse(String(after.stdout)).destinations[0].requests, 0);
});

test("export sends history through the same ledger, and again only by force", async (test) => {
  const desk = await deskOf(test, "multi-turn-resume");
  const dry = await spanloom(["export", desk.project, "--dry-run"], { env: desk.env });
  assert.match(dry.stderr, /3 turns of 1 session would be sent to otlp/);
  assert.equal(desk.sink.received.length, 0);
  assert.equal((await spanloom(["export", desk.project], { env: desk.env })).code, 0);
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk.project));
  const count = desk.sink.accepted().length;
  await spanloom(["export", desk.project], { env: desk.env });
  tell(desk, "SessionEnd");
  await sweep(desk);
  assert.equal(desk.sink.accepted().length, count);
  await spanloom(["export", desk.project, "--force"], { env: desk.env });
  assert.equal(desk.sink.accepted().length, 2 * count);
});

test("export leaves out what is switched off, and names what is no session", async (test) => {
  const desk = await deskOf(test);
  const repository = join(desk.project, "repository");
  mkdirSync(join(repository, ".git"), { recursive: true });
  const session = "a2e7fb50-c5fc-4a23-9c21-47963f141002";
  const row = { type: "user", sessionId: session, uuid: session, cwd: repository, timestamp: "2026-01-31T18:00:00.000Z", message: { role: "user", content: "x" } };
  const transcript = join(desk.project, `${session}.jsonl`);
  writeFileSync(transcript, `${JSON.stringify(row)}\n`);
  writeFileSync(join(repository, ".spanloom.json"), '{ "disable": true }');
  const off = await spanloom(["export", desk.project, "absent"], { env: desk.env });
  assert.match(off.stderr, new RegExp(`${session}\\.jsonl: left out: disable is set by .*\\.spanloom\\.json`));
  assert.match(off.stderr, /absent: there is no such file or folder/);
  assert.deepEqual([off.code, desk.sink.received.length], [1, 0]);
  rmSync(join(repository, ".spanloom.json"));
  assert.equal((await spanloom(["export", desk.project, "--since", "2026-02-01"], { env: desk.env })).code, 0);
  assert.equal(desk.sink.received.length, 0);
  assert.equal((await spanloom(["export", desk.project, "--since", "2026-01-31"], { env: desk.env })).code, 0);
  assert.equal(desk.sink.received.length, 1);
});

test("without a destination the store has it, in full, and ls and show read it", async (test) => {
  const desk = await deskOf(test, "nested-subagents", { stored: true });
  tell(desk, "Stop");
  await sweep(desk);
  tell(desk, "SessionEnd");
  assert.equal((await sweep(desk)).code, 0);
  const session = basename(transcriptsIn(desk.project)[0]!, ".jsonl");
  assert.match(String((await spanloom(["ls"], { env: desk.env })).stdout), new RegExp(session));
  const shown = String((await spanloom(["show", session.slice(0, 8)], { env: desk.env })).stdout);
  assert.equal(shown, String((await spanloom(["build", "-q", "-f", "tree", desk.project])).stdout));
});

test("a repository that is off is not traced, and what the hook noted does not stay", async (test) => {
  const desk = await deskOf(test, "single-turn");
  await spanloom(["off", "--repo"], { env: desk.env, cwd: desk.project });
  tell(desk, "SessionEnd");
  await sweep(desk);
  assert.equal(desk.sink.received.length, 0);
  assert.deepEqual(readdirSync(join(desk.env["SPANLOOM_HOME"]!, "state", "sessions")), []);
});

test("workers that are killed while they send lose nothing, and what the sink has is what a clean export makes", async (test) => {
  const desk = await deskOf(test, "many-steps");
  const expected = await built(desk.project);
  let random = 7;
  for (let round = 0; round < 12; round++) {
    tell(desk, "SessionEnd");
    const workers = [0, 1].map(() => spawn(process.execPath, [program, "sweep", "--worker"], { env: { ...process.env, ...desk.env }, stdio: "ignore" }));
    random = (random * 48271) % 2147483647;
    await pause(40 + (random % 260));
    for (const worker of workers) worker.kill("SIGKILL");
    // A part of the rounds begins as if nothing had been sent yet, so that there is something to interrupt.
    if (round % 3 === 2) rmSync(join(desk.env["SPANLOOM_HOME"]!, "state", "ledger"), { recursive: true, force: true });
  }
  tell(desk, "SessionEnd");
  assert.equal((await sweep(desk)).code, 0);
  assert.deepEqual([...new Set(ids(desk.sink.accepted()))], expected);
});
