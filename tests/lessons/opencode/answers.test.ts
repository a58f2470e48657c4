// What the model said: each step once, with the tokens and the price that were counted for it, however often its records are
// written and in whatever order they come.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Stream, tokens as counted } from "../../support/opencode-stream.ts";
import { began } from "../../support/session.ts";
import { failure, parts, seconds, texts, tokens } from "../built.ts";
import { both, heard } from "./told.ts";

const chats = (session: ReturnType<typeof heard>): typeof session.spans => session.spans.filter(({ said }) => said["gen_ai.operation.name"] === "chat");

test("an answer whose end is told several times is counted once", () => {
  for (const session of both((it) => it.open().prompt("msg_1", "go").begin("msg_2").say("yes").end().again().again().idle())) {
    assert.equal(chats(session).length, 1);
    assert.deepEqual([tokens(session.roots[0]!), session.roots[0]!.said["spanloom.cost.usd"]], [[113, 20], 0.001]);
  }
});

test("a text that comes in pieces and is then written whole is there once", () => {
  const piece = (it: Stream, delta: string): Stream => it.event("message.part.delta", { messageID: "msg_2", partID: "prt_msg_2_0001", field: "text", delta });
  const begun = (it: Stream): Stream => it.open().prompt("msg_1", "go").begin("msg_2").part("msg_2", "answer", { type: "text", text: "", time: { start: began + 9000 } });
  const whole = heard((it) => {
    piece(piece(begun(it), "Hel"), "lo").part("msg_2", "answer", { text: "Hello", time: { start: began + 9000, end: began + 10_000 } });
    return it.part("msg_2", "answer", {}).end();
  });
  assert.deepEqual(texts(whole.chat("msg_2"), "output"), ["Hello"]);
  const broken = heard((it) => piece(piece(begun(it), "Hel"), "lo"));
  assert.deepEqual(texts(broken.chat("msg_2"), "output"), ["Hello"]);
});

test("of an answer that never ended there is what it said, marked as less than all", () => {
  for (const session of both((it) => it.open().prompt("msg_1", "go").begin("msg_2").say("half a").idle().turn("msg_3", "more", "msg_4", "yes"))) {
    const chat = session.chat("msg_2");
    assert.deepEqual([texts(chat, "output"), failure(chat), chat.said["spanloom.usage.partial"]], [["half a"], undefined, true]);
    assert.equal(session.chat("msg_4").said["spanloom.usage.partial"], undefined);
  }
});

test("parts that come before their message, and all records in any order, are the same answer", () => {
  const write = (it: Stream): Stream => it.open().prompt("msg_1", "go").begin("msg_2").say("I look").run("c1").done("c1").end("tool-calls");
  const shown = (session: ReturnType<typeof heard>): unknown => session.spans.map(({ spanId, parentSpanId, startTimeUnixNano, endTimeUnixNano, said }) => [spanId, parentSpanId, startTimeUnixNano, endTimeUnixNano, said["gen_ai.output.messages"]]);
  const expected = shown(heard(write));
  const sorted = heard((it) => {
    write(it);
    const rank = ({ type }: { type: string }): number => ["message.part.updated", "message.updated", "session.created"].indexOf(type);
    it.events.sort((a, b) => rank(a) - rank(b));
  });
  assert.deepEqual(shown(sorted), expected);
});

test("each answer has the model that gave it, whatever answered later, and the turn no model of its own", () => {
  for (const session of both((it) =>
    it
      .open().prompt("msg_1", "go").begin("msg_2", { modelID: "small", providerID: "anthropic" }).say("a").end("tool-calls").begin("msg_3", { modelID: "large", providerID: "openai" }).say("b").end(),
  )) {
    assert.deepEqual(chats(session).map(({ name, said }) => [name, said["gen_ai.provider.name"]]), [["chat small", "anthropic"], ["chat large", "openai"]]);
    assert.equal(session.roots[0]!.said["gen_ai.provider.name"], undefined);
  }
});

test("a model, a provider, a price that nobody named are not made up", () => {
  const none = { modelID: undefined, providerID: undefined, tokens: undefined, cost: undefined };
  for (const session of both((it) => it.open().prompt("msg_1", "go").begin("msg_2", none).say("yes").end("stop", { cost: undefined, tokens: undefined }).again(none))) {
    const chat = session.chat("msg_2");
    assert.equal(chat.name, "chat");
    assert.deepEqual([tokens(chat), chat.said["spanloom.cost.usd"], chat.said["gen_ai.provider.name"]], [[undefined, undefined], undefined, undefined]);
  }
});

test("reasoning counts once: apart from the output where a total says so, else within it", () => {
  for (const [total, output] of [[undefined, 20], [133, 20], [138, 25]] as const)
    for (const session of both((it) => it.open().prompt("msg_1", "go").begin("msg_2").say("yes").end("stop", { tokens: { ...counted, total } })))
      assert.deepEqual([tokens(session.roots[0]!), session.chat("msg_2").said["gen_ai.usage.reasoning.output_tokens"]], [[113, output], 5], String(total));
});

test("tokens and price are those of the steps, not of the message and the session besides", () => {
  const info = { tokens: { input: 9999, output: 9999 }, cost: 99 };
  for (const session of both((it) => it.open(info).prompt("msg_1", "go").begin("msg_2").say("yes").end().again(info), { shape: "session" }))
    assert.deepEqual([tokens(session.roots[0]!), session.roots[0]!.said["spanloom.cost.usd"]], [[113, 20], 0.001]);
});

test("several steps in one message are as many answers", () => {
  for (const session of both((it) =>
    it
      .open().prompt("msg_1", "go").begin("msg_2").say("one").part("msg_2", "end 1", { type: "step-finish", reason: "tool-calls", cost: 0.001, tokens: counted })
      .part("msg_2", "step 2", { type: "step-start" }).say("two").end(),
  )) {
    assert.deepEqual(chats(session).map((chat) => [texts(chat, "output"), ...tokens(chat)]), [[["one"], 113, 20], [["two"], 113, 20]]);
    assert.equal(new Set(chats(session).map(({ spanId }) => spanId)).size, 2);
  }
});

test("times are those of the record, to the second of each thing, never those of reading", () => {
  for (const session of both((it) => it.open().wait(100).prompt("msg_1", "go").begin("msg_2").wait(50).say("I look").run("c1").wait(30).done("c1").end("tool-calls").begin("msg_3").say("ok").end())) {
    assert.deepEqual(seconds(session.roots[0]!), [101, 188]);
    assert.deepEqual([session.chat("msg_2"), session.call("c1"), session.chat("msg_3")].map(seconds), [[102, 154], [154, 185], [187, 188]]);
  }
});

test("reasoning is told as such, and a call stands where it was made", () => {
  for (const session of both((it) => it.open().prompt("msg_1", "go").begin("msg_2").say("Hm", { type: "reasoning" }).say("I look").run("c1").done("c1").end("tool-calls")))
    assert.deepEqual(parts(session.chat("msg_2"), "output").map(({ type }) => type), ["reasoning", "text", "tool_call"]);
});

test("a message that is written anew says what it says now, all of it", () => {
  for (const session of both((it) => it.open().prompt("msg_1", "go").begin("msg_2").say("yes").end("length").again({ error: { name: "APIError", data: { message: "no" } } }).again({ error: undefined }))) {
    assert.equal(failure(session.roots[0]!), undefined);
    assert.deepEqual(session.chat("msg_2").said["gen_ai.response.finish_reasons"], ["length"]);
  }
});
