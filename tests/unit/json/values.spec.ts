// Values that hold rows: a list of events, exports one after another, written on one line or over many, whole, cut off and broken.
// Any cutting gives the same.

import { framed } from "../support/framed";

describe("a list of events", () => {
  test("gives its elements, wherever they are put", () => {
    expect(framed('[{"id":1},{"id":2}]')).toBe('1 {"id":1}\n1 {"id":2}\n');
    expect(framed('[\n  {\n    "type": "a"\n  },\n  {\n    "type": "b"\n  }\n]\n')).toBe('2 { "type": "a" }\n5 { "type": "b" }\n');
    expect(framed('[{"payload":{}}\n,\n{"x":[{"info":1}]}]\n')).toBe('1 {"payload":{}}\n3 {"x":[{"info":1}]}\n');
  });

  test("may hold anything behind its first", () => {
    expect(framed('[{"id":1},7,"a,]",null,[1,{}],{}]')).toBe('1 {"id":1}\n1 7\n1 "a,]"\n1 null\n1 [1,{}]\n1 {}\n');
  });

  test("is a row like any other if it begins with what no event begins with", () => {
    expect(framed("[]\n")).toBe("1 []\n");
    expect(framed('[1,{"id":1}]\n')).toBe('1 [1,{"id":1}]\n');
    expect(framed('[{"name":1},{"id":2}]\n')).toBe('1 [{"name":1},{"id":2}]\n');
  });

  test("may be followed by lines, and by another", () => {
    expect(framed('[{"id":1}]\n{"a":1}\n[{"id":2}]')).toBe('1 {"id":1}\n2 {"a":1}\n3 {"id":2}\n');
  });

  test("that is cut off has what is whole, and one row that is torn", () => {
    expect(framed('[{"id":1},{"id":2')).toBe('1 {"id":1}\n1 {"id":2\n');
    expect(framed('[{"id":1},{"id":"a')).toBe('1 {"id":1}\n1 {"id":"a\n');
    expect(framed('[{"id":1},')).toBe('1 {"id":1}\n1 lost \n');
    expect(framed('[{"id":1}')).toBe('1 {"id":1}\n1 lost \n');
  });

  test("that goes wrong has what was before, and is read by lines from there on", () => {
    expect(framed('[{"id":1} {"id":2},\n{"id":3}]\n')).toBe('1 {"id":1}\n1 lost {"id":2},\n2 {"id":3}]\n');
  });
});

