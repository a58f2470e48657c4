// Whether the work on a prompt came to an end, as its answers say: a message tells when it is complete, and so does the
// last step of one of which only parts were written.

import { NO_TIME } from "../../bytes/instant";
import { stringIs } from "../../bytes/strings";
import { Record, recordAt } from "./records";
import * as R from "./records";

/** Did all answers to a prompt end, and does the last not wait for its calls? Whoever refuses one without a word ends it, too. */
export function isAnswered(message: Record): bool {
  let last: u32 = 0;
  for (let at = message.head; at; at = recordAt(at).link) {
    if (!isEnded(recordAt(at))) return false;
    last = at;
  }
  return last != 0 && (recordAt(last).error != 0 || !stringIs(reasonOf(recordAt(last)), "tool-calls") || isRefused(recordAt(last)));
}

function isRefused(answer: Record): bool {
  for (let at = answer.first; at; at = recordAt(at).next) if (recordAt(at).flags & R.STOPS) return true;
  return false;
}

function isEnded(answer: Record): bool {
  if (answer.error) return true;
  for (let at = answer.first; at; at = recordAt(at).next) if (recordAt(at).type == R.PART_TOOL && recordAt(at).rank < 3) return false;
  if (!(answer.flags & R.UNWRITTEN)) return answer.end != NO_TIME;
  const step = lastStep(answer);
  return step != 0 && recordAt(step).type == R.PART_FINISH;
}

/** Why the model stopped: the message says it, or its last step. */
function reasonOf(answer: Record): u32 {
  if (answer.stop) return answer.stop;
  const step = lastStep(answer);
  return step ? recordAt(step).stop : 0;
}

/** The last part that begins or ends a step. */
function lastStep(answer: Record): u32 {
  let last: u32 = 0;
  for (let at = answer.first; at; at = recordAt(at).next) {
    const type = recordAt(at).type;
    if (type == R.PART_START || type == R.PART_FINISH) last = at;
  }
  return last;
}
