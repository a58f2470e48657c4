// Whether more is to be expected of a turn: a host that sends traces while sessions go on sends those that came to an end.
// What is late all the same (a result after the next prompt) is no reason to wait.

import { spawnsAgent } from "../session/agents";
import {
  Call,
  ITEM_AGENT,
  ITEM_CALL,
  PART_BEGUN,
  PART_MEMBER,
  SCOPE_ALONE,
  SCOPE_INTERRUPTED,
  Scope,
  calls,
  items,
  parts,
  responses,
  scopes,
} from "../session/model";
import { rootOf, turns } from "../session/settle";

/** Has the turn come to an end, with all agents in it? */
export function isSettled(index: u32): bool {
  const turn = scopes.at(index);
  return (turn.flags & SCOPE_ALONE || isFinished(turn) || isFollowed(index)) && areAgentsSettled(turn);
}

/** It was interrupted, given up on, or its last response asked for nothing more. */
function isFinished(scope: Scope): bool {
  if (scope.flags & SCOPE_INTERRUPTED) return true;
  if (scope.failure && scope.failure == scope.last) return true;
  return scope.lastResponse != 0 && !responses.at(scope.lastResponse - 1).made;
}

/** Does another turn of the conversation come after it? */
function isFollowed(index: u32): bool {
  const turn = scopes.at(index);
  for (let i = turns.rows; i; i--) {
    const other = turns.at(i - 1).value;
    if (other == index) return false;
    if (rootOf(scopes.at(other)) == rootOf(turn)) return true;
  }
  return false;
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
  if (!(parts.at(call.result - 1).flags & (PART_BEGUN | PART_MEMBER))) return !agent || areAgentsSettled(scopes.at(agent - 1));
  return call.ended != 0 || (agent != 0 && isAgentSettled(scopes.at(agent - 1)));
}

function isAgentSettled(agent: Scope): bool {
  return isFinished(agent) && areAgentsSettled(agent);
}
