// Tokens: counted once however many rows repeat them, and added up where somebody will look for the sum.

import assert from "node:assert/strict";
import { test } from "node:test";
import { id, spawn, transcript, worked } from "../support/scenes/scene.ts";
import { subagent } from "../support/session.ts";
import { build, Built, built, tokens } from "./built.ts";

const usage = { input_tokens: 10, cache_read_input_tokens: 100, cache_creation_input_tokens: 7, output_tokens: 5 };
const text = (words: string): unknown[] => [{ type: "text", text: words }];

test("input tokens are uncached, read and written together, and the cache's share is said apart", () => {
  const { said } = built((it) => it.prompt("go").response("m1", text("yes"), {}, { usage })).chat("m1");
  assert.equal(said["gen_ai.usage.input_tokens"], 117);
  assert.equal(said["gen_ai.usage.cache_read.input_tokens"], 100);
  assert.equal(said["gen_ai.usage.cache_creation.input_tokens"], 7);
  assert.equal(said["gen_ai.usage.cache_write.input_tokens"], 7);
});

test("usage that stands on every row of a response counts once", () => {
  const session = built((it) =>
    it
      .prompt("go")
      .response("m1", [{ type: "thinking", thinking: "hm" }], {}, { usage })
      .response("m1", text("I look"), {}, { usage })
      .response("m1", [{ type: "tool_use", id: "t1", name: "Bash", input: {} }], {}, { usage })
      .result("t1")
      .response("m2", text("done"), {}, { usage }),
  );
  assert.deepEqual(session.outline(), ["turn go", "  chat m1", "  tool t1", "  chat m2"]);
  assert.deepEqual(session.spans.filter(({ name }) => name.startsWith("chat")).map(tokens), [
    [117, 5],
    [117, 5],
  ]);
  assert.deepEqual(tokens(session.roots[0]!), [234, 10]);
});

test("of growing usage each field's largest value counts, whichever row has it", () => {
  const session = built((it) =>
    it
      .prompt("go")
      .response("m1", text("a"), {}, { usage: { input_tokens: 3, cache_read_input_tokens: 50, output_tokens: 1 } })
      .response("m1", text("b"), {}, { usage: { input_tokens: 3, output_tokens: 80 } })
      .response("m1", text("c"), {}, { usage: { input_tokens: 0, output_tokens: 2 } }),
  );
  assert.deepEqual(tokens(session.chat("m1")), [53, 80]);
});

test("rows of one response are one also when other rows stand between them", () => {
  const session = built((it) => it.prompt("go").call("m1", "t1").result("t1").say("m2", "two").say("m1", "late"));
  assert.deepEqual(session.outline(), ["turn go", "  chat m1", "  tool t1", "  chat m2"]);
  assert.deepEqual(tokens(session.roots[0]!), [250, 14]);
});

test("rows without a message id are responses of their own", () => {
  const session = built((it) => it.prompt("go").response(undefined, text("a")).response(undefined, text("b")));
  assert.equal(session.below(session.roots[0]!).length, 2);
  assert.deepEqual(tokens(session.roots[0]!), [250, 14]);
});

test("a history written again, with its uuids or in a fork, counts once", () => {
  const history = transcript((it) => it.prompt("go").call("m1", "t1").result("t1").say("m2", "done"));
  const twice = { name: history.name, bytes: Buffer.concat([history.bytes, history.bytes]) };
  const fork = {
    name: "fork.jsonl",
    bytes: Buffer.from(Buffer.from(history.bytes).toString().replaceAll(`"sessionId":"${id}"`, '"sessionId":"f"')),
  };
  for (const family of [build(twice), build(history, fork)]) {
    assert.deepEqual(family.outline(), ["turn go", "  chat m1", "  tool t1", "  chat m2"]);
    assert.deepEqual(tokens(family.roots[0]!), [250, 14]);
  }
});

test("rows of a response that were given new uuids in a fork are still that response", () => {
  const written = (session: string, label: string) => transcript((it) => ((it.label = label), it.prompt("go").say("m1", "done")), session);
  const family = build(written(id, "a"), written("other", "b"));
  assert.deepEqual(tokens(family.chat("m1")), [125, 7]);
  assert.equal(family.outcome.counters.inputTokens, 125);
});

test("fields that are no numbers, ids and models that are no strings count as absent", () => {
  const session = built((it) =>
    it
      .prompt("go")
      .response("m1", text("a"), {}, { usage: { input_tokens: "10", cache_read_input_tokens: null, output_tokens: 5 } })
      .response("m2", text("b"), {}, { usage: "much", model: 7, stop_reason: ["end_turn"] })
      .response(undefined, text("c"), {}, { id: 12 }),
  );
  assert.deepEqual(tokens(session.chat("m1")), [0, 5]);
  const { name, said } = session.chat("m2");
  assert.equal(name, "chat");
  for (const key of ["gen_ai.usage.input_tokens", "gen_ai.response.model", "gen_ai.response.finish_reasons"])
    assert.equal(said[key], undefined, key);
  assert.equal(session.chat("undefined").said["gen_ai.response.id"], undefined);
});

test("a response of an unknown model keeps its usage", () => {
  const session = built((it) => it.prompt("go").response("m1", text("a"), {}, { model: undefined }));
  assert.equal(session.chat("m1").name, "chat");
  assert.deepEqual(tokens(session.chat("m1")), [125, 7]);
});

test("a turn adds up its own chats, a sub-agent its own, and neither the other's", () => {
  const family = build(
    transcript((it) => spawn(it.prompt("go"), "a1").result("a1").say("m-end", "end").prompt("more").say("m3", "yes")),
    subagent(id, "x1", (it) => worked("x1")(it).say("m-x1-3", "and"), { toolUseId: "a1" }),
  );
  assert.deepEqual(family.roots.map(tokens), [
    [250, 14],
    [125, 7],
  ]);
  assert.deepEqual(tokens(family.agent("x1")), [375, 21]);
});

test("a session counts its turns, responses, calls, sub-agents, failures and all their tokens", () => {
  const family = new Built(
    [
      transcript((it) => spawn(it.prompt("go"), "a1").result("a1").prompt("more").call("m2", "t2").result("t2", "no", { is_error: true })),
      ...subagent(id, "x1", worked("x1"), { toolUseId: "a1" }),
    ],
    { shape: "session" },
  );
  const [{ said }] = family.roots as [Built["spans"][0]];
  const counts = ["turns", "chats", "tool_calls", "agents", "errors"].map((what) => said[`spanloom.session.${what}`]);
  assert.deepEqual(counts, [2, 4, 2, 1, 1]);
  assert.deepEqual(tokens(family.roots[0]!), [500, 28]);
});
