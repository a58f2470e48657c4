// Whatever the backend, the network or the disk does: the agent is not disturbed, nothing is lost, status says what happened
// in the backend's words, and a later sweep brings every span once.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { sweep as sweepFor } from "../../host-node/worker/sweep.ts";
import { runHook } from "../hook/hook.ts";
import { spanloom } from "../host-node/command.ts";
import { blackHole } from "../support/black-hole.ts";
import { type Answer, startSink } from "../support/sink.ts";
import { spansOf } from "../support/otlp.ts";
import { assertDelivered, built, type Desk, type DeskOptions, deskOf, ids, noted, pending, status, sweep, tell, waiting, writeLongTurn } from "./desk.ts";

const recordings = ["two-subagents"];

/** A sweep that is given little time. */
async function shortSweep({ env }: Desk, lifetimeMs = 1500): Promise<void> {
  const began = Date.now();
  await sweepFor({ env, lifetimeMs, tell: () => {} });
  assert.ok(Date.now() - began < lifetimeMs + 1500, `a worker outlives its time: ${Date.now() - began} ms`);
}

/** One session has ended, and a worker has had little time for it; answers what status says. */
async function failed(desk: Desk): Promise<string> {
  const { milliseconds } = await tell(desk, "SessionEnd");
  assert.ok(milliseconds < 2000, `the agent waits for ${milliseconds} ms`);
  await shortSweep(desk);
  const { code, words } = await status(desk);
  assert.equal(code, 1, words);
  return words;
}

/** All of it waits, and none is noted as sent. */
function assertWaits(desk: Desk): void {
  assert.deepEqual([pending(desk), noted(desk)], [[], []]);
  assert.ok(waiting(desk).length > 0);
}

async function assertHeals(desk: Desk): Promise<void> {
  const swept = await sweep(desk);
  assert.equal(swept.code, 0, swept.stderr);
  await assertDelivered(desk);
}

interface Case {
  readonly name: string;
  readonly answer: Answer;
  readonly words: RegExp;
  readonly env?: Record<string, string>;
}

const later: readonly Case[] = [
  { name: "503", answer: { kind: "status", status: 503, message: "we are starting" }, words: /1 request waiting, .*\n *HTTP 503: we are starting/ },
  { name: "a hang", answer: { kind: "hang" }, words: /no answer within/ },
  { name: "a connection closed on every request", answer: { kind: "close" }, words: /the connection was closed \(ECONNRESET\)/ },
  { name: "429 with a time far off", answer: { kind: "status", status: 429, headers: { "retry-after": "3600" } }, words: /stopped: HTTP 429: too many requests/ },
  { name: "429 with a date far off", answer: { kind: "status", status: 429, headers: { "retry-after": "Fri, 31 Dec 2100 23:59:59 GMT" } }, words: /HTTP 429/ },
  { name: "401", answer: { kind: "status", status: 401, message: "no such key" }, words: /stopped: HTTP 401: the credentials are missing or wrong: no such key/ },
  { name: "403", answer: { kind: "status", status: 403, message: "read only" }, words: /stopped: HTTP 403: these credentials may not write there: read only/ },
  { name: "404 with a page", answer: { kind: "status", status: 404, body: "<html><title>Not Found</title>", headers: { "content-type": "text/html" } }, words: /nothing takes traces at this address: Not Found/ },
  { name: "an answer that is no HTTP", answer: { kind: "garbage" }, words: /does not answer in HTTP/ },
];

