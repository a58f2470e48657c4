// The steps of a message: how many responses it is, and what each of them took.

import { addUsage, usageAt } from "../../session/builder";
import * as R from "./records";
import { Record, Tokens, recordAt, tokens } from "./records";

/** Whether the step at hand has begun, and has ended. */
let begun: bool = false;
let finished: bool = false;
/** The ends of the steps say what tokens there were, and what it cost. */
let stepsCount: bool = false;
let stepsCost: bool = false;

/** Before the first step of a message. */
export function beginSteps(): void {
  begun = false;
  finished = false;
}

/** Is anything said in it? */
export function says(it: Record): bool {
  if (it.type != R.PART_TEXT && it.type != R.PART_REASONING) return false;
  return !(it.flags & (R.SYNTHETIC | R.IGNORED | R.BLANK));
}

/** How many responses the message is. */
export function countChats(message: Record): u32 {
  let count: u32 = 0;
  let said = message.tokens != 0 && !isZero(tokens.at(message.tokens - 1));
  beginSteps();
  stepsCount = false;
  stepsCost = false;
  for (let at = message.first; at; at = recordAt(at).next) {
    const it = recordAt(at);
    if (says(it)) said = true;
    if (it.type == R.PART_FINISH && it.tokens && isKnown(tokens.at(it.tokens - 1))) stepsCount = true;
    if (it.type == R.PART_FINISH && it.cost >= 0) stepsCost = true;
    if ((it.type == R.PART_START || it.type == R.PART_FINISH) && opens(it.type)) count++;
  }
  return count ? count : said ? 1 : 0;
}

/** Does a step begin with this start or end of one? */
export function opens(type: u32): bool {
  const first = !begun && !finished;
  const is = first || finished || (type == R.PART_START && begun);
  if (is) finished = false;
  begun = type == R.PART_START;
  if (type == R.PART_FINISH) {
    begun = true;
    finished = true;
  }
  return is;
}

/** What a step or a message cost, as a usage of the model; 0 if it does not say. */
export function usage(it: Record, isMessage: bool): u32 {
  const cost = isMessage && (stepsCost || !it.cost) ? -1 : it.cost;
  const known = it.tokens && isKnown(tokens.at(it.tokens - 1)) && !(isMessage && (stepsCount || isZero(tokens.at(it.tokens - 1)))) ? it.tokens : 0;
  if (!known && cost < 0) return 0;
  const number = addUsage();
  const to = usageAt(number);
  to.cost = cost;
  to.uncached = -1;
  to.output = -1;
  to.cacheRead = -1;
  to.cacheWrite = -1;
  if (!known) return number;
  const from = tokens.at(known - 1);
  // reasoning alone is a usage, too
  to.uncached = max<i64>(from.input, 0);
  to.cacheRead = from.cacheRead;
  to.cacheWrite = from.cacheWrite;
  to.reasoning = from.reasoning;
  to.output = from.output;
  // older versions count reasoning as output already
  const without = max<i64>(from.input, 0) + max<i64>(from.output, 0) + max<i64>(from.cacheRead, 0) + max<i64>(from.cacheWrite, 0);
  if (from.total >= 0 && from.total != without && from.reasoning > 0) to.output = max<i64>(from.output, 0) + from.reasoning;
  return number;
}

function isKnown(it: Tokens): bool {
  return (it.input & it.output & it.reasoning & it.cacheRead & it.cacheWrite) != -1;
}

/** Of a message that did not come to an end nothing is known. */
function isZero(it: Tokens): bool {
  return it.input <= 0 && it.output <= 0 && it.reasoning <= 0 && it.cacheRead <= 0 && it.cacheWrite <= 0;
}
