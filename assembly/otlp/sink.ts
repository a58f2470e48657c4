// The sink at work. An encoder says a thing once, here, and the protobuf sink or the JSON sink writes it. Which one is asked
// for each thing said: compiling every encoder once for either makes the core 7 KB larger, and quicker by less than can be measured.

import { FORMAT_JSON } from "../abi/layout";
import * as asJson from "./json";
import { putBytes, putLiteral } from "./output";
import * as asProto from "./proto";

let isJson: bool = false;

export function setFormat(format: i32): void {
  isJson = format == FORMAT_JSON;
}

/** Whatever comes next is the first of its kind. */
export function clear(): void {
  if (isJson) asJson.clear();
  else asProto.clear();
}

/** Starts an object; its body will be about `expected` bytes. */
export function open(field: u32, name: string, expected: usize): void {
  if (isJson) asJson.open(name);
  else asProto.open(field, expected);
}

export function close(): void {
  if (isJson) asJson.close();
  else asProto.close();
}

export function openList(name: string): void {
  if (isJson) asJson.openList(name);
}

export function closeList(): void {
  if (isJson) asJson.closeList();
}

/** Starts an object of the list at hand. */
export function openItem(field: u32, expected: usize): void {
  if (isJson) asJson.openItem();
  else asProto.open(field, expected);
}

/** Bytes that JSON writes as hexadecimal digits. */
export function id(field: u32, name: string, from: usize, length: u32): void {
  if (isJson) asJson.id(name, from, length);
  else asProto.whole(field, from, length);
}

/** A string that is written in one piece. */
export function whole(field: u32, name: string, from: usize, length: usize): void {
  if (isJson) asJson.whole(name, from, length);
  else asProto.whole(field, from, length);
}

export function fixed64(field: u32, name: string, value: i64): void {
  if (isJson) asJson.int64(name, value);
  else asProto.fixed64(field, value);
}

export function enumeration(field: u32, name: string, value: u32): void {
  if (isJson) asJson.enumeration(name, value);
  else asProto.enumeration(field, value);
}

// --- whole attributes

export function stringAttribute(field: u32, key: usize, keyLength: usize, value: usize, valueLength: usize): void {
  if (isJson) asJson.stringAttribute(key, keyLength, value, valueLength);
  else asProto.stringAttribute(field, key, keyLength, value, valueLength);
}

export function integerAttribute(field: u32, key: usize, keyLength: usize, value: i64): void {
  if (isJson) asJson.integerAttribute(key, keyLength, value);
  else asProto.integerAttribute(field, key, keyLength, value);
}

/** `value` in billionths. */
export function doubleAttribute(field: u32, key: usize, keyLength: usize, value: i64): void {
  if (isJson) asJson.doubleAttribute(key, keyLength, value);
  else asProto.doubleAttribute(field, key, keyLength, value);
}

export function trueAttribute(field: u32, key: usize, keyLength: usize): void {
  if (isJson) asJson.trueAttribute(key, keyLength);
  else asProto.trueAttribute(field, key, keyLength);
}

// --- a string made of pieces

export function openText(field: u32, name: string, expected: usize): void {
  if (isJson) asJson.openText(name);
  else asProto.open(field, expected);
}

export function closeText(): void {
  if (isJson) asJson.closeText();
  else asProto.close();
}

export function literal(text: string): void {
  if (isJson) asJson.literal(text);
  else putLiteral(text);
}

/** Bytes that are text. */
export function plain(from: usize, length: usize): void {
  if (isJson) asJson.plain(from, length);
  else putBytes(from, length);
}

/** The inside of a JSON string, decoded. */
export function text(from: usize, length: usize): void {
  if (isJson) asJson.text(from, length);
  else asProto.text(from, length);
}

/** JSON as it was written. */
export function json(from: usize, length: usize): void {
  if (isJson) asJson.json(from, length);
  else asProto.json(from, length);
}
