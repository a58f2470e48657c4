// What `inspect` says of opencode's documents: what each is and can know, whose session is whose, and what ended turns.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { CauseFacts, FileFacts, MemberFacts, SourceFacts } from "../../host-node/build/facts.ts";
import type { Finding } from "../../host-node/cli/findings.ts";
import { width } from "../../host-node/cli/terminal.ts";
import { opencodeFixtures } from "../support/opencode.ts";
import { made, writeDatabase, writeStorage } from "../support/opencode-records.ts";
import { attribute, spanloom, spansOf } from "./command.ts";
import { folderOf } from "./folder.ts";
import { abortedRows, assistant, type Data, event, forkAlone, idAt, ms, part, sessionInfo, user, wrote } from "./opencode-rows.ts";
import { lines } from "./rows.ts";

const root = fileURLToPath(new URL("../fixtures/opencode/", import.meta.url));
const fixtures = new Map(opencodeFixtures().map((fixture) => [fixture.scenario, fixture]));

interface FamilyDocument {
  files: (FileFacts & { source: SourceFacts })[];
  opencode: { sessions: MemberFacts[]; causes: (Omit<CauseFacts, "at"> & { at: string })[] };
  events: Record<string, number>;
  warnings: Finding[];
}

async function inspected(...paths: string[]): Promise<FamilyDocument[]> {
  const ended = await spanloom(["inspect", "--json", ...paths]);
  assert.equal(ended.code, 0, ended.stderr);
  return (JSON.parse(ended.stdout.toString()) as { families: FamilyDocument[] }).families;
}

/** The one family of these files. */
async function familyOf(test: TestContext, files: Record<string, readonly Data[] | string | Buffer>): Promise<FamilyDocument> {
  const folder = folderOf(test, files);
  const families = await inspected(...Object.keys(files).map((name) => join(folder, name)));
  assert.equal(families.length, 1);
  return families[0] as FamilyDocument;
}

/** A reading of a recording. */
function reading(scenario: string, name: string): Record<string, Buffer> {
  const documents = fixtures.get(scenario)?.readings.get(name) ?? [];
  assert.ok(documents.length > 0, `${scenario} ${name}`);
  return Object.fromEntries(documents.map((document) => [document.name, Buffer.from(document.bytes)]));
}

const dataOf = (stream: Buffer): string[] =>
  stream
    .toString()
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => line.slice(6));

const known = { permissions: "known", retries: "known", aborts: "known" };
const left = { permissions: "unknown", retries: "unknown", aborts: "partial" };
const sum = (totals: Record<string, number>): number => Object.values(totals).reduce((total, count) => total + count, 0);

test("a document says what it is, in which envelopes it comes and what it can know", async (test) => {
  const stream = reading("permission-asked", "events")["events.sse"] as Buffer;
  const rows = dataOf(stream);
  const share = [
    { type: "session", data: sessionInfo("ses_shared", 0) },
    { type: "message", data: user("ses_shared", 10) },
    { type: "part", data: part(user("ses_shared", 10), 11, { type: "text", text: "Go." }) },
  ];
  const log = [{ id: idAt("evt", 0), aggregate_id: "ses_log", seq: 0, type: "session.created.1", data: { sessionID: "ses_log", info: sessionInfo("ses_log", 0) } }];
  const cases: [string, Record<string, Data[] | string | Buffer>, Partial<SourceFacts>][] = [
    ["SSE", { "a.sse": stream }, { kind: "events", form: "sse", envelopes: { event: rows.length }, evidence: known, servers: { "": 1 } } as Partial<SourceFacts>],
    ["lines", { "a.ndjson": `${rows.join("\n")}\n` }, { kind: "events", form: "lines", envelopes: { event: rows.length } }],
    ["lines of Windows", { "a.ndjson": `\ufeff${rows.join("\r\n")}\r\n` }, { kind: "events", form: "lines", envelopes: { event: rows.length } }],
    ["SSE of Windows", { "a.sse": `\ufeff${stream.toString().replaceAll("\n", "\r\n")}` }, { kind: "events", form: "sse", envelopes: { event: rows.length } }],
    ["an array on a line", { "a.json": `[${rows.join(",")}]` }, { kind: "events", form: "array", envelopes: { event: rows.length } }],
    ["an array over lines", { "a.json": JSON.stringify(rows.map((row) => JSON.parse(row) as Data), null, 2) }, { kind: "events", form: "array", envelopes: { event: rows.length } }],
    ["cut data lines", { "a.sse": rows.map((row) => `data: ${row.replace(",", ",\ndata: ")}\n\n`).join("") }, { kind: "events", form: "sse" }],
    ["the global stream", reading("permission-asked", "global"), { kind: "events", form: "sse", evidence: known } as Partial<SourceFacts>],
    ["exports", reading("permission-asked", "exports"), { kind: "export", form: "objects", envelopes: {}, events: {}, servers: {}, evidence: left } as Partial<SourceFacts>],
    ["a run", { "run.ndjson": reading("one-shot", "run")["run.ndjson"] as Buffer }, { kind: "run", form: "lines", envelopes: { run: 12 }, evidence: left } as Partial<SourceFacts>],
    ["a share", { "share.json": JSON.stringify(share) }, { kind: "share", form: "array", envelopes: { share: 3 }, evidence: left } as Partial<SourceFacts>],
    ["an event log", { "log.ndjson": log }, { kind: "log", envelopes: { log: 1 }, evidence: left } as Partial<SourceFacts>],
  ];
  for (const [name, files, expected] of cases) {
    const { source } = (await familyOf(test, files)).files[0] as { source: SourceFacts };
    assert.deepEqual({ ...source, ...expected }, source, name);
  }
});

