// What a response said: all of its blocks in their order, under the last model and stop reason that were written.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { binary, png } from "../support/scenes/scene.ts";
import { built, failure, parts, seconds, texts } from "./built.ts";

const text = (words: string): unknown => ({ type: "text", text: words });
const use = (id: string): unknown => ({ type: "tool_use", id, name: "Bash", input: {} });
const synthetic = { model: "<synthetic>", stop_reason: "stop_sequence" };

test("a response in several rows has the blocks of all of them and ends with the last", () => {
  const chat = built((it) =>
    it
      .prompt("go")
      .wait(3)
      .response("m1", [text("first")], {}, { model: "early", stop_reason: "pause_turn" })
      .response("m1", [text("second")])
      .wait(10)
      .response("m1", [text("third")], {}, { model: "late", stop_reason: "max_tokens" }),
  ).chat("m1");
  assert.deepEqual(texts(chat, "output"), ["first", "second", "third"]);
  assert.equal(chat.name, "chat late");
  assert.deepEqual(chat.said["gen_ai.response.finish_reasons"], ["max_tokens"]);
  assert.deepEqual(seconds(chat), [0, 16]);
});

test("a last row without stop reason or model takes neither away", () => {
  const chat = built((it) =>
    it
      .prompt("go")
      .response("m1", [text("a")], {}, { stop_reason: "end_turn" })
      .response("m1", [text("b")], {}, { stop_reason: null, model: undefined }),
  ).chat("m1");
  assert.equal(chat.name, "chat claude-sonnet-4-5");
  assert.deepEqual(chat.said["gen_ai.response.finish_reasons"], ["end_turn"]);
  assert.equal(chat.said["spanloom.usage.partial"], undefined);
});

test("a response that never stopped says that its usage is partial", () => {
  const { said } = built((it) => it.prompt("go").response("m1", [text("a")], {}, { stop_reason: null })).chat("m1");
  assert.equal(said["spanloom.usage.partial"], true);
  assert.equal(said["gen_ai.usage.output_tokens"], 7);
});

test("texts and calls keep the order they were written in", () => {
  const chat = built((it) =>
    it
      .prompt("go")
      .response("m1", [text("a"), use("t1"), text("b")])
      .response("m1", [use("t2"), text("c")]),
  ).chat("m1");
  assert.deepEqual(
    parts(chat, "output").map(({ type, content }) => content ?? type),
    ["a", "tool_call", "b", "tool_call", "c"],
  );
});

test("thinking is reasoning, redacted thinking keeps its place, blank text and empty thinking make nothing", () => {
  const chat = built((it) =>
    it
      .prompt("go")
      .response("m1", [
        { type: "thinking", thinking: "hm" },
        { type: "redacted_thinking", data: "c2VjcmV0" },
        text(" \n"),
        { type: "thinking", thinking: "" },
        text("so"),
      ]),
  ).chat("m1");
  assert.deepEqual(parts(chat, "output"), [
    { type: "reasoning", content: "hm" },
    { type: "reasoning", content: "[redacted]" },
    { type: "text", content: "so" },
  ]);
});

test("every text of a turn stands in its own response, and the turn answers with the last", () => {
  const session = built((it) =>
    it
      .prompt("go")
      .response("m1", [text("I look"), use("t1")])
      .result("t1")
      .say("m2", "found it"),
  );
  assert.deepEqual(texts(session.chat("m1"), "output"), ["I look"]);
  assert.deepEqual(texts(session.roots[0]!, "output"), ["found it"]);
});

test("what the client writes in the model's place is no response, and without an error no failure", () => {
  const session = built((it) =>
    it
      .prompt("go")
      .say("m1", "yes")
      .response("s1", [text("No response requested.")], {}, synthetic),
  );
  assert.deepEqual(session.outline(), ["turn go", "  chat m1"]);
  assert.equal(failure(session.roots[0]!), undefined);
  assert.equal(session.outcome.counters.skippedBy.synthetic, 1);
});

test("an image is its size and its hash, never its data", () => {
  const session = built((it) =>
    it
      .user([text("look"), binary("image", png, "image/png")])
      .call("m1", "t1")
      .result("t1", [binary("image", png, "image/png")]),
  );
  const [, image] = parts(session.roots[0]!, "input");
  const bytes = Buffer.from(png, "base64");
  const measured = { byte_size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  assert.deepEqual(image, { type: "image", mime_type: "image/png", ...measured });
  const source = { type: "base64", media_type: "image/png", ...measured };
  assert.deepEqual(JSON.parse(String(session.call("t1").said["gen_ai.tool.call.result"])), [{ type: "image", source }]);
  assert.ok(!session.outcome.json.join("").includes(png.slice(0, 20)));
});
