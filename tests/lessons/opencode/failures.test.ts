// Who aborted what, and what failed: said of the turn that was at work then, of no other, and of no session.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Stream } from "../../support/opencode-stream.ts";
import { began } from "../../support/session.ts";
import { Built, events, failure, texts } from "../built.ts";
import { both, heard, streamed } from "./told.ts";

const interrupted = ["interrupted", "interrupted by the user"];
const aborted = { error: { name: "MessageAbortedError", data: { message: "Aborted" } } };
const twoTurns = (it: Stream): Stream => it.open().turn("msg_1", "one", "msg_2", "a").prompt("msg_3", "two").begin("msg_4");
/** Every event gets an id of the instant at which it was written, one after another. */
const timed = (it: Stream, at: (place: number) => number): void =>
  it.events.forEach((event, place) => Object.assign(event, { id: `evt_${((BigInt(at(place)) * 4096n + BigInt(place)) & 0xffffffffffffn).toString(16).padStart(12, "0")}AAAAAAAAAAAAAA` }));

test("an aborted turn is interrupted, no failure of the model, and says which answer was aborted", () => {
  for (const session of both((it) => twoTurns(it).say("half").fail("MessageAbortedError", "Aborted").idle().idle())) {
    const [one, two] = session.roots;
    assert.deepEqual([failure(one!), failure(two!)], [undefined, interrupted]);
    const [[name, said]] = events(two!) as [[string, Record<string, unknown>]];
    assert.deepEqual([name, said["spanloom.interrupt.response"]], ["spanloom.interrupt", "msg_4"]);
    assert.deepEqual([texts(session.chat("msg_4"), "output"), failure(session.chat("msg_4"))], [["half"], undefined]);
  }
});

test("an abort before the answer was begun is of the prompt that waits, not of the answer before it", () => {
  const session = heard((it) => it.open().turn("msg_1", "one", "msg_2", "a").prompt("msg_3", "two").event("session.error", aborted).idle());
  assert.deepEqual(session.roots.map(failure), [undefined, interrupted]);
  assert.equal(events(session.roots[1]!)[0]![1]["spanloom.interrupt.response"], undefined);
});

const abortedAnd = (second: object) => (it: Stream): void => {
  twoTurns(it).say("half").fail("MessageAbortedError", "Aborted").event("session.error", { error: second }).idle();
  timed(it, (place) => began + place * 1000);
};

test("an abort that is told twice is one", () => {
  const session = heard(abortedAnd(aborted.error));
  assert.deepEqual(session.roots.map(failure), [undefined, interrupted]);
  assert.deepEqual(events(session.roots[1]!).map(([name]) => name), ["spanloom.interrupt"]);
});

test("what fails behind an abort is told, and the turn was aborted", () => {
  // In which order they stand is not laid down.
  const session = new Built([streamed(abortedAnd({ name: "UnknownError", data: { message: "gone" } })).document()]);
  assert.deepEqual(session.roots.map(failure), [undefined, interrupted]);
  assert.deepEqual(events(session.roots[1]!).map(([name]) => name).sort(), ["spanloom.api_error", "spanloom.interrupt"]);
});

test("what title generation was doing when a turn was aborted does not change with a title that comes later", () => {
  const titled = { title: "Doing one" };
  const aborting = (it: Stream): Stream => it.begin("msg_2").say("half").fail("MessageAbortedError", "Aborted").idle();
  const before = heard((it) => aborting(it.open().prompt("msg_1", "go").open(titled, "session.updated")));
  const after = heard((it) => aborting(it.open().prompt("msg_1", "go")).open(titled, "session.updated"));
  assert.deepEqual([before, after].map(({ roots }) => events(roots[0]!)[0]![1]["spanloom.interrupt.title"]), ["done", "pending"]);
});

test("what was not recorded is not denied: exports say nothing of titles, questions and retries, and that they cannot", () => {
  const [events_, exports] = both((it) => it.open().prompt("msg_1", "go").begin("msg_2").say("half").fail("MessageAbortedError", "Aborted").idle());
  assert.deepEqual([events_, exports].map((session) => session!.roots[0]!.said["spanloom.evidence"]), ["events", "state"]);
  assert.equal(events(exports!.roots[0]!)[0]![1]["spanloom.interrupt.title"], undefined);
});

test("a failed turn says what failed, and the turn after it did not fail", () => {
  for (const session of both((it) => it.open().prompt("msg_1", "one").begin("msg_2").fail("APIError", "Overloaded", { statusCode: 529, isRetryable: false }).idle().idle().turn("msg_3", "two", "msg_4", "yes"))) {
    assert.deepEqual(session.roots.map(failure), [["APIError", "Overloaded"], undefined]);
    assert.deepEqual(events(session.roots[0]!), [["spanloom.api_error", { "error.type": "APIError", "http.response.status_code": 529 }]]);
  }
});

test("a failure that is told before its answer's record is that answer's, though the one before is the last that was written", () => {
  const session = heard((it) => {
    it.open().turn("msg_1", "one", "msg_2", "a").prompt("msg_3", "two");
    const from = it.events.length;
    it.begin("msg_4").fail("MessageAbortedError", "Aborted");
    const late = it.events.splice(from);
    it.events.push(...late.filter(({ type }) => type === "session.error"), ...late.filter(({ type }) => type !== "session.error"));
    timed(it, (place) => began + 8000 + place);
  });
  assert.deepEqual(session.roots.map(failure), [undefined, interrupted]);
});

test("tries that failed before one that did not are events, and the turn is as long as it was", () => {
  const retry = (it: Stream, attempt: number): Stream => it.event("session.status", { status: { type: "retry", attempt, message: "Overloaded", next: 0 } });
  const session = heard((it) => retry(retry(it.open().prompt("msg_1", "go").begin("msg_2"), 1), 2).say("yes").end().idle());
  assert.deepEqual(events(session.roots[0]!).map(([name, said]) => [name, said["spanloom.retry.attempt"]]), [["spanloom.api_error", 1], ["spanloom.api_error", 2]]);
  assert.equal(failure(session.roots[0]!), undefined);
});

test("a call that was stopped with its turn was interrupted, whatever its tool calls it", () => {
  for (const session of both((it) =>
    it
      .open().prompt("msg_1", "go").begin("msg_2").run("c1").run("c2").run("c3")
      .done("c1", "half", { metadata: { exit: null } }).failed("c2", "Tool execution aborted", { metadata: { interrupted: true } }).failed("c3", "Task cancelled")
      .fail("MessageAbortedError", "Aborted"),
  ))
    assert.deepEqual(["c1", "c2", "c3"].map((call) => failure(session.call(call))?.[0]), ["interrupted", "interrupted", "interrupted"]);
});

test("a compaction is an event of its turn with its summary, its answer is counted, and those behind it know", () => {
  for (const session of both((it) =>
    it.open().turn("msg_1", "one", "msg_2", "a").prompt("msg_3", { type: "compaction", auto: true }).begin("msg_4", { summary: true }).say("In short").end().turn("msg_5", "two", "msg_6", "b"),
  )) {
    const at = session.roots.find((root) => events(root).length > 0)!;
    assert.deepEqual(events(at), [["spanloom.compaction", { "spanloom.compaction.trigger": "auto", "spanloom.compaction.summary": "In short" }]]);
    assert.deepEqual(["msg_2", "msg_4", "msg_6"].map((id) => session.chat(id).said["gen_ai.conversation.compacted"]), [undefined, undefined, true]);
    assert.equal(session.roots.length, 3);
  }
});
