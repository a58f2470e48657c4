// Stretches that are written as before but for their numbers: whatever stands there, a row says the same as if nothing had been read before it.

import { DEPTH_LIMIT } from "../../../assembly/abi/layout";
import { STRETCH_BYTES, beginStretch, endStretch, followStretch, readNumber, skipOther } from "../../../assembly/json/again";
import { at, atEnd, enter, failedAt, keyLength, keyStart, malformed, nextMember, peek, skip } from "../../../assembly/json/cursor";
import { rowStart } from "../../../assembly/json/rows";
import { Bytes, utf8 } from "../support/bytes";
import { rowOfBytes } from "../support/row";

const STRETCH = memory.data(STRETCH_BYTES, 8);
const NUMBERS = memory.data(3 * 8, 8);

function clear(): void {
  for (let place = 0; place < 3; place++) store<i64>(NUMBERS + (place << 3), -1);
}

/** Was the last row followed? */
let followed: bool = false;

/** Reads an object: numbers of the keys `a`, `b` and `c`, of which `c` is nested; what `x` says may be anything. */
function readObject(): void {
  enter();
  while (nextMember()) {
    const key = keyLength == 1 ? load<u8>(keyStart) : 0;
    if (key >= 0x61 && key <= 0x63) readNumber(NUMBERS, key - 0x61);
    else if (key == 0x78) skipOther();
    else if (key == 0x6f && peek() == 0x7b) readObject();
    else skip();
  }
}

/** What a row of such an object says, read after what the stretch holds. */
function says(bytes: Bytes): string {
  rowOfBytes(bytes);
  if (peek() != 0x7b) return "none";
  clear();
  followed = followStretch(STRETCH, NUMBERS);
  if (!followed) {
    clear();
    beginStretch(STRETCH);
    readObject();
    endStretch();
  }
  if (malformed) return "broken at " + (failedAt - rowStart).toString();
  let said = atEnd() ? "" : "trailing at " + (at - rowStart).toString();
  for (let place = 0; place < 3; place++) said += " " + load<i64>(NUMBERS + (place << 3)).toString();
  return said;
}

/** The same, with nothing read before. */
function saysAlone(bytes: Bytes): string {
  memory.fill(STRETCH, 0, STRETCH_BYTES);
  return says(bytes);
}

function expectFollowed(first: string, second: string, is: bool, said: string): void {
  saysAlone(utf8(first));
  expect(says(utf8(second))).toBe(said, second);
  expect(followed).toBe(is, second);
}

describe("a stretch", () => {
  test("is followed by one with other numbers", () => {
    const first = '{"a":1,"k":"v\\"","o":{"c":22,"l":[]},"x":[1,"2"],"b":333}';
    expectFollowed(first, first, true, " 1 333 22");
    expectFollowed(first, '{"a":98765,"k":"v\\"","o":{"c":0,"l":[]},"x":{"a":7},"b":null}', true, " 98765 -1 0");
    expectFollowed('{"k":"v"}', '{"k":"v"}', true, " -1 -1 -1");
  });

  test("is not followed by one with other words, more or fewer members, or white space", () => {
    const first = '{"a":1,"k":"v","b":2}';
    expectFollowed(first, '{"a":1,"k":"w","b":2}', false, " 1 2 -1");
    expectFollowed(first, '{"a":1,"k":"v","b":2,"c":3}', false, " 1 2 3");
    expectFollowed(first, '{"a":1,"k":"v"}', false, " 1 -1 -1");
    expectFollowed(first, '{"a": 1,"k":"v","b":2}', false, " 1 2 -1");
    expectFollowed(first, '{"a":1,"k":"v","b": 2}', false, " 1 2 -1");
    expectFollowed(first, '{"a":1,"k":"v","b":2 }', false, " 1 2 -1");
  });

  test("is not known if it is too long, has too many pieces or is not sound", () => {
    const many = '{"a":1,"a":2,"a":3,"a":4,"a":5,"a":6,"a":7,"a":8,"a":9,"a":10,"a":11}';
    expectFollowed(many, many, false, " 11 -1 -1");
    const long = '{"k":"' + "v".repeat(2000) + '","a":5}';
    expectFollowed(long, long, false, " 5 -1 -1");
    expectFollowed('{"a":1,"k":tru}', '{"a":1,"k":tru}', false, "broken at 14");
  });

  test("is not known if it ends in a number, which could go on", () => {
    for (let last = 0; last < 10; last++) {
      const number = "1" + last.toString();
      rowOfBytes(utf8(number));
      beginStretch(STRETCH);
      skip();
      endStretch();
      rowOfBytes(utf8(number + "3"));
      expect(followStretch(STRETCH, NUMBERS)).toBe(false, number);
    }
  });

  test("holds values that are as deep as any", () => {
    for (let deep = DEPTH_LIMIT - 4; deep < DEPTH_LIMIT + 2; deep++) {
      const text = '{"a":1,"o":{"c":2,"x":' + "[".repeat(deep) + "]".repeat(deep) + "}}";
      const alone = saysAlone(utf8(text));
      saysAlone(utf8('{"a":1,"o":{"c":2,"x":[]}}'));
      expect(says(utf8(text))).toBe(alone, deep.toString());
    }
  });

  test("is read as without it, whichever byte is another", () => {
    const first = '{"a":12,"k":"v\\\\","o":{"c":3},"x":[4],"b":5}';
    const length = <i32>utf8(first).length;
    let wrong = "";
    for (let place = 0; place < length; place++) {
      for (let c = 0x20; c < 0x80; c++) {
        if (c == 0x5c) continue; // the scan judges escapes
        const bytes = utf8(first);
        store<u8>(bytes.from + place, <u8>c);
        const alone = saysAlone(bytes);
        saysAlone(utf8(first));
        if (says(bytes) != alone) wrong += place.toString() + ":" + c.toString() + " ";
      }
    }
    expect(wrong).toBe("");
  });
});
