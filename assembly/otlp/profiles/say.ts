// One attribute of a profile.

import { stringLength, stringPointer } from "../../bytes/strings";
import { contents } from "../../session/record";
import { closeText, openSpelled } from "../attributes";
import { addressOfContent, lengthOfContent } from "../content";
import { SPAN_ATTRIBUTES } from "../fields";
import { putResult } from "../results";
import { putJson } from "../values";
import * as sink from "../sink";
import { SPELLED, spell } from "./spell";

const KEY: usize = memory.data(SPELLED);
const VALUE: usize = memory.data(SPELLED);

/** A string of the strings table; nothing if it is empty. */
export function sayString(key: string, id: u32): void {
  if (id) sink.stringAttribute(SPAN_ATTRIBUTES, KEY, spell(key, KEY), stringPointer(id), stringLength(id));
}

/** A word, or a text with numbers. */
export function sayName(key: string, name: string): void {
  sink.stringAttribute(SPAN_ATTRIBUTES, KEY, spell(key, KEY), VALUE, spell(name, VALUE));
}

export function sayNumber(key: string, value: i64): void {
  sink.integerAttribute(SPAN_ATTRIBUTES, KEY, spell(key, KEY), value);
}

/** A text made of pieces, about `expected` bytes: call closeSaying() behind them. */
export function openSaying(key: string, expected: usize): void {
  openSpelled(SPAN_ATTRIBUTES, KEY, spell(key, KEY), expected);
}

export function closeSaying(): void {
  closeText();
}

/** A piece that is the inside of a JSON string, and of those it goes on with. */
export function decoded(content: u32): void {
  for (let at = content; at; at = contents.at(at - 1).next) {
    sink.text(addressOfContent(at), lengthOfContent(at));
  }
}

/** An empty line between two pieces. */
export function emptyLine(): void {
  sink.literal("\n\n");
}

/** The inside of a JSON string as a text of its own. */
export function sayText(key: string, content: u32): void {
  openSaying(key, lengthOfContent(content));
  decoded(content);
  closeSaying();
}

/** JSON as it was written. */
export function sayJson(key: string, content: u32): void {
  openSaying(key, lengthOfContent(content));
  putJson(content);
  closeSaying();
}

/** A call's result. */
export function sayResult(key: string, content: u32): void {
  openSaying(key, lengthOfContent(content));
  putResult(content);
  closeSaying();
}
