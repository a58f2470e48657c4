// `ls`: which sessions, in which order, in how many columns; and an index that nothing depends on.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { drawList } from "../../host-node/cli/list.ts";
import { width } from "../../host-node/cli/terminal.ts";
import { ago, instant } from "../../host-node/cli/when.ts";
import { readCatalogue } from "../../host-node/store/catalogue.ts";
import { indexPath } from "../../host-node/store/folder.ts";
import type { Summary } from "../../host-node/store/summary.ts";
import { sample } from "../host-node/command.ts";
import { folderOf } from "../host-node/folder.ts";
import { built, request, sampleId, type Store, storeOf } from "./store.ts";

const hour = 3_600_000;

const idsOf = (stdout: Buffer): string[] => stdout.toString().split("\n").filter(Boolean).map((line) => line.split("\t")[0] as string);
const listed = async (store: Store, ...args: string[]): Promise<string[]> => idsOf((await store.run(["ls", ...args])).stdout);

/** Three sessions of one, fifty and a thousand hours ago; the newest was stored first. */
function threeSessions(test: TestContext): Store {
  const now = Date.now();
  return storeOf(test, {
    zz: [request("zz", { at: now - hour, directory: "/home/ann/weather", prompt: "Newest" })],
    aa: [request("aa", { at: now - 50 * hour, directory: "/home/ann/weather/src", failed: true })],
    mm: [request("mm", { at: now - 1000 * hour, directory: "/home/ann/tide", branch: "" })],
  });
}

test("an empty store says what to do", async (test) => {
  const store = storeOf(test);
  const { code, stdout, stderr } = await store.run(["ls"]);
  const words = "no traces yet: run spanloom init, or spanloom build PATH\n";
  assert.deepEqual([code, stdout.toString(), stderr], [0, "", words]);
  assert.ok(!existsSync(store.places.data), "looking makes nothing");
  assert.deepEqual(JSON.parse((await store.run(["ls", "--json"])).stdout.toString()), { version: 1, sessions: [] });
});

test("a session is a line, and what it comes to is what its tree says", async (test) => {
  const store = storeOf(test, await built(sample));
  const { code, stdout, stderr } = await store.run(["ls"]);
  assert.deepEqual([code, stderr], [0, ""]);
  const words = "The forecast tests fail since yesterday. What broke?";
  assert.deepEqual(stdout.toString(), `${sampleId}\t2026-11-21T09:19:42.067Z\t/home/dev/weather\tmain\t3\t2\t13\t223710\t2883\t339915\t3\t${words}\n`);
  const { version, sessions } = JSON.parse((await store.run(["ls", "--json"])).stdout.toString()) as { version: number; sessions: object[] };
  assert.equal(version, 1);
  assert.deepEqual(sessions, [
    {
      session: sampleId,
      start: "2026-11-21T09:14:02.152Z",
      end: "2026-11-21T09:19:42.067Z",
      durationMs: 339915,
      directories: ["/home/dev/weather"],
      branch: "main",
      turns: 3,
      chats: 15,
      tools: 13,
      agents: 2,
      failed: 3,
      inputTokens: 223710,
      outputTokens: 2883,
      prompt: words,
      transcripts: [sampleId],
    },
  ]);
});

test("the latest comes first; time, failures, and number narrow", async (test) => {
  const store = threeSessions(test);
  assert.deepEqual(await listed(store), ["zz", "aa", "mm"]);
  assert.deepEqual(await listed(store, "--limit", "2"), ["zz", "aa"]);
  assert.deepEqual(await listed(store, "--since", "2d"), ["zz"]);
  assert.deepEqual(await listed(store, "--since", "51h"), ["zz", "aa"]);
  assert.deepEqual(await listed(store, "--until", "51h"), ["mm"]);
  assert.deepEqual(await listed(store, "--since", "7d", "--until", "2d"), ["aa"]);
  assert.deepEqual(await listed(store, "--since", new Date(Date.now() - 60 * hour).toISOString()), ["zz", "aa"]);
  assert.deepEqual(await listed(store, "--failed"), ["aa"]);
  assert.deepEqual(await listed(store, "--failed", "--since", "2d"), []);
  assert.equal((await store.run(["ls", "--failed", "--since", "2d"])).stderr, "no session is like that\n");
});

test("a session belongs to all the time from its first turn to its last", async (test) => {
  const now = Date.now();
  const long = [request("long", { at: now - 90 * hour }), request("long", { at: now - 10 * hour, trace: "2" })];
  const store = storeOf(test, { long, brief: [request("brief", { at: now - 20 * hour })] });
  assert.deepEqual(await listed(store), ["long", "brief"], "the order is that of their ends");
  assert.deepEqual(await listed(store, "--since", "15h"), ["long"]);
  assert.deepEqual(await listed(store, "--until", "30h"), ["long"]);
  assert.deepEqual(await listed(store, "--since", "9h"), []);
});

