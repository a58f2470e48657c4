// The command `inspect` as a person or a script meets it: what it says of each recording, that its numbers add up and are
// those of `build`, and that what it warns of is there.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { AgentFacts, FileFacts, Inspection, SessionFacts, Tokens } from "../../host-node/build/facts.ts";
import type { Finding } from "../../host-node/cli/findings.ts";
import { width } from "../../host-node/cli/terminal.ts";
import { fixtures, rowsOf } from "../support/fixture.ts";
import { attribute, type Ended, type RunOptions, sample, spanloom, spansOf } from "./command.ts";
import { folderOf } from "./folder.ts";
import { abortedRows, forkAlone } from "./opencode-rows.ts";
import { agentRows, answer, call, lines, prompt, result, type Row, smallSession, uuid } from "./rows.ts";

const recordings = fileURLToPath(new URL("../fixtures/claude-code/", import.meta.url));
const opencodeRecordings = fileURLToPath(new URL("../fixtures/opencode/", import.meta.url));
const [one, two] = [uuid(1001), uuid(1002)];

type Dated<Facts> = Omit<Facts, "start"> & { start: string };
type Totals = Record<string, number> & { skippedBy: Record<string, number> };

interface FamilyDocument extends Omit<Inspection, "sessions" | "agents"> {
  totals: Totals;
  sessions: { id: string; turns: Dated<SessionFacts["turns"][number]>[] }[];
  agents: Dated<AgentFacts>[];
  warnings: Finding[];
}

interface InspectDocument {
  version: number;
  families: FamilyDocument[];
  problems: { kind: string; path: string; detail: string }[];
  totals: Totals;
}

async function inspected(paths: string[], options: RunOptions = {}, code = 0): Promise<InspectDocument> {
  const ended = await spanloom(["inspect", "--json", ...paths], options);
  assert.equal(ended.code, code, ended.stderr);
  return JSON.parse(ended.stdout.toString()) as InspectDocument;
}

async function family(scenario: string): Promise<FamilyDocument> {
  const { families } = await inspected([join(recordings, scenario, "project")]);
  assert.equal(families.length, 1, scenario);
  return families[0] as FamilyDocument;
}

/** The one family of these files. */
async function familyOf(test: TestContext, files: Record<string, readonly Row[] | string>): Promise<FamilyDocument> {
  const { families } = await inspected(["."], { cwd: folderOf(test, files) });
  assert.equal(families.length, 1);
  return families[0] as FamilyDocument;
}

const words = async (args: string[], options: RunOptions = {}): Promise<string> => {
  const { code, stdout } = await spanloom(["inspect", ...args], options);
  assert.equal(code, 0);
  return stdout.toString();
};

const sum = <T>(all: readonly T[], of: (each: T) => number): number => all.reduce((total, each) => total + of(each), 0);
const kindsOf = ({ warnings }: FamilyDocument): string[] => warnings.map(({ kind }) => kind);
const find = ({ warnings }: FamilyDocument, kind: string): Finding => {
  const found = warnings.find((each) => each.kind === kind);
  assert.ok(found, `${kind} of ${JSON.stringify(warnings)}`);
  return found;
};

test("the sample is told as it happened", async () => {
  const text = await words([sample]);
  const expected = [
    /^0f343b2e-d4a2-4a24-abf1-78c76385ae0a$/,
    /^3 turns · 15 chats · 13 tools · 2 agents · 3 failed$/,
    /^files +bytes +rows +used skipped +broken$/,
    /^ {2}0f343b2e-d4a2-4a24-abf1-78c76385ae0a\.jsonl +32\.8k +40 +29 +11 +0$/,
    /^ {4}session; client 2\.1\.197; skipped: 6 queue, 3 metadata, 2 attachments$/,
    /^ {2}…\S*agent-ad55e42eec0a2b7d5\.jsonl +4\.1k +5 +4 +1 +0$/,
    /^turns +time chats tools +in +out$/,
    /^ {2}1 {2}2026-11-21 09:14 {2}The forecast tests \S+… +10s +2 +4 +30\.1k +578$/,
    /^ {2}2 {2}09:16 {2}Find every caller/,
    /^sub-agents +time chats tools +in +out$/,
    /^ {2}Explore {2}ad55e42eec0a2b7d5 +16s +2 +1 +22\.2k +206$/,
    /^ {4}of turn 2; joined: its metadata names the call \(tool_use_id\)$/,
    /^ {4}4 rows in …\S*agent-ad55e42eec0a2b7d5\.jsonl$/,
    /^ {2}✓ rows {5}56 = 43 used \+ 13 skipped \+ 0 broken$/,
    /^ {2}✓ calls {4}15 calls, 15 results$/,
    /^ {2}✓ usage {4}224k in, 2\.9k out; adding up used rows: 311k in, 6\.2k out \(1\.4× and$/,
    /^ {13}2\.1×\)$/,
  ];
  const rows = text.split("\n");
  let from = 0;
  for (const pattern of expected) {
    const found = rows.findIndex((row, index) => index >= from && pattern.test(row));
    assert.ok(found >= 0, `${pattern} after row ${from}\n${text}`);
    from = found + 1;
  }
  assert.ok(rows.every((row) => width(row) <= 80));
  assert.doesNotMatch(text, /warning/);
});

