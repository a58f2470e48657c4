// Gives what hooks were told its place, once everything else has its own: no identity and no time of a span depends on it.
// A journal repeats nothing of the record but compactions, which stand there once they have happened.

import { NO_TIME } from "../bytes/instant";
import { Map64 } from "../bytes/map";
import { EVENT_COMPACTION, EVENT_COMPACTION_REQUEST, SKIP_COPY, SKIP_NOTICE } from "../abi/layout";
import { findAgent } from "./assemble";
import { countFate } from "./counts";
import { Call, ITEM_CALL, SCOPE_ALONE, Scope, callOfId, calls, events, items, orderOf, scopes } from "./model";
import { Told, documents, notes, rows, strands, tolds } from "./record";
import { strandOrder } from "./order";
import { sessionOf, turns } from "./homes";
import { addCallEvent, addEvent } from "./settle";

/** Rows by their bytes. */
const written = new Map64();

export function placeJournals(): void {
  if (!tolds.rows) return;
  written.clear();
  for (let d: u32 = 0; d < strands.rows; d++) {
    const strand = strands.at(strandOrder(d));
    for (let i = strand.firstTold; i < strand.lastTold; i++) place(i);
  }
  // of several compactions that were begun before one happened, the last was that one
  for (let d = strands.rows; d; d--) {
    const strand = strands.at(strandOrder(d - 1));
    for (let i = strand.lastTold; i > strand.firstTold; i--) findCompaction(i - 1);
  }
  for (let d: u32 = 0; d < strands.rows; d++) {
    const strand = strands.at(strandOrder(d));
    for (let i = strand.firstTold; i < strand.lastTold; i++) {
      const told = tolds.at(i);
      countFate(documents.at(told.document), told.skipped);
      if (told.skipped) continue;
      if (told.at) addCallEvent(calls.at(told.at - 1), i, told.kind);
      else if (told.scope) addEvent(scopes.at(told.scope - 1), i, told.kind);
    }
  }
}

/** The first row that is written the same. */
export function firstTold(told: Told): u32 {
  return <u32>written.get(told.text);
}

/** On the call that it names or is about, else on the sub-agent that it names, else on the turn in whose time it lies. */
function place(index: u32): void {
  const told = tolds.at(index);
  if (written.add(told.text, index) != index) {
    told.skipped = SKIP_COPY + 1;
    return;
  }
  if (!told.session) told.session = strands.at(told.strand).session;
  told.at = told.call ? callOfId.get(told.call) + 1 : 0;
  if (told.at) return;
  told.scope = agentOf(told);
  if (!told.scope) told.scope = turnOf(told);
  if (!told.scope) told.skipped = SKIP_NOTICE + 1;
  else if (told.tool) told.at = callOf(told);
}

/** A sub-agent that has a span, scope + 1. */
function agentOf(told: Told): u32 {
  const found = told.agent ? findAgent(told.agent, told.session) : 0;
  if (!found) return 0;
  const leader = scopes.at(found - 1).leader;
  const agent = scopes.at(leader - 1);
  return agent.call || agent.row ? leader : 0;
}

/** The turn of its session that began last before it, scope + 1. */
function turnOf(told: Told): u32 {
  let found: u32 = 0;
  let latest: i64 = NO_TIME;
  for (let i: u32 = 0; i < turns.rows; i++) {
    const number = turns.at(i).value;
    const turn = scopes.at(number);
    if (turn.flags & SCOPE_ALONE || sessionOf(turn) != told.session) continue;
    const start = rows.at(turn.row - 1).time;
    if (start > told.time || start < latest) continue;
    found = number + 1;
    latest = start;
  }
  return found;
}

/** The only call of its tool that the turn or sub-agent had open at the time, + 1. */
function callOf(told: Told): u32 {
  let found: u32 = 0;
  for (let i = scopes.at(told.scope - 1).firstItem; i; i = items.at(i - 1).next) {
    const item = items.at(i - 1);
    if (item.kind != ITEM_CALL || calls.at(item.index).name != told.tool || !isOpen(calls.at(item.index), told.time)) continue;
    if (found) return 0;
    found = item.index + 1;
  }
  return found;
}

function isOpen(call: Call, time: i64): bool {
  return rows.at(call.row).time <= time && (!call.result || rows.at(call.resultRow - 1).time >= time);
}

/** What was told before a compaction is said on its event. */
function findCompaction(index: u32): void {
  const told = tolds.at(index);
  if (told.skipped || told.at || told.kind != EVENT_COMPACTION_REQUEST) return;
  const row = compactionAfter(scopes.at(told.scope - 1), told.time);
  if (!row) return;
  const note = notes.at(rows.at(row - 1).note - 1);
  if (note.told) return;
  note.told = index + 1;
  told.scope = 0;
}

/** The first that stands on the turn or sub-agent, or was recorded behind its end: row + 1. */
function compactionAfter(scope: Scope, time: i64): u32 {
  let found: u32 = 0;
  for (let i = scope.firstEvent; i && !found; i = events.at(i - 1).next) {
    const event = events.at(i - 1);
    if (event.kind == EVENT_COMPACTION && rows.at(event.row).time >= time) found = event.row + 1;
  }
  for (let at = scope.passedOn; at; at = rows.at(at - 1).next)
    if (rows.at(at - 1).time >= time && (!found || orderOf(at - 1) < orderOf(found - 1))) found = at;
  return found;
}
