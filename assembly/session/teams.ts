// Members of a team may have sessions of their own, which say nothing of the session that called them: only the member's id,
// in the result of the call, does.

import { Map64 } from "../bytes/map";
import { stringHash } from "../bytes/strings";
import { DOCUMENT_SUBAGENT, DOCUMENT_TRANSCRIPT } from "../abi/layout";
import { PART_CALL, PART_MEMBER, ROW_RESPONSE, Row, parts, rows, strands } from "./record";

const named = new Map64();
const called = new Map64();

/** Makes the session of a member a sub-agent's transcript, if a result names the member. */
export function findMembers(): void {
  let members = false;
  for (let i: u32 = 0; i < strands.rows; i++) if (strands.at(i).member) members = true;
  if (!members) return;
  named.clear();
  called.clear();
  // nobody knows yet which rows are copies, and it makes no difference
  for (let i: u32 = 0; i < rows.rows; i++) if (rows.at(i).kind == ROW_RESPONSE) findCalled(rows.at(i));
  for (let p: u32 = 0; p < parts.rows; p++) {
    const part = parts.at(p);
    if (part.flags & PART_MEMBER && called.get(stringHash(part.id)) >= 0) named.add(stringHash(part.detail), 0);
  }
  for (let i: u32 = 0; i < strands.rows; i++) {
    const strand = strands.at(i);
    if (!strand.member || strand.kind != DOCUMENT_TRANSCRIPT) continue;
    if (named.get(stringHash(strand.member)) < 0) {
      strand.member = 0;
      continue;
    }
    strand.kind = DOCUMENT_SUBAGENT;
    strand.agent = strand.member;
  }
}

function findCalled(row: Row): void {
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    const part = parts.at(p);
    if (part.kind == PART_CALL && part.id) called.add(stringHash(part.id), 0);
  }
}
