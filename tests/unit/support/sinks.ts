// A sink, begun anew, and what it wrote; and attributes of every kind said to it.

import { closeText, openText, putAscii, putInteger, putNamed, putSingle, putString, putTrue } from "../../../assembly/otlp/attributes";
import { out, outLength, setLength } from "../../../assembly/otlp/output";
import * as sink from "../../../assembly/otlp/sink";
import { hex, textAt } from "./bytes";

/** FORMAT_PROTO or FORMAT_JSON. */
export function begin(format: i32): void {
  setLength(0);
  sink.setFormat(format);
  sink.clear();
}

/** What was written, as hexadecimal. */
export function written(): string {
  return hex(out, outLength);
}

/** What was written, as text. */
export function said(): string {
  return textAt(out, outLength);
}

/** Attributes of every kind; those of the empty string are none. */
export function putAll(key: string, name: u32, empty: u32): void {
  putString(9, key, name);
  putString(9, key, empty);
  putNamed(9, name, name);
  putAscii(9, key, key);
  putInteger(9, key, -2);
  putTrue(9, key);
  putSingle(9, key, name);
  putSingle(9, key, empty);
  openText(9, key, 1000);
  sink.literal("x");
  closeText();
}
