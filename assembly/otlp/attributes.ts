// One attribute of each type, for any sink.

import { asciiBytes, asciiLength } from "../bytes/ascii";
import { stringLength, stringPointer } from "../bytes/strings";
import { ARRAY_VALUES, KEY_VALUE_KEY, KEY_VALUE_VALUE, VALUE_ARRAY, VALUE_STRING } from "./fields";
import * as sink from "./sink";

/** Most bytes a key, tags and lengths add to a value. */
const AROUND: usize = 64;

function openAttribute(field: u32, key: usize, keyLength: usize, expected: usize): void {
  sink.openItem(field, expected + keyLength + 8);
  sink.whole(KEY_VALUE_KEY, "key", key, keyLength);
  sink.open(KEY_VALUE_VALUE, "value", expected);
}

// @ts-ignore: decorator
@inline
function closeAttribute(): void {
  sink.close();
  sink.close();
}

/** A string of the strings table; nothing if it is empty. */
export function putString(field: u32, key: string, id: u32): void {
  if (id) sink.stringAttribute(field, asciiBytes(key), asciiLength(key), stringPointer(id), stringLength(id));
}

/** A string under a key of the strings table. */
export function putNamed(field: u32, key: u32, id: u32): void {
  sink.stringAttribute(field, stringPointer(key), stringLength(key), stringPointer(id), stringLength(id));
}

/** A fixed name. */
export function putAscii(field: u32, key: string, name: string): void {
  sink.stringAttribute(field, asciiBytes(key), asciiLength(key), asciiBytes(name), asciiLength(name));
}

export function putInteger(field: u32, key: string, value: i64): void {
  sink.integerAttribute(field, asciiBytes(key), asciiLength(key), value);
}

/** A number in billionths, as a double. */
export function putBillionths(field: u32, key: string, value: i64): void {
  sink.doubleAttribute(field, asciiBytes(key), asciiLength(key), value);
}

export function putTrue(field: u32, key: string): void {
  sink.trueAttribute(field, asciiBytes(key), asciiLength(key));
}

/** A list of one string. */
export function putSingle(field: u32, key: string, id: u32): void {
  if (!id) return;
  openAttribute(field, asciiBytes(key), asciiLength(key), AROUND);
  sink.open(VALUE_ARRAY, "arrayValue", AROUND);
  sink.openList("values");
  sink.openItem(ARRAY_VALUES, AROUND);
  sink.whole(VALUE_STRING, "stringValue", stringPointer(id), stringLength(id));
  sink.close();
  sink.closeList();
  sink.close();
  closeAttribute();
}

/** A string made of pieces, about `expected` bytes: call closeText() behind them. */
export function openText(field: u32, key: string, expected: usize): void {
  openSpelled(field, asciiBytes(key), asciiLength(key), expected);
}

/** The same under a key that is no literal. */
export function openSpelled(field: u32, key: usize, keyLength: usize, expected: usize): void {
  openAttribute(field, key, keyLength, expected + 4);
  sink.openText(VALUE_STRING, "stringValue", expected);
}

export function closeText(): void {
  sink.closeText();
  closeAttribute();
}
