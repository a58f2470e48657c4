// Which traces a destination has accepted: a list that only grows, one trace id a line. It is what keeps a trace from
// being sent twice, so an id is on the disk before `add` comes back.
//
// A line that is no trace id (torn by a killed process, or foreign) is left out: its trace is sent again, which a
// backend tells by its ids. A list grown too long loses its older half: by then the client has long deleted the sessions
// these traces were made of.

import { join } from "node:path";
import { appendRecords, readLines, silent, StateError, type Tell, writeAtomic } from "./files.ts";
import { destinationName, type Places } from "./paths.ts";

export interface Ledger {
  readonly size: number;
  has(traceId: string): boolean;
  /** Throws a StateError if they could not be written; they count as accepted all the same, and go with the next. */
  add(traceIds: Iterable<string>): void;
}

const traceId = /^[0-9a-f]{32}$/;
/** A hundred turns a day for five years; read in a twentieth of a second. */
const mostIds = 200_000;

export function openLedger(places: Places, destination: string, tell: Tell = silent, most = mostIds): Ledger {
  const path = join(places.state, "ledger", destinationName(destination));
  const lines = readLines(path, tell);
  const accepted = new Set(lines.filter((line) => traceId.test(line)));
  const others = lines.reduce((count, line) => count + (traceId.test(line) ? 0 : 1), 0);
  if (others > 0) tell(`${path}: ${others} of ${lines.length} lines are no trace ids, left out`);
  let unwritten: string[] = [];
  const shorten = (): void => {
    const newest = [...accepted].slice(-Math.ceil(most / 2));
    try {
      writeAtomic(path, `${newest.join("\n")}\n`);
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      // It stays as long as it is, until there is room.
      return;
    }
    accepted.clear();
    for (const id of newest) accepted.add(id);
  };
  return {
    get size() {
      return accepted.size;
    },
    has: (id) => accepted.has(id),
    add(ids) {
      const added = [...new Set(ids)].filter((id) => !accepted.has(id));
      const wrong = added.find((id) => !traceId.test(id));
      if (wrong !== undefined) throw new TypeError(`no trace id: ${wrong}`);
      for (const id of added) accepted.add(id);
      unwritten.push(...added);
      appendRecords(path, unwritten, { sync: true });
      unwritten = [];
      if (accepted.size > most) shorten();
    },
  };
}
