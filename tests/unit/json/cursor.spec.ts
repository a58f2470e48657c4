// The cursor: walking and skipping, keys, counts and marks. Which texts are JSON at all, and how deep, is strict.spec.ts.

import {
  at,
  atEnd,
  beginRow,
  enter,
  failedAt,
  key,
  keyLength,
  keyStart,
  malformed,
  mark,
  nextElement,
  nextMember,
  peek,
  readCount,
  readOtherCount,
  readString,
  readTrue,
  resume,
  skip,
  textEnd,
  textStart,
} from "../../../assembly/json/cursor";
import { makeKeys } from "../../../assembly/json/keys";
import { rowStart } from "../../../assembly/json/rows";
import { Bytes, textAt } from "../support/bytes";
import { documentFrom, documentLength, mutate, writeDocument } from "../support/document";
import { Random } from "../support/random";
import { row, rowOfBytes } from "../support/row";

/** The value at hand without white space, walked through; of a string what lies between its quotes. */
function walk(): string {
  const c = peek();
  if (c == 0x7b) {
    let text = "{";
    enter();
    while (nextMember()) text += keyLength.toString() + ":" + walk() + ",";
    return text + "}";
  }
  if (c == 0x5b) {
    let text = "[";
    enter();
    while (nextElement()) text += walk() + ",";
    return text + "]";
  }
  if (c == 0x22) return readString() ? '"' + textAt(textStart, textEnd - textStart) + '"' : "?";
  const from = at;
  skip();
  return malformed ? "?" : textAt(from, at - from);
}

function walked(text: string): string {
  row(text);
  const said = walk();
  return malformed ? "broken" : atEnd() ? said : "trailing";
}

/** What is left of a row behind its first value. */
function behind(text: string): string {
  row(text);
  skip();
  return malformed ? "broken" : textAt(at, rowStart + <usize>text.length - at);
}

function count(text: string): i64 {
  row('{"n":' + text + ',"next":7}');
  enter();
  nextMember();
  const value = readCount();
  // whatever it was, the cursor is behind it
  if (!nextMember() || readCount() != 7 || nextMember() || malformed) return -2;
  return value;
}

/** Goes through the value at hand, entering some objects and lists and skipping others; all of them with `chance` 1. */
function stroll(random: Random, chance: u32): void {
  const c = peek();
  if ((c != 0x7b && c != 0x5b) || !random.once(chance)) {
    if (random.once(2)) readString();
    else skip();
  } else {
    enter();
    if (c == 0x7b) while (nextMember()) stroll(random, chance);
    else while (nextElement()) stroll(random, chance);
  }
}

/** Where the row is broken, counted from its start: -1 if it is not. */
function fault(random: Random, chance: u32): i32 {
  beginRow();
  stroll(random, chance);
  return malformed ? <i32>(failedAt - rowStart) : atEnd() ? -1 : <i32>(at - rowStart);
}

