// From a family to what is delivered or stored: the requests of chosen traces, and which traces each completes.
//
// The core is asked once for the traces there are, and again for each kind of content that is wanted: what goes over the
// network and what stays may differ.

import { type Core, type Encoding, type OpenOptions, SPAN_DOCUMENT, SPAN_END, TABLE_DOCUMENTS, TABLE_SPANS, DOCUMENT_SESSION } from "../../bridge/index.ts";
import { Builder, type DocumentFiles, type Encoder, type Failure, requests } from "../build/family.ts";
import type { Request } from "../exporter/deliver.ts";
import type { Family } from "../sources/document.ts";

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

export interface Wanted {
  readonly options: OpenOptions;
  readonly encoding: Encoding;
  readonly choose: (turn: Turn) => boolean;
}

/** Requests of the chosen turns. What went wrong is in `failures` once they have all been taken. */
export function* makeRequests(module: WebAssembly.Module, family: Family, wanted: Wanted, failures: Failure[]): Generator<Request> {
  let chosen: Turn[] = [];
  let spans = 0;
  function* encode(core: Core, files: DocumentFiles, of: Family): Generator<Uint8Array> {
    chosen = turnsOf(core).filter(wanted.choose);
    if (chosen.length === 0) return;
    core.choose(chosen.map(({ row }) => row));
    yield* requests(wanted.encoding, (count) => (spans = count))(core, files, of);
  }
  const building = new Builder(module, wanted.options).build(family, encode);
  let [next, left] = [0, 0];
  let step = building.next();
  for (; !step.done; step = building.next()) {
    if (step.value.length === 0) continue;
    left += spans;
    const traces: string[] = [];
    for (let turn = chosen[next]; turn !== undefined && left >= turn.spans; turn = chosen[++next]) {
      traces.push(turn.id);
      left -= turn.spans;
    }
    yield { body: step.value, spans, traces };
  }
  failures.push(...step.value.failures);
}