test("a database and storage folders say that they are none of events", async (test) => {
  const folder = folderOf(test, {});
  writeDatabase(join(folder, "opencode.db"), [made({ id: "ses_one" })]);
  writeStorage(join(folder, "elsewhere/storage"), made({ id: "ses_two" }));
  const families = await inspected(join(folder, "opencode.db"), join(folder, "elsewhere"));
  const sources = families.flatMap(({ files }) => files.map(({ source: { kind, envelopes, events, evidence } }) => ({ kind, envelopes, events, evidence })));
  assert.deepEqual(
    sources.sort((a, b) => (a.kind < b.kind ? -1 : 1)),
    ["database", "storage"].map((kind) => ({ kind, envelopes: {}, events: {}, evidence: left })),
  );
});

test("asked and told is not the same as unknown: permissions are counted where they are known", async (test) => {
  const events = await familyOf(test, reading("permission-asked", "events"));
  const exports = await familyOf(test, reading("permission-asked", "exports"));
  const idle = await familyOf(test, reading("single-turn", "events"));
  const said = ({ events: { permissions }, files: [file] }: FamilyDocument) => [permissions, file?.source.evidence.permissions];
  assert.deepEqual([said(events), said(exports), said(idle)], [[2, "known"], [0, "unknown"], [0, "known"]]);
});

test("every event of every recording is counted by its name, and what is not known is what was skipped as unknown", async () => {
  let files = 0;
  for (const { files: own } of await inspected(root)) {
    for (const { path, source, rows, broken, skippedBy } of own) {
      assert.ok(source !== undefined, path);
      assert.equal(sum(source.unknown), skippedBy.unknown ?? 0, path);
      if (source.kind !== "events" && source.kind !== "run") continue;
      assert.equal(sum(source.events), rows - broken, path);
      assert.equal(sum(source.envelopes), rows - broken, path);
      files++;
    }
  }
  assert.ok(files > 20);
});

test("kinds of rows that are not known are named with their counts", async (test) => {
  const { files, warnings } = await familyOf(test, { "a.ndjson": [...abortedRows(), event(70, "weather.changed", {}), event(71, "no name at all", {})] });
  assert.deepEqual(files[0]?.source.unknown, { other: 1, "part flux-marker": 1, "weather.changed": 2 });
  assert.equal(files[0]?.skippedBy.unknown, 4);
  assert.match(warnings.find(({ kind }) => kind === "unknown-rows")?.message ?? "", /weather\.changed \(2\), other \(1\), part flux-marker \(1\)$/);
});