test("README shows what is said of the sample", async () => {
  const said = new Set((await words([sample])).split("\n"));
  const page = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const [, section = ""] = /^## What was read\n([^]*?)^## /m.exec(page) ?? [];
  const shown = Array.from(section.matchAll(/^ {4}(?!node )(.+)$/gm), ([, line]) => line as string);
  assert.ok(shown.length > 10);
  for (const line of shown) assert.ok(said.has(line), line);
});

test("rows are used, skipped or broken in every file and in all, and everything else adds up, too", async (test) => {
  const broken = folderOf(test, { [`${one}.jsonl`]: `${lines(smallSession(one))}{oops}\n{"type":"x"}\n{"torn` });
  const { families, totals } = await inspected([recordings, broken]);
  assert.ok(families.length >= fixtures().length);
  assert.equal(totals["broken"], 2);
  const keys = Object.keys(totals).filter((key) => key !== "skippedBy");
  for (const key of keys)
    assert.equal(
      sum(families, (each) => each.totals[key] as number),
      totals[key],
      key,
    );
  for (const { totals, files, sessions, agents, events, checks, broken } of families) {
    const { usage, calls, results } = checks;
    for (const file of files) {
      assert.equal(file.used + file.skipped + file.broken, file.rows, file.name);
      assert.equal(sum(Object.values(file.skippedBy), Number), file.skipped, file.name);
      assert.equal(
        sum(file.copies, ({ rows }) => rows),
        file.skippedBy.copy ?? 0,
        file.name,
      );
      assert.equal(file.broken, broken.filter(({ file: name }) => name === file.name).length, file.name);
    }
    for (const key of ["rows", "used", "skipped", "broken", "bytes"] as const)
      assert.equal(
        sum(files, (file) => file[key]),
        totals[key],
        key,
      );
    const turns = sessions.flatMap((session) => session.turns);
    assert.equal(turns.length, totals["turns"]);
    for (const key of ["chats", "tools", "agents", "inputTokens", "outputTokens", "failed"] as const)
      assert.equal(
        sum(turns, (turn) => turn[key]),
        totals[key],
        key,
      );
    assert.equal(agents.length, totals["agents"]);
    assert.equal(sum(Object.values(events), Number), totals["events"]);
    assert.equal(calls.total - calls.withoutResult, results.total - results.withoutCall - results.repeated);
    assert.deepEqual(usage.byResponse, { inputTokens: totals["inputTokens"], outputTokens: totals["outputTokens"] });
  }
});

test("the totals are those of build, to the word", async () => {
  const [inspect, build] = await Promise.all([
    spanloom(["inspect", "--json", recordings]),
    spanloom(["build", recordings, "-o", "/dev/null"]),
  ]);
  assert.equal(inspect.code, 0);
  assert.equal(inspect.stderr, build.stderr);
  const { totals } = JSON.parse(inspect.stdout.toString()) as InspectDocument;
  const { spans, chats, tools, inputTokens } = totals;
  assert.match(build.stderr, new RegExp(` ${chats} chats, ${tools} tools, .* ${spans} spans, `));
  assert.ok((inputTokens as number) > 0);
});

