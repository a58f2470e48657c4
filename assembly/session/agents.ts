// Which call spawned which sub-agent. The evidence is weighed in a fixed order, each kind for all agents before the next,
// and what decided is always said. Several transcripts of one call are one agent: one of them leads, the others follow.

import { Cell, Table } from "../bytes/table";
import { internLiteral, stringHash } from "../bytes/strings";
import { Map64 } from "../bytes/map";
import {
  Call,
  JOIN_NAME,
  JOIN_ORPHAN,
  JOIN_PROMPT,
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
import { Member, PART_FAILED, PART_MEMBER, PART_RUN, PART_SPAWNS, Spawn, firstText, isSameText, members, parts, rows, spawns, strands } from "./record";

/** Calls that spawn agents, in order. */
const spawning = new Table<Cell>();
/** The first of them whose result names this agent, and the first call at all whose result names this run of a workflow. */
const firstOfAgent = new Map64();
const firstOfRun = new Map64();
/** Open transcripts: the agent, and its only candidate + 1. */
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
  firstOfAgent.clear();
  firstOfRun.clear();
  for (let i: u32 = 0; i < calls.rows; i++) {
    const call = calls.at(i);
    if (call.result && parts.at(call.result - 1).flags & PART_RUN) firstOfRun.add(stringHash(parts.at(call.result - 1).detail), i);
    if (!spawnsAgent(call)) continue;
    const agent = resultAgent(call);
    if (agent) firstOfAgent.add(stringHash(agent), spawning.rows);
    spawning.add().value = i;
  }
  for (let i: u32 = 0; i < scopes.rows; i++) if (scopes.at(i).kind == SCOPE_AGENT) joinByToolUse(i);
  for (let i: u32 = 0; i < scopes.rows; i++) if (scopes.at(i).kind == SCOPE_AGENT) joinByResult(i);
  for (let i: u32 = 0; i < scopes.rows; i++) if (isOpen(i)) joinByRun(i);
  joinFirst(JOIN_NAME);
  joinFirst(BY_ANSWER);
  joinOnly(JOIN_PROMPT);
  joinOnly(JOIN_TYPE);
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
  const own = (scope.flags & SCOPE_OWN_SESSION) != 0;
  if (own && scope.continues) return; // another writing of a session of the same member
  const first = firstOfAgent.get(stringHash(scope.agent));
  if (first < 0) return;
  let found: u32 = 0;
  for (let i: u32 = first; i < spawning.rows; i++) {
    const call = spawning.at(i).value;
    if (resultAgent(calls.at(call)) != scope.agent || isBelow(call, index)) continue;
    // a member can have more sessions than calls: then it is the first
    const taken = own && calls.at(call).agent;
    if (!found || !taken) found = call + 1;
    if (!taken) break;
  }
  if (found) join(found - 1, index, JOIN_RESULT);
}

/** An agent of a workflow has no call of its own: it stands beside the call that began the run. */
function joinByRun(index: u32): void {
  const scope = scopes.at(index);
  if (!scope.run) return;
  const first = firstOfRun.get(stringHash(scope.run));
  if (first < 0) return;
  for (let call: u32 = first; call < calls.rows; call++) {
    const result = calls.at(call).result;
    if (!result || !(parts.at(result - 1).flags & PART_RUN) || parts.at(result - 1).detail != scope.run || isBelow(call, index)) continue;
    scope.host = call + 1;
    scope.join = JOIN_WORKFLOW;
    return;
  }
}

/** The agent's type by its metadata, or its strand; 0 if that says nothing. */
export function memberType(scope: Scope): u32 {
  return scope.member ? members.at(scope.member - 1).type : scope.told;
}

/** Of calls that asked for the same that which is answered first below the agent's rows: its client keeps them within their session. */
const BY_ANSWER: u32 = JOIN_PROMPT + 1;

/** May the agent be the call's, by this kind of evidence? The call is of its session, has no transcript, and names no agent but a team's member. */
function fits(call: u32, index: u32, how: u32): bool {
  const it = calls.at(call);
  const scope = scopes.at(index);
  const member = scope.member ? members.at(scope.member - 1) : changetype<Member>(0);
  const detail = parts.at(it.part).detail;
  const asked = detail ? spawns.at(detail - 1) : changetype<Spawn>(0);
  const result = it.result ? parts.at(it.result - 1).flags : 0;
  const type = memberType(scope);
  if (how == JOIN_NAME) {
    const wanted = asked ? asked.name : 0;
    if (!wanted || result & PART_FAILED || (wanted != type && wanted != scope.name && (!member || wanted != member.name))) return false;
  } else if (member && member.call) {
    return false;
  } else if (how == JOIN_TYPE) {
    if (result & PART_FAILED || resultAgent(it) || (type && type != callType(it))) return false;
  } else {
    if (!scope.prompt || !asked || !isSameText(asked.prompt, firstText(rows.at(scope.prompt - 1)))) return false;
    if (how == BY_ANSWER && (it.resultRow <= scope.prompt || rows.at(it.resultRow - 1).strand != rows.at(scope.prompt - 1).strand)) return false;
  }
  if (it.agent || strands.at(rows.at(it.row).strand).session != scope.session) return false;
  return !(resultAgent(it) && !(result & PART_MEMBER)) && !isBelow(call, index);
}

/** The call + 1 that the evidence names, if one does: the first by name or answer, else the only one. */
function candidate(index: u32, how: u32): u32 {
  let found: u32 = 0;
  for (let i: u32 = 0; i < spawning.rows; i++) {
    const call = spawning.at(i).value;
    if (!fits(call, index, how)) continue;
    if (!found) found = call + 1;
    else if (how == JOIN_PROMPT || how == JOIN_TYPE) return 0;
    else if (how == BY_ANSWER && calls.at(call).resultRow < calls.at(found - 1).resultRow) found = call + 1;
  }
  return found;
}

/** Each open transcript and the first call that fits it. */
function joinFirst(how: u32): void {
  for (let i: u32 = 0; i < scopes.rows; i++) {
    const call = isOpen(i) ? candidate(i, how) : 0;
    if (call) join(call - 1, i, min(how, JOIN_PROMPT));
  }
}

/** An open transcript and a call, if each is the other's only candidate. All are judged before any is joined. */
function joinOnly(how: u32): void {
  for (let i: u32 = 0; i < scopes.rows; i++) {
    if (!isOpen(i)) continue;
    open.add().value = i;
    open.add().value = candidate(i, how);
  }
  for (let i: u32 = 0; i < open.rows; i += 2) {
    const only = open.at(i + 1).value;
    let suitors = 0;
    for (let j: u32 = 0; j < open.rows && only; j += 2) if (fits(only - 1, open.at(j).value, how)) suitors++;
    if (suitors != 1) open.at(i + 1).value = 0;
  }
  for (let i: u32 = 0; i < open.rows; i += 2) {
    const only = open.at(i + 1).value;
    if (only && !isBelow(only - 1, open.at(i).value)) join(only - 1, open.at(i).value, how);
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