test("versions are told as the record tells them, and none or one that is no release is warned of", async (test) => {
  const rows = abortedRows().map((row) => JSON.parse(JSON.stringify(row).replace('"version":"1.18.33"', '"version":"local"')) as Data);
  const local = await familyOf(test, { "a.ndjson": rows });
  assert.deepEqual(local.files[0]?.source.servers, { "1.18.40": 1 });
  assert.deepEqual(local.opencode.sessions.map(({ version }) => version), ["local"]);
  assert.match(local.warnings.find(({ kind }) => kind === "client-version")?.message ?? "", /^session ses_aborted is of a client of version "local", which is no release$/);
  const silent = await familyOf(test, { "run.ndjson": reading("one-shot", "run")["run.ndjson"] as Buffer });
  assert.match(silent.warnings.find(({ kind }) => kind === "client-version")?.message ?? "", /is of a client that does not say its version$/);
  const release = await familyOf(test, reading("aborted", "events"));
  assert.ok(!release.warnings.some(({ kind }) => kind === "client-version"));
});

test("sessions are told with how each came into its family", async (test) => {
  for (const name of ["events", "exports"]) {
    const { opencode } = await familyOf(test, reading("forked", name));
    const [trunk, whole, half, again] = opencode.sessions;
    assert.deepEqual(opencode.sessions.map(({ role }) => role), ["root", "fork", "fork", "fork"], name);
    assert.deepEqual([trunk?.forkOf, whole?.forkOf, half?.forkOf, again?.forkOf], [undefined, trunk?.id, trunk?.id, whole?.id], name);
  }
  const nested = await familyOf(test, reading("nested-agents", "events"));
  const [first, ...below] = nested.opencode.sessions;
  assert.equal(first?.role, "root");
  assert.ok(below.length > 1);
  for (const { role, parent, joins } of below) {
    assert.equal(role, "sub-agent");
    assert.ok(nested.opencode.sessions.some(({ id }) => id === parent));
    assert.deepEqual(joins, ["result_agent_id"]);
  }
  const [alone] = (await familyOf(test, { "fork.json": forkAlone() })).opencode.sessions;
  assert.deepEqual([alone?.role, alone?.forkOf], ["fork", ""]);
});

test("forks are of one conversation with what they repeat, and nothing else is", async () => {
  const conversations = new Map<string, string>();
  const { stdout } = await spanloom(["build", "-q", "-f", "otlp-json", root]);
  for (const span of spansOf(stdout)) {
    if (span.parentSpanId === undefined) conversations.set(span.spanId, attribute(span, "gen_ai.conversation.id") ?? "");
  }
  const trunks = new Set(conversations.values());
  for (const { opencode } of await inspected(root)) {
    for (const { id, role, forkOf } of opencode.sessions) {
      if (role === "fork") assert.ok(!trunks.has(id), `${id} of ${forkOf}`);
      else if (role === "sub-agent") assert.ok(!trunks.has(id), id);
    }
  }
});

test("what a session can know, and its version, are what its spans say", async () => {
  const sessions = new Map((await inspected(root)).flatMap(({ opencode }) => opencode.sessions).map((session) => [session.id, session]));
  const { stdout } = await spanloom(["build", "-q", "-f", "otlp-json", root]);
  const said = spansOf(stdout).filter((span) => attribute(span, "spanloom.evidence") !== undefined);
  assert.ok(said.length > 100);
  for (const span of said) {
    const { evidence, version } = sessions.get(attribute(span, "spanloom.agent.id") ?? attribute(span, "gen_ai.conversation.id") ?? "") ?? {};
    assert.deepEqual([evidence, version], [attribute(span, "spanloom.evidence"), attribute(span, "spanloom.client.version") ?? ""], span.spanId);
  }
});