describe("what keeps a request back", { concurrency: 3 }, () => {
  for (const { name, answer, words, env = {} } of later) {
    test(`${name}: all waits, and is there once when the backend is well again`, async (test) => {
      const desk = await deskOf(test, { recordings, env });
      desk.sink.always(answer);
      assert.match(await failed(desk), words);
      assertWaits(desk);
      desk.sink.always({ kind: "accept" });
      await assertHeals(desk);
    });
  }

  test("nothing listens there", async (test) => {
    const desk = await deskOf(test, { recordings });
    await desk.sink.close();
    assert.match(await failed(desk), /nothing listens there \(ECONNREFUSED\)/);
    assertWaits(desk);
    const sink = await startSink({ port: Number(new URL(desk.sink.url).port) });
    test.after(() => sink.close());
    await assertHeals({ ...desk, sink });
  });

  test("an address nobody answers at, then another endpoint", async (test) => {
    const desk = await deskOf(test, { recordings, endpoint: await blackHole(test) });
    assert.match(await failed(desk), /no answer within/);
    assertWaits(desk);
    assert.deepEqual([...new Set(waiting(desk).map(({ state }) => state))], ["otlp"], "it never went out");
    const moved = { ...desk, env: { ...desk.env, OTEL_EXPORTER_OTLP_ENDPOINT: desk.sink.url } };
    await tell(moved, "SessionEnd");
    const swept = await sweep(moved);
    assert.equal(swept.code, 0, swept.stderr);
    assert.deepEqual(ids(desk.sink.accepted()), await built(desk));
  });

  test("TLS with a certificate nobody knows", async (test) => {
    const folder = (await deskOf(test)).folder;
    const [key, certificate] = [join(folder, "key"), join(folder, "certificate")];
    const args = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=sink", "-addext", "subjectAltName=IP:127.0.0.1"];
    if (spawnSync("openssl", [...args, "-keyout", key, "-out", certificate]).error !== undefined) return test.skip("openssl is not installed");
    const desk = await deskOf(test, { recordings, sink: { tls: { key, certificate } } });
    assert.match(await failed(desk), /TLS failed: its certificate is self-signed; name it in OTEL_EXPORTER_OTLP_CERTIFICATE/);
    assertWaits(desk);
    assert.equal(desk.sink.received.length, 0);
    return assertHeals({ ...desk, env: { ...desk.env, OTEL_EXPORTER_OTLP_CERTIFICATE: certificate } });
  });

  for (const [name, header] of [["seconds", () => "1"], ["a date", () => new Date(Date.now() + 2000).toUTCString()]] as const) {
    test(`429 with ${name} to wait is waited out`, async (test) => {
      const desk = await deskOf(test, { recordings });
      const times: number[] = [];
      desk.sink.always(() => {
        times.push(Date.now());
        return times.length > 1 ? { kind: "accept" } : { kind: "status", status: 429, headers: { "retry-after": header() } };
      });
      await tell(desk, "SessionEnd");
      await assertHeals(desk);
      assert.ok(times[1]! - times[0]! >= 950, `asked again after ${times[1]! - times[0]!} ms`);
    });
  }

  test("503 for a while is waited out in one sweep", async (test) => {
    const desk = await deskOf(test, { recordings });
    desk.sink.next({ kind: "status", status: 503 }, { kind: "status", status: 503 });
    await tell(desk, "SessionEnd");
    await assertHeals(desk);
    assert.equal((await status(desk)).code, 0);
  });

  test("down for days: what waits is tried again by each sweep, and its order stays", async (test) => {
    const desk = await deskOf(test, { recordings: ["multi-turn-resume"] });
    desk.sink.always({ kind: "status", status: 502 });
    await failed(desk);
    const before = waiting(desk);
    for (let day = 0; day < 3; day++) await shortSweep(desk, 300);
    assert.deepEqual(waiting(desk), before);
    desk.sink.always({ kind: "accept" });
    await assertHeals(desk);
  });
});

