// Which texts are JSON, what is wrong with the others, and where: a table, and rows at random. The verdicts are those of JSON.parse, the reasons those of
// tests/oracle/json.ts. How the cursor walks is cursor.spec.ts; that a row is UTF-8 nobody asks.

import { BROKEN_DEEP, BROKEN_ESCAPE, BROKEN_SYNTAX, BROKEN_TORN, BROKEN_TRAILING, DEPTH_LIMIT } from "../../../assembly/abi/layout";
import { whyBroken } from "../../../assembly/json/broken";
import { atEnd, enter, failedAt, malformed, nextElement, nextMember, peek, skip, tooDeep } from "../../../assembly/json/cursor";
import { beginRows, nextRow, offsetOf, pushRows, reserveRows, rowEnd, rowFault, rowStart } from "../../../assembly/json/rows";
import { Bytes, room, textAt, utf8 } from "../support/bytes";
import { Random } from "../support/random";
import { row, walk } from "../support/row";

const ANY: u32 = 99;
/** Walking and skipping find something else. */
const DIFFERENT: u32 = 98;

function reasonOfSkipped(text: string): u32 {
  row(text);
  skip();
  return whyBroken();
}

function reasonOf(text: string): u32 {
  const skipped = reasonOfSkipped(text);
  row(text);
  walk();
  return whyBroken() == skipped ? skipped : DIFFERENT;
}

/** White space before a value changes nothing, but moves it over the borders of blocks. */
function expectAll(texts: string[], reason: u32): void {
  for (let i = 0; i < texts.length; i++) {
    for (let shift = 0; shift < 64; shift += shift ? 1 : 55) {
      const said = reasonOf(" ".repeat(shift) + texts[i]);
      if (reason == ANY) expect(said != 0 && said != DIFFERENT).toBe(true, texts[i]);
      else expect(said).toBe(reason, texts[i] + " behind " + shift.toString() + " spaces");
    }
  }
}

/** The row's first fault in a string or behind a backslash, found by walking through it. */
function firstFault(): usize {
  let inString = false;
  for (let at = rowStart; at < rowEnd; at++) {
    const c = load<u8>(at);
    if (c == 0x22) inString = !inString;
    if (c < 0x20 && inString) return at;
    if (c != 0x5c || ++at == rowEnd) continue;
    const escaped = load<u8>(at);
    if (escaped < 0x20 && !inString) continue;
    if (!'"\\/bfnrtu'.includes(String.fromCharCode(escaped))) return at;
    for (let i: usize = 1; escaped == 0x75 && i <= 4 && at + i < rowEnd; i++) {
      if (!"0123456789abcdefABCDEF".includes(String.fromCharCode(load<u8>(at + i)))) return at;
    }
  }
  return 0;
}

function feed(bytes: Bytes): void {
  beginRows();
  memory.copy(reserveRows(<u32>bytes.length), bytes.from, bytes.length);
  pushRows(<u32>bytes.length, true);
}

/** Where each row of a document has its first fault. */
function faultsOf(text: string): string {
  let said = "";
  feed(utf8(text));
  while (nextRow(true)) said += rowFault ? offsetOf(rowFault).toString() + " " : "- ";
  return said;
}

describe("JSON", () => {
  test("is values", () => {
    expectAll([
      "{}", "[]", '""', "0", "true", "false", "null", " {} ", "\t[\r]\t", ' "a" ', '[[],{},"",0,true,false,null]', '{"a":{"b":[{"c":[]}]}}',
      '{"":0}', '{"a":1,"a":2}', "[1,2,3]", "[1 ,2, 3 ]", '{ "a" : 1 , "b" : [ ] }', "[true,false,null]", '{"true":false}',
      '[" ",",",":","{","}","[","]"]', '{"a":true,"b":false,"c":null,"d":1,"e":"f"}', '{"a":true ,"b":false\t,"c":null\r,"d":1 }',
    ], 0);
  });

  test("is numbers", () => {
    expectAll([
      "-0", "1", "-1", "10", "1.5", "-0.0", "0.10", "1e5", "1E5", "1e+5", "1e-5", "1E-05", "0e0", "0E+0", "-1.25e-3",
      "123456789012345678901234567890", "1e999", "[0,1]", "[-1]", '{"a":-12.5e3}', "[1 ]", '{"a":1 }', "[10,20.5,3e1]",
    ], 0);
  });

  test("is strings", () => {
    expectAll([
      '"abc"', '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\u0000"', '"\\u00e9\\uABCD\\uabcd"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\ude00\\ud83d"',
      '"\\\\u12"', '"\\\\\\""', '"é€😀"', '"\\u2028 \u2028"', '"\u007f"', '{"\\"a\\"":"\\\\"}', '"\\\\"', '["\\\\","\\\\\\\\"]',
    ], 0);
  });
});

