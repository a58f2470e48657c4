// Times to numbers, and numbers to digits. Which times a session has, and what is made of a missing one, is not said here.

import { writeDecimal, writeHex } from "../../../assembly/bytes/decimal";
import { NO_TIME, instant } from "../../../assembly/bytes/instant";
import { fromHex, room, textAt, utf8 } from "../support/bytes";

function nanos(text: string): i64 {
  const bytes = utf8(text);
  return instant(bytes.from, <u32>bytes.length);
}

function expectTime(text: string, seconds: i64, rest: i64 = 0): void {
  expect(nanos(text)).toBe(seconds * 1000000000 + rest, text);
}

function expectNone(text: string): void {
  expect(nanos(text)).toBe(NO_TIME, text);
}

const written = room(40);

function decimal(value: i64): string {
  return textAt(written.from, writeDecimal(value, written.from) - written.from);
}

/** `2026-01-02T00:00:00Z` */
function midnight(year: i32, month: i32, day: i32): string {
  const two = (n: i32): string => n.toString().padStart(2, "0");
  return year.toString().padStart(4, "0") + "-" + two(month) + "-" + two(day) + "T00:00:00Z";
}

const DAYS: StaticArray<i32> = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isLeap(year: i32): bool {
  return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
}

function two(number: i32): string {
  return (number < 10 ? "0" : "") + number.toString();
}

describe("instant", () => {
  test("reads times, seconds from Date.parse", () => {
    expectTime("1970-01-01T00:00:00Z", 0);
    expectTime("1970-01-01T00:00:01Z", 1);
    expectTime("2001-09-09T01:46:40Z", 1000000000);
    expectTime("2026-11-21T00:26:50.018Z", 1795220810, 18000000);
    expectTime("2026-12-31T23:59:59Z", 1798761599);
    expectTime("2026-11-21t00:26:50z", 1795220810);
    expectTime("2262-04-11T23:47:15Z", 9223372035);
  });

  // A calendar that counts days one after the other, until nanoseconds end.
  test("knows every day until 2262", () => {
    let day: i64 = 0;
    let wrong = "";
    for (let year = 1970; year < 2262; year++) {
      for (let month = 1; month <= 12; month++) {
        const last = unchecked(DAYS[month - 1]) + (month == 2 && isLeap(year) ? 1 : 0);
        for (let date = 1; date <= last; date++) {
          // one day in ten, the ends of months always: as much is told by less
          if (date == 1 || date >= 28 || day % 10 == 0) if (nanos(midnight(year, month, date)) != day * 86400000000000) wrong = midnight(year, month, date);
          day++;
        }
        if (nanos(midnight(year, month, last + 1)) != NO_TIME) wrong = midnight(year, month, last + 1);
      }
    }
    expect(wrong).toBe("");
    expect(day).toBe(106651);
  });

  // Times of the date before are read another way than all others: as these with an offset of nothing.
  test("reads times of one date as it reads any", () => {
    expectTime("2026-11-21T00:00:00.000Z", 1795219200);
    for (let i = 0; i < 2000; i++) {
      const second = (i * 7919) % 86400;
      const time = two(second / 3600) + ":" + two((second / 60) % 60) + ":" + two(second % 60) + "." + two(i % 100) + (i % 10).toString();
      expect(nanos("2026-11-21T" + time + "Z")).toBe(nanos("2026-11-21T" + time + "+00:00"), time);
    }
  });

  test("reads no time of that date that is none", () => {
    const good = "2026-11-21T12:34:56.789Z";
    expectTime(good, 1795264496, 789000000);
    for (let place = 0; place < good.length; place++) {
      for (let c = 0; c < 256; c++) {
        expectTime(good, 1795264496, 789000000);
        const bytes = utf8(good);
        store<u8>(bytes.from + place, <u8>c);
        const here = instant(bytes.from, <u32>bytes.length);
        // another date between: nothing is known of this one
        expectTime("2001-09-09T01:46:40Z", 1000000000);
        if (here != instant(bytes.from, <u32>bytes.length)) expect(place).toBe(-1, c.toString());
      }
    }
     expectTime(good, 1795264496, 789000000);
    const over = ["T24:00:00.000Z", "T23:60:00.000Z", "T23:59:60.000Z"];
    for (let i = 0; i < over.length; i++) expectNone("2026-11-21" + over[i]);
  });

  // Not every time of the first and of the last date is one: what is known of the date must not make it one.
  test("reads no time of a date that reaches beyond its numbers", () => {
    expectTime("1969-12-31T23:00:00-01:00", 0);
    expectNone("1969-12-31T23:59:59.999Z");
    expectTime("1970-01-01T00:00:00.000Z", 0);
    expectTime("1970-01-01T00:00:00.001Z", 0, 1000000);
    expectTime("2262-04-11T00:00:00.000Z", 9223286400);
    expectNone("2262-04-11T23:47:16.000Z");
    expectNone("2262-04-11T23:59:59.999Z");
  });

  test("knows leap years", () => {
    expectTime("2000-02-29T12:00:00Z", 951825600);
    expectTime("2024-02-29T00:00:00Z", 1709164800);
    expectTime("2024-03-01T00:00:00Z", 1709251200);
    expectNone("2023-02-29T00:00:00Z");
    expectNone("2100-02-29T00:00:00Z");
    expectNone("2024-02-30T00:00:00Z");
  });

  test("takes offsets from the time", () => {
    expectTime("2026-11-21T01:26:50+01:00", 1795220810);
    expectTime("2026-11-20T18:56:50-05:30", 1795220810);
    expectTime("2026-11-21T00:26:50+00:00", 1795220810);
    expectTime("2026-11-21T00:26:50-00:00", 1795220810);
    expectTime("2026-11-22T00:25:50+23:59", 1795220810);
    expectTime("2026-11-21T01:26:50.5+01:00", 1795220810, 500000000);
    expectTime("1969-12-31T23:00:00-01:00", 0);
    expectNone("2026-11-21T00:26:50+24:00");
    expectNone("2026-11-21T00:26:50+01:60");
    expectNone("2026-11-21T00:26:50+0100");
    expectNone("2026-11-21T00:26:50+01");
    expectNone("2026-11-21T00:26:50+01:0");
    expectNone("2026-11-21T00:26:50+01:000");
    expectNone("2026-11-21T00:26:50+ 1:00");
    expectNone("2026-11-21T00:26:50+01.00");
  });

  test("reads decimals to the ninth and cuts off the rest", () => {
    expectTime("1970-01-01T00:00:00.1Z", 0, 100000000);
    expectTime("1970-01-01T00:00:00.000000001Z", 0, 1);
    expectTime("1970-01-01T00:00:00.123456789Z", 0, 123456789);
    expectTime("1970-01-01T00:00:00.1234567899Z", 0, 123456789);
    expectTime("1970-01-01T00:00:00.0000000009Z", 0);
    expectTime("1970-01-01T00:00:00.99999999999999999999999999Z", 0, 999999999);
    expectNone("1970-01-01T00:00:00.Z");
    expectNone("1970-01-01T00:00:00,5Z");
    expectNone("1970-01-01T00:00:00.5");
    expectNone("1970-01-01T00:00:00.5x");
  });

  test("has none before 1970 and beyond its numbers", () => {
    expectNone("1969-12-31T23:59:59Z");
    expectNone("1969-12-31T23:59:59.999Z");
    expectNone("1970-01-01T00:00:00+00:01");
    expectNone("0000-01-01T00:00:00Z");
    expectNone("2262-04-11T23:47:16Z");
    expectNone("9999-12-31T23:59:59Z");
  });

  test("takes nothing for a time that is none", () => {
    expectNone("");
    expectNone("2026-11-21");
    expectNone("2026-11-21T00:26Z");
    expectNone("2026-11-21T00:26:50");
    expectNone("2026-11-21T00:26:50 ");
    expectNone("2026-11-21 00:26:50Z");
    expectNone("2026-11-21T00:26:50ZZ");
    expectNone(" 2026-11-21T00:26:50Z");
    expectNone("2026/11/21T00:26:50Z");
    expectNone("2026-11-21T00.26.50Z");
    expectNone("2026-11-21T00:26:5xZ");
    expectNone("202x-11-21T00:26:50Z");
    expectNone("2026-00-21T00:26:50Z");
    expectNone("2026-13-21T00:26:50Z");
    expectNone("2026-11-00T00:26:50Z");
    expectNone("2026-11-31T00:26:50Z");
    expectNone("2026-11-21T24:00:00Z");
    expectNone("2026-11-21T00:60:00Z");
    expectNone("2026-11-21T00:26:60Z");
    expectNone("+2026-11-21T00:26:5Z");
    expectNone("2026-11-21T-1:26:50Z");
    expectNone("2026-11-21T00:26:50a");
  });
});

