// Times and prices, as a record writes them. The cursor is at the value, and behind it afterwards.

import { NO_TIME, instant } from "../../bytes/instant";
import { at, peek, readCount, readString, skip, textEnd, textStart } from "../../json/cursor";

/** Milliseconds since 1970, or an RFC 3339 string. */
export function readTime(): i64 {
  if (peek() == 0x22) return readString() ? instant(textStart, <u32>(textEnd - textStart)) : NO_TIME;
  const value = readCount();
  return value < 0 || value >= 9223372036000 ? NO_TIME : value * 1000000;
}

/** A number that is not negative in billionths, what is beyond rounded; -1 for anything else, and from a billion on. */
export function readNano(): i64 {
  let p = at;
  skip();
  let value: i64 = 0;
  let scale = 9;
  let point = false;
  let rest: u8 = 0;
  if (<u32>load<u8>(p) - 0x30 > 9) return -1;
  for (; p < at; p++) {
    const c = load<u8>(p);
    if (c == 0x2e) {
      point = true;
      continue;
    }
    const digit = <u32>c - 0x30;
    if (digit > 9) break;
    if (value < 100000000000000000) {
      value = value * 10 + digit;
      if (point) scale--;
    } else {
      // more digits than count: the first of them rounds
      if (!rest) rest = <u8>digit + 1;
      if (!point) scale++;
    }
  }
  if (p < at) {
    const minus = load<u8>(++p) == 0x2d;
    if (minus || load<u8>(p) == 0x2b) p++;
    let exponent = 0;
    for (; p < at && exponent < 1000; p++) exponent = exponent * 10 + (load<u8>(p) - 0x30);
    scale += minus ? -exponent : exponent;
  }
  if (!value) return 0;
  for (; scale > 0; scale--) {
    if (value >= 1000000000000000000 / 10) return -1;
    value *= 10;
  }
  let last: i64 = rest > 5 ? 5 : 0;
  for (; scale < 0 && value; scale++) {
    last = value % 10;
    value /= 10;
  }
  if (scale < 0) return 0;
  if (last >= 5) value++;
  return value >= 1000000000000000000 ? -1 : value;
}
