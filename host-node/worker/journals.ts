// What hooks were told, as documents of the family whose sessions they were told of. A journal that cannot be read keeps
// nobody from sending what can.

import type { Family } from "../sources/document.ts";
import { findJournal, journalName } from "../state/journal.ts";
import type { Places } from "../state/paths.ts";

/** The family with the journals of these sessions. */
export function withJournals(family: Family, sessions: Iterable<string>, places: Places): Family {
  const journals = [...new Set(sessions)].flatMap((session) => {
    const found = findJournal(places, session);
    return found === undefined ? [] : [{ name: journalName(session), shown: found.path, ...found }];
  });
  if (journals.length === 0) return family;
  const bytes = journals.reduce((sum, { size }) => sum + size, family.bytes);
  return { ...family, documents: [...family.documents, ...journals], bytes };
}
