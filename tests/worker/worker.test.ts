// The way from a hook to a backend or the store, as a client's hooks and a person's commands walk it: the built files, a
// sink on loopback, sessions that grow. What arrives is held against what a clean build makes.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { test } from "node:test";
import { journalName } from "../../host-node/state/journal.ts";
import { tryLock } from "../../host-node/state/lock.ts";
import { sweepLock } from "../../host-node/state/pending.ts";
import { hook, runHook } from "../hook/hook.ts";
import { spanloom } from "../host-node/command.ts";
import { assertDelivered, built, type Desk, deskOf, ids, payloadOf, status, sweep, tell, tellAll, transcriptsIn } from "./desk.ts";
import { kills } from "./kills.ts";

/** A program that runs a hook, as a client does. */
function telling(desk: Desk, event: string, transcript = transcriptsIn(desk)[0]!): string {
  const input = JSON.stringify(payloadOf(desk, event, transcript));
  return `require("node:child_process").spawnSync(process.execPath, [${JSON.stringify(hook)}], { input: ${JSON.stringify(input)} })`;
}

/** Tells a hook, by somebody who is gone at once, so that nobody knows the client. Nobody is started. */
async function tellUnknown(desk: Desk, event: string, transcript?: string): Promise<void> {
  const lock = tryLock(sweepLock(desk.places));
  const client = spawn(process.execPath, ["-e", telling(desk, event, transcript)], { env: { ...process.env, ...desk.env }, stdio: "ignore" });
  const [code] = await once(client, "exit");
  lock?.release();
  assert.equal(code, 0);
}

/** Tells a hook that starts a worker, if none is at work. */
const wake = async (desk: Desk, event: string): Promise<void> => void (await runHook(payloadOf(desk, event), { env: desk.env }));

for (const recording of ["two-subagents", "multi-turn-resume", "compaction", "fork-session", "team"]) {
  test(`${recording}: every span arrives once, over Stop, SessionEnd and once more`, async (test) => {
    const desk = await deskOf(test, { recordings: [recording] });
    await tellAll(desk, "Stop");
    await sweep(desk);
    await tellAll(desk, "SessionEnd");
    const ended = await sweep(desk);
    assert.equal(ended.code, 0, ended.stderr);
    await tellAll(desk, "SessionEnd");
    await sweep(desk);
    await assertDelivered(desk);
    const content = desk.sink.accepted().flatMap(({ attributes }) => attributes.filter(({ key }) => key === "gen_ai.output.messages"));
    assert.deepEqual(content, [], "without a word of the user's no content leaves the machine");
  });
}

test("a turn that goes on waits for its end, and is sent then", async (test) => {
  const desk = await deskOf(test, { recordings: ["single-turn"] });
  const [transcript] = transcriptsIn(desk) as [string];
  const rows = readFileSync(transcript, "utf8").trimEnd().split("\n");
  const last = rows.length - 1 - [...rows].reverse().findIndex((row) => row.includes('"type":"assistant"'));
  writeFileSync(transcript, `${rows.slice(0, last).join("\n")}\n`);
  await tell(desk, "SubagentStop");
  await sweep(desk);
  assert.equal(desk.sink.received.length, 0);
  appendFileSync(transcript, `${rows.slice(last).join("\n")}\n`);
  await tell(desk, "Stop");
  assert.equal((await sweep(desk)).code, 0);
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk));
});

test("a session that nobody ended is sent when it has been quiet for long", async (test) => {
  const desk = await deskOf(test, { recordings: ["killed"] });
  await tellUnknown(desk, "SessionStart");
  await sweep(desk);
  assert.equal(desk.sink.received.length, 0, "its last turn is open");
  await pause(1100);
  await spanloom(["sweep"], { env: { ...desk.env, SPANLOOM_QUIET_AFTER_MS: "1000" } });
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk));
});

test("a session that is killed before its first turn ended is not taken for ended before it has a transcript", async (test) => {
  const desk = await deskOf(test, { recordings: ["killed"] });
  const [transcript] = transcriptsIn(desk) as [string];
  const rows = readFileSync(transcript);
  rmSync(transcript);
  await tellUnknown(desk, "SessionStart", transcript);
  await sweep(desk);
  writeFileSync(transcript, rows);
  await pause(1100);
  await spanloom(["sweep", "--wait"], { env: { ...desk.env, SPANLOOM_QUIET_AFTER_MS: "1000" } });
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk));
});

test("a session whose client was killed is sent by the next sweep; while it runs, a session may be quiet as long as it likes", { skip: !existsSync("/proc/self/stat") }, async (test) => {
  const desk = await deskOf(test, { recordings: ["killed"] });
  const [transcript] = transcriptsIn(desk) as [string];
  const program = `${telling(desk, "SessionStart")}; setInterval(() => {}, 1000)`;
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
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk));
});