test("an abort is told with its run, its time and what else is recorded of it", async (test) => {
  const { opencode } = await familyOf(test, reading("aborted-agent", "events"));
  assert.deepEqual(
    opencode.causes.map(({ type, first, turn, agent, at }) => [type, first, turn, agent === undefined, at.slice(11)]),
    [
      ["interrupted", true, 0, true, "07:40:29.676Z"],
      ["interrupted", true, 0, false, "07:40:29.576Z"],
      ["interrupted", true, 1, false, "07:40:32.729Z"],
    ],
  );
  const { stdout } = await spanloom(["build", "-q", "-f", "otlp-json", join(root, "aborted-agent/events.sse")]);
  const answers = new Map(spansOf(stdout).map((span) => [attribute(span, "gen_ai.response.id"), span.parentSpanId]));
  for (const { message = "", spanId, source } of opencode.causes) {
    if (answers.has(message)) assert.equal(answers.get(message), spanId);
    // Its own records do not say who it was.
    assert.equal(source, "");
  }
  const [cause] = (await familyOf(test, { "a.ndjson": abortedRows() })).opencode.causes;
  const { spanId: _, ...said } = cause as CauseFacts & { at: never };
  const place = { session: "ses_aborted", turn: 0, at: new Date(ms(50)).toISOString(), message: idAt("msg", 20) };
  assert.deepEqual(said, { type: "interrupted", first: true, ...place, source: "client", reason: "soft_cancel", mode: "soft", title: "in_flight" });
});

/** A first turn aborted after 50 ms, with an answer begun or not, and a title written then. */
function titledAt(title: number | undefined, answered = true, opened: Data = {}): Data[] {
  const session = sessionInfo("ses_titled", 0, opened);
  const asked = user("ses_titled", 10);
  const named = { ...session, title: "A walk in the woods", time: { created: ms(0), updated: ms(title ?? 0) } };
  const rows: [number, Data][] = [
    [0, wrote.session(0, session, "session.created")],
    [10, wrote.message(10, asked)],
    [11, wrote.part(11, part(asked, 11, { type: "text", text: "Go." }))],
    ...(answered ? [[20, wrote.message(20, assistant("ses_titled", 20, idAt("msg", 10)))] as [number, Data]] : []),
    [50, event(50, "session.error", { sessionID: "ses_titled", error: { name: "MessageAbortedError", data: { message: "aborted" } } })],
    ...(title === undefined ? [] : [[title, wrote.session(title, named)] as [number, Data]]),
  ];
  return rows.sort(([a], [b]) => a - b).map(([, row]) => row);
}

test("what became of the title is told beside an abort", async (test) => {
  const cases: [string, Data[], string][] = [
    ["made before", titledAt(40), "completed_before_abort"],
    ["made after", titledAt(70), "completed_after_abort"],
    ["never made", titledAt(undefined), "in_flight"],
    ["nothing was begun", titledAt(undefined, false), "not_started"],
    ["opened with a title", titledAt(70, true, { title: "Given" }), "not_started"],
    // Clients that write it down know better than the order of rows.
    ["written down as made before", abortedRows(undefined, { title_generation: { started_at: ms(15), completed_at: ms(45) } }), "completed_before_abort"],
    ["written down as made after", abortedRows(undefined, { title_generation: { started_at: new Date(ms(15)).toISOString(), completed_at: new Date(ms(90)).toISOString() } }), "completed_after_abort"],
    ["written down as begun", abortedRows(undefined, { title_generation: { started_at: ms(15) } }), "in_flight"],
    ["written down as begun later", abortedRows(undefined, { title_generation: { started_at: ms(55) } }), "not_started"],
  ];
  for (const [name, rows, expected] of cases) {
    const { causes } = (await familyOf(test, { "a.ndjson": rows })).opencode;
    assert.deepEqual(causes.map(({ title }) => title), [expected], name);
  }
  const { causes } = (await familyOf(test, reading("aborted", "exports"))).opencode;
  assert.ok(causes.length > 0);
  assert.ok(causes.every(({ title }) => title === "unknown"));
});

test("an abort before there is an answer is the waiting turn's, and names none", async (test) => {
  const done = assistant("ses_titled", 20, idAt("msg", 10), { finish: "stop", time: { created: ms(20), completed: ms(30) } });
  const second = user("ses_titled", 100);
  const error = { name: "MessageAbortedError", data: { message: "aborted" } };
  const rows = [
    ...titledAt(15).filter(({ type }) => type !== "session.error"),
    wrote.message(30, done),
    wrote.message(100, second),
    wrote.part(101, part(second, 101, { type: "text", text: "And?" })),
    event(120, "session.error", { sessionID: "ses_titled", error }),
  ];
  const { causes } = (await familyOf(test, { "a.ndjson": rows })).opencode;
  assert.deepEqual(causes.map(({ turn, message, type }) => [turn, message, type]), [[1, "", "interrupted"]]);
});

