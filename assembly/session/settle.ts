// Ends and sums, once everything is joined: who ran until when, what it cost, and how it failed.

import { COUNTER_AGENTS, COUNTER_CALLS, COUNTER_INPUT_TOKENS, COUNTER_OUTPUT_TOKENS, COUNTER_RESPONSES, COUNTER_SESSIONS, COUNTER_TURNS } from "../abi/layout";
import { spawnsAgent } from "./agents";
import { count } from "./counts";
import { SCOPE_MIXED_PROVIDERS, SCOPE_TURN, calls, responses, scopes } from "./model";

/** A call nobody answered ends with its scope. */
export function settle(): void {
  sumResponses();
  for (let i: u32 = 0; i < calls.rows; i++) {
    const call = calls.at(i);
    const scope = scopes.at(call.scope - 1);
    scope.start = min(scope.start, call.start);
    scope.end = max(scope.end, call.end);
  }
  for (let i: u32 = 0; i < scopes.rows; i++) {
    const scope = scopes.at(i);
    if (!scope.call) continue;
    const call = calls.at(scope.call - 1);
    scope.start = min(scope.start, call.start);
    scope.end = max(scope.end, call.end);
  }
  for (let i: u32 = 0; i < calls.rows; i++) {
    const call = calls.at(i);
    if (!call.result) call.end = max(call.end, scopes.at(call.scope - 1).end);
    // an agent nobody heard of again ends with its spawner, or later if it worked longer
    if (call.agent) {
      const agent = scopes.at(call.agent - 1);
      agent.end = max(agent.end, call.end);
      call.end = agent.end;
    }
  }
  countAll();
}

function sumResponses(): void {
  for (let i: u32 = 0; i < responses.rows; i++) {
    const response = responses.at(i);
    const scope = scopes.at(response.scope - 1);
    scope.chats++;
    scope.input += response.input;
    scope.output += response.output;
    scope.start = min(scope.start, response.start);
    scope.end = max(scope.end, response.end);
    if (scope.chats == 1) scope.provider = response.provider;
    else if (scope.provider != response.provider) scope.flags |= SCOPE_MIXED_PROVIDERS;
    count(COUNTER_INPUT_TOKENS, response.input);
    count(COUNTER_OUTPUT_TOKENS, response.output);
  }
}

function countAll(): void {
  count(COUNTER_RESPONSES, responses.rows);
  let agents: u64 = 0;
  let turns: u64 = 0;
  for (let i: u32 = 0; i < scopes.rows; i++) {
    const scope = scopes.at(i);
    if (scope.kind == SCOPE_TURN) {
      turns++;
      if (!scope.index) count(COUNTER_SESSIONS);
    } else if (!scope.call) agents++;
  }
  for (let i: u32 = 0; i < calls.rows; i++) if (spawnsAgent(calls.at(i))) agents++;
  count(COUNTER_TURNS, turns);
  count(COUNTER_AGENTS, agents);
  count(COUNTER_CALLS, calls.rows);
}
