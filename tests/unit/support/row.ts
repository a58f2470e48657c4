// A text as the row at hand, for whatever reads rows. What a row is, and how documents are cut into rows, is tested apart.

import { beginRow, enter, nextElement, nextMember, peek, readString } from "../../../assembly/json/cursor";
import { beginRows, nextRow, pushRows, reserveRows } from "../../../assembly/json/rows";
import { Bytes, utf8 } from "./bytes";

/** Makes the bytes the row at hand, with the cursor at its beginning; without a line feed it is the torn end of a document. */
export function rowOfBytes(bytes: Bytes, terminated: bool = true): void {
  const length = <u32>bytes.length;
  beginRows();
  const to = reserveRows(length + 1);
  memory.copy(to, bytes.from, length);
  store<u8>(to + length, 0x0a);
  pushRows(terminated ? length + 1 : length, true);
  if (!nextRow(true)) unreachable();
  beginRow();
}

/** A text as a whole row. */
export function row(text: string): void {
  rowOfBytes(utf8(text));
}

/** Goes through the value at hand, entering what can be entered. */
export function walk(): void {
  const c = peek();
  if (c == 0x7b) {
    enter();
    while (nextMember()) walk();
  } else if (c == 0x5b) {
    enter();
    while (nextElement()) walk();
  } else if (!readString()) return;
}
