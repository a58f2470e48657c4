// What in an inspection a person can act on, in plain words. Each finding has a kind that programs may rely on; its
// words may change. It tells facts of the record and never repeats what the record's texts say.

import type { AgentFacts, FileFacts, Inspection } from "../build/facts.ts";
import { groupBy } from "../build/inspection.ts";
import { counted, grouped } from "./figures.ts";
import { brokenWords } from "./print.ts";

export type FindingKind =
  | "broken-rows"
  | "torn-end"
  | "partial-usage"
  | "no-transcript"
  | "no-call"
  | "no-origin"
  | "no-prompt"
  | "results-without-call"
  | "unknown-rows"
  | "no-rows"
  | "unread-events"
  | "client-version";

export interface Finding {
  readonly kind: FindingKind;
  /** How many rows, responses, agents or turns it is about. */
  readonly count: number;
  readonly message: string;
}

const mostNamed = 3;

/** The first few of many, and how many more there are. */
function named(names: readonly string[]): string {
  const rest = names.length - mostNamed;
  return names.slice(0, mostNamed).join(", ") + (rest > 0 ? ` and ${grouped(rest)} more` : "");
}

const be = (count: number): string => (count === 1 ? "is" : "are");
const have = (count: number): string => (count === 1 ? "has" : "have");

function* brokenRows({ broken }: Inspection): Generator<Finding> {
  for (const { path, line } of broken.filter(({ reason }) => reason === "torn"))
    yield {
      kind: "torn-end",
      count: 1,
      message: `${path}:${line}: the file ends in the middle of a row: the session may still be running`,
    };
  const rows = broken.filter(({ reason }) => reason !== "torn");
  if (rows.length === 0) return;
  const places = named(rows.map(({ path, line, reason }) => `${path}:${line} (${brokenWords[reason]})`));
  yield {
    kind: "broken-rows",
    count: rows.length,
    message: `${counted(rows.length, "row")} ${be(rows.length)} broken and left out: ${places}`,
  };
}

function* partialUsage({ checks }: Inspection): Generator<Finding> {
  for (const [version, count] of Object.entries(checks.partialResponses)) {
    const client = version === "" ? "a client of unknown version" : `client ${version}`;
    const message = `${counted(count, "response")} of ${client} ${have(count)} placeholder output tokens, a lower bound: real counts are not in the record`;
    yield { kind: "partial-usage", count, message };
  }
}

const nameOf = ({ id, spanId }: AgentFacts): string => (id === "" ? `of span ${spanId}` : id);

/** Where the client keeps the transcripts of a session's sub-agents. */
function whereOf({ file, id }: AgentFacts, files: readonly FileFacts[]): string {
  const { path = "", source } = files.find(({ name }) => name === file) ?? {};
  if (source !== undefined) return source.kind === "export" || source.kind === "run" ? `the export of ${id}` : `what tells of ${id}`;
  const below = /^(.*)\.jsonl$/.exec(path)?.[1] ?? "";
  const inside = /^(.*[\\/]subagents)[\\/]/.exec(path)?.[1];
  return `the folder ${inside ?? (below === "" ? "<session>/subagents" : `${below}/subagents`)}`;
}

function* agents({ agents, files }: Inspection): Generator<Finding> {
  // A call that failed, or that nobody answered, need not have come to an agent.
  const silent = agents.filter(({ join, id }) => join === "none" && id !== "");
  for (const [where, lost] of groupBy(silent, (agent) => whereOf(agent, files))) {
    const some = lost.length === 1 ? "agent" : `${grouped(lost.length)} agents:`;
    yield {
      kind: "no-transcript",
      count: lost.length,
      message: `${some} ${named(lost.map(nameOf))} ${have(lost.length)} no transcript here: give ${where} too`,
    };
  }
  const given = new Set(files.filter(({ kind }) => kind === "session").map(({ session }) => session));
  const orphans = agents.filter(({ join }) => join === "orphan");
  for (const [session, lost] of groupBy(orphans, (agent) => sessionOf(agent, files))) {
    const some = lost.length === 1 ? "agent" : `${grouped(lost.length)} agents:`;
    const why = given.has(session)
      ? `no call in session ${session} names ${lost.length === 1 ? "it" : "them"}`
      : `session ${session} was not given`;
    yield {
      kind: "no-call",
      count: lost.length,
      message: `${some} ${named(lost.map(nameOf))} ${have(lost.length)} no call: ${why}`,
    };
  }
}

const sessionOf = ({ file, session }: AgentFacts, files: readonly FileFacts[]): string =>
  files.find(({ name }) => name === file)?.session ?? session;

