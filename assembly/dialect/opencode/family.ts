// What sessions have to do with one another: forks repeat the messages of another session, and the calls of one spawn others.

import { NO_TIME } from "../../bytes/instant";
import { Map64 } from "../../bytes/map";
import { compareStrings } from "../../bytes/strings";
import { JOIN_RESULT, JOIN_TASK, JOIN_TITLE } from "../../abi/layout";
import { find, sessions } from "./merge";
import * as R from "./records";
import { Record, recordAt } from "./records";

/** Messages by what a copy has in common with what it copies. */
const originals = new Map64();

export function relate(): void {
  originals.clear();
  for (let i: u32 = 0; i < sessions.rows; i++) {
    const session = recordAt(sessions.at(i).value);
    if (session.session) continue;
    for (let at = session.first; at; at = recordAt(at).next) noteOriginal(session, at);
  }
  for (let i: u32 = 0; i < sessions.rows; i++) {
    const session = recordAt(sessions.at(i).value);
    for (let at = session.first; at; at = recordAt(at).next) {
      if (!session.session) findOriginal(session, at);
      for (let part = recordAt(at).first; part; part = recordAt(part).next) {
        // a copy spawned nothing
        if (recordAt(at).flags & R.COPY) recordAt(part).flags &= ~R.TASK;
        if (isTask(recordAt(part))) nameChild(part);
      }
    }
  }
  for (let i: u32 = 0; i < sessions.rows; i++) {
    const session = recordAt(sessions.at(i).value);
    if (session.session && !session.head) nameByTitle(sessions.at(i).value);
  }
}

// --- forks

/** A message older than its session was made in another. */
function isOlder(session: Record, message: Record): bool {
  return session.start != NO_TIME && message.start != NO_TIME && message.start < session.start;
}

/** How many parts it has does not matter: a session can be forked in the midst of one. */
function keyOfCopy(message: Record): u64 {
  return ((<u64>message.start << 1) + (message.flags & R.USER ? 1 : 0)) * 0x9e3779b97f4a7c15;
}

/** The place in this list is what the map keeps: the message that stands for all with its key. */
function noteOriginal(session: Record, at: u32): void {
  const message = recordAt(at);
  if (message.start == NO_TIME || !(message.flags & (R.USER | R.ASSISTANT))) return;
  const key = keyOfCopy(message);
  const number = originals.add(key, at);
  if (number == at) return;
  // whichever is not older than its session goes before, then that of the older session
  const first = recordAt(standing(number));
  const home = recordAt(find(R.SESSION_RECORD, first.session));
  const older = isOlder(home, first) ? 1 : 0;
  const olderToo = isOlder(session, message) ? 1 : 0;
  let order = older - olderToo;
  if (!order) order = home.start == session.start ? compareStrings(home.id, session.id) : home.start < session.start ? -1 : 1;
  if (order > 0) first.copyOf = at;
}

/** What the first message with a key gave way to. */
function standing(number: u32): u32 {
  while (recordAt(number).copyOf) number = recordAt(number).copyOf;
  return number;
}

function findOriginal(session: Record, at: u32): void {
  const message = recordAt(at);
  if (!isOlder(session, message) || !(message.flags & (R.USER | R.ASSISTANT))) return;
  const number = originals.get(keyOfCopy(message));
  if (number < 0) return;
  const original = standing(number);
  if (original == at || recordAt(original).session == session.id) return;
  message.copyOf = original;
  message.flags |= R.COPY;
}

// --- sub-agents

/** The session that is nobody's child, above this one: its id, though it may not be in the record. */
export function rootOf(session: u32): u32 {
  for (let steps = sessions.rows; steps; steps--) {
    const number = find(R.SESSION_RECORD, session);
    if (!number || !recordAt(number).session) return session;
    session = recordAt(number).session;
  }
  return session;
}

export function isTask(part: Record): bool {
  return (part.flags & R.TASK) != 0;
}

// @ts-ignore: decorator
@inline
function isNamed(part: Record): bool {
  return (part.provider | part.stop) != 0;
}

/** How a call that names a session says so. */
export function joinOf(part: Record): u32 {
  return part.provider ? JOIN_RESULT : part.stop ? JOIN_TASK : JOIN_TITLE;
}

/** Puts a call among those that name its child, in the order of their starts. */
function nameChild(number: u32): void {
  const part = recordAt(number);
  const child = find(R.SESSION_RECORD, part.provider ? part.provider : part.stop);
  if (!child || !recordAt(child).session) return;
  let before: u32 = 0;
  let at = recordAt(child).head;
  while (at && isEarlier(recordAt(at), part)) {
    before = at;
    at = recordAt(at).link;
  }
  part.link = at;
  if (before) recordAt(before).link = number;
  else recordAt(child).head = number;
}

function isEarlier(a: Record, b: Record): bool {
  return a.start != b.start ? a.start < b.start : compareStrings(a.id, b.id) < 0;
}

/** A child that no call names belongs to the one call of its parent that asked for what its title says, when it was made. */
function nameByTitle(number: u32): void {
  const child = recordAt(number);
  const parent = find(R.SESSION_RECORD, child.session);
  if (!parent || child.start == NO_TIME) return;
  let only: u32 = 0;
  for (let at = recordAt(parent).first; at; at = recordAt(at).next) {
    for (let p = recordAt(at).first; p; p = recordAt(p).next) {
      const part = recordAt(p);
      if (!isTask(part) || isNamed(part) || part.start == NO_TIME || part.start > child.start || (part.end != NO_TIME && part.end < child.start)) continue;
      if (part.description != child.description || !child.description) continue;
      if (only) return;
      only = p;
    }
  }
  if (only) child.head = only;
}