describe("what is final", { concurrency: 3 }, () => {
  const final: readonly Case[] = [
    { name: "400", answer: { kind: "status", status: 400, message: "bad attribute" }, words: /1 request refused in the last run\n.*refused: HTTP 400: the request is malformed to it: bad attribute/ },
    { name: "a partial success", answer: { kind: "partial", rejectedSpans: 2, message: "too old" }, words: /2 spans rejected in the last run\n.*2 spans rejected: too old/ },
  ];
  for (const { name, answer, words } of final) {
    test(`${name} is told, and not sent again`, async (test) => {
      const desk = await deskOf(test, { recordings });
      desk.sink.next(answer);
      assert.match(await failed(desk), words);
      assert.deepEqual([pending(desk), waiting(desk), noted(desk).length], [[], [], 1]);
      await tell(desk, "SessionEnd");
      await sweep(desk);
      assert.equal(desk.sink.received.length, 1);
      assert.match((await status(desk)).words, words, "it is not forgotten by a run that had nothing to do");
    });
  }

  for (const [name, answer, words] of [
    ["a warning", { kind: "partial", rejectedSpans: 0, message: "use gzip" }, /accepted with a warning: use gzip/],
    ["an answer that never ends", { kind: "endless" }, /1 turn sent/],
    ["an answer that dawdles", { kind: "slow" }, /1 turn sent/],
    ["an accepting answer of nonsense", { kind: "status", status: 200, body: "\u0000{nonsense" }, /1 turn sent/],
  ] as const) {
    test(`${name} is an acceptance`, async (test) => {
      const desk = await deskOf(test, { recordings });
      desk.sink.next(answer);
      await tell(desk, "SessionEnd");
      await assertHeals(desk);
      const { code, words: said } = await status(desk);
      assert.equal(code, 0, said);
      assert.match(said, words);
    });
  }

  test("413: it is cut until it fits, and only a span too large by itself is dropped, with a count", async (test) => {
    const desk = await deskOf(test, { recordings: ["many-steps"] });
    const all = await built(desk);
    const monster = all[Math.floor(all.length / 2)]!;
    desk.sink.always((request) => {
      const spans = ids(spansOf([request]));
      return spans.length > 5 || spans.includes(monster) ? { kind: "status", status: 413, message: "over the limit" } : { kind: "accept" };
    });
    assert.match(await failed(desk), /1 request refused in the last run\n.*HTTP 413: the request is too large: over the limit/);
    assert.deepEqual(ids(desk.sink.accepted()), all.filter((id) => id !== monster));
    assert.deepEqual([pending(desk), waiting(desk), noted(desk).length], [[], [], 1]);
  });

  test("413 and then a backend that goes away: the halves that were taken are not sent again", async (test) => {
    const desk = await deskOf(test, { recordings: ["many-steps"] });
    let taken = 0;
    desk.sink.always((request) => {
      if (spansOf([request]).length > 20) return { kind: "status", status: 413 };
      return taken++ < 1 ? { kind: "accept" } : { kind: "status", status: 401 };
    });
    await failed(desk);
    assert.ok(desk.sink.accepted().length > 0);
    assert.deepEqual(noted(desk), [], "half a trace is not one");
    desk.sink.always({ kind: "accept" });
    await assertHeals(desk);
  });
});

