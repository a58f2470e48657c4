// Responses of the model: which rows are one response, what they say of it together, and the calls it made.

import { stringHash } from "../bytes/strings";
import { answered, belong, identityOf, openTurn, turn } from "./turns";
import {
  ORIGIN_UNPROMPTED,
  RESPONSE_COMPACTED,
  RESPONSE_INFERRED_TIME,
  Response,
  callOfId,
  calls,
  responseOfMessage,
  responses,
  rowOfText,
  scopes,
} from "./model";
import { PART_CALL, PART_COPY, PART_REASONING, PART_TEXT, ROW_COMPACTED, ROW_INFERRED_TIME, Row, Strand, contents, parts, rows, usages } from "./record";

/** `compacted` says that the model had only what a compaction left. */
export function readResponse(strand: Strand, at: u32, agent: u32, compacted: bool): void {
  const id = rows.at(at).message ? rows.at(at).message : identityOf(strand, at);
  const number = responseOfMessage.add(stringHash(id), responses.rows);
  if (number == responses.rows) {
    let owner = agent ? agent : answered(strand);
    if (!owner) {
      openTurn(strand, at, ORIGIN_UNPROMPTED);
      owner = turn;
    }
    openResponse(id, owner, at, compacted);
  } else {
    const response = responses.at(number);
    rows.at(response.lastRow - 1).next = at + 1;
    response.lastRow = at + 1;
  }
  markCopies(number, at);
  const response = responses.at(number);
  rows.at(at).response = number + 1;
  belong(at, response.scope);
  addFacts(response, rows.at(at));
  readCalls(number + 1, response.scope, at);
}

function openResponse(id: u32, owner: u32, at: u32, compacted: bool): void {
  const response = responses.add();
  response.id = id;
  response.scope = owner;
  response.row = at + 1;
  response.lastRow = at + 1;
  response.reasoning = -1;
  response.cost = -1;
  if (compacted || rows.at(at).flags & ROW_COMPACTED) response.flags |= RESPONSE_COMPACTED;
  scopes.at(owner - 1).lastResponse = responses.rows;
}

function addFacts(response: Response, row: Row): void {
  if (row.model) response.model = row.model;
  if (row.stop) response.stop = row.stop;
  if (row.provider && !response.provider) response.provider = row.provider;
  if (row.flags & ROW_INFERRED_TIME) response.flags |= RESPONSE_INFERRED_TIME;
  if (!row.usage) return;
  const usage = usages.at(row.usage - 1);
  if ((usage.uncached & usage.output & usage.cacheRead & usage.cacheWrite) != -1) response.hasUsage = 1;
  response.uncached = max(response.uncached, usage.uncached);
  response.output = max(response.output, usage.output);
  response.cacheRead = max(response.cacheRead, usage.cacheRead);
  response.cacheWrite = max(response.cacheWrite, usage.cacheWrite);
  response.reasoning = max(response.reasoning, usage.reasoning);
  response.cost = max(response.cost, usage.cost);
}

/** Marks parts that the response holds already, written the same at the same time: history written again under new row ids. */
function markCopies(number: u32, at: u32): void {
  const row = rows.at(at);
  if (row.flags & ROW_INFERRED_TIME) return;
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    const part = parts.at(p);
    if ((part.kind != PART_TEXT && part.kind != PART_REASONING) || !part.content) continue;
    const content = contents.at(part.content - 1);
    if (!content.hash) continue; // nobody writes it twice
    let key = (<u64>content.hash | (<u64>content.length << 32)) * 0x9e3779b97f4a7c15;
    key = (key ^ (key >> 32) ^ <u64>row.time) * 0xff51afd7ed558ccd;
    key = (key ^ (key >> 32) ^ (<u64>number << 3) ^ part.kind) * 0xc4ceb9fe1a85ec53;
    if (rowOfText.add(key ^ (key >> 32), at) != at) part.flags |= PART_COPY;
  }
}

/** The calls on a row, of a response (+ 1, 0 for none) and a scope (+ 1). */
export function readCalls(number: u32, scope: u32, at: u32): void {
  const row = rows.at(at);
  for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
    const part = parts.at(p);
    if (part.kind != PART_CALL) continue;
    if (number) responses.at(number - 1).made++;
    if (!part.id) continue;
    if (callOfId.add(stringHash(part.id), calls.rows) != calls.rows) {
      part.flags |= PART_COPY;
      continue;
    }
    const call = calls.add();
    call.id = part.id;
    call.name = part.name;
    call.scope = scope;
    call.row = at;
    call.part = p;
  }
}
