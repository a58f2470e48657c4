// A document as the rows that its framing finds, however it is cut: what stands in each, on which line, and what it is.

import { beginFraming, nextFramed, settleLines } from "../../../assembly/json/framing";
import { beginRows, keepRest, pushRows, reserveRows, rowEnd, rowLine, rowQuotes, rowQuotesEnd, rowStart } from "../../../assembly/json/rows";
import { ROLE_INFO, ROLE_LOST, ROLE_OTHER, ROLE_PART, rowRole } from "../../../assembly/json/values";
import { Bytes, textAt, utf8 } from "./bytes";

function roleName(): string {
  if (rowRole == ROLE_INFO) return "info ";
  if (rowRole == ROLE_PART) return "part ";
  if (rowRole == ROLE_OTHER) return "other ";
  return rowRole == ROLE_LOST ? "lost " : "";
}

/** The bytes of the row, white space between them as one space; and whether its quotes are those that stand in it. */
function describeRow(): string {
  let text = "";
  let quotes: usize = 0;
  let escaped = false;
  const row = textAt(rowStart, rowEnd - rowStart);
  for (let i = 0; i < row.length; i++) {
    const c = row.charCodeAt(i);
    if (c == 0x22 && !escaped) quotes++;
    escaped = c == 0x5c && !escaped;
    if (c > 0x20) text += row.charAt(i);
    else if (text.length && !text.endsWith(" ")) text += " ";
  }
  text = text.trimEnd();
  if (!text.length && rowRole != ROLE_LOST) return "";
  const misquoted = (rowQuotesEnd - rowQuotes) >> 2 != quotes;
  return rowLine.toString() + " " + roleName() + text + (misquoted ? " misquoted\n" : "\n");
}

function take(last: bool): string {
  let text = "";
  while (nextFramed(last)) text += describeRow();
  keepRest();
  return text;
}

function framedIn(bytes: Bytes, piece: usize, first: usize, settled: bool): string {
  let text = "";
  beginRows();
  beginFraming();
  if (settled) settleLines();
  for (let at: usize = 0; at < bytes.length; ) {
    const size = min(bytes.length - at, at || !first ? piece : first);
    memory.copy(reserveRows(<u32>size), bytes.from + at, size);
    pushRows(<u32>size, false);
    text += take(false);
    at += size;
  }
  pushRows(0, true);
  return text + take(true);
}

/** `line role text` of each row that is not blank, if every cutting gives the same. `settled`: it is known to be lines. */
export function framed(text: string, settled: bool = false): string {
  const bytes = utf8(text);
  const whole = framedIn(bytes, max<usize>(bytes.length, 1), 0, settled);
  for (let piece: usize = 1; piece < bytes.length; piece++) {
    const cut = framedIn(bytes, piece, 0, settled);
    if (cut != whole) return "in pieces of " + piece.toString() + ": " + cut;
    const twice = framedIn(bytes, bytes.length, piece, settled);
    if (twice != whole) return "cut at " + piece.toString() + ": " + twice;
  }
  return whole;
}
