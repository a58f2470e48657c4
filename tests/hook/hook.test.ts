// The hook says nothing, ends with 0, writes down what it was told and starts a worker where there is need of one;
// whatever it is told, and whatever is broken.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { EVENTS } from "../../host-node/setup/hooks.ts";
import { readJournal } from "../../host-node/state/journal.ts";
import { readSignature } from "../../host-node/state/living.ts";
import { tryLock } from "../../host-node/state/lock.ts";
import { setOff } from "../../host-node/state/off.ts";
import { type Places, places } from "../../host-node/state/paths.ts";
import { listPending, sweepLock } from "../../host-node/state/pending.ts";
import { folderOf } from "../host-node/folder.ts";
import { hook, type HookOptions, type Hooked, payload, runHook, session } from "./hook.ts";

const silent = { code: 0, said: "" };

function assertSilent({ code, said }: Hooked): void {
  assert.deepEqual({ code, said }, silent);
}

interface Scene {
  readonly home: string;
  readonly where: Places;
  readonly options: HookOptions & { readonly env: Record<string, string>; readonly program: string };
  /** Holds that so many workers were started since it was last asked; they are given time to say so. */
  started(workers: number): Promise<void>;
}

/** A copy of the hook beside a worker that only says that it was started, and how. */
function sceneOf(test: TestContext): Scene {
  const home = folderOf(test);
  const dist = folderOf(test);
  cpSync(hook, join(dist, "hook.cjs"));
  writeFileSync(
    join(dist, "cli.cjs"),
    `require("node:fs").appendFileSync(__dirname + "/started", process.argv.slice(2).join(" ") + " in " + process.cwd() + "\\n");`,
  );
  const where = places({ SPANLOOM_HOME: home });
  return {
    home,
    where,
    options: { env: { SPANLOOM_HOME: home }, program: join(dist, "hook.cjs") },
    async started(workers) {
      const path = join(dist, "started");
      const lines = (): string[] => (existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : []);
      const end = performance.now() + (workers === 0 ? 250 : 10_000);
      do await new Promise((resolve) => setTimeout(resolve, 20));
      while (performance.now() < end && (workers === 0 || lines().length < workers));
      assert.deepEqual(lines(), Array<string>(workers).fill(`sweep --worker in ${where.state}`));
      rmSync(path, { force: true });
    },
  };
}

const working = ["SessionStart", "Stop", "StopFailure", "SessionEnd"];
const noting = ["SubagentStop", "PreCompact", "PermissionRequest", "PermissionDenied", "Notification"];

for (const event of [...working, ...noting]) {
  const does = working.includes(event) ? "starts a worker" : "starts no worker";
  test(`${event}: is written down, makes the session pending, ${does}`, async (test) => {
    const { where, options, started } = sceneOf(test);
    const begun = Date.now();
    const more = { tool_name: "Bash", tool_input: { command: "ls \u2028 é 🚀" }, list: [1, null, true] };
    assertSilent(await runHook(payload(event, more), options));
    const records = readJournal(where, session);
    assert.equal(records.length, 1);
    const { at, client = "", ...record } = records[0] as (typeof records)[number];
    assert.ok(at >= begun && at <= Date.now());
    assert.equal(readSignature(client)?.pid, process.pid);
    assert.deepEqual(record, {
      event,
      session,
      transcript: "/none/transcript.jsonl",
      cwd: "/none",
      payload: { permission_mode: "default", ...more },
    });
    assert.deepEqual(listPending(where), [session]);
    await started(working.includes(event) ? 1 : 0);
  });
}

test("init asks for no event that the hook does not know", () => {
  assert.deepEqual(
    EVENTS.filter((event) => ![...working, ...noting].includes(event)),
    [],
  );
});

const recorded = readFileSync(new URL("../fixtures/hooks/claude-code.jsonl", import.meta.url), "utf8").trimEnd().split("\n");

test("what a real client told its hooks is written down as it was told", async (test) => {
  for (const line of recorded) {
    const { where, options } = sceneOf(test);
    assertSilent(await runHook(line, options));
    const { session_id: id, transcript_path: transcript, cwd, hook_event_name: event, ...rest } = JSON.parse(line) as Record<string, string>;
    const records = readJournal(where, id as string).map(({ at: _, client: __, ...record }) => record);
    const known = [...working, ...noting].includes(event as string);
    assert.deepEqual(records, known ? [{ event, session: id, transcript, cwd, payload: rest }] : [], event);
    // What stands after who, where and which event may be long, and is not needed.
    const start = await runHook(line.slice(0, line.indexOf(`"hook_event_name":"${event}"`) + `"hook_event_name":"${event}"`.length), options);
    assertSilent(start);
    assert.equal(readJournal(where, id as string).length, known ? 2 : 0, event);
  }
});

