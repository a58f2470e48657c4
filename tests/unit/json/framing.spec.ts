// Documents to rows: lines, Server-Sent Events, or one value; its beginning says which. Any cutting gives the same. What rows are
// within a value is told in values.spec.ts.

import { framed } from "../support/framed";

describe("framing", () => {
  test("of nothing, and of blank lines, gives nothing", () => {
    expect(framed("")).toBe("");
    expect(framed("\n")).toBe("");
    expect(framed(" \r\n\t\n\n")).toBe("");
  });

  test("is lines, unless the document begins otherwise", () => {
    expect(framed('{"a":1}\n\n{"b":2}')).toBe('1 {"a":1}\n3 {"b":2}\n');
    expect(framed('{"a":1}\r\n{"b":2}\r\n')).toBe('1 {"a":1}\n2 {"b":2}\n');
    expect(framed('"data: x"\n7\nnull\n')).toBe('1 "data: x"\n2 7\n3 null\n');
  });

  test("passes over a byte order mark, and takes white space before the first row for nothing", () => {
    expect(framed('\ufeff{"a":1}\n{"b":2}')).toBe('1 {"a":1}\n2 {"b":2}\n');
    expect(framed('\ufeffdata: {"a":1}\n\n')).toBe('1 {"a":1}\n');
    expect(framed('\n\n data: {"a":1}\n')).toBe('3 data: {"a":1}\n');
    expect(framed("\ufeff")).toBe("");
  });
});

describe("Server-Sent Events", () => {
  test("are the data, with a space behind the colon or without", () => {
    expect(framed('data: {"a":1}\n\ndata:{"b":2}\n\n')).toBe('1 {"a":1}\n3 {"b":2}\n');
    expect(framed('data:  {"a":1}\ndata: {"b":2}\n')).toBe('1 {"a":1}\n2 {"b":2}\n');
  });

  test("end with a line feed, a carriage return and one, a blank line, or the document", () => {
    expect(framed('data: {"a":1}\r\n\r\ndata: {"b":2}\r\n\r\n')).toBe('1 {"a":1}\n3 {"b":2}\n');
    expect(framed('data: {"a":1}\n\ndata: {"b":2}')).toBe('1 {"a":1}\n3 {"b":2}\n');
    expect(framed('data: {"a":1}\ndata: {"b":2}\ndata: {"c":3}')).toBe('1 {"a":1}\n2 {"b":2}\n3 {"c":3}\n');
  });

  test("have other fields and comments, which are no rows", () => {
    expect(framed('event: message\nid: 7\nretry: 100\ndata: {"a":1}\n\n: ping\n\ndata: {"b":2}\n\n')).toBe('4 {"a":1}\n8 {"b":2}\n');
    expect(framed('id:7\ndata:{"a":1}\n:\nevent:x\n')).toBe('2 {"a":1}\n');
  });

  test("are not begun by a comment, which may be anything", () => {
    expect(framed(': ping\n{"a":1}\n')).toBe('1 : ping\n2 {"a":1}\n');
    expect(framed(': ping\ndata: {"a":1}\n\n: ping\ndata: {"b":2}\n')).toBe('1 : ping\n2 {"a":1}\n5 {"b":2}\n');
  });

  test("hold a value over many lines, on the line of its first", () => {
    expect(framed('data: {\ndata:   "a": 1,\ndata:   "b": [\ndata: 2]\ndata: }\n\ndata: {"c":3}\n')).toBe('1 { "a": 1, "b": [ 2] }\n7 {"c":3}\n');
    expect(framed('data:{\r\ndata:"a":"}{"\r\ndata:}\r\n\r\n')).toBe('1 { "a":"}{" }\n');
    expect(framed('event: x\ndata: [\ndata: ]')).toBe("2 [ ]\n");
  });

  test("hold a value that is cut off, by another field or by the end, as far as it goes", () => {
    expect(framed('data: {\ndata: "a":1\n\ndata: {"b":2}\n')).toBe('1 { "a":1\n4 {"b":2}\n');
    expect(framed('data: {\nevent: x\ndata: }\n')).toBe("1 {\n3 }\n");
    expect(framed("data: {\ndata:")).toBe("1 {\n");
    expect(framed('data: {"a')).toBe('1 {"a\n');
  });

  test("may have lines that are no fields, which are rows and mostly broken", () => {
    expect(framed('data: {"a":1}\n{"b":2}\nx\n')).toBe('1 {"a":1}\n2 {"b":2}\n3 x\n');
    expect(framed('data: {"a":1}\ndata\ndat: 1\n')).toBe('1 {"a":1}\n2 data\n3 dat: 1\n');
  });

  test("wait, over many blocks of bytes, for the line that may belong to them", () => {
    const short = 'data: {"a":"b"}\n\n';
    const long = 'data: {"a": "' + "x".repeat(90) + '",\ndata: "b": ["\\"", "c"],\ndata: "d": "e" }\n\n';
    const told = ' {"a": "' + "x".repeat(90) + '", "b": ["\\"", "c"], "d": "e" }\n';
    expect(framed(short + long + short + short + long + long + short)).toBe(
      '1 {"a":"b"}\n3' + told + '7 {"a":"b"}\n9 {"a":"b"}\n11' + told + "15" + told + '19 {"a":"b"}\n',
    );
  });

  test("may be empty", () => {
    expect(framed("data:\n\ndata: \n\n")).toBe("");
    expect(framed('data:\ndata: {"a":1}\n')).toBe('2 {"a":1}\n');
  });
});

describe("what is known to be lines", () => {
  test("is lines, whatever it looks like", () => {
    expect(framed('data: {"a":1}\n[{"id":1}]\n', true)).toBe('1 data: {"a":1}\n2 [{"id":1}]\n');
    expect(framed('{"info":{},"messages":[]}\n', true)).toBe('1 {"info":{},"messages":[]}\n');
  });
});
