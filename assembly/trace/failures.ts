// How a turn, a sub-agent or a call failed: its word for error.type, 0 if it did not.

import { internLiteral } from "../bytes/strings";
import { Call, SCOPE_INTERRUPTED, Scope, scopes } from "../session/model";
import { PART_DENIED, PART_FAILED, PART_INTERRUPTED, PART_INVALID, PART_REJECTED, notes, parts, rows } from "../session/record";

// Words for error.type.
let interrupted: u32 = 0;
let unanswered: u32 = 0;
let rejected: u32 = 0;
let denied: u32 = 0;
let toolError: u32 = 0;
let invalid: u32 = 0;
let apiError: u32 = 0;
// How an agent in the background can have failed, in the client's words.
let failed: u32 = 0;
let killed: u32 = 0;
let stopped: u32 = 0;

/** Before the first question of a family: strings are forgotten between families. */
export function internFailures(): void {
  interrupted = internLiteral("interrupted");
  unanswered = internLiteral("unanswered");
  rejected = internLiteral("rejected");
  denied = internLiteral("denied");
  toolError = internLiteral("tool_error");
  invalid = internLiteral("invalid_tool");
  failed = internLiteral("failed");
  killed = internLiteral("killed");
  stopped = internLiteral("stopped");
  apiError = internLiteral("api_error");
}

/** How a turn or sub-agent failed: it was interrupted, or an API error was the last thing in it. */
export function failureOf(scope: Scope): u32 {
  if (scope.flags & SCOPE_INTERRUPTED) return interrupted;
  if (!scope.failure || scope.failure != scope.last) return 0;
  const name = notes.at(rows.at(scope.failure - 1).note - 1).name;
  return name ? name : apiError;
}

/** How a call failed. */
export function callFailure(call: Call): u32 {
  if (!call.result) return scopes.at(call.scope - 1).flags & SCOPE_INTERRUPTED ? interrupted : unanswered;
  const flags = parts.at(call.result - 1).flags;
  if (!(flags & PART_FAILED)) return 0;
  if (flags & PART_INVALID) return invalid;
  return flags & PART_REJECTED ? rejected : flags & PART_INTERRUPTED ? interrupted : flags & PART_DENIED ? denied : toolError;
}

/** How the agent of a call failed after the call had its result, if a message says so. */
export function laterFailure(call: Call): u32 {
  return call.ended == failed || call.ended == killed || call.ended == stopped ? call.ended : 0;
}
