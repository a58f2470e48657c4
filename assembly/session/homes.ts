// The turns in their order, and homes for sub-agents that no call leads to: under a turn of their session, or one that is there for them alone.

import { NO_TIME } from "../bytes/instant";
import { Map64 } from "../bytes/map";
import { stringHash } from "../bytes/strings";
import { Cell, Table } from "../bytes/table";
import {
  ITEM_AGENT,
  ITEM_CALL,
  ITEM_RESPONSE,
  ORIGIN_UNPROMPTED,
  SCOPE_AGENT,
  SCOPE_ALONE,
  SCOPE_TURN,
  Scope,
  calls,
  items,
  orderOf,
  responses,
  scopes,
} from "./model";
import { STRAND_COMPOSED, rows, strands } from "./record";
import { strandOrder } from "./order";
import { identityOf } from "./turns";

/** Turns in the order of their first rows: scope indexes. */
export const turns = new Table<Cell>();
/** How many turns a root has so far: string of the root, by place in `counts`. */
const placeOfRoot = new Map64();
const counts = new Table<Cell>();

/** Puts the turns in order, every sub-agent without a call under one of them, and counts the turns of each root. */
export function orderTurns(): void {
  turns.clear();
  const known = scopes.rows;
  for (let i: u32 = 0; i < known; i++) if (scopes.at(i).kind == SCOPE_TURN) placeTurn(i);
  for (let i: u32 = 0; i < known; i++) {
    const scope = scopes.at(i);
    if (scope.kind != SCOPE_AGENT || scope.leader != i + 1 || scope.call || !scope.row) continue;
    if (scope.host) insert(scopes.at(scopes.at(calls.at(scope.host - 1).scope - 1).leader - 1), i);
    else adopt(i);
  }
  placeOfRoot.clear();
  counts.clear();
  for (let i: u32 = 0; i < turns.rows; i++) {
    const turn = scopes.at(turns.at(i).value);
    const place = placeOfRoot.add(stringHash(rootOf(turn)), counts.rows);
    if (place == counts.rows) counts.add();
    turn.index = counts.at(place).value++;
  }
}

/** Session id of the family that a turn belongs to. */
export function rootOf(turn: Scope): u32 {
  return strands.at(rows.at(turn.row - 1).strand).root;
}

/** Session id of the row that a turn begins with. */
export function sessionOf(turn: Scope): u32 {
  const row = rows.at(turn.row - 1);
  return row.session ? row.session : strands.at(row.strand).session;
}

/** An orphan goes under the turn of its session whose time contains its start, else the last begun before, else the first. */
function adopt(index: u32): void {
  const agent = scopes.at(index);
  const start = rows.at(agent.row - 1).time;
  let first: u32 = 0;
  let begun: u32 = 0;
  let around: u32 = 0;
  for (let i: u32 = 0; i < turns.rows; i++) {
    const number = turns.at(i).value;
    const turn = scopes.at(number);
    const row = rows.at(turn.row - 1);
    if (turn.flags & SCOPE_ALONE || sessionOf(turn) != agent.session) continue;
    if (!first) first = number + 1;
    if (row.time > start) continue;
    begun = number + 1;
    if (start <= max(turn.lastTime, row.time)) around = number + 1;
  }
  let home = around ? around : begun ? begun : first;
  if (!home) home = homeFor(index);
  insert(scopes.at(home - 1), index);
}

/** A session without turns: a turn that is there for the orphan alone. */
function homeFor(index: u32): u32 {
  const row = scopes.at(index).row;
  const strand = strands.at(rows.at(row - 1).strand);
  // what a dialect composed knows its root
  for (let d: u32 = 0; d < strands.rows && !(strand.traits & STRAND_COMPOSED); d++) {
    const other = strands.at(strandOrder(d));
    if (other.agent || other.session != scopes.at(index).session) continue;
    strand.root = other.root;
    break;
  }
  const turn = scopes.add();
  turn.kind = SCOPE_TURN;
  turn.flags = SCOPE_ALONE;
  turn.origin = ORIGIN_UNPROMPTED;
  turn.row = row;
  turn.leader = scopes.rows;
  turn.lastTime = NO_TIME;
  turn.cost = -1;
  turn.identity = scopes.at(index).agent ? scopes.at(index).agent : identityOf(strand, row - 1);
  placeTurn(scopes.rows - 1);
  return scopes.rows;
}

/** Puts a turn in its place: one that messages opened may begin above a turn that was open when they were answered. */
function placeTurn(index: u32): void {
  const order = orderOf(scopes.at(index).row - 1);
  let place = turns.rows;
  turns.add();
  while (place && orderOf(scopes.at(turns.at(place - 1).value).row - 1) > order) {
    turns.at(place).value = turns.at(place - 1).value;
    place--;
  }
  turns.at(place).value = index;
}

/** Puts an orphan among the things its home did, in the order of first rows. */
function insert(home: Scope, index: u32): void {
  const order = orderOf(scopes.at(index).row - 1);
  const item = items.add();
  item.kind = ITEM_AGENT;
  item.index = index;
  let before: u32 = 0;
  let at = home.firstItem;
  while (at && orderOf(firstRowOf(at - 1)) < order) {
    before = at;
    at = items.at(at - 1).next;
  }
  item.next = at;
  if (before) items.at(before - 1).next = items.rows;
  else home.firstItem = items.rows;
}

function firstRowOf(at: u32): u32 {
  const item = items.at(at);
  if (item.kind == ITEM_RESPONSE) return responses.at(item.index).row - 1;
  if (item.kind == ITEM_CALL) return calls.at(item.index).row;
  return scopes.at(item.index).row - 1;
}
