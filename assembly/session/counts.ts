// The counters of the family at hand. They lie in the state block, where hosts read them in place.

import { COUNTERS, COUNTER_BROKEN, COUNTER_ROWS, COUNTER_SKIPPED, COUNTER_SKIPPED_BY, COUNTER_USED, SKIP_COPY, STATE_BYTES, STATE_COUNTERS } from "../abi/layout";
import { Document, brokenRows } from "./record";

/** The state block; layout.ts says what lies where. */
export const STATE: usize = memory.data(STATE_BYTES, 16);

// @ts-ignore: decorator
@inline
export function count(counter: u32, by: u64 = 1): void {
  const at = STATE + STATE_COUNTERS + (<usize>counter << 3);
  store<u64>(at, load<u64>(at) + by);
}

export function clearCounts(): void {
  memory.fill(STATE, 0, STATE_COUNTERS + (COUNTERS << 3));
}

export function countRow(document: Document): void {
  document.rows++;
  count(COUNTER_ROWS);
}

/** A row of facts, once its fate is known. */
export function countFate(document: Document, skipped: u32): void {
  if (!skipped) {
    countUsed(document);
    return;
  }
  countSkipped(document, skipped - 1);
  if (skipped - 1 == SKIP_COPY) document.copies++;
}

export function countUsed(document: Document): void {
  document.used++;
  count(COUNTER_USED);
}

export function countSkipped(document: Document, reason: u32): void {
  document.skipped++;
  const by = changetype<usize>(document) + offsetof<Document>("skippedCopy") + (<usize>reason << 2);
  store<u32>(by, load<u32>(by) + 1);
  count(COUNTER_SKIPPED);
  count(COUNTER_SKIPPED_BY + reason);
}

export function countBroken(document: Document, index: u32, line: u32, reason: u32): void {
  document.broken++;
  count(COUNTER_BROKEN);
  const broken = brokenRows.add();
  broken.document = index;
  broken.line = line;
  broken.reason = reason;
}