test("a session whose agent is at work is not abandoned, however long its own transcript is quiet", async (test) => {
  const desk = await deskOf(test, { recordings: ["two-subagents"] });
  const [transcript] = transcriptsIn(desk) as [string];
  const rows = readFileSync(transcript, "utf8").trimEnd().split("\n");
  // Up to the calls of its agents.
  writeFileSync(transcript, `${rows.slice(0, rows.findIndex((row) => row.includes('"tool_result"'))).join("\n")}\n`);
  const old = new Date(Date.now() - 7200_000);
  utimesSync(transcript, old, old);
  const state = join(desk.env["SPANLOOM_HOME"]!, "state", "sessions");
  await tellUnknown(desk, "SessionStart");
  await sweep(desk);
  rmSync(join(state, journalName(basename(transcript, ".jsonl"))));
  await sweep(desk);
  assert.equal(desk.sink.received.length, 0, "files of its agents are new");
  for (const agent of readdirSync(join(transcript.slice(0, -6), "subagents"))) utimesSync(join(transcript.slice(0, -6), "subagents", agent), old, old);
  await sweep(desk);
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk));
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
  const desk = await deskOf(test, { recordings: ["hooks"] });
  const [transcript] = transcriptsIn(desk) as [string];
  const rows = freshen(transcript);
  const blocked = rows.findIndex((row) => row.includes("Stop hook feedback:"));
  writeFileSync(transcript, `${rows.slice(0, blocked).join("\n")}\n`);
  await wake(desk, "Stop");
  // The worker that the hook started gives up waiting for the tail after two seconds.
  await pause(3500);
  assert.equal(desk.sink.received.length, 0, "other Stop hooks may be at work");
  appendFileSync(transcript, `${rows.slice(blocked).join("\n")}\n`);
  await wake(desk, "Stop");
  // While a worker waits for the tail of the file, it has the lock, and this starts no other.
  await pause(500);
  await wake(desk, "SessionEnd");
  const end = Date.now() + 10_000;
  while (desk.sink.received.length === 0 && Date.now() < end) await pause(50);
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk));
});

test("a turn whose record says that the hooks at its end have run is sent at once", async (test) => {
  const desk = await deskOf(test, { recordings: ["single-turn"] });
  const [transcript] = transcriptsIn(desk) as [string];
  const rows = freshen(transcript);
  const { uuid: _, message: __, ...last } = JSON.parse(rows.filter((row) => row.includes('"type":"assistant"')).at(-1)!) as Record<string, unknown>;
  const summary = { ...last, type: "system", subtype: "stop_hook_summary", hookCount: 1, preventedContinuation: false, uuid: "0b2f8a52-4c55-4f2b-8d1c-6d8f1c7e2a11" };
  writeFileSync(transcript, `${[...rows, JSON.stringify(summary)].join("\n")}\n`);
  await tell(desk, "Stop");
  assert.equal((await sweep(desk)).code, 0);
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk));
});

test("what could not be sent is sent later, once, and status says what happened", async (test) => {
  const desk = await deskOf(test, { recordings: ["two-subagents"] });
  desk.sink.always({ kind: "status", status: 503, message: "come back later", headers: { "retry-after": "3600" } });
  await tell(desk, "SessionEnd");
  const failed = await sweep(desk);
  assert.equal(failed.code, 1);
  assert.deepEqual(desk.sink.accepted(), []);
  const { code, words } = await status(desk);
  assert.equal(code, 1);
  assert.match(words, /1 request waiting/);
  assert.match(words, /HTTP 503: come back later/);
  desk.sink.always({ kind: "accept" });
  assert.equal((await sweep(desk)).code, 0);
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk));
  const after = await spanloom(["status", "--json"], { env: desk.env });
  assert.equal(JSON.parse(String(after.stdout)).destinations[0].requests, 0);
});

test("export sends history through the same ledger, and again only by force", async (test) => {
  const desk = await deskOf(test, { recordings: ["multi-turn-resume"] });
  const dry = await spanloom(["export", desk.project, "--dry-run"], { env: desk.env });
  assert.match(dry.stderr, /3 turns of 1 session would be sent to otlp/);
  assert.equal(desk.sink.received.length, 0);
  assert.equal((await spanloom(["export", desk.project], { env: desk.env })).code, 0);
  assert.deepEqual(ids(desk.sink.accepted()), await built(desk));
  const count = desk.sink.accepted().length;
  await spanloom(["export", desk.project], { env: desk.env });
  await tell(desk, "SessionEnd");
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
  const desk = await deskOf(test, { recordings: ["nested-subagents"], endpoint: "" });
  await tell(desk, "Stop");
  await sweep(desk);
  await tell(desk, "SessionEnd");
  assert.equal((await sweep(desk)).code, 0);
  const session = basename(transcriptsIn(desk)[0]!, ".jsonl");
  assert.match(String((await spanloom(["ls"], { env: desk.env })).stdout), new RegExp(session));
  const shown = String((await spanloom(["show", session.slice(0, 8)], { env: desk.env })).stdout);
  assert.equal(shown, String((await spanloom(["build", "-q", "-f", "tree", desk.project])).stdout));
});

test("a repository that is off is not traced, and what the hook noted does not stay", async (test) => {
  const desk = await deskOf(test, { recordings: ["single-turn"] });
  await spanloom(["off", "--repo"], { env: desk.env, cwd: desk.project });
  await tell(desk, "SessionEnd");
  await sweep(desk);
  assert.equal(desk.sink.received.length, 0);
  assert.deepEqual(readdirSync(join(desk.env["SPANLOOM_HOME"]!, "state", "sessions")), []);
});

test("workers that are killed while they send lose nothing, and what the sink has is what a clean export makes", async () => {
  const { rounds, killed, stages, twice } = await kills(6, 7);
  assert.ok(killed > rounds / 2 && Object.keys(stages).length > 1, "hardly anything was interrupted");
  assert.ok(twice <= rounds);
});
