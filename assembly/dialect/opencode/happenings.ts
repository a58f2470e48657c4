// What happened: failures, retries, and who was asked and answered. Nothing but events tells it.

import { asciiIs, asciiLength } from "../../bytes/ascii";
import { NO_TIME } from "../../bytes/instant";
import { internLiteral, stringHash } from "../../bytes/strings";
import { offsetOf, rowLine } from "../../json/rows";
import { begins, endOf, has, lengthOf, nameIn, startOf } from "../../json/slices";
import { settleRow, skipRow } from "../../session/builder";
import { SKIP_COPY, SKIP_NOTICE } from "../../abi/layout";
import * as F from "./fields";
import { numberOf } from "./fields";
import { eventNumber, isBefore, timeOfEvent } from "./ids";
import * as R from "./records";
import { Happening, findIn, happeningOf, happenings, recordAt } from "./records";
import { clock, document, isState } from "./source";

/** The row tells something that nothing else does: a new one, or null if the document told it before. */
function happen(kind: u32, key: u64): Happening | null {
  if (key && happeningOf.add(inDocument(key), happenings.rows) != happenings.rows) {
    settleRow(document, SKIP_COPY + 1);
    return null;
  }
  const it = happenings.add();
  it.key = key;
  it.kind = kind;
  it.line = rowLine;
  it.document = document;
  it.time = eventTime();
  it.answered = NO_TIME;
  it.code = -1;
  it.next = -1;
  it.session = nameIn(F.SESSION);
  it.titled = isState ? 0 : 1;
  const number = findIn(R.SESSION_RECORD, it.session, document);
  if (!number) return it;
  const owner = recordAt(number);
  if (owner.flags & R.TITLED) it.titled <<= 1;
  const current = owner.head ? recordAt(owner.head) : null;
  const asked = owner.tail ? recordAt(owner.tail) : null;
  // what has ended can fail no more: then it is what was asked last
  if (current && (!asked || current.rank < 2 || isBefore(asked.id, current.id))) it.message = current.id;
  else if (asked) it.message = asked.id;
  return it;
}

// @ts-ignore: decorator
@inline
function inDocument(key: u64): u64 {
  return key ^ ((<u64>document + 1) * 0x9e3779b97f4a7c15);
}

function numberOfEvent(): u64 {
  return eventNumber(startOf(F.EVENT), endOf(F.EVENT));
}

function eventTime(): i64 {
  const time = timeOfEvent(numberOfEvent(), clock);
  return time == NO_TIME ? clock : time;
}

function eventKey(): u64 {
  return numberOfEvent() ? stringHash(nameIn(F.EVENT)) : 0;
}

export function fail(): void {
  if (!has(F.ERROR_NAME)) {
    skipRow(SKIP_NOTICE);
    return;
  }
  const it = happen(R.HAPPENED_ERROR, eventKey());
  if (!it) return;
  it.name = nameIn(F.ERROR_NAME);
  it.code = numberOf(F.STATUS_CODE);
  it.errorOffset = offsetOf(startOf(F.ERROR_TEXT));
  it.errorLength = <u32>lengthOf(F.ERROR_TEXT);
}

export function retry(): void {
  const it = happen(R.HAPPENED_RETRY, eventKey());
  if (!it) return;
  it.code = numberOf(F.ATTEMPT);
  const next = numberOf(F.NEXT);
  if (it.time != NO_TIME && next * 1000000 >= it.time) it.next = next - it.time / 1000000;
}

/** Somebody is asked, or answers; the document in which either stands does not matter. */
export function ask(): void {
  const answers = endsWith("replied") || endsWith("rejected");
  if (!has(F.REQUEST) || (!answers && !endsWith("asked") && !endsWith("updated"))) {
    skipRow(SKIP_NOTICE);
    return;
  }
  const key = stringHash(nameIn(F.REQUEST));
  let number = happeningOf.get(inDocument(key));
  if (number < 0) {
    if (!happen(R.HAPPENED_QUESTION, key)) return;
    number = happenings.rows - 1;
    if (answers) happenings.at(number).time = NO_TIME;
  } else if (answers ? happenings.at(number).answeredIn : happenings.at(number).askedIn) {
    settleRow(document, SKIP_COPY + 1);
    return;
  }
  const it = happenings.at(number);
  const isQuestion = begins(F.TYPE, "question.");
  // an answer says what was asked if nothing else does
  if (!it.askedIn) it.name = isQuestion ? internLiteral("question") : nameIn(F.PERMISSION);
  if (answers) {
    it.answered = eventTime();
    it.answeredIn = document + 1;
    it.reply = endsWith("rejected") ? internLiteral("rejected") : has(F.REPLY) ? nameIn(F.REPLY) : isQuestion ? internLiteral("answered") : 0;
    return;
  }
  it.time = eventTime();
  it.line = rowLine;
  it.askedIn = document + 1;
  if (!has(F.MESSAGE)) return;
  it.message = nameIn(F.MESSAGE);
  it.call = nameIn(F.CALL);
}

function endsWith(word: string): bool {
  const from = endOf(F.TYPE) - asciiLength(word);
  return from >= startOf(F.TYPE) && asciiIs(from, word);
}