test("a repository is a folder with all below it, or a name", async (test) => {
  const store = threeSessions(test);
  assert.deepEqual(await listed(store, "--repo", "weather"), ["zz", "aa"]);
  assert.deepEqual(await listed(store, "--repo", "src"), ["aa"]);
  assert.deepEqual(await listed(store, "--repo", "weath"), []);
  assert.deepEqual(await listed(store, "--repo", "/home/ann/weather"), ["zz", "aa"]);
  assert.deepEqual(await listed(store, "--repo", "/home/ann/weather/src/"), ["aa"]);
  assert.deepEqual(await listed(store, "--repo", "/home/ann/weath"), []);
  assert.deepEqual(await listed(store, "--repo", "/"), ["zz", "aa", "mm"]);
});

test("a path given through a link is the one the session knew", async (test) => {
  const folder = folderOf(test);
  mkdirSync(join(folder, "real"));
  symlinkSync(join(folder, "real"), join(folder, "link"));
  const store = storeOf(test, { a: [request("a", { directory: join(folder, "real") })], b: [request("b", { directory: join(folder, "link") })] });
  assert.deepEqual(await listed(store, "--repo", join(folder, "link")), ["a", "b"]);
  assert.deepEqual(await listed(store, "--repo", join(folder, "real")), ["a"]);
});

test("points in time are local, and a date counts to its end", () => {
  const now = new Date(2026, 4, 6, 12).getTime();
  assert.equal(instant("90m", "since", now), now - 1.5 * hour);
  assert.equal(instant("2w", "since", now), now - 14 * 24 * hour);
  assert.equal(instant("2026-05-01", "since", now), new Date(2026, 4, 1).getTime());
  assert.equal(instant("2026-05-01", "until", now, true), new Date(2026, 4, 2).getTime() - 1);
  assert.equal(instant("2026-05-01T18:30", "until", now, true), new Date(2026, 4, 1, 18, 30).getTime());
  assert.equal(instant("2026-05-01 18:30:15Z", "since", now), Date.UTC(2026, 4, 1, 18, 30, 15));
  for (const wrong of ["", "7", "7y", "d", "2026-02-31", "2026-13-01", "2026-05-01T25:00", "yesterday", "-7d"])
    assert.throws(() => instant(wrong, "since", now), /--since is like 7d/, wrong);
});

test("what was just now is said so, what was long ago by its date", () => {
  const now = new Date(2026, 4, 6, 12).getTime();
  const said = [0, 59_999, 60_000, 59 * 60_000, hour, 23.9 * hour, 24 * hour, 200 * 24 * hour, -hour].map((passed) => ago(now - passed, now));
  assert.deepEqual(said, ["just now", "just now", "1m ago", "59m ago", "1h ago", "23h ago", "05-05 12:00", "2025-10-18", "05-06 13:00"]);
});

const summary: Summary = {
  session: "0f343b2e-d4a2-4a24-abf1-78c76385ae0a",
  start: Date.UTC(2026, 4, 6, 12),
  end: Date.UTC(2026, 4, 6, 12, 5),
  directories: ["/home/dev/weather"],
  branch: "main",
  turns: 3,
  chats: 15,
  tools: 13,
  agents: 2,
  failed: 3,
  inputTokens: 223_710,
  outputTokens: 2883,
  prompt: "The forecast tests fail since yesterday. What broke? 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字",
  transcripts: [],
};
const other: Summary = { ...summary, session: "77777777-0", failed: 0, branch: "", directories: [], prompt: "" };
const plain = (_: string, text: string): string => text;

test("a list has the columns there is room for, and never more", () => {
  const now = summary.end + hour;
  const drawn = (columns: number): string[] => drawList([summary, other], { columns, paint: plain }, now).trimEnd().split("\n");
  assert.deepEqual(drawn(80), [
    "session   when    where         turns   time    in   out  prompt",
    "0f343b2e  1h ago  weather main      3  5m00s  224k  2.9k  ✗3 The forecast tests…",
    "77777777  1h ago                    3  5m00s  224k  2.9k",
  ]);
  assert.match(drawn(120)[0] as string, /^session +when +where +turns +agents +tools +time +in +out +prompt$/);
  assert.match(drawn(60)[0] as string, /^session +when +where +time +prompt$/);
  for (let columns = 40; columns <= 132; columns++)
    for (const row of drawn(columns)) assert.ok(width(row) <= columns, `${columns}: ${row}`);
});

