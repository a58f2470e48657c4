// The canonical order of strands, so that the order in which a host hands them over does not matter.

import { Cell, Table } from "../bytes/table";
import { NO_TIME } from "../bytes/instant";
import { compareStrings } from "../bytes/strings";
import { DOCUMENT_JOURNAL, DOCUMENT_SUBAGENT } from "../abi/layout";
import { strands } from "./record";

const order = new Table<Cell>();

/** The strand at a place in the order. */
export function strandOrder(place: u32): u32 {
  return order.at(place).value;
}

/** Sessions before sub-agents, journals last. */
function placeOf(kind: u32): i32 {
  return kind == DOCUMENT_JOURNAL ? 2 : kind == DOCUMENT_SUBAGENT ? 1 : 0;
}

/** Negative if strand `a` comes before `b`. By kind; then first time, number of rows, session, agent, name. */
export function compareStrands(a: u32, b: u32): i32 {
  const x = strands.at(a);
  const y = strands.at(b);
  if (placeOf(x.kind) != placeOf(y.kind)) return placeOf(x.kind) - placeOf(y.kind);
  if (x.firstTime != y.firstTime) {
    if (x.firstTime == NO_TIME) return 1; // no time sorts last
    if (y.firstTime == NO_TIME) return -1;
    return x.firstTime < y.firstTime ? -1 : 1;
  }
  if (x.rows != y.rows) return x.rows < y.rows ? -1 : 1;
  let by = compareStrings(x.session, y.session);
  if (!by) by = compareStrings(x.agent, y.agent);
  if (!by) by = compareStrings(x.name, y.name);
  return by;
}

export function orderStrands(): void {
  order.clear();
  const total = strands.rows;
  for (let i: u32 = 0; i < total; i++) order.add().value = i;
  // heap sort: no recursion, no second list
  for (let i = total >> 1; i > 0; i--) sift(i - 1, total);
  for (let end = total; end > 1; end--) {
    swap(0, end - 1);
    sift(0, end - 1);
  }
  for (let i: u32 = 0; i < total; i++) strands.at(order.at(i).value).rank = i;
}

function sift(from: u32, end: u32): void {
  let parent = from;
  while (true) {
    let child = parent * 2 + 1;
    if (child >= end) return;
    if (child + 1 < end && compareStrands(order.at(child).value, order.at(child + 1).value) < 0) child++;
    if (compareStrands(order.at(parent).value, order.at(child).value) >= 0) return;
    swap(parent, child);
    parent = child;
  }
}

function swap(a: u32, b: u32): void {
  const kept = order.at(a).value;
  order.at(a).value = order.at(b).value;
  order.at(b).value = kept;
}