test("the first thing that ended a turn is told as that, what came later as later", async (test) => {
  const failed = (n: number, name: string, data: Data): Data => event(n, "session.error", { sessionID: "ses_aborted", error: { name, data } });
  const retry = event(40, "session.status", { sessionID: "ses_aborted", status: { type: "retry", attempt: 1, message: "busy", next: ms(45) } });
  const rows = [...abortedRows(), retry, failed(65, "UnknownError", { message: "Failed query" }), failed(66, "APIError", { statusCode: 529 })];
  const { opencode, events } = await familyOf(test, { "a.ndjson": rows });
  assert.deepEqual(
    opencode.causes.map(({ type, first, status }) => [type, first, status]),
    [
      ["interrupted", true, undefined],
      ["UnknownError", false, undefined],
      ["APIError", false, 529],
    ],
  );
  assert.equal(events["apiErrors"], 3);
  const words = (await spanloom(["inspect", join(folderOf(test, { "a.ndjson": rows }), "a.ndjson")])).stdout.toString();
  assert.match(words, /turn 1 interrupted \S+ \S+; by client \(soft_cancel\);/);
  assert.match(words, /turn 1 UnknownError .*; not what ended it first/);
  assert.ok(words.split("\n").every((line) => width(line) <= 80));
});

test("events of opencode 2 and of its precursor are opencode's, counted by name, and harm nothing", async (test) => {
  const next = (n: number, type: string, data: Data): Data => ({ id: idAt("evt", n), created: ms(n), type, data: { sessionID: "ses_next", ...data } });
  const rows = [
    { id: idAt("evt", 0), created: ms(0), type: "server.connected", data: {} },
    next(1, "session.created", { agent: "build" }),
    next(2, "session.inbox.enqueued", { prompt: { text: "words" } }),
    next(3, "session.execution.started", {}),
    next(4, "session.step.started", { assistantMessageID: "msg_a", agent: "build", model: { id: "m", providerID: "p" } }),
    next(5, "session.text.delta", { assistantMessageID: "msg_a", ordinal: 0, delta: "words" }),
    next(6, "session.text.delta", { assistantMessageID: "msg_a", ordinal: 0, delta: "words" }),
    next(7, "permission.asked", { id: "per_1" }),
    next(8, "session.step.ended", { finish: "stop", cost: 1, tokens: { input: 1, output: 1 } }),
    next(9, "session.execution.interrupted", { reason: "user" }),
    next(10, "log.synced", {}),
  ];
  const { files, warnings, opencode } = await familyOf(test, { "a.ndjson": rows });
  const [file] = files;
  assert.deepEqual(file?.source.envelopes, { versioned: rows.length });
  assert.equal(sum(file.source.events), rows.length);
  const kinds = { "session.execution.interrupted": 1, "session.execution.started": 1, "session.inbox.enqueued": 1, "session.step.ended": 1, "session.step.started": 1, "session.text.delta": 2 };
  assert.deepEqual(file.source.unread, kinds);
  assert.deepEqual([file.kind, file.skippedBy], ["session", { notice: 9, unknown: 2 }]);
  assert.deepEqual(opencode.causes, []);
  assert.match(warnings.find(({ kind }) => kind === "unread-events")?.message ?? "", /7 events are of opencode 2, which this version does not read: session\.text\.delta \(2\),/);

  const both = await familyOf(test, { "a.ndjson": abortedRows() });
  assert.deepEqual(both.files[0]?.source.unread, { "session.next.retried": 1 });
  assert.ok(!both.warnings.some(({ kind }) => kind === "unread-events"));
  const without = await familyOf(test, { "a.ndjson": abortedRows().filter(({ type }) => !String(type).includes(".next.")) });
  assert.deepEqual(both.opencode, without.opencode);
});

test("a failure that is all a document has is a row like any other", async () => {
  const [family] = await inspected(join(root, "one-shot/run-error.ndjson"));
  assert.deepEqual([family?.files[0]?.rows, family?.files[0]?.skipped], [1, 1]);
});
