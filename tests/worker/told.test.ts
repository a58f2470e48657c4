// What hooks are told reaches the backend and the store as events of the record, and a record that is late is waited for.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { program, spanloom } from "../host-node/command.ts";
import { folderOf } from "../host-node/folder.ts";
import { attributes, type OtlpSpan } from "../support/otlp.ts";
import { Session } from "../support/session.ts";
import { type Sink, startSink } from "../support/sink.ts";

const hook = fileURLToPath(new URL("../../dist/hook.cjs", import.meta.url));
const id = "00000000-0000-4000-8000-000000000001";

interface Desk {
  readonly transcript: string;
  readonly env: Record<string, string>;
  readonly home: string;
  readonly sink: Sink;
}

async function deskOf(test: TestContext, more: Record<string, string> = {}): Promise<Desk> {
  const folder = folderOf(test);
  const project = join(folder, "project");
  mkdirSync(project);
  const sink = await startSink();
  test.after(() => sink.close());
  const home = join(folder, "home");
  const endpoint: Record<string, string> = more["stored"] ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url };
  return { transcript: join(project, `${id}.jsonl`), home, sink, env: { SPANLOOM_HOME: home, HOME: folder, ...endpoint, ...more } };
}

/** Tells a hook, as a client does. */
function tell({ transcript, env }: Desk, event: string, more: Record<string, unknown> = {}, command: readonly string[] = [hook]): void {
  const payload = { session_id: id, transcript_path: transcript, cwd: "/w", permission_mode: "default", hook_event_name: event, ...more };
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { input: JSON.stringify(payload), env: { ...process.env, ...env } });
  assert.deepEqual([status, String(stdout), String(stderr)], [0, "", ""]);
}

const sweep = ({ env }: Desk) => spanloom(["sweep", "--wait"], { env });
const told = (spans: OtlpSpan[]): string[] =>
  spans.flatMap(({ name, events = [] }) => events.map((event) => [name, event.name, ...Object.values(attributes(event))].join(" ")));

/** A session whose rows are written as time goes by, so that what hooks are told lies between them. */
class Live extends Session {
  constructor(readonly path: string) {
    super(id);
    writeFileSync(path, "");
  }

  override raw(row: Parameters<Session["raw"]>[0]): this {
    const now = { ...(row as Record<string, unknown>), timestamp: new Date().toISOString() };
    appendFileSync(this.path, `${JSON.stringify(now)}\n`);
    return super.raw(row);
  }
}

async function live(desk: Desk, command?: readonly string[]): Promise<void> {
  const it = new Live(desk.transcript);
  it.prompt("one").call("m1", "t1");
  await pause(20);
  tell(desk, "PermissionRequest", { tool_name: "Bash", tool_input: { command: "rm" } }, command);
  tell(desk, "Notification", { message: "may I?", notification_type: "permission_prompt" }, command);
  it.result("t1");
  tell(desk, "PreCompact", { trigger: "manual", custom_instructions: "keep the tests" }, command);
  it.system("compact_boundary", { compactMetadata: { trigger: "manual" } }).say("m2", "done");
}

const expected = [
  "invoke_agent claude-code spanloom.compaction manual",
  "invoke_agent claude-code spanloom.notification permission_prompt",
  "execute_tool Bash spanloom.permission_request Bash default",
];

test("what a hook was told is an event at the backend, without its texts unless they are wanted", async (test) => {
  const desk = await deskOf(test);
  await live(desk);
  tell(desk, "SessionEnd");
  assert.equal((await sweep(desk)).code, 0);
  assert.deepEqual(told(desk.sink.accepted()), expected);
  assert.equal(JSON.stringify(desk.sink.received.map(({ request }) => request)).includes("keep the tests"), false);
});

