// The first reading: bytes of a document in, facts in the session model. Rows are cut, read and counted here.

import { asciiIs, asciiLength } from "../bytes/ascii";
import { intern, stringLength, stringPointer } from "../bytes/strings";
import { beginReading, readMetadataRow, readTranscriptRow } from "../dialect/registry";
import { beginFraming, nextFramed, settleLines } from "../json/framing";
import { beginRows, joinRows, keepRest, pushRows, reserveRows, rowEnd, rowLine, rowStart, shrinkRows } from "../json/rows";
import { ROLE_LOST, rowRole } from "../json/values";
import { beginDocument, currentDocument, currentStrand, endDocument, noteMetadata } from "../session/builder";
import { count, countBroken, countRow } from "../session/counts";
import { brokenRows } from "../session/record";
import { BROKEN_SYNTAX, BROKEN_TORN, COUNTER_BYTES, COUNTER_DOCUMENTS, DOCUMENT_AGENT_METADATA } from "./layout";

let document: u32 = 0;
let metadata: bool = false;
/** The last row ended too early: + 1, its place among the broken ones. It was cut off if none follows. */
let torn: u32 = 0;

export function openDocument(from: usize, length: u32): u32 {
  const name = intern(from, length);
  metadata = endsWith(name, ".meta.json");
  document = beginDocument(name, metadata ? without(name, 10) : endsWith(name, ".jsonl") ? without(name, 6) : name);
  if (metadata) noteMetadata();
  else beginReading(name);
  count(COUNTER_DOCUMENTS);
  torn = 0;
  beginRows();
  beginFraming();
  if (metadata) settleLines();
  return document;
}

function endsWith(name: u32, ending: string): bool {
  const length = asciiLength(ending);
  return stringLength(name) >= length && asciiIs(stringPointer(name) + stringLength(name) - length, ending);
}

function without(name: u32, ending: u32): u32 {
  return intern(stringPointer(name), stringLength(name) - ending);
}

export function readBytes(length: u32, last: bool): void {
  count(COUNTER_BYTES, length);
  currentDocument().bytes += length;
  pushRows(length, last);
  // metadata is one row however it is written
  if (metadata) {
    if (!last) return;
    joinRows();
  }
  while (nextFramed(last)) readOne();
  keepRest();
}

function readOne(): void {
  if (rowRole != ROLE_LOST && isBlankRow()) return;
  countRow(currentDocument());
  if (torn) brokenRows.at(torn - 1).reason = BROKEN_SYNTAX;
  torn = 0;
  const broken = rowRole == ROLE_LOST ? BROKEN_TORN : metadata ? readMetadataRow(rowLine) : readTranscriptRow(rowLine);
  if (!broken) return;
  countBroken(currentDocument(), document, rowLine, broken);
  if (broken == BROKEN_TORN) torn = brokenRows.rows;
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
  const it = currentStrand();
  if (!it.session && it.kind != DOCUMENT_AGENT_METADATA) it.session = baseName(it.name);
  it.root = it.session;
}

/** A name without folders and ending. */
function baseName(name: u32): u32 {
  const from = stringPointer(name);
  let start: u32 = 0;
  let end = stringLength(name);
  for (let i: u32 = 0; i < stringLength(name); i++) if (load<u8>(from + i) == 0x2f) start = i + 1;
  for (let i = stringLength(name); i > start; i--) {
    if (load<u8>(from + i - 1) != 0x2e) continue;
    end = i - 1;
    break;
  }
  return intern(from + start, end - start);
}

export function reserveInput(size: u32): usize {
  return reserveRows(size);
}