describe("a row of another text", () => {
  test("has a fault in a list", () => {
    expectAll([
      "[,]", "[,1]", "[1,]", "[1,,2]", "[1 2]", "[1;2]", "[1:2]", "[}", "[1}", '["a":1]', '[1"a"]', '["a"1]', '["a""b"]', "[[][]]", "[{}{}]", "]",
    ], BROKEN_SYNTAX);
  });

  test("has a fault in an object", () => {
    expectAll([
      '{"a":1,}', "{,}", '{,"a":1}', '{"a":1,,"b":2}', "{a:1}", "{'a':1}", "{1:1}", "{null:1}", '{"a" 1}', '{"a"::1}', '{"a";1}', '{"a":1 "b":2}',
      '{"a":1"b":2}', '{"a":1;"b":2}', '{"a":1:"b":2}', '{"a"}', '{"a",}', '{"a":}', "{:1}", "{]", '{"a":1]', '{"a":[1}', "{{}}", "{[]:1}",
      '{"a":"b""c":1}', '{"a":"b":"c"}', '{"a"1:2}', "}", '{"a":,"b":1}', '{"a":{},}',
    ], BROKEN_SYNTAX);
  });

  test("has a fault in a number", () => {
    expectAll([
      "--1", "+1", ".5", "-.5", "1.e5", "1..2", "1eE5", "-a", "Infinity", "NaN", "-Infinity", "[1.]", "[-]", "[1e]", "[01]", "[.5]",
      '{"a":1.}', '{"a":-}', '{"a":01}', '{"a":1a}', "[1.5.5]", "[1e5.5]", "[1-2]", "[0x1]", "１",
    ], BROKEN_SYNTAX);
    // a number, or something behind one: both are right
    expectAll(["01", "-01", "00", "0.1.2", "1e5.5", "1e5e5", "1+2", "1-2"], ANY);
  });

  test("has a fault in a literal", () => {
    expectAll([
      "truE", "True", "TRUE", "nUll", "undefined", "[tru]", '{"a":fals}', "[truefalse]", "[true1]", '{"a":truefalse}', "[nullnull]",
      '{"a":true"b":1}', '{"a":nulll,"b":1}', '{"a":falsey,"b":1}', '[nul,"a","b"]', '[tru ,"a","b"]',
    ], BROKEN_SYNTAX);
  });

  // With enough behind it a literal is compared at once.
  test("has a literal with another letter, wherever", () => {
    const words = ["true", "false", "null"];
    for (let i = 0; i < words.length; i++) {
      for (let place = 0; place < words[i].length; place++) {
        const wrong = words[i].substr(0, place) + "x" + words[i].substr(place + 1);
        expect(reasonOf("[" + wrong + ",1234567]")).toBe(BROKEN_SYNTAX, wrong);
        expect(reasonOf("[" + wrong + "]")).toBe(BROKEN_SYNTAX, wrong);
      }
      expect(reasonOf("[" + words[i] + ",1234567]")).toBe(0, words[i]);
      expect(reasonOf("[" + words[i] + "]")).toBe(0, words[i]);
    }
  });

  test("has a raw control character in a string", () => {
    expectAll([
      '"a\tb"', '"\u0000"', '"\u001f"', '"\r"', '{"a\tb":1}', '["a\tb","\\x"]', '["a\tb"', '[,"\\x"]', '"\\\\\t"', '"a\tb\\x"',
    ], BROKEN_SYNTAX);
  });

  test("has something else before its value, or no value", () => {
    expectAll([
      "x", "// c", "/**/{}", "'a'", ",", ":", "\\", "{\\}", '{\\"a":1}', "[\\n]", "\u00a0{}", "\ufeff{}", "\f{}", "[\u0001]",
    ], BROKEN_SYNTAX);
  });

  test("has a bad escape", () => {
    expectAll([
      '"\\x"', '"\\a"', "\"\\'\"", '"\\0"', '"\\N"', '"\\T"', '"\\ "', '"\\é"', '"\\U0041"', '"\\u"', '"\\u1"', '"\\u12"', '"\\u123"', '"\\u123g"',
      '"\\ug123"', '"\\u 123"', '"\\u+123"', '"\\ud83d\\u00"', '{"\\q":1}', '["\\x","a\tb"]', '["\\x"', '["\\x",]', '["a\\x',
      '"\\u00/0"', '"\\u00:0"', '"\\u00@0"', '"\\u00`0"', '"\\u00G0"',
    ], BROKEN_ESCAPE);
  });

  test("has a backslash before a control character", () => {
    expectAll(['"\\\t"', '"\\\u0001"', '"\\\\\\\t"', '["\\\r"'], BROKEN_ESCAPE);
  });

  test("ends too early", () => {
    expectAll([
      "[", "[1", "[1,", "[[]", "[[1,2]", '["a"', "[{}", "{", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":{"b":1}', "tru", "nul", "fals", "t", "n", "f",
      "[nul", "-", "1.", "1e", "1e+", "1e-", '"', '"a', '"a\\"', '"a\\', '"\\', '["a', '{"a', '{"a":"b', '{"a":"b\\"}', '"\\u12', '"\\u', " ",
    ], BROKEN_TORN);
  });

  test("has something behind its value", () => {
    expectAll([
      "{}x", "{}{}", "{} {}", "[][]", '"a""b"', '"a" "b"', "1 2", "0 1", "{},", "{}:", "null null", "{}// c", "{}#", "{}\u00a0", "{}\u000b",
      "{}\u0001", '"a"\u0000', "[1]]", '{"a":1}}', "truex", "nulll", "falsey", "truetrue", "0x1", "1a", "1_0", "1,", "{}\\",
    ], BROKEN_TRAILING);
  });

  test("has something behind its value, whatever else is wrong there", () => {
    expectAll(['{"a":1}\\x', '{} "\\x"', '{}"a\tb"', '{"a":1}{"b":"\\x"}'], BROKEN_TRAILING);
  });
});