test("the local store has them with their texts, and has them still when the session goes on", async (test) => {
  const desk = await deskOf(test, { stored: "1" });
  await live(desk);
  tell(desk, "SessionEnd");
  assert.equal((await sweep(desk)).code, 0);
  const shown = async (): Promise<string> => String((await spanloom(["show", id.slice(0, 8)], { env: desk.env })).stdout);
  assert.match(await shown(), /permission asked for[\s\S]*the user was notified/);
  const again = new Session(id, {}, 1e9);
  again.label = "later";
  appendFileSync(desk.transcript, again.prompt("two", { promptId: "second", timestamp: new Date().toISOString() }).say("m3", "yes", { timestamp: new Date().toISOString() }).bytes());
  tell(desk, "Stop");
  assert.equal((await sweep(desk)).code, 0);
  assert.match(await shown(), /permission asked for[\s\S]*the user was notified[\s\S]*two/);
  const lines = readFileSync(join(desk.home, "data", "traces", `${id}.jsonl`), "utf8");
  assert.equal(lines.match(/keep the tests/g)?.length, 1);
});

test("the command does what the file does", async (test) => {
  const desk = await deskOf(test);
  await live(desk, [program, "hook"]);
  tell(desk, "Unheard", {}, [program, "hook"]);
  const broken = spawnSync(process.execPath, [program, "hook", "--nonsense"], { input: "no json", env: { PATH: "", SPANLOOM_HOME: "/dev/null" } });
  assert.deepEqual([broken.status, String(broken.stdout), String(broken.stderr)], [0, "", ""]);
  tell(desk, "SessionEnd", {}, [program, "hook"]);
  await sweep(desk);
  assert.deepEqual(told(desk.sink.accepted()), expected);
});

test("a journal goes with its record, once the session is over", async (test) => {
  const desk = await deskOf(test);
  await live(desk);
  tell(desk, "SessionEnd");
  await sweep(desk);
  const journal = join(desk.home, "state", "sessions", `${id}.hooks.jsonl`);
  assert.equal(existsSync(journal), true);
  rmSync(desk.transcript);
  await sweep(desk);
  assert.equal(existsSync(journal), false);
});

test("garbage in a journal costs nothing around it", async (test) => {
  const desk = await deskOf(test);
  await live(desk);
  const journal = join(desk.home, "state", "sessions", `${id}.hooks.jsonl`);
  const rows = readFileSync(journal, "utf8");
  writeFileSync(journal, `\u0000garbage\n${rows}${"x".repeat(5_000_000)}\n{"type":"spanloom-hook","event":"Noti`);
  tell(desk, "SessionEnd");
  assert.equal((await sweep(desk)).code, 0);
  assert.deepEqual(told(desk.sink.accepted()), expected);
});

for (const [what, rest] of [
  ["the end of a turn", 1],
  ["the whole turn", 2],
] as const) {
  for (const arrives of [true, false]) {
    test(`${what} ${arrives ? "comes a second after Stop and is waited for" : "does not come after Stop: it is sent the next time"}`, async (test) => {
      const desk = await deskOf(test);
      const first = new Session(id).prompt("one").say("m1", "yes");
      const late = new Session(id, {}, 100);
      late.label = "late";
      late.prompt("two", { promptId: "second" }).say("m2", "the last words");
      const [before, after] = [late.rows.slice(0, 2 - rest), late.rows.slice(2 - rest)].map((rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      writeFileSync(desk.transcript, `${first.bytes()}${before}`);
      tell(desk, "Stop", { last_assistant_message: "the last words" });
      const began = performance.now();
      const swept = sweep(desk);
      if (arrives) setTimeout(() => appendFileSync(desk.transcript, after!), 1000);
      await swept;
      const took = performance.now() - began;
      const turns = (): number => desk.sink.accepted().filter(({ name }) => name.startsWith("invoke_agent")).length;
      assert.equal(turns(), arrives ? 2 : 1);
      assert.ok(took > (arrives ? 900 : 1900) && took < 6000, `${took} ms`);
      if (arrives) return;
      appendFileSync(desk.transcript, after!);
      tell(desk, "SessionEnd");
      await sweep(desk);
      assert.equal(turns(), 2);
    });
  }
}
