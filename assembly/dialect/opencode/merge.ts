// One record of each id, whichever document wrote it last, and lists of them: of a session its messages, of a message its parts, in the order
// of their ids. The order in which documents were handed over is forgotten here.

import { NO_TIME } from "../../bytes/instant";
import { Map64 } from "../../bytes/map";
import { compareStrings, stringHash } from "../../bytes/strings";
import { Cell, Table } from "../../bytes/table";
import { SKIP_COPY, SKIP_NOTICE, SKIP_PROGRESS } from "../../abi/layout";
import { compareDocuments, settleRow } from "../../session/builder";
import * as R from "./records";
import { Happening, Record, dropDeltas, happenings, recordAt, records, referenceTo } from "./records";

/** The record that counts, by kind and id. */
const chosen = new Map64();
/** References to sessions. */
export const sessions = new Table<Cell>();
const happened = new Map64();

export function clearMerge(): void {
  chosen.clear();
  sessions.clear();
  happened.clear();
}

// @ts-ignore: decorator
@inline
function keyOf(kind: u32, id: u32): u64 {
  return stringHash(id) + kind;
}

/** The record that counts; 0 if there is none. */
export function find(kind: u32, id: u32): u32 {
  if (!id) return 0;
  const place = chosen.get(keyOf(kind, id));
  return place < 0 ? 0 : numbers.at(place).value;
}

/** The map keeps places in this list, since what counts can change. */
const numbers = new Table<Cell>();

export function merge(): void {
  numbers.clear();
  for (let i: u32 = 0; i < records.rows; i++) {
    const it = records.at(i);
    if (!it.kind) continue;
    // events know their order; what else there is, is held against the last of them when it is known
    offer(it, keyOf(it.kind, it.id) ^ (it.event ? 0 : UNDATED));
  }
  for (let i: u32 = 0; i < records.rows; i++) {
    const it = records.at(i);
    const key = keyOf(it.kind, it.id);
    if (it.kind && !it.event && standing(key ^ UNDATED) == it) offer(it, key);
  }
  for (let i: u32 = 0; i < happenings.rows; i++) mergeHappening(i);
  const total = records.rows;
  for (let i: u32 = 0; i < total; i++) {
    const it = records.at(i);
    it.head = 0;
    it.tail = 0;
    if (it.kind == R.SESSION_RECORD && counts(it)) sessions.add().value = referenceTo(it);
  }
  for (let i: u32 = 0; i < total; i++) if (records.at(i).kind == R.PART_RECORD && counts(records.at(i))) linkPart(records.at(i));
  for (let i: u32 = 0; i < records.rows; i++) if (records.at(i).kind == R.MESSAGE_RECORD && counts(records.at(i))) linkMessage(records.at(i));
  for (let i: u32 = 0; i < sessions.rows; i++) sort(recordAt(sessions.at(i).value));
}

/** Salt for the keys of writes without an event's id. */
const UNDATED: u64 = 0x9e3779b97f4a7c15;

function standing(key: u64): Record {
  return recordAt(numbers.at(chosen.get(key)).value);
}

function offer(it: Record, key: u64): void {
  const place = chosen.add(key, numbers.rows);
  if (place == numbers.rows) numbers.add().value = referenceTo(it);
  else if (choose(recordAt(numbers.at(place).value), it)) numbers.at(place).value = referenceTo(it);
}

/** Is it the one of its id that counts, and not gone? */
function counts(it: Record): bool {
  return (it.flags & R.REMOVED) == 0 && find(it.kind, it.id) == referenceTo(it);
}

/** Is the second of two records of an id the one that counts? The other one's row has its fate. */
function choose(a: Record, b: Record): bool {
  const second = isLater(a, b);
  const loser = second ? a : b;
  const winner = second ? b : a;
  if (winner.kind == R.SESSION_RECORD) winner.flags |= loser.flags & R.FROM_EVENTS;
  if (!(loser.flags & (R.REMOVED | R.UNWRITTEN))) settleRow(loser.document, (winner.flags & R.REMOVED ? SKIP_NOTICE : SKIP_COPY) + 1);
  for (let i = dropDeltas(loser); i; i--) settleRow(loser.document, SKIP_PROGRESS + 1);
  return second;
}

function isLater(a: Record, b: Record): bool {
  if ((a.flags ^ b.flags) & R.REMOVED) return (b.flags & R.REMOVED) != 0;
  if ((a.flags ^ b.flags) & R.UNWRITTEN) return (a.flags & R.UNWRITTEN) != 0;
  if (a.event && b.event && a.event != b.event) return b.event > a.event;
  if (a.rank != b.rank) return b.rank > a.rank;
  if (a.kind == R.SESSION_RECORD && a.end != b.end) return b.end > a.end;
  return compareDocuments(b.document, a.document) < 0;
}

