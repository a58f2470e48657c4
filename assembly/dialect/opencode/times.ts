// When everything in a session was: as it says itself, as its id does, or as what stands above it does.

import { NO_TIME } from "../../bytes/instant";
import { SECOND, closeTimeOfId, timeOfId } from "./ids";
import * as R from "./records";
import { Record, recordAt } from "./records";

/** Gives every message and part of a session a time. */
export function settleTimes(session: Record): void {
  let last: i64 = session.start;
  for (let at = session.first; at; at = recordAt(at).next) {
    const message = recordAt(at);
    if (message.start == NO_TIME) {
      const first = firstTime(message);
      const near = first != NO_TIME ? first : timeBeside(session, message);
      message.start = timeOfId(message.id, near);
      if (message.start == NO_TIME) {
        message.start = first != NO_TIME || last == NO_TIME ? max<i64>(near, 0) : last;
        message.flags |= R.INFERRED;
      }
    }
    last = message.start;
    const own = timeOfId(message.id, last);
    const tells = own != NO_TIME && own - last <= SECOND && last - own <= SECOND;
    for (let p = message.first; p; p = recordAt(p).next) {
      const part = recordAt(p);
      if (part.start == NO_TIME && tells) part.start = closeTimeOfId(part.id, last);
      if (part.start != NO_TIME) continue;
      part.start = part.end != NO_TIME ? part.end : last;
      if (part.end == NO_TIME) part.flags |= R.INFERRED;
    }
  }
}

/** The earliest time in its parts: the message was made no later, and mostly little before. */
function firstTime(message: Record): i64 {
  let first = NO_TIME;
  for (let at = message.first; at; at = recordAt(at).next) {
    const time = recordAt(at).start != NO_TIME ? recordAt(at).start : recordAt(at).end;
    if (time != NO_TIME && (first == NO_TIME || time < first)) first = time;
  }
  return first;
}

/** A time near which the message was made, if its parts tell none. */
function timeBeside(session: Record, message: Record): i64 {
  if (session.start != NO_TIME) return session.start;
  if (message.near != NO_TIME) return message.near;
  for (let at = message.first; at; at = recordAt(at).next) if (recordAt(at).near != NO_TIME) return recordAt(at).near;
  return NO_TIME;
}
