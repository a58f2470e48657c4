// Which call spawned which sub-agent. The evidence is weighed in a fixed order, each kind for all agents before the next,
// and what decided is always said. Several transcripts of one call are one agent: one of them leads, the others follow.

import { Cell, Table } from "../bytes/table";
import { internLiteral, stringHash } from "../bytes/strings";
import { Map64 } from "../bytes/map";
import {
  Call,
  JOIN_NAME,
  JOIN_ORPHAN,
  JOIN_RESULT,
  JOIN_TOOL_USE,
  JOIN_TYPE,
  JOIN_WORKFLOW,
  SCOPE_AGENT,
  SCOPE_COMPOSED,
  SCOPE_OWN_SESSION,
  Scope,
  callOfId,
  calls,
  scopes,
} from "./model";
import { PART_FAILED, PART_MEMBER, PART_RUN, PART_SPAWNS, members, parts, rows, spawns, strands } from "./record";

/** Calls that spawn agents, in order. */
const spawning = new Table<Cell>();
const callOfResultAgent = new Map64();
/** The call whose result names a workflow's run. */
const callOfRun = new Map64();
/** Unlabelled agents: the agent, and its only candidate + 1. */
const open = new Table<Cell>();

/** Does the call spawn an agent? */
// @ts-ignore: decorator
@inline
export function spawnsAgent(call: Call): bool {
  return (parts.at(call.part).flags & PART_SPAWNS) != 0;
}

/** Agent id in the call's result; 0 if there is none. */
export function resultAgent(call: Call): u32 {
  if (!call.result) return 0;
  const result = parts.at(call.result - 1);
  return result.flags & PART_RUN ? 0 : result.detail;
}

export function joinAgents(): void {
  defaultType = internLiteral("general-purpose");
  spawning.clear();
  callOfResultAgent.clear();
  callOfRun.clear();
  for (let i: u32 = 0; i < calls.rows; i++) {
    const call = calls.at(i);
    if (call.result && parts.at(call.result - 1).flags & PART_RUN) callOfRun.add(stringHash(parts.at(call.result - 1).detail), i);
    if (!spawnsAgent(call)) continue;
    spawning.add().value = i;
    const agent = resultAgent(call);
    if (agent) callOfResultAgent.add(stringHash(agent), i);
  }
  for (let i: u32 = 0; i < scopes.rows; i++) if (scopes.at(i).kind == SCOPE_AGENT) joinByToolUse(i);
  for (let i: u32 = 0; i < scopes.rows; i++) if (scopes.at(i).kind == SCOPE_AGENT) joinByResult(i);
  for (let i: u32 = 0; i < scopes.rows; i++) if (isOpen(i)) joinByRun(i);
  for (let i: u32 = 0; i < scopes.rows; i++) if (isOpen(i)) joinByName(i);
  joinByType();
  lead();
}

/** An agent without a call or a workflow, whose transcript does not go on with another one's, and which its dialect left to be joined. */
function isOpen(index: u32): bool {
  const scope = scopes.at(index);
  return scope.kind == SCOPE_AGENT && !(scope.call | scope.host | scope.continues | (scope.flags & SCOPE_COMPOSED));
}

function join(call: u32, index: u32, how: u32): void {
  const scope = scopes.at(index);
  scope.call = call + 1;
  scope.join = how;
  if (!calls.at(call).agent) calls.at(call).agent = index + 1;
}

/** Was the call made by the agent, or by one that it spawned? */
function isBelow(call: u32, index: u32): bool {
  let owner = calls.at(call).scope;
  while (owner) {
    if (owner == index + 1) return true;
    const scope = scopes.at(owner - 1);
    if (scope.kind != SCOPE_AGENT) return false;
    const above = scope.call ? scope.call : scope.host;
    // one that goes on with another's transcript, and has no call, is shown as that one
    owner = above ? calls.at(above - 1).scope : scope.continues;
  }
  return false;
}

// --- the kinds of evidence

function joinByToolUse(index: u32): void {
  const scope = scopes.at(index);
  const named = scope.member ? members.at(scope.member - 1).call : 0;
  const key = named ? stringHash(named) : scope.spawner;
  if (!key) return;
  const call = callOfId.get(key);
  if (call >= 0 && spawnsAgent(calls.at(call)) && !isBelow(call, index)) join(call, index, scope.how ? scope.how : JOIN_TOOL_USE);
}

function joinByResult(index: u32): void {
  const scope = scopes.at(index);
  if (scope.call || !scope.agent || scope.flags & SCOPE_COMPOSED) return;
  const first = callOfResultAgent.get(stringHash(scope.agent));
  if (first < 0) return;
  const own = (scope.flags & SCOPE_OWN_SESSION) != 0;
  if (own && scope.continues) return; // another writing of a session of the same member
  if (!isBelow(first, index) && !(own && calls.at(first).agent)) {
    join(first, index, JOIN_RESULT);
    return;
  }
  for (let i: u32 = 0; i < spawning.rows; i++) {
    const call = spawning.at(i).value;
    if (resultAgent(calls.at(call)) != scope.agent || isBelow(call, index) || (own && calls.at(call).agent)) continue;
    join(call, index, JOIN_RESULT);
    return;
  }
  // more sessions of one member than calls
  if (own && !isBelow(first, index)) join(first, index, JOIN_RESULT);
}

