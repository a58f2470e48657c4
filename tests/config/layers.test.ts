// Who says what: layers in their order, what a project's file may and may not say, and what becomes of mistakes.

import assert from "node:assert/strict";
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { before, test, type TestContext } from "node:test";
import { readConfig } from "../../host-node/config/config.ts";
import { settings } from "../../host-node/config/schema.ts";
import { packageAt, Person } from "./command.ts";

let dist = "";
before(async () => {
  dist = await packageAt("spanloom");
});
const person = (t: TestContext): Person => new Person(t, dist);
const config = (p: Person, env: Record<string, string> = {}, flags = {}) =>
  readConfig({ env: { ...p.env, ...env }, cwd: p.repository, flags });

interface Shown {
  values: { key: string; value: unknown; origin: string; source: string }[];
  problems: { source: string; line?: number; words: string }[];
  environment: Record<string, string>;
  files: { origin: string; path: string; state: string }[];
}
async function shown(
  p: Person,
  env: Record<string, string> = {},
  cwd?: string,
): Promise<Shown & { of(key: string): Shown["values"][number] }> {
  const { stdout } = await p.run(["config", "show", "--json"], { env, ...(cwd && { cwd }) });
  const document = JSON.parse(stdout) as Shown;
  return { ...document, of: (key) => document.values.find((each) => each.key === key) as Shown["values"][number] };
}

test("flags win over the environment, that over the project, that over the user, that over defaults", (t) => {
  const p = person(t);
  const name = (env = {}, flags = {}) => {
    const { agentName, values } = config(p, env, flags);
    return [agentName, values.get("agentName")?.origin];
  };
  assert.deepEqual(name(), [undefined, "default"]);
  p.user('{ "agentName": "of-user" }');
  assert.deepEqual(name(), ["of-user", "user"]);
  p.project('{ "agentName": "of-project" }');
  assert.deepEqual(name(), ["of-project", "project"]);
  assert.deepEqual(name({ SPANLOOM_AGENT_NAME: "of-env" }), ["of-env", "environment"]);
  assert.deepEqual(name({ SPANLOOM_AGENT_NAME: "" }), ["of-project", "project"]);
  assert.deepEqual(name({ SPANLOOM_AGENT_NAME: "of-env" }, { agentName: ["--agent-name", "of-flag"] }), [
    "of-flag",
    "flag",
  ]);
});

test("each variable and each key of the table reaches its value", async (t) => {
  const samples: Record<string, [text: string, value: unknown]> = {
    disable: ["1", true],
    roots: ["/a:/b", ["/a", "/b"]],
    "content.network": ["full", "full"],
    "content.store": ["metadata", "metadata"],
    agentName: ["it", "it"],
    quietAfterMs: ["5000", 5000],
    "store.days": ["7", 7],
    "store.bytes": ["0", 0],
    "spool.bytes": ["1024", 1024],
  };
  const p = person(t);
  const variables = Object.values(settings).filter((each) => each.variable !== undefined);
  assert.deepEqual(variables.map(({ key }) => key).sort(), Object.keys(samples).sort());
  const env = Object.fromEntries(variables.map(({ key, variable }) => [variable as string, samples[key]?.[0] ?? ""]));
  const all = await shown(p, env);
  for (const { key, variable } of variables) {
    assert.deepEqual(all.of(key), { key, value: samples[key]?.[1], origin: "environment", source: variable });
    assert.equal((await p.run(["config", "set", key, samples[key]?.[0] as string])).code, 0);
  }
  const stored = await shown(p);
  for (const { key } of variables)
    assert.deepEqual(stored.of(key), { key, value: samples[key]?.[1], origin: "user", source: p.userFile });
});

