// From a family to what is delivered or stored: the requests of chosen traces, and which traces each completes.
//
// The core is asked once for the traces there are, and again for each kind of content that is wanted: what goes over the
// network and what stays may differ.

import { type Core, type Encoding, type OpenOptions, SPAN_DOCUMENT, SPAN_END, TABLE_DOCUMENTS, TABLE_SPANS, DOCUMENT_SESSION } from "../../bridge/index.ts";
import { Builder, type DocumentFiles, type Encoder, type Failure, requests } from "../build/family.ts";
import type { Request } from "../exporter/keep.ts";
import { pick } from "../exporter/split.ts";
import type { Family } from "../sources/document.ts";
import type { Growth } from "./growth.ts";

/** A turn, as a trace. */
export interface Turn {
  /** Its row in the core's table. */
  readonly row: number;
  /** Trace id, 32 hex digits. */
  readonly id: string;
  readonly spans: number;
  /** Session id of the root of its family. */
  readonly conversation: string;
  /** Session id of the transcript it begins in. */
  readonly session: string;
  /** When it ended, as far as it has come; milliseconds since 1970. */
  readonly end: number;
  /** Nothing more is expected of it. */
  readonly settled: boolean;
  /** And nothing can make it go on. */
  readonly over: boolean;
}

/** What became of a family that was read. */
export interface Made {
  readonly turns: readonly Turn[];
  readonly failures: readonly Failure[];
}

function turnsOf(core: Core): Turn[] {
  const spansOf = core.table(TABLE_SPANS);
  const [documents, ends] = [spansOf.column(SPAN_DOCUMENT), spansOf.column(SPAN_END)];
  const sessions = core.table(TABLE_DOCUMENTS).column(DOCUMENT_SESSION);
  return core.traces().map(({ id, firstSpan, spans, conversation, settled, over }, row) => {
    const session = core.string(sessions.u32(documents.u32(firstSpan)));
    return { row, id, spans, conversation, session, end: ends.i64(firstSpan) / 1e6, settled, over };
  });
}

/** The turns there are. */
export function findTurns(module: WebAssembly.Module, family: Family): Made {
  let turns: Turn[] = [];
  const look: Encoder = function* (core) {
    turns = turnsOf(core);
  };
  const building = new Builder(module, { content: "metadata" }).build(family, look);
  let step = building.next();
  while (!step.done) step = building.next();
  return { turns, failures: step.value.failures };
}

const contentTypes = { json: "application/json", proto: "application/x-protobuf" } as const;

export interface Wanted {
  readonly options: OpenOptions;
  readonly encoding: Encoding;
  readonly choose: (turn: Turn) => boolean;
  /** Of these turns, which were sent, only what they did not have then. */
  readonly went?: { readonly isSent: (turn: Turn) => boolean; readonly growth: Growth };
}

/** So many spans, if no single turn has more, go into requests together. */
const spansTogether = 500;

/** Turns in groups: what goes wrong with one of them concerns no more than its group. */
function* grouped(turns: readonly Turn[]): Generator<readonly Turn[]> {
  let group: Turn[] = [];
  let spans = 0;
  for (const turn of turns) {
    if (group.length > 0 && spans + turn.spans > spansTogether) {
      yield group;
      [group, spans] = [[], 0];
    }
    group.push(turn);
    spans += turn.spans;
  }
  if (group.length > 0) yield group;
}

/** Requests of the chosen turns. What went wrong is in `failures` once they have all been taken. */
export function* makeRequests(module: WebAssembly.Module, family: Family, wanted: Wanted, failures: Failure[]): Generator<Request> {
  let group: readonly Turn[] = [];
  let [spans, next, left] = [0, 0, 0];
  function* encode(core: Core, files: DocumentFiles, of: Family): Generator<Uint8Array> {
    const turns = turnsOf(core);
    const went = wanted.went;
    // What this run sends is not looked at again, though it may have arrived by then.
    const sent = went === undefined ? [] : turns.filter(went.isSent);
    for (group of grouped(turns.filter(wanted.choose))) {
      [next, left] = [0, 0];
      went?.growth.begin(core, group);
      core.choose(group.map(({ row }) => row));
      yield* requests(wanted.encoding, (count) => (spans = count))(core, files, of);
    }
    // Further spans complete no turn: each request of them is whole, and is nobody's but its own.
    [group, left] = [[], 0];
    for (const turn of sent) yield* further(core, files, of, turn);
  }
  function* further(core: Core, files: DocumentFiles, of: Family, turn: Turn): Generator<Uint8Array> {
    const isNew = wanted.went?.growth.more(core, turn);
    if (isNew === undefined) return;
    core.choose([turn.row]);
    let [first, count] = [0, 0];
    for (const body of requests(wanted.encoding, (spans) => (count = spans))(core, files, of)) {
      const before = first;
      first += count;
      const picked = pick(body, contentTypes[wanted.encoding], (span) => isNew(before + span));
      if (picked === undefined) continue;
      spans = picked.spans;
      yield picked.body;
    }
  }
  const building = new Builder(module, wanted.options).build(family, encode);
  let step = building.next();
  for (; !step.done; step = building.next()) {
    if (step.value.length === 0) continue;
    const traces: string[] = [];
    if (group.length > 0) left += spans;
    for (let turn = group[next]; turn !== undefined && left >= turn.spans; turn = group[++next]) {
      traces.push(turn.id);
      left -= turn.spans;
    }
    yield { body: step.value, spans, traces, whole: left === 0 };
  }
  failures.push(...step.value.failures);
}
