// Which call spawned which sub-agent. The evidence is weighed in a fixed order, from one pool for the whole family, and
// what decided is always said. Two transcripts of one agent are one agent.

import { stringHash } from "../bytes/strings";
import { addItem } from "./assemble";
import { NO_TIME } from "../bytes/instant";
import {
  Call,
  ITEM_AGENT,
  ITEM_CALL,
  ITEM_RESPONSE,
  JOIN_NAME,
  JOIN_ORPHAN,
  JOIN_RESULT,
  JOIN_TOOL_USE,
  JOIN_TYPE,
  Member,
  PART_CALL,
  PART_SPAWNS,
  SCOPE_AGENT,
  SCOPE_TURN,
  Scope,
  callOfId,
  calls,
  documents,
  items,
  members,
  partOfResult,
  parts,
  responses,
  rows,
  scopeOfAgent,
  scopes,
  spawns,
} from "./model";

/** Does the call spawn an agent? */
// @ts-ignore: decorator
@inline
export function spawnsAgent(call: Call): bool {
  return (parts.at(call.part).flags & PART_SPAWNS) != 0;
}

/** Gives every call its first result. */
export function pairResults(): void {
  for (let i: u32 = 0; i < calls.rows; i++) {
    const call = calls.at(i);
    if (!call.id) continue;
    const result = partOfResult.get(stringHash(call.id));
    if (result < 0) continue;
    const part = parts.at(result);
    call.result = result + 1;
    call.resultRow = part.name;
    call.end = max(call.start, rows.at(part.name - 1).time);
  }
}

export function joinAgents(): void {
  for (let i: u32 = 0; i < members.rows; i++) {
    const member = members.at(i);
    const scope = scopeOfAgent.get(stringHash(member.agent));
    if (scope >= 0) describe(scopes.at(scope), member);
  }
  for (let i: u32 = 0; i < calls.rows; i++) {
    const call = calls.at(i);
    if (!call.result || call.agent) continue;
    const agent = parts.at(call.result - 1).detail;
    if (!agent || !spawnsAgent(call)) continue;
    const scope = scopeOfAgent.get(stringHash(agent));
    if (scope >= 0 && !scopes.at(scope).call) join(i, scope, JOIN_RESULT);
  }
  joinByName();
  joinByType();
  breakCycles();
  for (let i: u32 = 0; i < scopes.rows; i++) if (scopes.at(i).kind == SCOPE_AGENT && !scopes.at(i).call) adopt(i);
}

function describe(scope: Scope, member: Member): void {
  if (member.type) scope.type = member.type;
  if (!member.call || scope.call) return;
  const call = callOfId.get(stringHash(member.call));
  if (call >= 0) join(call, scopeOfAgent.get(stringHash(member.agent)), JOIN_TOOL_USE);
}

function join(call: u32, scope: u32, how: u32): void {
  const it = calls.at(call);
  if (it.agent) return;
  const agent = scopes.at(scope);
  it.agent = scope + 1;
  agent.call = call + 1;
  agent.join = how;
  agent.parent = it.scope;
}

/** Calls that name a member, and members that have that name. */
function joinByName(): void {
  for (let i: u32 = 0; i < members.rows; i++) {
    const member = members.at(i);
    const scope = scopeOfAgent.get(stringHash(member.agent));
    if (!member.name || scope < 0 || scopes.at(scope).call) continue;
    for (let c: u32 = 0; c < calls.rows; c++) {
      const call = calls.at(c);
      if (call.agent || !spawnsAgent(call)) continue;
      const detail = parts.at(call.part).detail;
      if (detail && spawns.at(detail - 1).name == member.name) {
        join(c, scope, JOIN_NAME);
        break;
      }
    }
  }
}

/** An unlabelled transcript and a call that knows of none, if each is the only one of its type. */
function joinByType(): void {
  for (let i: u32 = 0; i < scopes.rows; i++) {
    const agent = scopes.at(i);
    if (agent.kind != SCOPE_AGENT || agent.call || !isOnly(i)) continue;
    let candidate: i32 = -1;
    let candidates = 0;
    for (let c: u32 = 0; c < calls.rows; c++) {
      const call = calls.at(c);
      if (call.agent || !spawnsAgent(call) || call.scope == i + 1) continue;
      if (call.result && parts.at(call.result - 1).detail) continue; // it knows its agent, which is not here
      const detail = parts.at(call.part).detail;
      if (agent.type && detail && spawns.at(detail - 1).type != agent.type) continue;
      candidate = c;
      candidates++;
    }
    if (candidates == 1) join(candidate, i, JOIN_TYPE);
  }
}

function isOnly(index: u32): bool {
  const type = scopes.at(index).type;
  for (let i: u32 = 0; i < scopes.rows; i++) {
    const other = scopes.at(i);
    if (i != index && other.kind == SCOPE_AGENT && !other.call && (!type || !other.type || other.type == type)) return false;
  }
  return true;
}

/** Nobody is their own ancestor: of agents that spawn each other in a circle, the first is set free. */
function breakCycles(): void {
  for (let i: u32 = 0; i < scopes.rows; i++) {
    let steps: u32 = 0;
    let at = scopes.at(i).parent;
    while (at && steps <= scopes.rows) {
      if (at == i + 1) {
        const agent = scopes.at(i);
        calls.at(agent.call - 1).agent = 0;
        agent.call = 0;
        agent.parent = 0;
        break;
      }
      at = scopes.at(at - 1).parent;
      steps++;
    }
  }
}

/** A transcript without a call goes under the turn of its session whose time contains its start, else the last one begun before. */
function adopt(index: u32): void {
  const agent = scopes.at(index);
  const session = rows.at(agent.row - 1).session;
  agent.join = JOIN_ORPHAN;
  let best: i32 = -1;
  let first: i32 = -1;
  for (let i: u32 = 0; i < scopes.rows; i++) {
    const turn = scopes.at(i);
    if (turn.kind != SCOPE_TURN) continue;
    if (session && rows.at(turn.row - 1).session != session && documents.at(turn.root).session != session) continue;
    if (first < 0) first = i;
    if (turn.start <= agent.start && (best < 0 || turn.start >= scopes.at(best).start)) best = i;
  }
  if (best < 0) best = first;
  if (best < 0) return;
  agent.parent = best + 1;
  addItem(scopes.at(best), ITEM_AGENT, index);
}
