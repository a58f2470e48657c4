// Whether more is to be expected of a turn: a host that sends traces while sessions go on sends those that came to an end.
// What is late all the same (a result after the next prompt) is no reason to wait.
//
// A last response that asks for nothing is not yet the end: the client then runs its Stop hooks, and one of them may make the
// model go on. Where the record says that they ran, or another turn follows in the session, it is over for certain.
//
// Strands that a dialect composed say of every answer whether it ended. There a prompt waits for the turn before it, which
// goes on; only its answer tells that the other is over.

import { EVENT_HOOK } from "../abi/layout";
import { spawnsAgent } from "../session/agents";
import {
  Call,
  ITEM_AGENT,
  ITEM_CALL,
  SCOPE_ALONE,
  SCOPE_INTERRUPTED,
  SCOPE_UNDER_WAY,
  Scope,
  calls,
  events,
  items,
  orderOf,
  responses,
  scopes,
} from "../session/model";
import { PART_BEGUN, PART_MEMBER, STRAND_COMPOSED, hooks, parts, rows, strands } from "../session/record";
import { rootOf, turns } from "../session/homes";

/** 1 if the turn has come to an end, with all agents in it; 2 if it is over for certain. */
export function howSettled(index: u32): u32 {
  const turn = scopes.at(index);
  const followed = howFollowed(index);
  if (!(turn.flags & SCOPE_ALONE || isFinished(turn) || followed) || !areAgentsSettled(turn)) return 0;
  return followed == 2 || isBroken(turn) || hasStopped(turn) ? 2 : 1;
}

/** It was interrupted, or given up on. */
function isBroken(scope: Scope): bool {
  return (scope.flags & SCOPE_INTERRUPTED) != 0 || (scope.failure != 0 && scope.failure == scope.last);
}

/** Its last response asked for nothing more, and nothing was said to it since. */
function isFinished(scope: Scope): bool {
  if (isComposed(scope)) return !(scope.flags & SCOPE_UNDER_WAY);
  if (isBroken(scope)) return true;
  return scope.lastResponse != 0 && !responses.at(scope.lastResponse - 1).made && scope.lastInput <= scope.lastTime;
}

function isComposed(scope: Scope): bool {
  return scope.row != 0 && (strands.at(rows.at(scope.row - 1).strand).traits & STRAND_COMPOSED) != 0;
}

/** Do all hooks that could make it go on say that they ran, behind its last response? That record alone counts them. */
function hasStopped(turn: Scope): bool {
  if (!turn.lastResponse || !isFinished(turn)) return false;
  const end = orderOf(responses.at(turn.lastResponse - 1).lastRow - 1);
  for (let i = turn.firstEvent; i; i = events.at(i - 1).next) {
    const event = events.at(i - 1);
    if (event.kind == EVENT_HOOK && hooks.at(rows.at(event.row).note - 1).count >= 0 && orderOf(event.row) > end) return true;
  }
  return false;
}

/** 1 if another turn of the conversation comes after it, 2 if one of its own session does, which is one strand. */
function howFollowed(index: u32): u32 {
  const turn = scopes.at(index);
  const composed = isComposed(turn);
  let found: u32 = 0;
  for (let i = turns.rows; i; i--) {
    const number = turns.at(i - 1).value;
    if (number == index) break;
    const other = scopes.at(number);
    if (composed && !other.firstItem && !other.failure) continue;
    if (rows.at(other.row - 1).strand == rows.at(turn.row - 1).strand) return 2;
    if (!composed && rootOf(other) == rootOf(turn)) found = 1;
  }
  return found;
}

function areAgentsSettled(scope: Scope): bool {
  for (let i = scope.firstItem; i; i = items.at(i - 1).next) {
    const item = items.at(i - 1);
    if (item.kind == ITEM_CALL && !isCallSettled(calls.at(item.index))) return false;
    if (item.kind == ITEM_AGENT && !isAgentSettled(scopes.at(item.index))) return false;
  }
  return true;
}

/** A call that only began something in the background waits for its agent's end, or for word of it. */
function isCallSettled(call: Call): bool {
  if (!spawnsAgent(call) || !call.result) return true;
  const agent = call.agent;
  if (!(parts.at(call.result - 1).flags & (PART_BEGUN | PART_MEMBER)))
    return !agent || (areAgentsSettled(scopes.at(agent - 1)) && !isAtWorkAgain(scopes.at(agent - 1), rows.at(call.resultRow - 1).time));
  return call.ended != 0 || (agent != 0 && isAgentSettled(scopes.at(agent - 1)));
}

/** Was the agent told to go on after its result, and has not come to an end since? */
function isAtWorkAgain(agent: Scope, result: i64): bool {
  return max(agent.lastInput, agent.lastTime) > result && !isFinished(agent);
}

function isAgentSettled(agent: Scope): bool {
  return isFinished(agent) && areAgentsSettled(agent);
}
