// What became of a family's record, read from a finished core: its files, turns and sub-agents, what was joined and
// paired and what was not. Facts only; words are the business of whoever tells them.

import {
  type Audit,
  type Core,
  DOCUMENT_AGENT_METADATA,
  DOCUMENT_JOURNAL,
  DOCUMENT_SUBAGENT,
  DOCUMENT_TRANSCRIPT,
  EVENT_API_ERROR,
  EVENT_COMPACTION,
  EVENT_COMPACTION_REQUEST,
  EVENT_HOOK,
  EVENT_INTERRUPT,
  EVENT_NOTIFICATION,
  EVENT_PERMISSION,
  EVENT_PERMISSION_DENIED,
  EVENT_PERMISSION_REQUEST,
  type EventRow,
  FLAG_ASYNC,
  FLAG_INFERRED_TIME,
  type InvocationRow,
  KIND_AGENT,
  KIND_CHAT,
  KIND_TOOL,
  KIND_TURN,
  readAudit,
  SKIP_NAMES,
  type SkipName,
  type SpanRow,
  between,
} from "../../bridge/index.ts";
import type {
  AgentFacts,
  CheckFacts,
  FileFacts,
  FileKind,
  Inspection,
  Prompts,
  SessionFacts,
  Skips,
  TurnFacts,
  Work,
} from "./facts.ts";
import { readCauses } from "./causes.ts";
import type { DocumentFiles } from "./family.ts";
import { membersOf } from "./members.ts";
import { Told } from "./opencode.ts";
import { wordsOf } from "./tree.ts";

const kinds: Record<number, FileKind> = {
  [DOCUMENT_TRANSCRIPT]: "session",
  [DOCUMENT_SUBAGENT]: "sub-agent",
  [DOCUMENT_AGENT_METADATA]: "metadata",
  [DOCUMENT_JOURNAL]: "journal",
};

const sum = <Row>(rows: readonly Row[], of: (row: Row) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);

