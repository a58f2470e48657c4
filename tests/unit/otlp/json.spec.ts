// The OTLP/JSON sink: members and commas, numbers as strings, and what is escaped. It says what the protobuf sink says; that
// whole requests agree is tested outside of the core.

import { FORMAT_JSON } from "../../../assembly/abi/layout";
import { internLiteral } from "../../../assembly/bytes/strings";
import * as json from "../../../assembly/otlp/json";
import { Bytes, fromHex, repeated, utf8 } from "../support/bytes";
import { begin, putAll, said } from "../support/sinks";

/** What a JSON string says of a text. */
function quoted(text: Bytes): string {
  begin(FORMAT_JSON);
  json.whole("s", text.from, text.length);
  return said();
}

describe("JSON", () => {
  test("has every kind of member, with commas between", () => {
    begin(FORMAT_JSON);
    json.open("span");
    json.id("traceId", fromHex("00ff0a90").from, 4);
    json.whole("name", utf8("chat").from, 4);
    json.enumeration("kind", 3);
    json.int64("time", 1795220810018000000);
    json.int64("min", i64.MIN_VALUE);
    json.openList("none");
    json.closeList();
    json.openList("list");
    json.openItem();
    json.close();
    json.openItem();
    json.enumeration("a", 0);
    json.open("b");
    json.close();
    json.close();
    json.closeList();
    json.openText("text");
    json.literal("x");
    json.plain(utf8("y").from, 1);
    json.closeText();
    json.close();
    json.enumeration("last", 12);
    expect(said()).toBe(
      '"span":{"traceId":"00ff0a90","name":"chat","kind":3,"time":"1795220810018000000","min":"-9223372036854775808",' +
        '"none":[],"list":[{},{"a":0,"b":{}}],"text":"xy"},"last":12',
    );
  });

  test("has every kind of attribute", () => {
    const name = internLiteral("n");
    begin(FORMAT_JSON);
    json.openList("attributes");
    putAll("k", name, 0);
    json.closeList();
    expect(said()).toBe(
      '"attributes":[{"key":"k","value":{"stringValue":"n"}},{"key":"n","value":{"stringValue":"n"}},{"key":"k","value":{"stringValue":"k"}},' +
        '{"key":"k","value":{"intValue":"-2"}},{"key":"k","value":{"boolValue":true}},' +
        '{"key":"k","value":{"arrayValue":{"values":[{"stringValue":"n"}]}}},{"key":"k","value":{"stringValue":"x"}}]',
    );
  });

  test("escapes quotes, backslashes and control characters, and nothing else", () => {
    const short: StaticArray<string> = ["\\b", "\\t", "\\n", "", "\\f", "\\r"];
    for (let c = 0; c < 0x20; c++) {
      const escape = c >= 8 && c < 14 && c != 11 ? unchecked(short[c - 8]) : "\\u00" + c.toString(16).padStart(2, "0");
      expect(quoted(repeated(<u8>c, 2))).toBe('"s":"' + escape + escape + '"');
    }
    for (let c = 0x20; c < 0x80; c++) {
      const text = String.fromCharCode(c);
      expect(quoted(utf8(text))).toBe('"s":"' + (c == 0x22 || c == 0x5c ? "\\" : "") + text + '"');
    }
    expect(quoted(utf8("é€😀\u2028/"))).toBe('"s":"é€😀\u2028/"');
    expect(quoted(utf8(""))).toBe('"s":""');
  });

  test("escapes at any place, among any others", () => {
    let wrong = -1;
    for (let place = 0; place < 100; place++) {
      const before = "x".repeat(place);
      if (quoted(utf8(before + "\n")) != '"s":"' + before + '\\n"') wrong = place;
      if (quoted(utf8(before + '"\\\x01' + before)) != '"s":"' + before + '\\"\\\\\\u0001' + before + '"') wrong = place;
    }
    expect(wrong).toBe(-1, "place");
    expect(quoted(repeated(0x22, 5000))).toBe('"s":"' + '\\"'.repeat(5000) + '"');
  });

  test("says a text in a text: decoded once, escaped once", () => {
    begin(FORMAT_JSON);
    json.openText("t");
    const text = utf8('a\\"\\n\\u0001\\u00e9');
    json.text(text.from, text.length);
    const value = utf8('{"a":"\\n"}');
    json.json(value.from, value.length);
    json.literal('["');
    json.closeText();
    expect(said()).toBe('"t":"a\\"\\n\\u0001é{\\"a\\":\\"\\\\n\\"}[\\""');
  });

  test("makes valid what is not", () => {
    begin(FORMAT_JSON);
    json.openText("t");
    json.text(fromHex("61ff62").from, 3);
    json.json(fromHex("22c322").from, 3);
    json.closeText();
    expect(said()).toBe('"t":"a\ufffdb\\"\ufffd\\""');
  });

  test("has texts of any length, one after the other", () => {
    begin(FORMAT_JSON);
    let expected = "";
    for (let i = 0; i < 60; i++) {
      const text = utf8("\\u00e9".repeat(i * 3));
      json.openText("t");
      json.text(text.from, text.length);
      json.closeText();
      expected += (i ? "," : "") + '"t":"' + "é".repeat(i * 3) + '"';
    }
    expect(said()).toBe(expected);
  });
});