/** The same told in several documents counts once; question and answer may stand in different ones. */
function mergeHappening(number: u32): void {
  const it = happenings.at(number);
  if (!it.key) return;
  const first = happened.add(it.key, number);
  if (first == number) return;
  const other = happenings.at(first);
  const before = compareDocuments(it.document, other.document) < 0;
  if (it.kind != R.HAPPENED_QUESTION) {
    settleRow(before ? other.document : it.document, SKIP_COPY + 1);
    // the places in it are those of its own document
    if (before) memory.copy(changetype<usize>(other), changetype<usize>(it), offsetof<Happening>());
  } else {
    if (it.askedIn && (before || !other.askedIn)) swapQuestion(it, other);
    if (it.answeredIn && (before || !other.answeredIn)) swapAnswer(it, other);
    if (it.askedIn) settleRow(it.askedIn - 1, SKIP_COPY + 1);
    if (it.answeredIn) settleRow(it.answeredIn - 1, SKIP_COPY + 1);
    if (before) other.document = it.document;
  }
  it.kind = 0;
}

function swapQuestion(it: Happening, other: Happening): void {
  const was = other.askedIn;
  other.askedIn = it.askedIn;
  it.askedIn = was;
  other.time = it.time;
  other.name = it.name;
  other.message = it.message;
  other.call = it.call;
  other.session = it.session;
}

function swapAnswer(it: Happening, other: Happening): void {
  const was = other.answeredIn;
  other.answeredIn = it.answeredIn;
  it.answeredIn = was;
  other.answered = it.answered;
  other.reply = it.reply;
}

// --- lists

function linkPart(it: Record): void {
  let owner = find(R.MESSAGE_RECORD, it.owner);
  if (!owner) {
    // a message of which nothing but parts is written
    const message = records.add();
    owner = referenceTo(message);
    message.kind = R.MESSAGE_RECORD;
    message.flags = R.UNWRITTEN;
    message.id = it.owner;
    message.start = NO_TIME;
    message.end = NO_TIME;
    message.near = NO_TIME;
    message.code = -1;
    message.cost = -1;
    chosen.add(keyOf(R.MESSAGE_RECORD, it.owner), numbers.rows);
    numbers.add().value = owner;
  }
  append(recordAt(owner), it);
}

function linkMessage(it: Record): void {
  sort(it);
  if (it.flags & R.UNWRITTEN) {
    // it stands where the first of its parts does
    it.document = recordAt(it.first).document;
    it.line = recordAt(it.first).line;
    for (let at = it.first; at && !it.session; at = recordAt(at).next) it.session = recordAt(at).session;
  }
  if (!it.session) {
    const asked = find(R.MESSAGE_RECORD, it.owner);
    if (asked) it.session = recordAt(asked).session;
  }
  const owner = find(R.SESSION_RECORD, it.session);
  if (owner) append(recordAt(owner), it);
}

/** Puts a record at the end of a list; most come in order. */
function append(list: Record, it: Record): void {
  const reference = referenceTo(it);
  if (list.last) recordAt(list.last).next = reference;
  else list.first = reference;
  list.last = reference;
}

/** Sorts a list by id: runs that are in order are merged, two and two, until one is left. */
function sort(list: Record): void {
  while (true) {
    let rest = list.first;
    let runs = 0;
    list.first = 0;
    list.last = 0;
    while (rest) {
      const second = cut(rest);
      const third = second ? cut(second) : 0;
      mergeRuns(list, rest, second);
      rest = third;
      runs++;
    }
    if (runs < 2) return;
  }
}

/** Ends the list behind the run that begins it; answers what follows. */
function cut(at: u32): u32 {
  while (true) {
    const it = recordAt(at);
    if (!it.next) return 0;
    if (compareStrings(it.id, recordAt(it.next).id) > 0) {
      const rest = it.next;
      it.next = 0;
      return rest;
    }
    at = it.next;
  }
}

function mergeRuns(list: Record, a: u32, b: u32): void {
  while (a || b) {
    const first = !b || (a != 0 && compareStrings(recordAt(a).id, recordAt(b).id) <= 0);
    const at = first ? a : b;
    if (first) a = recordAt(a).next;
    else b = recordAt(b).next;
    append(list, recordAt(at));
  }
  if (list.last) recordAt(list.last).next = 0;
}