const stem = (name: string): string => name.replace(/^.*\//, "").replace(/\.jsonl$/, "");

/** Sessions whose rows stand in another one's file, while their own file is not here. */
function* origins({ files }: Inspection): Generator<Finding> {
  const sessions = files.filter(({ kind }) => kind === "session");
  const given = new Set<string>();
  for (const { name, sessions: own } of sessions) {
    given.add(stem(name));
    // Of opencode a file holds any number of sessions, each of them its own.
    if (Object.keys(own).every((id) => id.startsWith("ses_"))) for (const id of Object.keys(own)) given.add(id);
    // A file of another name is that of the session with the most rows in it.
    if (Object.hasOwn(own, stem(name))) continue;
    const [most] = Object.entries(own).sort(([, a], [, b]) => b - a);
    if (most !== undefined) given.add(most[0]);
  }
  for (const { path, sessions: own } of sessions) {
    for (const [id, count] of Object.entries(own)) {
      if (id === "" || given.has(id)) continue;
      const rows = counted(count, "row");
      const message = `${path} continues session ${id}, which was not given: ${rows} of that ${count === 1 ? "counts" : "count"} as its own`;
      yield { kind: "no-origin", count, message };
    }
  }
}

function* prompts({ sessions, files }: Inspection): Generator<Finding> {
  // A turn that is there for sub-agents without a session is told of with them.
  const own = new Set(files.filter(({ kind }) => kind === "session").map(({ name }) => name));
  for (const { id, turns } of sessions) {
    const bare = turns.filter(({ origin, file }) => origin === "unprompted" && own.has(file));
    if (bare.length === 0) continue;
    const numbers = named(bare.map(({ index }) => String(index + 1)));
    const some = `${bare.length === 1 ? "turn" : "turns"} ${numbers} of session ${id} ${have(bare.length)} no prompt`;
    yield {
      kind: "no-prompt",
      count: bare.length,
      message: `${some}: the record begins in the middle`,
    };
  }
}

function* strays({ checks, files }: Inspection): Generator<Finding> {
  const { withoutCall: count } = checks.results;
  if (count > 0) {
    const message = `${counted(count, "result")} ${be(count)} of calls that are not in these files: an earlier file may be missing`;
    yield { kind: "results-without-call", count, message };
  }
  for (const { path, skippedBy, source } of files) {
    const unknown = skippedBy.unknown ?? 0;
    if (unknown === 0) continue;
    const kinds = Object.entries(source?.unknown ?? {}).sort(([, a], [, b]) => b - a);
    const which = kinds.length === 0 ? "" : `: ${named(kinds.map(([kind, count]) => `${kind} (${grouped(count)})`))}`;
    const message = `${path}: ${counted(unknown, "row")} ${be(unknown)} of a kind that this version does not know, and left out${which}`;
    yield { kind: "unknown-rows", count: unknown, message };
  }
  for (const { path, kind, rows } of files)
    if (kind === "unknown") yield { kind: "no-rows", count: rows, message: `${path}: no row of it is a session's` };
}

/** Of opencode 2 nothing but its names is known; its precursor says again what other events say. */
function* unread({ files }: Inspection): Generator<Finding> {
  for (const { path, source } of files) {
    const kinds = Object.entries(source?.unread ?? {}).filter(([name]) => !name.startsWith("session.next."));
    const count = kinds.reduce((total, [, rows]) => total + rows, 0);
    if (count === 0) continue;
    const which = named(kinds.sort(([, a], [, b]) => b - a).map(([name, rows]) => `${name} (${grouped(rows)})`));
    yield { kind: "unread-events", count, message: `${path}: ${counted(count, "event")} ${be(count)} of opencode 2, which this version does not read: ${which}` };
  }
}

/** A version that names no release says nothing about what a record of it may hold. */
function* versions({ opencode }: Inspection): Generator<Finding> {
  const odd = opencode?.sessions.filter(({ version }) => !/^\d+\.\d+/.test(version)) ?? [];
  for (const [version, sessions] of groupBy(odd, ({ version }) => version)) {
    const what = version === "" ? "a client that does not say its version" : `a client of version ${JSON.stringify(version)}, which is no release`;
    yield {
      kind: "client-version",
      count: sessions.length,
      message: `${sessions.length === 1 ? "session" : "sessions"} ${named(sessions.map(({ id }) => id))} ${be(sessions.length)} of ${what}`,
    };
  }
}

/** Everything worth a word, in a fixed order. */
export function findings(inspection: Inspection): Finding[] {
  return [brokenRows, origins, agents, prompts, strays, unread, partialUsage, versions].flatMap((look) => [...look(inspection)]);
}