describe("depth", () => {
  test("is a fault like others, if it is the first", () => {
    const limit = <i32>DEPTH_LIMIT;
    expect(reasonOfSkipped("[".repeat(limit) + "]".repeat(limit))).toBe(0);
    expect(reasonOfSkipped("[".repeat(limit + 1) + "]".repeat(limit + 1))).toBe(BROKEN_DEEP);
    expect(reasonOfSkipped("[".repeat(limit + 1))).toBe(BROKEN_DEEP);
    expect(reasonOfSkipped('["\\x",' + "[".repeat(limit))).toBe(BROKEN_ESCAPE);
    expect(reasonOfSkipped("[".repeat(limit + 1) + '"\\x"')).toBe(BROKEN_DEEP);
    expect(reasonOfSkipped("[}" + "[".repeat(limit + 1))).toBe(BROKEN_SYNTAX);
  });

  test("is followed to the limit and not beyond", () => {
    const limit = <i32>DEPTH_LIMIT;
    row("[".repeat(limit) + "]".repeat(limit));
    skip();
    expect(!malformed && !tooDeep && atEnd()).toBe(true);
    row("[".repeat(limit + 1) + "]".repeat(limit + 1));
    skip();
    expect(malformed && tooDeep).toBe(true);
    expect(<u32>(failedAt - rowStart)).toBe(limit);
    row('{"a":'.repeat(limit) + "1" + "}".repeat(limit));
    skip();
    expect(!malformed && !tooDeep && atEnd()).toBe(true);
    row('{"a":'.repeat(limit + 1) + "1" + "}".repeat(limit + 1));
    skip();
    expect(malformed && tooDeep).toBe(true);
  });

  test("counts what was entered", () => {
    const limit = <i32>DEPTH_LIMIT;
    for (let more = 0; more < 2; more++) {
      const lists = limit - 2 + more;
      row('{"a":[1,' + "[".repeat(lists) + "]".repeat(lists) + "]}");
      enter();
      nextMember();
      enter();
      nextElement();
      skip();
      nextElement();
      skip();
      expect(tooDeep).toBe(more == 1);
    }
    row('[[],{},{"a":[]},' + "[".repeat(limit - 1) + "]".repeat(limit - 1) + "]");
    enter();
    while (nextElement()) {
      if (peek() == 0x7b) {
        enter();
        while (nextMember()) skip();
      } else skip();
    }
    expect(!malformed && atEnd()).toBe(true, "what was left counts no more");
  });
});

describe("a fault", () => {
  test("is its row's own, though one block holds several rows", () => {
    expect(faultsOf('"a\x01"\n"\\u0041"\n')).toBe("2 - ");
    expect(faultsOf('"\\u0041"\n"a\x01"\n')).toBe("- 11 ");
  });

  test("is the first of its row, whatever stands in the rows around it", () => {
    const random = new Random(0x5eed0021);
    const bytes = room(600);
    let wrong = "";
    let faults = 0;
    for (let round = 0; round < 3000; round++) {
      bytes.length = 1 + random.below(random.once(3) ? 600 : 100);
      random.fillFrom(round & 1 ? 'aaaaaaaaaaaa"a\\u00fa\naaaa\taa"\\\\' : '"\\\nu0\t\x01n\ra', bytes.from, bytes.length);
      feed(bytes);
      while (nextRow(true)) {
        const fault = firstFault();
        if (fault) faults++;
        if (rowFault != fault) wrong = textAt(rowStart, rowEnd - rowStart);
      }
    }
    expect(wrong).toBe("");
    expect(faults).toBeGreaterThan(3000);
  });
});
