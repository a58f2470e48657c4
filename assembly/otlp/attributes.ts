// One attribute of each type, for any sink.

import { asciiBytes, asciiLength } from "../bytes/ascii";
import { stringLength, stringPointer } from "../bytes/strings";
import { ARRAY_VALUES, KEY_VALUE_KEY, KEY_VALUE_VALUE, VALUE_ARRAY, VALUE_STRING } from "./fields";

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
  if (id) sink.stringAttribute(field, asciiBytes(key), asciiLength(key), stringPointer(id), stringLength(id));
}

/** A string under a key of the strings table. */
export function putNamed<S>(sink: S, field: u32, key: u32, id: u32): void {
  sink.stringAttribute(field, stringPointer(key), stringLength(key), stringPointer(id), stringLength(id));
}

/** A fixed name. */
export function putAscii<S>(sink: S, field: u32, key: usize, name: usize): void {
  sink.stringAttribute(field, asciiBytes(key), asciiLength(key), asciiBytes(name), asciiLength(name));
}

export function putInteger<S>(sink: S, field: u32, key: usize, value: i64): void {
  sink.integerAttribute(field, asciiBytes(key), asciiLength(key), value);
}

/** A number in billionths, as a double. */
export function putBillionths<S>(sink: S, field: u32, key: usize, value: i64): void {
  sink.doubleAttribute(field, asciiBytes(key), asciiLength(key), value);
}

export function putTrue<S>(sink: S, field: u32, key: usize): void {
  sink.trueAttribute(field, asciiBytes(key), asciiLength(key));
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
