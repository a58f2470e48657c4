// The first reading: bytes of a document in, facts in the session model. Rows are cut, read and counted here.

import { NO_TIME } from "../bytes/instant";
import { compareStrings, intern, stringLength, stringPointer } from "../bytes/strings";
import { readMetadataRow, readTranscriptRow } from "../dialect/registry";
import { beginRows, keepRest, nextRow, pushRows, reserveRows, rowEnd, rowStart, shrinkRows } from "../json/rows";
import { agentInName, beginDocument, currentDocument, endDocument } from "../session/builder";
import { count, countBroken, countRow } from "../session/counts";
import { COUNTER_BYTES, COUNTER_DOCUMENTS, DOCUMENT_SUBAGENT } from "./layout";

let document: u32 = 0;
let line: u32 = 0;
let metadata: bool = false;
let agent: u32 = 0;
/** No byte of the document was read yet: a byte order mark may come. */
let atStart: bool = false;

export function openDocument(name: usize, length: u32): u32 {
  const id = intern(name, length);
  document = beginDocument(id);
  count(COUNTER_DOCUMENTS);
  line = 0;
  atStart = true;
  // intern() may have moved nothing, but the name is read from where it lasts
  const kept = stringPointer(id);
  agent = agentInName(kept, length);
  metadata = agent != 0 && endsWithMetadata(kept, length);
  beginRows();
  return document;
}

// ".meta.json"
function endsWithMetadata(name: usize, length: u32): bool {
  return length > 10 && load<u64>(name + length - 10) == 0x736a2e6174656d2e && load<u16>(name + length - 2) == 0x6e6f;
}

export function readBytes(length: u32, last: bool): void {
  count(COUNTER_BYTES, length);
  currentDocument().bytes += length;
  pushRows(length, last);
  while (nextRow(last)) readOne();
  keepRest();
}

function readOne(): void {
  line++;
  if (atStart) {
    atStart = false;
    skipByteOrderMark();
  }
  if (isBlankRow()) return;
  const it = currentDocument();
  countRow(it);
  const broken = metadata ? readMetadataRow(line, agent) : readTranscriptRow(line);
  if (broken) countBroken(currentDocument(), document, line, broken);
}

/** A byte order mark becomes white space. */
function skipByteOrderMark(): void {
  if (rowEnd - rowStart < 3 || (load<u32>(rowStart) & 0xffffff) != 0xbfbbef) return;
  store<u8>(rowStart, 0x20);
  store<u16>(rowStart + 1, 0x2020);
}

function isBlankRow(): bool {
  for (let at = rowStart; at < rowEnd; at++) {
    const c = load<u8>(at);
    if (c != 0x20 && c != 0x09 && c != 0x0d) return false;
  }
  return true;
}

export function closeDocument(): void {
  readBytes(0, true);
  endDocument();
  shrinkRows();
  // a sub-agent's transcript whose rows do not name it is named by its file
  const it = currentDocument();
  if (agent && !it.agent && it.kind == DOCUMENT_SUBAGENT) it.agent = agent;
}

export function reserveInput(size: u32): usize {
  return reserveRows(size);
}
