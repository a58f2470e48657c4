// Walking over sound JSON by addresses alone: values, strings, pairs, lists and the texts in them. What is not sound never
// comes here, so nothing is said of it.

import { atEnd, enter, keyLength, malformed, nextElement, nextMember, peek, at as cursorAt, skip } from "../../../assembly/json/cursor";
import {
  endOfString,
  endOfValue,
  findFirstText,
  firstInList,
  firstTextEnd,
  firstTextStart,
  inList,
  nextInList,
  nextPair,
  pairIs,
  pairKey,
  pairKeyEnd,
  pairValue,
  pairValueEnd,
  setFirstText,
  skipSpace,
  textOfBlock,
} from "../../../assembly/json/walk";
import { Bytes, textAt, utf8 } from "../support/bytes";
import { documentFrom, documentLength, writeDocument } from "../support/document";
import { Random } from "../support/random";
import { rowOfBytes } from "../support/row";

function firstValue(text: string): string {
  const bytes = utf8(text);
  return textAt(bytes.from, endOfValue(bytes.from, bytes.end) - bytes.from);
}

function firstString(text: string): string {
  const bytes = utf8(text);
  return textAt(bytes.from, endOfString(bytes.from, bytes.end) - bytes.from);
}

function elements(text: string): string {
  const bytes = utf8(text);
  let said = "";
  for (let at = firstInList(bytes.from, bytes.end); inList(at, bytes.end); ) {
    const stop = endOfValue(at, bytes.end);
    said += textAt(at, stop - at) + ";";
    at = nextInList(stop, bytes.end);
  }
  return said;
}

function pairs(text: string): string {
  const bytes = utf8(text);
  let said = "";
  let at = bytes.from + 1;
  while ((at = nextPair(at, bytes.end))) said += textAt(pairKey, pairKeyEnd - pairKey) + "=" + textAt(pairValue, pairValueEnd - pairValue) + ";";
  return said;
}

function block(text: string): string {
  const bytes = utf8(text);
  return textOfBlock(bytes.from, bytes.end) ? textAt(firstTextStart, firstTextEnd - firstTextStart) : "no text";
}

function firstText(text: string): string {
  const bytes = utf8(text);
  return findFirstText(bytes.from, bytes.end) ? textAt(firstTextStart, firstTextEnd - firstTextStart) : "no text";
}

/** The value between two addresses without white space, by this walk. */
function walk(at: usize, end: usize): string {
  const c = load<u8>(at);
  let text = "";
  if (c == 0x7b) {
    let next = at + 1;
    while ((next = nextPair(next, end))) {
      const from = pairValue;
      const stop = pairValueEnd;
      text += (pairKeyEnd - pairKey).toString() + ":" + walk(from, stop) + ",";
    }
    return "{" + text + "}";
  }
  if (c != 0x5b) return textAt(at, endOfValue(at, end) - at);
  let next = firstInList(at, end);
  while (inList(next, end)) {
    const stop = endOfValue(next, end);
    text += walk(next, stop) + ",";
    next = nextInList(stop, end);
  }
  return "[" + text + "]";
}

/** The same, by the cursor. */
function byCursor(): string {
  const c = peek();
  let text = "";
  if (c == 0x7b) {
    enter();
    while (nextMember()) text += keyLength.toString() + ":" + byCursor() + ",";
    return "{" + text + "}";
  }
  if (c == 0x5b) {
    enter();
    while (nextElement()) text += byCursor() + ",";
    return "[" + text + "]";
  }
  const from = cursorAt;
  skip();
  return textAt(from, cursorAt - from);
}