/** An agent of a workflow has no call of its own: it stands beside the call that began the run. */
function joinByRun(index: u32): void {
  const scope = scopes.at(index);
  if (!scope.run) return;
  const first = callOfRun.get(stringHash(scope.run));
  if (first < 0) return;
  for (let call: u32 = first; call < calls.rows; call++) {
    const result = calls.at(call).result;
    if (!result || !(parts.at(result - 1).flags & PART_RUN) || parts.at(result - 1).detail != scope.run || isBelow(call, index)) continue;
    scope.host = call + 1;
    scope.join = JOIN_WORKFLOW;
    return;
  }
}

/** A call of the agent's session that has no transcript, did not fail and names no agent but a team's member. */
function isFree(call: u32, index: u32): bool {
  const it = calls.at(call);
  if (it.agent || strands.at(rows.at(it.row).strand).session != scopes.at(index).session) return false;
  if (it.result) {
    const result = parts.at(it.result - 1);
    if (result.flags & PART_FAILED || (resultAgent(it) && !(result.flags & PART_MEMBER))) return false;
  }
  return !isBelow(call, index);
}

/** The agent's type by its metadata, or its strand; 0 if that says nothing. */
export function memberType(scope: Scope): u32 {
  return scope.member ? members.at(scope.member - 1).type : scope.told;
}

function joinByName(index: u32): void {
  const scope = scopes.at(index);
  const name = scope.member ? members.at(scope.member - 1).name : 0;
  const type = memberType(scope);
  if (!name && !type && !scope.name) return;
  for (let i: u32 = 0; i < spawning.rows; i++) {
    const call = spawning.at(i).value;
    const detail = parts.at(calls.at(call).part).detail;
    const wanted = detail ? spawns.at(detail - 1).name : 0;
    if (!wanted || (wanted != name && wanted != type && wanted != scope.name) || !isFree(call, index)) continue;
    join(call, index, JOIN_NAME);
    return;
  }
}

/** May the agent, of which no metadata names a call, be the call's? */
function fitsType(call: u32, index: u32): bool {
  const type = memberType(scopes.at(index));
  return (!type || type == callType(calls.at(call))) && !resultAgent(calls.at(call)) && isFree(call, index);
}

function isUnlabelled(index: u32): bool {
  const member = scopes.at(index).member;
  return isOpen(index) && !(member && members.at(member - 1).call);
}

/** An unlabelled transcript and a call, if each is the other's only candidate. All are judged before any is joined. */
function joinByType(): void {
  for (let i: u32 = 0; i < scopes.rows; i++) {
    if (!isUnlabelled(i)) continue;
    let only: u32 = 0;
    let candidates = 0;
    for (let s: u32 = 0; s < spawning.rows && candidates < 2; s++) {
      if (!fitsType(spawning.at(s).value, i)) continue;
      only = spawning.at(s).value + 1;
      candidates++;
    }
    if (candidates != 1) only = 0;
    open.add().value = i;
    open.add().value = only;
  }
  for (let i: u32 = 0; i < open.rows; i += 2) {
    const only = open.at(i + 1).value;
    if (!only) continue;
    let suitors = 0;
    for (let j: u32 = 0; j < open.rows; j += 2) if (fitsType(only - 1, open.at(j).value)) suitors++;
    if (suitors == 1) open.at(i + 1).value = only | 0x80000000;
  }
  for (let i: u32 = 0; i < open.rows; i += 2) {
    const chosen = open.at(i + 1).value;
    if (!(chosen & 0x80000000)) continue;
    const call = (chosen & 0x7fffffff) - 1;
    if (!isBelow(call, open.at(i).value)) join(call, open.at(i).value, JOIN_TYPE);
  }
  open.clear();
}

/** The kind of agent a call asks for. */
export function callType(call: Call): u32 {
  const detail = parts.at(call.part).detail;
  return detail && spawns.at(detail - 1).type ? spawns.at(detail - 1).type : defaultType;
}

/** What the client takes when a call names no type. */
let defaultType: u32 = 0;

// --- who stands for whom

function lead(): void {
  for (let i: u32 = 0; i < scopes.rows; i++) {
    const scope = scopes.at(i);
    if (scope.kind != SCOPE_AGENT) continue;
    const leader = scopes.at(origin(i));
    // the first transcript of a call stands for all of them; of an orphan the one that others go on with
    scope.leader = leader.call ? calls.at(leader.call - 1).agent : origin(i) + 1;
    if (!leader.call && !leader.host) leader.join = JOIN_ORPHAN;
  }
}

/** The agent whose transcript this one goes on with, if it has no call of its own. */
function origin(index: u32): u32 {
  let steps: u32 = 0;
  while (!scopes.at(index).call && scopes.at(index).continues && steps++ < scopes.rows) index = scopes.at(index).continues - 1;
  return index;
}
