// Which content a span needs: it is written only when all of it is in memory (content.ts).

import { KIND_CHAT, KIND_SESSION, KIND_TOOL } from "../abi/layout";
import { Call, calls, responses, scopes } from "../session/model";
import { PART_TEXT, contents, notes, parts, rows, tolds } from "../session/record";
import { spanEvents, spans } from "../trace/spans";
import { isPresent, lengthOfContent } from "./content";
import { contentOfEvent, firstEventOf, toldOfEvent } from "./events";
import { askedOf, promptOf } from "./facts";
import { speaks } from "./messages";
import { full } from "./mode";

/** Bytes of content in the span at hand, to guess lengths by. */
export let contentBytes: usize = 0;

function wants(content: u32): bool {
  for (; content; content = contents.at(content - 1).next) {
    contentBytes += lengthOfContent(content);
    if (!isPresent(content)) return false;
  }
  return true;
}

/** Is all content of the span present? If not, the state block says what is wanted. */
export function isReady(index: u32): bool {
  contentBytes = 0;
  if (!full) return true;
  const span = spans.at(index);
  const kind = span.kind;
  if (!eventsReady(index)) return false;
  if (kind == KIND_CHAT) return rowsReady(responses.at(span.subject - 1).row, false);
  if (kind == KIND_TOOL) return callReady(calls.at(span.subject - 1));
  if (kind == KIND_SESSION) return true;
  if (span.subject) {
    const call = calls.at(span.subject - 1);
    if (!callReady(call)) return false;
    if (!wants(askedOf(call))) return false;
  }
  if (!span.scope) return true;
  const scope = scopes.at(span.scope - 1);
  if (scope.failure && !wants(notes.at(rows.at(scope.failure - 1).note - 1).content)) return false;
  if (!rowsReady(promptOf(span), false)) return false;
  return !scope.lastResponse || rowsReady(responses.at(scope.lastResponse - 1).row, true);
}

function eventsReady(index: u32): bool {
  for (let at = firstEventOf(index); at < spanEvents.rows && spanEvents.at(at).span == index; at++) {
    const event = spanEvents.at(at);
    if (!wants(contentOfEvent(event))) return false;
    const number = toldOfEvent(event);
    if (!number) continue;
    const told = tolds.at(number - 1);
    if (!wants(told.title) || !wants(told.words)) return false;
  }
  return true;
}

function callReady(call: Call): bool {
  if (!wants(parts.at(call.part).content)) return false;
  if (!call.result) return true;
  const note = rows.at(call.resultRow - 1).note;
  return wants(parts.at(call.result - 1).content) && (!note || wants(notes.at(note - 1).content));
}

function rowsReady(first: u32, textsOnly: bool): bool {
  let at = first;
  while (at) {
    const row = rows.at(at - 1);
    for (let p = row.firstPart; p < row.firstPart + row.parts; p++) {
      const part = parts.at(p);
      if (speaks(part) && (!textsOnly || part.kind == PART_TEXT) && !wants(part.content)) return false;
    }
    at = row.next;
  }
  return true;
}