test("usage by row is what adding up the rows of the files gives", async () => {
  const scenarios = ["two-subagents", "fork-session", "many-steps"];
  for (const fixture of fixtures().filter(({ scenario }) => scenarios.includes(scenario))) {
    const naive: Tokens = { inputTokens: 0, outputTokens: 0 };
    for (const { row } of rowsOf(fixture.documents)) {
      const usage = row["message"]?.usage as Record<string, number> | undefined;
      if (row["type"] !== "assistant" || usage === undefined) continue;
      const input = [usage["input_tokens"], usage["cache_read_input_tokens"], usage["cache_creation_input_tokens"]];
      naive.inputTokens += sum(input, (tokens) => tokens ?? 0);
      naive.outputTokens += usage["output_tokens"] ?? 0;
    }
    const { checks } = await family(fixture.scenario);
    assert.deepEqual(checks.usage.byRowWithCopies, naive, fixture.scenario);
    assert.ok(naive.inputTokens > checks.usage.byResponse.inputTokens, `${fixture.scenario} repeats usage`);
  }
});

test("of a fork the copies are told, and where they come from", async () => {
  const { files, sessions, checks } = await family("fork-session");
  const [origin, fork] = files as [FileFacts, FileFacts];
  assert.deepEqual(fork.copies, [{ from: origin.name, rows: 4 }]);
  assert.deepEqual(origin.copies, []);
  assert.deepEqual(
    sessions.map(({ id, turns }) => [id, turns.map(({ index }) => index)]),
    [[origin.session, [0, 1]]],
  );
  assert.deepEqual(checks.usage.byRow, checks.usage.byResponse);
  // A result on a copied row is the row's copy, and repeats nobody's result.
  assert.deepEqual(checks.results, { total: 2, withoutCall: 0, repeated: 0 });
  assert.match(await words([join(recordings, "fork-session")]), /^ {4}4 copies of rows in 13590dfb-\S+\.jsonl$/m);
});

test("nested sub-agents are told with their parents, their transcripts and how they were joined", async () => {
  const { agents, sessions } = await family("nested-subagents");
  const [outer, inner] = agents as [Dated<AgentFacts>, Dated<AgentFacts>];
  assert.equal(outer.parent.kind, "turn");
  assert.equal(outer.parent.spanId, sessions[0]?.turns[0]?.spanId);
  assert.deepEqual(inner.parent, { kind: "agent", spanId: outer.spanId, agent: outer.id });
  for (const agent of agents) {
    assert.equal(agent.join, "tool_use_id");
    assert.equal(agent.transcripts.length, 1);
    assert.ok(agent.transcripts[0]?.file.endsWith(`/subagents/agent-${agent.id}.jsonl`));
  }
});

test("spans are named as build names them", async () => {
  const { sessions, agents } = await family("nested-subagents");
  const spans = spansOf((await spanloom(["build", join(recordings, "nested-subagents")])).stdout);
  const told = [...sessions.flatMap(({ turns }) => turns), ...agents];
  const built = spans.filter(({ name }) => name.startsWith("invoke_agent"));
  assert.deepEqual(told.map(({ spanId }) => spanId).sort(), built.map(({ spanId }) => spanId).sort());
  for (const agent of agents) {
    const span = built.find(({ spanId }) => spanId === agent.spanId) as (typeof built)[number];
    assert.equal(attribute(span, "spanloom.agent.join"), agent.join);
    assert.equal(attribute(span, "spanloom.agent.id"), agent.id);
    assert.equal(attribute(span, "spanloom.source.file"), agent.file);
  }
});

test("a compaction is an event, a killed session a call without result", async () => {
  const none = { permissions: 0, permissionRequests: 0, permissionDenials: 0, notifications: 0, compactionRequests: 0 };
  assert.deepEqual((await family("compaction")).events, { compactions: 1, apiErrors: 0, interrupts: 0, hooks: 0, ...none });
  assert.match(await words([join(recordings, "compaction")]), /^events {2}1 compaction$/m);
  assert.deepEqual((await family("interrupted")).events.interrupts, 1);
  const { checks, totals } = await family("killed");
  assert.deepEqual(checks.calls, { total: 2, withoutResult: 1 });
  assert.equal(totals["failed"], 1);
  assert.match(await words([join(recordings, "killed")]), /^ {2}! calls {4}2 calls, 1 result; 1 call without result$/m);
});

