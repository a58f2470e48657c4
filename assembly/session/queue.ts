// What is typed while a model works waits in a queue. Most of it is written again as a row of its own when its time comes;
// what goes to the model as it works may stand nowhere else. Here those rows become what they stand for.

import { Map64 } from "../bytes/map";
import { stringHash } from "../bytes/strings";
import { Cell, Table } from "../bytes/table";
import { SKIP_QUEUE } from "../abi/layout";
import { rowOfUuid } from "./model";
import {
  Content,
  PART_TEXT,
  ROW_ASIDE,
  ROW_COMMAND,
  ROW_DELIVERED,
  ROW_EMPTIED,
  ROW_INFERRED_TIME,
  ROW_MESSAGE,
  ROW_OF_QUEUE,
  ROW_PROGRESS,
  ROW_PROMPT,
  ROW_QUEUED,
  ROW_TAKEN,
  Row,
  Strand,
  contents,
  notes,
  parts,
  rows,
} from "./record";

/** Rows that wait, from `head` on. */
const waiting = new Table<Cell>();
/** Words that stand in a row of their own. */
const written = new Map64();

// @ts-ignore: decorator
@inline
function keyOf(content: Content): u64 {
  return (((<u64>content.hash << 32) | content.length) * 0x9e3779b97f4a7c15) ^ content.hash;
}

/** Gives the rows of a transcript that deliver queued words those words, and what they are. */
export function deliverQueue(strand: Strand): void {
  if (!hasDelivery(strand)) return;
  findWritten(strand);
  waiting.clear();
  let head: u32 = 0;
  // rows that speak for the one that delivers, which says little itself
  let speaker: u32 = strand.lastRow;
  for (let i = strand.firstRow; i < strand.lastRow; i++) {
    const row = rows.at(i);
    if (row.kind == ROW_QUEUED) waiting.add().value = i;
    else if (row.kind == ROW_EMPTIED) head = waiting.rows;
    else if (row.kind == ROW_TAKEN || row.kind == ROW_DELIVERED) {
      if (head == waiting.rows) continue;
      const from = waiting.at(head++).value;
      if (row.kind == ROW_DELIVERED) deliver(strand, rows.at(from), i, speaker < strand.lastRow ? rows.at(speaker) : row);
    } else if (!(row.flags & (ROW_ASIDE | ROW_PROGRESS))) speaker = i;
  }
}

function hasDelivery(strand: Strand): bool {
  for (let i = strand.firstRow; i < strand.lastRow; i++) if (rows.at(i).kind == ROW_DELIVERED) return true;
  return false;
}

function findWritten(strand: Strand): void {
  written.clear();
  for (let i = strand.firstRow; i < strand.lastRow; i++) {
    const row = rows.at(i);
    if (row.flags & ROW_PROGRESS || (row.kind != ROW_PROMPT && row.kind != ROW_COMMAND && row.kind != ROW_MESSAGE)) continue;
    for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
      const part = parts.at(p);
      if (part.kind == PART_TEXT && part.content) written.add(keyOf(contents.at(part.content - 1)), 0);
    }
  }
}

function deliver(strand: Strand, queued: Row, at: u32, speaker: Row): void {
  const row = rows.at(at);
  if (!queued.parts) return;
  const kind = <u32>notes.at(queued.note - 1).second;
  const words = keyOf(contents.at(parts.at(queued.firstPart).content - 1));
  const session = row.session ? row.session : strand.session;
  // another writing of the same session has the same row
  const key = ((words ^ (<u64>row.time * 0xff51afd7ed558ccd)) * 0xc4ceb9fe1a85ec53) ^ stringHash(session);
  if (!kind) return;
  const known = (row.flags & ROW_INFERRED_TIME) == 0;
  if (written.get(words) >= 0) {
    if (known) rowOfUuid.add(key, at);
    return;
  }
  queued.skipped = 0;
  row.skipped = 0;
  if (known) row.uuid = key;
  row.kind = kind;
  row.firstPart = queued.firstPart;
  row.parts = queued.parts;
  row.note = queued.note;
  if (!row.directory) row.directory = speaker.directory;
  if (!row.branch) row.branch = speaker.branch;
  if (!row.version) row.version = speaker.version;
}

/** Does the row deliver queued words? */
export function isDelivered(row: Row): bool {
  return (row.flags & ROW_OF_QUEUE) != 0 && (row.kind == ROW_PROMPT || row.kind == ROW_COMMAND || row.kind == ROW_MESSAGE);
}

/** A row that delivers words again gives them back: they are nobody's. */
export function takeBack(at: u32): void {
  const row = rows.at(at);
  if (!isDelivered(row)) return;
  for (let i = at; i && rows.at(i - 1).strand == row.strand; i--) {
    const it = rows.at(i - 1);
    if (it.kind != ROW_QUEUED || it.firstPart != row.firstPart) continue;
    it.skipped = SKIP_QUEUE + 1;
    return;
  }
}
