// Prompts of opencode: what a person wrote, all of it and nothing else, however titles, summaries and synthetic words stand beside it.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { parts, texts } from "../built.ts";
import { both, heard } from "./told.ts";

const prompts = ({ roots }: { roots: Parameters<typeof texts>[0][] }): string[][] => roots.map((root) => texts(root, "input"));

for (const [what, part] of [
  ["a synthetic text", { type: "text", text: "Called the Read tool", synthetic: true }],
  ["an ignored text", { type: "text", text: "a banner", ignored: true }],
  ["a blank text", { type: "text", text: " \n" }],
] as const) {
  test(`${what} beside what was written is no part of the prompt, wherever it stands`, () => {
    for (const session of both((it) => it.open().prompt("msg_1", part, "write it", part).begin("msg_2").say("done").end()))
      assert.deepEqual(prompts(session), [["write it"]]);
  });

  test(`a message with ${what} alone is no prompt, and one that is answered says that nobody wrote it`, () => {
    for (const session of both((it) => it.open().prompt("msg_1", "go").begin("msg_2").say("a").end().prompt("msg_3", part).prompt("msg_5", part).begin("msg_6").say("b").end())) {
      assert.deepEqual(prompts(session), [["go"], []]);
      assert.equal(session.roots[1]!.said["spanloom.turn.origin"], "synthetic");
      assert.ok(!session.outcome.json.join("").includes("banner") && !session.outcome.json.join("").includes("Called the"));
    }
  });
}

test("synthetic and ignored words of the model are no part of its answer", () => {
  for (const session of both((it) => it.open().prompt("msg_1", "go").begin("msg_2").say("yes").say("a note", { synthetic: true }).say("a banner", { ignored: true }).end()))
    assert.deepEqual([texts(session.chat("msg_2"), "output"), texts(session.roots[0]!, "output")], [["yes"], ["yes"]]);
});

test("a title is neither prompt nor answer, whether it comes before the first message or behind the last", () => {
  const plain = heard((it) => it.open().turn("msg_1", "hi", "msg_2", "yes")).spans.map(({ spanId }) => spanId);
  const titled = { title: "Greeting somebody", time: { created: 1_767_323_045_000, updated: 1_767_323_050_000 } };
  for (const session of [
    ...both((it) => it.open(titled).turn("msg_1", "hi", "msg_2", "yes")),
    ...both((it) => it.open().turn("msg_1", "hi", "msg_2", "yes").open(titled, "session.updated")),
    ...both((it) => it.open().prompt("msg_1", "hi").open(titled, "session.updated").begin("msg_2").say("yes").end()),
  ]) {
    assert.deepEqual([prompts(session), session.spans.map(({ spanId }) => spanId)], [[["hi"]], plain]);
    assert.ok(!session.outcome.json.join("").includes("Greeting"));
  }
});

test("each of several prompts is a turn of its own, in the order in which they were written", () => {
  for (const session of both((it) => it.open().turn("msg_1", "one", "msg_2", "a").turn("msg_3", "two", "msg_4", "b").turn("msg_5", "three", "msg_6", "c"))) {
    assert.deepEqual(prompts(session), [["one"], ["two"], ["three"]]);
    assert.deepEqual(session.roots.map((root) => texts(root, "output")), [["a"], ["b"], ["c"]]);
    assert.deepEqual(session.roots.map(({ said }) => said["spanloom.turn.index"]), [0, 1, 2]);
  }
});

test("the same words twice are two turns, each with its own answer", () => {
  for (const session of both((it) => it.open().turn("msg_1", "again", "msg_2", "first").turn("msg_3", "again", "msg_4", "second")))
    assert.deepEqual(session.outline(), ["turn again", "  chat msg_2", "turn again", "  chat msg_4"]);
});

test("a long prompt is there once and whole", () => {
  const long = "word ".repeat(10_000).trim();
  for (const session of both((it) => it.open().turn("msg_1", long, "msg_2", "yes"))) {
    assert.deepEqual(prompts(session), [[long]]);
    assert.equal(session.outcome.json.join("").split(long).length, 2);
  }
});

test("an answer belongs to the prompt it names, not to the last one", () => {
  for (const session of both((it) => it.open().prompt("msg_1", "one").prompt("msg_2", "two").begin("msg_3", { parentID: "msg_1" }).say("to one").end().begin("msg_4").say("to two").end()))
    assert.deepEqual(session.outline(), ["turn one", "  chat msg_3", "turn two", "  chat msg_4"]);
});

test("an answer that names no prompt, as older versions wrote them, belongs to the last one above it", () => {
  for (const session of both((it) => it.open().turn("msg_1", "one", "msg_2", "a").prompt("msg_3", "two").begin("msg_4", { parentID: undefined }).say("b").end()))
    assert.deepEqual(session.outline(), ["turn one", "  chat msg_2", "turn two", "  chat msg_4"]);
});

test("a message that names no session is of the session of the message it answers, whoever spoke last", () => {
  const session = heard((it) => {
    it.open().prompt("msg_1", "a").in("ses_b").open().prompt("msg_b1", "b").in("ses_a").begin("msg_2").say("yes").end();
    for (const { properties } of it.events) {
      const info = properties["info"] as Record<string, unknown> | undefined;
      if (info?.["role"] === "assistant") delete info["sessionID"], delete properties["sessionID"];
    }
  });
  assert.deepEqual(session.outline(), ["turn a", "  chat msg_2", "turn b"]);
  assert.equal(session.chat("msg_2").said["session.id"], "ses_a");
});

test("a prompt nobody answered is a turn with nothing below, and a command to a sub-agent is one with what it asks", () => {
  for (const session of both((it) => it.open().prompt("msg_1", "one").prompt("msg_2", { type: "subtask", prompt: "look around", agent: "explore", description: "d" })))
    assert.deepEqual(session.outline(), ["turn one", "turn look around"]);
});

test("what is attached is told by its size and hash, its data nowhere", () => {
  const bytes = Buffer.from("an image, perhaps");
  const data = bytes.toString("base64");
  const file = (url: string, mime: string): Record<string, string> => ({ type: "file", mime, filename: "f", url });
  for (const session of both((it) => it.open().prompt("msg_1", "look", file(`data:image/png;base64,${data}`, "image/png"), file("data:text/plain,an%20image", "text/plain"), file("file:///w/f", "text/plain")))) {
    assert.deepEqual(parts(session.roots[0]!, "input").slice(1), [
      { type: "image", mime_type: "image/png", byte_size: 17, sha256: createHash("sha256").update(bytes).digest("hex") },
      { type: "file", mime_type: "text/plain" },
      { type: "file", mime_type: "text/plain" },
    ]);
    assert.ok(!session.outcome.json.join("").includes(data));
  }
});