describe("the cursor", () => {
  test("walks through values, whatever white space stands between", () => {
    expect(walked('{"a":1,"bc":[true,null,{"d":"e"}],"":{}}')).toBe('{1:1,2:[true,null,{1:"e",},],0:{},}');
    expect(walked(' {\t"a" :\r1 , "bc" : [ true , null , { "d" : "e" } ] , "" : { } } ')).toBe('{1:1,2:[true,null,{1:"e",},],0:{},}');
    expect(walked('{"a":1, "b":2,\t"c":3 ,"d":4}')).toBe("{1:1,1:2,1:3,1:4,}");
    expect(walked("[]")).toBe("[]");
    expect(walked("{}")).toBe("{}");
    expect(walked("[[],[[]],{}]")).toBe("[[],[[],],{},]");
    expect(walked('"a\\"b\\\\"')).toBe('"a\\"b\\\\"');
    expect(walked('["a","","\\\\"]')).toBe('["a","","\\\\",]');
    expect(walked("-12.5e+3")).toBe("-12.5e+3");
  });

  test("skips exactly one value", () => {
    expect(behind('{"a":[1,2,{"b":"}"}]} x')).toBe(" x");
    expect(behind("[1,2] ,3")).toBe(" ,3");
    expect(behind('"a\\"]b"]')).toBe("]");
    expect(behind("true,false")).toBe(",false");
    expect(behind("0123")).toBe("123");
    expect(behind("{}")).toBe("");
  });

  test("says where a key stands, and its number in a table", () => {
    const table = memory.data(256 + 24 * 6, 8);
    makeKeys(table, "a abcdefgh abcdefghi abcdefghijklmnop abcdefghijklmnopqrstuvwxyz ");
    row('{"":0,"a":0,"abcdefg":0,"abcdefgh":0,"abcdefghi":0,"abcdefghijklmnop":0,"abcdefghijklmNopqrstuvwxyz":0,"abcdefghijklmnopqrstuvwxyz":0}');
    beginRow(table);
    enter();
    const numbers: StaticArray<u32> = [0, 1, 0, 2, 3, 4, 0, 5];
    const lengths: StaticArray<u32> = [0, 1, 7, 8, 9, 16, 26, 26];
    for (let i = 0; i < numbers.length; i++) {
      expect(nextMember()).toBe(true);
      expect(key).toBe(unchecked(numbers[i]), i.toString());
      expect(keyLength).toBe(unchecked(lengths[i]), i.toString());
      expect(load<u8>(keyStart - 1) == 0x22 && load<u8>(keyStart + keyLength) == 0x22).toBe(true);
      skip();
    }
    expect(nextMember()).toBe(false);
    expect(malformed).toBe(false);
  });

  test("reads only strings as strings, and only true as true", () => {
    row('["a",1,{"b":"c"},null,true,false,"true",1,[true]]');
    enter();
    let strings = "";
    while (nextElement()) strings += readString() ? textAt(textStart, textEnd - textStart) + " " : "- ";
    expect(strings).toBe("a - - - - - true - - ");
    beginRow();
    enter();
    let truths = "";
    while (nextElement()) truths += readTrue() ? "t" : "f";
    expect(truths).toBe("fffftffff");
    expect(malformed).toBe(false);
  });

  test("comes back to a mark", () => {
    row('{"a":{"b":[1,"x"]},"c":"d"}');
    enter();
    nextMember();
    const there = mark();
    skip();
    const here = mark();
    resume(there);
    expect(walk()).toBe('{1:[1,"x",],}');
    resume(there);
    skip();
    expect(mark()).toBe(here);
    resume(here);
    expect(nextMember() && walk() == '"d"' && !nextMember() && !malformed && atEnd()).toBe(true);
  });

  // Most counts are read by all their digits at once.
  test("reads a count of any length, with anything behind it, as it means it", () => {
    const random = new Random(17);
    const behind: StaticArray<string> = [",", "}", "]", " ,", ".5,", "e3,", "x,", "", "-", "\u00e9", ".", "E", "."];
    for (let i = 0; i < 4000; i++) {
      let text = "";
      for (let digits = random.below(12); digits > 0; digits--) text += random.below(4) ? random.below(10).toString() : "0";
      text += unchecked(behind[random.below(behind.length)]);
      row("[" + text + "]");
      enter();
      nextElement();
      const here = mark();
      const quickly = readCount();
      const quickEnd = at;
      const quickWrong = malformed;
      row("[" + text + "]");
      enter();
      nextElement();
      resume(here);
      expect(readOtherCount()).toBe(quickly, text);
      expect(at).toBe(quickEnd, text);
      expect(malformed).toBe(quickWrong, text);
    }
  });

  test("reads counts as whole numbers", () => {
    expect(count("0")).toBe(0);
    expect(count("7")).toBe(7);
    expect(count("1234567890")).toBe(1234567890);
    expect(count("999999999999999999")).toBe(999999999999999999);
    expect(count("12.0")).toBe(12);
    expect(count("12.99")).toBe(12);
    expect(count("0.5")).toBe(0);
    expect(count("999999999999999999.9999999999999999999999")).toBe(999999999999999999);
  });

  test("reads no count out of anything else", () => {
    expect(count("-1")).toBe(-1);
    expect(count("-0")).toBe(-1);
    expect(count("1e3")).toBe(-1);
    expect(count("1E3")).toBe(-1);
    expect(count("1.5e3")).toBe(-1);
    expect(count("0e0")).toBe(-1);
    expect(count("1000000000000000000")).toBe(-1);
    expect(count("18446744073709551617")).toBe(-1);
    expect(count('"5"')).toBe(-1);
    expect(count("true")).toBe(-1);
    expect(count("null")).toBe(-1);
    expect(count("[5]")).toBe(-1);
    expect(count('{"n":5}')).toBe(-1);
  });

  test("takes nothing from a broken row", () => {
    row('{"n":5');
    enter();
    nextMember();
    expect(readCount()).toBe(5);
    expect(nextMember()).toBe(false);
    expect(malformed).toBe(true);
    expect(nextMember() || nextElement() || readString() || readTrue()).toBe(false);
    row('{"n":12x}');
    enter();
    nextMember();
    skip();
    expect(nextMember()).toBe(false);
    row('{"a":trux}');
    enter();
    nextMember();
    expect(readTrue() && nextMember()).toBe(false);
    row("[tru");
    enter();
    expect(nextElement() && readTrue()).toBe(false);
    row('["abc');
    enter();
    expect(nextElement() && !readString() && malformed).toBe(true);
  });
});

describe("walking and skipping", () => {
  test("agree on every random document", () => {
    const random = new Random(0x5eed0030);
    let wrong = -1;
    for (let round = 0; round < 1500; round++) {
      writeDocument(random, 1 + random.below(5));
      rowOfBytes(new Bytes(documentFrom, documentLength));
      if (fault(random, 1) != -1 || fault(random, 1000000) != -1 || fault(random, 2) != -1) wrong = round;
    }
    expect(wrong).toBe(-1, "round");
  });

  // A row is JSON or broken, and broken at one place, whatever anybody wanted of it.
  test("agree on where a mutated one is broken", () => {
    const random = new Random(0x5eed0031);
    let wrong = "";
    let broken = 0;
    for (let round = 0; round < 6000; round++) {
      writeDocument(random, 1 + random.below(4));
      mutate(random);
      rowOfBytes(new Bytes(documentFrom, documentLength));
      const whole = fault(random, 1);
      if (whole >= 0) broken++;
      if (fault(random, 1000000) != whole || fault(random, 2) != whole) wrong = textAt(documentFrom, documentLength);
    }
    expect(wrong).toBe("");
    expect(broken).toBeGreaterThan(3000);
  });
});
