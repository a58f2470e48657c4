// Records of opencode as they are found: broken, doubled, cut off, of versions nobody knows; and what of them must never get out.

import assert from "node:assert/strict";
import { test } from "node:test";
import { spanloom } from "../../host-node/command.ts";
import { folderOf } from "../../host-node/folder.ts";
import { newCore } from "../../support/core.ts";
import { opencodeFixtures } from "../../support/opencode.ts";
import type { Stream } from "../../support/opencode-stream.ts";
import { both, built, exported, heard, lines, streamed } from "./told.ts";

const oneTurn = (it: Stream): Stream => it.open().prompt("msg_1", "go").begin("msg_2").say("I look").run("c1").done("c1").end("tool-calls").begin("msg_3").say("Done").end().idle();

test("what is no event, or has nothing in it, costs nothing around it and is counted", () => {
  const events = streamed(oneTurn).events;
  const odd = ["null", "7", '"x"', "[]", "{}", '{"type":"message.updated"}', '{"type":"message.updated","properties":null}', '{"type":"message.updated","properties":{"info":7}}', '{"type":"message.part.updated","properties":{}}', '{"type":"session.error","properties":{"sessionID":"ses_a"}}', "{torn"];
  const expected = heard(oneTurn);
  const session = built([lines(...events.flatMap((event) => [event, ...odd]))]);
  assert.deepEqual(session.outline(), expected.outline());
  const { counters } = session.outcome;
  assert.equal(counters.rows, events.length * (odd.length + 1));
  assert.equal(counters.used, expected.outcome.counters.used);
  assert.equal(counters.broken, events.length);
});

test("a stream that ends anywhere, in the middle of a line too, has a tree as far as it came", () => {
  const { bytes } = streamed(oneTurn).document();
  const core = newCore();
  let most = 0;
  for (let end = 0; end <= bytes.length; end += 97) {
    const session = built([{ name: "events.ndjson", bytes: bytes.subarray(0, end) }], { core });
    const known = new Set(session.spans.map(({ spanId }) => spanId));
    for (const { parentSpanId } of session.spans) assert.ok(parentSpanId === undefined || known.has(parentSpanId), `cut at ${end}`);
    assert.ok(session.outcome.counters.broken <= 1 && session.spans.length >= most, `cut at ${end}`);
    most = session.spans.length;
  }
  assert.equal(most, heard(oneTurn).spans.length);
});

test("a part that is taken away is gone, a message with all its parts", () => {
  for (const session of both((it) =>
    oneTurn(it).event("message.part.removed", { messageID: "msg_2", partID: "prt_msg_2_0002" }).turn("msg_4", "no", "msg_5", "never").event("message.removed", { messageID: "msg_4" }).event("message.removed", { messageID: "msg_5" }),
  ))
    assert.deepEqual(session.outline(), ["turn go", "  chat msg_2", "  chat msg_3"]);
});

test("parts of kinds nobody knows are counted, and the rest is read", () => {
  for (const session of both((it) => it.open().prompt("msg_1", "go").begin("msg_2").part("msg_2", "odd", { type: "flux-marker", text: "?" }).say("yes").end())) {
    assert.deepEqual(session.outline(), ["turn go", "  chat msg_2"]);
    assert.equal(session.outcome.counters.skippedBy.unknown, 1);
  }
});

test("what was read is not changed by reading", () => {
  const document = streamed(oneTurn).document();
  const before = Buffer.from(document.bytes);
  built([document]);
  assert.deepEqual(document.bytes, before);
});

/** The types that mean something to a trace, of the versions that are recorded. */
const meant = [
  ...["session.created", "session.updated", "session.deleted", "session.status", "session.idle", "session.error"],
  ...["message.updated", "message.removed", "message.part.updated", "message.part.delta"],
  ...["permission.asked", "permission.replied", "question.asked", "question.replied", "question.rejected"],
];

