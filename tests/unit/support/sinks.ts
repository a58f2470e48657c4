// Both sinks, begun anew, and what they wrote; and attributes of every kind said to either.

import { closeText, openText, putAscii, putInteger, putNamed, putSingle, putString, putTrue } from "../../../assembly/otlp/attributes";
import { JsonSink } from "../../../assembly/otlp/json";
import { out, outLength, setLength } from "../../../assembly/otlp/output";
import { ProtoSink } from "../../../assembly/otlp/proto";
import { hex, textAt } from "./bytes";

export const proto = new ProtoSink();
export const json = new JsonSink();

export function begin(): void {
  setLength(0);
  proto.clear();
  json.clear();
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
export function putAll<S>(sink: S, key: usize, name: u32, empty: u32): void {
  putString<S>(sink, 9, key, name);
  putString<S>(sink, 9, key, empty);
  putNamed<S>(sink, 9, name, name);
  putAscii<S>(sink, 9, key, key);
  putInteger<S>(sink, 9, key, -2);
  putTrue<S>(sink, 9, key);
  putSingle<S>(sink, 9, key, name);
  putSingle<S>(sink, 9, key, empty);
  openText<S>(sink, 9, key, 1000);
  sink.literal("x");
  closeText<S>(sink);
}