test("broken rows are named with file, line and reason, and are no failure", async (test) => {
  const rows = lines(smallSession(one)).replace("\n", "\n{oops}\n{}{}\n");
  const told = await familyOf(test, { "session.jsonl": `${rows}{"type":"us` });
  assert.deepEqual(told.broken, [
    { file: "session.jsonl", path: "session.jsonl", line: 2, reason: "syntax" },
    { file: "session.jsonl", path: "session.jsonl", line: 3, reason: "trailing" },
    { file: "session.jsonl", path: "session.jsonl", line: 7, reason: "torn" },
  ]);
  assert.deepEqual(find(told, "broken-rows"), {
    kind: "broken-rows",
    count: 2,
    message:
      "2 rows are broken and left out: session.jsonl:2 (not JSON), session.jsonl:3 (more after the end of the record)",
  });
  assert.match(find(told, "torn-end").message, /^session\.jsonl:7: the file ends in the middle of a row/);
  const folder = folderOf(test, { "session.jsonl": `${rows}{"type":"us` });
  const text = await words(["session.jsonl", "--verbose"], { cwd: folder });
  assert.match(text, /^broken rows\n {2}session\.jsonl:2: not JSON\n {2}session\.jsonl:3: /m);
  assert.match(text, /^2 warnings\n {2}▲ session\.jsonl:7: /m);
  assert.equal((await spanloom(["inspect", "session.jsonl"], { cwd: folder })).stderr.match(/\n/g)?.length, 1);
});

/** A session that spawns one agent and is told its id. */
const spawning = (session: string, agent: string): Row[] => [
  prompt("Look.", { n: 1, session, parent: null }),
  call("toolu_spawn", "Agent", { prompt: "Look around.", subagent_type: "Explore" }, { n: 2, session }),
  result("toolu_spawn", "Looked.", { n: 3, session, more: { toolUseResult: { agentId: agent } } }),
  answer("Done.", { n: 4, session }),
];

test("an agent without transcript, and a transcript without call, are told with what to give", async (test) => {
  const lost = await familyOf(test, { [`${one}.jsonl`]: spawning(one, "a12") });
  assert.deepEqual(
    lost.agents.map(({ id, join, transcripts }) => [id, join, transcripts]),
    [["a12", "none", []]],
  );
  const { message } = find(lost, "no-transcript");
  assert.equal(message, `agent a12 has no transcript here: give the folder ${one}/subagents too`);
  const whole = {
    [`${one}.jsonl`]: spawning(one, "a12"),
    [`${one}/subagents/agent-a12.jsonl`]: agentRows(one, "a12", 20),
  };
  const found = await familyOf(test, whole);
  assert.deepEqual(kindsOf(found), []);
  assert.deepEqual(
    found.agents.map(({ join }) => join),
    ["result_agent_id"],
  );
  const orphan = await familyOf(test, { "agent-a12.jsonl": agentRows(one, "a12", 20) });
  assert.deepEqual(kindsOf(orphan), ["no-call"]);
  assert.equal(find(orphan, "no-call").message, `agent a12 has no call: session ${one} was not given`);
  const beside = await familyOf(test, {
    [`${one}.jsonl`]: smallSession(one),
    "agent-a12.jsonl": agentRows(one, "a12", 20),
  });
  assert.equal(find(beside, "no-call").message, `agent a12 has no call: no call in session ${one} names it`);
});

test("several transcripts of one call are one agent, in all their files", async (test) => {
  const metadata = JSON.stringify({ agentType: "Explore", toolUseId: "toolu_spawn" });
  const { agents } = await familyOf(test, {
    [`${one}.jsonl`]: spawning(one, "a12"),
    [`${one}/subagents/agent-a12.jsonl`]: agentRows(one, "a12", 20),
    [`${one}/subagents/agent-a12.meta.json`]: metadata,
    [`${one}/subagents/agent-a13.jsonl`]: agentRows(one, "a13", 30),
    [`${one}/subagents/agent-a13.meta.json`]: metadata,
  });
  const files = ["a12", "a13"].map((agent) => ({ file: `${one}/subagents/agent-${agent}.jsonl`, rows: 2 }));
  assert.deepEqual(
    agents.map(({ join, transcripts, chats }) => [join, transcripts, chats]),
    [["tool_use_id", files, 2]],
  );
});

test("a call of an agent is answered if its result is there", async (test) => {
  const rows = spawning(one, "a12");
  const answered = await familyOf(test, { [`${one}.jsonl`]: rows });
  assert.deepEqual(
    answered.agents.map((agent) => agent.answered),
    [true],
  );
  const open = await familyOf(test, { [`${one}.jsonl`]: rows.slice(0, 2) });
  assert.deepEqual(
    open.agents.map((agent) => agent.answered),
    [false],
  );
  assert.deepEqual(kindsOf(open), [], "it need not have come to an agent, so no transcript is missed");
});

