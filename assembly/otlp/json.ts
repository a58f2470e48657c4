// The OTLP/JSON sink: lowerCamelCase members, ids as hexadecimal, 64-bit integers as decimal strings, enums as numbers.
// Everything on one line. Says exactly what the protobuf sink says.

import { asciiBytes, asciiLength } from "../bytes/ascii";
import { writeDecimal, writeHex } from "../bytes/decimal";
import { allocate, blockBytes, release } from "../bytes/heap";
import { repairUtf8 } from "../bytes/utf8";
import { decodeText, isDamaged } from "../json/text";
import { addLength, ensure, out, outLength, put, putBytes, putLiteral } from "./output";

let scratch: usize = 0;
let scratchSize: usize = 0;

function scratchFor(bytes: usize): usize {
  if (bytes > scratchSize) {
    release(scratch, scratchSize);
    scratchSize = blockBytes(bytes);
    scratch = allocate(scratchSize);
  }
  return scratch;
}

/** Is the next member the first of its object or list? */
let first: bool = true;

export function clear(): void {
  first = true;
}

function member(name: string): void {
  comma();
  ensure(asciiLength(name) + 8);
  put(0x22);
  putLiteral(name);
  put(0x22);
  put(0x3a);
}

function comma(): void {
  ensure(8);
  if (first) first = false;
  else put(0x2c);
}

export function open(name: string): void {
  member(name);
  put(0x7b);
  first = true;
}

export function close(): void {
  ensure(1);
  put(0x7d);
  first = false;
}

export function openList(name: string): void {
  member(name);
  put(0x5b);
  first = true;
}

export function closeList(): void {
  ensure(1);
  put(0x5d);
  first = false;
}

export function openItem(): void {
  comma();
  put(0x7b);
  first = true;
}

export function id(name: string, from: usize, length: u32): void {
  member(name);
  ensure(length * 2 + 2);
  put(0x22);
  writeHex(from, length, out + outLength);
  addLength(length * 2);
  put(0x22);
}

export function whole(name: string, from: usize, length: usize): void {
  openText(name);
  plain(from, length);
  closeText();
}

export function enumeration(name: string, value: u32): void {
  member(name);
  ensure(24);
  addLength(writeDecimal(value, out + outLength) - (out + outLength));
}

export function int64(name: string, value: i64): void {
  member(name);
  ensure(24);
  put(0x22);
  addLength(writeDecimal(value, out + outLength) - (out + outLength));
  put(0x22);
}

/** `value` billionths. */
function decimal(name: string, value: i64): void {
  member(name);
  ensure(32);
  const units = value / 1000000000;
  addLength(writeDecimal(units, out + outLength) - (out + outLength));
  let rest = value - units * 1000000000;
  if (!rest) return;
  put(0x2e);
  // a one before the digits keeps the zeros among them
  const behind = writeDecimal(1000000000 + rest, out + outLength - 1);
  store<u8>(out + outLength - 1, 0x2e);
  let end = behind;
  while (load<u8>(end - 1) == 0x30) end--;
  addLength(end - (out + outLength));
}

export function stringAttribute(key: usize, keyLength: usize, value: usize, valueLength: usize): void {
  openAttribute(key, keyLength);
  whole("stringValue", value, valueLength);
  closeAttribute();
}

export function integerAttribute(key: usize, keyLength: usize, value: i64): void {
  openAttribute(key, keyLength);
  int64("intValue", value);
  closeAttribute();
}

/** `value` in billionths, written as a decimal. */
export function doubleAttribute(key: usize, keyLength: usize, value: i64): void {
  openAttribute(key, keyLength);
  decimal("doubleValue", value);
  closeAttribute();
}

export function trueAttribute(key: usize, keyLength: usize): void {
  openAttribute(key, keyLength);
  member("boolValue");
  putLiteral("true");
  closeAttribute();
}

function openAttribute(key: usize, keyLength: usize): void {
  openItem();
  whole("key", key, keyLength);
  open("value");
}

function closeAttribute(): void {
  close();
  close();
}

export function openText(name: string): void {
  member(name);
  put(0x22);
}

export function closeText(): void {
  ensure(1);
  put(0x22);
}

export function literal(text: string): void {
  escape(asciiBytes(text), asciiLength(text));
}

export function plain(from: usize, length: usize): void {
  escape(from, length);
}

export function text(from: usize, length: usize): void {
  const bytes = scratchFor(length);
  const written = decodeText(from, length, bytes);
  if (isDamaged(bytes, written)) escapeRepaired(bytes, written);
  else escape(bytes, written);
}

export function json(from: usize, length: usize): void {
  if (isDamaged(from, length, true)) escapeRepaired(from, length);
  else escape(from, length);
}
function escapeRepaired(from: usize, length: usize): void {
  const bytes = allocate(length * 3);
  escape(bytes, repairUtf8(from, length, bytes));
  release(bytes, length * 3);
}

/** Writes text as the inside of a JSON string. */
function escape(from: usize, length: usize): void {
  const end = from + length;
  while (from < end) {
    // stretches without anything to escape are copied whole
    let stop = from;
    while (stop < end) {
      const c = load<u8>(stop);
      if (c < 0x20 || c == 0x22 || c == 0x5c) break;
      stop++;
    }
    putBytes(from, stop - from);
    from = stop;
    if (from == end) return;
    ensure(6);
    const c = load<u8>(from++);
    put(0x5c);
    if (c == 0x22 || c == 0x5c) put(c);
    else if (c == 0x0a) put(0x6e);
    else if (c == 0x0d) put(0x72);
    else if (c == 0x09) put(0x74);
    else if (c == 0x08) put(0x62);
    else if (c == 0x0c) put(0x66);
    else {
      put(0x75);
      put(0x30);
      put(0x30);
      writeHex(from - 1, 1, out + outLength);
      addLength(2);
    }
  }
}