const ignored: readonly (readonly [string, string | Buffer])[] = [
  ["nothing", ""],
  ["garbage", "not json \0 {"],
  ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x7b, 0x80])],
  ["an array", "[1]"],
  ["null", "null"],
  ["an empty object", "{}"],
  ["an unknown event", JSON.stringify(payload("PreToolUse"))],
  ["no session", JSON.stringify({ ...payload("Stop"), session_id: undefined })],
  ["a session id that is a path", JSON.stringify({ ...payload("Stop"), session_id: "../../x" })],
  ["a session id that is a number", JSON.stringify({ ...payload("Stop"), session_id: 7 })],
  ["brackets without end", "[".repeat(3_000_000)],
  ["members without end", '{"a":'.repeat(600_000)],
  ["a string of quotes without end", `{"a":"${'\\"'.repeat(1_000_000)}`],
  ["backslashes without end", `{"a":"${"\\".repeat(2_000_000)}`],
];

for (const [what, input] of ignored) {
  test(`${what}: is ignored`, async (test) => {
    const { where, options, started } = sceneOf(test);
    mkdirSync(where.state, { recursive: true });
    const hooked = await runHook(input, options);
    assertSilent(hooked);
    assert.deepEqual(readdirSync(where.state), []);
    await started(0);
    assert.ok(hooked.milliseconds < 10_000, `${hooked.milliseconds} ms`);
  });
}

test("shells between it and the client are not the client", { skip: !existsSync("/proc/self/stat") }, async (test) => {
  const { where, options } = sceneOf(test);
  assertSilent(await runHook(payload("Notification"), { ...options, within: ["sh", "-c", '"$@"; exit 0', "sh"] }));
  assert.equal(readSignature(readJournal(where, session)[0]?.client ?? "")?.pid, process.pid);
});

test("a payload of many megabytes: who, where and what at its beginning are enough", async (test) => {
  const { where, options, started } = sceneOf(test);
  // Words inside of words are words, and members of members are not the payload's.
  const decoy = JSON.stringify({ session_id: "no", hook_event_name: "No" });
  const input = payload("Stop", { inner: JSON.parse(decoy), quoted: `\\"${decoy}`, message: `é"\\`.repeat(3_000_000) });
  assertSilent(await runHook(input, options));
  const [record] = readJournal(where, session);
  assert.deepEqual([record?.event, record?.transcript, record?.cwd], ["Stop", "/none/transcript.jsonl", "/none"]);
  assert.deepEqual(record?.payload, { permission_mode: "default", quoted: `\\"${decoy}` });
  await started(1);
});

test("what is long is cut, and a record stays small whatever the payload holds", async (test) => {
  const { where, options } = sceneOf(test);
  const long = `${"x".repeat(4095)}🚀`;
  const input = payload("PermissionRequest", {
    tool_input: { command: long, short: "s" },
    deep: JSON.parse(`${'{"a":['.repeat(200)}${"]}".repeat(200)}`),
    many: Array.from({ length: 50_000 }, (_, n) => n),
    wide: Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`key${n}`, "value"])),
  });
  assertSilent(await runHook(input, options));
  const [record] = readJournal(where, session);
  assert.deepEqual(record?.payload.tool_input, { command: "x".repeat(4095), short: "s" });
  assert.deepEqual((record?.payload.many as number[]).slice(0, 3), [0, 1, 2]);
  assert.ok(readFileSync(join(where.state, "sessions", `${session}.hooks.jsonl`)).length < 100_000);
});

test("input that is never closed is not waited for once it is whole, and never longer than a second", async (test) => {
  const { where, options } = sceneOf(test);
  const whole = await runHook(`${JSON.stringify(payload("Notification"))}\n`, { ...options, open: true });
  assertSilent(whole);
  assert.equal(readJournal(where, session).length, 1);
  const torn = await runHook(JSON.stringify(payload("PreCompact", { more: "}" })).slice(0, -1), { ...options, open: true });
  assertSilent(torn);
  assert.equal(readJournal(where, session).at(-1)?.event, "PreCompact");
  const nothing = await runHook("", { ...options, open: true });
  assertSilent(nothing);
  for (const { milliseconds } of [torn, nothing]) {
    assert.ok(milliseconds >= 1000 && milliseconds < 5000, `${milliseconds} ms`);
    assert.ok(whole.milliseconds < milliseconds - 500, `${whole.milliseconds} and ${milliseconds} ms`);
  }
});

test("a worker at work is not joined by another; a dead one's lock does not keep the next from starting", async (test) => {
  const { where, options, started } = sceneOf(test);
  const lock = tryLock(sweepLock(where));
  assertSilent(await runHook(payload("Stop"), options));
  assert.deepEqual(listPending(where), [session]);
  await started(0);
  lock?.release();
  assertSilent(await runHook(payload("Stop"), options));
  await started(1);
  const child = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", takeLock(where)], { encoding: "utf8" });
  assert.equal(child.stdout, "taken\n", child.stderr);
  assertSilent(await runHook(payload("Stop"), options));
  await started(1);
});