test("rows of a session that was not given are told, and not if it was", async (test) => {
  const origin = smallSession(one);
  const fork = [...origin, ...smallSession(two, 30)];
  const alone = await familyOf(test, { [`${two}.jsonl`]: fork });
  const { count, message } = find(alone, "no-origin");
  assert.equal(count, 4);
  assert.ok(message.startsWith(`${two}.jsonl continues session ${one}, which was not given`), message);
  const both = await familyOf(test, { [`${one}.jsonl`]: origin, [`${two}.jsonl`]: fork });
  assert.deepEqual(kindsOf(both), []);
  const renamed = await familyOf(test, { "session.jsonl": origin });
  assert.deepEqual(kindsOf(renamed), []);
});

test("placeholder tokens, strays, unknown rows and a beginning in the middle are told", async (test) => {
  const endless = answer("…", { n: 6, session: one });
  (endless["message"] as Row)["stop_reason"] = null;
  const rows = [
    answer("And then?", { n: 1, session: one, parent: null }),
    result("toolu_lost", "Nobody asked.", { n: 2, session: one }),
    ...smallSession(one, 10),
    result("toolu_10", "Again.", { n: 20, session: one }),
    { ...endless, version: "2.1.34" },
    { type: "novelty", sessionId: one },
  ];
  const told = await familyOf(test, { [`${one}.jsonl`]: rows });
  assert.deepEqual(kindsOf(told), ["no-prompt", "results-without-call", "unknown-rows", "partial-usage"]);
  assert.match(find(told, "partial-usage").message, /^1 response of client 2\.1\.34 has placeholder output tokens/);
  assert.match(find(told, "no-prompt").message, /^turn 1 of session /);
  assert.deepEqual(told.checks.partialResponses, { "2.1.34": 1 });
  assert.deepEqual(told.checks.results, { total: 3, withoutCall: 1, repeated: 1 });
  assert.deepEqual(told.files[0]?.versions, { "2.1.197": 7, "2.1.34": 1 });
});

test("rows without a time are counted", async (test) => {
  const rows = smallSession(one);
  delete (rows[1] as Row)["timestamp"];
  const { checks } = await familyOf(test, { [`${one}.jsonl`]: rows });
  // the chat, its call, and their turn
  assert.deepEqual(checks.inferredTimes, { rows: 1, spans: 3 });
});

test("what goes on in the background outlives its parent", async (test) => {
  const late = agentRows(one, "a12", 50);
  const files = { [`${one}.jsonl`]: spawning(one, "a12"), [`${one}/subagents/agent-a12.jsonl`]: late };
  const { agents, checks } = await familyOf(test, files);
  assert.equal(checks.spansOutlivingParent, 1);
  assert.deepEqual(
    agents.map(({ outlivesParent }) => outlivesParent),
    [true],
  );
});

test("prompts stand in the words for people only, and not without content", async () => {
  const beginning = "The forecast tests";
  assert.ok((await words([sample])).includes(beginning));
  assert.ok(!(await words([sample, "--content", "metadata"])).includes(beginning));
  const { stdout } = await spanloom(["inspect", "--json", sample]);
  assert.ok(!stdout.includes(beginning));
});

test("the document is the same for the same files, from a file, its folder and standard input", async (test) => {
  const folder = folderOf(test, { [`${one}.jsonl`]: smallSession(one) });
  const options = { cwd: folder };
  const file = await spanloom(["inspect", "--json", `${one}.jsonl`], options);
  const again = await spanloom(["inspect", "--json", "."], options);
  assert.ok(file.stdout.equals(again.stdout));
  const { families } = await inspected(["-"], { input: readFileSync(join(folder, `${one}.jsonl`)) });
  const { files, ...rest } = (JSON.parse(file.stdout.toString()) as InspectDocument).families[0] as FamilyDocument;
  const { files: piped, ...same } = families[0] as FamilyDocument;
  assert.deepEqual(same, rest);
  assert.deepEqual(
    piped,
    files.map((each) => ({ ...each, path: "-" })),
  );
});