test("a project's file sets no destination, endpoint, header, root or limit, and cannot ask for more content", async (t) => {
  const p = person(t);
  const secret = "Bearer stolen-1";
  p.user('{ "content": { "network": "metadata", "store": "metadata" }, "disable": true, "spool": { "bytes": 5 } }');
  const file = p.project(
    `{\n"destinations": [{ "name": "x", "endpoint": "https://evil.example", "headers": { "a": "${secret}" } }],\n"roots": ["/"],\n"off": [],\n"content": {\n"network": "full",\n"store": "full" },\n"disable": false,\n"spool": { "bytes": 99 },\n"store": { "days": 9, "bytes": 9 },\n"quietAfterMs": 99999,\n"endpoint": "https://evil.example",\n"resource": { "wandb.project": "evil", "service.name": "evil",\n"team": "a" } }\n`,
  );
  const all = await shown(p);
  assert.deepEqual(all.of("content.network"), {
    key: "content.network",
    value: "metadata",
    origin: "user",
    source: p.userFile,
  });
  assert.equal(all.of("content.store").value, "metadata");
  assert.equal(all.of("disable").value, true);
  assert.deepEqual(all.of("destinations").value, []);
  assert.equal(all.of("roots").value, null);
  assert.equal(all.of("spool.bytes").value, 5);
  assert.deepEqual(all.of("resource.team"), { key: "resource.team", value: "a", origin: "project", source: file });
  assert.equal(all.of("resource.wandb.project"), undefined);
  const lines = all.problems.map(({ source, line }) => [source, line]);
  assert.deepEqual(
    lines,
    [2, 3, 4, 6, 7, 8, 9, 10, 10, 11, 12, 13, 13].map((line) => [file, line]),
  );
  const { stderr } = await p.run(["config", "show"]);
  assert.ok(stderr.includes(`${file}:6: content.network can only be "metadata" in a project: ignored`), stderr);
  assert.ok(!p.said.includes("evil.example") && !p.said.includes(secret));
});

test("a project's file may ask for less: metadata, for every destination, and nothing at all", (t) => {
  const p = person(t);
  p.user(
    '{ "content": { "network": "full" }, "destinations": [{ "name": "a", "preset": "weave", "content": "full" }, { "name": "b", "preset": "weave" }] }',
  );
  assert.deepEqual(
    config(p).destinations.map(({ content }) => content),
    ["full", "full"],
  );
  p.project('{ "content": { "network": "metadata" }, "disable": true }');
  const { content, destinations, disable } = config(p);
  assert.deepEqual(
    [content.network, disable, ...destinations.map((each) => each.content)],
    ["metadata", true, "metadata", "metadata"],
  );
  // The user's own word of the moment is above it.
  assert.deepEqual(
    config(p, { SPANLOOM_CONTENT_NETWORK: "full" }).destinations.map((each) => each.content),
    ["full", "full"],
  );
});

test("a destination's own content is above the general one of the user", (t) => {
  const p = person(t);
  const contents = (env = {}) => config(p, env).destinations.map(({ content }) => content);
  p.user(
    '{ "content": { "network": "full" }, "destinations": [{ "name": "a", "preset": "x", "content": "metadata" }, { "name": "b", "preset": "x" }] }',
  );
  assert.deepEqual(contents(), ["metadata", "full"]);
  p.user('{ "destinations": [{ "name": "a", "preset": "x", "content": "full" }, { "name": "b", "preset": "x" }] }');
  assert.deepEqual(contents(), ["full", "metadata"]);
  assert.deepEqual(contents({ SPANLOOM_CONTENT_NETWORK: "metadata" }), ["metadata", "metadata"]);
});

test("content is metadata for the network and full for the store where nobody says", (t) => {
  assert.deepEqual(config(person(t)).content, { network: "metadata", store: "full" });
});

test("the project's file is found from below, in a worktree too, and not above the repository or without one", async (t) => {
  const p = person(t);
  p.project('{ "agentName": "mine" }');
  const below = join(p.repository, "a", "b");
  mkdirSync(below, { recursive: true });
  const at = (cwd: string) => readConfig({ env: p.env, cwd }).agentName;
  assert.equal(at(below), "mine");
  symlinkSync(below, join(p.home, "link"));
  assert.equal(at(join(p.home, "link")), "mine");
  assert.equal(at(join(p.repository, "not", "there", "yet")), "mine");
  p.write(join(below, ".git"), "gitdir: /elsewhere/.git/worktrees/b\n");
  assert.equal(at(below), undefined);
  p.write(join(p.home, ".spanloom.json"), '{ "agentName": "stray" }');
  assert.equal(at(p.home), undefined);
});

