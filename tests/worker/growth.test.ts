// Turns that go on after they were sent: what is new is sent once, what is there is not sent again, and status says so.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { spanloom } from "../host-node/command.ts";
import { folderOf } from "../host-node/folder.ts";
import { readJson, spansOf } from "../support/otlp.ts";
import { Session, subagent } from "../support/session.ts";
import { type Sink, startSink } from "../support/sink.ts";

const hook = fileURLToPath(new URL("../../dist/hook.cjs", import.meta.url));
const id = "00000000-0000-4000-8000-000000000001";

interface Desk {
  readonly project: string;
  readonly env: Record<string, string>;
  readonly sink: Sink;
  /** Writes the session anew, and lets its hooks and a sweep do what they do. */
  goOn(event: string, write: (it: Session) => unknown): Promise<number>;
  /** Ids at the sink, sorted: each as often as it was accepted. */
  arrived(): string[];
  built(): Promise<string[]>;
  grown(): Promise<unknown>;
}

async function deskOf(test: TestContext, protocol: string): Promise<Desk> {
  const folder = folderOf(test);
  const project = join(folder, "project");
  mkdirSync(join(project, id, "subagents"), { recursive: true });
  const sink = await startSink();
  test.after(() => sink.close());
  const env = { SPANLOOM_HOME: join(folder, "home"), HOME: folder, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_EXPORTER_OTLP_PROTOCOL: protocol };
  const transcript = join(project, `${id}.jsonl`);
  return {
    project,
    env,
    sink,
    async goOn(event, write) {
      const it = new Session(id);
      write(it);
      writeFileSync(transcript, it.bytes());
      const payload = { session_id: id, transcript_path: transcript, cwd: project, hook_event_name: event };
      spawnSync(process.execPath, [hook], { input: JSON.stringify(payload), env: { ...process.env, ...env, PATH: "" } });
      return (await spanloom(["sweep", "--wait"], { env })).code ?? 0;
    },
    arrived: () => sink.accepted().map(({ spanId }) => spanId).sort(),
    async built() {
      const { stdout } = await spanloom(["build", "-q", "-f", "otlp-json", project]);
      return spansOf(readJson(String(stdout).split("\n").filter(Boolean))).map(({ spanId }) => spanId).sort();
    },
    async grown() {
      return JSON.parse(String((await spanloom(["status", "--json"], { env })).stdout)).destinations[0].grown;
    },
  };
}

for (const protocol of ["http/json", "http/protobuf"]) {
  test(`${protocol}: a turn that a hook made go on gets its further spans, each once`, async (test) => {
    const desk = await deskOf(test, protocol);
    const first = (it: Session): Session => it.prompt("one").call("m1", "t1").result("t1").say("m2", "done");
    await desk.goOn("Stop", first);
    assert.deepEqual(desk.arrived(), await desk.built());
    assert.deepEqual(await desk.grown(), { turns: 0, spans: 0 });
    const second = (it: Session): Session => first(it).user("Stop hook feedback:\n- the tests fail").call("m3", "t2").result("t2").say("m4", "mended");
    await desk.goOn("Stop", second);
    assert.equal(desk.arrived().length, 7);
    assert.deepEqual(desk.arrived(), await desk.built());
    assert.deepEqual(await desk.grown(), { turns: 1, spans: 3 });
    await desk.goOn("SessionEnd", second);
    assert.deepEqual(desk.arrived(), await desk.built());
    assert.deepEqual(await desk.grown(), { turns: 1, spans: 3 });
  });
}

test("a result that comes after its turn was sent changes nothing there, and is counted once", async (test) => {
  const desk = await deskOf(test, "http/json");
  const before = (it: Session): Session => it.prompt("one").call("m1", "t1").prompt("two", { promptId: "second" }).say("m2", "yes");
  await desk.goOn("Stop", before);
  const there = desk.arrived();
  assert.deepEqual(there, await desk.built());
  for (let i = 0; i < 2; i++) {
    await desk.goOn("SessionEnd", (it) => before(it).result("t1"));
    assert.deepEqual(desk.arrived(), there);
    assert.deepEqual(await desk.grown(), { turns: 1, spans: 0 });
  }
  assert.match(String((await spanloom(["status"], { env: desk.env })).stdout), /1 turn went on after being sent: 0 further spans sent/);
});

test("an agent that is resumed later gets its further spans; while the backend is down they wait, and come once", async (test) => {
  const desk = await deskOf(test, "http/protobuf");
  const main = (it: Session): Session =>
    it.prompt("one").call("m1", "a1", "Agent", { prompt: "do it", subagent_type: "Explore" }).result("a1", "done", {}, { toolUseResult: { agentId: "x1" } }).say("m2", "done");
  const agent = (more: boolean): void => {
    const write = (it: Session): void => {
      it.prompt("do it").say("x-m1", "first");
      if (more) it.prompt("and on").call("x-m2", "x-t1").result("x-t1").say("x-m3", "second");
    };
    for (const { name, bytes } of subagent(id, "x1", write)) writeFileSync(join(desk.project, name), bytes);
  };
  agent(false);
  await desk.goOn("Stop", main);
  assert.deepEqual(desk.arrived(), await desk.built());
  agent(true);
  desk.sink.always({ kind: "status", status: 503, headers: { "retry-after": "3600" } });
  await desk.goOn("Stop", main);
  await desk.goOn("SessionEnd", main);
  desk.sink.always({ kind: "accept" });
  await desk.goOn("SessionEnd", main);
  assert.deepEqual(desk.arrived(), await desk.built());
});

test("a background agent that is at work holds its turn", async (test) => {
  const desk = await deskOf(test, "http/json");
  const begun = (it: Session): Session =>
    it.prompt("one").call("m1", "a1", "Agent", { prompt: "do it" }).result("a1", "started", {}, { toolUseResult: { isAsync: true, agentId: "x1" } }).say("m2", "it works");
  await desk.goOn("Stop", begun);
  assert.deepEqual(desk.arrived(), []);
  const note = "<task-notification>\n<tool-use-id>a1</tool-use-id>\n<status>completed</status>\n</task-notification>";
  await desk.goOn("Stop", (it) => begun(it).user(note).say("m3", "it is done"));
  assert.deepEqual(desk.arrived(), await desk.built());
  assert.deepEqual(await desk.grown(), { turns: 0, spans: 0 });
});

test("without what was written down of it, a turn that was sent stays as it is", async (test) => {
  const desk = await deskOf(test, "http/json");
  const first = (it: Session): Session => it.prompt("one").say("m1", "done");
  await desk.goOn("Stop", first);
  const there = desk.arrived();
  rmSync(join(desk.env["SPANLOOM_HOME"]!, "state", "given"), { recursive: true });
  await desk.goOn("SessionEnd", (it) => first(it).user("Stop hook feedback:\n- on").say("m2", "more"));
  assert.deepEqual(desk.arrived(), there);
});
