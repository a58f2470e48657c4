// One attribute of each type, for any sink.

import { asciiBytes, asciiLength } from "../bytes/ascii";
import { stringLength, stringPointer } from "../bytes/strings";
import { ARRAY_VALUES, KEY_VALUE_KEY, KEY_VALUE_VALUE, VALUE_ARRAY, VALUE_BOOL, VALUE_INT, VALUE_STRING } from "./fields";

/** Most bytes a key, tags and lengths add to a value. */
const AROUND: usize = 64;

// @ts-ignore: decorator
@inline
function openAttribute<S>(sink: S, field: u32, key: usize, expected: usize): void {
  const keyLength = asciiLength(key);
  sink.openItem(field, "", expected + keyLength + 8);
  sink.string(KEY_VALUE_KEY, "key", asciiBytes(key), keyLength);
  sink.open(KEY_VALUE_VALUE, "value", expected);
}

// @ts-ignore: decorator
@inline
function closeAttribute<S>(sink: S): void {
  sink.close();
  sink.close();
}

/** A string of the strings table; nothing if it is empty. */
export function putString<S>(sink: S, field: u32, key: usize, id: u32): void {
  if (!id) return;
  const length = stringLength(id);
  openAttribute<S>(sink, field, key, length + <u32>varintRoom(length));
  sink.string(VALUE_STRING, "stringValue", stringPointer(id), length);
  closeAttribute<S>(sink);
}

/** A string under a key of the strings table. */
export function putNamed<S>(sink: S, field: u32, key: u32, id: u32): void {
  sink.openItem(field, "", stringLength(key) + stringLength(id) + 16);
  sink.string(KEY_VALUE_KEY, "key", stringPointer(key), stringLength(key));
  sink.open(KEY_VALUE_VALUE, "value", stringLength(id) + 4);
  sink.string(VALUE_STRING, "stringValue", stringPointer(id), stringLength(id));
  sink.close();
  sink.close();
}

/** A fixed name. */
export function putAscii<S>(sink: S, field: u32, key: usize, name: usize): void {
  const length = asciiLength(name);
  openAttribute<S>(sink, field, key, length + <u32>varintRoom(length));
  sink.string(VALUE_STRING, "stringValue", asciiBytes(name), length);
  closeAttribute<S>(sink);
}

export function putInteger<S>(sink: S, field: u32, key: usize, value: i64): void {
  openAttribute<S>(sink, field, key, 8);
  sink.int64(VALUE_INT, "intValue", value);
  closeAttribute<S>(sink);
}

export function putTrue<S>(sink: S, field: u32, key: usize): void {
  openAttribute<S>(sink, field, key, 2);
  sink.boolean(VALUE_BOOL, "boolValue", true);
  closeAttribute<S>(sink);
}

/** A list of one string. */
export function putSingle<S>(sink: S, field: u32, key: usize, id: u32): void {
  if (!id) return;
  openAttribute<S>(sink, field, key, AROUND);
  sink.open(VALUE_ARRAY, "arrayValue", AROUND);
  sink.openList("values");
  sink.openItem(ARRAY_VALUES, "", AROUND);
  sink.string(VALUE_STRING, "stringValue", stringPointer(id), stringLength(id));
  sink.close();
  sink.closeList();
  sink.close();
  closeAttribute<S>(sink);
}

/** A string made of pieces, about `expected` bytes: call closeText() behind them. */
export function openText<S>(sink: S, field: u32, key: usize, expected: usize): void {
  openAttribute<S>(sink, field, key, expected + 4);
  sink.openText(VALUE_STRING, "stringValue", expected);
}

export function closeText<S>(sink: S): void {
  sink.closeText();
  closeAttribute<S>(sink);
}

// @ts-ignore: decorator
@inline
function varintRoom(length: usize): usize {
  return length < 128 ? 2 : length < 16384 ? 3 : 4;
}