describe("the disk", { concurrency: 2 }, () => {
  const isRoot = process.getuid?.() === 0;

  /** A state folder on a disk of its own, so small. */
  async function smallDisk(test: TestContext, size: string, options: DeskOptions): Promise<Desk | undefined> {
    const home = mkdtempSync(join(tmpdir(), "spanloom-disk-"));
    test.after(() => {
      spawnSync("umount", ["-l", home]);
      rmSync(home, { recursive: true, force: true });
    });
    if (isRoot && spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "none", home]).status === 0) return deskOf(test, { ...options, home });
    test.skip("nothing can be mounted here");
    return undefined;
  }

  /** Takes all the room there is; answers how to give it back. */
  function fill({ env }: Desk): () => void {
    const path = join(env["SPANLOOM_HOME"]!, "filling");
    spawnSync("sh", ["-c", `cat /dev/zero > ${path}`]);
    return () => rmSync(path);
  }

  test("full before a turn can be kept: nothing is sent, and it is when there is room", async (test) => {
    const desk = await smallDisk(test, "300k", { recordings });
    if (desk === undefined) return;
    await tell(desk, "SessionEnd");
    const empty = fill(desk);
    await shortSweep(desk);
    const { code, words } = await status(desk);
    assert.equal(code, 1);
    assert.match(words, /cannot be written \(ENOSPC\)/);
    assert.deepEqual([desk.sink.received.length, pending(desk).length], [0, 1]);
    empty();
    await assertHeals(desk);
  });

  test("full when the hook is called: it is silent, and the session's next word brings all of it", async (test) => {
    const desk = await smallDisk(test, "300k", { recordings });
    if (desk === undefined) return;
    const empty = fill(desk);
    const began = Date.now();
    await runHook({ hook_event_name: "Stop", session_id: "x", transcript_path: "/none", cwd: "/none" }, { env: desk.env });
    assert.ok(Date.now() - began < 2000);
    const swept = await sweep(desk);
    assert.match(swept.stderr, /ENOSPC/);
    empty();
    await tell(desk, "SessionEnd");
    await assertHeals(desk);
  });

  test("full while much waits: sending it makes room, and nothing is sent twice", async (test) => {
    const desk = await smallDisk(test, "6m", { env: { SPANLOOM_CONTENT_NETWORK: "full" } });
    if (desk === undefined) return;
    writeLongTurn(desk, 6, 250_000);
    desk.sink.always({ kind: "status", status: 401 });
    await failed(desk);
    assertWaits(desk);
    fill(desk);
    desk.sink.always({ kind: "accept" });
    await sweep(desk);
    assert.deepEqual(ids(desk.sink.accepted()), await built(desk));
    await sweep(desk);
    assert.deepEqual(ids(desk.sink.accepted()), await built(desk));
    assert.deepEqual([waiting(desk), noted(desk).length], [[], 1]);
  });

  test("a state folder that cannot be written: silence, a word from status, and all of it once it can", { skip: !isRoot && "only root can be somebody else" }, async (test) => {
    const desk = await deskOf(test, { recordings });
    const nobody = { uid: 65534, gid: 65534 };
    for (const path of [desk.folder, desk.project]) chmodSync(path, 0o755);
    const home = desk.env["SPANLOOM_HOME"]!;
    mkdirSync(join(home, "state"), { recursive: true });
    chownSync(home, nobody.uid, nobody.gid);
    chmodSync(join(home, "state"), 0o555);
    const as = (args: readonly string[]) => spanloom(args, { env: desk.env, ...nobody });
    if ((await as(["--version"])).code !== 0) return test.skip("the built files are not everybody's to read");
    const within = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    const input = { hook_event_name: "Stop", session_id: "x", transcript_path: "/none", cwd: "/none" };
    const hooked = await runHook(input, { env: desk.env, within });
    assert.deepEqual([hooked.code, hooked.said], [0, ""]);
    const swept = await as(["sweep", "--wait"]);
    assert.equal(swept.code, 1);
    assert.match(swept.stderr, /state.*EACCES/);
    const said = await as(["status"]);
    assert.equal(said.code, 1);
    assert.match(String(said.stdout), /state: cannot be written \(EACCES\)/);
    chmodSync(join(home, "state"), 0o755);
    await tell(desk, "SessionEnd");
    return assertHeals(desk);
  });

  test("without a home nothing is said to the agent, and a sentence to a person", async (test) => {
    const desk = await deskOf(test, { recordings });
    const env = { HOME: "", SPANLOOM_HOME: "", OTEL_EXPORTER_OTLP_ENDPOINT: desk.sink.url };
    const hooked = await runHook({ hook_event_name: "Stop", session_id: "x", transcript_path: "/none", cwd: "/none" }, { env });
    assert.deepEqual([hooked.code, hooked.said], [0, ""]);
    for (const command of ["sweep", "status"]) {
      const { code, stderr } = await spanloom([command], { env: { ...env, XDG_CONFIG_HOME: "", XDG_DATA_HOME: "", XDG_STATE_HOME: "" } });
      assert.equal(code, 1, command);
      assert.match(stderr, /^spanloom: HOME: no home folder is named; set it, or SPANLOOM_HOME\n$/);
    }
  });
});
