// What an id says: behind its prefix stand twelve hexadecimal digits, the low 48 bits of milliseconds × 4096 and a counter. Ids of other
// makers say nothing.

import { NO_TIME } from "../../bytes/instant";
import { compareStrings, stringLength, stringPointer } from "../../bytes/strings";

/** Milliseconds until the digits begin anew. */
const PERIOD: i64 = (<i64>1) << 36;
export const SECOND: i64 = 1000000000;
const DAY: i64 = 86400 * SECOND;

/** The twelve digits as a number, -1 if they are none. */
function digits(from: usize, end: usize): i64 {
  let at = from;
  while (at < end && load<u8>(at) != 0x5f) at++;
  if (at == from || at + 13 > end) return -1;
  let value: i64 = 0;
  for (let i = 0; i < 12; i++) {
    const c = <u32>load<u8>(++at);
    const digit = c - 0x30 <= 9 ? c - 0x30 : c - 0x61 < 6 ? c - 0x57 : 16;
    if (digit > 15) return -1;
    value = (value << 4) | digit;
  }
  return value;
}

/** A number by which events of one server are in order; 0 if the id is none. */
export function eventNumber(from: usize, end: usize): u64 {
  return end - from > 4 && load<u32>(from) == 0x5f747665 /* evt_ */ ? digits(from, end) + 1 : 0;
}

/** When an id with these digits was made: of the times that it can mean, the one nearest to `near`, in nanoseconds; NO_TIME if it says none. */
function timeOf(value: i64, near: i64): i64 {
  if (value < 0 || near == NO_TIME) return NO_TIME;
  const millis = near / 1000000;
  let time = (millis & ~(PERIOD - 1)) | (value >> 12);
  if (time - millis > PERIOD / 2) time -= PERIOD;
  else if (millis - time > PERIOD / 2) time += PERIOD;
  return time < 0 || time >= 9223372036000 ? NO_TIME : time * 1000000;
}

export function timeOfId(id: u32, near: i64): i64 {
  return timeOf(digits(stringPointer(id), stringPointer(id) + stringLength(id)), near);
}

/** The same of an event's number. */
export function timeOfEvent(number: u64, near: i64): i64 {
  return timeOf(<i64>number - 1, near);
}

/** The same, if it lies within a day of `near`. */
export function closeTimeOfId(id: u32, near: i64): i64 {
  const time = timeOfId(id, near);
  return time != NO_TIME && time - near < DAY && near - time < DAY ? time : NO_TIME;
}

export function isBefore(a: u32, b: u32): bool {
  return compareStrings(a, b) < 0;
}