describe("an export", () => {
  test("gives what it is about, its messages and their parts, each by itself", () => {
    expect(framed('{"info":{"id":"s"},"messages":[{"info":{"id":"m"},"parts":[{"id":"p"},{"id":"q"}]},{"info":{"id":"n"},"parts":[]}]}')).toBe(
      '1 info {"id":"s"}\n1 info {"id":"m"}\n1 part {"id":"p"}\n1 part {"id":"q"}\n1 info {"id":"n"}\n',
    );
  });

  test("is the same over many lines, whatever ends them", () => {
    const text = '{\n  "info": {\n    "id": "s"\n  },\n  "messages": [\n    {\n      "info": {},\n      "parts": [\n        {\n          "id": "p"\n        }\n      ]\n    }\n  ]\n}\n';
    const rows = '2 info { "id": "s" }\n7 info {}\n9 part { "id": "p" }\n';
    expect(framed(text)).toBe(rows);
    expect(framed(text.replaceAll("\n", "\r\n"))).toBe(rows);
    expect(framed(text.trimEnd())).toBe(rows);
    expect(framed(text.replaceAll("  ", "\t"))).toBe(rows);
  });

  test("may have its members in another order, and others, which are rows of their own", () => {
    expect(framed('{"messages":[{"parts":[{"id":"p"}],"info":{}}],"info":{"id":"s"}}')).toBe('1 part {"id":"p"}\n1 info {}\n1 info {"id":"s"}\n');
    expect(framed('{"info":{},"version":"1","share":{"a":[{}]},"more":null,"messages":[]}')).toBe('1 info {}\n1 other "1"\n1 other {"a":[{}]}\n1 other null\n');
  });

  test("may have strings with all that has a meaning outside of them", () => {
    expect(framed('{"info":{"t":"}],{\\"[:"},"messages":[{"info":{},"parts":[{"x":"\\\\"},{"y":"]"}]}]}')).toBe('1 info {"t":"}],{\\"[:"}\n1 info {}\n1 part {"x":"\\\\"}\n1 part {"y":"]"}\n');
  });

  test("may hold what should be objects as anything else", () => {
    expect(framed('{"info":7,"messages":{},"x":1}')).toBe('1 info 7\n1 other {}\n1 other 1\n');
    expect(framed('{"info":{},"messages":[{"info":null,"parts":[1,"a",[2],null]}]}')).toBe('1 info {}\n1 info null\n1 part 1\n1 part "a"\n1 part [2]\n1 part null\n');
  });

  test("may come behind a line of something else, and one behind another", () => {
    expect(framed('Exporting session: s\n{\n"info":{},\n"messages":[]}\n')).toBe("1 Exporting session: s\n3 info {}\n");
    expect(framed('{"info":{"n":1},"messages":[]}\n{"info":{"n":2},"messages":[]}\n')).toBe('1 info {"n":1}\n2 info {"n":2}\n');
    expect(framed('{\n"info":{"n":1}\n}{\n"info":{"n":2}\n}\n\n{"info":{"n":3}}')).toBe('2 info {"n":1}\n4 info {"n":2}\n7 info {"n":3}\n');
  });

  test("that is cut off has what is whole, and one row that is torn", () => {
    const text = '{"info":{"id":"s"},"messages":[{"info":{},"parts":[{"id":"p"}';
    expect(framed(text)).toBe('1 info {"id":"s"}\n1 info {}\n1 part {"id":"p"}\n1 lost \n');
    expect(framed('{"info":{"id":"s"},"mess')).toBe('1 info {"id":"s"}\n1 lost "mess\n');
    expect(framed('{"info":{"id":"s')).toBe('1 info {"id":"s\n');
    expect(framed('{"info":{"id":"s"},"messages":[{"info":{},"parts":[{"id":"p"},{"id":"q')).toBe('1 info {"id":"s"}\n1 info {}\n1 part {"id":"p"}\n1 part {"id":"q\n');
  });

  test("behind one that is cut off is whole, and costs the other one row", () => {
    const whole = '{\n"info":{"n":2},\n"messages":[]\n}\n';
    const rows = '3 info {"n":2}\n';
expect(framed('{"info":\n' + whole)).toBe("2 lost \n" + rows);
    expect(framed('{"info":{"n":1},\n' + whole)).toBe('1 info {"n":1}\n2 lost \n' + rows);
    expect(framed('{"info":{"n":1},"messages":[{"info":{},"parts":[\n' + whole)).toBe('1 info {"n":1}\n1 info {}\n2 lost \n' + rows);
    expect(framed('{"info":{"n":1},"messages":[{"info":{},"parts":[{"id":"p"},\n' + whole)).toBe('1 info {"n":1}\n1 info {}\n1 part {"id":"p"}\n2 lost \n' + rows);
    expect(framed('{"info":{"n":1},"messages":[{"info":{"a\n' + whole)).toBe('1 info {"n":1}\n1 info {"a\n' + rows);
  });

  test("that is not JSON outside of its rows costs the line, and reading goes on with the next", () => {
    expect(framed('{"info":{"n":1} "messages":[]}\n{"info":{"n":2}}\n')).toBe('1 info {"n":1}\n1 lost "messages":[]}\n2 info {"n":2}\n');
    expect(framed('{"info" {"n":1}}\n{"info":{"n":2}}\n')).toBe('1 lost "info" {"n":1}}\n2 info {"n":2}\n');
    expect(framed('{"info":{"n":1},}\n{"info":{"n":2}}\n')).toBe('1 info {"n":1}\n1 lost }\n2 info {"n":2}\n');
  });
});

describe("a value", () => {
  test("that is larger than what is fed at once is the same", () => {
    const part = '{"id":"' + "x".repeat(300) + '"}';
    let parts = part;
    for (let n = 0; n < 3; n++) parts += ",\n" + part;
    let rows = "1 info {}\n1 info {}\n";
    for (let n = 1; n <= 4; n++) rows += n.toString() + " part " + part + "\n";
    expect(framed('{"info":{},"messages":[{"info":{},"parts":[' + parts + "]}]}")).toBe(rows);
  });
});