/** A process that ends with the lock in its hand. */
function takeLock(where: Places): string {
  const lock = new URL("../../host-node/state/lock.ts", import.meta.url).href;
  return `import { tryLock } from "${lock}"; console.log(tryLock(${JSON.stringify(sweepLock(where))}) ? "taken" : "not");`;
}

test("switched off, for all or for one session, it does nothing", async (test) => {
  const { home, where, options, started } = sceneOf(test);
  assertSilent(await runHook(payload("Stop"), { ...options, env: { ...options.env, SPANLOOM_DISABLE: "1" } }));
  assert.deepEqual(readdirSync(home), []);
  setOff(where, session, true);
  assertSilent(await runHook(payload("Stop"), options));
  assert.deepEqual(readdirSync(where.state), ["off"]);
  const other = { ...payload("Stop"), session_id: "other" };
  assertSilent(await runHook(other, { ...options, env: { ...options.env, SPANLOOM_DISABLE: "0" } }));
  assert.deepEqual(listPending(where), ["other"]);
  await started(1);
});

test("without a home, or with a state folder that cannot be, it says nothing", async (test) => {
  const { home, options } = sceneOf(test);
  writeFileSync(join(home, "file"), "");
  for (const env of [{}, { HOME: "" }, { SPANLOOM_HOME: "relative" }, { HOME: "/dev/null" }, { SPANLOOM_HOME: join(home, "file") }]) {
    for (const event of ["Stop", "Notification"]) assertSilent(await runHook(payload(event), { ...options, env, cwd: home }));
  }
  assert.deepEqual(readdirSync(home), ["file"]);
});

test("with every file of the state in the way of another, it says nothing", async (test) => {
  const { where, options } = sceneOf(test);
  mkdirSync(join(where.state, "sessions", `${session}.hooks.jsonl`), { recursive: true });
  mkdirSync(join(where.state, "pending", session, "x"), { recursive: true });
  writeFileSync(sweepLock(where), "");
  assertSilent(await runHook(payload("Stop"), options));
  assert.deepEqual(readdirSync(join(where.state, "pending")), [session]);
});

test("on a device that is full it says nothing, and still starts a worker", { skip: !existsSync("/dev/full") }, async (test) => {
  const { where, options, started } = sceneOf(test);
  mkdirSync(join(where.state, "sessions"), { recursive: true });
  symlinkSync("/dev/full", join(where.state, "sessions", `${session}.hooks.jsonl`));
  assertSilent(await runHook(payload("Stop"), options));
  assert.deepEqual(listPending(where), [session]);
  await started(1);
});

const small = ["unshare", "-rm", "sh", "-c", 'mount -t tmpfs -o size=64k none "$0" && exec "$@"'];
const noTmpfs = spawnSync(small[0] as string, [...small.slice(1), "/mnt", "true"]).status !== 0;

test("on a file system that is full it says nothing", { skip: noTmpfs && "no right to mount one" }, async (test) => {
  const { home, options } = sceneOf(test);
  const fill = 'mount -t tmpfs -o size=64k none "$0" && { cat /dev/zero >"$0/zero" 2>/dev/null; "$@"; echo "$?"; cat "$0/state/sessions/"* | wc -c; }';
  const within = ["unshare", "-rm", "sh", "-c", fill, home];
  const { said } = await runHook(payload("Stop"), { ...options, within });
  // Its code, and what is in the journal.
  assert.deepEqual(said.trim().split(/\s+/), ["0", "0"]);
});

test("a program that is missing beside it, or a folder that has gone, changes nothing", async (test) => {
  const { where, options } = sceneOf(test);
  rmSync(join(options.program, "..", "cli.cjs"));
  assertSilent(await runHook(payload("Stop"), options));
  const gone = folderOf(test);
  const within = ["sh", "-c", 'rmdir "$PWD" && exec "$@"', "sh"];
  assertSilent(await runHook(payload("SessionEnd"), { ...options, within, cwd: gone }));
  assert.deepEqual(
    readJournal(where, session).map(({ event }) => event),
    ["Stop", "SessionEnd"],
  );
});

test("many hooks at once: all is written down", async (test) => {
  const { where, options, started } = sceneOf(test);
  const hooked = await Promise.all(
    Array.from({ length: 12 }, (_, n) => runHook(payload("PermissionRequest", { n, text: "x".repeat(n * 900) }), options)),
  );
  hooked.forEach(assertSilent);
  const numbers = readJournal(where, session, assert.fail).map(({ payload: { n } }) => n as number);
  assert.deepEqual(numbers.sort((a, b) => a - b), [...Array(12).keys()]);
  await started(0);
});

test("it loads files, paths and nothing else before it knows that a worker is needed", () => {
  const text = readFileSync(hook, "utf8");
  const atTop = [...text.matchAll(/^var .*require\("([^"]+)"\)/gm)].map(([, name]) => name);
  assert.deepEqual([...new Set(atTop)].sort(), ["node:fs", "node:path"]);
  const all = [...text.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name);
  assert.deepEqual([...new Set(all)].sort(), ["node:child_process", "node:fs", "node:path"]);
});
