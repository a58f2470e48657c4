// What became of turns after they were sent. A span is sent once and never again, so what it said then stays; spans that
// came later (an agent that was resumed, a turn that a hook made go on) are sent as further spans of the same trace. That
// a turn changed is counted: the backend has it as it was, and `spanloom status` says so.
//
// What a turn is about to be sent with is written down before, and counts only once the ledger has the turn; what is sent
// later, once it waits in the spool. So a crash between the two sends at worst a span again, under the same id. What a full
// spool drops of it is counted there, and comes with `spanloom export --force`.

import { createHash } from "node:crypto";
import { type Core, SPAN_END, SPAN_ERROR, SPAN_ID, SPAN_INPUT_TOKENS, SPAN_OUTPUT_TOKENS, TABLE_SPANS, TABLE_TRACES, TRACE_FIRST_SPAN } from "../../bridge/index.ts";
import { type Given, type GivenRecord, noteGiven, readGiven } from "../state/given.ts";
import type { Places } from "../state/paths.ts";
import type { Turn } from "./making.ts";

interface SpanState {
  readonly id: string;
  readonly says: string;
}

/** Turns that went on, and the spans that they had in addition. */
export interface Grown {
  readonly turns: number;
  readonly spans: number;
}

export const nothingGrown: Grown = { turns: 0, spans: 0 };
export const sumGrown = (one: Grown, other: Grown): Grown => ({ turns: one.turns + other.turns, spans: one.spans + other.spans });

function spansOf(core: Core, { row, spans }: Turn): SpanState[] {
  const first = core.table(TABLE_TRACES).column(TRACE_FIRST_SPAN).u32(row);
  const table = core.table(TABLE_SPANS);
  return Array.from({ length: spans }, (_, at) => {
    const span = first + at;
    const counts = [SPAN_END, SPAN_INPUT_TOKENS, SPAN_OUTPUT_TOKENS].map((column) => table.column(column).big(span));
    return { id: table.column(SPAN_ID).hex(span), says: [...counts, core.string(table.column(SPAN_ERROR).u32(span))].join(" ") };
  });
}

function digest(spans: readonly SpanState[]): string {
  const hash = createHash("sha256");
  for (const { id, says } of spans) hash.update(`${id} ${says}\n`);
  return hash.digest("hex").slice(0, 16);
}

export class Growth {
  readonly #places: Places;
  readonly #destination: string;
  readonly #known = new Map<string, Map<string, Given>>();
  readonly #later: { readonly conversation: string; readonly record: GivenRecord }[] = [];
  #spans = 0;

  constructor(places: Places, destination: string) {
    this.#places = places;
    this.#destination = destination;
  }

  /** Turns are about to be sent, as they are now. */
  begin(core: Core, turns: readonly Turn[]): void {
    for (const turn of turns) {
      const spans = spansOf(core, turn);
      const record = { trace: turn.id, spans: spans.map(({ id }) => id), state: digest(spans) };
      this.#note(turn.conversation, record);
    }
  }

  /** Whether a span of a turn that was sent is new, by its number in the turn; nothing if none is. */
  more(core: Core, turn: Turn): ((span: number) => boolean) | undefined {
    const given = this.#given(turn);
    if (given === undefined) return undefined;
    const spans = spansOf(core, turn);
    const state = digest(spans);
    if (state === given.state) return undefined;
    const added = spans.map(({ id }) => id).filter((id) => !given.spans.has(id));
    this.#later.push({ conversation: turn.conversation, record: { trace: turn.id, spans: added, state } });
    this.#spans += added.length;
    return added.length === 0 ? undefined : (span) => !given.spans.has(spans[span]?.id ?? "");
  }

  /** What was made of it waits in the spool, all of it. */
  end(): Grown {
    for (const { conversation, record } of this.#later) this.#note(conversation, record);
    return { turns: this.#later.length, spans: this.#spans };
  }

  #given({ id, conversation }: Turn): Given | undefined {
    let known = this.#known.get(conversation);
    if (known === undefined) this.#known.set(conversation, (known = readGiven(this.#places, this.#destination, conversation)));
    return known.get(id);
  }

  /** What cannot be written down is not looked for later. */
  #note(conversation: string, record: GivenRecord): void {
    try {
      noteGiven(this.#places, this.#destination, conversation, [record]);
    } catch {
      // The disk is full: whoever is told of that is told by the spool.
    }
  }
}