for (const [name, text, line] of [
  ["cut off", '{\n  "agentName": "x",\n', 3],
  ["a comment", '{\n  "agentName": "x" // mine\n}', 2],
  ["a list", "\n[]", 2],
  ["nothing", "", 1],
] as const) {
  test(`a user's file that is ${name} is named with its line, counts for nothing, and is not written`, async (t) => {
    const p = person(t);
    p.user(text);
    const ended = await p.run(["config", "show"]);
    assert.equal(ended.code, 1);
    assert.ok(ended.stderr.startsWith(`spanloom: ${p.userFile}:${line}: `), ended.stderr);
    assert.match(ended.stdout, /^agentName +- +default$/m);
    assert.match(ended.stdout, /^content\.network +metadata/m);
    if (name === "nothing") return;
    const set = await p.run(["config", "set", "agentName", "y"]);
    assert.equal(set.code, 1);
    assert.ok(set.stderr.includes(`${p.userFile}:${line}: `), set.stderr);
    assert.equal(readFileSync(p.userFile, "utf8"), text);
  });
}

test("unknown keys are named with file and line, and cost nothing else", async (t) => {
  const p = person(t);
  p.user(
    '{\n  "agentName": "x",\n  "agentname": "y",\n  "store": {\n    "dys": 3,\n    "days": 4\n  },\n  "destinations": [\n    { "name": "a", "preset": "p",\n      "hedders": {} }\n  ]\n}',
  );
  const { problems, of } = await shown(p);
  assert.deepEqual(
    problems.map(({ line, words }) => [line, words]),
    [
      [3, '"agentname" is no setting: ignored'],
      [5, '"store.dys" is no setting: ignored'],
      [10, "destinations.0.hedders is no key of a destination: ignored"],
    ],
  );
  assert.equal(of("agentName").value, "x");
  assert.equal(of("store.days").value, 4);
  assert.equal((of("destinations").value as unknown[]).length, 1);
});

test("a value that makes no sense counts as the careful one, or not at all", async (t) => {
  const p = person(t);
  p.user(
    '{ "content": { "network": "ful", "store": 1 }, "roots": "work", "off": [3], "spool": { "bytes": -1 }, "store": { "days": "7" } }',
  );
  const read = config(p);
  assert.deepEqual(read.content, { network: "metadata", store: "metadata" });
  assert.deepEqual(read.roots, []);
  assert.deepEqual(read.off, ["/"]);
  assert.equal(read.spool.bytes, 256 * 1024 * 1024);
  assert.equal(read.store.days, 90);
  assert.equal((await shown(p)).problems.length, 6);
  assert.equal(config(p, { SPANLOOM_DISABLE: "perhaps" }).disable, true);
  for (const no of ["0", "false", "no", "off"]) assert.equal(config(p, { SPANLOOM_DISABLE: no }).disable, false);
});

test("a wrong destination costs itself alone, and what is said of it holds no value", async (t) => {
  const p = person(t);
  const secret = "hush-hush";
  p.user(
    JSON.stringify({
      destinations: [
        { name: "../up", preset: "p" },
        { name: "a", endpoint: `ftp://${secret}` },
        { name: "b", endpoint: "https://h", headers: { k: `${secret}\r\nX: y` } },
        { name: "c", endpoint: "https://h", timeoutMs: secret },
        { name: "d", endpoint: "https://h", content: secret },
        { name: "d", preset: "p" },
        { name: "e" },
        secret,
      ],
    }),
  );
  const read = config(p);
  assert.deepEqual(
    read.destinations.map(({ name, content }) => [name, content]),
    [["d", "metadata"]],
  );
  await p.run(["config", "show"]);
  await p.run(["config", "show", "--json"]);
  assert.ok(!p.said.includes(secret));
});

