// Families with broken rows: what a crash, a full disk, a careless editor or another program leaves behind.

import { DEPTH_LIMIT } from "../../../assembly/abi/layout.ts";
import { amid, nested, nestedCall, one, type Oddity, spoken, withBytes, written } from "./oddity.ts";

export const brokenFamilies: Oddity[] = [
  { name: "a bad row between good rows", documents: one(amid('{"type":"user", oops}')), used: 4, broken: ["3 syntax"] },
  {
    name: "several bad rows, blank lines counted",
    documents: one(amid("nonsense", "", "  \t", "{'a':1}", '{"a":tru}')),
    used: 4,
    broken: ["3 syntax", "6 syntax", "7 syntax"],
  },
  {
    name: "a torn last row",
    documents: written(amid().raw('{"type":"assistant","message":{"id":"m3","content":[{"type":"te'), "\n", ""),
    used: 4,
    broken: ["5 torn"],
  },
  {
    name: "a row torn in an escape",
    documents: written(amid().raw('{"type":"user","message":{"content":"x\\'), "\n", ""),
    used: 4,
    broken: ["5 torn"],
  },
  { name: "a torn row with a newline behind it", documents: one(amid().raw('{"type":"assistant"')), used: 4, broken: ["5 torn"] },
  { name: "a byte order mark in the middle", documents: one(amid("\ufeff{}")), used: 4, broken: ["3 syntax"] },
  {
    name: "two objects on one row",
    documents: one(amid('{"type":"user"}{"type":"user"}', '{"type":"mode"} ,')),
    used: 4,
    broken: ["3 trailing", "4 trailing"],
  },
  {
    name: "as deep as allowed, and one level more",
    documents: one(amid(nested(DEPTH_LIMIT), nested(DEPTH_LIMIT + 1))),
    used: 4,
    broken: ["4 deep"],
  },
  { name: "5000 levels deep", documents: one(amid(nested(5000), nestedCall(5000))), used: 4, broken: ["3 deep", "4 deep"] },
  {
    name: "5000 levels that never close",
    documents: one(amid("[".repeat(5000), "[".repeat(300))),
    used: 4,
    broken: ["3 deep", "4 syntax"],
  },
  {
    name: "a text that is no JSON",
    documents: [...one(amid()), { name: "readme.jsonl", bytes: Buffer.from("# Read me\n\nIt is not a session.\n") }],
    used: 4,
    broken: ["1 syntax", "3 syntax"],
  },
  {
    name: "bad escapes",
    documents: one(amid(spoken("a\\xb"), spoken("\\"), '{"\\q":1}', spoken("fine \\\\ \\/ \\u0041"))),
    used: 5,
    broken: ["3 escape", "4 syntax", "5 escape"],
    says: ["fine \\ / A"],
  },
  {
    name: "control characters as they are in strings, and digits after \\u",
    documents: one(amid(spoken(Buffer.from("nul \0")), spoken(Buffer.from("tab \t")), '\t{"type":\t"mode"}\r', spoken("\\u12x4"))),
    used: 4,
    broken: ["3 syntax", "4 syntax", "6 escape"],
  },
  {
    name: "NUL bytes after a crash",
    documents: withBytes(new Uint8Array(0), amid(new Uint8Array(300), Buffer.from('{"type":"user"}\0\0'))),
    used: 4,
    broken: ["3 syntax", "4 trailing"],
  },
];