test("every type that is acted on is one that the real client sends", () => {
  const types = new Set<string>();
  for (const { readings } of opencodeFixtures())
    for (const { bytes } of readings.get("events") ?? [])
      for (const [, type] of Buffer.from(bytes).toString("utf8").matchAll(/^data: ?\{.*?"type":"([a-z.]+)"/gm)) types.add(type!);
  assert.deepEqual(meant.filter((type) => !types.has(type)), []);
});

test("of the real client's rows none is of a type nobody knows", () => {
  for (const { scenario, readings } of opencodeFixtures())
    for (const [name, documents] of readings) {
      const { counters } = built(documents).outcome;
      assert.deepEqual([counters.skippedBy.unknown, counters.skippedBy["not-a-record"], counters.broken], [0, 0, 0], `${scenario}, ${name}`);
    }
});

test("the version is the one that wrote the session, whatever it calls itself, and none is not made up", () => {
  for (const version of ["1.18.33", "local", undefined])
    for (const session of both((it) => it.open({ version }).turn("msg_1", "go", "msg_2", "yes"))) assert.equal(session.roots[0]!.said["spanloom.client.version"], version);
});

test("what is not known is not said: no attribute is empty", () => {
  for (const session of both((it) => it.open({ directory: "", version: "" }).prompt("msg_1", "go").begin("msg_2", { modelID: "", providerID: "", path: undefined }).run("c1", { tool: "", callID: "" }).end("")))
    for (const { name, said } of session.spans) for (const [key, value] of Object.entries(said)) assert.notEqual(value, "", `${name}: ${key}`);
});

/** Words that stand in all places where a person's words, or an error's, can stand. */
function confess(it: Stream): Stream {
  const secret = (where: string): string => `SECRET-${where}`;
  it.open({ title: secret("title"), share: { url: secret("share"), secret: secret("share") } });
  it.prompt("msg_1", secret("prompt"), { type: "file", mime: "text/plain", filename: secret("file"), url: `data:text/plain,${secret("data")}` });
  it.begin("msg_2").say(secret("text")).say(secret("reasoning"), { type: "reasoning" });
  it.run("c1", {}, { input: { command: secret("input") }, title: secret("tool title") }).done("c1", secret("output"), { metadata: { output: secret("metadata") }, attachments: [{ type: "file", mime: "image/png", url: `data:image/png;base64,${secret("attachment")}` }] });
  it.run("c2").failed("c2", secret("error")).run("c3").done("c3", "no", { input: { tool: "x", error: secret("invalid") } }, { tool: "invalid" });
  it.event("permission.asked", { id: "per_1", permission: "bash", patterns: [secret("pattern")], metadata: { command: secret("asked") }, tool: { messageID: "msg_2", callID: "c1" } });
  it.event("session.status", { status: { type: "retry", attempt: 1, message: secret("retry"), next: 1 } });
  it.fail("APIError", secret("message error"), { responseBody: secret("body"), responseHeaders: { cookie: secret("header") } });
  it.prompt("msg_3", { type: "compaction", auto: false }).begin("msg_4", { summary: true }).say(secret("summary")).end();
  it.prompt("msg_5", { type: "subtask", prompt: secret("subtask"), description: secret("description"), agent: "explore" });
  return it.begin("msg_6").say(secret("last")).fail("MessageAbortedError", secret("abort"));
}

test("without content not one word of it gets out, errors and titles included, wherever a copy of it stands", () => {
  const full = heard(confess).outcome;
  for (const { outcome } of both(confess, { content: "metadata", formats: ["json", "proto"] })) {
    const out = [...outcome.json, ...outcome.proto.map((bytes) => bytes.toString("latin1"))].join("\n");
    assert.deepEqual(out.match(/SECRET-[a-z ]+/g), null);
    assert.equal(outcome.counters.spans, full.counters.spans);
  }
});

test("what belongs to nobody gets out with no setting: shares, attached data, headers of errors", () => {
  for (const make of [heard, exported]) {
    const out = make(confess).outcome.json.join("\n");
    assert.ok(out.includes("SECRET-prompt") && out.includes("SECRET-message error"));
    for (const word of ["share", "data", "attachment", "body", "header"]) assert.ok(!out.includes(`SECRET-${word}`), word);
  }
});

test("a session is read, and told by every command, where its folder is gone", async (test) => {
  const folder = folderOf(test);
  const it = streamed((stream) => stream.open({ directory: `${folder}/nowhere` }).turn("msg_1", "go", "msg_2", "yes"));
  const input = folderOf(test, { "events.ndjson": Buffer.from(it.document().bytes).toString("utf8") });
  for (const command of [["build", "-q"], ["inspect", "--json"]]) {
    const { code, stdout } = await spanloom([...command, `${input}/events.ndjson`], { cwd: folder });
    assert.equal(code, 0);
    assert.ok(String(stdout).includes("ses_a"));
  }
});
