// What opencode writes as numbers: times, prices, and the instants that ids hold.

import { NO_TIME } from "../../../assembly/bytes/instant";
import { clearStrings, intern } from "../../../assembly/bytes/strings";
import { closeTimeOfId, eventNumber, timeOfEvent, timeOfId } from "../../../assembly/dialect/opencode/ids";
import { readNano, readTime } from "../../../assembly/dialect/opencode/numbers";
import { atEnd } from "../../../assembly/json/cursor";
import { utf8 } from "../support/bytes";
import { row } from "../support/row";

function time(text: string): i64 {
  row(text);
  const value = readTime();
  expect(atEnd()).toBe(true, text);
  return value;
}

function nano(text: string): i64 {
  row(text);
  const value = readNano();
  expect(atEnd()).toBe(true, text);
  return value;
}

const MILLION: i64 = 1000000;
const DAY: i64 = 86400000;
/** Milliseconds until ids begin anew. */
const PERIOD: i64 = (<i64>1) << 36;
const DIGITS = "01fd0751cfff";
/** A time that these digits say. */
const NOW: i64 = 26 * PERIOD + 0x01fd0751c;

function id(text: string): u32 {
  const bytes = utf8(text);
  return intern(bytes.from, <u32>bytes.length);
}

function number(text: string): u64 {
  const bytes = utf8(text);
  return eventNumber(bytes.from, bytes.end);
}

describe("a time", () => {
  test("is whole milliseconds, or written out", () => {
    expect(time("0")).toBe(0);
    expect(time("1795220810018")).toBe(1795220810018 * MILLION);
    expect(time('"2026-11-21T00:26:50.018Z"')).toBe(1795220810018 * MILLION);
    expect(time("9223372035999")).toBe(9223372035999 * MILLION);
  });

  test("is none otherwise", () => {
    const none = ["9223372036000", "9223372036855", "-1", "true", "null", '""', '"1"', "{}", "[1]"];
    for (let i = 0; i < none.length; i++) expect(time(none[i])).toBe(NO_TIME, none[i]);
  });
});

describe("a price", () => {
  test("is read to the billionth", () => {
    expect(nano("0")).toBe(0);
    expect(nano("1")).toBe(1000000000);
    expect(nano("0.1")).toBe(100000000);
    expect(nano("12.000000001")).toBe(12000000001);
    expect(nano("1e-3")).toBe(1000000);
    expect(nano("1.5E-9")).toBe(2);
    expect(nano("1e2")).toBe(100000000000);
    expect(nano("1E+2")).toBe(100000000000);
    expect(nano("0e999999999999")).toBe(0);
    expect(nano("0.00000000000000000001e20")).toBe(1000000000);
  });

  test("is rounded behind that, halves up", () => {
    expect(nano("0.0000000004")).toBe(0);
    expect(nano("0.00000000049999999999999999999")).toBe(0);
    expect(nano("0.0000000005")).toBe(1);
    expect(nano("0.0000000014999999999999999999")).toBe(1);
    expect(nano("0.0000000015")).toBe(2);
    expect(nano("5e-10")).toBe(1);
    expect(nano("5e-11")).toBe(0);
    expect(nano("1e-400")).toBe(0);
    expect(nano("9e-4294967296")).toBe(0);
    expect(nano("123456789.12345678949")).toBe(123456789123456789);
    expect(nano("123456789.1234567895")).toBe(123456789123456790);
  });

  test("is none from a billion on, below nothing, and if it is no number", () => {
    expect(nano("999999999.999999999")).toBe(999999999999999999);
    expect(nano("999999999")).toBe(999999999000000000);
    const none = ["999999999.9999999995", "1000000000", "1e9", "1e400", "1e4294967296", "123456789012345678901234567890", "-1", "-0.5", '"1"', "null", "true", "{}"];
    for (let i = 0; i < none.length; i++) expect(nano(none[i])).toBe(-1, none[i]);
  });
});

describe("an id", () => {
  beforeEach(() => {
    clearStrings();
  });

  test("says when it was made, of all the times that it can mean the one nearby", () => {
    const name = id("prt_" + DIGITS + "abc");
    expect(timeOfId(name, NOW * MILLION)).toBe(NOW * MILLION);
    expect(timeOfId(name, (NOW + PERIOD / 2) * MILLION)).toBe(NOW * MILLION);
    expect(timeOfId(name, (NOW + PERIOD / 2 + 1) * MILLION)).toBe((NOW + PERIOD) * MILLION);
    expect(timeOfId(name, (NOW - PERIOD / 2 + 1) * MILLION)).toBe(NOW * MILLION);
    expect(timeOfId(name, (NOW - PERIOD / 2 - 1) * MILLION)).toBe((NOW - PERIOD) * MILLION);
    expect(timeOfId(name, 0)).toBe(0x01fd0751c * MILLION);
    expect(timeOfId(id("_" + DIGITS), NOW * MILLION)).toBe(NO_TIME);
    expect(timeOfId(id("x_" + DIGITS), NOW * MILLION)).toBe(NOW * MILLION);
  });

  test("says none if its digits are none, or nothing is near", () => {
    const none = ["prt", "prt_", "prt_01fd0751cff", "prt_01fd0751cffg", "prt_g1fd0751cfff", "prt_01FD0751CFFF", "prt_01fd0751:fff", "prt_01fd0751/fff", "prt_01fd0751`fff", "prt01fd0751cfff", ""];
    for (let i = 0; i < none.length; i++) expect(timeOfId(id(none[i]), NOW * MILLION)).toBe(NO_TIME, none[i]);
    expect(timeOfId(id("prt_" + DIGITS), NO_TIME)).toBe(NO_TIME);
  });

  test("counts within a day", () => {
    const name = id("prt_" + DIGITS);
    expect(closeTimeOfId(name, (NOW + DAY - 1) * MILLION)).toBe(NOW * MILLION);
    expect(closeTimeOfId(name, (NOW - DAY + 1) * MILLION)).toBe(NOW * MILLION);
    expect(closeTimeOfId(name, (NOW + DAY + 1) * MILLION)).toBe(NO_TIME);
    expect(closeTimeOfId(name, (NOW - DAY - 1) * MILLION)).toBe(NO_TIME);
    expect(closeTimeOfId(id("prt"), NOW * MILLION)).toBe(NO_TIME);
  });

  test("of an event is a number, and of anything else none", () => {
    expect(number("evt_" + DIGITS)).toBe(0x01fd0751cfff + 1);
    expect(number("evt_000000000000")).toBe(1);
    expect(timeOfEvent(number("evt_" + DIGITS), NOW * MILLION)).toBe(NOW * MILLION);
    expect(timeOfEvent(0, NOW * MILLION)).toBe(NO_TIME);
    const none = ["evt", "evt_", "evt_01fd0751cff", "ses_" + DIGITS, "event_" + DIGITS, ""];
    for (let i = 0; i < none.length; i++) expect(number(none[i])).toBe(0, none[i]);
  });
});