describe("decimal", () => {
  test("writes every power of ten and its neighbours", () => {
    expect(decimal(0)).toBe("0");
    let power: i64 = 1;
    let text = "1";
    for (let digits = 1; digits < 19; digits++) {
      expect(decimal(power)).toBe(text);
      expect(decimal(-power)).toBe("-" + text);
      if (digits > 1) expect(decimal(power - 1)).toBe("9".repeat(digits - 1));
      power *= 10;
      text += "0";
    }
  });

  test("writes the ends of its range", () => {
    expect(decimal(i64.MAX_VALUE)).toBe("9223372036854775807");
    expect(decimal(i64.MIN_VALUE)).toBe("-9223372036854775808");
    expect(decimal(1234567890123456789)).toBe("1234567890123456789");
  });

  test("touches nothing behind its digits", () => {
    store<u8>(written.from + 3, 0x7e);
    decimal(-42);
    expect(load<u8>(written.from + 3)).toBe(0x7e);
  });
});

describe("hexadecimal", () => {
  test("writes two lower-case digits a byte", () => {
    const bytes = fromHex("00 01 0f 10 7f 80 9a bc de f0 ff");
    expect(<u32>(writeHex(bytes.from, bytes.length, written.from) - written.from)).toBe(22);
    expect(textAt(written.from, 22)).toBe("00010f107f809abcdef0ff");
    expect(writeHex(bytes.from, 0, written.from)).toBe(written.from);
  });
});