describe("the walk", () => {
  test("finds the end of a value", () => {
    expect(firstValue("12,3")).toBe("12");
    expect(firstValue("-1.5e+3]")).toBe("-1.5e+3");
    expect(firstValue("true}")).toBe("true");
    expect(firstValue("null ,1")).toBe("null");
    expect(firstValue("12")).toBe("12");
    expect(firstValue('"a,]}"]')).toBe('"a,]}"');
    expect(firstValue('""')).toBe('""');
    expect(firstValue('{"a":[1,{"b":"}"}],"c":2},3')).toBe('{"a":[1,{"b":"}"}],"c":2}');
    expect(firstValue('[ [ ] , { } , "]" ] , 1')).toBe('[ [ ] , { } , "]" ]');
    expect(firstValue("[]]")).toBe("[]");
    expect(firstValue("{}}")).toBe("{}");
  });

  test("finds the end of a string, whatever is escaped in it", () => {
    expect(firstString('"a"b"')).toBe('"a"');
    expect(firstString('"\\""b"')).toBe('"\\""');
    expect(firstString('"\\\\"b"')).toBe('"\\\\"');
    expect(firstString('"\\\\\\""b"')).toBe('"\\\\\\""');
    expect(firstString('""b"')).toBe('""');
    // wherever sixteen bytes end
    let wrong = "";
    for (let before = 0; before < 40; before++) {
      const start = '"' + "x".repeat(before);
      for (let backslashes = 0; backslashes < 5; backslashes++) {
        const text = start + "\\".repeat(backslashes * 2) + '"';
        if (firstString(text + '"') != text) wrong = text;
        const quoted = start + "\\".repeat(backslashes * 2 + 1) + '"yyyyyyyyyyyyyyyyyyy"';
        if (firstString(quoted + '"') != quoted) wrong = quoted;
      }
    }
    expect(wrong).toBe("");
  });

  test("goes through the pairs of an object", () => {
    expect(pairs("{}")).toBe("");
    expect(pairs("{ }")).toBe("");
    expect(pairs('{"a":1,"":"b","c":{"d":[]}}')).toBe('a=1;="b";c={"d":[]};');
    expect(pairs('{ "a" : 1 ,\t"b" : "x" , "c" : [ 1 , 2 ] }')).toBe('a=1;b="x";c=[ 1 , 2 ];');
    expect(pairs('{"a\\"b":"\\"","c":2}')).toBe('a\\"b="\\"";c=2;');
  });

  test("compares keys as they are written", () => {
    const bytes = utf8('{"type":1,"typ":2,"types":3}');
    let at = nextPair(bytes.from + 1, bytes.end);
    expect(pairIs("type") && !pairIs("typ") && !pairIs("types") && !pairIs("") && !pairIs("tyqe")).toBe(true);
    at = nextPair(at, bytes.end);
    expect(pairIs("typ") && !pairIs("type")).toBe(true);
  });

  test("goes through the elements of a list", () => {
    expect(elements("[]")).toBe("");
    expect(elements("[ ]")).toBe("");
    expect(elements('[1,"a",{"b":[2]},[],null]')).toBe('1;"a";{"b":[2]};[];null;');
    expect(elements('[ 1 , "a" ,\t{ "b" : 2 } ]')).toBe('1;"a";{ "b" : 2 };');
  });

  test("passes over white space and no further than the end", () => {
    const bytes = utf8(" \t\r\n x ");
    expect(<u32>(skipSpace(bytes.from, bytes.end) - bytes.from)).toBe(5);
    expect(skipSpace(bytes.from, bytes.from + 3)).toBe(bytes.from + 3);
    expect(skipSpace(bytes.from + 5, bytes.end)).toBe(bytes.from + 5);
  });

  test("sees in random documents what the cursor sees", () => {
    const random = new Random(0x5eed0050);
    let wrong = "";
    for (let round = 0; round < 1500; round++) {
      writeDocument(random, 1 + random.below(5));
      const end = documentFrom + documentLength;
      const said = walk(skipSpace(documentFrom, end), end);
      rowOfBytes(new Bytes(documentFrom, documentLength));
      if (byCursor() != said || malformed || !atEnd()) wrong = textAt(documentFrom, documentLength);
    }
    expect(wrong).toBe("");
  });
});

describe("the text of a block", () => {
  test("is that of a text block, in any order of members", () => {
    expect(block('{"type":"text","text":"a\\"b"}')).toBe('a\\"b');
    expect(block('{"text":"x","citations":[{"type":"y","text":"z"}],"type":"text"}')).toBe("x");
    expect(block('{ "type" : "text" , "text" : "" }')).toBe("");
  });

  test("is none of another block, nor of something else", () => {
    expect(block('{"type":"image","text":"a"}')).toBe("no text");
    expect(block('{"type":"texts","text":"a"}')).toBe("no text");
    expect(block('{"type":"text"}')).toBe("no text");
    expect(block('{"text":"a"}')).toBe("no text");
    expect(block('{"type":"text","text":1}')).toBe("no text");
    expect(block('{"type":"text","text":["a"]}')).toBe("no text");
    expect(block('"text"')).toBe("no text");
    expect(block('["text"]')).toBe("no text");
  });

  test("that stands first is found in a list", () => {
    expect(firstText('[{"type":"image"},{"type":"text","text":"a"},{"type":"text","text":"b"}]')).toBe("a");
    expect(firstText('[ 1 , "text" , { "type" : "text" , "text" : "a" } ]')).toBe("a");
    expect(firstText("[]")).toBe("no text");
    expect(firstText('[{"type":"image","source":{"type":"text","text":"a"}}]')).toBe("no text");
    expect(firstText('{"type":"text","text":"a"}')).toBe("no text");
    expect(firstText('"a"')).toBe("no text");
  });

  test("can be set by whoever knows it", () => {
    setFirstText(16, 20);
    expect(firstTextStart == 16 && firstTextEnd == 20).toBe(true);
  });
});
