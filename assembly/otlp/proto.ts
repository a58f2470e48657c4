// The protobuf sink: what encode.ts says becomes OTLP protobuf. A message's length is written before its body is known:
// room is left for the length expected, and the body moved in the rare case that the guess was of another size.

import { isDamaged, decodeText, TEXT_SLACK } from "../json/text";
import { repairUtf8 } from "../bytes/utf8";
import { allocate, release } from "../bytes/heap";
import { KEY_VALUE_KEY, KEY_VALUE_VALUE, VALUE_BOOL, VALUE_DOUBLE, VALUE_INT, VALUE_STRING } from "./fields";
import { addLength, ensure, out, outLength, put, putBytes, setLength } from "./output";

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

/** Bytes that JSON writes as hexadecimal digits: ids. */
export function id(field: u32, from: usize, length: u32): void {
  ensure(32);
  put(<u8>((field << 3) | 2));
  put(<u8>length);
  putBytes(from, length);
}

export function whole(field: u32, from: usize, length: usize): void {
  ensure(16);
  put(<u8>((field << 3) | 2));
  addLength(writeVarint(length, out + outLength));
  putBytes(from, length);
}

export function fixed64(field: u32, value: i64): void {
  ensure(16);
  put(<u8>((field << 3) | 1));
  store<i64>(out + outLength, value);
  addLength(8);
}

export function enumeration(field: u32, value: u32): void {
  ensure(16);
  put(<u8>(field << 3));
  put(<u8>value);
}

// --- whole attributes, whose lengths are known beforehand

export function stringAttribute(field: u32, key: usize, keyLength: usize, value: usize, valueLength: usize): void {
  const inner = <usize>1 + varintBytes(valueLength) + valueLength;
  openAttribute(field, key, keyLength, inner);
  put(<u8>((VALUE_STRING << 3) | 2));
  addLength(writeVarint(valueLength, out + outLength));
  putBytes(value, valueLength);
}

export function integerAttribute(field: u32, key: usize, keyLength: usize, value: i64): void {
  openAttribute(field, key, keyLength, 1 + varintBytes(<u64>value));
  put(<u8>(VALUE_INT << 3));
  addLength(writeVarint(<u64>value, out + outLength));
}

/** `value` in billionths: whole numbers divided are the double nearest to the decimal. */
export function doubleAttribute(field: u32, key: usize, keyLength: usize, value: i64): void {
  openAttribute(field, key, keyLength, 9);
  put(<u8>((VALUE_DOUBLE << 3) | 1));
  store<f64>(out + outLength, <f64>value / 1000000000.0);
  addLength(8);
}

export function trueAttribute(field: u32, key: usize, keyLength: usize): void {
  openAttribute(field, key, keyLength, 2);
  put(<u8>(VALUE_BOOL << 3));
  put(1);
}

/** Everything of a KeyValue before the `inner` bytes of its AnyValue; leaves room for 24 bytes more. */
// @ts-ignore: decorator
@inline
function openAttribute(field: u32, key: usize, keyLength: usize, inner: usize): void {
  ensure(keyLength + 64);
  put(<u8>((field << 3) | 2));
  const whole = <usize>2 + varintBytes(keyLength) + keyLength + varintBytes(inner) + inner;
  addLength(writeVarint(whole, out + outLength));
  put(<u8>((KEY_VALUE_KEY << 3) | 2));
  addLength(writeVarint(keyLength, out + outLength));
  putBytes(key, keyLength);
  put(<u8>((KEY_VALUE_VALUE << 3) | 2));
  addLength(writeVarint(inner, out + outLength));
  ensure(24);
}

// --- pieces of a string

/** The inside of a JSON string, decoded. */
export function text(from: usize, length: usize): void {
  ensure(length + TEXT_SLACK);
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
  return value < 128 ? 1 : <usize>((63 - clz<u64>(value)) / 7 + 1);
}

/** Writes `value` at `at`; answers the bytes written. */
export function writeVarint(value: u64, at: usize): usize {
  if (value < 128) {
    store<u8>(at, <u8>value);
    return 1;
  }
  let written: usize = 0;
  while (value >= 128) {
    store<u8>(at + written++, <u8>value | 0x80);
    value >>= 7;
  }
  store<u8>(at + written, <u8>value);
  return written + 1;
}
