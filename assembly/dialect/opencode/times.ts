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
    if (message.start == NO_TIME) message.start = timeOfId(message.id, anyTime(session, message));
    if (message.start == NO_TIME) {
      message.start = last == NO_TIME ? 0 : last;
      message.flags |= R.INFERRED;
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

/** A time near which the message was made. */
function anyTime(session: Record, message: Record): i64 {
  for (let at = message.first; at; at = recordAt(at).next) {
    if (recordAt(at).start != NO_TIME) return recordAt(at).start;
  }
  if (session.start != NO_TIME) return session.start;
  if (message.near != NO_TIME) return message.near;
  for (let at = message.first; at; at = recordAt(at).next) if (recordAt(at).near != NO_TIME) return recordAt(at).near;
  return NO_TIME;
}
