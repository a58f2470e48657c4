// A row like an earlier one: it follows the pattern if nothing but its values differs, and then they are in the places where they were.

import { forgetPattern, followsPattern, learnPattern } from "../../../assembly/json/pattern";
import { enter, keyStart, nextMember, skip } from "../../../assembly/json/cursor";
import { endOf, put, startOf, take } from "../../../assembly/json/slices";
import { row } from "../support/row";

const DELTA: usize = 6;
const PART: usize = 4;

/** Reads the members `d` and `p` of the row's object into their places. */
function read(text: string): void {
  row(text);
  put(DELTA, 0, 0);
  put(PART, 0, 0);
  enter();
  while (nextMember()) {
    const key = load<u8>(keyStart);
    if (key == 0x64) take(DELTA);
    else if (key == 0x70) take(PART);
    else skip();
  }
}

function learn(text: string): void {
  read(text);
  learnPattern();
}

function follows(text: string): bool {
  row(text);
  put(DELTA, 0, 0);
  put(PART, 0, 0);
  return followsPattern();
}

function said(slice: usize): string {
  return String.UTF8.decodeUnsafe(startOf(slice), endOf(slice) - startOf(slice));
}

describe("a pattern", () => {
  it("is followed by a row with other values, which are in their places", () => {
    learn('{"id":"1","p":"part","n":12,"in":{"d":"words","e":""}} ');
    expect(follows('{"id":"22","p":"","n":12,"in":{"d":"other \\"words\\"","e":"x"}} ')).toBe(true);
    expect(said(PART)).toBe("");
  });

  it("takes the values of the members that were taken", () => {
    learn('{"id":"1","p":"part","d":"words"}');
    expect(follows('{"id":"","p":"another","d":"a \\\\ and \\" ä"}')).toBe(true);
    expect(said(PART)).toBe("another");
    expect(said(DELTA)).toBe('a \\\\ and \\" ä');
  });

  it("is not followed by anything else", () => {
    const others: StaticArray<string> = [
      '{"id":"1","p":"part","n":12,"d":"words" }',
      '{"id":"1","p":"part","n":13,"d":"words"}',
      '{"id":"1","q":"part","n":12,"d":"words"}',
      '{"id":"1","p":"part","n":12,"d":"words","x":"y"}',
      '{"id":"1","p":"part","n":12,"d":"words"',
      '{"id":"1","p":"part","n":12,"d":7}',
      '{"id":"1","p":"part","n":12}',
      '{"id":["1"],"p":"part","n":12,"d":"words"}',
      '{"id":"1","p":"part","n":12,"d":"words"}}',
      '{"id":"1","p":"part","n":12,"d":"words"]',
      '{"id":"1","p":"part","n":12,"d":words}',
      ' {"id":"1","p":"part","n":12,"d":"words"}',
      '{"id":"1","p":"part","n":12,"d" :"words"}',
      '{"id":"1\\\\","p":"part"',
      "",
    ];
    const text = '{"id":"1","p":"part","n":12,"d":"words"}';
    learn(text);
    expect(follows(text)).toBe(true);
    for (let i = 0; i < others.length; i++) expect(follows(unchecked(others[i]))).toBe(false, unchecked(others[i]));
    // what was tried has not changed it
    expect(follows(text)).toBe(true);
  });

  it("knows a key by its colon, whatever stands before that", () => {
    learn('{"id" : "1","p":"part"}');
    expect(follows('{"id" : "2","p":"other"}')).toBe(true);
    expect(follows('{"ie" : "2","p":"other"}')).toBe(false);
  });

  it("is none if it is forgotten, has no value, or has too many", () => {
    const text = '{"p":"part"}';
    learn(text);
    forgetPattern();
    expect(follows(text)).toBe(false);
    learn('{"n":1}');
    expect(follows('{"n":1}')).toBe(false);
    let many = '{"a":["1"';
    for (let i = 0; i < 40; i++) many += ',"1"';
    learn(many + "]}");
    expect(follows(many + "]}")).toBe(false);
    let long = '{"';
    for (let i = 0; i < 600; i++) long += "k";
    learn(long + '":"1"}');
    expect(follows(long + '":"1"}')).toBe(false);
  });
});