test("colour changes no column, and ids are as long as it takes", () => {
  const now = summary.end;
  const twin = { ...other, session: "0f343b2e-d4a2-5" };
  const painted = drawList([summary, twin], { columns: 100, paint: (_, text) => `\u001b[1m${text}\u001b[22m` }, now);
  const bare = drawList([summary, twin], { columns: 100, paint: plain }, now);
  assert.equal(painted.replace(/\u001b\[\d+m/g, "").replace(/ +$/gm, ""), bare);
  assert.match(bare, /^0f343b2e-d4a2-4a {2}just now/m);
  assert.match(bare, /^0f343b2e-d4a2-5 {3}just now/m);
});

test("a broken line is named each time, and the rest of its file is listed", async (test) => {
  const store = storeOf(test, { a: ["[1]", request("a"), "{"], b: [request("b")] });
  for (let again = 0; again < 2; again++) {
    const { code, stdout, stderr } = await store.run(["ls"]);
    assert.deepEqual([code, idsOf(stdout)], [0, ["a", "b"]]);
    const path = store.path("a");
    assert.equal(stderr, `${path}:1: not a request with spans; the rest of the file counts\n${path}:3: not JSON; the rest of the file counts\n`);
  }
});

test("what is no session's file is not listed", (test) => {
  const store = storeOf(test, { a: [request("a")] });
  const folder = join(store.places.data, "traces");
  writeFileSync(join(folder, "notes.txt"), "mine");
  writeFileSync(join(folder, ".a.jsonl.1-0.tmp"), request("b"));
  mkdirSync(join(folder, "c.jsonl"));
  symlinkSync("d.jsonl", join(folder, "d.jsonl"));
  assert.deepEqual(readCatalogue(store.places).entries.map(({ session }) => session), ["a"]);
});

test("files that have not changed are not read again", (test) => {
  const store = storeOf(test, { a: [request("a", { prompt: "One" })], b: [request("b")] });
  utimesSync(store.path("a"), 1000, 1000);
  const prompts = (): string[] => readCatalogue(store.places).entries.map(({ prompt }) => prompt);
  assert.deepEqual(prompts(), ["One", "Do it"]);
  assert.equal(statSync(indexPath(store.places)).mode & 0o777, 0o600);

  // The same size and time: only the index can know the old words.
  store.put("a", [request("a", { prompt: "Two" })]);
  utimesSync(store.path("a"), 1000, 1000);
  assert.deepEqual(prompts(), ["One", "Do it"]);
  utimesSync(store.path("a"), 1001, 1001);
  assert.deepEqual(prompts(), ["Two", "Do it"], "another time");

  store.put("a", [request("a", { prompt: "Three" })]);
  utimesSync(store.path("a"), 1001, 1001);
  assert.deepEqual(prompts(), ["Three", "Do it"], "another size");
  rmSync(store.path("a"));
  assert.deepEqual(prompts(), ["Do it"], "gone");
  assert.doesNotMatch(readFileSync(indexPath(store.places), "utf8"), /Three/, "words outlive no session");
});

test("an index that is missing, torn, foreign or of another version is made again", (test) => {
  const store = storeOf(test, { a: [request("a", { prompt: "One" })] });
  const path = indexPath(store.places);
  const good = readCatalogue(store.places).entries;
  const text = readFileSync(path, "utf8");
  const entry = JSON.stringify(good[0]);
  const wrong = [
    undefined,
    "",
    text.slice(0, -9),
    "[]",
    "null",
    `{"version":0,"sessions":[${entry.replace("One", "Old")}]}`,
    `{"version":1,"sessions":[${entry.replace('"One"', "7")}]}`,
    `{"version":1,"sessions":[null,7,{}]}`,
  ];
  for (const content of wrong) {
    if (content === undefined) rmSync(path);
    else writeFileSync(path, content);
    assert.deepEqual(readCatalogue(store.places).entries, good, content);
    assert.equal(readFileSync(path, "utf8"), text, content);
  }
  rmSync(path);
  mkdirSync(path);
  assert.deepEqual(readCatalogue(store.places).entries, good, "it cannot be written");
});

test("what makes no sense is said", async (test) => {
  const store = storeOf(test);
  const wrong = async (...args: string[]): Promise<string> => {
    const { code, stderr } = await store.run(["ls", ...args]);
    assert.equal(code, 2, args.join(" "));
    return stderr;
  };
  assert.match(await wrong("--since", "soon"), /--since is like 7d/);
  assert.match(await wrong("--limit", "-1"), /--limit/);
  assert.match(await wrong("--limit", "many"), /--limit is a whole number from 1, not "many"/);
  assert.match(await wrong("--repo", ""), /--repo needs a path or a name/);
  assert.match(await wrong("all"), /ls takes no "all"/);
  const relative = await store.run(["ls"], { SPANLOOM_HOME: "here" });
  assert.deepEqual([relative.code, relative.stderr], [1, "spanloom: SPANLOOM_HOME: must be an absolute path\n"]);
  assert.match((await store.run(["ls", "--help"])).stdout.toString(), /^Usage: spanloom ls/m);
});
