// One attribute of a profile, whichever sink is at work. What the conventions say of a span is compiled for each sink, because
// that is nearly all that is ever written; what profiles add asks which it is, because the size of the module counts for more.

import { closeText, openText, putAscii, putInteger, putString } from "../attributes";
import { addressOfContent, lengthOfContent } from "../content";
import { SPAN_ATTRIBUTES } from "../fields";
import { JsonSink } from "../json";
import { putResult } from "../messages";
import { ProtoSink } from "../proto";
import { isJson, json, proto } from "../sinks";
import { SPELLED, spell } from "./spell";

const KEY: usize = memory.data(SPELLED);
const VALUE: usize = memory.data(SPELLED);

/** A string of the strings table; nothing if it is empty. */
export function sayString(key: string, id: u32): void {
  if (isJson) putString<JsonSink>(json, SPAN_ATTRIBUTES, spell(key, KEY), id);
  else putString<ProtoSink>(proto, SPAN_ATTRIBUTES, spell(key, KEY), id);
}

/** A fixed name of the conventions' own. */
export function sayFixed(key: string, name: usize): void {
  if (isJson) putAscii<JsonSink>(json, SPAN_ATTRIBUTES, spell(key, KEY), name);
  else putAscii<ProtoSink>(proto, SPAN_ATTRIBUTES, spell(key, KEY), name);
}

/** A word, or a text with numbers. */
export function sayName(key: string, name: string): void {
  sayFixed(key, spell(name, VALUE));
}

export function sayNumber(key: string, value: i64): void {
  if (isJson) putInteger<JsonSink>(json, SPAN_ATTRIBUTES, spell(key, KEY), value);
  else putInteger<ProtoSink>(proto, SPAN_ATTRIBUTES, spell(key, KEY), value);
}

/** A text made of pieces, about `expected` bytes: call closeSaying() behind them. */
export function openSaying(key: string, expected: usize): void {
  if (isJson) openText<JsonSink>(json, SPAN_ATTRIBUTES, spell(key, KEY), expected);
  else openText<ProtoSink>(proto, SPAN_ATTRIBUTES, spell(key, KEY), expected);
}

export function closeSaying(): void {
  if (isJson) closeText<JsonSink>(json);
  else closeText<ProtoSink>(proto);
}

/** A piece that is the inside of a JSON string. */
export function decoded(from: usize, length: usize): void {
  if (isJson) json.text(from, length);
  else proto.text(from, length);
}

/** An empty line between two pieces. */
export function emptyLine(): void {
  if (isJson) json.literal("\n\n");
  else proto.literal("\n\n");
}

/** The inside of a JSON string as a text of its own. */
export function sayText(key: string, content: u32): void {
  openSaying(key, lengthOfContent(content));
  decoded(addressOfContent(content), lengthOfContent(content));
  closeSaying();
}

/** JSON as it was written. */
export function sayJson(key: string, content: u32): void {
  openSaying(key, lengthOfContent(content));
  if (isJson) json.json(addressOfContent(content), lengthOfContent(content));
  else proto.json(addressOfContent(content), lengthOfContent(content));
  closeSaying();
}

/** A call's result. */
export function sayResult(key: string, content: u32): void {
  openSaying(key, lengthOfContent(content));
  if (isJson) putResult<JsonSink>(json, content);
  else putResult<ProtoSink>(proto, content);
  closeSaying();
}
