// A failing input made smaller: documents, rows and members taken away as long as it still fails in the same way.
//
// Greedy and bounded: what is left shows the cause to a reader, and need not be the smallest there is.

import type { Failure, FuzzInput } from "./check.ts";
import { parsed, placesIn, remove, rowsOf, withRows } from "./rows.ts";

const mostAttempts = 1500;

/** `attempt` answers the failures of an input; `failures` are those of `input`, the first of which has to stay. */
export function shrink<Input extends FuzzInput>(
  input: Input,
  failures: readonly Failure[],
  attempt: (input: Input) => readonly Failure[],
): Input {
  const [wanted] = failures;
  let smallest = input;
  let attempts = 0;
  /** Keeps what is left if it fails as before. */
  const without = (documents: Input["documents"]): boolean => {
    if (attempts++ >= mostAttempts) return false;
    const smaller = { ...smallest, documents };
    if (!attempt(smaller).some(({ kind, what }) => kind === wanted?.kind && what === wanted.what)) return false;
    smallest = smaller;
    return true;
  };

  const documents = (): boolean => {
    let any = false;
    for (let at = smallest.documents.length - 1; at >= 0; at--)
      if (smallest.documents.length > 1) any = without(smallest.documents.filter((_, index) => index !== at)) || any;
    return any;
  };
  const replaced = (at: number, rows: Buffer[]): Input["documents"] =>
    smallest.documents.map((document, index) => (index === at ? withRows(document, rows) : document));
  const rows = (): boolean => {
    let any = false;
    for (let at = 0; at < smallest.documents.length; at++)
      for (let size = Math.max(1, rowsOf(smallest.documents[at]!).length >> 1); size >= 1; size >>= 1)
        for (let from = rowsOf(smallest.documents[at]!).length - size; from >= 0; from -= size) {
          const all = rowsOf(smallest.documents[at]!);
          if (from + size > all.length) continue;
          any = without(replaced(at, [...all.slice(0, from), ...all.slice(from + size)])) || any;
        }
    return any;
  };
  const members = (): boolean => {
    let any = false;
    for (let at = 0; at < smallest.documents.length; at++)
      for (let row = 0; row < rowsOf(smallest.documents[at]!).length; row++)
        for (let place = 0; ;) {
          const all = rowsOf(smallest.documents[at]!);
          const value = parsed(all[row]!);
          const found = placesIn(value)[place];
          if (!found || attempts >= mostAttempts) break;
          remove(found);
          all[row] = Buffer.from(JSON.stringify(value));
          if (without(replaced(at, all))) any = true;
          else place++;
        }
    return any;
  };
  while (attempts < mostAttempts && [documents(), rows(), members()].some(Boolean));
  return smallest;
}
