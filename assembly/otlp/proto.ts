// The protobuf sink: what encode.ts says becomes OTLP protobuf. A message's length is written before its body is known:
// room is left for the length expected, and the body moved in the rare case that the guess was of another size.

import { decodeText, isDamaged } from "../json/text";
import { repairUtf8 } from "../bytes/utf8";
import { allocate, release } from "../bytes/heap";
import { KEY_VALUE_KEY, KEY_VALUE_VALUE, VALUE_BOOL, VALUE_DOUBLE, VALUE_INT, VALUE_STRING } from "./fields";
import { addLength, copyBytes, ensure, out, outLength, put, putBytes, setEnd, setLength } from "./output";

const NESTING: usize = memory.data(32 * 8); // u32 start of body, u32 bytes left for the length

let depth: usize = 0;

export function clear(): void {
  depth = 0;
}

/** Starts a length-delimited member whose body will be about `expected` bytes. */
export function open(field: u32, expected: usize = 64): void {
  ensure(16);
  put(<u8>((field << 3) | 2));
  const left = varintBytes(expected);
  addLength(left);
  store<u32>(NESTING + (depth << 3), <u32>outLength);
  store<u32>(NESTING + (depth << 3), <u32>left, 4);
  depth++;
}

export function close(): void {
  depth--;
  const body = <usize>load<u32>(NESTING + (depth << 3));
  const left = <usize>load<u32>(NESTING + (depth << 3), 4);
  const length = outLength - body;
  const needed = varintBytes(length);
  if (needed != left) {
    ensure(8);
    memory.copy(out + body + needed - left, out + body, length);
    setLength(outLength + needed - left);
  }
  writeVarint(length, out + body - left);
}

/** A length-delimited member in one piece. */
export function whole(field: u32, from: usize, length: usize): void {
  ensure(length + 16);
  setEnd(writeWhole(field, from, length, out + outLength));
}

export function fixed64(field: u32, value: i64): void {
  ensure(16);
  setEnd(write64(field, value, out + outLength));
}

export function enumeration(field: u32, value: u32): void {
  ensure(16);
  put(<u8>(field << 3));
  put(<u8>value);
}

// --- whole attributes, whose lengths are known beforehand

export function stringAttribute(field: u32, key: usize, keyLength: usize, value: usize, valueLength: usize): void {
  setEnd(writeWhole(VALUE_STRING, value, valueLength, openAttribute(field, key, keyLength, 1 + varintBytes(valueLength) + valueLength)));
}

export function integerAttribute(field: u32, key: usize, keyLength: usize, value: i64): void {
  const at = openAttribute(field, key, keyLength, 1 + varintBytes(<u64>value));
  store<u8>(at, VALUE_INT << 3);
  setEnd(writeVarint(<u64>value, at + 1));
}

/** `value` in billionths: whole numbers divided are the double nearest to the decimal. */
export function doubleAttribute(field: u32, key: usize, keyLength: usize, value: i64): void {
  setEnd(write64(VALUE_DOUBLE, reinterpret<i64>(<f64>value / 1000000000.0), openAttribute(field, key, keyLength, 9)));
}

export function trueAttribute(field: u32, key: usize, keyLength: usize): void {
  const at = openAttribute(field, key, keyLength, 2);
  store<u8>(at, VALUE_BOOL << 3);
  store<u8>(at, 1, 1);
  setEnd(at + 2);
}

/** Everything of a KeyValue before the `inner` bytes of its AnyValue, for which there is room: answers the address where they go. */
function openAttribute(field: u32, key: usize, keyLength: usize, inner: usize): usize {
  ensure(keyLength + inner + 32);
  let at = out + outLength;
  store<u8>(at, <u8>((field << 3) | 2));
  at = writeLength(2 + varintBytes(keyLength) + keyLength + varintBytes(inner) + inner, at + 1);
  at = writeWhole(KEY_VALUE_KEY, key, keyLength, at);
  store<u8>(at, (KEY_VALUE_VALUE << 3) | 2);
  return writeLength(inner, at + 1);
}

// --- members at an address with room for them: each answers the address behind it

/** A length is mostly a short one: that needs no call. */
// @ts-ignore: decorator
@inline
function writeLength(length: usize, at: usize): usize {
  if (length >= 128) return writeVarint(length, at);
  store<u8>(at, <u8>length);
  return at + 1;
}

function writeWhole(field: u32, from: usize, length: usize, at: usize): usize {
  store<u8>(at, <u8>((field << 3) | 2));
  at = writeLength(length, at + 1);
  copyBytes(at, from, length);
  return at + length;
}

function write64(field: u32, value: i64, at: usize): usize {
  store<u8>(at, <u8>((field << 3) | 1));
  store<i64>(at, value, 1);
  return at + 9;
}

// --- pieces of a string

/** The inside of a JSON string, decoded. */
export function text(from: usize, length: usize): void {
  ensure(length);
  const written = decodeText(from, length, out + outLength);
  if (isDamaged(out + outLength, written)) repair(written);
  else addLength(written);
}

/** JSON as it was written. */
export function json(from: usize, length: usize): void {
  putBytes(from, length);
  const start = outLength - length;
  if (!isDamaged(out + start, length, true)) return;
  setLength(start);
  repair(length);
}

/** Makes the `length` bytes behind the output valid UTF-8 and part of it. */
function repair(length: usize): void {
  const copy = allocate(length);
  memory.copy(copy, out + outLength, length);
  ensure(length * 3);
  addLength(repairUtf8(copy, length, out + outLength));
  release(copy, length);
}

// @ts-ignore: decorator
@inline
export function varintBytes(value: u64): usize {
  return <usize>(((63 - clz<u64>(value | 1)) * 9 + 73) >> 6);
}

/** Writes `value` at `at`; answers the address behind it. */
export function writeVarint(value: u64, at: usize): usize {
  while (value >= 128) {
    store<u8>(at++, <u8>value | 0x80);
    value >>= 7;
  }
  store<u8>(at, <u8>value);
  return at + 1;
}
