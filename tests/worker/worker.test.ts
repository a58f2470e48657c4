// The way from a hook to a backend or the store, as a client's hooks and a person's commands walk it: the built files, a
// sink on loopback, sessions that grow. What arrives is held against what a clean build makes.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
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

/** What the client tells its hooks. */
const payloadOf = (project: string, event: string, transcript: string): string =>
  JSON.stringify({ session_id: basename(transcript, ".jsonl"), transcript_path: transcript, cwd: project, hook_event_name: event });

/** A program that runs a hook, as a client does. */
const telling = (input: string): string => `require("node:child_process").spawnSync(process.execPath, [${JSON.stringify(hook)}], { input: ${JSON.stringify(input)} })`;

function tell({ project, env }: Desk, event: string, transcript = transcriptsIn(project)[0]!): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [hook], { input: payloadOf(project, event, transcript), env: { ...process.env, ...env } });
  assert.deepEqual([status, String(stdout), String(stderr)], [0, "", ""]);
}

/** The same, by somebody who is gone at once, so that nobody knows the client. */
function tellUnknown({ project, env }: Desk, event: string, transcript = transcriptsIn(project)[0]!): void {
  assert.equal(spawnSync(process.execPath, ["-e", telling(payloadOf(project, event, transcript))], { env: { ...process.env, ...env } }).status, 0);
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
  tellUnknown(desk, "SessionStart");
  await sweep(desk);
  assert.equal(desk.sink.received.length, 0, "its last turn is open");
  await pause(1100);
  await spanloom(["sweep"], { env: { ...desk.env, SPANLOOM_QUIET_AFTER_MS: "1000" } });
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk.project));
});

test("a session that is killed before its first turn ended is not taken for ended before it has a transcript", async (test) => {
  const desk = await deskOf(test, "killed");
  const [transcript] = transcriptsIn(desk.project) as [string];
  const rows = readFileSync(transcript);
  rmSync(transcript);
  tellUnknown(desk, "SessionStart", transcript);
  await sweep(desk);
  writeFileSync(transcript, rows);
  await pause(1100);
  await spanloom(["sweep", "--wait"], { env: { ...desk.env, SPANLOOM_QUIET_AFTER_MS: "1000" } });
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk.project));
});

test("a session whose client was killed is sent by the next sweep; while it runs, a session may be quiet as long as it likes", { skip: !existsSync("/proc/self/stat") }, async (test) => {
  const desk = await deskOf(test, "killed");
  const [transcript] = transcriptsIn(desk.project) as [string];
  const program = `${telling(payloadOf(desk.project, "SessionStart", transcript))}; setInterval(() => {}, 1000)`;
  const client = spawn(process.execPath, ["-e", program], { env: { ...process.env, ...desk.env }, stdio: "ignore" });
  test.after(() => client.kill("SIGKILL"));
  const remembered = join(desk.env["SPANLOOM_HOME"]!, "state", "sessions", `${basename(transcript, ".jsonl")}.json`);
  while (!existsSync(remembered)) await pause(50);
  await pause(1100);
  await spanloom(["sweep", "--wait"], { env: { ...desk.env, SPANLOOM_QUIET_AFTER_MS: "1000" } });
  assert.equal(desk.sink.received.length, 0, "it runs");
  client.kill("SIGKILL");
  await once(client, "exit");
  await sweep(desk);
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk.project));
});

test("a session whose agent is at work is not abandoned, however long its own transcript is quiet", async (test) => {
  const desk = await deskOf(test, "two-subagents");
  const [transcript] = transcriptsIn(desk.project) as [string];
  const rows = readFileSync(transcript, "utf8").trimEnd().split("\n");
  // Up to the calls of its agents.
  writeFileSync(transcript, `${rows.slice(0, rows.findIndex((row) => row.includes('"tool_result"'))).join("\n")}\n`);
  const old = new Date(Date.now() - 7200_000);
  utimesSync(transcript, old, old);
  const state = join(desk.env["SPANLOOM_HOME"]!, "state", "sessions");
  tellUnknown(desk, "SessionStart");
  await sweep(desk);
  rmSync(join(state, `${basename(transcript)}`), { force: true });
  await sweep(desk);
  assert.equal(desk.sink.received.length, 0, "files of its agents are new");
  for (const agent of readdirSync(join(transcript.slice(0, -6), "subagents"))) utimesSync(join(transcript.slice(0, -6), "subagents", agent), old, old);
  await sweep(desk);
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk.project));
});

/** A recording as if it were being made: its last row is of just now. */
function freshen(transcript: string): string[] {
  const text = readFileSync(transcript, "utf8");
  const times = [...text.matchAll(/"timestamp":"([^"]+)"/g)].map(([, time]) => Date.parse(time!));
  const shift = Date.now() - Math.max(...times);
  const fresh = text.replace(/"timestamp":"([^"]+)"/g, (_, time: string) => `"timestamp":"${new Date(Date.parse(time) + shift).toISOString()}"`);
  return fresh.trimEnd().split("\n");
}

test("a turn that a Stop hook makes go on is sent when it is over, whole", async (test) => {
  const desk = await deskOf(test, "hooks");
  const [transcript] = transcriptsIn(desk.project) as [string];
  const rows = freshen(transcript);
  const blocked = rows.findIndex((row) => row.includes("Stop hook feedback:"));
  writeFileSync(transcript, `${rows.slice(0, blocked).join("\n")}\n`);
  tell(desk, "Stop");
  // The worker that the hook started gives up waiting for the tail after two seconds.
  await pause(3500);
  assert.equal(desk.sink.received.length, 0, "other Stop hooks may be at work");
  appendFileSync(transcript, `${rows.slice(blocked).join("\n")}\n`);
  tell(desk, "Stop");
  // While a worker waits for the tail of the file, it has the lock, and this starts no other.
  await pause(500);
  tell(desk, "SessionEnd");
  const end = Date.now() + 10_000;
  while (desk.sink.received.length === 0 && Date.now() < end) await pause(50);
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk.project));
});

test("a turn whose record says that the hooks at its end have run is sent at once", async (test) => {
  const desk = await deskOf(test, "single-turn");
  const [transcript] = transcriptsIn(desk.project) as [string];
  const rows = freshen(transcript);
  const { uuid: _, message: __, ...last } = JSON.parse(rows.filter((row) => row.includes('"type":"assistant"')).at(-1)!) as Record<string, unknown>;
  const summary = { ...last, type: "system", subtype: "stop_hook_summary", hookCount: 1, preventedContinuation: false, uuid: "0b2f8a52-4c55-4f2b-8d1c-6d8f1c7e2a11" };
  writeFileSync(transcript, `${[...rows, JSON.stringify(summary)].join("\n")}\n`);
  tell(desk, "Stop");
  assert.equal((await sweep(desk)).code, 0);
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
