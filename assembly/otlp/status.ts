// What a failed span says went wrong: not everything about it, and texts of the record only with content.

import { asciiLength } from "../bytes/ascii";
import { allocate, release } from "../bytes/heap";
import { stringIs } from "../bytes/strings";
import { repairUtf8, wholeCharacters } from "../bytes/utf8";
import { KIND_TOOL, KIND_TURN } from "../abi/layout";
import { decodeText, isDamaged } from "../json/text";
import { firstTextEnd, firstTextStart } from "../json/walk";
import { Call, SCOPE_INTERRUPTED, Scope, calls, scopes } from "../session/model";
import { PART_ABORTED, PART_FAILED, PART_INVALID, notes, parts, rows } from "../session/record";
import { Span } from "../trace/spans";
import { addressOfContent, lengthOfContent } from "./content";
import { SPAN_STATUS, STATUS_CODE, STATUS_ERROR, STATUS_MESSAGE } from "./fields";
import { findSaying } from "./results";
import { full } from "./mode";
import * as sink from "./sink";

/** In bytes. */
const MESSAGE_LIMIT: usize = 256;

export function putStatus(span: Span): void {
  sink.open(SPAN_STATUS, "status", MESSAGE_LIMIT);
  putStatusMessage(span);
  sink.enumeration(STATUS_CODE, "code", STATUS_ERROR);
  sink.close();
}

function putStatusMessage(span: Span): void {
  const call = span.kind != KIND_TURN && span.subject ? calls.at(span.subject - 1) : changetype<Call>(0);
  if (call != null && call.result && parts.at(call.result - 1).flags & PART_FAILED) {
    const flags = parts.at(call.result - 1).flags;
    const note = rows.at(call.resultRow - 1).note;
    const result = flags & PART_INVALID ? (note ? notes.at(note - 1).content : 0) : parts.at(call.result - 1).content;
    if (flags & PART_ABORTED) putMessage("interrupted by the user");
    else if (full && result && findSaying(result)) putShort(firstTextStart, firstTextEnd - firstTextStart);
    return;
  }
  const scope = span.kind != KIND_TOOL && span.scope ? scopes.at(span.scope - 1) : changetype<Scope>(0);
  if (scope != null && scope.flags & SCOPE_INTERRUPTED) putMessage("interrupted by the user");
  else if (scope != null && scope.failure && scope.failure == scope.last) {
    const content = notes.at(rows.at(scope.failure - 1).note - 1).content;
    if (full && content) putShort(addressOfContent(content), lengthOfContent(content));
  } else if (call != null && call.result) putMessage(stringIs(span.error, "failed") ? "the agent failed" : stringIs(span.error, "killed") ? "the agent was killed" : "the agent was stopped");
  else if (call != null && scopes.at(call.scope - 1).flags & SCOPE_INTERRUPTED) putMessage("interrupted by the user");
  else putMessage("no result was recorded");
}

function putMessage(text: string): void {
  sink.openText(STATUS_MESSAGE, "message", asciiLength(text));
  sink.literal(text);
  sink.closeText();
}

/** The beginning of a JSON string's inside, decoded. */
function putShort(from: usize, length: usize): void {
  const text = allocate(length);
  const written = decodeText(from, length, text);
  sink.openText(STATUS_MESSAGE, "message", min(written, MESSAGE_LIMIT));
  if (isDamaged(text, written)) {
    const repaired = allocate(written * 3);
    const size = repairUtf8(text, written, repaired);
    sink.plain(repaired, wholeCharacters(repaired, size, MESSAGE_LIMIT));
    release(repaired, written * 3);
  } else {
    sink.plain(text, wholeCharacters(text, written, MESSAGE_LIMIT));
  }
  sink.closeText();
  release(text, length);
}
