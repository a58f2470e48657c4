// The values of a document are the same however its bytes come, and what is no value harms none of the others.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Form, formOf, type ReadPiece, valuesOf } from "../../host-node/build/values.ts";

/** Hands out at most so many bytes at a time. */
function reading(text: string, most: number): ReadPiece {
  const bytes = Buffer.from(text);
  return (buffer, position) => bytes.copy(buffer, 0, position, Math.min(position + most, bytes.length));
}

const values = [{ type: "a.b", properties: { text: 'a "quoted" {brace} [bracket] \\ and \n a line, ü' } }, { type: "c", list: [{ x: [] }, "}", "\\\""] }, { type: "d" }];
const compact = values.map((value) => JSON.stringify(value));
const exported = values.map((value) => ({ info: value, messages: [] }));

const cases: [string, Form, string, unknown[]][] = [
  ["lines", "lines", compact.join("\n"), values],
  ["lines with others between", "lines", `\n${compact[0]}\n{oops\n\n  ${compact[1]}\r\n${compact[2]}\n{"torn`, values],
  ["SSE", "sse", compact.map((value) => `event: message\ndata: ${value}\n\n`).join(""), values],
  ["SSE, an event over lines", "sse", `data: {"type":\ndata: "d"}\n\ndata: ${compact[0]}\n\n`, [values[2], values[0]]],
  ["SSE, one that is cut off", "sse", `data: {"type":\n\ndata: ${compact[0]}\n\n`, [values[0]]],
  ["an array", "array", `[${compact.join(",")}]`, values],
  ["an array over lines", "array", JSON.stringify(values, null, 2), values],
  ["objects over lines", "objects", exported.map((value) => JSON.stringify(value, null, 2)).join("\n"), exported],
  ["objects behind words", "objects", `Exporting "this {\n${JSON.stringify(exported[0], null, 2)}`, [exported[0]]],
  ["an object that is cut off", "objects", `${JSON.stringify(exported[0], null, 2).slice(0, 40)}\n${JSON.stringify(exported[1], null, 2)}`, [exported[1]]],
];

test("every form is known by its beginning, and read whatever pieces it comes in", () => {
  for (const [name, form, text, expected] of cases) {
    assert.equal(formOf(text), form, name);
    for (const mark of ["", "\ufeff"])
      for (const most of [4, 7, 100, 1e6]) assert.deepEqual([...valuesOf(form, reading(mark + text, most))], expected, `${name}, ${most} bytes at a time`);
  }
});
