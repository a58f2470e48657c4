// Families that are odd and whole: every row of them is read, and most are used.

import { amid, answered, halves, huge, nestedCall, notUtf8, one, type Oddity, session, spoken, withBytes, written } from "./oddity.ts";

export const oddFamilies: Oddity[] = [
  { name: "a last row without newline is whole", documents: written(amid(), "\n", ""), used: 4 },
  { name: "a byte order mark", documents: withBytes("\ufeff", amid()), used: 4 },
  { name: "nothing but a byte order mark", documents: [...one(amid()), { name: "mark.jsonl", bytes: Buffer.from("\ufeff") }], used: 4 },
  { name: "carriage returns", documents: written(amid(), "\r\n", "\r\n"), used: 4 },
  { name: "blank lines in all places", documents: withBytes("\n\r\n \n", amid("", "\t")), used: 4 },
  {
    name: "null, numbers, strings and lists as rows",
    documents: one(amid("null", "0", "-1.5e3", '"text"', "[]", '[{"type":"user"}]', "true")),
    used: 4,
  },
  { name: "300 levels deep", documents: one(amid(nestedCall(300))), used: 5, says: ["deep down"] },
  {
    name: "empty documents",
    documents: [...one(amid()), { name: "empty.jsonl", bytes: new Uint8Array(0) }, { name: "blank.jsonl", bytes: Buffer.from("\n\n \n") }],
    used: 4,
  },
  { name: "an empty document alone", documents: [{ name: "empty.jsonl", bytes: new Uint8Array(0) }], used: 0 },
  {
    name: "a document that is no session",
    documents: [
      ...one(amid()),
      { name: "other.jsonl", bytes: Buffer.from('{"level":"info","msg":"started"}\n{"name":"x","version":"1.0.0"}\n') },
    ],
    used: 4,
  },
  {
    name: "lone surrogates",
    documents: one(amid(spoken(halves), answered(halves))),
    used: 5,
    says: ["high \ufffd, low \ufffd, pair 🚀, two \ufffd\ufffd."],
  },
  {
    name: "bytes that are not UTF-8",
    documents: one(amid(spoken(notUtf8), answered(notUtf8), spoken("plain é 漢 🚀"))),
    used: 6,
    says: ["b \ufffd, c \ufffd( d \ufffd e \ufffd f \ufffd\ufffd\ufffd g \ufffd\ufffd h", "plain é 漢 🚀"],
  },
  {
    name: "rows without uuid",
    documents: one(
      session()
        .prompt("one", { uuid: undefined })
        .say("m1", "two", { uuid: undefined })
        .response(undefined, "three", { uuid: undefined })
        .result("t1"),
    ),
    used: 3,
  },
  {
    name: "rows without time",
    documents: one(
      session()
        .prompt("one", { timestamp: undefined })
        .call("m1", "t1", "Bash", {}, { timestamp: undefined })
        .result("t1")
        .say("m2", "two", { timestamp: undefined }),
    ),
    used: 4,
  },
  {
    name: "no row has a time",
    documents: one(session().prompt("one", { timestamp: undefined }).say("m1", "two", { timestamp: undefined })),
    used: 2,
  },
  {
    name: "times that are none",
    documents: one(
      session()
        .prompt("one", { timestamp: "yesterday" })
        .say("m1", "two", { timestamp: "1969-12-31T23:59:59Z" })
        .say("m2", "three", { timestamp: 1767323045 })
        .say("m3", "four", { timestamp: "2026-01-02T03:04:05.123456789123+02:00" }),
    ),
    used: 4,
  },
  {
    name: "rows without type or with another",
    documents: one(
      amid(
        { message: { content: "x" }, uuid: "u-1" },
        { type: 7 },
        { type: null },
        { type: "user" },
        { type: "user", message: "text" },
        { type: "assistant", message: [] },
        { type: "future" },
      ),
    ),
    used: 4,
  },
  {
    name: "members of other types than expected",
    documents: one(
      amid({
        type: "assistant",
        uuid: 5,
        timestamp: {},
        sessionId: [],
        message: { id: 7, model: null, content: { a: 1 }, stop_reason: 3, usage: "much" },
      }),
    ),
    used: 5,
  },
  {
    name: "huge numbers",
    documents: one(
      amid(
        `{"type":"assistant","uuid":"n-1","timestamp":"2026-01-02T03:04:08Z","message":{"id":"m-n","content":[],"usage":{"input_tokens":${huge},"output_tokens":123456789012345678,"cache_read_input_tokens":1e999,"cache_creation_input_tokens":-5}}}`,
        `{"type":"user","n":${huge}.${huge}e${huge}}`,
      ),
    ),
    used: 5,
  },
  {
    name: "tokens with a point, an exponent and a sign",
    documents: one(
      session()
        .prompt("one")
        .response("m1", [], {}, { usage: { input_tokens: 12.9, output_tokens: 0 } })
        .raw('{"type":"assistant","uuid":"n-2","message":{"id":"m2","usage":{"input_tokens":1e3,"output_tokens":-0}}}'),
    ),
    used: 3,
  },
  {
    name: "a member twice",
    documents: one(
      amid(
        '{"type":"progress","type":"assistant","uuid":"w-1","timestamp":"2026-01-02T03:04:08Z","message":{"id":"m-w","id":"m-x","content":"first","content":"second"}}',
      ),
    ),
    used: 5,
    says: ["second"],
  },
  {
    name: "unknown blocks and blocks of other types",
    documents: one(
      session()
        .prompt("one")
        .response("m1", [
          null,
          5,
          "text",
          [],
          {},
          { type: 9 },
          { type: "server_tool_use", id: "s1" },
          { type: "text" },
          { type: "text", text: 5 },
          { type: "tool_use" },
          { type: "tool_use", id: "t1" },
          { type: "tool_use", id: "", name: "" },
        ]),
    ),
    used: 2,
  },
];

/** A row longer than any window, on its own because it is slow to make. */
export function longRow(megabytes: number): Oddity {
  const text = `${"0123456789abcde\\n".repeat((megabytes << 20) / 17)}the end`;
  return { name: `a row of ${megabytes} MB`, documents: one(amid(spoken(text))), used: 5, says: ["the end"] };
}
