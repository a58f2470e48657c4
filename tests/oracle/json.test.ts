// The oracle's reader of rows against JSON.parse, and the reasons it gives for broken rows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BROKEN_DEEP, BROKEN_ESCAPE, BROKEN_SYNTAX, BROKEN_TORN, BROKEN_TRAILING, DEPTH_LIMIT } from "../../assembly/abi/layout.ts";
import { count, member, readRow, text, type Json } from "./json.ts";

function plain(value: Json): unknown {
  if (value.kind === "object") return Object.fromEntries([...value.members].map(([name, one]) => [name, plain(one)]));
  if (value.kind === "array") return value.items.map(plain);
  return value.kind === "string" ? text(value) : JSON.parse(value.raw);
}

const read = (written: string, last = false): Json => {
  const row = readRow(written, last);
  assert.ok(row.ok, `${written} is whole`);
  return row.value;
};

test("whole rows read as JSON.parse reads them and keep their text", () => {
  const rows = ['{"a":[1,-0.5e+3,true,false,null,"x\\n\\u00e9\\ud83d\\ude80"],"b":{}}', " [ ] ", '"\\/\\\\\\""', "0", '{"a":1,"a":2}'];
  for (const row of rows) {
    const value = read(row);
    assert.deepEqual(plain(value), JSON.parse(row));
    assert.equal(value.raw, row.trim());
  }
});

test("a broken row says what is wrong first", () => {
  const cases: [string, boolean, number][] = [
    ['{"a":"\\x"}', false, BROKEN_ESCAPE],
    ['{"a":"\\uzzzz"}', false, BROKEN_ESCAPE],
    ['{"a":"\\u12', true, BROKEN_TORN],
    ['{"a":"\tb"}', false, BROKEN_SYNTAX],
    ['{"a":1}{"b":2}', false, BROKEN_TRAILING],
    ['{"a":01}', false, BROKEN_SYNTAX],
    ['{"a":2[R]0}', false, BROKEN_SYNTAX],
    ["{'a':1}", false, BROKEN_SYNTAX],
    ["// a comment", false, BROKEN_SYNTAX],
    ['{"a":1,}', false, BROKEN_SYNTAX],
    ['{"a":tru', true, BROKEN_TORN],
    ['{"a":tru', false, BROKEN_SYNTAX],
    ['{"a":"never ends', true, BROKEN_TORN],
    ['{"a":1.', true, BROKEN_TORN],
    ["[".repeat(DEPTH_LIMIT + 1) + "]".repeat(DEPTH_LIMIT + 1), false, BROKEN_DEEP],
  ];
  for (const [row, last, reason] of cases) assert.deepEqual(readRow(row, last), { ok: false, reason }, row.slice(0, 40));
  assert.ok(readRow("[".repeat(DEPTH_LIMIT) + "]".repeat(DEPTH_LIMIT), false).ok);
});

test("strings are well-formed and counts are whole", () => {
  assert.equal(text(read('"a\\ud800b"')), "a\ufffdb");
  assert.equal(count(member(read('{"n":512.9}'), "n")), 512n);
  for (const number of ["-1", "1e3", "1234567890123456789", '"5"']) assert.equal(count(read(number)), undefined, number);
});
