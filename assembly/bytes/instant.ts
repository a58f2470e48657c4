// RFC 3339 instants to nanoseconds since 1970 UTC.

/** No time is recorded. */
export const NO_TIME: i64 = i64.MIN_VALUE;

let cursor: usize = 0;
let bad: bool = false;

/** The next `count` digits as a number. */
function digits(count: u32): i64 {
  let value: i64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const digit = <u32>load<u8>(cursor) - 0x30;
    if (digit > 9) bad = true;
    value = value * 10 + digit;
    cursor++;
  }
  return value;
}

// @ts-ignore: decorator
@inline
function expect(byte: u8): void {
  if (load<u8>(cursor++) != byte) bad = true;
}

/** Days since 1970-01-01 of a date in the proleptic Gregorian calendar (Howard Hinnant, days_from_civil). */
function days(year: i64, month: i64, day: i64): i64 {
  const y = month <= 2 ? year - 1 : year;
  const era = (y >= 0 ? y : y - 399) / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

function daysIn(year: i64, month: i64): i64 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** The last second that nanoseconds reach to, in 2262. */
const LAST: i64 = 9223372035;

/** The date of the instant before, with its T: most are of one day. And the second with which it begins. */
const DATE: usize = memory.data(16, 8);
let dateSecond: i64 = 0;

/** The instant if it is of the same date, in UTC and milliseconds, as most are; else NO_TIME, and instant() says what it is. */
// @ts-ignore: decorator
@inline
function sameDate(from: usize): i64 {
  if (load<u64>(from) != load<u64>(DATE) || load<u64>(from, 3) != load<u64>(DATE, 8)) return NO_TIME;
  // all digits at once, a byte each: 0 to 9 where one stands, and 0 for each colon and the Z. The high bit of a sum says: 10 or more.
  const time = load<u64>(from, 11) ^ 0x30303a30303a3030;
  const millis = load<u32>(from, 20) ^ 0x5a303030;
  const bad = ((time | (time + 0x7676767676767676)) & 0x8080808080808080) | (time & 0x0000ff0000ff0000);
  const worse = ((millis | (millis + 0x76767676)) & 0x80808080) | (millis & 0xff000000) | <u32>(load<u8>(from, 19) ^ 0x2e);
  const pairs = time * 10 + (time >> 8);
  const hour = pairs & 0xff;
  const minute = (pairs >> 24) & 0xff;
  const second = (pairs >> 48) & 0xff;
  if ((bad | worse) != 0 || hour > 23 || minute > 59 || second > 59) return NO_TIME;
  const milli = (millis & 15) * 100 + ((millis >> 8) & 15) * 10 + (millis >> 16);
  return (dateSecond + <i64>((hour * 60 + minute) * 60 + second)) * 1000000000 + <i64>milli * 1000000;
}

/** Nanoseconds since 1970 of `length` bytes like `2026-11-21T00:26:50.018Z`, or NO_TIME. Offsets are understood; decimals beyond the ninth are cut off. */
export function instant(from: usize, length: u32): i64 {
  if (length < 20) return NO_TIME;
  const known = length == 24 ? sameDate(from) : NO_TIME;
  if (known != NO_TIME) return known;
  const end = from + length;
  cursor = from;
  bad = false;
  const year = digits(4);
  expect(0x2d);
  const month = digits(2);
  expect(0x2d);
  const day = digits(2);
  if ((load<u8>(cursor) | 0x20) != 0x74) bad = true; // T or t
  cursor++;
  const hour = digits(2);
  expect(0x3a);
  const minute = digits(2);
  expect(0x3a);
  const second = digits(2);
  if (bad || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59) return NO_TIME;
  let nanos: i64 = 0;
  if (load<u8>(cursor) == 0x2e) {
    cursor++;
    let scale: i64 = 100000000;
    const first = cursor;
    while (cursor < end && <u32>load<u8>(cursor) - 0x30 <= 9) {
      nanos += <i64>(load<u8>(cursor) - 0x30) * scale;
      scale /= 10;
      cursor++;
    }
    if (cursor == first) return NO_TIME;
  }
  if (cursor >= end) return NO_TIME;
  let offset: i64 = 0;
  const zone = load<u8>(cursor++);
  if (zone == 0x2b || zone == 0x2d) {
    if (end - cursor < 5) return NO_TIME;
    const hours = digits(2);
    expect(0x3a);
    const minutes = digits(2);
    if (hours > 23 || minutes > 59) return NO_TIME;
    offset = hours * 60 + minutes;
    if (zone == 0x2d) offset = -offset;
  } else if ((zone | 0x20) != 0x7a) {
    return NO_TIME;
  }
  if (bad || cursor != end) return NO_TIME;
  const date = days(year, month, day) * 86400;
  const seconds = date + (hour * 60 + minute - offset) * 60 + second;
  // before 1970 OTLP has no times
  if (seconds < 0 || seconds > LAST) return NO_TIME;
  if (date >= 0 && date + 86400 <= LAST) {
    store<u64>(DATE, load<u64>(from));
    store<u64>(DATE, load<u64>(from, 3), 8);
    dateSecond = date;
  }
  return seconds * 1000000000 + nanos;
}