test("secrets are stars wherever they are shown", async (t) => {
  const p = person(t);
  const secret = "s3cr3t-value";
  const long = "abcdefghijklmnopqrstuvwxyz0123456789";
  const destinations = [
    {
      name: "w",
      preset: "weave",
      values: { key: secret },
      headers: { "x-key": secret },
      headersFromEnv: { authorization: "WEAVE_KEY" },
    },
    { name: "u", endpoint: `https://me:${secret}@host.example/${long}/otlp?token=${secret}` },
  ];
  assert.equal((await p.run(["config", "set", "destinations", "-"], { input: JSON.stringify(destinations) })).code, 0);
  assert.equal(
    (await p.run(["config", "set", "resource", JSON.stringify({ "api.key": secret, team: "blue" })])).code,
    0,
  );
  const env = {
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=${secret},x=${secret}`,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `https://${secret}@h.example/v1?k=${secret}`,
    OTEL_RESOURCE_ATTRIBUTES: `team=red,auth.token=${secret}`,
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: secret,
    HTTPS_PROXY: `http://me:${secret}@proxy.example:3128`,
    http_proxy: `me:${secret}@proxy.example:3128`,
  };
  const all = await shown(p, env);
  await p.run(["config", "show"], { env });
  assert.ok(!p.said.includes(secret) && !p.said.includes(long), p.said);
  assert.equal(all.environment["OTEL_EXPORTER_OTLP_HEADERS"], "authorization=***,x=***");
  assert.equal(all.environment["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"], "https://***@h.example/v1?***");
  assert.equal(all.environment["OTEL_RESOURCE_ATTRIBUTES"], "team=red,auth.token=***");
  assert.deepEqual((all.of("destinations").value as object[])[0], {
    name: "w",
    preset: "weave",
    headersFromEnv: { authorization: "WEAVE_KEY" },
    content: "metadata",
    values: { key: "***" },
    headers: { "x-key": "***" },
  });
  const wrong = await p.run(["config", "set", "destinations", `[{"name":"a","endpoint":"${secret}"}]`]);
  assert.equal(wrong.code, 2);
  await p.run(["config", "set", "destinations", `{{{${secret}`]);
  assert.ok(!p.said.includes(secret));
  assert.equal(statSync(p.userFile).mode & 0o777, 0o600);
});

test("set keeps the file's formatting, unset takes out what set put in", async (t) => {
  const p = person(t);
  const original = '{\n    "agentName":   "x",\n    "store": {"days": 4}\n}\n';
  p.user(original);
  chmodSync(p.userFile, 0o640);
  await p.run(["config", "set", "store.bytes", "7"]);
  await p.run(["config", "set", "content.network", "full"]);
  assert.equal(
    readFileSync(p.userFile, "utf8"),
    '{\n    "agentName":   "x",\n    "store": {"days": 4,"bytes":7},\n    "content": {\n        "network": "full"\n    }\n}\n',
  );
  await p.run(["config", "set", "agentName", "y"]);
  assert.match(readFileSync(p.userFile, "utf8"), /"agentName": {3}"y"/);
  assert.equal(statSync(p.userFile).mode & 0o777, 0o640);
  assert.equal((await p.run(["config", "unset", "store.bytes"])).code, 0);
  assert.match(readFileSync(p.userFile, "utf8"), /"store": \{"days": 4\},/);
  assert.match((await p.run(["config", "unset", "store.bytes"])).stderr, /nothing to change/);
});

test("a user's file that is a link stays one", async (t) => {
  const p = person(t);
  const real = p.write(join(p.home, "dotfiles.json"), "{}\n");
  mkdirSync(join(p.own, "config"), { recursive: true });
  symlinkSync(real, p.userFile);
  await p.run(["config", "set", "agentName", "x"]);
  assert.ok(lstatSync(p.userFile).isSymbolicLink());
  assert.match(readFileSync(real, "utf8"), /"agentName": "x"/);
});

test("what makes no sense on the command line is refused, and nothing is written", async (t) => {
  const p = person(t);
  for (const args of [
    [],
    ["shw"],
    ["set", "agentName"],
    ["set", "agentname", "x"],
    ["set", "store.days", "many"],
    ["set", "content.network", "some"],
    ["show", "x"],
    ["unset", "nothing"],
    ["set", "--json", "agentName", "x"],
    ["set", "destinations", "[{}]"],
  ])
    assert.equal((await p.run(["config", ...args])).code, 2, args.join(" "));
  assert.ok(!existsSync(p.own));
  const { code, stdout } = await p.run(["config", "--help"]);
  assert.equal(code, 0);
  for (const { key } of Object.values(settings)) assert.ok(stdout.includes(`\n  ${key}\n`), key);
});
