// The OTLP/JSON sink: lowerCamelCase members, ids as hexadecimal, 64-bit integers as decimal strings, enums as numbers.
// Everything on one line. Says exactly what the protobuf sink says.

import { asciiBytes, asciiLength } from "../bytes/ascii";
import { writeDecimal, writeHex } from "../bytes/decimal";
import { allocate, release } from "../bytes/heap";
import { repairUtf8 } from "../bytes/utf8";
import { escapeText, roomForEscaped } from "../json/escape";
import { decodeText, isDamaged } from "../json/text";
import { copyBytes, ensure, out, outLength, putByte, putLiteral, setEnd, setLength } from "./output";

/** Bytes escaped at once. */
const PIECE: usize = 4096;

/** Is the next member the first of its object or list? */
let first: bool = true;

export function clear(): void {
  first = true;
}

/** A member before its value: comma, name in quotes, colon. In one go: byte by byte it was a tenth of the time. */
function member(name: string): void {
  const length = asciiLength(name);
  ensure(length + 4);
  let at = out + outLength;
  if (first) first = false;
  else store<u8>(at++, 0x2c);
  store<u8>(at, 0x22);
  copyBytes(at + 1, asciiBytes(name), length);
  store<u16>(at + length, 0x3a22, 1);
  setEnd(at + length + 3);
}

function comma(): void {
  if (first) first = false;
  else putByte(0x2c);
}

function begin(bracket: u8): void {
  putByte(bracket);
  first = true;
}

function end(bracket: u8): void {
  putByte(bracket);
  first = false;
}

export function open(name: string): void {
  member(name);
  begin(0x7b);
}

export function close(): void {
  end(0x7d);
}

export function openList(name: string): void {
  member(name);
  begin(0x5b);
}

export function closeList(): void {
  end(0x5d);
}

export function openItem(): void {
  comma();
  begin(0x7b);
}

export function id(name: string, from: usize, length: u32): void {
  openText(name);
  ensure(length * 2);
  setEnd(writeHex(from, length, out + outLength));
  closeText();
}

export function whole(name: string, from: usize, length: usize): void {
  openText(name);
  plain(from, length);
  closeText();
}

function putDecimal(value: i64): void {
  ensure(24);
  setEnd(writeDecimal(value, out + outLength));
}

export function enumeration(name: string, value: u32): void {
  member(name);
  putDecimal(value);
}

export function int64(name: string, value: i64): void {
  openText(name);
  putDecimal(value);
  closeText();
}

/** `value` billionths. */
function billionths(name: string, value: i64): void {
  member(name);
  const units = value / 1000000000;
  putDecimal(units);
  const rest = value - units * 1000000000;
  if (!rest) return;
  // a one before the digits keeps the zeros among them; the point takes its place
  const point = outLength;
  putDecimal(1000000000 + rest);
  store<u8>(out + point, 0x2e);
  while (load<u8>(out + outLength - 1) == 0x30) setLength(outLength - 1);
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
  billionths("doubleValue", value);
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
  putByte(0x22);
}

export function closeText(): void {
  putByte(0x22);
}

export function literal(text: string): void {
  escape(asciiBytes(text), asciiLength(text));
}

export function plain(from: usize, length: usize): void {
  escape(from, length);
}

export function text(from: usize, length: usize): void {
  const bytes = allocate(length);
  const written = decodeText(from, length, bytes);
  if (isDamaged(bytes, written)) escapeRepaired(bytes, written);
  else escape(bytes, written);
  release(bytes, length);
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

/** Writes text as the inside of a JSON string, in pieces: room is made for the most that one can take. */
function escape(from: usize, length: usize): void {
  const end = from + length;
  while (from < end) {
    const next = min(end, from + PIECE);
    ensure(roomForEscaped(next - from));
    setEnd(escapeText(from, next, out + outLength));
    from = next;
  }
}