test("every key of the document is explained, and every key explained is there", async (test) => {
  const page = readFileSync(new URL("../../docs/INSPECT.md", import.meta.url), "utf8");
  const explained = new Set(Array.from(page.matchAll(/^\| `([\w.[\]]+)`/gm), ([, key]) => key as string));
  const seen = new Set<string>();
  /** Paths of all keys; what stands under names of the record has its name as `[name]`. */
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) for (const each of value) walk(each, `${path}[]`);
    else if (typeof value === "object" && value !== null) {
      const byName = /\.(skippedBy|versions|sessions|partialResponses|source\.(envelopes|servers|events|unknown|unread))$/.test(path);
      for (const [key, each] of Object.entries(value))
        walk(each, byName ? `${path}[name]` : path === "" ? key : `${path}.${key}`);
    } else seen.add(path);
  };
  const folder = folderOf(test, {
    "session.jsonl": `${lines(spawning(one, "a12"))}{oops}\n`,
    "empty.jsonl": "",
  });
  const partial = answer("…", { n: 6, session: two });
  (partial["message"] as Row)["stop_reason"] = null;
  const more = folderOf(test, { [`${two}.jsonl`]: [prompt("?", { n: 5, session: two }), partial] });
  const opencode = [join(opencodeRecordings, "aborted-agent/events.sse"), join(opencodeRecordings, "api-error/events.sse"), folderOf(test, { "fork.json": forkAlone(), "aborted.ndjson": abortedRows() })];
  walk(await inspected([recordings, join(folder, "session.jsonl"), join(folder, "empty.jsonl"), more, ...opencode], {}, 1), "");
  assert.deepEqual([...seen].sort(), [...explained].sort());
});

test("what cannot be read is told in words, in the document, and by the exit code", async (test) => {
  const folder = folderOf(test, { [`${one}.jsonl`]: smallSession(one), "empty.jsonl": "" });
  const ended = await spanloom(["inspect", "--json", ".", "absent.jsonl", "empty.jsonl"], { cwd: folder });
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /absent\.jsonl: there is no such file or folder/);
  const { problems, families } = JSON.parse(ended.stdout.toString()) as InspectDocument;
  assert.deepEqual(
    problems.map(({ kind, path }) => [kind, path]),
    [
      ["missing", "absent.jsonl"],
      ["empty", "empty.jsonl"],
    ],
  );
  assert.equal(families.length, 1);
  const nothing = await spanloom(["inspect", "absent.jsonl"], { cwd: folder });
  assert.deepEqual([nothing.code, nothing.stdout.length], [1, 0]);
});

test("a command line that makes no sense for inspect ends with 2", async () => {
  const wrong: [args: string[], word: RegExp][] = [
    [["inspect"], /inspect needs a PATH/],
    [["inspect", sample, "--format", "tree"], /--format is no option of inspect/],
    [["inspect", sample, "--workers", "2"], /--workers is no option of inspect/],
    [["build", sample, "--json"], /--json is no option of build/],
    [["inspect", sample, "--json=yes"], /--json takes no value/],
    [["inspect", "-", "-"], /standard input can be read once/],
  ];
  for (const [args, word] of wrong) {
    const { code, stdout, stderr } = await spanloom(args);
    assert.deepEqual([code, stdout.length], [2, 0], args.join(" "));
    assert.match(stderr, word);
  }
});

test("colour changes no column, and NO_COLOR takes it away", async () => {
  const painted = await words([sample, "--color", "always"]);
  assert.ok(painted.includes("\u001b["));
  assert.equal(painted.replace(/\u001b\[\d+m/g, ""), await words([sample]));
  assert.ok(!(await words([sample], { env: { NO_COLOR: "1", CLICOLOR_FORCE: "1" } })).includes("\u001b["));
});

test("nothing in a session reaches the terminal as a command", async (test) => {
  const evil = "\u001b[2Jcleared\u009b31m";
  const [, ...spawned] = spawning(one, evil);
  const rows = [prompt(evil, { n: 1, session: one, parent: null }), ...spawned].map((row) => ({
    ...row,
    version: evil,
  }));
  const folder = folderOf(test, { [`${one}.jsonl`]: lines(rows) });
  const text = await words([folder]);
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  assert.match(text, /␛\[2Jcleared/);
  assert.match(text, /▲ agent ␛/, "a warning names the agent");
});

test("-o writes the document to a file, whole", async (test) => {
  const folder = folderOf(test);
  const file = join(folder, "inspection.json");
  const ended: Ended = await spanloom(["inspect", "--json", sample, "-o", file]);
  assert.deepEqual([ended.code, ended.stdout.length], [0, 0]);
  assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), await inspected([sample]));
});