/** Numbers under their names, added up; in the order of names. */
function tally<Row>(
  rows: readonly Row[],
  name: (row: Row) => string,
  of: (row: Row) => number,
): Record<string, number> {
  const totals = new Map<string, number>();
  for (const row of rows) totals.set(name(row), (totals.get(name(row)) ?? 0) + of(row));
  return Object.fromEntries([...totals].filter(([, total]) => total > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The reasons that occur, in their order. */
export function occurring(skippedBy: Readonly<Record<SkipName, number>>): Skips {
  return Object.fromEntries(SKIP_NAMES.filter((name) => skippedBy[name] > 0).map((name) => [name, skippedBy[name]]));
}

/** Rows under their keys, in one walk: what is asked for each of many files must not cost a walk each. */
export function groupBy<Row, Key>(rows: readonly Row[], key: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group === undefined) groups.set(key(row), [row]);
    else group.push(row);
  }
  return groups;
}

function readFiles(core: Core, files: DocumentFiles, audit: Audit, told: Told): FileFacts[] {
  const rows = core.documents();
  const writers = groupBy(audit.writers, ({ document }) => document);
  const copies = groupBy(audit.copies, ({ document }) => document);
  const sources = rows.map(({ name, bytes }, index) => told.read(files, index, name, bytes));
  return rows.map(({ name, kind, session, agent, bytes, rows: total, used, skipped, broken, skippedBy }, index) => ({
    name,
    path: files.shown(index),
    kind: kinds[kind] ?? "unknown",
    ...(sources[index] === undefined ? {} : { source: sources[index] }),
    session,
    ...(agent === "" ? {} : { agent }),
    bytes,
    rows: total,
    used,
    skipped,
    broken,
    skippedBy: occurring(skippedBy),
    versions: tally(
      writers.get(index) ?? [],
      ({ version }) => version,
      ({ rows }) => rows,
    ),
    sessions: tally(
      writers.get(index) ?? [],
      ({ session }) => session,
      ({ rows }) => rows,
    ),
    copies: (copies.get(index) ?? []).map(({ source, rows: copied }) => ({
      from: rows[source]?.name ?? "",
      rows: copied,
    })),
  }));
}

const eventKeys: Record<number, keyof Inspection["events"]> = {
  [EVENT_COMPACTION]: "compactions",
  [EVENT_API_ERROR]: "apiErrors",
  [EVENT_INTERRUPT]: "interrupts",
  [EVENT_HOOK]: "hooks",
  [EVENT_PERMISSION]: "permissions",
  [EVENT_PERMISSION_REQUEST]: "permissionRequests",
  [EVENT_PERMISSION_DENIED]: "permissionDenials",
  [EVENT_NOTIFICATION]: "notifications",
  [EVENT_COMPACTION_REQUEST]: "compactionRequests",
};

function countEvents(rows: readonly EventRow[]): Inspection["events"] {
  const events: Inspection["events"] = {
    compactions: 0,
    apiErrors: 0,
    interrupts: 0,
    hooks: 0,
    permissions: 0,
    permissionRequests: 0,
    permissionDenials: 0,
    notifications: 0,
    compactionRequests: 0,
  };
  for (const { kind } of rows) {
    const key = eventKeys[kind];
    if (key !== undefined) events[key]++;
  }
  return events;
}

/** What turns and sub-agents are, by the rows of their spans. */
class Reader {
  readonly spans: SpanRow[];
  readonly names: string[];
  readonly invocations: Map<number, InvocationRow>;
  /** Row of the turn each span lies in. */
  readonly #turnOf: number[] = [];

  constructor(
    readonly core: Core,
    readonly audit: Audit,
    files: readonly FileFacts[],
  ) {
    this.spans = core.spans();
    this.names = files.map(({ name }) => name);
    this.invocations = new Map(audit.invocations.map((row) => [row.span, row]));
    // Parents stand before their children.
    for (const { row, kind, parent } of this.spans)
      this.#turnOf.push(kind === KIND_TURN ? row : (this.#turnOf[parent] ?? row));
  }

  sessions(): SessionFacts[] {
    const traces = this.core.traces();
    const turns = new Map<number, TurnFacts>();
    const sessions = new Map<string, SessionFacts>();
    for (const span of this.spans) {
      if (span.kind !== KIND_TURN) continue;
      const trace = traces[span.trace];
      const id = trace?.conversation ?? "";
      const { turn, origin } = this.invocations.get(span.row) as InvocationRow;
      const facts = {
        index: turn,
        origin,
        traceId: trace?.id ?? "",
        spanId: span.id,
        ...this.#place(span),
        ...{ agents: 0, failed: 0, chats: 0, tools: 0, inputTokens: 0, outputTokens: 0 },
        error: span.error,
      };
      turns.set(span.row, facts);
      if (!sessions.has(id)) sessions.set(id, { id, turns: [] });
      sessions.get(id)?.turns.push(facts);
    }
    for (const span of this.spans) {
      const turn = turns.get(this.#turnOf[span.row] as number);
      if (turn === undefined) continue;
      addWork(turn, span);
      turn.agents += Number(span.kind === KIND_AGENT);
      turn.failed += Number(span.error !== "");
    }
    return [...sessions.values()];
  }

  agents(): AgentFacts[] {
    const traces = this.core.traces();
    const transcripts = groupBy(this.audit.transcripts, ({ span }) => span);
    const agents = new Map<number, AgentFacts>();
    for (const span of this.spans) {
      const above = agents.get(span.parent);
      if (above !== undefined) addWork(above, span);
      if (span.kind !== KIND_AGENT) continue;
      const { agent, join, call, turn, answered } = this.invocations.get(span.row) as InvocationRow;
      const parent = this.spans[span.parent];
      agents.set(span.row, {
        id: agent,
        type: span.name,
        session: traces[span.trace]?.conversation ?? "",
        turn,
        join,
        call,
        answered,
        spanId: span.id,
        parent: {
          kind: parent?.kind === KIND_AGENT ? "agent" : "turn",
          spanId: parent?.id ?? "",
          agent: this.invocations.get(span.parent)?.agent ?? "",
        },
        ...this.#place(span),
        transcripts: (transcripts.get(span.row) ?? []).map(({ document, rows }) => ({
          file: this.names[document] ?? "",
          rows,
        })),
        ...{ chats: 0, tools: 0, inputTokens: 0, outputTokens: 0 },
        outlivesParent: (span.flags & FLAG_ASYNC) !== 0,
        error: span.error,
      });
    }
    return [...agents.values()];
  }

  checks(): CheckFacts {
    const { checks, writers } = this.audit;
    const { spans } = this;
    const { inputTokens, outputTokens } = this.core.counters();
    const byRow = {
      inputTokens: sum(checks, (row) => row.inputTokens),
      outputTokens: sum(checks, (row) => row.outputTokens),
    };
    return {
      usage: {
        byResponse: { inputTokens, outputTokens },
        byRow,
        byRowWithCopies: {
          inputTokens: byRow.inputTokens + sum(checks, (row) => row.copiedInputTokens),
          outputTokens: byRow.outputTokens + sum(checks, (row) => row.copiedOutputTokens),
        },
      },
      calls: { total: sum(checks, (row) => row.calls), withoutResult: sum(checks, (row) => row.unanswered) },
      results: {
        total: sum(checks, (row) => row.results),
        withoutCall: sum(checks, (row) => row.strayResults),
        repeated: sum(checks, (row) => row.repeatedResults),
      },
      partialResponses: tally(
        writers,
        ({ version }) => version,
        ({ partial }) => partial,
      ),
      inferredTimes: {
        rows: sum(checks, (row) => row.inferredTimes),
        spans: spans.filter(({ flags }) => flags & FLAG_INFERRED_TIME).length,
      },
      spansOutlivingParent: spans.filter(({ parent, end }) => end > (spans[parent]?.end ?? Infinity)).length,
    };
  }

  #place({ document, line, start, end }: SpanRow) {
    return { file: this.names[document] ?? "", line, start, durationMs: between(start, end) };
  }
}

function addWork(work: Work, { kind, inputTokens = 0, outputTokens = 0 }: SpanRow): void {
  if (kind === KIND_TOOL) work.tools++;
  if (kind !== KIND_CHAT) return;
  work.chats++;
  work.inputTokens += inputTokens;
  work.outputTokens += outputTokens;
}

/** The inspection of a finished family, opened with one trace a turn and without content. */
export function readInspection(core: Core, files: DocumentFiles): Inspection {
  const audit = readAudit(core);
  const told = new Told();
  const read = readFiles(core, files, audit, told);
  const reader = new Reader(core, audit, read);
  const agents = reader.agents();
  return {
    sessions: reader.sessions(),
    files: read,
    broken: Array.from(core.brokenRows(), ({ document, line, reason }) => ({
      file: read[document]?.name ?? "",
      path: files.shown(document),
      line,
      reason,
    })),
    agents,
    events: countEvents(core.events()),
    checks: reader.checks(),
    ...(read.some(({ source }) => source !== undefined)
      ? { opencode: { sessions: membersOf(told, agents), causes: readCauses(core, reader.spans, reader.invocations, told) } }
      : {}),
  };
}

/** The beginnings of what was asked in each turn. */
export function readPrompts(core: Core, files: DocumentFiles): Prompts {
  const prompts = new Map<string, string>();
  for (const { kind, id, text } of core.spans())
    if (kind === KIND_TURN && text !== undefined) prompts.set(id, wordsOf(files, text));
  return prompts;
}
